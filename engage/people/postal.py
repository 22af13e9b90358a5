"""Whether a postal address can carry a letter: the rules of GOV.UK Notify, asked before a letter is ever written.

Source: docs.notifications.service.gov.uk, "Send a letter", and the service's own reading of addresses. Abroad is refused:
families of an area's children live in the United Kingdom or are found by other means.
"""

import re
from collections.abc import Sequence

from engage.people.vocabulary.identifiers import postcode
from engage.people.vocabulary.mistakes import WrongValue

MOST_LINES = 6
"""Notify has seven; the first is the addressee's name."""
LONGEST = 320
_NEVER_FIRST = tuple('@()=[]"\\/,<>~')
_NO_FIXED_ABODE = re.compile(r"\bno fixed (abode|address)\b", re.IGNORECASE)


def postal_address(lines: Sequence[str]) -> str:
    """An address without its addressee, a line each and the tidy postcode last, fit for Notify; `WrongValue` otherwise.

    Notify wants three lines with the name's, at most seven, a real postcode in the last, and none that begins with one
    of `@ ( ) = [ ] " \\ / , < > ~`.
    """
    tidy = [line for line in (" ".join(one.split()).rstrip(" ,") for one in lines) if line]
    if len(tidy) < 2:
        raise WrongValue("This address has too few lines for a letter.", "Give a street and a postcode.")
    if len(tidy) > MOST_LINES:
        raise WrongValue("This address has too many lines for a letter.", f"Use {MOST_LINES} with the postcode.")
    if any(line.startswith(_NEVER_FIRST) for line in tidy):
        raise WrongValue(
            "A line of this address begins with a sign that no address line may begin with.",
            "Begin each line with a letter or a number.",
        )
    if any(_NO_FIXED_ABODE.search(line) for line in tidy):
        raise WrongValue("A letter needs a place to go to.", "Ask the family how else they can be reached.")
    try:
        tidy[-1] = postcode(tidy[-1])
    except WrongValue:
        raise WrongValue(
            "The last line is not a full postcode.", "Write it like KT1 1EU, on a line of its own."
        ) from None
    address = "\n".join(tidy)
    if len(address) > LONGEST:
        raise WrongValue("This address is too long for a letter.", f"Use {LONGEST} characters or fewer.")
    return address
