"""Answers. In: the injections of a campaign as a data frame. Out: outcomes, CKV, CLV and their intervals, as
data frames.

Pure functions: nothing here reads a file or draws (DESIGN section 7 defines the numbers).
"""
