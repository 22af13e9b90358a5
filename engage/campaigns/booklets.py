"""Printing a survey for one family, and knowing a booklet again when it comes back."""

import secrets as randomness
from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.campaigns import answering, booklet_codes, gate, links
from engage.campaigns.booklet_models import Booklet
from engage.campaigns.gate import Verdict
from engage.campaigns.models import Invitation
from engage.core import audit
from engage.core.audit import Actor
from engage.core.clock import london_date
from engage.core.errors import Conflict, Invalid, Misconfigured, NotFound
from engage.core.languages import gettext
from engage.surveys.definition import Mode
from engage.surveys.formats import Format
from engage.surveys.loader import Catalogue


def why_not_printed(session: Session, invitation: Invitation, *, now: datetime) -> Verdict | None:
    """Why this family cannot be sent a booklet now, or None. It is the gate's own answer; while a complaint or an appeal
    is open, only the one gentle message may go, which a booklet is not."""
    verdict = gate.foreseen(session, invitation, now=now)
    if verdict is None and gate.in_dispute(session, invitation):
        return gate.IN_DISPUTE
    return verdict


def formats_of(catalogue: Catalogue, invitation: Invitation) -> list[Format]:
    """The formats in which this invitation's survey can be printed; none for one that is never given on paper."""
    survey = answering.survey_of(invitation, catalogue)
    if Mode.PAPER not in survey.modes:
        return []
    has_easy_read = catalogue.easy_read(survey) is not None
    return [one for one in Format if one is not Format.EASY_READ or has_easy_read]


def print_booklet(
    session: Session,
    invitation: Invitation,
    catalogue: Catalogue,
    secrets: Sequence[bytes],
    *,
    language: str,
    in_format: Format,
    by: Actor,
    now: datetime,
    batch: str | None = None,
) -> Booklet:
    """A booklet with a code and a link of its own. It stops nothing by itself: reminders go on until answers are in.

    `Conflict` when the gate says no, as for every contact; `Invalid` for a format that the survey does not have.
    """
    invitation = gate.locked(session, invitation)
    if gate.hold_people_still(session, invitation) is not None:
        raise Conflict("Somebody is changing something about this family this moment. Try again.")
    if why_not_printed(session, invitation, now=now) is not None:
        raise Conflict("This family cannot be sent a booklet now.")
    if in_format not in formats_of(catalogue, invitation):
        raise Invalid("This survey is not there in that format.", {"format": "Select another format"})
    survey = answering.survey_of(invitation, catalogue)
    invitation.version = survey.version
    token = links.make_link(session, invitation, None, secrets, now=now)
    minted = booklet_codes.mint_code(secrets)
    booklet = Booklet(
        invitation_id=invitation.id,
        link_id=links.open_link(session, token).id,
        survey=survey.code,
        version=survey.version,
        language=language,
        format=in_format,
        batch=batch,
        nonce=minted.nonce,
        digest=minted.digest,
        printed_at=now,
        printed_by=str(by),
    )
    session.add(booklet)
    session.flush()
    audit.record(
        session, "booklet.printed", "invitation", invitation.id, by=by, now=now, format=in_format, language=language
    )
    return booklet


def new_batch() -> str:
    """What the booklets of one printing have in common."""
    return randomness.token_hex(6)


def code_of(booklet: Booklet, secrets: Sequence[bytes]) -> str:
    """The code on its cover; `Misconfigured` when the secret that made it is no longer given."""
    code = booklet_codes.remake_code(secrets, booklet.nonce, booklet.digest)
    if code is None:
        raise Misconfigured("A booklet's code was made with a secret that is gone. Add it back to ENGAGE_SECRET_KEYS.")
    return code


def booklet_with(session: Session, typed: str, secrets: Sequence[bytes]) -> Booklet:
    """The booklet whose code was typed; `Invalid` says kindly what is wrong with a code that fits none."""
    code = booklet_codes.typed_code(typed)
    if not code:
        raise _no_such_code(gettext("Enter the code on the front of the booklet"))
    if not booklet_codes.is_whole(code):
        raise _no_such_code(gettext("One letter or number of this code is not right. Check it against the booklet"))
    booklet = session.scalar(select(Booklet).where(Booklet.digest.in_(booklet_codes.digests(secrets, code))))
    if booklet is None:
        raise _no_such_code(gettext("We know no booklet with this code. Check it against the booklet"))
    return booklet


def _no_such_code(message: str) -> Invalid:
    return Invalid(message, {"code": message})


def one_booklet(session: Session, booklet_id: int) -> Booklet:
    """A booklet by its number; `NotFound` when there is none."""
    booklet = session.get(Booklet, booklet_id)
    if booklet is None:
        raise NotFound("There is no such booklet.")
    return booklet


def printed_together(session: Session, batch: str) -> Sequence[Booklet]:
    """The booklets of one printing; `NotFound` when there are none."""
    found = session.scalars(select(Booklet).where(Booklet.batch == batch).order_by(Booklet.id)).all()
    if not found:
        raise NotFound("There is no such printing.")
    return found


def booklets_for(session: Session, invitation_ids: Collection[int]) -> Sequence[Booklet]:
    """Every booklet printed for these invitations, oldest first."""
    if not invitation_ids:
        return []
    of_these = select(Booklet).where(Booklet.invitation_id.in_(invitation_ids)).order_by(Booklet.printed_at, Booklet.id)
    return session.scalars(of_these).all()


def came_back(session: Session, booklet: Booklet, *, received_on: date, by: Actor, now: datetime) -> None:
    """Its answers have been typed in. `Conflict` when they were before, `Invalid` for a day that cannot be."""
    if booklet.entered_at is not None:
        raise Conflict("The answers of this booklet were typed in before.")
    if not london_date(booklet.printed_at) <= received_on <= london_date(now):
        message = "The day it came must be between the day it was printed and today"
        raise Invalid(f"{message}.", {"received_on": message})
    booklet.received_on, booklet.entered_at, booklet.entered_by = received_on, now, str(by)
    audit.record(session, "booklet.entered", "invitation", booklet.invitation_id, by=by, now=now)
