"""The command line. In: words typed by a person. Out: what was asked for, or one line that says what was
wrong and the way out.

One thin file per command; heavy imports happen inside commands, so that ``--help`` is instant.
"""
