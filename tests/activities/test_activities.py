"""Activities: what is written down of them, slips one after another, the poster's link, and remarks."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.accounts.models import Staff
from engage.activities import queries, services
from engage.activities.activity_models import ActivityAnswer, ActivityKind, ActivityState, CameAs, Remark
from engage.activities.models import OpenVisit
from engage.activities.open_links import begin, new_once, send, survey_of
from engage.activities.services import ActivityFacts
from engage.cases.models import DissatisfactionCase
from engage.core.audit import staff_actor
from engage.core.config import Settings
from engage.core.errors import Conflict, Invalid
from engage.surveys.loader import Catalogue
from engage.surveys.models import Mode, Response
from tests import factories
from tests.browser_client import StrictClient
from tests.conftest import MONDAY

SignIn = Callable[[StrictClient, Staff], StrictClient]
BY, OTHER = staff_actor(1), staff_actor(2)
SLIP = {"who": "parent_carer", "confidence_before": "2", "confidence_after": "5"}
ON_PAPER = {f"answer-{name}": code for name, code in SLIP.items()} | {"mode": "paper"}


def count(session: Session, kind: type) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(kind)) or 0


def test_what_cannot_be_kept_is_named_fact_by_fact(session: Session) -> None:
    facts = ActivityFacts(ActivityKind.EVENT, " ", date(2026, 3, 1), place="x" * 201, came={CameAs.OTHERS: 100_001})
    with pytest.raises(Invalid) as refused:
        services.plan(session, facts, local_authority="314", by=BY, now=MONDAY)
    assert set(refused.value.fields) == {"name", "place", "others"}


def test_the_survey_stays_once_people_have_answered_it(session: Session, catalogue: Catalogue) -> None:
    activity = factories.activity(session)
    services.keep_slip(session, activity, catalogue.current("event"), SLIP, mode=Mode.PAPER, by=BY, now=MONDAY)
    facts = ActivityFacts(activity.kind, activity.name, activity.held_on, survey="training")
    with pytest.raises(Invalid):
        services.change(session, activity, facts, by=BY, now=MONDAY)


def test_a_slip_is_a_response_of_the_quarter_of_the_day_and_an_empty_one_is_refused(
    session: Session, catalogue: Catalogue
) -> None:
    activity, survey = factories.activity(session, held_on=date(2025, 12, 30)), catalogue.current("event")
    response = services.keep_slip(session, activity, survey, SLIP, mode=Mode.PAPER, by=BY, now=MONDAY)
    assert response.answers == SLIP
    assert (response.mode, response.interviewer, response.cohort_quarter) == (
        Mode.PAPER,
        "staff:1",
        date(2025, 10, 1),
    )
    with pytest.raises(Invalid):
        services.keep_slip(session, activity, survey, {"who": None}, mode=Mode.PAPER, by=BY, now=MONDAY)


def test_undo_takes_back_only_ones_own_last_slip(session: Session, catalogue: Catalogue) -> None:
    activity, survey = factories.activity(session), catalogue.current("event")
    mine = services.keep_slip(session, activity, survey, SLIP, mode=Mode.PAPER, by=BY, now=MONDAY)
    theirs = services.keep_slip(session, activity, survey, SLIP, mode=Mode.PAPER, by=OTHER, now=MONDAY)
    services.undo_last_slip(session, activity, by=BY, now=MONDAY)
    assert session.scalars(select(ActivityAnswer.response_id)).all() == [theirs.id]
    assert session.get(Response, mine.id) is None
    with pytest.raises(Conflict):
        services.undo_last_slip(session, activity, by=BY, now=MONDAY)


def test_a_slip_that_somebody_follows_up_stays(session: Session, catalogue: Catalogue) -> None:
    activity, survey = factories.activity(session), catalogue.current("event")
    response = services.keep_slip(session, activity, survey, SLIP, mode=Mode.PAPER, by=BY, now=MONDAY)
    factories.case(session, response)
    with pytest.raises(Conflict):
        services.undo_last_slip(session, activity, by=BY, now=MONDAY)
    assert queries.slips_entered(session, activity) == 1


def test_one_press_makes_one_link_and_answers_by_it_count_for_the_activity(
    session: Session, catalogue: Catalogue, settings: Settings
) -> None:
    activity = factories.activity(session)
    link = services.make_link(session, activity, catalogue, by=BY, now=MONDAY)
    assert services.make_link(session, activity, catalogue, by=BY, now=MONDAY) is link
    assert (link.about_on, link.closes_on) == (activity.held_on, activity.held_on + timedelta(days=56))
    begin(session, link, catalogue, settings.secrets, once=new_once(), language="en", now=MONDAY)
    assert queries.answers_of(session, activity) == 0, "begun is not answered"
    [visit] = session.scalars(select(OpenVisit)).all()
    send(session, visit, survey_of(link, catalogue), now=MONDAY + timedelta(minutes=1))
    services.keep_slip(session, activity, catalogue.current("event"), SLIP, mode=Mode.PAPER, by=BY, now=MONDAY)
    assert queries.answers_of(session, activity) == 2


def test_an_event_of_long_ago_gets_no_link(session: Session, catalogue: Catalogue) -> None:
    activity = factories.activity(session, held_on=date(2025, 10, 1))
    with pytest.raises(Invalid):
        services.make_link(session, activity, catalogue, by=BY, now=MONDAY)


def test_what_was_cancelled_is_not_counted_as_held(session: Session, noise: None) -> None:
    factories.activity(session, kind=ActivityKind.COPRODUCTION)
    gone = factories.activity(session, kind=ActivityKind.COPRODUCTION)
    services.move(session, gone, ActivityState.CANCELLED, by=BY, now=MONDAY)
    held = queries.held_between(session, date(2025, 4, 1), date(2026, 3, 31), local_authority="314")
    assert held[ActivityKind.COPRODUCTION] == 1
    with pytest.raises(Conflict):
        services.move(session, gone, ActivityState.CANCELLED, by=BY, now=MONDAY)


def test_slips_are_entered_one_after_another_and_counted(
    client: StrictClient, bronwen: Staff, sign_in: SignIn, session: Session
) -> None:
    activity = factories.activity(session, kind=ActivityKind.DROP_IN)
    address = f"/staff/activities/{activity.id}/slips"
    officer = sign_in(client, bronwen)
    assert 'value="drop_in" checked' in officer.get(address).text, "the kind of the activity is ticked already"
    for number in (1, 2):
        assert officer.post(address, data=ON_PAPER).status_code == 303
        page = officer.get(address).text
        assert f"Slip {number + 1}" in page
    assert officer.post(address, data={"mode": "paper"}).status_code == 422
    assert officer.post(f"{address}/undo").status_code == 303
    assert count(session, ActivityAnswer) == 1


def test_a_slip_that_speaks_of_harm_opens_an_urgent_case(
    client: StrictClient, bronwen: Staff, sign_in: SignIn, session: Session
) -> None:
    activity = factories.activity(session)
    said = ON_PAPER | {"answer-comment": "My partner hits me."}
    sign_in(client, bronwen).post(f"/staff/activities/{activity.id}/slips", data=said)
    session.rollback()
    assert [case.urgent for case in session.scalars(select(DissatisfactionCase))] == [True]


def test_a_remark_is_read_like_any_comment_and_its_words_are_not_on_the_list(
    client: StrictClient, bronwen: Staff, callum: Staff, sign_in: SignIn, session: Session
) -> None:
    activity = factories.activity(session)
    officer = sign_in(client, bronwen)
    about = f"/staff/activities/remarks/new?activity={activity.id}"
    assert activity.name in officer.get(about).text
    said = {
        "answer-said": "The bus comes late every day.",
        "answer-theme": "transport",
        "answer-may_use": "yes",
        "heard_on": ["16", "2", "2026"],
        "activity": str(activity.id),
    }
    assert officer.post(about, data=said | {"answer-theme": ""}).status_code == 422
    assert officer.post(about, data=said | {"heard_on": ["3", "3", "2026"]}).status_code == 422, "still to come"
    assert officer.post(about, data=said).status_code == 303
    assert count(session, Remark) == 1
    listed = officer.get("/staff/activities/remarks").text
    assert "Travel to school or college" in listed
    assert "The bus comes late" not in listed
    assert "The bus comes late every day." in sign_in(client, callum).get("/staff/reading").text


def test_an_activity_is_written_down_changed_and_put_away(
    client: StrictClient, bronwen: Staff, sign_in: SignIn, session: Session
) -> None:
    officer = sign_in(client, bronwen)
    facts = {"name": "Chat and Play", "kind": "event", "held_on": ["16", "2", "2026"], "survey": "event"}
    assert officer.post("/staff/activities/new", data={}).status_code == 422
    made = officer.post("/staff/activities/new", data=facts | {"parent_carers": "22"})
    assert made.status_code == 302
    assert officer.post(f"{made.location}/change", data=facts | {"parent_carers": "a few"}).status_code == 422
    assert officer.post(f"{made.location}/move/archived").status_code == 302
    assert "Chat and Play" not in officer.get("/staff/activities").text
    assert "Chat and Play" in officer.get("/staff/activities?view=archived").text
