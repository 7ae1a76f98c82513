"""What compiled code reads of a launch: its constants, geometry, memory and limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.launch import Dim, Launch
from sassafras.emulator.layout import CONTEXT, offset_of
from sassafras.emulator.memory import DeviceMemory
from sassafras.emulator.module_memory import module_address, outside_pointers, write_pointers
from sassafras.emulator.windows import WINDOWS, first_stack_pointer, local_bytes
from sassafras.errors import UsageError
from sassafras.isa.kinds import Space
from sassafras.isa.program import Program, of_program
from sassafras.native import address_of

NO_LIMIT = 1 << 62


_WORDS = ("memory", "memory_bytes", "device_base", "limit", "shared", "shared_bytes", "local", "constant3")
_LOG_WORDS = ("log", "log_capacity", "log_count")
_ALONE_WORDS = ("images", "images_left", "images_used", "row_of", "behind", "heard")
_VIEW_WORDS = ("views", "stored", "ends", "views_from", "views_until", "phase")
_WORD = {name: offset_of(CONTEXT, name) // 8 for name in (*_WORDS, *_LOG_WORDS, *_ALONE_WORDS, *_VIEW_WORDS)}


class LaunchContext:
    """The context that compiled code reads, and the host buffers it points to (kept alive with it)."""

    def __init__(self, program: Program, launch: Launch, memory: DeviceMemory, limit: int) -> None:
        self.memory = memory
        self._constants = _constants(program, launch, module_address(program, memory))
        unit = program.architecture.shared_unit
        shared = -(-(program.shared_bytes + launch.shared_bytes) // unit) * unit
        self.shared = np.zeros(max(shared, 1), np.uint8)
        words = self._constants.words.copy()  # a record would be copied, and is set, field by field
        self.record = words.view(CONTEXT)
        self.address = address_of(words)  #: of the context record
        words[_WORD["memory"]], words[_WORD["memory_bytes"]] = address_of(memory.data), memory.layout.nbytes
        words[_WORD["device_base"]], words[_WORD["limit"]] = memory.layout.base, limit
        words[_WORD["shared"]], words[_WORD["shared_bytes"]] = address_of(self.shared), shared
        words[_WORD["behind"]] = words[_WORD["shared"]]  # then nothing is heard
        self.local = np.zeros(max(local_bytes(program) * launch.threads_per_block, 1), np.uint8)
        words[_WORD["local"]] = address_of(self.local)
        if self._constants.constants_at is not None:
            at = self._constants.constants_at - memory.layout.base
            words[_WORD["constant3"]] = words[_WORD["memory"]] + at
        self._words = words

    def use_log(self, log: NDArray[np.void]) -> None:
        """Where loads and stores are logged; the count of entries stays."""
        self._words[_WORD["log"]], self._words[_WORD["log_capacity"]] = address_of(log), len(log)

    def keep_images(self, room: NDArray[np.uint8], row_of: NDArray[np.int64]) -> None:
        """Where shared memory goes at the end of each phase, uint8 (phases, bytes), if it has changed, and
        the number of its row.
        """
        found = {"images": address_of(room), "row_of": address_of(row_of), "images_left": len(row_of)}
        for name, word in {**found, "images_used": 0}.items():
            self._words[_WORD[name]] = word

    @property
    def images_left(self) -> int:
        """For how many more images there is room."""
        return int(self._words[_WORD["images_left"]])

    def look_behind(self, image: NDArray[np.uint8]) -> None:
        """Shared memory as it is at the end of the phase that a thread run alone is in."""
        self._words[_WORD["behind"]] = address_of(image)

    def correct(
        self, views: NDArray[np.uint8], stored: NDArray[np.int64], ends: NDArray[np.int64], phases: range
    ) -> None:
        """What shared memory must be at the end of some phases (`vector.correcting`)."""
        found = address_of(views), address_of(stored), address_of(ends), phases.start, phases.stop, 0
        for name, word in zip(_VIEW_WORDS, found, strict=True):
            self._words[_WORD[name]] = word

    @property
    def heard(self) -> bool:
        """Whether a thread run alone has loaded from shared memory what others may store in the phase."""
        return bool(self._words[_WORD["heard"]])

    @property
    def logged(self) -> int:
        """Entries in the log."""
        return int(self._words[_WORD["log_count"]])

    @logged.setter
    def logged(self, count: int) -> None:
        self._words[_WORD["log_count"]] = count


@dataclass(frozen=True)
class _Constants:
    """What all contexts of a launch share: the constant banks that lie in no device memory, the words of a
    record that points to them, and the device address of bank 3 (None: there is none).
    """

    banks: Mapping[int, NDArray[np.uint8]]
    words: NDArray[np.int64]
    constants_at: int | None


_REMEMBERED = 256  #: launches of a program; a network has tens


@of_program
def _known(program: Program) -> dict[tuple[Launch, int | None], _Constants]:  # noqa: ARG001  (it keeps them)
    return {}


def _constants(program: Program, launch: Launch, module_at: int | None) -> _Constants:
    """The constants of a launch, checked and kept: a campaign arms the same launches again and again.
    ``module_at``: where the program's variables lie.
    """
    known = _known(program)
    key = launch, module_at
    if key in known:
        return known[key]
    while len(known) >= _REMEMBERED:
        known.pop(next(iter(known)))
    check_launch(program, launch)
    banks = {0: constant_bank(program, launch, module_at), 2: np.frombuffer(program.constants, np.uint8)}
    record = np.zeros(1, CONTEXT)
    module = program.module
    if module is not None and (module_at is not None or module.nbytes == 0):
        banks[4] = np.zeros(module.address_bytes, np.uint8)
        write_pointers(banks[4], module.addresses, module_at or 0)
        write_pointers(banks[4], outside_pointers(module), 0)
        record["constant3_bytes"] = module.constant_bytes
    kept = {bank: np.append(content, np.zeros(8, np.uint8)) for bank, content in banks.items()}
    for bank, content in kept.items():
        record[f"constant{bank}"], record[f"constant{bank}_bytes"] = address_of(content), len(banks[bank])
    record["grid"], record["block"] = launch.grid, launch.block
    return known.setdefault(key, _Constants(kept, record.view(np.int64), module_at))


def check_launch(program: Program, launch: Launch) -> None:
    """Raise UsageError for a launch that the device refuses: fewer parameter bytes than the kernel takes, or
    a grid, a block or its shared memory beyond the limits of the architecture.
    """
    needed = max((p.offset + p.size for p in program.parameters), default=0)
    if len(launch.parameters) < needed:
        raise UsageError(
            f"{program.name} takes {needed} bytes of parameters, the launch has {len(launch.parameters)}"
        )
    most = program.architecture.launch
    _check_sides(program, "grid", "blocks", launch.grid, most.grid)
    _check_sides(program, "block", "threads", launch.block, most.sides)
    if launch.threads_per_block > most.threads:
        raise UsageError(
            f"{program.name}: a block has 1 to {most.threads} threads, not {launch.threads_per_block}"
        )
    _check_shared(program, launch)


def _check_shared(program: Program, launch: Launch) -> None:
    own, added = program.shared_bytes, launch.shared_bytes
    most = program.architecture.launch.shared_bytes
    if added < 0 or own + added > most:
        raise UsageError(
            f"{program.name}: {own} bytes of shared memory of its own and {added} of the launch; a block on "
            f"{program.architecture.name} has 0 to {most} of both together"
        )


def _check_sides(program: Program, what: str, of: str, sides: Dim, most: Dim) -> None:
    for axis, side, largest in zip("xyz", sides, most, strict=True):
        if not 1 <= side <= largest:
            raise UsageError(f"{program.name}: {what}.{axis} is 1 to {largest} {of}, not {side}")


def constant_bank(program: Program, launch: Launch, module_at: int | None = None) -> NDArray[np.uint8]:
    """Constant bank 0 of a launch: block, grid, windows and stack base where the family has them, parameters
    at their base. ``module_at``: where the program's variables lie, bank 3 first.
    """
    layout = program.architecture.family.known_bank()
    end = program.parameter_base + len(launch.parameters)
    bank = np.zeros(-(-max(end, layout.launch_end) // 4) * 4, np.uint8)  # code reads whole words
    for start, sides in ((layout.block, launch.block), (layout.grid, launch.grid)):
        words = np.array(sides, np.int32).view(np.uint8)
        bank[start : start + len(words)] = words
    ones = {
        layout.shared_window: WINDOWS[Space.SHARED],
        layout.local_window: WINDOWS[Space.LOCAL],
        layout.stack: first_stack_pointer(program),
    }
    if layout.shared_bytes is not None:
        ones[layout.shared_bytes] = launch.shared_bytes
    ones |= {at: (module_at or 0) >> 32 * k & 0xFFFFFFFF for k, at in enumerate(layout.constants_address)}
    for start, word in ones.items():
        bank[start : start + 4] = np.frombuffer(word.to_bytes(4, "little"), np.uint8)
    bank[program.parameter_base : end] = np.frombuffer(launch.parameters, np.uint8)
    return bank
