"""Joining the register: nothing counts before it is confirmed, and nobody learns who is on it."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as running
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.core.audit import PUBLIC, AuditEvent, staff_actor
from engage.core.config import Settings
from engage.core.errors import Conflict, Invalid, NotFound
from engage.notify.models import Message, MessageState
from engage.notify.outbox import Refusal
from engage.register import messages, queries, services
from engage.register.models import RegisteredChild, Registration, RegistrationState, SendHelp
from engage.register.queries import LinkState, RegisterCounts
from engage.register.rules import Asking, ChildOnForm
from engage.register.wording import FORUM_CHOICE
from tests import factories

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
TODAY = NOW.date()
ZAIN = ChildOnForm(
    forename="Zain", surname="Invented", born_on=date(2015, 6, 1), sen_need="ASD", has_plan=SendHelp.PLAN
)
Ask = Callable[..., None]


def asking(**changes: Any) -> Asking:
    return Asking(**({"name": "Amina Invented", "email": "Amina@Example.org", "children": (ZAIN,)} | changes))


@pytest.fixture
def ask(session: Session, settings: Settings) -> Ask:
    def ask(at: datetime = NOW, **changes: Any) -> None:
        services.ask_to_join(session, asking(**changes), settings=settings, now=at)
        session.flush()

    return ask


def the_registration(session: Session) -> Registration:
    return session.scalars(select(Registration)).one()


def sent(session: Session) -> list[Message]:
    return list(session.scalars(select(Message).order_by(Message.id)))


def waiting(session: Session) -> list[Message]:
    return [message for message in sent(session) if message.state is MessageState.QUEUED]


def token_in(session: Session, settings: Settings, *, now: datetime = NOW) -> str:
    """The token of the newest email's link."""
    message = sent(session)[-1]
    compose = {"register.confirmation": messages.compose_confirmation, "register.already": messages.compose_already}
    words = compose[message.purpose](session, message, settings, now)
    assert isinstance(words, Mapping)
    return words["link"].rpartition("/")[2]


def test_asking_keeps_a_pending_entry_that_counts_for_nothing(session: Session, ask: Ask) -> None:
    ask()

    kept = the_registration(session)
    assert (kept.state, kept.email, kept.joins_forum, kept.wants_news) == ("pending", "amina@example.org", False, False)
    assert queries.counts(session, today=TODAY) == RegisterCounts(confirmed=0, pending=1, children=0, under_18=0)
    assert [message.purpose for message in sent(session)] == ["register.confirmation"]


def test_the_link_confirms_once_and_again_changes_nothing(session: Session, ask: Ask, settings: Settings) -> None:
    ask()
    token = token_in(session, settings)
    assert queries.link_state(session, token, now=NOW) is LinkState.WAITING

    first = services.confirm(session, token, now=NOW + timedelta(hours=1))
    again = services.confirm(session, token, now=NOW + timedelta(days=30))

    assert (first.newly, again.newly) == (True, False)
    assert first.registration.confirmed_at == NOW + timedelta(hours=1)
    assert queries.link_state(session, token, now=NOW) is LinkState.CONFIRMED
    assert queries.counts(session, today=TODAY) == RegisterCounts(confirmed=1, pending=0, children=1, under_18=1)
    assert session.scalars(select(AuditEvent.kind)).all() == ["register.asked", "register.confirmed"]


def test_a_link_is_too_old_after_seven_days(session: Session, ask: Ask, settings: Settings) -> None:
    ask()
    token = token_in(session, settings)
    late = NOW + timedelta(days=7)

    assert queries.link_state(session, token, now=late) is LinkState.TOO_OLD
    with pytest.raises(Conflict):
        services.confirm(session, token, now=late)
    services.confirm(session, token, now=late - timedelta(seconds=1))


@pytest.mark.parametrize("token", ["", "x", "a" * 26, "é" * 26])
def test_a_link_that_is_not_ours_is_unknown(session: Session, token: str) -> None:
    assert queries.link_state(session, token, now=NOW) is LinkState.UNKNOWN
    with pytest.raises(NotFound):
        services.confirm(session, token, now=NOW)


