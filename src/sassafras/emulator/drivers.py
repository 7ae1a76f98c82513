"""The loops over threads and blocks around ``thread``, as LLVM text.
 Order (it defines the result of racing stores): blocks in linear order; inside a block, between barriers,
threads in linear order. A barrier releases when every thread of the block that has not ended waits
(sass-semantics section 7).
"""

from __future__ import annotations

from collections.abc import Mapping

from sassafras.emulator.layout import CONTEXT, STATE, Progress, Status, offset_of
from sassafras.emulator.lone_drivers import RUN_ALONE, WATCH


def _fields() -> dict[str, int]:
    names = {
        f"S_{n}": offset_of(STATE, n) for n in ("pc", "count", "limit", "depth", "status", "tid", "ctaid")
    }
    names |= {f"S_{n}": offset_of(STATE, n) for n in ("lane", "thread", "counters")}
    names |= {f"C_{n}": offset_of(CONTEXT, n) for n in ("shared", "shared_bytes", "grid", "block", "limit")}
    names |= {"SIZE": STATE.itemsize, "EXITED": Status.EXITED, "BARRIER": Status.BARRIER}
    names |= {"LOG_FULL": Status.LOG_FULL, "DIFFERS": Status.SHARED_DIFFERS}
    names |= {"RUNNABLE": Progress.RUNNABLE, "WAITING": Progress.AT_BARRIER, "ENDED": Progress.EXITED}
    return {name: int(value) for name, value in names.items()}


def _fill_in(text: str, **more: int) -> str:
    for name, value in sorted({**_fields(), **more}.items(), key=lambda item: -len(item[0])):
        text = text.replace(f"${name}", str(value))
    return text


