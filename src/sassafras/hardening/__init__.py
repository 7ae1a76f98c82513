"""What to protect, what it costs, what is left.

In: a finished campaign. Out: a ranking of its kernels, every plan of protection with its predicted residual
and its cost, a hardened network, and what a second campaign found in it.
"""
