"""Whether a dask scheduler is at an address, found out in bounded time (dask's own client may wait for ever,
and speaks at length, when something else answers).
"""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

from sassafras.errors import ClusterError

PROTOCOLS = ("tcp", "tls")
_GREETING = 8  #: a scheduler greets first: the greeting's bytes, counted in a little-endian word of this size
_LONGEST = 1 << 20


def check_scheduler(address: str, seconds: float) -> None:
    """Raise ClusterError unless a dask scheduler answers at ``tcp://host:port`` (or ``tls://``) in time."""
    host, port = _parts(address)
    try:
        with socket.create_connection((host, port), timeout=seconds) as connection:
            connection.settimeout(seconds)
            greeting = None if address.startswith("tls:") else _receive(connection)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ClusterError(
            f"no dask scheduler answers at {address} ({reason}); start one with: dask scheduler"
        ) from error
    if greeting is not None and not 0 < int.from_bytes(greeting, "little") < _LONGEST:
        raise ClusterError(f"what answers at {address} is no dask scheduler; is it the right port?")


def _parts(address: str) -> tuple[str, int]:
    try:
        split = urlsplit(address)
        host, port = split.hostname, split.port
    except ValueError:
        split, host, port = urlsplit(""), None, None
    if split.scheme not in PROTOCOLS or not host or not port:
        raise ClusterError(f"{address!r} is no scheduler's address; give one such as tcp://host:8786")
    return host, port


def _receive(connection: socket.socket) -> bytes:
    greeting = b""
    while len(greeting) < _GREETING and (more := connection.recv(_GREETING - len(greeting))):
        greeting += more
    return greeting
