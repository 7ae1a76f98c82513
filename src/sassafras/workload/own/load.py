"""From a file, or what it would say, to a workload and its inputs."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from sassafras.architectures.architecture import Architecture
from sassafras.architectures.registry import architecture
from sassafras.emulator.memory import lay_out
from sassafras.errors import UsageError, did_you_mean
from sassafras.kernels.kernel import Kernel, Region
from sassafras.toolchain.structs import Leaf
from sassafras.workload.alarms import Alarms
from sassafras.workload.buffer import WORD, Buffer, Part
from sassafras.workload.given import Call, GivenWorkload
from sassafras.workload.inputs import GivenInput, Input
from sassafras.workload.own.code import SHARED, Code, kernel_of, read_code
from sassafras.workload.own.contents import Contents, overridden
from sassafras.workload.own.expressions import Names, Place, value_of, whole
from sassafras.workload.own.judgement import judgement_of
from sassafras.workload.own.schema import BufferSpec, LaunchSpec, VariantSpec, WorkloadSpec, read_spec
from sassafras.workload.own.steps import Ready, Steps
from sassafras.workload.own.structs import declared_structs
from sassafras.workload.own.variables import images, module_buffers, modules_of
from sassafras.workload.vocabulary import NETWORK, PROGRAM, Vocabulary
from sassafras.workload.workload import requests

_MOST_BYTES = 1 << 32  #: of all buffers


@dataclass(frozen=True, eq=False)
class OwnWorkload(GivenWorkload):
    """A workload of the user's own kernels. ``given_inputs``: what goes in, one set after another.
    ``unset``: buffers that hold nothing at the start. ``spec``, ``folder``: what it was made of.
    ``given_alarms``: of a program with kernels that may raise them.
    """

    given_inputs: tuple[GivenInput, ...] = ()
    unset: tuple[str, ...] = ()
    spec: WorkloadSpec | None = field(default=None, repr=False)
    folder: Path = Path()
    given_alarms: Alarms | None = None

    @property
    def alarms(self) -> Alarms | None:
        """As given."""
        return self.given_alarms

    def on(self, target: Architecture) -> OwnWorkload:
        """As `Workload` says. Raises SassafrasError where there is no machine code for it."""
        if target is self.architecture or self.spec is None:
            return self
        return workload_of(self.spec, self.folder, target)

    @property
    def brought_inputs(self) -> tuple[Input, ...]:
        """Those that are given with it."""
        return self.given_inputs

    @property
    def vocabulary(self) -> Vocabulary:
        """As `Workload` says."""
        return NETWORK if self.spec is None else vocabulary_of(self.spec)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over buffers, contents, machine code and launches, in hex."""
        digest = hashlib.sha256()
        for buffer in self.buffers:
            digest.update(repr((buffer.name, buffer.nbytes, buffer.shape, buffer.dtype.str)).encode())
        for name in sorted(self.contents):
            digest.update(b"\0" + name.encode() + b"\0" + np.ascontiguousarray(self.contents[name]).tobytes())
        for planned in self.plan:
            code = planned.spec.code(self.architecture).digest
            digest.update(repr((planned.kernel, code, planned.part, planned.launch)).encode())
        digest.update(repr((self.reads, self.makes)).encode())
        if self.alarms is not None:
            digest.update(repr(self.alarms).encode())
        return digest.hexdigest()


def vocabulary_of(spec: WorkloadSpec) -> Vocabulary:
    """The words for a program, less those that the file has as names."""
    parts = [step.part or "" for step in spec.launches if isinstance(step, LaunchSpec)]
    named = (spec.name, *spec.kernels, *spec.buffers, *spec.parts, *parts, *spec.judgement.words)
    return PROGRAM.without(named)


def load_workload(path: Path | str, arch: str | None = None, *, tensor_cores: bool = False) -> OwnWorkload:
    """The workload of a TOML file, with its inputs. ``arch``: instead of the one that it names;
    ``tensor_cores``: products on them are carried out, as a model.

    Raises SassafrasError: what is wrong, in one line.
    """
    spec, folder = read_file(Path(path))
    return workload_of(spec, folder, architecture(arch or spec.architecture, tensor_cores=tensor_cores))


def read_file(path: Path) -> tuple[WorkloadSpec, Path]:
    """What a file says, and the folder that its paths are relative to. Raises UsageError."""
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise UsageError(f"cannot read the workload {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {error}") from error
    return read_spec(values, str(path)), path.resolve().parent


