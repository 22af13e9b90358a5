"""How a web service is started: the same for Engage and for what its speed is measured against."""

THREADS = 3
"""Requests that one process works on at a time. More would only wait for each other, for Python runs one at a time, and every
hand-over costs: with 8, a third fewer question pages a second (benchmarks/README.md). Who needs more starts more processes."""


def serve_app(factory: str, *, host: str, port: int, workers: int) -> None:
    """Serve the app that `factory` makes ("package.module:function") until the process is asked to stop."""
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        factory,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=workers,
        blocking_threads=THREADS,
        log_access=False,
        respawn_failed_workers=True,
    ).serve()
