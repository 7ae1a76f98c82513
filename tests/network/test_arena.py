from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from sassafras.hardening.plan import protect
from sassafras.hardening.workload import harden
from sassafras.kernels.hardened.technique import Technique
from sassafras.network.network import Network
from sassafras.workload import arena
from sassafras.workload.running import run_twins


@pytest.fixture(autouse=True)
def new_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(arena, "_verified", {})
    return iter(())


def filled(value: int) -> arena.Fill:
    def fill(data: NDArray[np.uint8]) -> None:
        assert not data.any()
        data[:] = value

    return fill


def opened(value: int) -> NDArray[np.uint8]:
    return arena.open_arena(f"key {value}", 8, filled(value))


def cached(cache: Path) -> Path:
    (path,) = cache.iterdir()
    return path


def test_shared_memory_has_the_same_bytes_and_is_private(small: Network, cache: Path) -> None:
    plain = small.fresh_memory().data.tobytes()
    first, second = small.fresh_memory(shared=True), small.fresh_memory(shared=True)
    assert first.data.tobytes() == plain
    file = cached(cache).read_bytes()
    first.data[:] = 255
    assert second.data.tobytes() == plain
    assert small.fresh_memory(shared=True).data.tobytes() == plain
    assert cached(cache).read_bytes() == file
    assert type(first.data) is np.ndarray


def test_an_inference_on_shared_memory_is_the_same(small: Network) -> None:
    image = np.random.Generator(np.random.Philox(1)).random(small.input_shape, np.float32)
    runs = [small.fresh_memory(), small.fresh_memory(shared=True)]
    for memory in runs:
        small.load(memory, image)
        run_twins(small, memory)
    assert runs[0].data.tobytes() == runs[1].data.tobytes()


