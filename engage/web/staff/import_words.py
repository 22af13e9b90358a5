"""What an import would do, or did, as sentences a tired person can check."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engage.people.models import MailboxKind
from engage.plans.models import ImportState, PlanImport
from engage.web.rendering import number, plural, weekday
from engage.web.request import house
from engage.web.staff.words import reasons

THINGS = {
    "children": "Children and young people",
    "parent carers": "Parent carers",
    "relationships": "Who is whose parent carer",
    "addresses and numbers": "People with a changed address or number",
    "plans": "Plans",
    "plan_issued": "Plans issued, to ask about",
    "annual_review": "Annual reviews finished, to ask about",
}
STATES = {
    ImportState.UNMATCHED: "Waiting: match its headings",
    ImportState.PREVIEWED: "Waiting for you",
    ImportState.COMMITTED: "Imported",
    ImportState.DISCARDED: "Discarded",
}
SERVES = {
    MailboxKind.SETTING: ("setting", "settings"),
    MailboxKind.HEALTH: ("health service", "health services"),
}


@dataclass(frozen=True)
class Preview:
    """The preview of one file in words."""

    sentence: str
    changes: list[list[str]]
    """Rows of a table: what, how many new, changed and withdrawn."""
    asked_on: list[tuple[str, str]]
    not_asked: list[tuple[str, int]]
    notices: list[str]
    rows: str
    faulty: int
    no_campaign: bool
    changes_nothing: bool


def preview_of(row: PlanImport) -> Preview:
    """The words for an import's summary."""
    summary = row.summary
    changes = _changes(summary)
    asked_on = {date.fromisoformat(day): people for day, people in summary["asked_on"].items()}
    return Preview(
        sentence=_sentence(summary, asked_on, changes_nothing=not changes),
        changes=changes,
        asked_on=[(weekday(day), plural(people, "person", "people")) for day, people in asked_on.items()],
        not_asked=reasons(summary["not_asked"]),
        notices=summary["notices"],
        rows=f"{plural(summary['rows_read'], 'row')} read, {number(summary['rows_sound'])} of them sound",
        faulty=summary["rows_faulty"],
        no_campaign="no_campaign" in summary["not_asked"],
        changes_nothing=not changes,
    )


def in_short(row: PlanImport) -> str:
    """One line of the history."""
    if not row.summary:
        return "Its headings were not matched"
    added = row.summary["added"]
    said = [plural(added["plans"], "new plan")] if added.get("plans") else []
    events = sum(added.get(kind, 0) for kind in ("plan_issued", "annual_review"))
    if events:
        said.append(f"{number(events)} to ask about")
    if let_go := len(row.summary.get("no_longer_named", [])):
        said.append(f"{number(let_go)} no longer named")
    if row.summary["rows_faulty"]:
        said.append(plural(row.summary["rows_faulty"], "faulty row"))
    return ", ".join(said) or ("Changes only" if _changes(row.summary) else "Nothing new")


def _changes(summary: Mapping[str, Any]) -> list[list[str]]:
    tallies = [summary["added"], summary["changed"], summary["withdrawn"]]
    return [
        [label, *(number(tally.get(thing, 0)) for tally in tallies)]
        for thing, label in THINGS.items()
        if any(tally.get(thing) for tally in tallies)
    ]


def _sentence(summary: Mapping[str, Any], asked_on: Mapping[date, int], *, changes_nothing: bool) -> str:
    if changes_nothing:
        if not summary["rows_sound"]:
            return "Nothing can be taken from this file: every row has something wrong."
        return "Nothing changes: all that this file says is on record already."
    said = []
    if plans := summary["added"].get("plans"):
        said.append(f"{plural(plans, 'new plan')}.")
    if reviews := summary["added"].get("annual_review"):
        said.append(f"{plural(reviews, 'annual review')} newly finished.")
    if withdrawn := sum(summary["withdrawn"].values()):
        said.append(f"{plural(withdrawn, 'record')} withdrawn, and whatever was not yet sent about it is taken back.")
    return " ".join([*said, *_naming(summary), *asking(summary, asked_on)]) or "Only details change."


def _naming(summary: Mapping[str, Any]) -> list[str]:
    """Whom the file lets go, and takes up again."""
    said = []
    if let_go := len(summary.get("no_longer_named", [])):
        are = "is" if let_go == 1 else "are"
        said.append(f"{plural(let_go, 'carer')} {are} no longer named and will not be asked any more.")
    if again := len(summary.get("named_again", [])):
        said.append(f"{plural(again, 'carer')} {'is' if again == 1 else 'are'} named again.")
    return said


def asking(summary: Mapping[str, Any], asked_on: Mapping[date, int]) -> list[str]:
    """Who will be asked, as sentences: parent carers and young people first, and settings and health services apart from them."""
    said = []
    people = sum(asked_on.values())
    if people:
        when = "on" if len(asked_on) == 1 else "from"
        said.append(f"{plural(people, 'person', 'people')} will be asked, {when} {weekday(min(asked_on))}.")
        if summary["no_message_possible"]:
            have = "has" if summary["no_message_possible"] == 1 else "have"
            said.append(
                f"{number(summary['no_message_possible'])} of them {have} no email address or mobile: "
                f"{'they get a letter, or ' if house().settings.sends_letters else 'they '}go to the call list."
            )
    asked = [
        plural(n, *SERVES[MailboxKind(kind)]) for kind, n in sorted(summary.get("mailboxes", {}).items(), reverse=True)
    ]
    if asked:
        said.append(f"{' and '.join(asked)} will be asked.")
    if not people and not asked and summary["events"]:
        said.append("Nobody new will be asked.")
    if held := summary["on_hold"]:
        said.append(f"{number(held)} {'is' if held == 1 else 'are'} on hold.")
    return said
