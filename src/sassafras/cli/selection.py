"""From options to settings, network and images. Everything is checked here, before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sassafras.architectures.registry import architecture_of_device, architectures
from sassafras.campaign.design.lanes import certain_number
from sassafras.campaign.design.presets import PRESETS, preset_source
from sassafras.campaign.design.settings import Settings
from sassafras.campaign.design.shard import parse_shard
from sassafras.cli.loudness import announce, phase
from sassafras.cli.names import choose, choose_list
from sassafras.cli.options import Options
from sassafras.cli.own_workload import AUTO, select_own
from sassafras.errors import UsageError
from sassafras.faults.model import FaultModel, IoaRegister, Mode, Scope, drawable_models
from sassafras.faults.models.model_file import read_model
from sassafras.faults.secded import Ecc
from sassafras.faults.strata import Stratify
from sassafras.faults.targets import Selection, may_strike
from sassafras.isa.groups import Group
from sassafras.isa.program import Program
from sassafras.kernels.programs import check_bundled, load_program
from sassafras.kernels.registry import KERNELS, PAPER_KERNELS
from sassafras.network.cholec80.dataset import Split
from sassafras.network.fit import Fit
from sassafras.network.frames import FrameClasses
from sassafras.network.images import ALEXNET_INPUT, Image, read_images
from sassafras.network.importers.importer import importer_of
from sassafras.network.network import Network
from sassafras.network.normal import Normal
from sassafras.network.picture_folders import list_pictures
from sassafras.network.source import NetworkSource
from sassafras.network.together import labels_of_tools, relabelled
from sassafras.simulation.kept_output import Outputs
from sassafras.workload.inputs import Input
from sassafras.workload.source import Source
from sassafras.workload.workload import Workload

INJECTABLE = {group.name: group for group in Group if group is not Group.MISC}
ENGINES = ("fast", "full")
TENSOR_CORES = ("refused", "modelled")
_WORDS: dict[str, tuple[str, Iterable[Any]]] = {
    "frame_classes": ("choice of classes", FrameClasses),
    "fit": ("fit", Fit),
    "scope": ("scope", Scope),
    "ioa_register": ("IOA register rule", IoaRegister),
    "ecc": ("error correction", Ecc),
    "outputs": ("choice of outputs", Outputs),
    "stratify": ("kind of stratum", Stratify),
    "engine": ("engine", ENGINES),
    "tensor_cores": ("way with tensor cores", TENSOR_CORES),
}
MOST_CLASSES = 250_000  #: that --exact runs unless more are allowed: minutes of a core
LEAST_GOAL = 0.0001  #: half-width; below it some hundred million injections would be needed


@dataclass(frozen=True, eq=False)
class Chosen:
    """What the options mean. ``images`` None: those that the source gives for the settings."""

    settings: Settings
    network: Workload
    images: tuple[Input, ...] | None
    source: Source


def select(options: Options) -> Chosen:
    """Check and load everything, and say on stderr what may surprise about the images. Raises UsageError,
    NetworkError or ListingError; writes nothing.
    """
    if options.workload is not None:
        return select_own(options, options.workload)
    if options.tensor_cores is not None:
        raise UsageError("--tensor-cores is of kernels of your own: it needs --workload")
    settings = make_settings(options)
    if settings.faults is None:
        programs = [load_program(name, settings.arch) for name in settings.kernels]
        check_targets(settings, programs)
    with phase("loading network"):
        source = choose_source(options)
        network = source.build(settings.architecture)
    settings = settings.for_network(network)
    fit, said = _fit(options, network, settings.fit)
    with phase("choosing frames" if options.images is None else "loading pictures"):
        images, notes = _load_images(options, source, network, settings.model_copy(update={"fit": fit}))
    if not any(p.kernel in settings.kernels for p in network.plan):
        launched = dict.fromkeys(p.kernel for p in network.plan)
        wanted = ", ".join(settings.kernels)
        raise UsageError(f"{network.name} launches none of {wanted}; it launches: {', '.join(launched)}")
    for line in (*said, *_about_result(options, network), *notes):
        announce(line)
    if options.images is not None and images is not None:
        source = source.model_copy(update={"count": len(images)})
    return Chosen(settings.model_copy(update={"fit": fit}), network, images, source)


def make_settings(options: Options) -> Settings:
    """The preset with the options that were given. Raises UsageError for unknown names."""
    changes: dict[str, Any] = {
        "modes": _named("mode", options.modes, {m.value: m for m in Mode}),
        **choose_models(options.models),
        "groups": _named("instruction group", options.groups, INJECTABLE),
        "kernels": None if options.kernels is None else choose_kernels(options.kernels),
        "injections": options.injections,
        "frames": options.frames,
        **choose_target(options),
        "seed": options.seed,
        "shard": None if options.shard is None else parse_shard(options.shard),
        "per_stratum": options.per_stratum,
        "until": None if options.until is None else parse_goal(options.until),
        "faults": options.faults,
        "proofs": options.proofs or None,
        **exact_settings(options),
        **_words_of(options),
    }
    start = choose("preset", options.preset, PRESETS)
    given = {name: value for name, value in changes.items() if value is not None}
    if options.per_stratum is not None and options.stratify is None:
        raise UsageError("--per-stratum needs --stratify kernel or --stratify layer")
    if options.until is not None and options.shard is not None:
        raise UsageError("--until looks at all faults of a mode: it cannot go with --shard")
    if "until" in given and options.injections is None and options.per_stratum is None:
        enough = certain_number(given["until"])  # where no share can be left that is less known than the goal
        given |= {"injections": enough} | ({"per_stratum": enough} if options.stratify else {})
    settings = start.model_copy(update=given)
    idle = [mode.value for mode in given.get("mode_models", ()) if mode not in settings.modes]
    if idle:
        raise UsageError(f"--models {idle[0]}=...: the campaign has no mode {idle[0]}; see --modes")
    return settings


def exact_settings(options: Options) -> dict[str, Any]:
    """What follows from --exact, and what it is about where nothing else was said."""
    if not options.exact:
        return {}
    most = options.injections or MOST_CLASSES
    found: dict[str, Any] = {"exact": True, "injections": most}
    if options.modes is None:
        found["modes"] = (Mode.IOV,)
    if not options.models:
        found["models"] = (FaultModel.SINGLE_BIT,)
    return found


def _words_of(options: Options) -> dict[str, Any]:
    """What the options that are one of a few words mean."""
    found: dict[str, Any] = {}
    for name, (kind, words) in _WORDS.items():
        text = getattr(options, name)
        if text is not None:
            found[name] = choose(kind, text, {getattr(word, "value", word): word for word in words})
    return found


def parse_goal(text: str) -> float:
    """A half-width as typed: 0.5% or 0.005. Raises UsageError."""
    from sassafras.cli.harden import parse_share

    goal = parse_share("--until", text)
    if not LEAST_GOAL <= goal < 0.5:
        raise UsageError(f"--until {text}: give a half-width from {LEAST_GOAL:.2%} to 50%, such as 0.5%")
    return goal


def choose_target(options: Options) -> dict[str, str]:
    """Architecture and card, as far as they are asked for: a card alone decides the architecture. Raises
    UsageError for unknown ones, ones that do not go together, and without bundled machine code.
    """
    if options.device is None:
        return {} if options.arch is None else {"arch": choose_architecture(options.arch)}
    named = None if options.arch is None else choose_architecture(options.arch)
    arch = architecture_of_device(options.device, named).name
    return {"arch": choose_architecture(arch), "device": options.device}


def choose_architecture(text: str) -> str:
    """An architecture by name. Raises UsageError for an unknown one, and one without bundled machine code."""
    if text == AUTO:
        raise UsageError("--arch auto goes by the code of kernels of your own: it needs --workload")
    name = choose("architecture", text, architectures()).name
    check_bundled(name)
    return name


def choose_kernels(text: str) -> tuple[str, ...]:
    """Kernels by name; "paper" and "all" stand for several. Raises UsageError."""
    sets = {"paper": PAPER_KERNELS, "all": tuple(KERNELS)}
    known = sets | {name: (name,) for name in KERNELS}
    chosen = choose_list("kernel", text, known)
    return tuple(dict.fromkeys(name for names in chosen for name in names))


def choose_models(texts: Sequence[str] | None) -> dict[str, Any]:
    """Fault models as typed: LIST for all modes, MODE=LIST for one; a name that ends in ``.toml`` is a file
    of the user's own. Raises UsageError.
    """
    found: dict[str, Any] = {}
    own: dict[Mode, tuple[FaultModel, ...]] = {}
    for text in texts or ():
        name, equals, models = text.rpartition("=")
        mode = choose("mode", name.strip(), {m.value: m for m in Mode}) if equals else None
        if mode in own or (mode is None and "models" in found):
            of = "all modes" if mode is None else mode.value
            raise UsageError(f"--models {text}: the models of {of} are given already")
        chosen = choose_list("fault model", models, _models_in(models))
        if mode is None:
            found["models"] = chosen
        else:
            own[mode] = chosen
    return found | ({"mode_models": own} if own else {})


def _models_in(text: str) -> dict[str, FaultModel]:
    """The known models and those of the files that a list names, by how it names them."""
    known = {model.value: model for model in drawable_models()}
    for word in (word.strip() for word in text.split(",")):
        if word.endswith(".toml"):
            file = read_model(Path(word))
            if file.name in known:
                raise UsageError(f"{word}: a model is called {file.name} already: give it another name")
            known[word] = FaultModel(file.name, file)
    return known


def _named(kind: str, text: str | None, known: Mapping[str, Any]) -> tuple[Any, ...] | None:
    return None if text is None else choose_list(kind, text, known)


def check_targets(settings: Settings, programs: Sequence[Program]) -> None:
    """Every mode and model must have something to strike in the machine code of the kernels."""
    groups = None if settings.groups is None else frozenset(settings.groups)
    kernels = ", ".join(settings.kernels)
    for mode in (mode for mode in settings.modes if mode is not Mode.MEM):
        for model in settings.models_of(mode):
            if not any(may_strike(program, Selection(mode, model, groups)) for program in programs):
                names = "any group" if groups is None else ", ".join(sorted(g.name for g in groups))
                raise UsageError(
                    f"{mode.value} with {model.value} faults has nothing to strike in {names} of {kernels}; "
                    "choose other groups, models or kernels"
                )


def choose_source(options: Options) -> NetworkSource:
    """Where network and images come from: files that are given, else what the preset has. Raises UsageError
    for only some of the files.
    """
    own = preset_source(options.preset)
    assert isinstance(own, NetworkSource)
    pictures: dict[str, Any] = {
        **{name: getattr(options, name) for name in ("images", "cholec80", "multi_label")},
        **parse_normal(options),
        **_split_of(options),
    }
    if options.network is None:
        if options.weights is not None:
            raise UsageError("--weights needs --network: a Darknet network is a cfg and its weights")
        for name in ("names", "output"):
            if getattr(options, name) is not None:
                raise UsageError(f"--{name} needs --network: the bundled network has its own {name}")
        return own.model_copy(update=pictures)
    importer = importer_of(options.network)
    if importer.needs_weights and options.weights is None:
        raise UsageError(
            f"--network needs --weights: a {importer.format} network is a cfg and its weights; "
            "a file that ends in .onnx needs none"
        )
    if options.weights is not None and not importer.needs_weights:
        raise UsageError(f"--weights: the weights of {options.network} are in it; leave --weights out")
    files: dict[str, Any] = {name: getattr(options, name) for name in ("weights", "names", "output")}
    return NetworkSource(cfg=options.network, **files, **pictures)


def _split_of(options: Options) -> dict[str, Split]:
    """--split, where it is given. Raises UsageError."""
    if options.split is None:
        return {}
    if options.cholec80 is None:
        raise UsageError("--split is of Cholec80: it needs --cholec80 FOLDER")
    return {"split": choose("split", options.split, {split.value: split for split in Split})}


def _about_result(options: Options, network: Network) -> tuple[str, ...]:
    """What is to be said of a model's result: a Darknet network says it by its last section."""
    if options.network is None or importer_of(options.network).needs_weights:
        return ()
    if options.multi_label is not None:
        return ()
    if network.layers[-1].layer.gives_probabilities:
        return ()
    return (
        f"{network.name}: its result is no softmax: values are judged as scores, the largest is the class",
    )


