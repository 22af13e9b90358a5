"""A text goes in the reader's own letters where Notify carries them, and in English where it would make "?" of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from engage.core.db import Database
from engage.notify.alphabets import GOOD_FOR, Alphabets
from engage.notify.client import Fault, NotifyError
from engage.notify.models import MessageChannel
from engage.notify.standin import RunningStandin
from engage.notify.standin.config import SmsFlavour
from engage.notify.templates import Rendered, Templates
from tests.conftest import MONDAY
from tests.notify.conftest import Make, now_of, run_all, settings_for, text

TAMIL = "வணக்கம். ((topic)) பற்றிச் சொல்லுங்கள்: ((link)) எங்களை அழைக்க: ((phone))"


class _InTamil(Templates):
    """Templates whose Tamil is offered, whatever the pages' translators have done."""

    def offered(self) -> tuple[str, ...]:
        return "en", "ta"


@pytest.fixture
def in_tamil(templates: Templates) -> Templates:
    english = templates.find("survey_invitation", MessageChannel.TEXT, "en")
    tamil = replace(english, language="ta", body=TAMIL)
    return _InTamil({(one.name, one.channel, one.language): one for one in (english, tamil)})


@pytest.mark.parametrize(("flavour", "begins"), [(SmsFlavour.UNICODE, "வணக்கம்."), (SmsFlavour.DOWNGRADE, "How was")])
def test_a_text_never_arrives_as_question_marks(
    flavour: SmsFlavour, begins: str, in_tamil: Templates, make_dispatcher: Make, session: Session, database: Database
) -> None:
    with RunningStandin(rate=None, delivery_seconds=None, sms_flavour=flavour) as notify:
        run_all(make_dispatcher(templates=in_tamil, settings=settings_for(notify, database)))
        message_id = text(session, language="ta")
        run_all(make_dispatcher(templates=in_tamil, settings=settings_for(notify, database)))
        (arrived,) = notify.messages()
    assert begins in arrived.body
    assert now_of(database, message_id).attempts[0].error is None


class _Previews:
    """A Notify that only shows what it would send."""

    def __init__(self, make_of_it: Callable[[str], str]) -> None:
        self.make_of_it, self.asked = make_of_it, 0

    def preview_text(self, rendered: Rendered) -> str:
        self.asked += 1
        return self.make_of_it(rendered.body)


def test_notify_is_asked_once_an_hour_and_believed_each_time(in_tamil: Templates) -> None:
    alphabets, whole, lost = Alphabets(in_tamil), _Previews(str), _Previews(lambda words: "?" * len(words))
    assert not alphabets.carries("ta")
    for minutes in (0, 1, 59):
        alphabets.ask(lambda: whole, now=MONDAY + timedelta(minutes=minutes))  # type: ignore[arg-type, return-value]
        assert alphabets.carries("ta")
    assert whole.asked == 1
    alphabets.ask(lambda: lost, now=MONDAY + GOOD_FOR)  # type: ignore[arg-type, return-value]
    assert not alphabets.carries("ta")
    assert alphabets.carries("en")


def test_a_text_that_lost_letters_after_all_and_no_answer_both_mean_english(in_tamil: Templates) -> None:
    def no_answer(_: str) -> str:
        raise NotifyError(Fault.TRY_AGAIN, "no connection")

    alphabets = Alphabets(in_tamil)
    alphabets.ask(lambda: _Previews(str), now=MONDAY)  # type: ignore[arg-type, return-value]
    alphabets.forget()
    assert not alphabets.carries("ta")
    alphabets.ask(lambda: _Previews(no_answer), now=MONDAY + GOOD_FOR)  # type: ignore[arg-type, return-value]
    assert not alphabets.carries("ta")


def test_without_words_in_another_language_notify_is_not_asked(templates: Templates) -> None:
    def never() -> NotifyError:
        raise AssertionError("asked")

    Alphabets(templates).ask(never, now=MONDAY)  # type: ignore[arg-type]
