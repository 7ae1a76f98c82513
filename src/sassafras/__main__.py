"""``python -m sassafras`` is the command ``sassafras``."""

from __future__ import annotations

from sassafras.cli.main import main

if __name__ == "__main__":
    main()
