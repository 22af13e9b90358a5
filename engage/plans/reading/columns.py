"""The columns of an import: SEN2 1.3's names where SEN2 has one, our own where it has none, and how other headings match them."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from engage.core.errors import Invalid
from engage.plans.reading import cells
from engage.plans.reading.cells import Parser

WHAT_IS_WRONG = "what is wrong"
"""The heading that a file of faulty rows adds; ignored when it is brought back."""


class Part(StrEnum):
    """What a column tells of."""

    CHILD = "child"
    PLAN = "plan"
    REVIEW = "review"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `also` are headings other systems give it, `needed` says that every row must fill it."""

    name: str
    part: Part
    parse: Parser
    meaning: str
    example: str
    also: tuple[str, ...] = ()
    needed: bool = False


def _column(
    part: Part, name: str, parse: Parser, meaning: str, example: str, also: str = "", *, needed: bool = False
) -> Column:
    return Column(name, part, parse, meaning, example, tuple(filter(None, also.split("|"))), needed)


_CHILD = (
    _column(Part.CHILD, "personref", cells.reference, "The council's own id for the child; never changes", "P1001", "person id|child id|pupil id|client id|case id|person reference|synergy id|mosaic id", needed=True),
    _column(Part.CHILD, "surname", cells.words, "Child's surname", "Testworth", "last name|family name|child surname|pupil surname|legal surname", needed=True),
    _column(Part.CHILD, "forename", cells.words, "Child's forename", "Asha", "first name|given name|child forename|pupil forename|legal forename", needed=True),
    _column(Part.CHILD, "personbirthdate", cells.past_date, "Date of birth", "14/03/2014", "date of birth|dob|birth date|birthdate", needed=True),
    _column(Part.CHILD, "sex", cells.sex, "F or M", "F", "gender|gendercurrent"),
    _column(Part.CHILD, "ethnicity", cells.ethnic_code, "DfE ethnicity code, main or extended; REFU if refused, NOBT if not yet asked", "ASLT", "ethnic origin|ethnicity code|ethnic code"),
    _column(Part.CHILD, "postcode", cells.postcode, "Child's postcode", "KT1 1EU", "home postcode|child postcode|post code"),
    _column(Part.CHILD, "upn", cells.upn, "Unique pupil number, permanent or temporary", "B314200025001", "unique pupil number"),
    _column(Part.CHILD, "uniquelearnernumber", cells.uln, "Unique learner number", "1000000043", "uln|learner number"),
    _column(Part.CHILD, "firstlanguage", cells.language_code, "DfE code of the child's first language", "TAM", "language|first language code|home language|child language"),
    _column(Part.CHILD, "localauthority", cells.authority, "DfE number of the authority responsible; blank means this one", "314", "la|la code|lea|authority|responsible la"),
    _column(Part.CHILD, "lookedafter", cells.yes_or_no, "Y if a council looks after the child", "N", "looked after|cla|lac|child looked after|in care"),
    _column(Part.CHILD, "sentype1", cells.sen_type, "DfE code of the primary need", "ASD", "primary need|sen type|sentype|primary sen type|sentyperank1"),
    _column(Part.CHILD, "sentype2", cells.sen_type, "DfE code of the second need", "SLCN", "secondary need|secondary sen type|sentyperank2"),
    _column(Part.CHILD, "settingname", cells.words, "School, college or other setting", "Example Primary School", "school|setting|school name|establishment|establishment name|base name"),
    _column(Part.CHILD, "urn", cells.urn, "The setting's unique reference number", "100001", "school urn|setting urn"),
)  # fmt: skip

_PLAN = (
    _column(Part.PLAN, "planref", cells.reference, "The council's own id for the plan; blank means the child's only plan", "EHC1001", "plan id|ehcp id|plan reference|ehc plan id"),
    _column(Part.PLAN, "startdate", cells.past_date, "Day the final plan was first issued; needed wherever a plan or review is told of", "03/02/2026", "plan start date|plan issued|date issued|final plan date|final issued date|ehcp start date|date plan issued|issue date"),
    _column(Part.PLAN, "transferredin", cells.yes_or_no, "Y if the plan came from another authority, so that it is not a new one", "N", "transferred in|transfer in|moved in"),
    _column(Part.PLAN, "ceasedate", cells.past_date, "Day the plan ceased", "", "plan end date|ceased date|date ceased|end date|plan ceased"),
    _column(Part.PLAN, "ceasereason", cells.cease_reason, "SEN2's reason, 1 to 9; 8 means the child has died", "", "reason ceased|cease reason code|ceasing reason"),
    _column(Part.PLAN, "planstatus", cells.plan_status, "active, or cancelled for a plan entered by mistake; blank means active", "active", "status"),
)  # fmt: skip

