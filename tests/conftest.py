"""The ground every test stands on: a fresh database, a clock that can be set, a strict browser, and the cast."""

import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from flask import Flask, g
from jinja2.bccache import Bucket, BytecodeCache
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from engage.accounts.models import Staff
from engage.accounts.permissions import Role
from engage.core import translation_changes
from engage.core.config import PROJECT, Settings
from engage.core.db import Database
from engage.jobs.wiring import House
from engage.notify import template_files
from engage.notify.templates import Templates
from engage.people.models import ParentCarer
from engage.surveys.loader import Catalogue, load
from tests import factories
from tests.browser_client import StrictClient
from tests.databases import Servers, chosen

if TYPE_CHECKING:
    from playwright.sync_api import Browser

MONDAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


LONGEST = (
    "tests/browser/test_every_family_page",
    "tests/browser/test_every_page",
    "tests/house/test_naughty",
    "tests/campaigns/test_wired_histories",
    "tests/browser/",
    "tests/campaigns/test_histories",
    "tests/web/respond/test_hostile",
    "tests/jobs/test_killed_workers",
    "tests/house/",
    "tests/journeys/",
    "tests/web/frame/",
    "tests/golden/",
    "tests/campaigns/",
    "tests/notify/",
)
"""Where the long tests are, the longest first. In this order they begin, so that no process is left with one at the end."""


def _how_soon(item: pytest.Item) -> int:
    return next((place for place, start in enumerate(LONGEST) if item.nodeid.startswith(start)), len(LONGEST))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the longest first; and on PostgreSQL leave out what asks for no database, which SQLite's turn has shown."""
    items.sort(key=_how_soon)
    if chosen() == "postgresql":
        elsewhere = [item for item in items if "servers" not in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if item not in set(elsewhere)]


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Nothing but this machine can be reached: a test that tries fails at once, and says where it wanted to go."""
    connect = socket.socket.connect

    def only_here(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in LOOPBACK:
            raise AssertionError(f"a test tried to reach {address[0]}")
        connect(self, address)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", only_here)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    """A real browser, for the tests that need one."""
    from playwright.sync_api import sync_playwright

    from tests.chromium import launch

    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


class SettableClock:
    """A clock that stands where a test sets it."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def set(self, at: datetime) -> None:
        """Put the hands anywhere, forwards or back."""
        self.at = at

    def advance(self, **by: float) -> datetime:
        """Let time pass: `clock.advance(days=7)`. Returns the new moment."""
        self.at += timedelta(**by)
        return self.at


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Where fresh databases come from: one template, migrated once, copied for each test."""
    with Servers.open(tmp_path_factory.mktemp("databases")) as opened:
        yield opened


@pytest.fixture
def database(servers: Servers) -> Iterator[Database]:
    """A database of its own for this test, at the newest revision and empty."""
    with servers.fresh() as opened:
        yield opened


@pytest.fixture
def settings(database: Database) -> Settings:
    """Settings of a demonstration, with every value that has no default."""
    return make_settings(database_url=database.url)


class OnlyGiven(Settings):
    """Settings that nothing around the tests has a say in."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        **_: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


def make_settings(**changes: Any) -> Settings:
    """Sound settings for a test; give the fields that matter to it."""
    return OnlyGiven(
        **{
            "secret_keys": "a-secret-for-tests-only-0123456789abcdef",
            "demonstration": True,
            "public_url": "http://localhost:8000",
            "notify_url": "http://localhost:8025",
            "notify_api_key": "tests-11111111-1111-4111-8111-111111111111-22222222-2222-4222-8222-222222222222",
            "notify_email_template_id": "33333333-3333-4333-8333-333333333333",
            "notify_text_template_id": "44444444-4444-4444-8444-444444444444",
            "notify_callback_token": "a-token-for-receipts",
            "contact_phone": "020 7946 0100",
            "contact_email": "engage@example.org",
            "safeguarding_phone": "020 7946 0101",
            "sendiass_url": "https://sendiass.example.org/",
            "sendiass_phone": "020 7946 0102",
            "complaints_url": "https://council.example.org/complaints",
            "forum_privacy_url": "https://forum.example.org/privacy",
            **changes,
        }
    )


