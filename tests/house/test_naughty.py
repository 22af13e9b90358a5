"""Whatever is sent to any door, in any field, any address or any file, is taken or refused in words, and runs nowhere."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.accounts.permissions import Role
from engage.cases.models import DissatisfactionCase
from engage.core import catalogues
from engage.core.config import Settings
from engage.core.db import Database
from engage.web.security import limiter
from engage.web.typed import Typed
from tests import factories
from tests.browser_client import StrictClient
from tests.house.attacker import Attacker, Browser, calm, endpoint, open_to, route
from tests.house.hostile import BEHIND, IN_ADDRESSES, WORDS, files
from tests.house.rehearsal import Rehearsal
from tests.house.states import a_year_of_answers, of_families, of_staff, ready_to
from tests.house.test_doors import address, sample  # noqa: F401 `sample` is a fixture
from tests.web.respond.family import UNHAPPY, answer_all, ask, post, send

NO_FORM = {"hooks.receipts", "hooks.returned_letters"}
"""Other services send these: tests/web/test_receipts.py attacks them."""
NOT_OFFERED = {
    None: {"sign_in.leave"},
    Role.ENGAGEMENT_OFFICER: {"staff.release_figures"},
    Role.SEND_QA: {"staff.use_mailbox_again"},
}
"""Forms that stand on no page made here for this role: another role is shown them."""


@pytest.fixture(autouse=True)
def unlimited() -> Iterator[None]:
    """Nobody is told that they knock too often."""
    limiter.enabled = False
    yield
    limiter.enabled = True


@pytest.fixture(autouse=True)
def our_own_words() -> Iterator[None]:
    """Whatever was taken in for a translation, the next test reads the files."""
    yield
    catalogues.lay_over([])


@pytest.fixture
def client(app: Flask, session: Session) -> Browser:
    return Browser(app, app.response_class, before=session.commit)


@pytest.fixture(params=[*Role, None], ids=lambda role: role or "stranger")
def attacker(
    request: pytest.FixtureRequest,
    app: Flask,
    client: Browser,
    session: Session,
    settings: Settings,
    database: Database,
    sign_in: Callable[[StrictClient, Staff], StrictClient],
    sample: dict[str, Any],  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Attacker]:
    role: Role | None = request.param
    if role:
        others = of_staff(session, settings, sample)
        if role is Role.ANALYST:
            a_year_of_answers(session)
        signs_for = ["council"] if role is Role.SIGNATORY else []
        sign_in(client, factories.staff(session, "Nosy Person", role, signs_for=signs_for))
        others += ready_to(role, client, sample, others[0])
    else:
        others = of_families(session, settings, client, StrictClient(app, app.response_class, before=session.commit))
    session.commit()
    session.close()
    client.before = lambda: None
    opened = {rule.endpoint: address(rule, sample) for rule in open_to(app, role, "GET")}
    others = [page for page in others if endpoint(app, page, "GET") in opened]
    rehearsal = Rehearsal(database, monkeypatch)
    yield Attacker(app, client, role, sorted({*opened.values(), *others}), rehearsal)
    rehearsal.end()


@pytest.mark.filterwarnings("ignore::UserWarning")  # a decoder's own, of what a camera noted
def test_whatever_is_sent_is_taken_or_refused_and_runs_nowhere(
    attacker: Attacker,
    sample: dict[str, Any],  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    driven = {endpoint(attacker.app, form.action, "POST") for form in attacker.forms}
    wanted = {rule.endpoint for rule in open_to(attacker.app, attacker.role, "POST")} - NO_FORM
    missing = wanted - driven - NOT_OFFERED.get(attacker.role, set())
    assert not missing, "make the pages that hold these forms, in tests/house/states.py"
    for form in attacker.forms:
        for why, pairs in form.attacks():
            attacker.send(form, pairs, why)
        for why, file in files().items() if form.files else ():
            attacker.upload(form, file, why)
    addresses(attacker, [address(rule, sample) for rule in open_to(attacker.app, attacker.role, "GET")])
    questions(attacker, monkeypatch)
    assert not attacker.wrong, "\n\n".join(attacker.wrong)


def addresses(attacker: Attacker, pages: list[str]) -> None:
    """Every part of every address, one after the other."""
    for page in pages:
        _, parts = route(attacker.app, page, "GET")
        for part, usual in parts.items():
            for name in IN_ADDRESSES:
                odd = quote(WORDS[name].encode(errors="ignore"), safe="")
                attacker.ask(f"{name} for {part} of {page}", "GET", page.replace(f"/{usual}", f"/{odd}", 1))


def questions(attacker: Attacker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever stands behind the question mark, under every name that any page asks for."""
    names: set[str] = set()

    def noted(self: Typed, name: str, *args: Any, **kwargs: Any) -> Any:
        names.add(name)
        return plain(self, name, *args, **kwargs)

    plain = Typed.get
    with monkeypatch.context() as patch:
        patch.setattr(Typed, "get", noted)
        for page in attacker.pages:
            attacker.client.get(page)
    for page in attacker.pages:
        for words in BEHIND:
            odd = urlencode(dict.fromkeys(names, WORDS[words]), errors="surrogatepass")
            attacker.ask(f"{words} behind {page}", "GET", page, query_string=odd)


def test_what_a_stranger_typed_is_shown_to_staff_as_typed_and_runs_on_no_page(
    app: Flask,
    client: Browser,
    session: Session,
    settings: Settings,
    sign_in: Callable[[StrictClient, Staff], StrictClient],
    sample: dict[str, Any],  # noqa: F811
) -> None:
    words = WORDS["markup"]
    asked = ask(session, settings)
    answer_all(client, asked, UNHAPPY | {"comment": words})
    send(client, asked)
    post(client, f"/o/{sample['/o/']}/question/comment", {"answer": words})
    client.post("/register/join", data={"name": words, "email": "stranger@example.org", "postcode": words})
    case = session.scalars(select(DissatisfactionCase).order_by(DissatisfactionCase.id.desc())).first()
    assert case is not None
    child = asked.invitation.plan_event.plan.child_id
    seen = ""
    for role in (Role.ENGAGEMENT_OFFICER, Role.SEND_QA, Role.FACILITATOR):
        sign_in(client, factories.staff(session, f"Nosy {role.human_name}", role))
        pages = [
            address(rule, sample | {"reference": case.reference, "child_id": child})
            for rule in open_to(app, role, "GET")
        ]
        for page in pages:
            answer = client.get(page)
            calm(answer, page)
            seen += answer.text if answer.mimetype == "text/html" else ""
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in seen
