"""Questions as fields: what a page can carry, where somebody goes on, and what an officer asks only sometimes."""

import html5lib
from hypothesis import given
from hypothesis import strategies as st

from engage.surveys.answers import LONGEST_TEXT_BYTES, clean_text, unanswered
from engage.surveys.definition import Survey
from engage.surveys.loader import Catalogue
from engage.web.survey_pages import as_typed, phone_fields, read_phone_answers, resume_at, showable

YES_NO = ({"code": "yes", "label": "Yes"}, {"code": "no", "label": "No"})
ROUTED = Survey.model_validate(
    {
        "survey": "routed",
        "version": 1,
        "title": "A survey with a turning",
        "topic": "the turning",
        "audience": "parent_carer",
        "about": ["plan_issued"],
        "minutes": 1,
        "intro": ["Hello."],
        "questions": [
            {"id": "met", "kind": "choice", "statement": "Did you meet?", "options": YES_NO},
            {
                "id": "useful",
                "kind": "choice",
                "statement": "Was it useful?",
                "options": YES_NO,
                "show_if": {"question": "met", "in": ["yes"]},
            },
            {"id": "words", "kind": "text", "optional": True, "statement": "Anything else?"},
            {"id": "again", "kind": "choice", "statement": "Shall we ask again?", "options": YES_NO},
        ],
        "thank_you_routes": ["complaint"],
    }
)


@given(st.text(st.characters(exclude_categories=[])))
def test_whatever_was_typed_a_page_can_carry_it(typed: str) -> None:
    page = f"<!DOCTYPE html><html lang=en><title>x</title><p>{as_typed(typed)}</p>"
    html5lib.HTMLParser(strict=True).parse(page)
    assert len(showable(typed)) == len(typed)


@given(st.text("abc é\u0bb8\u202e\n<&", max_size=50))
def test_words_that_a_page_can_carry_are_not_changed(typed: str) -> None:
    assert showable(typed) == typed
    assert clean_text(typed) == typed
    assert len(typed.encode()) < LONGEST_TEXT_BYTES


def test_somebody_goes_on_after_the_last_answer_or_at_the_first_one_that_is_needed() -> None:
    def at(**answers: str) -> str | None:
        found = resume_at(ROUTED, {key: value for key, value in answers.items() if key != "words"}, {})
        return found.id if found else None

    assert at() == "met"
    assert at(met="no") == "words"
    assert at(met="yes") == "useful"
    assert at(met="yes", again="no") == "useful"
    assert at(met="no", again="no") is None
    assert at(met="no", useful="yes") == "words"


def test_somebody_who_goes_on_to_the_end_lacks_nothing(catalogue: Catalogue) -> None:
    for survey in (*catalogue.all(), ROUTED):
        answers: dict[str, str] = {}
        texts: dict[str, str] = {}
        while (question := resume_at(survey, answers, texts)) is not None:
            if question.is_coded:
                answers[question.id] = question.options[0].code
            else:
                texts[question.id] = "words"
        assert unanswered(survey, answers) == ()


def test_an_officer_is_told_when_to_ask_what_is_asked_only_sometimes() -> None:
    hints = [field.params.get("hint") for field in phone_fields(ROUTED)]
    assert hints == [None, {"text": "Ask this only if they answered “Yes” to “Did you meet?”."}, None, None]


def test_a_question_that_does_not_apply_is_no_mistake_and_one_that_does_is() -> None:
    no = read_phone_answers(ROUTED, {"answer-met": ["no"], "answer-again": ["yes"]})
    assert no.mistakes == {}
    assert no.given == {"met": "no", "words": None, "again": "yes"}
    yes = read_phone_answers(ROUTED, {"answer-met": ["yes"], "answer-again": ["yes"]})
    assert list(yes.mistakes) == ["useful"]


def test_the_answers_that_take_no_side_come_after_an_or(catalogue: Catalogue) -> None:
    items = phone_fields(catalogue.get("post_issuance", 1))[0].params["items"]
    assert [item.get("value", item.get("divider")) for item in items] == ["5", "4", "3", "2", "1", "or", "not_sure"]
