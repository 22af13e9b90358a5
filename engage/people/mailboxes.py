"""The mailboxes of settings and of health services: the lists that staff keep, and which of them is about a child."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from engage.core import audit
from engage.core.audit import Actor
from engage.core.db import lock
from engage.core.errors import Invalid, NotFound
from engage.people.models import Channel, Child, ContactPoint, ContactState, MailboxKind, RoleMailbox
from engage.people.reach import email_address
from engage.people.vocabulary.mistakes import WrongValue
from engage.people.vocabulary.sen import SenType

_PERSONAL_SERVICES = frozenset(
    "gmail.com googlemail.com outlook.com hotmail.com hotmail.co.uk live.com live.co.uk yahoo.com yahoo.co.uk icloud.com "
    "me.com aol.com btinternet.com sky.com talktalk.net virginmedia.com proton.me".split()
)


@dataclass(frozen=True)
class MailboxEntry:
    """What staff write down about one mailbox, as typed."""

    serves: MailboxKind
    name: str
    email: str
    urn: str = ""
    sen_needs: tuple[str, ...] = ()
    is_default: bool = False


def role_address(text: str) -> str:
    """An address fit to be a role's mailbox; `WrongValue` for none, and for one of a service that only people use."""
    address = email_address(text)
    if address.partition("@")[2] in _PERSONAL_SERVICES:
        raise WrongValue(
            "This is somebody's own address at a public mail service.",
            "Use the mailbox of the role, like senco@ or office@ with the setting's own name.",
        )
    return address


def unique_reference_number(text: str) -> str | None:
    """A setting's URN, six digits, or None for a blank; `WrongValue` for anything else."""
    written = text.strip()
    if not written:
        return None
    if not re.fullmatch(r"\d{6}", written):
        raise WrongValue(
            "A URN has six digits.", "Look it up at get-information-schools.service.gov.uk, or leave it blank."
        )
    return written


def plain_name(name: str) -> str:
    """A name as it is compared: without case, signs and doubled spaces."""
    return " ".join(re.sub(r"[^\w\s]", "", name.casefold()).split())


def keep(session: Session, entry: MailboxEntry, *, by: Actor, now: datetime) -> RoleMailbox:
    """Put a mailbox on the list; `Invalid` names each field that is wrong, also where the list has it already."""
    read = _read(entry)
    if meant_by(entry, every(session, entry.serves)) is not None:
        field = "urn" if read.urn else "name"
        raise Invalid("It is on the list already.", {field: "It is on the list already: change it there"})
    mailbox = RoleMailbox(
        source_ref=_reference(entry.serves, read.name, read.urn),
        forename="",
        surname="",
        created_at=now,
        serves=entry.serves,
        name=read.name,
        urn=read.urn,
        sen_needs=list(read.sen_needs),
        contact_points=[ContactPoint(channel=Channel.EMAIL, value=read.email, state_at=now)],
    )
    session.add(mailbox)
    session.flush()
    _make_default(session, mailbox, entry.is_default)
    audit.record(session, "mailbox.added", "person", mailbox.id, by=by, now=now, serves=entry.serves)
    return mailbox


def change(session: Session, mailbox: RoleMailbox, entry: MailboxEntry, *, by: Actor, now: datetime) -> bool:
    """Change what is written about a mailbox; True where its address is another, or was out of order and is given again.

    `Invalid` names each field that is wrong.
    """
    read = _read(entry)
    lock(session, mailbox)
    other = meant_by(entry, every(session, mailbox.serves))
    if other is not None and other is not mailbox:
        field = "urn" if read.urn else "name"
        raise Invalid("Another one on the list is the same.", {field: "Another one on the list is the same"})
    before = mailbox.name, mailbox.urn, tuple(mailbox.sen_needs), mailbox.is_default
    mailbox.name, mailbox.urn, mailbox.sen_needs = read.name, read.urn, list(read.sen_needs)
    mailbox.source_ref = _reference(mailbox.serves, read.name, read.urn)
    _make_default(session, mailbox, entry.is_default)
    is_new_address = _set_address(mailbox, read.email, now)
    session.flush()
    if is_new_address or before != (mailbox.name, mailbox.urn, tuple(mailbox.sen_needs), mailbox.is_default):
        audit.record(session, "mailbox.changed", "person", mailbox.id, by=by, now=now, new_address=is_new_address)
    return is_new_address


