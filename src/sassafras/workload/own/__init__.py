"""A workload of the user's own kernels, described in TOML or in Python. In: files of code and data, and what
is launched on them. Out: a `Workload` with its inputs.
"""
