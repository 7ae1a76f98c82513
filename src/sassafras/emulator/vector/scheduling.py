"""Functions of a wide module that say which lanes of a warp go on: out of line, for they run only where lanes
part, wait or end.

Of the lanes that wait, those with the deepest call/sync stack go first, and of these those with the lowest
instruction: then they meet again where compiled code expects it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir

from sassafras.building import I1, I32, I64, POINTER, VOID, counting
from sassafras.emulator.layout import CONTEXT, STACK_ENTRIES, Status, offset_of
from sassafras.emulator.storage import state_pointer
from sassafras.emulator.vector.builder import WideBuilder
from sassafras.emulator.vector.lanes import Shape, Wide
from sassafras.emulator.vector.layout import PICK, STACK_NODES, STACKS, header
from sassafras.emulator.vector.storage import masked_store

_LAST = 0xFFFFF  #: the highest instruction that a key can hold
KIND_SHIFT = 28
INDEX_MASK = (1 << KIND_SHIFT) - 1


def key(b: WideBuilder, depth: Any, index: Any) -> Any:
    """What decides who goes first: the higher key."""
    return b.or_(b.shl(depth, I32(20)), b.sub(I32(_LAST), index))


def at(b: WideBuilder, warp: ir.Value, field: str, more: int = 0) -> ir.Value:
    """Pointer to a field of the header."""
    return state_pointer(b, warp, header(field) + more)


def wide_load(b: WideBuilder, place: ir.Value, kind: ir.Type) -> Wide:
    """A value per lane from memory."""
    size = kind.width // 8 * b.shape.lanes
    vector = b.shape.vector(kind)
    return Wide([b.load(state_pointer(b, place, k * size), typ=vector, align=4) for k in b.shape.all], kind)


def wide_store(b: WideBuilder, value: Wide, place: ir.Value) -> None:
    """A value per lane to memory."""
    size = value.type.width // 8 * b.shape.lanes
    for k, part in enumerate(value.parts):
        b.store(part, state_pointer(b, place, k * size), align=4)


def most(b: WideBuilder, value: Wide) -> ir.Value:
    """The greatest of all lanes, signed."""
    kind = value.type
    reduce = b.function_named(
        f"llvm.vector.reduce.smax.v{b.shape.lanes}{kind}", ir.FunctionType(kind, [b.shape.vector(kind)])
    )
    parts = [b.call(reduce, [part]) for part in value.parts]
    greatest = parts[0]
    for part in parts[1:]:
        greatest = b.select(b.icmp_signed(">", part, greatest), part, greatest)
    return greatest


class Scheduling:
    """Writes these functions into a module, each when first asked for."""

    def __init__(self, module: ir.Module, shape: Shape) -> None:
        self._module = module
        self._shape = shape

    def _made(
        self, name: str, result: ir.Type, arguments: list[ir.Type], write: Callable[..., None]
    ) -> ir.Function:
        known = self._module.globals.get(name)
        if known is not None:
            return known
        function = ir.Function(self._module, ir.FunctionType(result, arguments), name)
        function.linkage = "internal"
        function.attributes.add("noinline")
        write(WideBuilder(function.append_basic_block("entry"), self._shape), *function.args)
        return function

    @property
    def park(self) -> ir.Function:
        """``park(warp, lanes, key, node, running)``: the lanes wait."""
        return self._made("park", VOID, [POINTER, I32, I32, I32, I64], self._park)

    def _park(
        self, b: WideBuilder, warp: ir.Value, lanes: ir.Value, key: ir.Value, node: ir.Value, run: ir.Value
    ) -> None:
        self._stand(b, warp, lanes, key, node, run)
        self._add_to(b, warp, "waiting", lanes)
        b.ret_void()

    @property
    def wait(self) -> ir.Function:
        """``wait(warp, lanes, key, node, running)``: the lanes wait at a barrier, to go on as ``key``
        says.
        """
        return self._made("wait", VOID, [POINTER, I32, I32, I32, I64], self._wait)

    def _wait(
        self, b: WideBuilder, warp: ir.Value, lanes: ir.Value, key: ir.Value, node: ir.Value, run: ir.Value
    ) -> None:
        self._stand(b, warp, lanes, key, node, run)
        self._add_to(b, warp, "barred", lanes)
        b.ret_void()

    @staticmethod
    def _stand(
        b: WideBuilder, warp: ir.Value, lanes: ir.Value, key: ir.Value, node: ir.Value, running: ir.Value
    ) -> None:
        """Note where lanes stand, and add to their counts; before the first time these are not there."""
        mask = b.truths(lanes)
        for field, value in (("keys", key), ("nodes", node)):
            for k, part in enumerate(b.splat(value).parts):
                masked_store(b, part, at(b, warp, field, 4 * b.shape.lanes * k), mask.parts[k])
        counts = at(b, warp, "counts")
        split = b.icmp_signed("!=", b.load(at(b, warp, "split"), typ=I32), I32(0))
        old = b.select(split, wide_load(b, counts, I64), b.splat(I64(0)))
        wide_store(b, b.select(mask, b.add(old, running), old), counts)
        b.store(I32(1), at(b, warp, "split"))

    @staticmethod
    def _add_to(b: WideBuilder, warp: ir.Value, field: str, lanes: ir.Value) -> None:
        place = at(b, warp, field)
        b.store(b.or_(b.load(place, typ=I32), lanes), place)

    @property
    def pick(self) -> ir.Function:
        """``pick(warp, context) -> status``: makes those lanes active that go first, and returns -1; a status
        if none is left.
        """
        return self._made("pick", I32, [POINTER, POINTER], self._pick)

    def _pick(self, b: WideBuilder, warp: ir.Value, context: ir.Value) -> None:
        waiting = b.load(at(b, warp, "waiting"), typ=I32)
        with b.if_then(b.icmp_signed("==", waiting, I32(0))):
            self._nobody(b, warp)
        keys, nodes = (wide_load(b, at(b, warp, field), I32) for field in ("keys", "nodes"))
        keys = b.select(b.truths(waiting), keys, I32(-1))
        best = most(b, keys)
        highest = b.icmp_signed("==", keys, best)
        lowest = b.function_named("llvm.cttz.i32", ir.FunctionType(I32, [I32, I1]))
        lane = b.call(lowest, [b.bits(highest), I1(1)])
        node = b.load(b.gep(at(b, warp, "nodes"), [lane], source_etype=I32), typ=I32)
        first = b.and_(highest, b.icmp_signed("==", nodes, node))
        group = b.bits(first)
        counts = b.select(first, wide_load(b, at(b, warp, "counts"), I64), I64(0))
        limit = b.load(state_pointer(b, context, offset_of(CONTEXT, "limit")), typ=I64)
        for field, value in (
            ("active", group),
            ("waiting", b.xor(waiting, group)),
            ("best", most(b, b.select(first, I32(-1), keys))),
            ("depth", b.lshr(best, I32(20))),
            ("node", node),
            ("resume", b.sub(I32(_LAST), b.and_(best, I32(_LAST)))),
            ("running", I64(0)),
            ("room", b.sub(limit, most(b, counts))),
        ):
            b.store(value, at(b, warp, field))
        b.ret(I32(-1))

    @staticmethod
    def _nobody(b: WideBuilder, warp: ir.Value) -> None:
        """None waits to go on: at a barrier, or all have ended."""
        barred = b.load(at(b, warp, "barred"), typ=I32)
        with b.if_then(b.icmp_signed("==", barred, I32(0))):
            b.ret(I32(Status.EXITED))
        b.store(barred, at(b, warp, "waiting"))
        b.store(I32(0), at(b, warp, "barred"))
        b.store(I32(PICK), at(b, warp, "resume"))
        b.ret(I32(Status.BARRIER))

    @property
    def end(self) -> ir.Function:
        """``end(warp, lanes, running)``: the lanes have ended."""
        return self._made("end", VOID, [POINTER, I32, I64], self._end)

    def _end(self, b: WideBuilder, warp: ir.Value, lanes: ir.Value, running: ir.Value) -> None:
        alive = at(b, warp, "alive")
        b.store(b.and_(b.load(alive, typ=I32), b.not_(lanes)), alive)
        split = b.icmp_signed("!=", b.load(at(b, warp, "split"), typ=I32), I32(0))
        counts = b.select(split, wide_load(b, at(b, warp, "counts"), I64), b.splat(I64(0)))
        own = b.select(b.truths(lanes), b.add(counts, running), I64(0))
        longest, instructions = at(b, warp, "longest"), at(b, warp, "instructions")
        before, now = b.load(longest, typ=I64), most(b, own)
        b.store(b.select(b.icmp_signed(">", now, before), now, before), longest)
        total = b.load(instructions, typ=I64)
        reduce = b.function_named(
            f"llvm.vector.reduce.add.v{b.shape.lanes}i64", ir.FunctionType(I64, [b.shape.vector(I64)])
        )
        for part in own.parts:
            total = b.add(total, b.call(reduce, [part]))
        b.store(total, instructions)
        b.ret_void()

    @property
    def push(self) -> ir.Function:
        """``push(stacks, node, entry, memory) -> node``: the stack with one entry more; -1 where there is no
        room. ``memory``: of the instruction that pushes.
        """
        return self._made("push", I32, [POINTER, I32, I32, POINTER], self._push)

    def _push(
        self, b: WideBuilder, stacks: ir.Value, node: ir.Value, entry: ir.Value, memory: ir.Value
    ) -> None:
        count = b.load(stack_field(b, stacks, "count"), typ=I32)
        depth = b.load(stack_field(b, stacks, "depth", node), typ=I32)
        full = b.icmp_signed(">=", depth, I32(STACK_ENTRIES))
        b.store(node, memory)
        result = state_pointer(b, memory, 4)
        with counting(b, I32(1), count) as number:
            same = b.icmp_signed("==", b.load(stack_field(b, stacks, "parent", number), typ=I32), node)
            alike = b.icmp_signed("==", b.load(stack_field(b, stacks, "entry", number), typ=I32), entry)
            with b.if_then(b.and_(same, alike)):
                b.store(number, result)
                b.ret(number)
        with b.if_then(b.or_(full, b.icmp_signed(">=", count, I32(STACK_NODES)))):
            b.store(I32(-1), memory)
            b.ret(I32(-1))
        for field, value in (("parent", node), ("entry", entry), ("depth", b.add(depth, I32(1)))):
            b.store(value, stack_field(b, stacks, field, count))
        b.store(b.add(count, I32(1)), stack_field(b, stacks, "count"))
        b.store(count, result)
        b.ret(count)

    @property
    def unwind(self) -> ir.Function:
        """``unwind(stacks, node, kind) -> node``: the stack down to an entry of a kind; 0: there is none."""
        return self._made("unwind", I32, [POINTER, I32, I32], self._unwind)

    def _unwind(self, b: WideBuilder, stacks: ir.Value, node: ir.Value, kind: ir.Value) -> None:
        before, loop, found = b.block, b.append_basic_block("loop"), b.append_basic_block("found")
        more = b.append_basic_block("more")
        b.branch(loop)
        b.position_at_end(loop)
        now = b.phi(I32)
        now.add_incoming(node, before)
        entry = b.load(stack_field(b, stacks, "entry", now), typ=I32)
        right = b.icmp_unsigned("==", b.lshr(entry, I32(KIND_SHIFT)), kind)
        b.cbranch(b.or_(right, b.icmp_signed("==", now, I32(0))), found, more)
        b.position_at_end(more)
        now.add_incoming(b.load(stack_field(b, stacks, "parent", now), typ=I32), more)
        b.branch(loop)
        b.position_at_end(found)
        b.ret(now)


def stack_field(b: WideBuilder, stacks: ir.Value, field: str, node: ir.Value | None = None) -> ir.Value:
    """Pointer to a field of the stacks, of a node."""
    start = state_pointer(b, stacks, offset_of(STACKS, field))
    return start if node is None else b.gep(start, [node], source_etype=I32)


def each_lane(b: WideBuilder, lanes: ir.Value) -> tuple[ir.Value, Callable[[ir.Block], None]]:
    """Begin a loop over the lanes whose bits are set, from the lowest up (none set: a loop without end). The
    lane, and what ends the body: given the block behind the loop.
    """
    before, loop = b.block, b.append_basic_block("lane")
    b.branch(loop)
    b.position_at_end(loop)
    rest = b.phi(I32)
    rest.add_incoming(lanes, before)
    count = b.function_named("llvm.cttz.i32", ir.FunctionType(I32, [I32, I1]))
    lane = b.call(count, [rest, I1(1)])

    def end(behind: ir.Block) -> None:
        after = b.and_(rest, b.sub(rest, I32(1)))
        rest.add_incoming(after, b.block)
        b.cbranch(b.icmp_signed("==", after, I32(0)), behind, loop)

    return lane, end


assert STACK_ENTRIES << 20 < 1 << 31, "keys are signed words"
