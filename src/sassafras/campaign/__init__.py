"""Faults, run.
 In: a network, frames and settings. Out: one stored row per injection: what was struck and what became of it.
Parallel, durable, resumable.
"""
