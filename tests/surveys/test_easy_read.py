"""Easy Read: the same questions and the same codes, in short words, with a picture for each idea."""

from collections.abc import Callable
from pathlib import Path

import pytest

from engage.surveys.definition import Survey
from engage.surveys.easy_read import EasyRead
from engage.surveys.loader import Catalogue, check
from engage.surveys.wording import answer_rows, question_words, survey_words

FAMILY_SURVEYS = [
    "post_issuance",
    "annual_review",
    "young_person",
    "young_person_review",
    "sen_support",
    "transition",
    "information_and_advice",
    "event",
]


def easy_of(catalogue: Catalogue, survey: Survey) -> EasyRead:
    found = catalogue.easy_read(survey)
    assert found is not None
    return found


@pytest.mark.parametrize("code", FAMILY_SURVEYS)
def test_every_family_survey_in_use_is_there_in_easy_read_with_the_same_codes(catalogue: Catalogue, code: str) -> None:
    survey = catalogue.current(code)
    easy = easy_of(catalogue, survey)
    for question in survey.questions:
        words = question_words(question, "en", easy)
        assert [answer for answer, _ in words.options] == [option.code for option in question.options]
        assert set(words.pictures) == {option.code for option in question.options}
        assert words.heading
        assert words.picture in catalogue.pictures


def test_each_answer_of_a_scale_has_a_face_of_its_own(catalogue: Catalogue) -> None:
    survey = catalogue.current("post_issuance")
    words = question_words(survey.core[0], "en", easy_of(catalogue, survey))
    assert len(set(words.pictures.values())) == len(survey.core[0].options)


def test_a_version_nobody_held_the_words_against_is_not_there(catalogue: Catalogue) -> None:
    assert catalogue.easy_read(catalogue.get("post_issuance", 1)) is None


def test_the_lock_of_a_published_version_knows_nothing_of_easy_read(catalogue: Catalogue) -> None:
    survey = catalogue.get("post_issuance", 2)
    assert "easy" not in survey.model_dump_json()


def test_the_check_of_answers_is_in_short_words_too(catalogue: Catalogue) -> None:
    survey = catalogue.get("post_issuance", 2)
    rows = answer_rows(survey, {"involved": "5"}, {}, "en", easy_of(catalogue, survey))
    said = {row.question.id: row.answer for row in rows}
    assert said["involved"] == "I agree a lot."
    assert "express views" not in " ".join(row.heading for row in rows)


def test_the_words_around_the_questions_each_have_their_picture(catalogue: Catalogue) -> None:
    survey = catalogue.current("young_person")
    words = survey_words(survey, "en", easy_of(catalogue, survey))
    assert len(words.intro) == len(words.pictures) > 0


def test_standard_words_carry_no_picture_unless_the_survey_names_one(survey: Survey) -> None:
    words = question_words(survey.questions[0], "en")
    assert (words.picture, words.ideas, dict(words.pictures)) == (None, (), {})


Edit = Callable[[str, str, str], int]
FILE = "post_issuance/easy_read.yaml"


@pytest.mark.parametrize(
    ("before", "after", "wrong"),
    [
        ("versions: [2, 3]", "versions: [2, 9]", "There is no version 9."),
        ("survey: post_issuance", "survey: annual_review", 'The folder is "post_issuance".'),
        ("  involved:\n", "  involvedd:\n", 'No version named above asks "involvedd".'),
        ("  involved:\n", "  involvedd:\n", '"involved" of version 2 has no short words.'),
        ("picture: meeting", "picture: unicorn", 'There is no picture "unicorn".'),
        ("words: The plan will help my child.", "words: " + "word " * 16, "more than 15 words"),
        ("    words: The plan will help my child.\n", "", '"words" is missing.'),
        (
            "  plan_rated:\n",
            '  plan_rated:\n    options: {good: {words: "Good.", picture: face_happy}}\n',
            '"good" is not an answer of "plan_rated".',
        ),
    ],
)
def test_every_mistake_is_named(folder: Path, edit: Edit, before: str, after: str, wrong: str) -> None:
    edit(FILE, before, after)
    found = [mistake for mistake in check(folder) if mistake.file == FILE]
    assert any(wrong in mistake.wrong for mistake in found), found


def test_an_answer_without_short_words_is_named(folder: Path, edit: Edit) -> None:
    edit("easy_read.yaml", '    3: {words: "I am in the middle.", picture: face_middle}\n', "")
    assert any('The answer "3" has no short words.' in mistake.wrong for mistake in check(folder))
