"""Darknet networks. In: a cfg, its weights, names of classes. Out: a `sassafras.network.network.Network`.

A new kind of section is a function in `readings`.
"""
