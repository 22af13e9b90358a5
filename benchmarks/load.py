"""A browser for measuring: a few connections kept alive, each asking for the next page as soon as it has one."""

import selectors
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

END_OF_HEADERS = b"\r\n\r\n"


@dataclass
class Connection:
    """One connection and what has come of the answer it waits for."""

    socket: socket.socket
    asked: bytes = b""
    asked_at: float = 0.0
    come: bytearray = field(default_factory=bytearray)

    def ask(self, request: bytes) -> None:
        self.asked = request
        self.come.clear()
        self.asked_at = time.perf_counter()
        self.socket.sendall(request)

    def is_whole(self) -> bool:
        """Whether all of the answer is here."""
        end = self.come.find(END_OF_HEADERS)
        if end < 0:
            return False
        head = bytes(self.come[:end]).lower()
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        return len(self.come) >= end + len(END_OF_HEADERS) + length


@dataclass(frozen=True)
class Seen:
    """What one stretch of asking showed."""

    seconds: float
    times: list[float]
    """How long each answer took, in seconds, in order of size."""

    @property
    def a_second(self) -> float:
        return len(self.times) / self.seconds

    @property
    def p95(self) -> float:
        return self.times[int(len(self.times) * 0.95)]


Heard = Callable[[bytes, bytes], None]
"""Takes a request and its answer, as a browser does that keeps a cookie."""


def ask(
    port: int, requests: Iterator[bytes], *, seconds: float, connections: int, status: int, heard: Heard | None = None
) -> Seen:
    """Ask for so long, or until there are no more requests; fails on the first answer that has another status."""
    expected = f"HTTP/1.1 {status} ".encode()
    times: list[float] = []
    with selectors.EpollSelector() as ready:
        begun = time.perf_counter()
        for _ in range(connections):
            opened = Connection(socket.create_connection(("127.0.0.1", port)))
            opened.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            ready.register(opened.socket, selectors.EVENT_READ, opened)
            opened.ask(next(requests))
        busy = connections
        while busy:
            for key, _ in ready.select():
                one: Connection = key.data
                one.come += one.socket.recv(262_144)
                if not one.is_whole():
                    continue
                now = time.perf_counter()
                times.append(now - one.asked_at)
                if not one.come.startswith(expected):
                    raise AssertionError(bytes(one.come[:2000]).decode(errors="replace"))
                if heard is not None:
                    heard(one.asked, bytes(one.come))
                following = next(requests, None) if now - begun < seconds else None
                if following is not None:
                    one.ask(following)
                else:
                    ready.unregister(one.socket)
                    one.socket.close()
                    busy -= 1
        return Seen(time.perf_counter() - begun, sorted(times))
