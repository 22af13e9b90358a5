"""Videos of questions: only https, only the council's own list of sites, and one for each question and language."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.core.audit import SYSTEM, AuditEvent
from engage.core.errors import Invalid
from engage.surveys import videos
from engage.surveys.definition import Survey
from engage.surveys.video_models import START

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SITES = ("video.example.org",)
GOOD = "https://video.example.org/watch/1"


def link(session: Session, survey: Survey, question: str = START, address: str = GOOD, seconds: int = 70) -> object:
    return videos.set_video(session, survey, question, videos.SIGNED, address, seconds, hosts=SITES, by=SYSTEM, now=AT)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://video.example.org/1",
        "javascript:alert(1)",
        "//video.example.org/1",
        "https://other.example.org/1",
        "https://video.example.org.evil.example/1",
        "https://video.example.org:8443/1",
        "https://me@video.example.org/1",
        "https://video.example.org/a b",
        "https://[::1",
        "https://video.example.org/" + "a" * 600,
    ],
)
def test_an_address_that_is_not_on_the_list_is_refused(session: Session, survey: Survey, address: str) -> None:
    with pytest.raises(Invalid) as refused:
        link(session, survey, address=address)
    assert set(refused.value.fields) == {"address"}


def test_a_video_takes_the_place_of_the_one_before(session: Session, survey: Survey) -> None:
    link(session, survey, "involved")
    link(session, survey, "involved", address=GOOD + "2")
    (one,) = videos.all_videos(session)
    assert one.address == GOOD + "2"
    assert session.scalars(select(AuditEvent.kind)).all() == ["video.linked", "video.linked"]


def test_it_is_found_by_question_and_language(session: Session, survey: Survey) -> None:
    link(session, survey, "involved")
    assert len(videos.videos_for(session, survey.code, "involved", [videos.SIGNED, "en"])) == 1
    assert videos.videos_for(session, survey.code, "involved", ["en"]) == []
    assert videos.videos_for(session, survey.code, "plan_confidence", [videos.SIGNED]) == []


@pytest.mark.parametrize(("question", "seconds", "field"), [("unknown", 60, "question"), (START, 0, "seconds")])
def test_what_cannot_be_is_named(session: Session, survey: Survey, question: str, seconds: int, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        link(session, survey, question, seconds=seconds)
    assert field in refused.value.fields


@pytest.mark.parametrize(("seconds", "minutes"), [(5, 1), (70, 1), (90, 2), (150, 3)])
def test_minutes_are_said_as_a_person_would(session: Session, survey: Survey, seconds: int, minutes: int) -> None:
    link(session, survey, seconds=seconds)
    assert videos.all_videos(session)[0].minutes == minutes


def test_taken_away_it_is_linked_no_more(session: Session, survey: Survey) -> None:
    link(session, survey)
    videos.take_away_video(session, videos.all_videos(session)[0], by=SYSTEM, now=AT)
    session.flush()
    assert videos.all_videos(session) == []
