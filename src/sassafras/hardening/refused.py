"""What a technique cannot take: launches of a network whose arguments it refuses."""

from __future__ import annotations

from dataclasses import replace

from sassafras.errors import UsageError
from sassafras.hardening.bounds import unbounded
from sassafras.hardening.plan import launched, protect
from sassafras.hardening.workload import harden
from sassafras.kernels.hardened.registry import NETWORK, techniques_of
from sassafras.kernels.hardened.technique import Technique
from sassafras.workload.workload import Workload

Refused = dict[tuple[str, Technique], str]  #: kernel (or NETWORK) and technique, and why


def refused(network: Workload) -> Refused:
    """Techniques that a kernel has but not in this network, for they refuse one of its launches
    (``first-valid`` a window beside the map, ``abft`` a longer chain than it is proved for).
    """
    found = {}
    for kernel in (*launched(network), NETWORK):
        for technique in techniques_of(kernel):
            protection = protect({kernel: technique})
            if technique is Technique.RANGE:
                protection = replace(protection, calibration=unbounded(network))
            try:
                _ = harden(network, protection).plan
            except UsageError as error:
                found[kernel, technique] = str(error)
    return found
