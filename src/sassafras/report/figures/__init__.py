"""Figures: each a value made by one function (`registry`), drawn as SVG (`svg`) and by matplotlib
(`plotted`).
"""
