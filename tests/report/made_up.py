"""A finished campaign of a small network, hardening included, with rows made up from dice: nothing is
emulated.

The rows are what a campaign might have stored (real launches, real instructions, every outcome); the files
are what ``sassafras run`` and ``sassafras harden`` leave behind, so that ``sassafras report`` can be given
the folder.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Picture
from tests.campaign import networks

from sassafras.analysis.fit import FitOutcome
from sassafras.analysis.outcomes import SDC_CLASSES, OutcomeClass
from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.settings import Settings
from sassafras.campaign.source import describe
from sassafras.campaign.usage import USAGE, KernelUsage, stored_usage
from sassafras.emulator.traps import TrapKind
from sassafras.faults.ids import fault_id
from sassafras.faults.model import FaultModel, Mode, TargetKind
from sassafras.faults.targets import Selection, targets
from sassafras.isa.program import Instruction
from sassafras.kernels.programs import load_program
from sassafras.network.images import load_images
from sassafras.network.importers.darknet.load import load_darknet
from sassafras.network.importers.darknet.weights import write_weights
from sassafras.network.network import Network
from sassafras.network.source import NetworkSource
from sassafras.simulation.outcome import MaskedReason
from sassafras.simulation.record import Injection, injection_of
from sassafras.workload.launches import PlannedLaunch
from sassafras.workload.verdict import largest_change

PER_MODE = 120
BITS = {TargetKind.REGISTER_INDEX: 8, TargetKind.STORE_ADDRESS: 64, TargetKind.CONDITION_CODE: 4}
WEIGHTS = {
    Mode.RF: (0.5, 0.2, 0.04, 0.04, 0.12, 0.1),
    Mode.IOA: (0.1, 0.65, 0.0, 0.05, 0.12, 0.08),
    Mode.IOV: (0.3, 0.2, 0.08, 0.08, 0.19, 0.15),
}
"""Of the members of `OutcomeClass`, in their order; IOA never sees a Malfunction."""


def files(folder: Path) -> Network:
    """Write cfg, weights and two images; returns the network that they make."""
    plain = networks.tiny()
    (folder / "net.cfg").write_text(networks.CFG)
    write_weights(folder / "net.weights", plain.parameters, plain.graph.nodes)
    (folder / "images").mkdir()
    dice = np.random.Generator(np.random.Philox(2))
    for name in ("one", "two"):
        pixels = dice.integers(0, 256, (19, 19, 3), dtype=np.uint8)
        Picture.fromarray(pixels).save(folder / "images" / f"{name}.png")
    return load_darknet(folder / "net.cfg", folder / "net.weights")


def campaign(folder: Path, per_mode: int = PER_MODE, dice: int = 1, **others: Any) -> Campaign:
    """A finished campaign in ``folder / "study"``."""
    network = files(folder)
    images = load_images(folder / "images", network.input_shape, network.classes)
    made = Campaign(
        folder / "study", Settings(injections=per_mode, seed=5, frames=2, **others), network, images
    )
    source = NetworkSource(
        cfg=folder / "net.cfg", weights=folder / "net.weights", images=folder / "images", count=len(images)
    )
    describe(made, source)
    fill(made, dice)
    return made


def fill(made: Campaign, seed: int) -> None:
    """Store rows for all of a campaign's faults but one, which ended in an error."""
    rows = list(injections(made, seed))
    made.store.add(rows[:-1], [(rows[-1].id, rows[-1].mode, "made up")])
    made.store.put_frames([(k, f"image <{k}>", k, 3, 0.5 + k / 8) for k in range(len(made.images))])
    made.store.put_meta("settings", made.settings.model_dump(mode="json"))
    made.store.put_meta("seconds", {"profile": 1.0, "inject": 64.0, "total": 75.5})
    kernels = dict.fromkeys(planned.kernel for planned in made.network.plan)
    usage = [KernelUsage(kernel, 1, 1000 * k, 1e-4 * k, 1e3 * k) for k, kernel in enumerate(kernels, 1)]
    made.store.put_meta(USAGE, stored_usage(usage))


def injections(made: Campaign, seed: int) -> Iterator[Injection]:
    """Rows of all faults in the order of their ids."""
    dice = np.random.Generator(np.random.Philox(seed))
    kernels = [kernel for kernel in made.settings.kernels if kernel != "softmax"]  # one that is never struck
    launches = [planned for planned in made.network.plan if planned.kernel in kernels]
    for number in range(made.settings.injections):
        for mode in made.settings.modes:
            planned = launches[dice.integers(len(launches))]
            yield _row(made, dice, mode, number, planned)


