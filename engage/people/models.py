"""Children and young people, parent carers, how they are related, how each may be reached, and holds."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.core.db import Base, Code
from engage.core.privacy import Keep, privacy


class PersonKind(StrEnum):
    CHILD = "child"
    PARENT_CARER = "parent_carer"
    ROLE_MAILBOX = "role_mailbox"


class MailboxKind(StrEnum):
    """Whose mailbox it is; the codes are those of the surveys' audiences."""

    SETTING = "setting"
    HEALTH = "health_professional"


class Channel(StrEnum):
    """A way to reach somebody. A landline carries calls only."""

    EMAIL = "email"
    MOBILE = "mobile"
    LANDLINE = "landline"
    POST = "post"


class ContactState(StrEnum):
    USABLE = "usable"
    BOUNCED = "bounced"
    WRONG_PERSON = "wrong_person"
    REPLACED = "replaced"
    UNUSABLE = "unusable"
    """A postal address as the case system writes it, which no letter can carry."""


class HoldReason(StrEnum):
    """Why a person must not be contacted."""

    BEREAVEMENT = "bereavement"
    SAFEGUARDING = "safeguarding"
    COURT_RESTRICTION = "court_restriction"
    MOVED_OR_CEASED = "moved_or_ceased"
    COMPLAINT_OR_TRIBUNAL = "complaint_or_tribunal"
    OPTED_OUT = "opted_out"
    WRONG_PERSON = "wrong_person"
    DO_NOT_SEND = "do_not_send"


class Person(Base):
    """Somebody who may be asked: a child or young person, a parent carer, or whoever reads the mailbox of a role."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("kind", "source_ref"),)
    __privacy__ = privacy(
        "id kind created_at",
        source_ref=Keep.WHILE_ON_RECORD,
        forename=Keep.WHILE_ON_RECORD,
        surname=Keep.WHILE_ON_RECORD,
        written_language=Keep.WHILE_ON_RECORD,
        spoken_language=Keep.WHILE_ON_RECORD,
        interpreter_needed=Keep.WHILE_ON_RECORD,
    )
    __mapper_args__ = {"polymorphic_on": "kind"}

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[PersonKind] = mapped_column(Code(PersonKind))
    source_ref: Mapped[str] = mapped_column(String(80))
    """The case system's own number for the person, or a key made of what identifies them there."""
    forename: Mapped[str] = mapped_column(String(120))
    surname: Mapped[str] = mapped_column(String(120))
    written_language: Mapped[str] = mapped_column(String(20), default="en")
    spoken_language: Mapped[str | None] = mapped_column(String(20))
    interpreter_needed: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    contact_points: Mapped[list["ContactPoint"]] = relationship(order_by="ContactPoint.id")
    holds: Mapped[list["Hold"]] = relationship(order_by="Hold.id")

    @property
    def full_name(self) -> str:
        return f"{self.forename} {self.surname}"


