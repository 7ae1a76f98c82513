"""What is a malfunction of an estimate of pi: one that is off by more than one in a thousand."""

DARTS = 1024 * 64
TOLERANCE = 0.001


def judge(golden, faulty):
    """True where it is."""
    estimates = [4 * outputs["total"].sum() / DARTS for outputs in (golden, faulty)]
    return abs(estimates[1] - estimates[0]) > TOLERANCE * estimates[0]