@pytest.fixture
def clock() -> SettableClock:
    """Half past nine on Monday 2 March 2026, until a test sets it."""
    return SettableClock(MONDAY)


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The real surveys, read once: nothing changes them."""
    return load(PROJECT / "surveys")


@pytest.fixture(scope="session")
def templates() -> Templates:
    """The real wording of messages, read once."""
    return template_files.load(PROJECT / "notify_templates")


@pytest.fixture
def house(
    settings: Settings,
    database: Database,
    clock: SettableClock,
    catalogue: Catalogue,
    templates: Templates,
    monkeypatch: pytest.MonkeyPatch,
) -> House:
    """The open house: the real surveys and templates, this test's database and clock."""
    monkeypatch.setattr(translation_changes, "_followed", None)  # another test's, of a database at the same address
    return House(settings=settings, database=database, clock=clock, catalogue=catalogue, templates=templates)


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session that may write. The client commits it before every request and so sees what the test gave; commit it
    yourself before anything else opens the database, for on SQLite one writer waits for another."""
    with Session(database.engine) as opened:
        yield opened


@pytest.fixture
def cut_off(house: House, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Call it, and no database can be reached any more, nor is anything remembered of when one could."""

    def refuse(engine: Engine) -> None:
        raise engine.dialect.loaded_dbapi.OperationalError("connection refused")

    def cut() -> None:
        house.shelf.look_again()
        house.database.dispose()
        monkeypatch.setattr(Engine, "raw_connection", refuse)

    return cut


class CompiledOnce(BytecodeCache):
    """Templates compiled for one test serve all the others."""

    kept: ClassVar[dict[str, bytes]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


class KnownRule(Rule):
    """A route that is worked out once for all tests, which is most of making an app."""

    known: ClassVar[dict[object, dict[str, Any]]] = {}

    def compile(self) -> None:
        key = (self.rule, *sorted((self.defaults or {}).items()))
        if key not in self.known:
            super().compile()
            names = ("_parts", "_trace", "_converters", "_build", "_build_unknown", "arguments")
            self.known[key] = {name: getattr(self, name) for name in names}
        vars(self).update(self.known[key])


@pytest.fixture(autouse=True, scope="session")
def known_rules() -> None:
    """Every app of the tests is made with rules that are known."""
    Flask.url_rule_class = KnownRule


@pytest.fixture
def app(house: House) -> Flask:
    """The web service. A GET that leaves a change in its session, which would be lost, fails the test."""
    from engage.app import create_app  # here, so that tests of a rule or a figure do not wait for the web

    made = create_app(house=house)
    made.testing = True
    made.jinja_env.bytecode_cache = CompiledOnce()
    made.teardown_request(nothing_left_behind)
    return made


def nothing_left_behind(_error: BaseException | None) -> None:
    """By the end of a request everything was committed or undone."""
    records = g.get("records")
    if records is not None and (records.new or records.dirty or records.deleted):
        raise AssertionError("this request left changes that were never committed")


@pytest.fixture
def client(app: Flask, session: Session) -> StrictClient:
    """A stranger's browser: every page it gets is parsed strictly. What the test's session holds is committed first."""
    return StrictClient(app, app.response_class, before=session.commit)


@pytest.fixture
def sign_in(
    session: Session, settings: Settings, clock: SettableClock
) -> Callable[[StrictClient, Staff], StrictClient]:
    """`sign_in(client, bronwen)`: her browser, signed in through the real link; returns the client."""

    def signed_in(client: StrictClient, staff: Staff) -> StrictClient:
        session.commit()
        token = factories.session_token(session, staff, settings=settings, now=clock.now())
        session.commit()
        secure = settings.uses_https
        client.set_cookie("__Host-engage" if secure else "engage", token, secure=secure)
        return client

    return signed_in


@pytest.fixture
def amina(session: Session) -> ParentCarer:
    """Amina, a parent carer who reads Urdu, with one child whose plan was just issued."""
    return factories.amina(session)


@pytest.fixture
def bronwen(session: Session) -> Staff:
    """Bronwen, the engagement officer."""
    return factories.staff(session, "Bronwen Officer", Role.ENGAGEMENT_OFFICER)


@pytest.fixture
def callum(session: Session) -> Staff:
    """Callum of SEND QA."""
    return factories.staff(session, "Callum Quality", Role.SEND_QA)


@pytest.fixture
def devi(session: Session) -> Staff:
    """Devi of the forum's steering group, who must not see the register."""
    return factories.staff(session, "Devi Forum", Role.FORUM_STEERING_GROUP)


@pytest.fixture
def esther(session: Session) -> Staff:
    """Esther, the analyst, who must see no name."""
    return factories.staff(session, "Esther Analyst", Role.ANALYST)


@pytest.fixture
def administrator(session: Session) -> Staff:
    """Farid, the administrator."""
    return factories.staff(session, "Farid Administrator", Role.ADMINISTRATOR)


@pytest.fixture
def noise(session: Session) -> None:
    """Rows that have nothing to do with the test: a query that is too wide finds them."""
    factories.noise(session)
