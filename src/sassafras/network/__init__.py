"""Networks. In: a graph of layers and its parameters (`importers` read them from files). Out: a `Network`:
device memory layout and launch plan.

Also here: golden runs by native twins (`inference`), images (`images`) and the synthetic frames (`frames`).
"""
