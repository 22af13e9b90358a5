"""What the council holds about whoever is asked, so that they are not asked for it again. It is never shown to them."""

from engage.campaigns.models import Invitation
from engage.people.models import Child
from engage.people.vocabulary.ethnicity import Knowledge, knowledge
from engage.surveys.equality import Held

NOT_A_LANGUAGE = frozenset({"NOT", "REF", "ZZZ", "OTB", "OTH", "OTL", "ENB"})
"""Codes of the Common Basic Data Set that say that a first language is not known, or not which."""


def held_about(invitation: Invitation) -> tuple[Held, ...]:
    """What the case system holds about the person themselves. About a parent carer that is a language at most: the ethnic
    group on record is the child's, and so is not theirs."""
    person = invitation.person
    if not isinstance(person, Child):
        return (Held.LANGUAGE,) if person.spoken_language else ()
    held = []
    if knowledge(person.ethnicity) is Knowledge.KNOWN:
        held.append(Held.ETHNICITY)
    if person.first_language and person.first_language not in NOT_A_LANGUAGE:
        held.append(Held.LANGUAGE)
    if person.sex:
        held.append(Held.SEX)
    return tuple(held)
