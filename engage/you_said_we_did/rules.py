"""What an entry must say before it may be published, and how a small number of families is told."""

from collections.abc import Mapping

from engage.core.languages import gettext, ngettext
from engage.core.terms import wrong_terms
from engage.you_said_we_did.models import WRITTEN, Commitment, CommitmentState, Impact

A_FEW_BELOW = 5
"""Below this many people a number could lead to a family."""


def heard_from_in_words(heard_from: int | None) -> str | None:
    """How many families said it, as it may be published: "12 families said this.", or "A few families" when they are
    under five."""
    if heard_from is None:
        return None
    if heard_from < A_FEW_BELOW:
        return gettext("A few families said this.")
    return ngettext("%(num)s family said this.", "%(num)s families said this.", heard_from)


def unfit_to_publish(entry: Commitment) -> Mapping[str, str]:
    """What is wrong with each field, in words for the person who publishes; empty when the entry is fit."""
    return {**_wrong_words(entry), **_missing(entry)}


def _missing(entry: Commitment) -> dict[str, str]:
    missing = {}
    if not entry.you_said.strip():
        missing["you_said"] = "Enter what families said"
    if entry.state is CommitmentState.COULD_NOT and not entry.because.strip():
        missing["because"] = "Enter why it could not be done: “we could not” is only an answer with its reason"
    if entry.state is CommitmentState.DID and not entry.we_did.strip():
        missing["we_did"] = "Enter what was done"
    if entry.state is CommitmentState.DOING and not entry.we_did.strip():
        missing["we_did"] = "Enter what is being done"
    if entry.impact is Impact.SEEN and not entry.impact_note.strip():
        missing["impact_note"] = "Enter what has changed for families"
    return missing


def _wrong_words(entry: Commitment) -> dict[str, str]:
    found = {field: wrong_terms(getattr(entry, field)) for field in WRITTEN}
    return {field: ". ".join(map(str, wrong)) for field, wrong in found.items() if wrong}
