"""A fault's story in sentences; the terminal and the page say the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sassafras.explanation.layers import Stopped
from sassafras.explanation.memory_map import Spot
from sassafras.explanation.steps import Fate
from sassafras.explanation.story import MemoryTold, Moment, Story, Strike, Visit
from sassafras.explanation.trapped import TrapTold
from sassafras.faults.model import FaultModel, Mode, TargetKind
from sassafras.isa.operands import RZ, URZ
from sassafras.report.explain_values import bit_list, many, word
from sassafras.report.numbers import probability
from sassafras.simulation.outcome import Outcome, Severity

_SEVERITY = {
    Severity.MALFUNCTION: "Malfunction",
    Severity.INVALID_OUTPUT: "Invalid-Output",
    Severity.LIGHT_MALFUNCTION: "Light-Malfunction",
    Severity.NO_MALFUNCTION: "No-Malfunction",
}


def title(story: Story) -> str:
    """One line: which fault, and how it ended."""
    return f"Fault {story.name} (id {story.row.id}) of {story.source}: {ending(story)}"


def ending(story: Story) -> str:
    """The outcome with its finer class."""
    row = story.row
    if row.severity is not None:
        return f"SDC, {_SEVERITY[row.severity]}"
    if row.due_kind is not None:
        return f"DUE, {row.due_kind.name.lower().replace('_', ' ')}"
    reason = f", {row.masked_reason}" if row.masked_reason else ""
    return row.outcome + reason


def answer(story: Story) -> tuple[str, str]:
    """What the network says without the fault and with it: a class and its probability, or why none."""
    row = story.row
    before = f"{story.scene.top1}, {probability(row.confidence_golden)}"
    if row.due_kind is not None:
        return before, f"no answer ({row.due_kind.name.lower().replace('_', ' ')})"
    if row.outcome is Outcome.DETECTED:
        return before, "an alarm: the host discards the answer"
    if row.severity is Severity.INVALID_OUTPUT:
        return before, "NaN" if row.output_nan else "infinity"
    if row.severity in (Severity.MALFUNCTION, Severity.LIGHT_MALFUNCTION) and story.says is not None:
        return before, f"{story.says.name}, {probability(story.says.certainty)}"
    return before, "the same, bit for bit"


def in_brief(story: Story) -> tuple[str, ...]:
    """The story in a few sentences."""
    if story.memory is not None:
        return in_brief_of_memory(story, story.memory)
    parts = [_what_it_was_doing(story), strike_sentence(story.strike, story.row.model), fate_sentence(story)]
    if story.trap is not None:
        parts.append(trap_sentence(story.trap, story.row.thread))
    if story.stopped is not None:
        parts += [_memory(story), _stopped_sentence(story.stopped)]
    if story.row.outcome is Outcome.SDC:
        parts += [_memory(story), end_sentence(story)]
    elif story.row.outcome in (Outcome.DETECTED, Outcome.CORRECTED):
        parts += [_noticed(story)] if story.raised is None else [_memory(story), _noticed_later(story)]
    return tuple(part for part in parts if part)


def in_brief_of_memory(story: Story, told: MemoryTold) -> tuple[str, ...]:
    """The same of a fault in memory."""
    parts = list(memory_sentences(story, told))
    if story.stopped is not None:
        parts.append(_stopped_sentence(story.stopped))
    if story.row.outcome is Outcome.SDC:
        parts.append(end_sentence(story))
    elif story.raised is not None:
        parts.append(_noticed_later(story))
    return tuple(parts)


def _stopped_sentence(launch: Stopped) -> str:
    kind = launch.kind.lower().replace("_", " ")
    return f"{launch.kernel} of layer {launch.layer} (launch {launch.launch}) stopped on that: {kind}."


def _what_it_was_doing(story: Story) -> str:
    row, scene = story.row, story.scene
    doing = f"Thread {row.thread} of block {row.block} of {scene.program}, at work for layer {row.part} "
    doing += f"({scene.layer_kind}),"
    if scene.makes is None:
        return f"{doing} was one of those that write nothing."
    place = scene.makes.first.name
    if scene.makes.values == 1:
        return f"{doing} was about to write {place}."
    return f"{doing} was about to write {many(scene.makes.values, 'value')}, the first of them {place}."


def strike_sentence(strike: Strike, model: str) -> str:
    """What was struck, and what became of the word."""
    how = _how(strike, model)
    if strike.mode is Mode.RF:
        change = f"{_word(strike, strike.before)} became {_word(strike, strike.after)}"
        return f"Right before the instruction, {how} register {strike.name}: {change}."
    if strike.kind in (TargetKind.REGISTER_INDEX, TargetKind.UNIFORM_INDEX):
        return _misdirected(strike, model)
    if strike.kind is TargetKind.STORE_ADDRESS:
        return _astray(strike, model)
    if strike.kind in (TargetKind.PREDICATE, TargetKind.UNIFORM_PREDICATE):
        words = ["false", "true"]
        return (
            f"The predicate {strike.name} that the instruction had just set was inverted: "
            f"{words[strike.before & 1]} became {words[strike.after & 1]}."
        )
    if strike.kind is TargetKind.CONDITION_CODE:
        return f"The condition codes that the instruction had just set: {how} them."
    change = f"{_word(strike, strike.before)} became {_word(strike, strike.after)}"
    if strike.kind is TargetKind.STORE_VALUE:
        return f"On its way to memory, {how} the stored word: {change}."
    return f"Right behind the instruction, {how} its result in {strike.name}: {change}."


def struck_words(strike: Strike) -> tuple[str, str]:
    """The struck word before and after."""
    return _word(strike, strike.before), _word(strike, strike.after)


def _word(strike: Strike, value: int) -> str:
    return word(value, bits=strike.bits, is_float=strike.is_float)


def _how(strike: Strike, model: str) -> str:
    """The fault model as a verb: ``bit 30 flipped in``."""
    if model == FaultModel.RANDOM_VALUE.value:
        return "a random value replaced"
    if model == FaultModel.ZERO_VALUE.value:
        return "zero replaced"
    return f"{bit_list(strike.flipped)} flipped in"


def _changed(strike: Strike, model: str) -> str:
    """The fault model as a reason, of an index or an address."""
    if model in (FaultModel.RANDOM_VALUE.value, FaultModel.ZERO_VALUE.value):
        return f"{_how(strike, model)} it"
    return f"{bit_list(strike.flipped)} of it flipped"


def _misdirected(strike: Strike, model: str) -> str:
    why = f"the register's index was struck: {_changed(strike, model)}"
    if strike.after == strike.before:
        return f"The index of the result's register {strike.name} was struck and stayed what it was."
    if strike.lost:
        return (
            f"The result was set aside for register R{strike.after}, which no instruction names: it was "
            f"lost, and {strike.name} kept what it held ({why})."
        )
    letters, nowhere = ("UR", URZ) if strike.kind is TargetKind.UNIFORM_INDEX else ("R", RZ)
    to = f"nowhere ({letters}Z)" if strike.after == nowhere else f"to {letters}{strike.after}"
    return f"The result went {to} instead of {strike.name}, which kept what it held ({why})."


def _astray(strike: Strike, model: str) -> str:
    memory = "" if strike.spots is not None else "shared-memory "
    before, after = (f"{value:#x}" for value in (strike.before, strike.after))
    if strike.after == strike.before:
        return f"The store's {memory}address {before} was struck and stayed what it was."
    if strike.spots is not None:
        pairs = zip((before, after), strike.spots, strict=True)
        before, after = (f"{value} ({spot.name})" for value, spot in pairs)
    return f"The word went to {memory}address {after} instead of {before}: {_changed(strike, model)}."


def fate_sentence(story: Story) -> str:
    """What became of the corruption inside the thread."""
    behind = len(story.steps) - sum(step.struck for step in story.steps)
    more = behind + story.step_count - len(story.steps)
    went = f"It went through {many(more, 'further instruction')} of the thread"
    if story.parted:
        went += ", which left the golden path"
    if story.fate is Fate.TRAPPED:
        return f"{went}." if more else ""
    if story.fate is Fate.REACHED_MEMORY:
        return f"{went} and reached memory." if more else "It reached memory at once."
    if story.fate is Fate.NOTICED:
        return f"{went} and was noticed; nothing wrong was stored."
    if story.fate is Fate.UNCHANGED:
        return "It was that already: nothing changed."
    if story.fate is Fate.OVERWRITTEN:
        over = story.strike.overwritten
        return "Nothing read it before it was overwritten" + (f" by {moment(over)}." if over else ".")
    if story.fate is Fate.NEVER_READ:
        return "Nothing has read it since."
    last = story.steps[-1] if story.steps else None
    where = f": {last.text} ({last.offset:#06x}) was the last that it touched" if last is not None else ""
    return f"{went}, and everything that was stored was golden all the same{where}."


def moment(at: Moment) -> str:
    """An instruction with its number."""
    return f"#{at.number} {at.text} ({at.offset:#06x})"


def trap_sentence(trap: TrapTold, struck: int) -> str:
    """Why the device stopped."""
    who = "It" if trap.thread == struck else f"Thread {trap.thread} of the block"
    return f"{who} trapped at {trap.offset:#06x} {trap.text}: {trap_reason(trap)}."


def trap_reason(trap: TrapTold) -> str:
    """The reason alone."""
    if trap.register is not None:
        last = int(trap.allocated or 1) - 1
        return f"R{trap.register} does not exist, the kernel has {trap.allocated} registers (R0 to R{last})"
    if trap.limit is not None:
        loop = "" if trap.loop is None else f"; it went round {trap.loop[0]:#06x} to {trap.loop[1]:#06x}"
        return f"a hang, {trap.limit:,} instructions and no end in sight (the watchdog's limit){loop}"
    kind = trap.kind.lower().replace("_", " ")
    if trap.address is None:
        return kind
    if trap.kind == "MISALIGNED_ADDRESS":
        return f"{kind}, {trap.address:#x} is no multiple of {trap.nbytes}" + _where(trap.spot)
    return f"{kind} {trap.address:#x}" + _where(trap.spot)


def _where(spot: Spot | None) -> str:
    return "" if spot is None else f" ({spot.name})"


def _memory(story: Story) -> str:
    count = f"{many(story.word_count, 'word')} of memory"
    verb = "was" if story.word_count == 1 else "were"
    sizes = "" if story.row.differing_bytes is None else f" ({many(int(story.row.differing_bytes), 'byte')})"
    return f"{count} {verb} wrong after the launch{sizes}."


def end_sentence(story: Story) -> str:
    """Of an SDC: how it ended."""
    row = story.row
    if row.severity is Severity.NO_MALFUNCTION:
        died = story.died
        where = "" if died is None else f" in {died.kernel} of layer {died.layer} (launch {died.launch})"
        return f"The difference died{where}: the probabilities are the golden ones, bit for bit."
    golden, says = story.scene.top1, story.says
    sure = f"{probability(row.confidence_golden)}"
    if row.severity is Severity.INVALID_OUTPUT:
        held = "NaN" if row.output_nan else "infinity"
        return f"The output holds {held}: the network no longer says anything, and one comparison can tell."
    if story.vocabulary.pairs and says is not None:  # its answers have no probabilities
        change = "" if row.largest_change is None else f": a value changed by {row.largest_change:.5g}"
        return f"It reached the output, which is {says.name}{change}."
    now = probability(float(row.confidence if row.confidence is not None else float("nan")))
    if row.severity is Severity.MALFUNCTION and says is not None:
        return (
            f"It reached the output: instead of {golden} ({sure}) the network says {says.name}; "
            f"{golden} has {now} left."
        )
    return f"It reached the output, which still says {golden}: {sure} before, {now} now."


def _noticed_later(story: Story) -> str:
    launch = story.raised
    assert launch is not None
    who = f"{launch.kernel} of layer {launch.layer} (launch {launch.launch})"
    if story.row.outcome is Outcome.CORRECTED:
        return f"{who} repaired the damage: the probabilities are the golden ones, bit for bit."
    return f"{who} raised the alarm: the host discards the result."


def _noticed(story: Story) -> str:
    words = f"The kernel set its {' and '.join(story.alarms)} word"
    if story.row.outcome is Outcome.CORRECTED:
        return f"{words}; everything else in memory is golden: it repaired the damage."
    rest = f" ({many(story.word_count, 'other word')} differ)" if story.word_count else ""
    return f"{words}{rest}: the host discards the result."


FEW = 4  #: launches that are named


def memory_sentences(story: Story, told: MemoryTold) -> Iterator[str]:
    """What was struck, what ECC made of it, and who read it."""
    strike = story.strike
    before, after = (
        word(v, bits=strike.bits, is_float=strike.is_float) for v in (strike.before, strike.after)
    )
    change = f": {before} became {after}" if strike.bits <= 32 else ""
    since = "held what it began with" if told.since is None else f"had been written by {visit(told.since)}"
    yield (
        f"Before {story.row.kernel} of layer {story.row.part} (launch {story.row.launch}), "
        f"{bit_list(strike.flipped)} flipped in {strike.name}{change}. The buffer {since}."
    )
    if told.ecc != "none":
        yield _ecc(told)
    yield _fate(story, told)


def _ecc(told: MemoryTold) -> str:
    found = []
    if told.detected:
        found.append(f"sees what it cannot correct in {many(told.detected, 'word')} of 64 bits")
    if told.corrected:
        found.append(f"corrects a bit in {many(told.corrected, 'word')} of 64 bits")
    return f"ECC {' and '.join(found) or 'sees nothing'}."


def _fate(story: Story, told: MemoryTold) -> str:
    match story.fate:
        case Fate.TRAPPED:
            return f"{visits(told.readers)} loaded it: the device stopped."
        case Fate.OVERWRITTEN if told.overwritten is not None:
            return f"Nothing read it before {visit(told.overwritten)} overwrote it."
        case Fate.OVERWRITTEN | Fate.NEVER_READ:
            return "Nothing reads it any more."
        case Fate.UNCHANGED:
            return "It was that already: nothing changed."
        case Fate.NOTICED:
            return "Every load got what was there before."
    return f"It was read by {visits(told.readers)}." if told.readers else "It is read as a result at the end."


def visit(at: Visit) -> str:
    """A launch with its layer."""
    return f"{at.kernel} of layer {at.layer} (launch {at.launch})"


def visits(many_of_them: Sequence[Visit]) -> str:
    """The first of some launches."""
    named = ", ".join(visit(one) for one in many_of_them[:FEW])
    more = len(many_of_them) - FEW
    return named + (f" and {many(more, 'more launch', 'more launches')}" if more > 0 else "")


def memory_facts(story: Story, told: MemoryTold) -> Iterator[tuple[str, str]]:
    """Rows of "where and when"."""
    yield "buffer", f"{told.buffer}, {told.nbytes:,} bytes, {told.role}"
    yield "place", story.strike.name
    yield "written by", "nobody before" if told.since is None else visit(told.since)
    if told.readers:
        yield "read by", visits(told.readers)
    if told.overwritten is not None:
        yield "next write", visit(told.overwritten)
    yield "ECC", told.ecc
