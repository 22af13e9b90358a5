"""Who may go on the register, and what of a filled-in form can be used."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from engage.core.errors import Invalid
from engage.core.languages import gettext
from engage.people.reach import email_address, uk_telephone
from engage.people.vocabulary.ages import age_on
from engage.people.vocabulary.identifiers import postcode
from engage.people.vocabulary.languages import preferred_language
from engage.people.vocabulary.mistakes import WrongValue
from engage.people.vocabulary.sen import sen_type
from engage.register.models import SendHelp

TIME_TO_CONFIRM = timedelta(days=7)
OLDEST_AGE = 25
ADULT_AGE = 18
"""The duty to keep a register of disabled children ends here (Children Act 1989, schedule 2); this register goes on to 25."""
MOST_CHILDREN = 10
LONGEST_NAME = 120


@dataclass(frozen=True, kw_only=True)
class ChildOnForm:
    """A child or young person as the family wrote them down."""

    forename: str
    surname: str
    born_on: date | None
    sen_need: str | None = None
    has_plan: SendHelp | None = None


@dataclass(frozen=True, kw_only=True)
class Asking:
    """What somebody who wants to join wrote and chose; nothing is ticked unless they ticked it."""

    name: str
    email: str
    children: tuple[ChildOnForm, ...]
    phone: str | None = None
    postcode: str | None = None
    written_language: str = "en"
    wants_news: bool = False
    joins_forum: bool = False


def checked(asking: Asking, *, today: date, demonstration: bool) -> Asking:
    """The same with every value in its one form; `Invalid` names each field that cannot be used, children by place
    (`children-0-born_on`)."""
    wrong = _wrong_names(asking) | _wrong_children(asking.children, today)

    cures = {
        "email": gettext("Enter an email address in the right form, like name@example.org"),
        "phone": gettext("Enter a UK phone number, like 020 7946 0000"),
        "postcode": gettext("Enter a full postcode, like KT1 1EU"),
        "written_language": gettext("Select the language you like to read"),
    }

    def read(field: str, text: str | None, reader: Callable[[str], str]) -> str | None:
        if not text or not text.strip():
            return None
        try:
            return reader(text)
        except WrongValue:
            wrong[field] = cures[field]
            return None

    email = read("email", asking.email, email_address)
    if email is None:
        wrong.setdefault("email", gettext("Enter your email address"))
    clean = replace(
        asking,
        name=" ".join(asking.name.split()),
        email=email or "",
        phone=read("phone", asking.phone, lambda text: uk_telephone(text, demonstration=demonstration)),
        postcode=read("postcode", asking.postcode, postcode),
        written_language=read("written_language", asking.written_language, preferred_language) or "en",
    )
    if wrong:
        raise Invalid(gettext("Some of what you entered cannot be used."), wrong)
    return clean


def _wrong_names(asking: Asking) -> dict[str, str]:
    named = {"name": (gettext("Enter your full name"), asking.name)}
    for place, child in enumerate(asking.children):
        named[f"children-{place}-forename"] = (gettext("Enter the child’s first name"), child.forename)
        named[f"children-{place}-surname"] = (gettext("Enter the child’s last name"), child.surname)
    wrong = {field: enter for field, (enter, text) in named.items() if not text.strip()}
    too_long = gettext("Write this name in %(most)s letters or fewer", most=LONGEST_NAME)
    return wrong | {field: too_long for field, (_, text) in named.items() if len(text) > LONGEST_NAME}


def _wrong_children(children: tuple[ChildOnForm, ...], today: date) -> dict[str, str]:
    if not children:
        return {"children": gettext("Enter at least one child or young person")}
    if len(children) > MOST_CHILDREN:
        return {"children": gettext("Enter up to %(most)s children, and phone us about the others", most=MOST_CHILDREN)}
    wrong = {}
    for place, child in enumerate(children):
        if child.born_on is None:
            wrong[f"children-{place}-born_on"] = gettext("Enter the date of birth, for example 31 3 2016")
        elif child.born_on > today:
            wrong[f"children-{place}-born_on"] = gettext("The date of birth must be in the past")
        elif age_on(child.born_on, today) > OLDEST_AGE:
            wrong[f"children-{place}-born_on"] = gettext(
                "The register is for people from birth to %(oldest)s", oldest=OLDEST_AGE
            )
        if child.sen_need is not None:
            try:
                sen_type(child.sen_need)
            except WrongValue:
                wrong[f"children-{place}-sen_need"] = gettext("Select one of the needs in the list, or leave it")
    return wrong
