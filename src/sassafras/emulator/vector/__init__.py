"""The wide builds: 32 threads of a program in which no lane can tell, as vectors.

A `Program` comes in; a function that runs whole warps goes out, with its drivers.
"""
