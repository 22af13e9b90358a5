"""The stand-in listening: for `make run` until it is stopped, and in a thread for a test."""

import contextlib
import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from engage.notify.standin.app import create_standin
from engage.notify.standin.config import KeyType, StandinConfig
from engage.notify.standin.faults import Faults
from engage.notify.standin.messages import Message
from engage.notify.standin.receipts import Post, post_over_http
from engage.notify.standin.service import EXTENSION, Standin
from engage.notify.standin.statuses import Channel, Status

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class _Connections:
    """The connections that are open, so that stopping cuts them like a machine that is switched off."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()

    def opened(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.add(connection)

    def closed(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.discard(connection)

    def cut(self) -> None:
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


def _quiet_handler(connections: _Connections) -> type[WSGIRequestHandler]:
    """A handler that logs nothing (recipients would be in it), answers at once and keeps connections open."""

    class QuietHandler(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else every answer waits 40 ms for the client's acknowledgement
        server_version = "NotifyStandin"

        def setup(self) -> None:
            super().setup()
            connections.opened(self.connection)

        def finish(self) -> None:
            connections.closed(self.connection)
            with contextlib.suppress(OSError):
                super().finish()

        def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002  # werkzeug's own name
            pass

    return QuietHandler


def _listening_server(
    host: str, port: int, app: "WSGIApplication", handler: type[WSGIRequestHandler]
) -> BaseWSGIServer:
    """A server on a socket of our own: werkzeug's would end the whole process if the port is taken."""
    with socket.create_server((host, port), backlog=128) as listening:
        return make_server(host, port, app, threaded=True, request_handler=handler, fd=listening.fileno())


def serve(
    config: StandinConfig,
    host: str = "127.0.0.1",
    port: int = 9080,
    *,
    ready: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve until interrupted; `ready` is told the address once it listens. Raises OSError if the port is taken."""
    with RunningStandin(config, host=host, port=port) as running, contextlib.suppress(KeyboardInterrupt):
        ready(running.url)
        running.wait()


class RunningStandin:
    """A stand-in at work in a thread, as a context manager: `with RunningStandin(rate=None) as notify: ...`.

    Settings are those of StandinConfig, given as a whole or by name; port 0 takes a free one. `post` replaces how
    receipts are posted, for example into a Flask test client.
    """

    def __init__(
        self,
        config: StandinConfig | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        post: Post = post_over_http,
        **settings: Any,
    ) -> None:
        self.config = replace(config or StandinConfig(), **settings)
        self.app = create_standin(self.config, post=post)
        self.service: Standin = self.app.extensions[EXTENSION]
        self._connections = _Connections()
        self._server = _listening_server(host, port, self.app, _quiet_handler(self._connections))
        self.url = f"http://{host}:{self._server.port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name="standin", daemon=True
        )

    def __enter__(self) -> "RunningStandin":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def api_key(self) -> str:
        """A live key."""
        return self.config.api_key(KeyType.LIVE)

    @property
    def team_key(self) -> str:
        """A team and guest list key."""
        return self.config.api_key(KeyType.TEAM)

    @property
    def test_key(self) -> str:
        """A test key."""
        return self.config.api_key(KeyType.TEST)

    @property
    def faults(self) -> Faults:
        """Ask for faults here: `faults.add(FaultKind.TIMEOUT_AFTER, count=3, seconds=0.2)`."""
        return self.service.faults

    def messages(
        self,
        *,
        to: str | None = None,
        channel: Channel | None = None,
        status: Status | None = None,
        reference: str | None = None,
    ) -> list[Message]:
        """The messages that were accepted, newest first, as copies; `to` is exact, as sent."""

        def wanted(message: Message) -> bool:
            return to in (None, message.to) and channel in (None, message.channel) and status in (None, message.status)

        return self.service.messages.newest_first(where=wanted, reference=reference)

    def send_receipts_to(self, url: str | None, token: str = "") -> None:
        """From now on post receipts here; None for nowhere."""
        self.service.receipts.url, self.service.receipts.token = url, token

    def settle(self, timeout_seconds: float = 10.0) -> bool:
        """Wait until no receipt is on its way; False if time ran out."""
        return self.service.receipts.settle(timeout_seconds)

    def advance(self, seconds: float) -> None:
        """Turn the stand-in's time forward and do all that falls due."""
        self.service.advance(seconds)

    def advance_statuses(self) -> int:
        """Bring every waiting message to its final status now; how many there were."""
        return self.service.delivery.advance()

    def set_status(self, message_id: str, status: Status) -> bool:
        """Give one message a status, with its receipt; False where it was final already."""
        return self.service.delivery.set_status(message_id, status)

    def reset(self) -> None:
        """Forget all messages, faults and limits used."""
        self.service.reset()

    def wait(self) -> None:
        """Wait until it is stopped."""
        self._thread.join()

    def stop(self) -> None:
        """Stop listening, cut every connection and end the background work."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
        self.service.close()
        self._connections.cut()