class Child(Person):
    """A child or young person from 0 to 25 for whom the area keeps an EHC plan or SEN support."""

    __tablename__ = "child"
    __privacy__ = privacy(
        "id local_authority",
        upn=Keep.WHILE_ON_RECORD,
        uln=Keep.WHILE_ON_RECORD,
        born_on=Keep.WHILE_ON_RECORD,
        sex=Keep.WHILE_ON_RECORD,
        ethnicity=Keep.WHILE_ON_RECORD,
        first_language=Keep.WHILE_ON_RECORD,
        postcode=Keep.WHILE_ON_RECORD,
        sen_need=Keep.WHILE_ON_RECORD,
        second_sen_need=Keep.WHILE_ON_RECORD,
        setting_name=Keep.WHILE_ON_RECORD,
        setting_urn=Keep.WHILE_ON_RECORD,
        looked_after=Keep.WHILE_ON_RECORD,
    )
    __mapper_args__ = {"polymorphic_identity": PersonKind.CHILD}

    id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    local_authority: Mapped[str] = mapped_column(String(3))
    upn: Mapped[str | None] = mapped_column(String(13), index=True)
    uln: Mapped[str | None] = mapped_column(String(10))
    born_on: Mapped[date]
    sex: Mapped[str | None] = mapped_column(String(1))
    ethnicity: Mapped[str | None] = mapped_column(String(4))
    """The raw code as imported; None when the case system holds nothing, which is not the same as refused."""
    first_language: Mapped[str | None] = mapped_column(String(4))
    postcode: Mapped[str | None] = mapped_column(String(8))
    sen_need: Mapped[str | None] = mapped_column(String(4))
    second_sen_need: Mapped[str | None] = mapped_column(String(4))
    setting_name: Mapped[str | None] = mapped_column(String(200))
    setting_urn: Mapped[str | None] = mapped_column(String(8))
    looked_after: Mapped[bool] = mapped_column(default=False)

    relationships: Mapped[list["Relationship"]] = relationship(
        foreign_keys="Relationship.child_id", order_by="Relationship.id", back_populates="child"
    )
    capacity_records: Mapped[list["CapacityRecord"]] = relationship(
        order_by="CapacityRecord.id", cascade="all, delete-orphan"
    )
    contact_checks: Mapped[list["ContactCheck"]] = relationship(
        foreign_keys="ContactCheck.child_id", order_by="ContactCheck.id", cascade="all, delete-orphan"
    )


class ParentCarer(Person):
    """Anyone with parental responsibility for, or care of, a child (Education Act 1996 s576)."""

    __tablename__ = "parent_carer"
    __privacy__ = privacy("id")
    __mapper_args__ = {"polymorphic_identity": PersonKind.PARENT_CARER}

    id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)


class RoleMailbox(Person):
    """The mailbox of a setting's SEN co-ordinator, or of a health service: of the role, never of the person in it."""

    __tablename__ = "role_mailbox"
    __privacy__ = privacy("id serves name urn sen_needs is_default")
    __mapper_args__ = {"polymorphic_identity": PersonKind.ROLE_MAILBOX}

    id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    serves: Mapped[MailboxKind] = mapped_column(Code(MailboxKind))
    name: Mapped[str] = mapped_column(String(200))
    """The setting's or the service's name."""
    urn: Mapped[str | None] = mapped_column(String(8), index=True)
    """A setting's unique reference number, by which children are matched to it; without one, its name does."""
    sen_needs: Mapped[list[str]] = mapped_column(default=list)
    """The primary needs about which this health service is asked, as DfE codes."""
    is_default: Mapped[bool] = mapped_column(default=False)
    """Of health services: the one asked where no other is, the designated clinical officer's."""

    @property
    def full_name(self) -> str:
        return self.name

    @property
    def email(self) -> "ContactPoint | None":
        """The newest address, whether or not it works."""
        return self.contact_points[-1] if self.contact_points else None