_PREPARE = """
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)

define internal i32 @dim(ptr %ctx, i32 %field, i32 %axis) alwaysinline {
  %a = mul i32 %axis, 4
  %o = add i32 %field, %a
  %p = getelementptr i8, ptr %ctx, i32 %o
  %v = load i32, ptr %p
  ret i32 %v
}

define internal void @coordinates(ptr %to, i32 %linear, i32 %nx, i32 %ny) alwaysinline {
  %x = urem i32 %linear, %nx
  %r = udiv i32 %linear, %nx
  %y = urem i32 %r, %ny
  %z = udiv i32 %r, %ny
  store i32 %x, ptr %to
  %p1 = getelementptr i8, ptr %to, i32 4
  store i32 %y, ptr %p1
  %p2 = getelementptr i8, ptr %to, i32 8
  store i32 %z, ptr %p2
  ret void
}

; A thread before its first instruction: everything zero but its coordinates.
define internal void @prepare(ptr %ctx, ptr %state, i32 %block, i32 %thread) {
  call void @llvm.memset.p0.i64(ptr %state, i8 0, i64 $S_limit, i1 false)
  %limit_at = getelementptr i8, ptr %ctx, i32 $C_limit
  %limit = load i64, ptr %limit_at
  %s_limit = getelementptr i8, ptr %state, i32 $S_limit
  store i64 %limit, ptr %s_limit
  %s_depth = getelementptr i8, ptr %state, i32 $S_depth
  store i32 0, ptr %s_depth
  %s_status = getelementptr i8, ptr %state, i32 $S_status
  store i32 $RUNNABLE, ptr %s_status
  %bx = call i32 @dim(ptr %ctx, i32 $C_block, i32 0)
  %by = call i32 @dim(ptr %ctx, i32 $C_block, i32 1)
  %s_tid = getelementptr i8, ptr %state, i32 $S_tid
  call void @coordinates(ptr %s_tid, i32 %thread, i32 %bx, i32 %by)
  %gx = call i32 @dim(ptr %ctx, i32 $C_grid, i32 0)
  %gy = call i32 @dim(ptr %ctx, i32 $C_grid, i32 1)
  %s_ctaid = getelementptr i8, ptr %state, i32 $S_ctaid
  call void @coordinates(ptr %s_ctaid, i32 %block, i32 %gx, i32 %gy)
  %lane = and i32 %thread, 31
  %s_lane = getelementptr i8, ptr %state, i32 $S_lane
  store i32 %lane, ptr %s_lane
  %s_thread = getelementptr i8, ptr %state, i32 $S_thread
  store i32 %thread, ptr %s_thread
  ret void
}

define internal i32 @threads_of(ptr %ctx) alwaysinline {
  %x = call i32 @dim(ptr %ctx, i32 $C_block, i32 0)
  %y = call i32 @dim(ptr %ctx, i32 $C_block, i32 1)
  %z = call i32 @dim(ptr %ctx, i32 $C_block, i32 2)
  %xy = mul i32 %x, %y
  %n = mul i32 %xy, %z
  ret i32 %n
}

define internal void @clear_shared(ptr %ctx) alwaysinline {
  %p_at = getelementptr i8, ptr %ctx, i32 $C_shared
  %p = load ptr, ptr %p_at
  %n_at = getelementptr i8, ptr %ctx, i32 $C_shared_bytes
  %n = load i64, ptr %n_at
  call void @llvm.memset.p0.i64(ptr %p, i8 0, i64 %n, i1 false)
  ret void
}

; Prepares all threads of a block (states side by side) and its shared memory.
define void @prepare_block(ptr %ctx, ptr %states, i32 %block, i32 %first, i32 %last) {
entry:
  call void @clear_shared(ptr %ctx)
  br label %loop
loop:
  %t = phi i32 [ %first, %entry ], [ %t1, %body ]
  %more = icmp slt i32 %t, %last
  br i1 %more, label %body, label %done
body:
  %k = sub i32 %t, %first
  %k64 = zext i32 %k to i64
  %o = mul i64 %k64, $SIZE
  %state = getelementptr i8, ptr %states, i64 %o
  call void @prepare(ptr %ctx, ptr %state, i32 %block, i32 %t)
  %t1 = add i32 %t, 1
  br label %loop
done:
  ret void
}

; A barrier releases the threads that wait at it. Whether there were any.
define i1 @release(ptr %states, i32 %count) {
entry:
  br label %loop
loop:
  %t = phi i32 [ 0, %entry ], [ %t1, %next ]
  %any = phi i1 [ false, %entry ], [ %any1, %next ]
  %more = icmp slt i32 %t, %count
  br i1 %more, label %look, label %done
look:
  %t64 = zext i32 %t to i64
  %o = mul i64 %t64, $SIZE
  %state = getelementptr i8, ptr %states, i64 %o
  %status_at = getelementptr i8, ptr %state, i32 $S_status
  %status = load i32, ptr %status_at
  %waiting = icmp eq i32 %status, $WAITING
  br i1 %waiting, label %wake, label %next
wake:
  store i32 $RUNNABLE, ptr %status_at
  br label %next
next:
  %any1 = phi i1 [ %any, %look ], [ true, %wake ]
  %t1 = add i32 %t, 1
  br label %loop
done:
  ret i1 %any
}

; Runs the threads of a block from state number %from on, through barriers, until all have ended (returns
; EXITED) or one returns anything
; else than EXITED or BARRIER: then that status, with the number of its state in %where.
define i32 @run_block(ptr %ctx, ptr %states, i32 %count, i32 %from, ptr %where) noinline {
entry:
  br label %phase
phase:
  %start = phi i32 [ %from, %entry ], [ 0, %check ]
  br label %loop
loop:
  %t = phi i32 [ %start, %phase ], [ %t1, %next ]
  %more = icmp slt i32 %t, %count
  br i1 %more, label %look, label %check
look:
  %t64 = zext i32 %t to i64
  %o = mul i64 %t64, $SIZE
  %state = getelementptr i8, ptr %states, i64 %o
  %status_at = getelementptr i8, ptr %state, i32 $S_status
  %status = load i32, ptr %status_at
  %runnable = icmp eq i32 %status, $RUNNABLE
  br i1 %runnable, label %go, label %next
go:
  %r = call i32 @thread(ptr %state, ptr %ctx)
  switch i32 %r, label %stop [ i32 $EXITED, label %ended
                               i32 $BARRIER, label %waits ]
ended:
  store i32 $ENDED, ptr %status_at
  br label %next
waits:
  store i32 $WAITING, ptr %status_at
  br label %next
next:
  %t1 = add i32 %t, 1
  br label %loop
stop:
  store i32 %t, ptr %where
  ret i32 %r
check:
  %any = call i1 @release(ptr %states, i32 %count)
  br i1 %any, label %phase, label %all_ended
all_ended:
  ret i32 $EXITED
}
"""