def make_workload(values: Mapping[str, Any], folder: Path | str = ".") -> OwnWorkload:
    """The workload that a mapping says, with the keys of a file. Values of buffers may be NumPy arrays."""
    return workload_of(read_spec(values, "workload"), Path(folder).resolve())


def workload_of(spec: WorkloadSpec, folder: Path, target: Architecture | None = None) -> OwnWorkload:
    """The workload of a specification. Raises SassafrasError."""
    target = target or architecture(spec.architecture)
    names = _constants(spec)
    buffers = _buffers(spec, names)
    maker = Contents(folder, spec.seed, names)
    inputs = {one.name: one.buffers for one in spec.inputs}
    if len(inputs) != len(spec.inputs):
        raise UsageError("inputs: two have the same name")
    reads = overridden(inputs)
    for name in (*reads, *spec.outputs):
        _check_known(name, buffers, "inputs" if name in reads else "outputs")
    contents = {
        name: array
        for name, buffer in buffers.items()
        if name not in reads
        and (array := maker.array(buffer, spec.buffers[name], f"buffers.{name}")) is not None
    }
    given = tuple(
        GivenInput(
            one,
            tuple(_filled(maker, buffers[name], content[name], f"inputs.{one}.{name}") for name in reads),
            0,
        )
        for one, content in inputs.items()
    ) or (GivenInput(spec.name, ()),)
    structs = declared_structs(spec.structs)
    codes = {label: read_code(label, one, target, folder, structs) for label, one in spec.kernels.items()}
    places = {name: Place(name) for name in buffers}
    sizes = {name: buffer.nbytes for name, buffer in buffers.items()}
    ready = Steps(codes, sizes, {**names, **places}).ready(spec.launches)
    modules = modules_of(launch.code.program for launch in ready)
    every = {**buffers, **module_buffers(modules)}
    layout = lay_out(requests(every.values()), target.allocation_rules())
    addresses = {name: layout[name].address for name in every}
    contents |= images(modules, addresses, _variables(spec, maker, names))
    calls, parts = _calls(spec, ready, every, addresses)
    alarms = _alarms(spec, {**names, **places}, sizes, addresses)
    is_hardened = any(isinstance(one, VariantSpec) for one in spec.kernels.values())
    return OwnWorkload(
        name=spec.name,
        given_judgement=judgement_of(spec.judgement, folder),
        given_buffers=tuple(every.values()),
        calls=calls,
        given_parts=parts,
        reads=reads,
        makes=spec.outputs,
        given_contents=contents,
        architecture=target,
        given_inputs=given,
        unset=tuple(name for name, one in spec.buffers.items() if one.uninitialised),
        spec=spec,
        folder=folder,
        given_alarms=alarms if is_hardened else None,
    )


def _constants(spec: WorkloadSpec) -> Names:
    found: dict[str, int | float] = {}
    for name, given in spec.constants.items():
        where = f"constants.{name}"
        if not name.isidentifier():
            raise UsageError(f"{where}: a name has letters, digits and _ only")
        value = value_of(given, found, where) if isinstance(given, str) else given
        assert not isinstance(value, Place)
        found[name] = value
    return found


def _buffers(spec: WorkloadSpec, names: Names) -> dict[str, Buffer]:
    found = {}
    for name, one in spec.buffers.items():
        where = f"buffers.{name}"
        if not name.isidentifier() or name in names:
            raise UsageError(f"{where}: a name has letters, digits and _ only, and is no constant's")
        found[name] = _buffer(name, one, names, where)
    if (total := sum(buffer.nbytes for buffer in found.values())) > _MOST_BYTES:
        raise UsageError(f"buffers: they have {total} bytes together, at most {_MOST_BYTES} can be emulated")
    return found


def _buffer(name: str, spec: BufferSpec, names: Names, where: str) -> Buffer:
    shape = tuple(whole(side, names, f"{where}.shape") for side in spec.sides)
    dtype = np.dtype(spec.dtype)
    return Buffer(name, dtype.itemsize * int(np.prod(shape, dtype=object)), shape, dtype)


def _variables(spec: WorkloadSpec, maker: Contents, names: Names) -> dict[str, Any]:
    """What the file says that variables hold."""
    found = {}
    for name, one in spec.variables.items():
        where = f"variables.{name}"
        found[name] = _filled(maker, _buffer(name, one, names, where), one, where)
    return found


def _check_known(name: str, buffers: Mapping[str, Buffer], where: str) -> None:
    if name not in buffers:
        hint = did_you_mean(name, buffers)
        raise UsageError(f"{where}: there is no buffer {name!r}; {hint}there are: {', '.join(buffers)}")