_REVIEW = (
    _column(Part.REVIEW, "reviewmeeting", cells.past_date, "Day of an annual review meeting", "20/01/2026", "review meeting date|annual review date|ar meeting date|review date|meeting date"),
    _column(Part.REVIEW, "reviewoutcome", cells.review_outcome, "Decision after the meeting: maintain, amend or cease (or M, A, C)", "amend", "review decision|annual review decision|ar outcome|ar decision"),
    _column(Part.REVIEW, "reviewoutcomedate", cells.past_date, "Day the family was told of the decision", "12/02/2026", "review decision date|decision date|ar decision date"),
    _column(Part.REVIEW, "reviewfinaldate", cells.past_date, "Day the final amended plan was sent", "02/04/2026", "amended plan date|final amended plan date|amended final date"),
    _column(Part.REVIEW, "phasetransfer", cells.yes_or_no, "Y if the review was for a move to the next phase of education", "N", "phase transfer review"),
)  # fmt: skip

_CONTACT = (
    _column(Part.CONTACT, "contactref", cells.reference, "The council's own id for the contact; the same for each of their children", "C2001", "contact id|parent id|carer id|contact reference|parent reference"),
    _column(Part.CONTACT, "contactrelationship", cells.relationship, "mother, father, parent, foster carer, grandparent ...; self for the young person", "mother", "relationship|relationship to child|contact relation|relation"),
    _column(Part.CONTACT, "parentalresponsibility", cells.yes_or_no, "Y if they have parental responsibility", "Y", "pr|has pr|parental resp"),
    _column(Part.CONTACT, "hascare", cells.yes_or_no, "Y if they care for the child", "Y", "has care|main carer|lives with|lives with child"),
    _column(Part.CONTACT, "contactallowed", cells.yes_or_no, "N if they must not be contacted, for any reason; blank means they may be", "Y", "contact allowed|may contact|can contact|permission to contact"),
    _column(Part.CONTACT, "contactforename", cells.words, "Contact's forename", "Meera", "parent forename|parent first name|contact first name|carer forename"),
    _column(Part.CONTACT, "contactsurname", cells.words, "Contact's surname", "Testworth", "parent surname|parent last name|contact last name|carer surname"),
    _column(Part.CONTACT, "email", cells.email, "One email address", "meera.testworth@example.org", "email address|e-mail|parent email|contact email"),
    _column(Part.CONTACT, "mobile", cells.mobile, "United Kingdom mobile, with its 0", "07700 900123", "mobile number|mobile phone|mobile telephone|parent mobile|contact mobile|cell"),
    _column(Part.CONTACT, "telephone", cells.telephone, "Another number, only ever called", "020 7946 0123", "phone|phone number|landline|home phone|home telephone|tel|telephone number"),
    _column(Part.CONTACT, "addressline1", cells.words, "First line of the contact's address", "1 Example Road", "address 1|address|address1"),
    _column(Part.CONTACT, "addressline2", cells.words, "Second line", "Kingston upon Thames", "address 2|address2"),
    _column(Part.CONTACT, "addressline3", cells.words, "Third line", "", "address 3|address3"),
    _column(Part.CONTACT, "addressline4", cells.words, "Fourth line", "", "address 4|address4"),
    _column(Part.CONTACT, "addressline5", cells.words, "Fifth line", "", "address 5|address5"),
    _column(Part.CONTACT, "contactpostcode", cells.postcode, "The contact's postcode", "KT1 1EU", "parent postcode|carer postcode|address postcode"),
    _column(Part.CONTACT, "preferredlanguage", cells.preferred_language, "Language the contact reads: its English name, a DfE code in capitals, or a tag", "Tamil", "preferred language|contact language|language preference|parent language"),
    _column(Part.CONTACT, "interpreter", cells.yes_or_no, "Y if the contact needs an interpreter", "Y", "interpreter needed|interpreter required|needs interpreter"),
)  # fmt: skip

COLUMNS: dict[str, Column] = {each.name: each for each in (*_CHILD, *_PLAN, *_REVIEW, *_CONTACT)}
NEEDED = tuple(name for name, column in COLUMNS.items() if column.needed)


def _key(heading: str) -> str:
    """A heading without case, spaces, underscores and signs."""
    return re.sub(r"[\W_]+", "", heading.casefold())


