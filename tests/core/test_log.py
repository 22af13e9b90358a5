"""What is written to the log: nothing by which anybody could be found."""

import logging

import pytest

from engage.core.log import configure_logging


@pytest.mark.parametrize("level", ["DEBUG", "INFO", "WARNING", "ERROR"])
def test_no_library_writes_down_what_it_was_given(monkeypatch: pytest.MonkeyPatch, level: str) -> None:
    """The limiter says at INFO whom it stopped, and an HTTP client at DEBUG which address it asked."""
    given: dict[str, object] = {}
    monkeypatch.setattr(logging, "basicConfig", lambda **options: given.update(options))
    configure_logging(level)
    assert given["level"] == logging.WARNING
