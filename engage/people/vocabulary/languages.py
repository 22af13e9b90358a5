"""Languages: the DfE's codes for what a child speaks, and the BCP 47 tags for what a family reads."""

import re
from dataclasses import dataclass
from enum import StrEnum

from engage.people.vocabulary.code_lists import code_list
from engage.people.vocabulary.mistakes import WrongValue

RIGHT_TO_LEFT_SCRIPTS = frozenset({"Arab", "Hebr", "Thaa"})
SIGNED = frozenset({"BSL", "SIO"})


class Direction(StrEnum):
    """The value of HTML's `dir`."""

    LEFT_TO_RIGHT = "ltr"
    RIGHT_TO_LEFT = "rtl"


class LanguageKnowledge(StrEnum):
    """How much a DfE language code says."""

    NAMED = "named"
    UNNAMED = "unnamed"  # "other than English", but not which
    REFUSED = "refused"
    NOT_OBTAINED = "not_obtained"


_UNNAMED = {
    "ENB": LanguageKnowledge.NAMED,
    "OTB": LanguageKnowledge.UNNAMED,
    "OTH": LanguageKnowledge.UNNAMED,
    "OTL": LanguageKnowledge.UNNAMED,
    "ZZZ": LanguageKnowledge.UNNAMED,
    "REF": LanguageKnowledge.REFUSED,
    "NOT": LanguageKnowledge.NOT_OBTAINED,
}


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the Common Basic Data Set; `code` is the DfE's and is never an ISO code, `tag` is BCP 47."""

    code: str
    label: str
    tag: str | None
    script: str | None

    @property
    def direction(self) -> Direction:
        return Direction.RIGHT_TO_LEFT if self.script in RIGHT_TO_LEFT_SCRIPTS else Direction.LEFT_TO_RIGHT

    @property
    def is_signed(self) -> bool:
        return self.code in SIGNED

    @property
    def knowledge(self) -> LanguageKnowledge:
        return _UNNAMED.get(self.code, LanguageKnowledge.NAMED)


LANGUAGES: dict[str, Language] = {
    row["code"]: Language(code=row["code"], label=row["label"], tag=row["tag"] or None, script=row["script"] or None)
    for row in code_list("languages")
}


def language(code: str) -> Language:
    """The language with this DfE code, in any case; `WrongValue` when there is none."""
    found = LANGUAGES.get(code.strip().upper())
    if found is None:
        raise WrongValue(
            "This is not a DfE language code.",
            "Use the three or four letters of the Common Basic Data Set, such as ENG, TAM or KOR; they are not ISO codes.",
        )
    return found


def _by_tag() -> dict[str, Language]:
    """Each tag's plainest DfE code: the shortest one, so that `pa` is Panjabi and not one of its kinds."""
    found: dict[str, Language] = {}
    for each in sorted(LANGUAGES.values(), key=lambda each: (len(each.code), each.code)):
        if each.tag:
            found.setdefault(each.tag.lower(), each)
    return found


_TAGS = _by_tag()
_LABELS = {
    name.strip().casefold(): each
    for each in sorted(LANGUAGES.values(), key=lambda each: -len(each.code))
    if each.tag
    for name in (each.label, *each.label.split("/"))
}
_LABELS |= {
    name: LANGUAGES[code]
    for name, code in {
        "cantonese": "CHIC", "mandarin": "CHIM", "dari": "PRSD", "sorani": "KURS", "kurmanji": "KURM",
        "sylheti": "BNGS", "mirpuri": "PNJM", "punjabi": "PNJ", "filipino": "TGLF",
    }.items()
}  # fmt: skip
_TAG = re.compile(r"([a-z]{2,3})((?:-[a-z0-9]{2,8})*)")


def direction(tag: str) -> Direction:
    """Which way a BCP 47 tag's writing runs; left to right when the tag is not known here."""
    parts = tag.lower().split("-")
    if any(part.title() in RIGHT_TO_LEFT_SCRIPTS for part in parts[1:]):
        return Direction.RIGHT_TO_LEFT
    found = _TAGS.get(parts[0])
    return found.direction if found else Direction.LEFT_TO_RIGHT


def preferred_language(text: str) -> str:
    """The BCP 47 tag meant by a two-letter tag ("ta", "pt-BR"), a DfE code ("TAM") or an English name ("Tamil").

    Capitals are read as a DfE code, because that is how case systems export them: PRS is Persian. Small letters that are
    one language's DfE code and another's tag are refused. Raises `WrongValue`.
    """
    said = text.strip().casefold()
    coded = LANGUAGES.get(said.upper())
    tagged = _TAGS.get(said)
    if coded and tagged and coded.tag != tagged.tag and not text.strip().isupper():
        raise WrongValue(
            f"These letters mean {coded.label} in the DfE's list and {tagged.label} in the international one.",
            "Write the language's name in English, or the DfE's code in capitals.",
        )
    if coded and coded.tag:
        return coded.tag
    if named := _LABELS.get(said):
        return str(named.tag)
    found = _TAG.fullmatch(said)
    if found and found[1] in _TAGS:
        return str(_TAGS[said].tag) if said in _TAGS else found[1] + _spelt(found[2])
    raise WrongValue(
        "This is not a language Engage knows.",
        "Write its name in English, such as Tamil, or its DfE code, such as TAM; leave it blank if it is not known.",
    )


def _spelt(subtags: str) -> str:
    """Subtags in the customary case: a script as Hant, a region as BR."""
    shapes = {2: str.upper, 4: str.title}
    return "".join(f"-{shapes.get(len(part), str)(part)}" for part in subtags.split("-")[1:])