class Relationship(Base):
    """How a parent carer is related to a child, and whether they may be contacted about that child."""

    __tablename__ = "relationship"
    __table_args__ = (UniqueConstraint("child_id", "parent_carer_id"),)
    __privacy__ = privacy(
        "id child_id parent_carer_id",
        type=Keep.WHILE_ON_RECORD,
        has_parental_responsibility=Keep.WHILE_ON_RECORD,
        has_care=Keep.WHILE_ON_RECORD,
        contact_allowed=Keep.WHILE_ON_RECORD,
        ended_on=Keep.WHILE_ON_RECORD,
        is_from_file=Keep.WHILE_ON_RECORD,
        no_longer_named_on=Keep.WHILE_ON_RECORD,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"))
    parent_carer_id: Mapped[int] = mapped_column(ForeignKey("parent_carer.id"), index=True)
    type: Mapped[str] = mapped_column(String(40))
    has_parental_responsibility: Mapped[bool] = mapped_column(default=True)
    has_care: Mapped[bool] = mapped_column(default=True)
    contact_allowed: Mapped[bool] = mapped_column(default=True)
    ended_on: Mapped[date | None]
    is_from_file: Mapped[bool] = mapped_column(default=False)
    """Whether a file of the case system has named them: only then can a later file name them no longer."""
    no_longer_named_on: Mapped[date | None]
    """Since when the case system names other contacts of the child, and not them."""

    parent_carer: Mapped[ParentCarer] = relationship(foreign_keys=[parent_carer_id])
    child: Mapped[Child] = relationship(foreign_keys=[child_id], back_populates="relationships")


class ContactPoint(Base):
    """One address or number of one person."""

    __tablename__ = "contact_point"
    __table_args__ = (UniqueConstraint("person_id", "channel", "value"), Index("ix_contact_point_value", "value"))
    __privacy__ = privacy(
        "id person_id channel state state_at",
        value=Keep.WHILE_ON_RECORD,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    channel: Mapped[Channel] = mapped_column(Code(Channel))
    value: Mapped[str] = mapped_column(String(320))
    state: Mapped[ContactState] = mapped_column(Code(ContactState), default=ContactState.USABLE)
    state_at: Mapped[datetime]


class Hold(Base):
    """A reason not to contact a person. A hold on a child holds everything about that child."""

    __tablename__ = "hold"
    __table_args__ = (
        Index("ix_hold_person_id_lifted_at", "person_id", "lifted_at"),
        CheckConstraint("lifted_by IS NULL OR lifted_by <> placed_by", name="lifted_by_another"),
    )
    __privacy__ = privacy(
        "id person_id placed_at placed_by review_on lifted_at lifted_by",
        reason=Keep.SUPPRESSION,
        note=Keep.SUPPRESSION,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[HoldReason] = mapped_column(Code(HoldReason))
    note: Mapped[str] = mapped_column(Text, default="")
    placed_at: Mapped[datetime]
    placed_by: Mapped[str] = mapped_column(String(80))
    review_on: Mapped[date | None]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None] = mapped_column(String(80))


class Capacity(StrEnum):
    """What somebody found about one decision at one time: never a trait of the person (Mental Capacity Act 2005)."""

    HAS_CAPACITY = "has_capacity"
    LACKS_CAPACITY = "lacks_capacity"


ENGAGE_WITH_FEEDBACK = "engage with feedback"
"""The one decision for which Engage keeps a capacity record: whether to answer a survey about one's own plan."""


class CapacityRecord(Base):
    """Whether a young person had capacity for one decision when somebody looked; the newest counts. Without any, capacity
    is presumed."""

    __tablename__ = "capacity_record"
    __privacy__ = privacy(
        "id child_id decision recorded_by recorded_at review_on",
        outcome=Keep.WHILE_ON_RECORD,
        basis=Keep.WHILE_ON_RECORD,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"), index=True)
    decision: Mapped[str] = mapped_column(String(80), default=ENGAGE_WITH_FEEDBACK)
    outcome: Mapped[Capacity] = mapped_column(Code(Capacity))
    basis: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[datetime]
    review_on: Mapped[date]


class ContactCheck(Base):
    """A worker's word on whether one parent carer of a looked-after child may be asked; the newest counts."""

    __tablename__ = "contact_check"
    __table_args__ = (Index("ix_contact_check_child_id", "child_id", "parent_carer_id"),)
    __privacy__ = privacy(
        "id child_id parent_carer_id checked_by checked_at",
        may_ask=Keep.WHILE_ON_RECORD,
        note=Keep.WHILE_ON_RECORD,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"))
    parent_carer_id: Mapped[int] = mapped_column(ForeignKey("parent_carer.id"))
    may_ask: Mapped[bool]
    note: Mapped[str] = mapped_column(Text, default="")
    checked_by: Mapped[str] = mapped_column(String(80))
    checked_at: Mapped[datetime]
