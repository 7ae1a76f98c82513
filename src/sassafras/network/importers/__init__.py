"""Importers. In: files of another framework. Out: a graph of layers and its parameters.

An importer owns all parsing; layers and networks know none of it.
"""
