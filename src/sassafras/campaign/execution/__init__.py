"""Many injections at once.  In: faults, in chunks. Out: rows, which do not depend on how many worked."""
