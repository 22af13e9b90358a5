"""Nothing jointly signed goes to anybody until every organisation has signed its very words, whatever came when."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engage.core.audit import SYSTEM, AuditEvent
from engage.core.clock import Clock
from engage.core.config import Settings
from engage.core.db import Database
from engage.core.errors import Conflict, Invalid, NotAllowed
from engage.notify import signing
from engage.notify.client import Notify, Sent, Status
from engage.notify.dispatch import MENDING, Dispatcher
from engage.notify.models import Attempt, Message, MessageChannel, MessageState
from engage.notify.outbox import Refusal, queue
from engage.notify.signing_models import Decision, SignOff
from engage.notify.templates import Rendered, Template, Templates
from tests.conftest import MONDAY, SettableClock, make_settings

LETTER_ID = "5e4d2003-0000-4000-8000-000000000000"
ALL_FOUR = ("forum", "council", "icb", "afc")
WORDS = {
    "addressee": "Amina Invented",
    "topic": "your plan",
    "minutes": "2",
    "closes_on": "18 December",
    "phone": "020 7946 0100",
    "link": "https://engage.example.org/r/x",
}
ADDRESS = "1 Example Road\nKingston upon Thames\nKT1 1EU"


@pytest.fixture
def joint(templates: Templates) -> Template:
    return templates.find("joint_invitation", MessageChannel.LETTER, "en")


def sign_all(session: Session, template: Template) -> None:
    for code in template.signatories:
        signing.sign(session, template, code, version=template.version, by=SYSTEM, now=MONDAY)


def test_words_nobody_has_to_sign_wait_for_nobody(session: Session, templates: Templates) -> None:
    assert signing.not_signed(session, templates.find("survey_invitation", MessageChannel.LETTER, "en")) == []


def test_each_signature_is_one_fewer_to_wait_for(session: Session, joint: Template) -> None:
    assert signing.not_signed(session, joint) == list(ALL_FOUR)
    for signed, code in enumerate(ALL_FOUR, 1):
        signing.sign(session, joint, code, version=joint.version, by=SYSTEM, now=MONDAY)
        assert signing.not_signed(session, joint) == list(ALL_FOUR[signed:])
    kinds = session.scalars(select(AuditEvent.kind)).all()
    assert kinds == ["letter.signed"] * 4


def test_other_words_are_signed_by_nobody(session: Session, joint: Template) -> None:
    sign_all(session, joint)
    assert signing.not_signed(session, replace(joint, body=f"{joint.body}.")) == list(ALL_FOUR)
    assert signing.not_signed(session, replace(joint, subject="Hello")) == list(ALL_FOUR)
    assert signing.not_signed(session, joint) == []


def test_the_newest_word_of_an_organisation_counts(session: Session, joint: Template) -> None:
    sign_all(session, joint)
    signing.object_to(session, joint, "icb", reason="Say how to opt out.", version=joint.version, by=SYSTEM, now=MONDAY)
    assert signing.not_signed(session, joint) == ["icb"]
    word = signing.standing(session, joint)["icb"]
    assert word is not None
    assert (word.decision, word.reason) == (Decision.OBJECTED, "Say how to opt out.")
    signing.sign(session, joint, "icb", version=joint.version, by=SYSTEM, now=MONDAY)
    assert signing.not_signed(session, joint) == []
    assert len(signing.history(session, joint)) == 6


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 2001])
def test_an_objection_needs_a_reason_of_some_length(session: Session, joint: Template, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        signing.object_to(session, joint, "afc", reason=reason, version=joint.version, by=SYSTEM, now=MONDAY)
    assert "reason" in refused.value.fields


def test_nobody_signs_what_they_have_not_read_or_what_does_not_name_them(session: Session, joint: Template) -> None:
    with pytest.raises(Conflict, match="words have changed"):
        signing.sign(session, joint, "afc", version="0" * 64, by=SYSTEM, now=MONDAY)
    with pytest.raises(NotAllowed):
        signing.sign(session, joint, "guild", version=joint.version, by=SYSTEM, now=MONDAY)


class Post:
    """A Notify that takes everything and remembers what."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    def send(
        self,
        channel: MessageChannel,
        recipient: str,
        rendered: Rendered,
        *,
        reference: str,
        unsubscribe_url: str | None,
    ) -> Sent:
        assert (channel, unsubscribe_url) == (MessageChannel.LETTER, None)
        assert recipient == f"Amina Invented\n{ADDRESS}"
        self.taken.append(rendered.body)
        return Sent(reference)

    def find(self, reference: str) -> Status | None:
        raise AssertionError(reference)

    def status(self, notify_id: str) -> Status | None:
        raise AssertionError(notify_id)


