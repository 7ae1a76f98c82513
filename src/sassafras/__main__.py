"""``python -m sassafras`` is the command ``sassafras``."""

from __future__ import annotations

from sassafras.cli.interrupt import STOPPED, end, leave, listen


def main() -> None:
    """Run the command line of this process (the console entry point): Ctrl-C is listened to before the rest
    of the program is loaded.
    """
    listen()
    try:
        from sassafras.cli.main import app
        from sassafras.report.characters import speak_plainly

        speak_plainly()
        app()
    except KeyboardInterrupt:
        leave(STOPPED)
    except SystemExit as stop:
        end(stop.code)


if __name__ == "__main__":
    main()
