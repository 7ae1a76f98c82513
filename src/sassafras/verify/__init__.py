"""The self-check: a campaign's own parts -> a pass/fail list. Fault-free injections are masked, twins equal
machine code, bundled listings match their sources, known faults have their known outcomes.
"""