def _set_address(mailbox: RoleMailbox, address: str, now: datetime) -> bool:
    standing = mailbox.email
    if standing is not None and standing.value == address and standing.state is ContactState.USABLE:
        return False
    known = next((point for point in mailbox.contact_points if point.value == address), None)
    for point in mailbox.contact_points:
        if point.state is ContactState.USABLE:
            point.state, point.state_at = ContactState.REPLACED, now
    if known is not None:
        known.state, known.state_at = ContactState.USABLE, now
    else:
        mailbox.contact_points.append(ContactPoint(channel=Channel.EMAIL, value=address, state_at=now))
    return True


@dataclass(frozen=True)
class _Read:
    name: str
    email: str
    urn: str | None
    sen_needs: tuple[str, ...]


def _read(entry: MailboxEntry) -> _Read:
    wrong: dict[str, str] = {}
    name = " ".join(entry.name.split())
    if not plain_name(name):
        wrong["name"] = "Enter the name"
    elif len(name) > 200:
        wrong["name"] = "Shorten the name to 200 letters"
    email, urn = "", None
    try:
        email = role_address(entry.email)
    except WrongValue as error:
        wrong["email"] = f"{error.wrong} {error.cure}"
    try:
        urn = unique_reference_number(entry.urn)
    except WrongValue as error:
        wrong["urn"] = f"{error.wrong} {error.cure}"
    unknown = sorted(set(entry.sen_needs) - {need.value for need in SenType})
    if unknown:
        wrong["sen_needs"] = f"There is no need with the code {', '.join(unknown)}"
    if wrong:
        raise Invalid("Some of this cannot be used.", wrong)
    return _Read(name, email, urn, entry.sen_needs)


def _reference(serves: MailboxKind, name: str, urn: str | None) -> str:
    return f"{serves.value}:{urn or plain_name(name)}"[:80]


def _make_default(session: Session, mailbox: RoleMailbox, is_default: bool) -> None:
    """One health service is the default, and one only."""
    mailbox.is_default = is_default and mailbox.serves is MailboxKind.HEALTH
    if mailbox.is_default:
        for other in session.scalars(select(RoleMailbox).where(RoleMailbox.is_default, RoleMailbox.id != mailbox.id)):
            other.is_default = False


def meant_by(entry: MailboxEntry, kept: Sequence[RoleMailbox]) -> RoleMailbox | None:
    """The mailbox of a list that an entry means: the one with its URN, or else with its name."""
    urn = entry.urn.strip()
    by_urn = next((one for one in kept if urn and one.urn == urn), None)
    if by_urn is not None:
        return by_urn
    same = [one for one in kept if plain_name(one.name) == plain_name(entry.name)]
    return next((one for one in same if not urn or one.urn is None), None)


def every(session: Session, serves: MailboxKind) -> Sequence[RoleMailbox]:
    """The mailboxes of one list, by name."""
    found = session.scalars(
        select(RoleMailbox)
        .where(RoleMailbox.serves == serves)
        .options(selectinload(RoleMailbox.contact_points), selectinload(RoleMailbox.holds))
    )
    return sorted(found, key=lambda one: (plain_name(one.name), one.id))


def mailbox(session: Session, mailbox_id: int) -> RoleMailbox:
    """One mailbox; `NotFound` when there is none."""
    found = session.get(RoleMailbox, mailbox_id)
    if found is None:
        raise NotFound("There is no such mailbox.")
    return found


class Mailboxes:
    """Both lists, read once when somebody first asks, to find whose mailbox is about a child."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._kept: dict[MailboxKind, _List] = {}

    def about(self, child: Child, serves: MailboxKind) -> RoleMailbox | None:
        """The one mailbox that is asked about this child; None where the list has none."""
        if serves not in self._kept:
            self._kept[serves] = _List(every(self._session, serves))
        kept = self._kept[serves]
        return kept.of_setting(child) if serves is MailboxKind.SETTING else kept.of_health(child)


class _List:
    def __init__(self, mailboxes: Iterable[RoleMailbox]) -> None:
        self.all = list(mailboxes)
        self.by_urn = {one.urn: one for one in self.all if one.urn}
        self.by_name = {plain_name(one.name): one for one in self.all}

    def of_setting(self, child: Child) -> RoleMailbox | None:
        if child.setting_urn and child.setting_urn in self.by_urn:
            return self.by_urn[child.setting_urn]
        named = self.by_name.get(plain_name(child.setting_name or ""))
        return named if named is not None and not (child.setting_urn and named.urn) else None

    def of_health(self, child: Child) -> RoleMailbox | None:
        served = (one for one in self.all if child.sen_need in one.sen_needs)
        return next(served, next((one for one in self.all if one.is_default), None))
