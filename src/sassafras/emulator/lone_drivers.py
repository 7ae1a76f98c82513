"""Running one thread of a block alone although threads wait for each other, as LLVM text.

``watch`` (plain build) runs a whole block without a fault and keeps the shared memory that one thread finds
and leaves between barriers. ``run_alone`` (armed build) gives the thread what it found, and sees that it
leaves what it left: then no other thread of the block can tell a difference by way of shared memory.
"""

from __future__ import annotations

_SHARED = """
  %shared_at = getelementptr i8, ptr %ctx, i32 $C_shared
  %shared = load ptr, ptr %shared_at
  %bytes_at = getelementptr i8, ptr %ctx, i32 $C_shared_bytes
  %bytes = load i64, ptr %bytes_at
"""

WATCH = f"""
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)

; Runs a block. Around each turn of %thread its shared memory goes to the next place of %before and %after,
; of which there are %capacity; %turns counts them. Order and barriers are those of run_block.
define i32 @watch(ptr %ctx, ptr %states, i32 %block, i32 %thread, ptr %before, ptr %after, i64 %capacity,
                  ptr %turns) noinline {{
entry:
{_SHARED}
  %count = call i32 @threads_of(ptr %ctx)
  call void @prepare_block(ptr %ctx, ptr %states, i32 %block, i32 0, i32 %count)
  store i64 0, ptr %turns
  br label %loop
loop:
  %t = phi i32 [ 0, %entry ], [ %t1, %next ], [ 0, %release ]
  %more = icmp slt i32 %t, %count
  br i1 %more, label %look, label %release
look:
  %t64 = zext i32 %t to i64
  %o = mul i64 %t64, $SIZE
  %state = getelementptr i8, ptr %states, i64 %o
  %status_at = getelementptr i8, ptr %state, i32 $S_status
  %status = load i32, ptr %status_at
  %runnable = icmp eq i32 %status, $RUNNABLE
  br i1 %runnable, label %go, label %next
go:
  %mine = icmp eq i32 %t, %thread
  br i1 %mine, label %watched, label %unwatched
watched:
  %turn = load i64, ptr %turns
  %full = icmp sge i64 %turn, %capacity
  br i1 %full, label %no_room, label %keep
no_room:
  ret i32 $LOG_FULL
keep:
  %place = mul i64 %turn, %bytes
  %found = getelementptr i8, ptr %before, i64 %place
  call void @llvm.memcpy.p0.p0.i64(ptr %found, ptr %shared, i64 %bytes, i1 false)
  %r1 = call i32 @thread(ptr %state, ptr %ctx)
  %left = getelementptr i8, ptr %after, i64 %place
  call void @llvm.memcpy.p0.p0.i64(ptr %left, ptr %shared, i64 %bytes, i1 false)
  %turn1 = add i64 %turn, 1
  store i64 %turn1, ptr %turns
  br label %came_back
unwatched:
  %r2 = call i32 @thread(ptr %state, ptr %ctx)
  br label %came_back
came_back:
  %r = phi i32 [ %r1, %keep ], [ %r2, %unwatched ]
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
  ret i32 %r
release:
  %any = call i1 @release(ptr %states, i32 %count)
  br i1 %any, label %loop, label %all_ended
all_ended:
  ret i32 $EXITED
}}
"""

RUN_ALONE = f"""
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
declare i32 @memcmp(ptr, ptr, i64)

; Runs a thread on from where it stands, from one turn to the next, until it ends, anything but a barrier
; stops it, or it has left other shared memory than %after says, or has had more or fewer turns than %turns.
; %turn: the one it is in.
define i32 @run_alone(ptr %ctx, ptr %state, ptr %before, ptr %after, i64 %turns, ptr %turn) noinline {{
entry:
{_SHARED}
  %status_at = getelementptr i8, ptr %state, i32 $S_status
  %status = load i32, ptr %status_at
  %last = sub i64 %turns, 1
  switch i32 %status, label %go [ i32 $WAITING, label %barrier
                                  i32 $ENDED, label %ended ]
go:
  %r = call i32 @thread(ptr %state, ptr %ctx)
  switch i32 %r, label %stop [ i32 $EXITED, label %ended
                               i32 $BARRIER, label %barrier ]
stop:
  ret i32 %r
ended:
  store i32 $ENDED, ptr %status_at
  %p = load i64, ptr %turn
  %in_last = icmp eq i64 %p, %last
  %place = mul i64 %p, %bytes
  %left = getelementptr i8, ptr %after, i64 %place
  %order = call i32 @memcmp(ptr %shared, ptr %left, i64 %bytes)
  %same = icmp eq i32 %order, 0
  %fine = and i1 %in_last, %same
  %answer = select i1 %fine, i32 $EXITED, i32 $DIFFERS
  ret i32 %answer
barrier:
  store i32 $WAITING, ptr %status_at
  %q = load i64, ptr %turn
  %q_place = mul i64 %q, %bytes
  %q_left = getelementptr i8, ptr %after, i64 %q_place
  %q_order = call i32 @memcmp(ptr %shared, ptr %q_left, i64 %bytes)
  %q_same = icmp eq i32 %q_order, 0
  %q_more = icmp slt i64 %q, %last
  %q_fine = and i1 %q_same, %q_more
  br i1 %q_fine, label %next, label %differs
differs:
  ret i32 $DIFFERS
next:
  %q1 = add i64 %q, 1
  store i64 %q1, ptr %turn
  %n_place = mul i64 %q1, %bytes
  %n_found = getelementptr i8, ptr %before, i64 %n_place
  call void @llvm.memcpy.p0.p0.i64(ptr %shared, ptr %n_found, i64 %bytes, i1 false)
  store i32 $RUNNABLE, ptr %status_at
  br label %go
}}
"""
