"""Programs on a real GPU, only when asked: nobody needs this to use the rest.

In: a network, plain or hardened, and a driver. Out: measured seconds, and how much of the results differs
from the twins'.
"""
