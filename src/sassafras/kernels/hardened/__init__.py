"""The kernels in hardened forms.

In: a plain kernel, a technique and the plain kernel's arguments. Out: the hardened ``Kernel`` and its
arguments.
"""