def compose(session: Session, message: Message, given: Settings, now: datetime) -> Mapping[str, str] | Refusal:
    return WORDS


class World:
    """A dispatcher of one kind of letter, whose words can change under it."""

    def __init__(self, database: Database, joint: Template, settings: Settings) -> None:
        self.database, self.template, self.post = database, joint, Post()
        self.clock = SettableClock(MONDAY)
        self.settings, self.sent = settings, 0

    def dispatch(self) -> None:
        templates = Templates({(self.template.name, MessageChannel.LETTER, "en"): self.template})
        connect = self._connect
        clock: Clock = self.clock
        dispatcher = Dispatcher(
            self.database, self.settings, clock, templates, {"test": compose}, connect, clock, paced=False
        )
        try:
            dispatcher.run_once()
        finally:
            dispatcher.close()
        self.clock.advance(seconds=MENDING.total_seconds())

    def _connect(self, _settings: Settings) -> Notify:
        return self.post

    def letter(self) -> None:
        self.sent += 1
        with self.database.writing() as session:
            queue(
                session,
                once_key=f"letter:{self.sent}",
                purpose="test",
                channel=MessageChannel.LETTER,
                template=self.template.name,
                recipient=ADDRESS,
                about=("test", self.sent),
                due_at=MONDAY,
                now=MONDAY,
            )
            session.commit()

    def say(self, code: str, *, signs: bool) -> None:
        with self.database.writing() as session:
            told = {"version": self.template.version, "by": SYSTEM, "now": self.clock.now()}
            if signs:
                signing.sign(session, self.template, code, **told)  # type: ignore[arg-type]
            else:
                signing.object_to(session, self.template, code, reason="No.", **told)  # type: ignore[arg-type]
            session.commit()


@pytest.fixture
def sending() -> Settings:
    return make_settings(notify_letter_template_id=LETTER_ID)


ACTS = st.one_of(
    st.tuples(st.just("sign"), st.sampled_from(ALL_FOUR)),
    st.tuples(st.just("object"), st.sampled_from(ALL_FOUR)),
    st.tuples(st.just("words"), st.sampled_from(["a", "b", "c"])),
    st.tuples(st.just("letter"), st.just("")),
    st.tuples(st.just("dispatch"), st.just("")),
    st.tuples(st.just("everybody"), st.just("")),
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(acts=st.lists(ACTS, max_size=25))
def test_no_letter_without_all_signatures_and_every_letter_once_it_has_them(
    acts: list[tuple[str, str]], database: Database, joint: Template, sending: Settings
) -> None:
    with database.writing() as session:
        for table in (Attempt, Message, SignOff):
            session.execute(delete(table))
        session.commit()
    world, said = World(database, joint, sending), dict[tuple[str, str], bool]()
    for act, which in [*acts, ("letter", ""), ("dispatch", "")]:
        if act == "words":
            world.template = replace(joint, body=f"{joint.body}\n\n{which}")
        elif act == "letter":
            world.letter()
        elif act == "dispatch":
            before = len(world.post.taken)
            world.dispatch()
            allowed = all(said.get((world.template.version, code)) for code in ALL_FOUR)
            assert len(world.post.taken) == (world.sent if allowed else before)
        else:
            for code in ALL_FOUR if act == "everybody" else [which]:
                world.say(code, signs=act != "object")
                said[world.template.version, code] = act != "object"


def test_a_letter_that_waits_says_so_and_one_the_council_does_not_send_is_withdrawn(
    database: Database, joint: Template, sending: Settings
) -> None:
    world = World(database, joint, sending)
    world.letter()
    world.dispatch()
    with database.reading() as session:
        message = session.scalars(select(Message)).one()
        assert (message.state, message.state_because) == (MessageState.QUEUED, signing.NOT_SIGNED)
        assert message.due_at == MONDAY + MENDING
        assert message.attempts == []
    world.settings = make_settings()
    world.clock.set(MONDAY + timedelta(hours=1))
    world.dispatch()
    with database.reading() as session:
        message = session.scalars(select(Message)).one()
        assert (message.state, message.state_because) == (MessageState.WITHDRAWN, "letters_off")
    assert world.post.taken == []
