"""The tables of the program: each made once, from what it is about, and rendered by `report.renderers`."""