_PLAIN_SERIAL = """
; Runs blocks [first, last). One state serves all threads: without barriers they never coexist.
; %result: i64 instructions, i64 longest thread, i64 block, i64 thread (the last two where a trap struck).
define i32 @run(ptr %ctx, ptr %states, i64 %first, i64 %last, ptr %result, ptr %counters) noinline {
entry:
  %n = call i32 @threads_of(ptr %ctx)
  %longest_at = getelementptr i8, ptr %result, i32 8
  %block_at = getelementptr i8, ptr %result, i32 16
  %thread_at = getelementptr i8, ptr %result, i32 24
  %s_count = getelementptr i8, ptr %states, i32 $S_count
  %s_counters = getelementptr i8, ptr %states, i32 $S_counters
  br label %blocks
blocks:
  %b = phi i64 [ %first, %entry ], [ %b1, %next_block ]
  %row = phi ptr [ %counters, %entry ], [ %row_now, %next_block ]
  %more = icmp slt i64 %b, %last
  br i1 %more, label %one_block, label %done
one_block:
  call void @clear_shared(ptr %ctx)
  %b32 = trunc i64 %b to i32
  br label %threads
threads:
  %t = phi i32 [ 0, %one_block ], [ %t1, %next_thread ]
  %row_now = phi ptr [ %row, %one_block ], [ %row_next, %next_thread ]
  %more_t = icmp slt i32 %t, %n
  br i1 %more_t, label %one_thread, label %next_block
one_thread:
  call void @prepare(ptr %ctx, ptr %states, i32 %b32, i32 %t)
  store ptr %row_now, ptr %s_counters
  %r = call i32 @thread(ptr %states, ptr %ctx)
  %count = load i64, ptr %s_count
  %total = load i64, ptr %result
  %total1 = add i64 %total, %count
  store i64 %total1, ptr %result
  %longest = load i64, ptr %longest_at
  %longer = icmp sgt i64 %count, %longest
  %longest1 = select i1 %longer, i64 %count, i64 %longest
  store i64 %longest1, ptr %longest_at
  %bad = icmp ne i32 %r, $EXITED
  br i1 %bad, label %stop, label %next_thread
next_thread:
  %row_next = getelementptr i8, ptr %row_now, i32 $ROW
  %t1 = add i32 %t, 1
  br label %threads
next_block:
  %b1 = add i64 %b, 1
  br label %blocks
stop:
  store i64 %b, ptr %block_at
  %t64 = zext i32 %t to i64
  store i64 %t64, ptr %thread_at
  ret i32 %r
done:
  ret i32 $EXITED
}
"""

