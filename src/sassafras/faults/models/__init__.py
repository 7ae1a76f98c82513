"""Fault models as data: each is a TOML file that says what changes, from where that is known, and how sure it
is. Built-in ones lie in ``data``; users bring their own (``--models my-model.toml``).

A *law* is how bits change (one module each); a *model* is a law with its tables and its source.
"""
