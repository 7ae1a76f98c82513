"""One fault, carried through the inference.  In: a golden run, a fault. Out: its row: what was struck, and
what became of it.
"""