_PLAIN_BARRIER = """
; Runs blocks [first, last), a state per thread of a block. %result as in the serial driver.
define i32 @run(ptr %ctx, ptr %states, i64 %first, i64 %last, ptr %result, ptr %counters) noinline {
entry:
  %n = call i32 @threads_of(ptr %ctx)
  %longest_at = getelementptr i8, ptr %result, i32 8
  %block_at = getelementptr i8, ptr %result, i32 16
  %thread_at = getelementptr i8, ptr %result, i32 24
  %where = alloca i32
  br label %blocks
blocks:
  %b = phi i64 [ %first, %entry ], [ %b1, %next_block ]
  %row = phi ptr [ %counters, %entry ], [ %row_after, %next_block ]
  %more = icmp slt i64 %b, %last
  br i1 %more, label %one_block, label %done
one_block:
  %b32 = trunc i64 %b to i32
  call void @prepare_block(ptr %ctx, ptr %states, i32 %b32, i32 0, i32 %n)
  br label %give
give:
  %g = phi i32 [ 0, %one_block ], [ %g1, %give_one ]
  %row_now = phi ptr [ %row, %one_block ], [ %row_next, %give_one ]
  %more_g = icmp slt i32 %g, %n
  br i1 %more_g, label %give_one, label %go
give_one:
  %g64 = zext i32 %g to i64
  %go_off = mul i64 %g64, $SIZE
  %g_state = getelementptr i8, ptr %states, i64 %go_off
  %g_counters = getelementptr i8, ptr %g_state, i32 $S_counters
  store ptr %row_now, ptr %g_counters
  %row_next = getelementptr i8, ptr %row_now, i32 $ROW
  %g1 = add i32 %g, 1
  br label %give
go:
  %row_after = phi ptr [ %row_now, %give ]
  %r = call i32 @run_block(ptr %ctx, ptr %states, i32 %n, i32 0, ptr %where)
  br label %sum
sum:
  %t = phi i32 [ 0, %go ], [ %t1, %sum_one ]
  %more_t = icmp slt i32 %t, %n
  br i1 %more_t, label %sum_one, label %summed
sum_one:
  %t64 = zext i32 %t to i64
  %o = mul i64 %t64, $SIZE
  %state = getelementptr i8, ptr %states, i64 %o
  %s_count = getelementptr i8, ptr %state, i32 $S_count
  %count = load i64, ptr %s_count
  %total = load i64, ptr %result
  %total1 = add i64 %total, %count
  store i64 %total1, ptr %result
  %longest = load i64, ptr %longest_at
  %longer = icmp sgt i64 %count, %longest
  %longest1 = select i1 %longer, i64 %count, i64 %longest
  store i64 %longest1, ptr %longest_at
  %t1 = add i32 %t, 1
  br label %sum
summed:
  %bad = icmp ne i32 %r, $EXITED
  br i1 %bad, label %stop, label %next_block
next_block:
  %b1 = add i64 %b, 1
  br label %blocks
stop:
  store i64 %b, ptr %block_at
  %w = load i32, ptr %where
  %w64 = zext i32 %w to i64
  store i64 %w64, ptr %thread_at
  ret i32 %r
done:
  ret i32 $EXITED
}
"""

_STEP = """
define i32 @step(ptr %state, ptr %ctx) noinline {
  %r = call i32 @thread(ptr %state, ptr %ctx)
  ret i32 %r
}
"""


def plain_driver(*, barrier: bool, row_bytes: int) -> str:
    """The driver of a plain or profiling build: ``run(context, states, first block, last block, result,
    counters)``; for kernels with barriers also ``watch`` (see ``lone_drivers``).
    """
    text = _PREPARE + (_PLAIN_BARRIER + WATCH if barrier else _PLAIN_SERIAL)
    return _fill_in(text, ROW=row_bytes)


def armed_driver(*, barrier: bool) -> str:
    """The driver of an armed build: ``prepare_block``, ``run_block``, and ``step`` (one thread, nothing
    around it); for kernels with barriers also ``run_alone`` (see ``lone_drivers``).
    """
    return _fill_in(_PREPARE + (RUN_ALONE if barrier else "")) + _STEP


_CONTROL_WORD = """declare void @llvm.x86.sse.stmxcsr(ptr)
declare void @llvm.x86.sse.ldmxcsr(ptr)
"""


def with_float_rules(functions: Mapping[str, str], *, x86: bool, control_word: int) -> str:
    """For each function (name -> LLVM parameter types) an exported ``name_entry`` that calls it with the
    float rules of DESIGN section 4.

    Some libraries switch a process to flushing denormals; the entry puts the control word right and back
    again.
    """
    text = _CONTROL_WORD if x86 else ""
    for name, parameters in functions.items():
        arguments = ", ".join(f"{kind} %a{k}" for k, kind in enumerate(parameters.split()))
        before, after = _SET.replace("$WORD", str(control_word)), _RESTORE
        call = f"  %r = call i32 @{name}({arguments})\n"
        body = before + call + after if x86 else call
        text += f"\ndefine i32 @{name}_entry({arguments}) {{\n{body}  ret i32 %r\n}}\n"
    return text


_SET = """  %before = alloca i32
  %wanted = alloca i32
  store i32 $WORD, ptr %wanted
  call void @llvm.x86.sse.stmxcsr(ptr %before)
  call void @llvm.x86.sse.ldmxcsr(ptr %wanted)
"""
_RESTORE = "  call void @llvm.x86.sse.ldmxcsr(ptr %before)\n"
