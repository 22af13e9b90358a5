"""What an import says of one child, in parts, and all of it together.

Nothing here prints its contents: these are names and addresses, and a printed object ends in a log.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engage.people.vocabulary.ehcp import CeaseReason, PlanStatus, ReviewOutcome
from engage.people.vocabulary.relationships import Relationship
from engage.people.vocabulary.sen import SenType, Sex

Values = Mapping[str, Any]
"""The filled cells of one row by column name, each as its parser gave it."""


@dataclass(frozen=True, slots=True, repr=False)
class ChildPart:
    """The child or young person; `ref` is the council's own id, codes are as the DfE writes them."""

    ref: str
    surname: str
    forename: str
    born_on: date
    sex: Sex | None
    ethnicity: str | None
    postcode: str | None
    upn: str | None
    uln: str | None
    first_language: str | None
    local_authority: str
    looked_after: bool | None
    sen_types: tuple[SenType, ...]
    setting_name: str | None
    urn: str | None


@dataclass(frozen=True, slots=True)
class PlanPart:
    """An EHC plan: `ref` is the council's, or the child's where it gives none; a plan transferred in is not a new issuance."""

    ref: str
    issued_on: date
    transferred_in: bool
    ceased_on: date | None
    cease_reason: CeaseReason | None
    status: PlanStatus


@dataclass(frozen=True, slots=True)
class ReviewPart:
    """An annual review, known by its plan and the day of its meeting; `final_on` is when the final amended plan was sent."""

    met_on: date
    outcome: ReviewOutcome | None
    decided_on: date | None
    final_on: date | None
    phase_transfer: bool


@dataclass(frozen=True, slots=True, repr=False)
class ContactPart:
    """A person to reach about this child, as related to this child; `allowed` False means they must not be contacted.

    `mobile` and `telephone` are E.164, `preferred_language` is BCP 47. None of responsibility and care means it is not known.
    """

    ref: str
    relationship: Relationship
    parental_responsibility: bool | None
    has_care: bool | None
    allowed: bool
    forename: str | None
    surname: str
    email: str | None
    mobile: str | None
    telephone: str | None
    address: tuple[str, ...]
    postcode: str | None
    preferred_language: str | None
    interpreter: bool | None


@dataclass(frozen=True, slots=True)
class PlanRecord:
    """A plan with its reviews in the order of their meetings."""

    plan: PlanPart
    reviews: tuple[ReviewPart, ...]


@dataclass(frozen=True, slots=True, repr=False)
class ChildRecord:
    """All that the sound rows of one child say: a second parent carer is a second row, and here a second contact."""

    child: ChildPart
    plans: tuple[PlanRecord, ...]
    contacts: tuple[ContactPart, ...]
    rows: tuple[int, ...]


def child_part(values: Values, *, local_authority: str) -> ChildPart:
    """The child of a row; a blank local authority is the given one."""
    get = values.get
    return ChildPart(
        ref=values["personref"],
        surname=values["surname"],
        forename=values["forename"],
        born_on=values["personbirthdate"],
        sex=get("sex"),
        ethnicity=get("ethnicity"),
        postcode=get("postcode"),
        upn=get("upn"),
        uln=get("uniquelearnernumber"),
        first_language=get("firstlanguage"),
        local_authority=get("localauthority") or local_authority,
        looked_after=get("lookedafter"),
        sen_types=tuple(values[name] for name in ("sentype1", "sentype2") if name in values),
        setting_name=get("settingname"),
        urn=get("urn"),
    )


def plan_ref(values: Values) -> str:
    """The plan's own reference, or the child's: a council that keeps none has one plan a child."""
    return str(values.get("planref") or values["personref"])


def plan_part(values: Values) -> PlanPart | None:
    """The plan of a row, or None when the row has none."""
    if "startdate" not in values:
        return None
    return PlanPart(
        ref=plan_ref(values),
        issued_on=values["startdate"],
        transferred_in=values.get("transferredin", False),
        ceased_on=values.get("ceasedate"),
        cease_reason=values.get("ceasereason"),
        status=values.get("planstatus", PlanStatus.ACTIVE),
    )


def review_part(values: Values) -> ReviewPart | None:
    """The review of a row, or None when the row has none."""
    if "reviewmeeting" not in values:
        return None
    return ReviewPart(
        met_on=values["reviewmeeting"],
        outcome=values.get("reviewoutcome"),
        decided_on=values.get("reviewoutcomedate"),
        final_on=values.get("reviewfinaldate"),
        phase_transfer=values.get("phasetransfer", False),
    )


def contact_part(values: Values) -> ContactPart | None:
    """The contact of a row, or None when the row has none."""
    get = values.get
    if "contactref" not in values:
        return None
    lines = (get(f"addressline{n}") for n in range(1, 6))
    return ContactPart(
        ref=values["contactref"],
        relationship=values["contactrelationship"],
        parental_responsibility=get("parentalresponsibility"),
        has_care=get("hascare"),
        allowed=get("contactallowed", True),
        forename=get("contactforename"),
        surname=values["contactsurname"],
        email=get("email"),
        mobile=get("mobile"),
        telephone=get("telephone"),
        address=tuple(line for line in lines if line),
        postcode=get("contactpostcode"),
        preferred_language=get("preferredlanguage"),
        interpreter=get("interpreter"),
    )
