"""Code lists say what the DfE's do, and a wrong code gets a cure."""

import pytest

from engage.people.vocabulary.authorities import KINGSTON, RICHMOND, authority
from engage.people.vocabulary.ehcp import (
    CEASE_REASON_LABELS,
    CeaseReason,
    PlanStatus,
    ReviewOutcome,
    cease_reason,
    plan_status,
    review_outcome,
)
from engage.people.vocabulary.ethnicity import (
    ETHNICITIES,
    MINORITY_DEFINITIONS,
    NON_WHITE,
    NOT_WHITE_BRITISH,
    Knowledge,
    ethnicity,
    knowledge,
    mixed_levels,
)
from engage.people.vocabulary.languages import (
    LANGUAGES,
    Direction,
    LanguageKnowledge,
    direction,
    language,
    preferred_language,
)
from engage.people.vocabulary.mistakes import WrongValue
from engage.people.vocabulary.relationships import RELATIONSHIP_LABELS, Relationship, relationship
from engage.people.vocabulary.sen import SEN_TYPE_LABELS, SenType, Sex, sen_type, sex


def test_there_are_103_ethnicities_in_two_levels_and_five_groups() -> None:
    assert len(ETHNICITIES) == 103
    mains = {each.code for each in ETHNICITIES.values() if each.is_main}
    assert len(mains) == 20
    assert all(each.main in mains for each in ETHNICITIES.values())
    assert {each.code for each in ETHNICITIES.values() if each.group is None} == {"REFU", "NOBT"}
    assert ethnicity("aslt").main == "AOTH"
    assert ethnicity("OKOR").main == "OOTH"


def test_the_three_unknowns_stay_apart() -> None:
    assert [knowledge(code) for code in ("REFU", "NOBT", "", None, "WBRI")] == [
        Knowledge.REFUSED,
        Knowledge.NOT_OBTAINED,
        Knowledge.BLANK,
        Knowledge.BLANK,
        Knowledge.KNOWN,
    ]


@pytest.mark.parametrize(
    ("code", "not_white_british", "non_white"),
    [
        ("WBRI", False, False),
        ("WENG", False, False),
        ("WEEU", True, False),
        ("WROM", True, False),
        ("ASLT", True, True),
        ("OKOR", True, True),
    ]
    + [(code, None, None) for code in ("REFU", "NOBT", "", None)],
)
def test_minority_definitions_differ_by_the_white_minorities_and_never_count_the_unknown(
    code: str | None, not_white_british: bool | None, non_white: bool | None
) -> None:
    assert NOT_WHITE_BRITISH.includes(code) is not_white_british
    assert NON_WHITE.includes(code) is non_white
    assert set(MINORITY_DEFINITIONS) == {"not_white_british", "non_white"}


def test_kingstons_published_shares_come_out_of_the_definitions() -> None:
    plans = dict(WBRI=856, WOTH=206, WIRI=6, WROM=1, WIRT=1, MOTH=129, MWBC=44, MWAS=40, MWBA=25, AOTH=163, AIND=45, APKN=42, CHNE=20, ABAN=14, BAFR=42, BOTH=41, BCRB=11, OOTH=112)  # fmt: skip  # noqa: C408
    known = sum(plans.values())
    shares = [
        100 * sum(n for code, n in plans.items() if each.includes(code)) / known
        for each in (NOT_WHITE_BRITISH, NON_WHITE)
    ]
    assert [round(share, 1) for share in shares] == [52.4, 40.5]


def test_a_main_code_beside_its_own_finer_codes_is_noticed() -> None:
    assert mixed_levels(["AOTH", "ASLT", "WBRI", "OKOR", "ASLT"]) == {"AOTH": ["ASLT"]}


def test_dfe_language_codes_are_not_iso_codes() -> None:
    assert language("prs").tag == "fa"
    assert language("PRSD").tag == "prs"
    assert language("BSL").is_signed
    assert language("NOT").knowledge is LanguageKnowledge.NOT_OBTAINED
    assert language("REF").knowledge is LanguageKnowledge.REFUSED
    with pytest.raises(WrongValue):
        language("fra")
    assert len(LANGUAGES) > 300


@pytest.mark.parametrize(
    ("written", "tag"),
    [("Tamil", "ta"), ("TAM", "ta"), ("ta", "ta"), ("PRS", "fa"), ("Farsi", "fa"), ("dari", "prs"), ("Cantonese", "yue"), ("pt-br", "pt-BR"), ("zh-hant", "zh-Hant"), ("PNJ", "pa"), ("punjabi", "pa"), ("English", "en")],
)  # fmt: skip
def test_a_familys_language_becomes_a_tag(written: str, tag: str) -> None:
    assert preferred_language(written) == tag


@pytest.mark.parametrize("written", ["prs", "xx", "Klingon", "", "NOT", "OTH"])
def test_a_language_that_cannot_be_told_is_refused(written: str) -> None:
    with pytest.raises(WrongValue):
        preferred_language(written)


@pytest.mark.parametrize(("tag", "way"), [("ur", "rtl"), ("ar", "rtl"), ("fa", "rtl"), ("prs", "rtl"), ("ckb", "rtl"), ("ps", "rtl"), ("ta", "ltr"), ("ko", "ltr"), ("pa-Arab", "rtl")])  # fmt: skip
def test_writing_runs_the_right_way(tag: str, way: str) -> None:
    assert direction(tag) is Direction(way)


def test_a_retired_need_names_the_new_one() -> None:
    with pytest.raises(WrongValue, match="ASD"):
        sen_type("aut")
    with pytest.raises(WrongValue, match="SEMH"):
        sen_type("BESD")
    assert sen_type("ds") is SenType.DS
    assert SEN_TYPE_LABELS[SenType.ASD] == "Autistic spectrum condition"
    assert set(SEN_TYPE_LABELS) == set(SenType)


def test_the_other_lists_are_whole_and_lenient() -> None:
    assert cease_reason("08") is CeaseReason.DECEASED
    assert set(CEASE_REASON_LABELS) == set(CeaseReason)
    assert review_outcome("Amend") is review_outcome("a") is ReviewOutcome.AMEND
    assert plan_status("CANCELLED") is PlanStatus.CANCELLED
    assert relationship("Foster_Carer") is relationship("foster-carer") is Relationship.FOSTER_CARER
    assert relationship("PAM") is relationship("mum") is Relationship.MOTHER
    assert set(RELATIONSHIP_LABELS) == set(Relationship)
    assert sex("Female") is Sex.FEMALE
    assert [authority(code).name for code in (KINGSTON, RICHMOND)] == ["Kingston upon Thames", "Richmond upon Thames"]


@pytest.mark.parametrize(
    "read", [ethnicity, language, sen_type, cease_reason, review_outcome, plan_status, relationship, sex, authority]
)
def test_every_wrong_code_gets_a_cure(read: object) -> None:
    with pytest.raises(WrongValue) as said:
        read("no such thing")  # type: ignore[operator]
    assert said.value.wrong.endswith(".")
    assert said.value.cure.endswith(".")
