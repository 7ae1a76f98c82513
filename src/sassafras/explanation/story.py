"""A fault's story, as plain values: everything that the terminal, the page and the JSON file say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sassafras.explanation.layers import Journey, LaunchChange, LayerChange, Stopped
from sassafras.explanation.memory_map import Spot
from sassafras.explanation.replay import Replay
from sassafras.explanation.steps import Fate, Step, Value
from sassafras.explanation.trapped import TrapTold
from sassafras.explanation.words import Makes, WrongWord
from sassafras.faults.model import Mode, TargetKind
from sassafras.kernels.cuda_lines import CudaLine
from sassafras.simulation.record import Injection
from sassafras.workload.vocabulary import NETWORK, Vocabulary

Triple = tuple[int, int, int]


@dataclass(frozen=True)
class Scene:
    """Where and when. ``label``: true class of the frame where it is known; ``launches``: how many launches
    of the kernel an inference has; ``program``: the machine code that ran (a hardened kernel's has another
    name); ``block_at``, ``thread_at``: x, y, z; ``length``: dynamic instructions of the golden thread;
    ``struck_threads``: how many threads were struck (of a warp).
    """

    frame_name: str
    label: str | None
    top1: str
    network: str
    program: str
    launches: int
    layer_kind: str
    layer_shape: Triple
    grid: Triple
    block: Triple
    block_at: Triple
    thread_at: Triple
    length: int
    struck_threads: int
    makes: Makes | None


@dataclass(frozen=True)
class ListingLine:
    """An instruction near the struck one."""

    offset: int
    text: str
    struck: bool


@dataclass(frozen=True)
class Moment:
    """A dynamic instruction of the golden thread."""

    number: int
    offset: int
    text: str


@dataclass(frozen=True)
class Strike:
    """What was struck and how. ``name``: as in ``R4``; ``before``, ``after``: the word, ``bits`` wide;
    ``flipped``: positions of the bits that changed, lowest first; ``is_float``: whether the word is a
    binary32; ``spots``: where a store should have gone and where it went. ``lost``: the result was set aside
    for a register that the kernel does not have (`IoaRegister.SASSIFI`).

    Of a struck register: ``written``, the instruction of the golden thread that had written it; ``read``,
    ``overwritten``: the next ones that read and that write it.
    """

    mode: Mode
    kind: TargetKind
    name: str
    before: int
    after: int
    bits: int
    flipped: tuple[int, ...]
    is_float: bool
    spots: tuple[Spot, Spot] | None
    lost: bool
    written: Moment | None
    read: Moment | None
    overwritten: Moment | None


@dataclass(frozen=True)
class ClassChange:
    """A class's probability, golden and faulty, and whether each answer names it."""

    name: str
    golden: float
    faulty: float
    named: tuple[bool, bool]


@dataclass(frozen=True)
class Said:
    """An answer: its name, and how certain the output is of it."""

    name: str
    certainty: float


@dataclass(frozen=True)
class Visit:
    """A launch that touches struck memory."""

    launch: int
    kernel: str
    layer: int


@dataclass(frozen=True)
class MemoryTold:
    """What was struck in memory. ``role``: weights and other contents, an input, an output or what launches
    hand to each other; ``nbytes``: of the buffer; ``since``: the launch that wrote it last (None: nobody, it
    holds what it began with); ``readers``: launches that load wrong bytes before anyone overwrites them;
    ``overwritten``: the one that overwrites them unread. ``ecc``: what guards memory; of its words of 64
    bits, ``corrected`` and ``detected``.
    """

    buffer: str
    role: str
    nbytes: int
    since: Visit | None
    readers: tuple[Visit, ...]
    overwritten: Visit | None
    ecc: str
    corrected: int
    detected: int


@dataclass(frozen=True)
class Story:
    """Everything about one fault. ``row``: as it is stored, and as it came out again.

    ``steps``: instructions of the struck thread in which something differed, the struck one first; ``fate``:
    what became of the corruption in the thread; ``left``: registers that still differed at its end;
    ``followed``: whether it was followed to its end. ``words``: the first of ``word_count`` words of memory
    that differ after the launch. ``alarms``: words that the struck kernel set. ``layers``, ``launches``,
    ``died``, ``classes``: of an SDC, its way through the network; of a fault that a launch behind it noticed,
    too, and which launch that was (``raised``). ``says``: the faulty answer, None where there is no
    output, or none that is finite. ``own``: the line of `sassafras.faults.own.HEADING` that is
    this fault; "" in a hardened program, which takes no such lines. ``stopped``: the later launch that
    trapped on what this one left. ``memory``: of a fault in memory, what was struck; it has no thread,
    listing or steps, and ``words`` are those that are wrong before the launch. ``vocabulary``: what things
    are called.
    """

    source: str
    name: str
    row: Injection
    scene: Scene
    strike: Strike
    cuda: tuple[CudaLine, ...]
    listing: tuple[ListingLine, ...]
    steps: tuple[Step, ...]
    step_count: int
    parted: bool
    fate: Fate
    left: tuple[Value, ...]
    followed: bool
    trap: TrapTold | None
    alarms: tuple[str, ...]
    words: tuple[WrongWord, ...]
    word_count: int
    layers: tuple[LayerChange, ...]
    launches: tuple[LaunchChange, ...]
    died: LaunchChange | None
    raised: LaunchChange | None
    classes: tuple[ClassChange, ...]
    says: Said | None
    own: str
    stopped: Stopped | None = None
    vocabulary: Vocabulary = NETWORK
    memory: MemoryTold | None = None


@dataclass(frozen=True, eq=False)
class Explanation:
    """A story, the fault as it ran again, the input (float32 (channels, height, width)), and the feature maps
    behind the pictures (None where nothing went through the network).
    """

    story: Story
    replay: Replay
    image: NDArray[np.float32] | None
    journey: Journey | None
