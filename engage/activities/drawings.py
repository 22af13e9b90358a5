"""Keeping a child's drawing: made anew without what a camera wrote, under a name that nobody can guess."""

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from engage.activities.pictures import cleaned
from engage.activities.session_models import ChildVoice, Drawing, FacilitatedSession, SessionState
from engage.core import audit
from engage.core.audit import Actor
from engage.core.db import lock
from engage.core.errors import Conflict, Invalid, NotFound

MOST_DRAWINGS = 10
"""Of one child, or of one group."""


def keep_drawing(
    session: Session,
    meeting: FacilitatedSession,
    voice: ChildVoice | None,
    content: bytes,
    *,
    file_name: str,
    media_type: str,
    by: Actor,
    now: datetime,
) -> Drawing:
    """Keep one drawing of a child, or of the group when `voice` is None. `Invalid` says what is wrong with the file;
    `Conflict` when the session is over."""
    lock(session, meeting)
    if meeting.state is not SessionState.PLANNED:
        raise Conflict("This session is over.")
    theirs = [each for each in meeting.drawings if each.voice_id == (voice.id if voice else None)]
    if len(theirs) >= MOST_DRAWINGS:
        wrong = f"There are {MOST_DRAWINGS} drawings already. Delete one first"
        raise Invalid(f"{wrong}.", {"file": wrong})
    picture = cleaned(content, file_name=file_name, media_type=media_type)
    drawing = Drawing(
        name=secrets.token_urlsafe(24),
        session_id=meeting.id,
        voice_id=voice.id if voice else None,
        content=picture.content,
        width=picture.width,
        height=picture.height,
        size=len(picture.content),
        made_at=now,
        kept_by=str(by),
    )
    session.add(drawing)
    session.flush()
    session.expire(meeting, ["drawings"])
    if voice:
        session.expire(voice, ["drawings"])
    audit.record(session, "session.drawing_kept", "session", meeting.id, by=by, now=now)
    return drawing


def drawing(session: Session, name: str, *, local_authority: str) -> Drawing:
    """One drawing with its picture; `NotFound` when there is none of that name."""
    found = session.scalar(
        select(Drawing)
        .join(FacilitatedSession, FacilitatedSession.id == Drawing.session_id)
        .where(Drawing.name == name, FacilitatedSession.local_authority == local_authority)
        .options(undefer(Drawing.content))
    )
    if found is None:
        raise NotFound("There is no such drawing.")
    return found


def delete_drawing(session: Session, drawing: Drawing, *, by: Actor, now: datetime) -> None:
    """Take a drawing away, also after the session is over."""
    audit.record(session, "session.drawing_deleted", "session", drawing.session_id, by=by, now=now)
    session.delete(drawing)
    session.flush()
    session.expire_all()