def test_the_file_is_built_once(small: Network, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small.fresh_memory(shared=True)
    before = cached(cache).stat()
    monkeypatch.setattr(arena, "_verified", {})
    small.fresh_memory(shared=True)
    after = cached(cache).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def damage(content: bytes, how: str) -> bytes:
    flipped = bytearray(content)
    match how:
        case "first byte":
            flipped[0] ^= 1
        case "middle":
            flipped[len(flipped) // 2] ^= 0x80
        case "digest":
            flipped[-1] ^= 1
        case "short":
            return content[:-1]
        case "long":
            return content + b"\0"
        case "empty":
            return b""
    return bytes(flipped)


@pytest.mark.parametrize("how", ["first byte", "middle", "digest", "short", "long", "empty"])
def test_a_damaged_file_is_built_again(
    small: Network, cache: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    plain = small.fresh_memory(shared=True).data.tobytes()
    good = cached(cache).read_bytes()
    cached(cache).write_bytes(damage(good, how))
    monkeypatch.setattr(arena, "_verified", {})
    assert small.fresh_memory(shared=True).data.tobytes() == plain
    assert cached(cache).read_bytes() == good


def test_a_file_of_another_network_is_not_taken(small: Network, cache: Path) -> None:
    small.fresh_memory(shared=True)
    mine = cached(cache)
    built = arena.open_arena("another", small.layout.nbytes, filled(1))
    assert built.min() == 1
    other = arena.arena_path("another")
    assert other != mine
    other.write_bytes(mine.read_bytes())
    arena._verified.clear()
    built = arena.open_arena("another", small.layout.nbytes, filled(1))
    assert built.min() == 1


def test_without_a_cache_folder_the_memory_is_plain(
    small: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file, no folder")
    monkeypatch.setenv("SASSAFRAS_CACHE", str(blocked))
    assert small.fresh_memory(shared=True).data.tobytes() == small.fresh_memory().data.tobytes()
    assert blocked.read_text() == "a file, no folder"


def test_a_failed_build_leaves_nothing_behind(cache: Path) -> None:
    def fail(data: NDArray[np.uint8]) -> None:
        raise MemoryError

    with pytest.raises(MemoryError):
        arena.open_arena("never", 8, fail)
    assert not cache.exists() or not list(cache.iterdir())


def forget(value: int, days: int) -> None:
    """Nobody has used the arena for that long."""
    then = time.time() - 86400 * days
    os.utime(arena.arena_path(f"key {value}"), (then, then))


def test_arenas_of_the_past_go_when_a_new_one_is_written(cache: Path) -> None:
    mapped = [opened(value) for value in range(6)]
    assert len(list(cache.iterdir())) == 6, "all were used today"
    for value in range(6):
        forget(value, days=10 - value)
    opened(0)  # used again
    opened(6)
    left = {value for value in range(7) if arena.arena_path(f"key {value}").exists()}
    assert left == {6, 0, 5, 4}
    for value, memory in enumerate(mapped):
        assert (memory == value).all(), "whoever has mapped an arena keeps it"
    for value in range(6):
        assert (opened(value) == value).all(), "and whoever asks again gets it"


def test_everything_that_nobody_uses_goes_in_the_end(cache: Path) -> None:
    opened(0)
    forget(0, days=61)
    opened(1)
    assert [path.name for path in cache.iterdir()] == [arena.arena_path("key 1").name]


def test_an_arena_that_vanishes_while_it_is_opened_is_built(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(0)

    def vanish(path: Path) -> None:
        path.unlink()

    monkeypatch.setattr(arena, "mark_used", vanish)
    assert (opened(0) == 0).all()
    assert (opened(0) == 0).all()


def test_a_check_begun_early_is_made_once_and_survives_a_fork(
    small: Network, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = small.fresh_memory(shared=True).data.tobytes()
    monkeypatch.setattr(arena, "_verified", {})
    digests: list[str] = []
    digest = arena._digest

    def counted(key: str, data: NDArray[np.uint8]) -> bytes:
        digests.append(key)
        return digest(key, data)

    monkeypatch.setattr(arena, "_digest", counted)
    small.open_early()
    child = os.fork()
    if child == 0:
        same = small.fresh_memory(shared=True).data.tobytes() == plain
        os._exit(0 if same and len(digests) == 1 else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert small.fresh_memory(shared=True).data.tobytes() == plain
    assert len(digests) == 1


@pytest.mark.parametrize("wrong", ["missing", "damaged"])
def test_begun_early_a_file_is_made_once(
    small: Network, cache: Path, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    plain = small.fresh_memory().data.tobytes()
    if wrong == "damaged":
        small.fresh_memory(shared=True)
        path = cached(cache)
        path.write_bytes(damage(path.read_bytes(), "middle"))
        monkeypatch.setattr(arena, "_verified", {})
    small.open_early()
    arena._finish_early()
    monkeypatch.setattr(arena, "_write", lambda *_: pytest.fail("written twice"))
    assert small.fresh_memory(shared=True).data.tobytes() == plain


def test_what_goes_wrong_early_is_met_by_who_opens(cache: Path) -> None:
    def fail(data: NDArray[np.uint8]) -> None:
        raise MemoryError

    arena.open_early("never", 8, fail)
    with pytest.raises(MemoryError):
        arena.open_arena("never", 8, fail)
    assert not list(cache.iterdir())


def test_a_disk_without_room_is_told_before_anything_is_mapped(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(arena, "_reserve", full)
    assert (opened(7) == 7).all()
    assert not list(cache.iterdir())


def test_a_hardened_network_shares_the_file_where_its_bytes_are_the_same(small: Network, cache: Path) -> None:
    plain = small.fresh_memory(shared=True).data
    for technique in (Technique.TMR, Technique.DMR, Technique.CHECKSUM):
        hardened = harden(small, protect({"gemm": technique}))
        shared = hardened.fresh_memory(shared=True).data
        assert np.array_equal(shared, hardened.fresh_memory().data)
        same = np.array_equal(shared, plain)
        assert same is (technique is not Technique.CHECKSUM)
        assert len(list(cache.iterdir())) == (1 if same else 2)


def test_contents_elsewhere_are_another_file(small: Network, tiny: Network, cache: Path) -> None:
    keys = {small._arena_key, tiny._arena_key}
    moved = replace(small.layout, base=small.layout.base + (1 << 20))
    small.__dict__["layout"] = moved
    keys.add(small._arena_key)
    assert len(keys) == 3
