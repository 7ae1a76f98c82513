"""The kinds of layer. In: what a layer computes. Out: frozen layers with shapes, buffers and kernel calls.

A new kind is a file in this folder, and for each importer that knows it a function there.
"""
