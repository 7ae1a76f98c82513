"""Rows on disk.  In: rows as they are made. Out: the same rows, whatever happened in between."""