def test_asking_again_replaces_what_was_asked_and_its_link(session: Session, ask: Ask, settings: Settings) -> None:
    ask(name="Amina Old")
    old = token_in(session, settings)
    ask(name="Amina New", children=(ZAIN, ZAIN))

    assert the_registration(session).name == "Amina New"
    assert len(session.scalars(select(RegisteredChild)).all()) == 2
    assert len(waiting(session)) == 1
    assert queries.link_state(session, old, now=NOW) is LinkState.UNKNOWN
    assert services.confirm(session, token_in(session, settings), now=NOW).newly


def test_somebody_on_the_register_is_told_so_by_email_and_nothing_changes(
    session: Session, ask: Ask, settings: Settings
) -> None:
    ask()
    token = token_in(session, settings)
    services.confirm(session, token, now=NOW)
    ask(name="A Stranger", children=(ZAIN, ZAIN))

    assert [message.purpose for message in sent(session)] == ["register.confirmation", "register.already"]
    kept = the_registration(session)
    assert (kept.name, len(kept.children), kept.state) == ("Amina Invented", 1, "confirmed")
    assert token_in(session, settings) == token


def test_one_address_gets_three_emails_a_day_at_most(session: Session, ask: Ask) -> None:
    for minutes in range(6):
        ask(NOW + timedelta(minutes=minutes))
    assert len(sent(session)) == 3
    ask(NOW + timedelta(days=2))
    assert len(sent(session)) == 4


def test_two_entries_of_one_address_count_once(session: Session, ask: Ask, settings: Settings) -> None:
    ask()
    token = token_in(session, settings)
    factories.registration(session, email="amina@example.org")  # asked at the same moment, by another process

    services.confirm(session, token, now=NOW)

    assert queries.counts(session, today=TODAY).confirmed == 1


def test_the_forum_choice_is_kept_with_the_words_it_was_made_in(session: Session, ask: Ask) -> None:
    ask(joins_forum=True)
    assert the_registration(session).forum_wording == FORUM_CHOICE.version
    ask(joins_forum=False)
    assert the_registration(session).forum_wording is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"email": ""}, "email"),
        ({"email": "amina@"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"postcode": "KT"}, "postcode"),
        ({"written_language": "Klingon!"}, "written_language"),
        ({"children": ()}, "children"),
        ({"children": (ZAIN,) * 11}, "children"),
    ],
)
def test_what_cannot_be_used_is_named_and_nothing_is_kept(
    session: Session, ask: Ask, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        ask(**changes)
    assert list(refused.value.fields) == [field]
    assert session.scalars(select(Registration)).all() == []
    assert sent(session) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"forename": ""}, "children-1-forename"),
        ({"surname": " "}, "children-1-surname"),
        ({"born_on": TODAY + timedelta(days=1)}, "children-1-born_on"),
        ({"born_on": date(2000, 3, 4)}, "children-1-born_on"),
        ({"sen_need": "XX"}, "children-1-sen_need"),
    ],
)
def test_a_mistake_about_a_child_is_named_by_its_place(ask: Ask, changes: dict[str, Any], field: str) -> None:
    wrong = ChildOnForm(**({"forename": "Zain", "surname": "Invented", "born_on": date(2015, 6, 1)} | changes))
    with pytest.raises(Invalid) as refused:
        ask(children=(ZAIN, wrong))
    assert list(refused.value.fields) == [field]


def test_somebody_of_25_may_join(ask: Ask) -> None:
    ask(children=(ChildOnForm(forename="Y", surname="P", born_on=date(2000, 3, 5)),))


def test_leaving_erases_everything_and_kills_the_link(session: Session, ask: Ask, settings: Settings) -> None:
    ask(phone="07700 900123", postcode="KT1 1EU", wants_news=True)
    token = token_in(session, settings)
    services.confirm(session, token, now=NOW)
    kept = the_registration(session)

    for _ in range(2):
        services.remove(session, kept, by=staff_actor(1), now=NOW)
    session.flush()

    assert (kept.state, kept.name, kept.email, kept.phone, kept.postcode) == ("removed", "", "", None, None)
    assert session.scalars(select(RegisteredChild)).all() == []
    assert queries.link_state(session, token, now=NOW) is LinkState.UNKNOWN
    assert waiting(session) == []
    with pytest.raises(NotFound):
        services.confirm(session, token, now=NOW)