def _row(
    made: Campaign, dice: np.random.Generator, mode: Mode, number: int, planned: PlannedLaunch
) -> Injection:
    model = made.settings.models[number % 2]
    program = load_program(planned.kernel, made.settings.arch)
    instruction, kind, index = _target(dice, mode, model, program.instructions, program.register_count)
    found = list(OutcomeClass)[dice.choice(len(OutcomeClass), p=WEIGHTS[mode])]
    frame = int(dice.integers(len(made.images)))
    never_run = found is OutcomeClass.MASKED and mode is Mode.RF and dice.random() < 0.5
    bits = BITS.get(kind, 32)
    before = (
        int(dice.integers(0, 1 << bits, dtype=np.uint64, endpoint=False))
        if bits < 64
        else int(dice.integers(0, 1 << 63))
    )
    flipped = before ^ (1 << int(dice.integers(bits)))
    after = flipped if model is FaultModel.SINGLE_BIT else int(dice.integers(1 << min(bits, 62)))
    digits = max(1, bits // 4)
    site = {
        "id": fault_id(mode, number),
        "mode": mode,
        "model": model,
        "scope": made.settings.scope,
        "frame": frame,
        "launch": planned.index,
        "kernel": planned.kernel,
        "invocation": sum(p.kernel == planned.kernel for p in made.network.plan[: planned.index]),
        "layer": planned.part,
        "block": int(dice.integers(3)),
        "thread": int(dice.integers(512)),
        "instruction": int(dice.integers(3000)),
        "offset": instruction.offset,
        "opcode": ".".join((instruction.opcode, *instruction.modifiers)),
        "sass": instruction.text,
        "target": kind,
        "target_index": index,
        "before": None if never_run else f"0x{before:0{digits}x}",
        "after": None if never_run else f"0x{after:0{digits}x}",
        "top1_golden": 3,
        "confidence_golden": 0.5 + frame / 8,
    }
    return injection_of(site | _ending(made, dice, found, mode, planned.part, frame))


def _target(
    dice: np.random.Generator,
    mode: Mode,
    model: FaultModel,
    instructions: tuple[Instruction, ...],
    registers: int,
) -> tuple[Instruction, TargetKind, int]:
    while True:
        instruction = instructions[dice.integers(len(instructions))]
        if mode is Mode.RF:
            return instruction, TargetKind.REGISTER, int(dice.integers(registers))
        able = targets(instruction, Selection(mode, model, None))
        if able:
            target = able[dice.integers(len(able))]
            return instruction, target.kind, target.index


def _ending(
    made: Campaign, dice: np.random.Generator, found: OutcomeClass, mode: Mode, layer: int, frame: int
) -> dict[str, Any]:
    empty: dict[str, Any] = dict.fromkeys(
        (
            *("severity", "due_kind", "masked_reason", "top1", "confidence", "top5_changed", "output_nan"),
            *("died_layer", "differing_bytes", "corrupted", "probabilities", "largest_change"),
        )
    )
    if found is OutcomeClass.DUE:
        return empty | {"outcome": "DUE", "due_kind": list(TrapKind)[dice.integers(3)].name}
    if found not in SDC_CLASSES:
        reason = list(MaskedReason)[dice.integers(3)].value if mode is Mode.RF else None
        return empty | {"outcome": found.value, "masked_reason": reason}
    died = int(dice.integers(layer, layer + 2)) if layer < len(made.network.parts) - 1 else layer
    last = died if found is OutcomeClass.NO_MALFUNCTION else len(made.network.parts)
    corrupted = {str(k): int(dice.integers(1, 40)) for k in range(layer, last)}
    golden = golden_probabilities(frame)
    faulty, top1 = golden, 3
    if found is OutcomeClass.LIGHT_MALFUNCTION:
        faulty = golden * np.float32(1 + 2.0 ** -int(dice.integers(3, 22)))
    elif found is OutcomeClass.MALFUNCTION:
        faulty, top1 = np.roll(golden, 1 + int(dice.integers(3))), int(dice.integers(3))
    invalid = found is OutcomeClass.INVALID_OUTPUT
    nan = invalid and dice.random() < 0.8
    if invalid:
        faulty = np.full_like(golden, np.nan if nan else np.inf)
    return empty | {
        "outcome": "SDC",
        "severity": found.value,
        "top1": top1,
        "confidence": None if nan else float(faulty[3]),
        "largest_change": largest_change(golden, faulty),
        "top5_changed": int(found is OutcomeClass.MALFUNCTION),
        "output_nan": int(nan),
        "died_layer": died if found is OutcomeClass.NO_MALFUNCTION else None,
        "differing_bytes": 4 * int(dice.integers(1, 9)),
        "corrupted": json.dumps(corrupted),
        "probabilities": faulty.astype("<f4").tobytes(),
    }


def golden_probabilities(frame: int) -> NDArray[np.float32]:
    """The probabilities of a frame, float32 (7,), class 3 the most probable."""
    raw = np.arange(1, 8, dtype=np.float32)[::-1].copy()
    raw[3] += 10 + frame
    found: NDArray[np.float32] = (raw / raw.sum()).astype(np.float32)
    return found


def avf(strikes: int) -> dict[str, Any]:
    """AVF numbers as ``summary.json`` keeps them, over so many strikes."""
    share = {"share": 0.125, "low": 0.05, "high": 0.25}
    part = {"seconds": 0.25, "allocated_fraction": 0.5, "n": 3, "avf": dict.fromkeys(FitOutcome, share)}
    kernel = part | {"registers": 32, "limits": ["grid", "warps"]}
    kernels = {"im2col_gpu": kernel, "add_bias": kernel | {"seconds": 0.75, "n": strikes - 3}}
    total = part | {"seconds": 1.0, "n": strikes}
    return {"device": "GTX 750 Ti", "total": total, "kernels": kernels, "layers": {}}
