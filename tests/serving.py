"""An app of the tests on a port of its own, for a real browser or a real client."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from flask import Flask
from werkzeug.serving import make_server


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve it from other threads; where it is reached."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{server.port}"
    finally:
        server.shutdown()
        server.server_close()