def is_mended(headings: Sequence[str]) -> bool:
    """Whether these are the headings of a file of faulty rows, brought back."""
    return _key(WHAT_IS_WRONG) in map(_key, headings)


_BY_KEY = {_key(name): column for column in COLUMNS.values() for name in (column.name, *column.also)}


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """A saved mapping for one system's headings: theirs to ours, or to "" for a heading that is left out knowingly."""

    name: str
    headings: Mapping[str, str]

    def __post_init__(self) -> None:
        unknown = sorted(ours for ours in self.headings.values() if ours and ours not in COLUMNS)
        if unknown:
            raise Invalid(
                f'The column mapping "{self.name}" leads to columns that do not exist: {", ".join(unknown)}. '
                "The columns are listed in docs/import.md."
            )


@dataclass(frozen=True, slots=True)
class MatchedHeadings:
    """Which cell of a row belongs to which column, and the headings that no column matches."""

    columns: Mapping[int, Column]
    unknown: tuple[str, ...]


class HeadingsDoNotMatch(Invalid):
    """The file's headings cannot be matched to the columns as they are; a column mapping can put that right."""


def column_of(heading: str, mapping: ColumnMapping | None = None) -> Column | None:
    """The column a heading is read as: by the mapping first, then by our names and common words for them."""
    key = _key(heading)
    theirs = {_key(each): ours for each, ours in mapping.headings.items()} if mapping else {}
    return COLUMNS.get(theirs[key]) if key in theirs else _BY_KEY.get(key)


def known_headings(headings: Sequence[str], mapping: ColumnMapping | None) -> int:
    """How many of these cells are headings of ours: how the row of headings is told from a title above it."""
    theirs = {_key(heading) for heading in mapping.headings} if mapping else set()
    return sum(1 for heading in headings if (key := _key(heading)) in _BY_KEY or (key and key in theirs))


def match_headings(headings: Sequence[str], mapping: ColumnMapping | None = None) -> MatchedHeadings:
    """Match a file's headings to columns: by the mapping first, then by our names and common words for them.

    Case, spaces, underscores and signs do not matter. Raises `Invalid` naming every heading given twice, every two headings that
    mean one column, every heading the mapping expects and the file lacks, and every needed column that is missing.
    """
    keys = [_key(heading) for heading in headings]
    _refuse_duplicates(headings, keys)
    theirs = {_key(heading): ours for heading, ours in mapping.headings.items()} if mapping else {}
    lacking = sorted(heading for heading in (mapping.headings if mapping else ()) if _key(heading) not in keys)
    if mapping and lacking:
        raise HeadingsDoNotMatch(
            f'The column mapping "{mapping.name}" expects headings that this file does not have: {", ".join(lacking)}. '
            "Choose another mapping, or mend the headings."
        )
    columns: dict[int, Column] = {}
    unknown: list[str] = []
    for place, (heading, key) in enumerate(zip(headings, keys, strict=True)):
        if not key or key == _key(WHAT_IS_WRONG) or theirs.get(key) == "":
            continue
        column = COLUMNS[theirs[key]] if key in theirs else _BY_KEY.get(key)
        if column is None:
            unknown.append(heading)
        else:
            columns[place] = column
    _refuse_two_for_one(headings, columns)
    missing = [name for name in NEEDED if COLUMNS[name] not in columns.values()]
    if missing:
        raise HeadingsDoNotMatch(
            f"This file has no column for {', '.join(missing)}. "
            "Add the column, rename its heading, or choose a column mapping. docs/import.md lists them all."
        )
    return MatchedHeadings(columns, tuple(unknown))


def _refuse_duplicates(headings: Sequence[str], keys: Sequence[str]) -> None:
    twice = [key for key, count in Counter(filter(None, keys)).items() if count > 1]
    if twice:
        named = ", ".join(f'"{headings[keys.index(key)]}"' for key in twice)
        raise Invalid(f"These headings appear more than once: {named}. Give each column a heading of its own.")


def _refuse_two_for_one(headings: Sequence[str], columns: Mapping[int, Column]) -> None:
    by_column: dict[str, list[str]] = {}
    for place, column in columns.items():
        by_column.setdefault(column.name, []).append(headings[place])
    twice = {name: given for name, given in by_column.items() if len(given) > 1}
    if twice:
        named = "; ".join(f"{' and '.join(given)} both mean {name}" for name, given in twice.items())
        raise HeadingsDoNotMatch(
            f"Two headings mean the same column: {named}. Rename or remove one, or use a column mapping."
        )
