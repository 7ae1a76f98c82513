"""Networks. In: a Darknet cfg and its weights. Out: a `Network`: device memory layout, parameters and launch
plan.

Also here: golden runs by native twins (`inference`), images (`images`) and the synthetic frames (`frames`).
"""
