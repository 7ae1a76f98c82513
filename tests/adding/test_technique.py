"""The recipe "a technique", followed: a CUDA source, and its record in the file of techniques."""

from __future__ import annotations

from pathlib import Path

from tests.adding.tree import ROOT, copied

FINITE = ROOT / "tests" / "adding" / "finite"
RECORDS = "kernels/hardened/technique.py"
SOURCE = "kernels/cuda/hardened/add_finite.cu"
RECORD = """

def _add_finite(memory: DeviceMemory, arguments: Arguments) -> None:
    a, b, output = (memory.array(int(arguments[name]), int(arguments["n"])) for name in ("a", "b", "output"))
    with np.errstate(all="ignore"):
        output[:] = np.where(np.isfinite(a + b), a + b, np.float32(0))


_FINITE = _variant(ADD, Technique.FINITE, (), _add_finite, None)
VARIANTS[ADD.name, Technique.FINITE] = Variant(_FINITE)
"""
ASKED = """
from pathlib import Path
import numpy as np
from tests.campaign.networks import images, network
from tests.campaign.rows import FAST_ONLY, assert_same, run

from sassafras.architectures.registry import architecture
from sassafras.emulator.machine import machine_of
from sassafras.hardening.effects import ASSUMED
from sassafras.hardening.fates import FATES
from sassafras.hardening.workload import harden
from sassafras.hardening.plan import parse_protection
from sassafras.kernels.hardened.registry import hardened_kernel, kernels_of
from sassafras.kernels.hardened.technique import Technique
from tests.kernels.cases import CASES

technique = Technique("finite")
assert kernels_of(technique) == ("add",) and technique.changes_flow
assert (ASSUMED[technique].own == np.eye(len(FATES))).all() and ASSUMED[technique].elsewhere is None

kernel, zeros = hardened_kernel("add", technique), 0
for case in CASES:
    if case.kernel == "add":
        emulated, arguments = case.build()
        twin, _ = case.build()
        machine = machine_of(kernel.code(architecture("sm_50")))
        assert machine.run(kernel.launch(arguments), emulated).trap is None
        kernel.twin(twin, arguments)
        assert emulated.data.tobytes() == twin.data.tobytes()
        zeros += int((twin.array(int(arguments["output"]), int(arguments["n"])) == 0).sum())
assert zeros > 0
print("computes")

cfg = "[net]\\nheight=4\\nwidth=4\\nchannels=1\\n" + 2 * "[conv]\\nactivation=linear\\n"
plain = network(cfg + "[shortcut]\\nfrom=-2\\n[softmax]\\n")
hardened = harden(plain, parse_protection("add=finite", ["add"]))
assert [p.program for p in hardened.plan if p.kernel == "add"] == ["add_finite"]
asked = dict(injections=60, modes=("IOV",), kernels=("add",))
fast, full = (run(Path(e), hardened, images(plain), engine=e, **asked) for e in ("fast", "full"))
assert_same(fast, full, without=FAST_ONLY)
print("protects")
"""


def test_a_technique_is_a_source_and_a_record(tmp_path: Path) -> None:
    tree = copied(tmp_path / "tree")
    tree.take(SOURCE, FINITE / "cuda" / "hardened" / "add_finite.cu")
    member = '    FINITE = "finite"  #: a sum that is not finite counts as nothing (add)\n'
    tree.behind(RECORDS, "    GUARD =", member)
    imported = "from sassafras.kernels.add import ADD\n"
    tree.behind(RECORDS, "from sassafras.kernels.activate_array", imported)
    tree.append(RECORDS, RECORD)
    tree.bundle(FINITE / "listings")
    assert tree.python(ASKED, tmp_path) == "computes\nprotects\n"
    assert tree.touched == {SOURCE, RECORDS}