def _fit(options: Options, network: Network, chosen: Fit) -> tuple[Fit, tuple[str, ...]]:
    """How images are made to fit, and what is to be said of it: the cfg decides where no option does."""
    if not _own_pictures(options) or options.fit is not None or network.fit is None:
        return chosen, ()
    said = f"{network.name}: letter_box=1 in the cfg: images are letterboxed; --fit says otherwise"
    return network.fit, (said,)


def _own_pictures(options: Options) -> bool:
    return options.images is not None or options.cholec80 is not None


def _load_images(
    options: Options, source: NetworkSource, network: Network, settings: Settings
) -> tuple[tuple[Image, ...] | None, tuple[str, ...]]:
    """The images of a folder or of Cholec80 (None: of neither), and what may surprise about them."""
    if options.images is not None and options.cholec80 is not None:
        raise UsageError("--images and --cholec80: give one of them")
    if options.frame_classes is not None and _own_pictures(options):
        name = "--images" if options.cholec80 is None else "--cholec80"
        raise UsageError(f"--frame-classes is of rendered frames: it cannot go with {name}")
    if options.cholec80 is not None:
        strange = labels_of_tools(network) is None
        said = f"{network.name}: its classes are not the seven tools of Cholec80: frames have no true classes"
        return tuple(source.inputs(network, settings.choice)), (said,) if strange else ()
    if options.images is None:
        for name in ("fit", "mean", "std"):
            if getattr(options, name) is not None:
                raise UsageError(f"--{name} is of images of your own: it needs --images FOLDER")
        if source.brings_inputs and options.frame_classes is not None:
            raise UsageError(f"--frame-classes is of rendered frames: {network.name} comes with pictures")
        if source.is_synthetic and network.input_shape != ALEXNET_INPUT:
            shape = "x".join(map(str, network.input_shape))
            raise UsageError(
                f"{network.name} takes {shape} inputs, rendered frames are 3x227x227; give --images FOLDER"
            )
        return None, ()
    number = len(list_pictures(options.images).files)
    if options.frames is not None and options.frames > number:
        raise UsageError(f"--frames {options.frames}: {options.images} has {number} images")
    numbers = parse_normal(options)
    normal = Normal(**numbers) if numbers else None
    size, classes = network.input_shape, network.classes
    read = read_images(options.images, size, classes, settings.fit, options.frames, normal)
    return tuple(relabelled(read.images, network)), read.notes


def parse_normal(options: Options) -> dict[str, tuple[float, ...]]:
    """--mean and --std as given, by these names. Raises UsageError for what is no list of numbers."""
    found = {}
    for name in ("mean", "std"):
        if (text := getattr(options, name)) is not None:
            try:
                found[name] = tuple(float(number) for number in text.split(","))
            except ValueError:
                raise UsageError(f"--{name} {text}: give numbers such as 0.485,0.456,0.406") from None
    return found
