"""Workloads. In: kernels, buffers, launches, what goes in and out. Out: a `Workload`, which faults strike.

A network's inference is one (`sassafras.network`); `given` makes one from a list of launches.
"""