def _alarms(
    spec: WorkloadSpec, names: Names, sizes: Mapping[str, int], addresses: Mapping[str, int]
) -> Alarms | None:
    if spec.alarms is None:
        return None
    found = {}
    for word, text in spec.alarms:
        place = value_of(text, names, f"alarms.{word}")
        if not isinstance(place, Place):
            raise UsageError(f"alarms.{word}: {place!r} is no buffer, nor a place in one")
        if not 0 <= place.offset <= sizes[place.buffer] - WORD or place.offset % WORD:
            raise UsageError(
                f"alarms.{word}: {place.offset} bytes behind the start of {place.buffer} is no word: it is "
                f"outside its {sizes[place.buffer]} bytes, or no multiple of {WORD}"
            )
        found[word] = addresses[place.buffer] + place.offset
    if found["detected"] == found["corrected"]:
        raise UsageError("alarms: two different words")
    return Alarms(**found)


def _filled(maker: Contents, buffer: Buffer, content: Any, where: str) -> Any:
    made = maker.array(buffer, content, where)
    return np.zeros(buffer.shape or (), buffer.dtype) if made is None else made


def _calls(
    spec: WorkloadSpec, ready: Sequence[Ready], buffers: Mapping[str, Buffer], addresses: Mapping[str, int]
) -> tuple[tuple[Call, ...], tuple[Part, ...]]:
    regions = {name: Region(addresses[name], buffer.nbytes) for name, buffer in buffers.items()}
    kernels = {launch.code.label: _kernel(launch, ready, regions) for launch in ready}
    labels = tuple(dict.fromkeys(launch.part for launch in ready))
    for label in spec.parts:
        if label not in labels:
            raise UsageError(f"parts.{label}: no launch is for it; there are: {', '.join(labels)}")
    calls = tuple(_call(launch, kernels, labels, addresses) for launch in ready)
    parts = tuple(
        Part(k, label, _output(spec, label, ready, buffers), of_planes=True) for k, label in enumerate(labels)
    )
    return calls, parts


def _kernel(launch: Ready, ready: Sequence[Ready], regions: Mapping[str, Region]) -> Kernel:
    same = [other for other in ready if other.code is launch.code]
    for other in same:
        for place, (one, another) in enumerate(zip(launch.slots, other.slots, strict=True)):
            if one != another:
                _refuse_mixed(launch.code, place, one, another)
    slots = tuple(word.slot for word in launch.words)
    return kernel_of(launch.code, slots, regions, any(other.shared for other in same))


def _refuse_mixed(code: Code, place: int, one: Sequence[Leaf], another: Sequence[Leaf]) -> NoReturn:
    name, where = code.name_of(place), f"kernel {code.label}: its argument {code.name_of(place)} is"
    if len(one) == len(another) == 1:
        raise UsageError(
            f"{where} {one[0].kind} in one launch and {another[0].kind} in another; say which: "
            f'parameters = ["{name}: {one[0].kind}", ...]'
        )
    raise UsageError(f"{where} given as fields in one launch and as bytes in another; choose one")


def _call(
    launch: Ready, kernels: Mapping[str, Kernel], labels: Sequence[str], addresses: Mapping[str, int]
) -> Call:
    arguments: dict[str, int | float | str] = {
        word.slot.name: addresses[word.value.buffer] + word.value.offset
        if isinstance(word.value, Place)
        else word.value
        for word in launch.words
    }
    if launch.shared:
        arguments[SHARED] = launch.shared
    return Call(kernels[launch.code.label], labels.index(launch.part), arguments, (launch.grid, launch.block))


def _output(spec: WorkloadSpec, label: str, ready: Sequence[Ready], buffers: Mapping[str, Buffer]) -> Buffer:
    """The buffer of a part's result: the one that is said, else one that its last launch may write: an output
    of the workload if there is one, else the last.
    """
    if label in spec.parts:
        _check_known(spec.parts[label].output, buffers, f"parts.{label}.output")
        return buffers[spec.parts[label].output]
    last = [launch for launch in ready if launch.part == label][-1]
    given = [
        word.value.buffer
        for words, named in zip(last.arguments, last.code.signature, strict=True)
        for word in words
        if isinstance(word.value, Place) and not named.constant
    ]
    chosen = [name for name in given if name in spec.outputs] or given[-1:] or list(spec.outputs)
    return buffers[chosen[0]]
