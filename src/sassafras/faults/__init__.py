"""Where and how the machine is struck.
 In: golden profiles of launches. Out: the population of sites, and faults drawn from it, each fully
determined before it runs.
"""
