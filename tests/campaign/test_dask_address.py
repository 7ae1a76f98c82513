"""What is no scheduler is found out at once."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from sassafras.campaign.execution.dask_address import check_scheduler
from sassafras.campaign.execution.dask_versions import check_versions
from sassafras.errors import ClusterError


@contextmanager
def server(greeting: bytes) -> Iterator[str]:
    """A server that says something to the first who connects, then waits."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        done = threading.Event()

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.sendall(greeting)
                done.wait()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"tcp://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            done.set()
            thread.join()


@pytest.mark.parametrize(
    "address", ["", "node1", "node1:8786", "http://node1:80", "tcp://node1", "tcp://:1", "tcp://node1:port"]
)
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(ClusterError, match=r"is no scheduler's address; give one such as tcp://host:8786"):
        check_scheduler(address, 1)


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(ClusterError, match=f"no dask scheduler answers at tcp://127.0.0.1:{port} "):
        check_scheduler(f"tcp://127.0.0.1:{port}", 1)


def test_somebody_says_nothing() -> None:
    with server(b"") as address, pytest.raises(ClusterError, match=r"no dask scheduler answers .*timed out"):
        check_scheduler(address, 0.1)


def test_somebody_else_answers() -> None:
    with server(b"SSH-2.0-OpenSSH_9.2\r\n") as address, pytest.raises(ClusterError, match="is no dask sched"):
        check_scheduler(address, 1)


def versions(**packages: str | None) -> dict[str, object]:
    """An answer of one process."""
    base = {"sassafras": "0.1.0", "distributed": "2026.8.0", "python": "3.11.2.final.0"}
    return {"packages": base | packages}


@pytest.mark.parametrize(
    ("there", "message"),
    [
        ({"sassafras": "0.2.0"}, "has sassafras 0.2.0, this process has 0.1.0; install the same"),
        ({"sassafras": None}, "has sassafras not installed, this process has 0.1.0"),
        ({"python": "3.12.1.final.0"}, "has python 3.12, this process has 3.11"),
        ({"distributed": "2026.1.0"}, "has distributed 2026.1.0"),
    ],
)
@pytest.mark.parametrize("place", ["scheduler", "worker"])
def test_other_versions_are_named(there: dict[str, str | None], message: str, place: str) -> None:
    found = {
        "client": versions(),
        "scheduler": versions(**there) if place == "scheduler" else versions(),
        "workers": {"tcp://a": versions(), "tcp://b": versions(**there) if place == "worker" else versions()},
    }
    named = "the scheduler" if place == "scheduler" else "worker tcp://b"
    with pytest.raises(ClusterError, match=f"{named} {message}"):
        check_versions(found)


def test_another_patch_of_python_will_do() -> None:
    there = versions(python="3.11.9.final.0")
    check_versions({"client": versions(), "scheduler": there, "workers": {"tcp://a": there}})
