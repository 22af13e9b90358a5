"""The promises every request keeps: reading never writes, success is kept, anything else is undone."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.core.audit import AuditEvent
from engage.core.errors import Conflict, Invalid, NotAllowed, NotFound
from engage.forum.models import Membership
from engage.web import request as asked
from engage.web import security
from tests import factories
from tests.browser_client import StrictClient
from tests.conftest import SettableClock


def join() -> None:
    factories.membership(asked.session(), email="new@example.org")


def members(session: Session) -> list[str]:
    return list(session.scalars(select(Membership.email)))


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_the_database_itself_refuses_a_write_while_reading(app: Flask, client: StrictClient, method: str) -> None:
    @app.route("/deliberate", methods=[method], provide_automatic_options=False)
    def deliberate() -> str:
        join()
        return ""

    with pytest.raises(DBAPIError, match=r"(?i)readonly|read-only"):
        client.open("/deliberate", method=method)


def test_a_change_that_a_get_would_lose_fails_the_test(app: Flask, client: StrictClient) -> None:
    @app.get("/deliberate")
    def deliberate() -> str:
        asked.session().add(Membership())
        return ""

    with pytest.raises(AssertionError, match="never committed"):
        client.get("/deliberate")


def test_a_success_is_kept(app: Flask, client: StrictClient, session: Session) -> None:
    @app.post("/deliberate")
    def deliberate() -> str:
        join()
        return ""

    client.post("/deliberate")
    assert members(session) == ["new@example.org"]


def test_a_form_shown_again_keeps_nothing(app: Flask, client: StrictClient, session: Session) -> None:
    @app.post("/deliberate")
    def deliberate() -> tuple[str, int]:
        join()
        return "", 422

    client.post("/deliberate")
    assert members(session) == []


@pytest.mark.parametrize(("error", "status"), [(NotFound, 404), (NotAllowed, 403), (Conflict, 409), (Invalid, 422)])
def test_a_rules_no_becomes_a_page_and_keeps_nothing(
    app: Flask, client: StrictClient, session: Session, error: Callable[[str], Exception], status: int
) -> None:
    @app.post("/deliberate")
    def deliberate() -> str:
        join()
        raise error("The plain sentence.")

    answer = client.post("/deliberate")
    assert answer.status_code == status
    assert "The plain sentence." in answer.text
    assert members(session) == []


def test_a_failure_keeps_nothing_shows_nothing_and_logs_no_words(
    capsys: pytest.CaptureFixture[str], app: Flask, client: StrictClient, session: Session
) -> None:
    app.testing = False

    @app.post("/deliberate/<name>")
    def deliberate(name: str) -> str:
        join()
        raise RuntimeError(f"a secret about {name}")

    answer = client.post("/deliberate/Amina")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert members(session) == []
    logged = capsys.readouterr().err
    assert "RuntimeError" in logged
    assert "secret" not in logged
    assert "Amina" not in logged


def test_looking_at_what_is_watched_is_written_down_after_the_page_is_made(
    app: Flask, client: StrictClient, session: Session, callum: Staff, sign_in: Callable[..., StrictClient]
) -> None:
    @app.get("/watched/<int:status>")
    def watched(status: int) -> tuple[str, int]:
        asked.record_view("case.viewed", "case", 7)
        return "", status

    sign_in(client, callum)
    client.get("/watched/404")
    client.get("/watched/200")
    (event,) = session.scalars(select(AuditEvent))
    assert (event.kind, event.subject_kind, event.subject_id, event.by) == (
        "case.viewed",
        "case",
        "7",
        f"staff:{callum.id}",
    )


def test_one_request_has_one_moment(app: Flask, client: StrictClient, clock: SettableClock) -> None:
    @app.get("/moment")
    def moment() -> dict[str, bool]:
        first = asked.now()
        clock.advance(minutes=1)
        return {"same": first == asked.now()}

    assert client.get("/moment").json == {"same": True}


def test_where_somebody_was_going_is_always_on_this_site(app: Flask) -> None:
    for path, expected in [("/staff/people", "/staff/people"), ("//elsewhere.example", None), ("https://x", None)]:
        with app.test_request_context():
            security.browser[security.GOING_TO] = path
            assert security.where_they_were_going() == expected
            assert security.where_they_were_going() is None


@pytest.mark.parametrize("path", ["/nothing-here", "/staff/nothing-here", "/r/" + "a" * 26 + "/nothing-here"])
def test_a_page_that_is_not_there_is_said_kindly(client: StrictClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "check" in answer.text


@pytest.mark.parametrize("body", [b"answer=" + b"a" * 2_100_000, b"a=1&" * 1_500, b"&" * 500_000])
@pytest.mark.parametrize("path", ["/sign-in", "/register/join", "/booklet", "/nowhere"])
def test_no_stranger_makes_us_read_more_than_a_form_of_ours_can_hold(
    client: StrictClient, path: str, body: bytes
) -> None:
    sent = client.post(path, data=body, content_type="application/x-www-form-urlencoded", csrf=False)
    assert sent.status_code == 413
    assert "too large" in sent.text
