"""The equality questions: sound, of the codes they say they are of, and locked once published."""

from collections.abc import Callable
from pathlib import Path

import pytest

from engage.people.vocabulary.ethnicity import ETHNICITIES
from engage.surveys.equality import NOT_SAID, EqualityQuestions, Held, asked, kept, read
from engage.surveys.loader import Catalogue, check, load

Edit = Callable[[str, str, str], int]


@pytest.fixture
def questions(catalogue: Catalogue) -> EqualityQuestions:
    assert catalogue.equality is not None
    return catalogue.equality


def test_every_background_is_a_code_of_the_department_and_roma_has_its_own(questions: EqualityQuestions) -> None:
    codes = {
        option.code.upper()
        for question in questions.questions
        if question.id.startswith("background_")
        for option in question.options
        if option.code != NOT_SAID
    }
    assert codes <= set(ETHNICITIES)
    assert {"WROR", "WROG", "WIRT"} <= codes


def test_every_question_may_be_declined(questions: EqualityQuestions) -> None:
    assert all(question.options[-1].code == NOT_SAID for question in questions.questions)


def test_the_second_page_follows_the_first_and_what_is_held_is_left_out(questions: EqualityQuestions) -> None:
    ids = [question.id for question in asked(questions, {"ethnic_group": "white"})]
    assert ids[:2] == ["ethnic_group", "background_white"]
    assert not [name for name in ids if name in {"background_asian", "day_to_day"}]
    held = [question.id for question in asked(questions, {}, held=tuple(Held))]
    assert held == ["community", "health_condition"]


def test_what_no_longer_applies_goes(questions: EqualityQuestions) -> None:
    assert kept(questions, {"ethnic_group": "black", "background_white": "wror", "sex": "male"}) == {
        "ethnic_group": "black",
        "sex": "male",
    }


def test_the_same_answer_twice_is_one(questions: EqualityQuestions) -> None:
    community = questions.question("community")
    assert community is not None
    assert read(community, ["tamil", "tamil", " ", "roma"]) == ["tamil", "roma"]
    assert read(community, [""]) is None


@pytest.mark.parametrize(
    ("before", "after", "wrong"),
    [
        ("- id: sex", "- id: language", 'The id "language" is used twice.'),
        ("{code: female, label: Female}", "{code: male, label: Female}", 'The code "male" is given twice.'),
        ("{question: ethnic_group, in: [white]}", "{question: sex, in: [female]}", "is no question before this one"),
        ("{question: ethnic_group, in: [white]}", "{question: ethnic_group, in: [blue]}", "is no answer to"),
        ("{code: male, label: Male}", "{code: male, label: Male, alone: true}", "Only one answer may be selected"),
        ("several: true", "many: true", '"many" is not known here.'),
    ],
)
def test_every_mistake_is_named_with_its_line(folder: Path, edit: Edit, before: str, after: str, wrong: str) -> None:
    edit("equality.yaml", before, after)
    mistakes = [mistake for mistake in check(folder) if mistake.file == "equality.yaml"]
    assert [mistake for mistake in mistakes if wrong in mistake.wrong and mistake.line]


def test_a_published_version_is_locked_and_an_unpublished_one_is_not_asked(folder: Path, edit: Edit) -> None:
    assert load(folder).equality is None
    digits = "0" * 64
    (folder / "published.yaml").write_text(f"published:\n  - {{survey: equality, version: 1, sha256: '{digits}'}}\n")
    (mistake,) = [one for one in check(folder) if "equality" in one.wrong]
    lock = mistake.cure.rpartition(" ")[2].rstrip(".")
    (folder / "published.yaml").write_text(f"published:\n  - {{survey: equality, version: 1, sha256: '{lock}'}}\n")
    assert load(folder).equality is not None
