"""Mail scanners follow every link of every message, many times, before a person does: nothing may come of it."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.accounts.services import request_sign_in
from engage.campaigns.models import CampaignState
from engage.core.config import Settings
from engage.core.db import Database
from engage.notify.standin import RunningStandin
from engage.people.models import Channel
from engage.register.rules import Asking, ChildOnForm
from engage.register.services import ask_to_join
from tests import factories
from tests.browser_client import StrictClient
from tests.conftest import SettableClock
from tests.web.respond.family import dump

VISITS = 50
LINK = re.compile(r"http://localhost:8000/[^\s)\]]+")


def test_fifty_visits_to_every_link_of_every_message_change_nothing(
    client: StrictClient,
    database: Database,
    session: Session,
    settings: Settings,
    clock: SettableClock,
    notify: RunningStandin,
    the_worker_works: Callable[[], None],
    bronwen: Staff,
) -> None:
    family_is_asked(session, clock)
    request_sign_in(session, bronwen.email, settings=settings, now=clock.now())
    child = ChildOnForm(forename="Asha", surname="Demoyan", born_on=clock.now().date().replace(year=2018))
    asking = Asking(name="Beth Demoyan", email="beth@example.org", children=(child,))
    ask_to_join(session, asking, settings=settings, now=clock.now())
    session.commit()
    the_worker_works()
    links = {link for message in notify.messages() for link in LINK.findall(message.body or "")}
    assert {urlsplit(link).path.split("/")[1] for link in links} == {"r", "sign-in", "register"}
    assert any(link.endswith("/stop") for link in links)
    before = dump(database)

    for link in sorted(links):
        for _ in range(VISITS):
            assert client.get(urlsplit(link).path).status_code < 400
            assert client.head(urlsplit(link).path).status_code < 400

    assert dump(database) == before


def family_is_asked(session: Session, clock: SettableClock) -> None:
    """One family with an email address and another with a mobile alone, each due to be asked now."""
    campaign = factories.campaign(session, state=CampaignState.RUNNING)
    for channel, value in ((Channel.EMAIL, "amina@example.org"), (Channel.MOBILE, "+447700900123")):
        parent = factories.parent_carer(session, email=None, mobile=None)
        factories.contact_point(session, parent, channel, value)
        child = factories.child(session)
        factories.relationship(session, child, parent)
        event = factories.plan_event(session, factories.plan(session, child))
        factories.invitation(session, campaign, parent, event, next_due_at=clock.now())
