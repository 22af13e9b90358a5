"""Videos of a survey's words, in British Sign Language or a spoken language, where the council has made some.

They are addresses that the council sets, each shown as a plain link: nothing of another site is loaded into our pages,
and nobody's watching is known to us.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.core import audit
from engage.core.audit import Actor
from engage.core.errors import Invalid
from engage.surveys.definition import Survey
from engage.surveys.video_models import LONGEST_ADDRESS, START, QuestionVideo

SIGNED = "bfi"
"""British Sign Language, by its code in ISO 639-3."""
LONGEST_SECONDS = 30 * 60


def address_fault(address: str, hosts: Collection[str]) -> str | None:
    """What is wrong with a video's address: it must be https, at one of the council's own list of sites."""
    if len(address) > LONGEST_ADDRESS or any(character.isspace() for character in address):
        return "Enter an address without spaces"
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return "Enter an address that starts with https://"
    if parts.scheme != "https" or not host or parts.username is not None or port not in (None, 443):
        return "Enter an address that starts with https://"
    if host not in hosts:
        known = " or ".join(sorted(hosts)) or "none, until the list in ENGAGE_VIDEO_SITES names one"
        return f"This site is not on the list. The sites that may be linked are {known}"
    return None


def set_video(
    session: Session,
    survey: Survey,
    question: str,
    language: str,
    address: str,
    seconds: int,
    *,
    hosts: Collection[str],
    by: Actor,
    now: datetime,
) -> QuestionVideo:
    """Say where the video is, in place of the one before. `Invalid` names what is wrong, field by field."""
    faults: dict[str, str] = {}
    if question != START and survey.question(question) is None:
        faults["question"] = "Select a question"
    if fault := address_fault(address, hosts):
        faults["address"] = fault
    if not 1 <= seconds <= LONGEST_SECONDS:
        faults["seconds"] = "Enter how long the video is, up to 30 minutes"
    if faults:
        raise Invalid("This video cannot be linked.", faults)
    video = video_of(session, survey.code, question, language)
    if video is None:
        video = QuestionVideo(survey=survey.code, question=question, language=language)
        session.add(video)
    video.address, video.seconds, video.set_at, video.set_by = address, seconds, now, str(by)
    session.flush()
    audit.record(session, "video.linked", "survey", survey.code, by=by, now=now, question=question, language=language)
    return video


def take_away_video(session: Session, video: QuestionVideo, *, by: Actor, now: datetime) -> None:
    """Link it no more."""
    session.delete(video)
    audit.record(
        session,
        "video.taken_away",
        "survey",
        video.survey,
        by=by,
        now=now,
        question=video.question,
        language=video.language,
    )


def video_of(session: Session, survey: str, question: str, language: str) -> QuestionVideo | None:
    """The video of one question in one language, if there is one."""
    return session.scalar(
        select(QuestionVideo).where(
            QuestionVideo.survey == survey, QuestionVideo.question == question, QuestionVideo.language == language
        )
    )


def videos_for(session: Session, survey: str, question: str, languages: Collection[str]) -> Sequence[QuestionVideo]:
    """The videos that somebody who reads these languages may use."""
    return session.scalars(
        select(QuestionVideo)
        .where(
            QuestionVideo.survey == survey, QuestionVideo.question == question, QuestionVideo.language.in_(languages)
        )
        .order_by(QuestionVideo.language)
    ).all()


def all_videos(session: Session) -> Sequence[QuestionVideo]:
    """Every video, by survey and question."""
    order = QuestionVideo.survey, QuestionVideo.question, QuestionVideo.language
    return session.scalars(select(QuestionVideo).order_by(*order)).all()
