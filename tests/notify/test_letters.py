"""Letters over real HTTP: what Notify is handed, and what becomes of it."""

from sqlalchemy.orm import Session

from engage.core.config import Settings
from engage.core.db import Database
from engage.notify import pacing
from engage.notify.client import LiveNotify
from engage.notify.dispatch import Dispatcher
from engage.notify.models import MessageChannel, MessageState
from engage.notify.receipts import DELIVERED
from engage.notify.standin import EMAIL_TEMPLATE_ID, LETTER_TEMPLATE_ID, RunningStandin
from engage.notify.standin.statuses import Status
from engage.notify.templates import Rendered
from tests.conftest import MONDAY
from tests.notify.conftest import Make, email, now_of, run_all, settings_for

ADDRESS = "1 Example Road\nKingston upon Thames\nKT1 1EU"
WORDS = {
    "addressee": "Amina Invented",
    "topic": "your plan",
    "minutes": "2",
    "closes_on": "18 December",
    "organisation": "The council",
    "phone": "020 7946 0100",
    "link": "https://engage.example.org/r/x",
}


def letter(session: Session) -> int:
    """A letter waiting to be sent; its id."""
    return email(session, channel=MessageChannel.LETTER, template="survey_invitation", recipient=ADDRESS)


def sender(make: Make, notify: RunningStandin, database: Database, **changes: object) -> Dispatcher:
    given = settings_for(notify, database, **{"notify_letter_template_id": LETTER_TEMPLATE_ID, **changes})
    return make(settings=given, composers={"test": lambda *_: WORDS})


def test_a_letter_goes_out_with_its_name_its_address_and_its_words(
    session: Session, notify: RunningStandin, database: Database, make_dispatcher: Make
) -> None:
    message_id = letter(session)
    run_all(sender(make_dispatcher, notify, database))
    [taken] = notify.messages()
    assert now_of(database, message_id).state is MessageState.ACCEPTED
    told = LiveNotify(settings_for(notify, database))._client.get_notification_by_id(taken.id)
    assert [told[f"line_{number}"] for number in (1, 2, 3)] == [
        "Amina Invented",
        "1 Example Road",
        "Kingston upon Thames",
    ]
    assert told["postcode"] == "KT1 1EU"
    assert told["subject"] == "How was your plan?"
    assert told["body"].startswith("Dear Amina Invented,")
    assert told["status"] == "accepted"


def test_a_letter_that_is_printed_and_posted_counts_as_delivered() -> None:
    assert "received" in DELIVERED
    assert "accepted" not in DELIVERED
    assert Status.RETURNED_LETTER.value not in DELIVERED


def test_a_key_that_may_send_no_letters_stops_letters_alone(
    session: Session, notify: RunningStandin, database: Database, make_dispatcher: Make
) -> None:
    message_id = letter(session)
    run_all(sender(make_dispatcher, notify, database, notify_api_key=notify.team_key))
    message = now_of(database, message_id)
    assert (message.state, message.state_because) == (MessageState.QUEUED, "403 BadRequestError")
    with database.reading() as reading:
        assert pacing.paused_channels(reading, now=MONDAY) == [MessageChannel.LETTER]
        assert pacing.standing_pause(reading, now=MONDAY) is None


def test_words_kept_in_the_account_go_there_as_values(notify: RunningStandin, settings: Settings) -> None:
    """The stand-in's own email template takes the part of a hosted one, with the values it knows."""
    hosted = Rendered(
        "unused",
        "unused",
        template_id=str(EMAIL_TEMPLATE_ID),
        values={"subject": "How was it?", "body": "Hello *Amina* evil.example"},
        sanitised=frozenset({"body"}),
    )
    client = LiveNotify(settings)
    client.send(MessageChannel.EMAIL, "amina@example.org", hosted, reference="hosted-1", unsubscribe_url=None)
    [taken] = notify.messages()
    told = client._client.get_notification_by_id(taken.id)
    assert told["subject"] == "How was it?"
    assert told["body"] == r"Hello \*Amina\* evil. example"
