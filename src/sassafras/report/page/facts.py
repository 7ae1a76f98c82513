"""What was done: the campaign in a list."""

from __future__ import annotations

import sassafras
from sassafras.analysis.results import Results
from sassafras.campaign.design.settings import Settings
from sassafras.faults.model import IoaRegister, Mode, Scope
from sassafras.faults.models.said import said_of
from sassafras.faults.secded import Ecc
from sassafras.report.page.material import Material
from sassafras.report.page.wording import MODE_NAMES, Point, duration, listed
from sassafras.report.tables.captions import golden_line
from sassafras.report.tables.fidelity import fidelity_line
from sassafras.workload.choices import Fit


def facts(material: Material) -> list[Point]:
    """The list, without the injections of each mode (see `mode_facts`)."""
    results, settings = material.results, material.settings
    layers = f"{len(material.layers)} layers, {len(material.classes)} classes"
    bundled = material.source is not None and material.source.is_bundled
    origin = "bundled with Sassafras" if bundled else f"digest {material.network_digest[:16]}"
    groups = "all" if settings.groups is None else ", ".join(group.name for group in settings.groups)
    shard = settings.shard
    limit = f"{settings.watchdog} × the longest golden thread"
    return [
        Point("Network", f"{results.network} ({layers}; {origin})"),
        Point("GPU architecture", f"{results.arch}, its machine code emulated on the CPU"),
        Point("Modes", listed([f"{mode.value} ({MODE_NAMES[mode]})" for mode in results.modes])),
        Point("Injections", _injections(results) + ("" if shard is None else f"; shard {shard}")),
        *_sampling(results),
        Point("Fault models", _models(settings)),
        *_ioa_rule(results),
        *_ecc(results),
        Point("Scope", _SCOPES[settings.scope]),
        *(Point("About a fault model", line) for line in said_of(settings.used_models, settings.scope)),
        Point("Instruction groups", groups),
        Point("Kernels", ", ".join(results.kernels) + _left_out(material)),
        Point("Frames", _frames(material)),
        Point("Without a fault", golden_line(results.golden).removeprefix("golden: ")),
        *_fidelity(results),
        Point("Seed", str(results.seed)),
        Point("Hang", f"more than {limit}'s dynamic instructions"),
        Point("Version", f"Sassafras {sassafras.__version__}"),
        Point("Time", _time(results)),
    ]


_SCOPES = {
    Scope.THREAD: "one thread per fault",
    Scope.WARP: "one warp per fault",
    Scope.LANES: "one thread per fault, or all active lanes of its warp, as often as the model's table says",
}


_RULES = {
    IoaRegister.SASSIFI: "the result is lost (sassifi)",
    IoaRegister.HARDWARE: "an illegal instruction (hardware)",
}


_GUARDS = {
    Ecc.NONE: "none",
    Ecc.SECDED: "SECDED, Hsiao (72,64): one wrong bit of 64 is corrected, two stop the device",
}


def _ioa_rule(results: Results) -> list[Point]:
    """What mode IOA does with a register that no instruction can name."""
    said = Point("Register beyond the allocated ones", _RULES[results.ioa_register])
    return [said] if Mode.IOA in results.modes else []


def _ecc(results: Results) -> list[Point]:
    """What guards the memory that mode MEM strikes."""
    return [Point("ECC of device memory", _GUARDS[results.ecc])] if Mode.MEM in results.modes else []


def _fidelity(results: Results) -> list[Point]:
    """What of the fault-free run is exact, where that is known."""
    found = results.fidelity
    return [] if found is None else [Point("Fidelity", fidelity_line(found).removeprefix("fidelity: "))]


def _models(settings: Settings) -> str:
    """The fault models of all modes, or of each mode."""
    chosen = {mode: listed([model.value for model in settings.models_of(mode)]) for mode in settings.modes}
    if len(set(chosen.values())) == 1:
        return next(iter(chosen.values()))
    return "; ".join(f"{mode.value}: {models}" for mode, models in chosen.items())


def _injections(results: Results) -> str:
    done, errors = len(results.injections), len(results.errors)
    planned = sum(results.planned.values())
    counted = ", ".join(f"{results.injected(mode):,} {mode.value}" for mode in results.modes)
    failed = "no errors" if not errors else f"{errors:,} errors of ours, not counted as outcomes"
    return f"{done:,} of {planned:,} planned ({counted}); {failed}"


def _sampling(results: Results) -> list[Point]:
    """How injections were chosen, where not simply uniformly and in a number fixed beforehand."""
    sampling = results.sampling
    said = []
    if sampling.stratify is not None:
        said.append(
            f"stratified by {sampling.stratify}: outcomes, CKV and CLV are weighted by the shares of the "
            "strata; everything else on this page counts injections as they are"
        )
    if sampling.until is not None:
        said.append(
            f"each part stopped once every share was known to ±{sampling.until * 100:g} % (or at its cap): "
            "intervals of outcomes, CKV and CLV are anytime-valid, all others are not"
        )
    return [Point("Sampling", "; ".join(said))] if said else []


def _left_out(material: Material) -> str:
    missing = [kernel for kernel in material.launches if kernel not in material.results.kernels]
    return f" (not injected: {', '.join(missing)})" if missing else ""


def _frames(material: Material) -> str:
    results = material.results
    if results.synthetic:
        classes = material.settings.frame_classes
        return f"{results.frames:,}, synthetic (rendered from the seed; classes {classes})"
    if material.source is not None and material.source.brings_inputs:
        return f"{results.frames:,}, pictures that come with the network"
    known = None if material.source is None else material.source.inputs_from
    whose = "of the user's images" if known is None else known
    fit = "" if material.settings.fit is Fit.STRETCH else f" ({material.settings.fit})"
    return f"{results.frames:,} {whose}{fit}"


def _time(results: Results) -> str:
    seconds = results.seconds
    rate = f", {len(results.injections) / seconds['inject']:.1f} per second" if seconds["inject"] > 0 else ""
    return (
        f"{duration(seconds['total'])} in all: profiling {duration(seconds['profile'])}, "
        f"injecting {duration(seconds['inject'])}{rate}"
    )
