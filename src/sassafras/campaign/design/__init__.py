"""Which faults a campaign asks for.  In: settings and golden profiles. Out: faults, drawn by number."""
