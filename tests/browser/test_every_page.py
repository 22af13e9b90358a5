"""Every page of staff and of signing in, in a real Chromium at 320 and 1280 pixels: found by its route, so that none is left
out. The pages of families are looked at in `test_every_family_page.py`."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from engage.accounts.permissions import GRANTS, Role
from engage.campaigns.models import Invitation
from engage.cases.models import DissatisfactionCase
from engage.plans.models import PlanEvent
from engage.web.security import permission_of
from engage.you_said_we_did.models import Commitment
from tests import factories
from tests.browser.area import Area, opened
from tests.browser.conftest import AXE, NARROW, PATIENCE_MS, WIDE, what_is_wrong
from tests.browser.routes import is_of_families, leads_nowhere, pages, route_of
from tests.databases import Servers
from tests.house.test_doors import address, one_of_each

pytestmark = [pytest.mark.browser, pytest.mark.onedatabase]

NOT_NOW = frozenset({409, 410})
"""Pages that say kindly why this cannot be done now: looked at like any other."""
FAMILY = "/staff/families/{}"
SAID_MORE = (
    (Role.ENGAGEMENT_OFFICER, "/staff/figures?survey=annual_review"),
    (Role.ENGAGEMENT_OFFICER, "/staff/campaigns/1"),
    (Role.ENGAGEMENT_OFFICER, "/staff/campaigns/1/next"),
    (Role.ENGAGEMENT_OFFICER, "/staff/cases"),
    (Role.SEND_QA, "/staff/cases?view=all"),
)
"""Pages asked for something more, and pages that refuse."""


@dataclass(frozen=True)
class Where:
    """One address of a route."""

    route: str
    path: str


@pytest.fixture(scope="module")
def area(servers: Servers) -> Iterator[Area]:
    """A small area after four months, on a Monday morning."""
    with servers.fresh() as database, opened(database, families=30, months=4) as made:
        yield made


@pytest.fixture(scope="module")
def places(area: Area) -> dict[Role | None, list[Where]]:
    """Every address worth a look, under the first role that may open it."""
    with Session(area.house.database.engine) as session:
        named = {part: [value] for part, value in one_of_each(session, area.house.settings).items()}
        named |= _states(session)
        unanswered = _to_find_out(session, named["campaign_id"][0])
        children = {event.plan.child_id for event in session.scalars(select(PlanEvent).order_by(PlanEvent.id).limit(4))}
        session.commit()
    found: dict[Role | None, list[Where]] = defaultdict(list)
    for rule in pages(area.app):
        if is_of_families(rule):
            continue
        needed = permission_of(area.app.view_functions[rule.endpoint])
        role = next(role for role in Role if needed in GRANTS[role]) if needed else None
        found[role] += [Where(rule.rule, one) for one in addresses(rule, named)]
    found[Role.ENGAGEMENT_OFFICER] += [
        Where(route_of(area.app, path), path) for path in [*map(FAMILY.format, sorted(children)), *unanswered]
    ]
    for role, more in SAID_MORE:
        found[role].append(Where(route_of(area.app, more), more))
    return found


def addresses(rule: Rule, named: dict[str, list[Any]]) -> list[str]:
    """A rule's addresses, with everything that may stand in its place for each of its parts."""
    parts = [part for part in named if part in rule.arguments or rule.rule.startswith(part)]
    return [
        address(rule, dict(zip(parts, chosen, strict=True))) for chosen in product(*(named[part] for part in parts))
    ]


def _states(session: Session) -> dict[str, list[Any]]:
    """One of each state that a page shows in its own way."""
    entries = {entry.publication: entry.id for entry in session.scalars(select(Commitment))}
    cases = {case.state: case.reference for case in session.scalars(select(DissatisfactionCase))}
    invitations = {one.state: one for one in session.scalars(select(Invitation).order_by(Invitation.id))}
    return {
        "entry_id": list(entries.values()),
        "reference": list(cases.values()),
        "invitation_id": [one.id for one in invitations.values()],
        "act": ["pause", "end"],
    }


def _to_find_out(session: Session, campaign_id: int) -> list[str]:
    """Pages of families of whom something has yet to be found out, or who have yet to be asked."""
    looked_after, carer = factories.family(session)
    looked_after.looked_after = True
    grown = factories.child(session, born_on=date(2008, 1, 1))
    waiting, parent = factories.family(session)
    event = factories.plan_event(session, factories.plan(session, waiting))
    return [
        f"/staff/families/{looked_after.id}/carers/{carer.id}/check",
        f"/staff/families/{grown.id}/capacity",
        f"/staff/campaigns/{campaign_id}/first/{event.id}/{parent.id}",
    ]


class Eyes:
    """One window that looks at many pages, and keeps what was wrong and where."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: list[str] = []
        self.titles: dict[str, set[str]] = defaultdict(set)
        self.links: set[str] = set()
        self.seen: set[str] = set()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.wrong.append(f"{page.url}: {error}"))

    def _heard(self, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning") and "the server responded with a status of 4" not in said.text:
            self.wrong.append(f"{self.page.url}: {said.text}")

    def look(self, url: str, where: Where) -> int:
        """Open a page and look at it in each width; its status."""
        answer = self.page.goto(url)
        assert answer is not None
        if self.page.url in self.seen:  # another address led here
            return answer.status
        self.seen.add(self.page.url)
        headings = self.page.locator("h1").count()
        if headings != 1:
            self.wrong.append(f"{url}: it has {headings} main headings")
        if answer.ok and answer.request.redirected_from is None:
            self.titles[self.page.title()].add(where.route)
        self.links.update(self.page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)"))
        for size in (NARROW, WIDE):
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            self.wrong += what_is_wrong(self.page)
        return answer.status


@pytest.mark.parametrize("role", [None, *Role], ids=lambda role: role or "anyone")
def test_every_page_is_sound_at_both_widths(
    role: Role | None, area: Area, places: dict[Role | None, list[Where]], chromium: Browser
) -> None:
    statuses: dict[str, set[int]] = defaultdict(set)
    with chromium.new_context(viewport=NARROW) as context:  # type: ignore[arg-type]
        context.set_default_timeout(3 * PATIENCE_MS)  # the first page with figures loads what makes them
        context.add_init_script(path=AXE)
        if role:
            area.sign_in(context, role)
        eyes = Eyes(context.new_page())
        for where in places[role]:
            statuses[where.route].add(eyes.look(area.url + where.path, where))
    assert eyes.wrong == []
    assert {title: routes for title, routes in eyes.titles.items() if len(routes) > 1} == {}, "titles are not unique"
    assert [route for route, seen in statuses.items() if seen <= NOT_NOW] == [], "these were never really seen"
    assert [link for link in sorted(eyes.links) if leads_nowhere(area.app, area.url, link)] == []
