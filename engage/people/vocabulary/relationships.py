"""Who a contact is to the child; "parent" in law is anyone with parental responsibility or with care (Education Act 1996, section 576)."""

from enum import StrEnum

from engage.people.vocabulary.mistakes import WrongValue


class Relationship(StrEnum):
    """Who the contact is to the child or young person."""

    MOTHER = "mother"
    FATHER = "father"
    PARENT = "parent"
    STEP_PARENT = "step_parent"
    ADOPTIVE_PARENT = "adoptive_parent"
    FOSTER_CARER = "foster_carer"
    SPECIAL_GUARDIAN = "special_guardian"
    GRANDPARENT = "grandparent"
    OTHER_RELATIVE = "other_relative"
    GUARDIAN = "guardian"
    CARER = "carer"
    SOCIAL_WORKER = "social_worker"
    SELF = "self"
    OTHER = "other"


RELATIONSHIP_LABELS = {
    Relationship.MOTHER: "Mother",
    Relationship.FATHER: "Father",
    Relationship.PARENT: "Parent",
    Relationship.STEP_PARENT: "Step-parent",
    Relationship.ADOPTIVE_PARENT: "Adoptive parent",
    Relationship.FOSTER_CARER: "Foster carer",
    Relationship.SPECIAL_GUARDIAN: "Special guardian",
    Relationship.GRANDPARENT: "Grandparent",
    Relationship.OTHER_RELATIVE: "Another relative",
    Relationship.GUARDIAN: "Guardian",
    Relationship.CARER: "Carer",
    Relationship.SOCIAL_WORKER: "Social worker",
    Relationship.SELF: "The young person themselves",
    Relationship.OTHER: "Someone else",
}

_ALSO_WRITTEN = {
    # the Common Basic Data Set's own codes
    "pam": Relationship.MOTHER,
    "paf": Relationship.FATHER,
    "stp": Relationship.STEP_PARENT,
    "fos": Relationship.FOSTER_CARER,
    "grp": Relationship.GRANDPARENT,
    "rel": Relationship.OTHER_RELATIVE,
    "fam": Relationship.OTHER_RELATIVE,
    "car": Relationship.CARER,
    "swr": Relationship.SOCIAL_WORKER,
    "oth": Relationship.OTHER,
    # what people type
    "mum": Relationship.MOTHER,
    "birth mother": Relationship.MOTHER,
    "dad": Relationship.FATHER,
    "birth father": Relationship.FATHER,
    "parents": Relationship.PARENT,
    "parent carer": Relationship.PARENT,
    "stepmother": Relationship.STEP_PARENT,
    "stepfather": Relationship.STEP_PARENT,
    "stepparent": Relationship.STEP_PARENT,
    "foster parent": Relationship.FOSTER_CARER,
    "foster mother": Relationship.FOSTER_CARER,
    "foster father": Relationship.FOSTER_CARER,
    "grandmother": Relationship.GRANDPARENT,
    "grandfather": Relationship.GRANDPARENT,
    "aunt": Relationship.OTHER_RELATIVE,
    "uncle": Relationship.OTHER_RELATIVE,
    "brother": Relationship.OTHER_RELATIVE,
    "sister": Relationship.OTHER_RELATIVE,
    "relative": Relationship.OTHER_RELATIVE,
    "legal guardian": Relationship.GUARDIAN,
    "young person": Relationship.SELF,
}
_BY_NAME = {each.value.replace("_", " "): each for each in Relationship} | _ALSO_WRITTEN


def relationship(text: str) -> Relationship:
    """The relationship meant by a name ("Mother", "foster carer"), a common word for it, or a DfE code ("PAM").

    Case, hyphens and underscores do not matter. Raises `WrongValue` otherwise.
    """
    found = _BY_NAME.get(" ".join(text.replace("_", " ").replace("-", " ").casefold().split()))
    if found is None:
        known = ", ".join(each.value.replace("_", " ") for each in Relationship)
        raise WrongValue("This is not a relationship Engage knows.", f"Use one of: {known}.")
    return found
