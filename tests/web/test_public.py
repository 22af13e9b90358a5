"""The pages for anyone, and what machines ask."""

import re

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from engage.core.config import Settings
from engage.core.db import Database
from engage.core.privacy import Keep
from engage.web.public import about
from tests.browser_client import StrictClient

PAGES = {
    "/": "Have your say",
    "/accessibility": "Accessibility statement",
    "/privacy": "How long we keep it",
    "/cookies": "Cookies",
    "/complaints": "SEND Tribunal",
}


@pytest.mark.parametrize(("path", "words"), PAGES.items())
def test_anybody_may_read_it_and_search_engines_may_find_it(client: StrictClient, path: str, words: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert words in answer.text
    assert "X-Robots-Tag" not in answer.headers
    assert "Set-Cookie" not in answer.headers


def test_the_cookies_page_names_every_cookie_by_the_name_this_site_gives_it(client: StrictClient) -> None:
    page = client.get("/cookies").text
    assert "engage_form" in page
    assert "10 hours" in page


def test_privacy_tells_families_the_same_keeping_times_the_records_are_labelled_with(client: StrictClient) -> None:
    page = client.get("/privacy").text
    for what, how_long in about.kept():
        assert what in page
        assert how_long in page
    not_of_families = {Keep.ACTIVITY, Keep.FORUM, Keep.STAFF, Keep.SIGN_IN}
    assert {keep for _, keep in about.KEPT} == set(Keep) - not_of_families
    for _, keep in about.KEPT:
        assert re.findall(r"\d+", keep.value) == re.findall(r"\d+", about.HOW_LONG[keep])


def test_every_route_to_put_things_right_is_named_with_its_clock(client: StrictClient, settings: Settings) -> None:
    page = client.get("/complaints").text
    for words in (
        "2 months",
        "1 month",
        "mediation",
        "Local Government and Social Care Ombudsman",
        "Parliamentary and Health Service Ombudsman",
        "Information Commissioner",
        "Within 30 days",
        str(settings.sendiass_url),
        str(settings.complaints_url),
    ):
        assert words in page


def test_healthz_is_well_when_the_database_answers_and_is_current(client: StrictClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_healthz_is_unwell_while_migrations_wait(client: StrictClient, database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (503, {"status": "migrations waiting"})


def test_healthz_is_unwell_while_the_database_is_away(
    client: StrictClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise OperationalError("connect", {}, Exception("refused"))

    client.get("/healthz")  # what a page follows is looked into now, and not again at once
    monkeypatch.setattr(database, "reading", refuse)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (503, {"status": "database away"})


def test_healthz_waits_for_nobody_who_writes(client: StrictClient, database: Database) -> None:
    with database.writing() as writing:
        writing.execute(text("UPDATE alembic_version SET version_num = 'later'"))
        assert client.get("/healthz").json == {"status": "ok"}
        writing.rollback()


def test_robots_keep_away_from_families_links_and_staff(client: StrictClient) -> None:
    rules = client.get("/robots.txt").text.splitlines()
    assert {"User-agent: *", "Disallow: /r/", "Disallow: /staff/", "Disallow: /forum/"} <= set(rules)


@pytest.mark.parametrize("host", ["x" * 3_000, "é" * 70])
def test_a_host_that_is_none_is_refused_without_a_page(client: StrictClient, host: str) -> None:
    answer = client.get("/", headers={"Host": host.encode().decode("latin1")})
    assert answer.status_code in (200, 400)
    assert host[:20] not in answer.text