def test_whoever_left_may_join_again(session: Session, ask: Ask, settings: Settings) -> None:
    ask()
    services.confirm(session, token_in(session, settings), now=NOW)
    services.remove(session, the_registration(session), by=PUBLIC, now=NOW)
    ask()
    assert services.confirm(session, token_in(session, settings), now=NOW).newly


def test_what_nobody_confirmed_is_forgotten_a_week_after_its_link_died(
    session: Session, ask: Ask, settings: Settings, noise: None
) -> None:
    ask()
    kept = session.scalars(select(Registration).where(Registration.email == "amina@example.org")).one()
    assert services.forget_unconfirmed(session, now=NOW + timedelta(days=13)) <= 1  # the noise is older
    assert kept.state is RegistrationState.PENDING
    assert services.forget_unconfirmed(session, now=NOW + timedelta(days=14)) >= 1
    assert (kept.state, kept.name) == ("removed", "")


def test_an_email_that_no_longer_fits_is_not_sent(session: Session, ask: Ask, settings: Settings) -> None:
    ask()
    confirmation = sent(session)[0]
    kept = the_registration(session)
    assert isinstance(messages.compose_already(session, confirmation, settings, NOW), Refusal)
    late = NOW + timedelta(days=7)
    assert isinstance(messages.compose_confirmation(session, confirmation, settings, late), Refusal)
    other = settings.model_copy(update={"secret_keys": (type(settings.secret_keys[0])("z" * 32),)})
    assert isinstance(messages.compose_confirmation(session, confirmation, other, NOW), Refusal)
    services.confirm(session, token_in(session, settings), now=NOW)
    assert isinstance(messages.compose_confirmation(session, confirmation, settings, NOW), Refusal)
    services.remove(session, kept, by=PUBLIC, now=NOW)
    assert isinstance(messages.compose_already(session, confirmation, settings, NOW), Refusal)


def test_the_emails_fill_their_templates_and_hold_no_child(session: Session, ask: Ask, house: Any) -> None:
    ask()
    confirmation = messages.compose_confirmation(session, sent(session)[-1], house.settings, NOW)
    services.confirm(session, token_in(session, house.settings), now=NOW)
    ask()
    already = messages.compose_already(session, sent(session)[-1], house.settings, NOW)
    for words, template in ((confirmation, "register_confirm"), (already, "register_already")):
        assert isinstance(words, Mapping)
        assert words.keys() == house.templates.values_of(template)
        assert "Zain" not in " ".join(words.values())
    assert all(message.personalisation == {} for message in sent(session))


def test_months_count_confirmed_families_in_england(session: Session) -> None:
    summer = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # already July in England
    for at in (summer, NOW, NOW):
        factories.registration(session, confirmed_at=at)
    factories.registration(session, state=RegistrationState.PENDING, confirmed_at=None)
    assert queries.confirmed_by_month(session) == [(date(2026, 7, 1), 1), (date(2026, 3, 1), 2)]


EMAILS = st.sampled_from(["amina@example.org", "b@example.org"])


@running(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(EMAILS, st.sampled_from(["ask", "confirm", "leave"])), max_size=10))
def test_whatever_happens_an_address_is_on_the_register_once_at_most(
    session: Session, settings: Settings, steps: list[tuple[str, str]]
) -> None:
    with session.begin_nested() as trial:
        for place, (email, what) in enumerate(steps):
            at = NOW + timedelta(days=place)
            held = session.scalars(
                select(Registration).where(Registration.email == email, Registration.state != "removed")
            ).all()
            assert len(held) <= 1
            if what == "ask":
                services.ask_to_join(session, asking(email=email), settings=settings, now=at)
            elif held and what == "leave":
                services.remove(session, held[0], by=PUBLIC, now=at)
            elif held and at < held[0].expires_at:
                text = messages.remake(settings.secrets, "register", held[0].nonce, held[0].digest)
                services.confirm(session, text or "", now=at)
            session.flush()
        trial.rollback()
