"""One thing a page: Back undoes Continue, every page can be reached, and progress never lies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.core.errors import NotFound
from engage.surveys.definition import Survey
from engage.surveys.routing import next_page, page, pages, previous_page, shown
from tests.surveys.strategies import answers_that_show, answers_to, make_choice, make_survey, surveys


@st.composite
def surveys_with_answers(draw: st.DrawFn) -> tuple[Survey, dict[str, str]]:
    survey = draw(surveys())
    return survey, draw(answers_to(survey))


@given(surveys_with_answers())
def test_back_undoes_continue(made: tuple[Survey, dict[str, str]]) -> None:
    survey, answers = made
    for here in pages(survey, answers):
        after = next_page(survey, answers, here.question.id)
        if after is not None:
            assert previous_page(survey, answers, after.question.id) == here


@given(surveys_with_answers())
def test_continue_visits_every_page_once_and_ends(made: tuple[Survey, dict[str, str]]) -> None:
    survey, answers = made
    at, visited = pages(survey, answers)[0], []
    while at is not None:
        visited.append(at)
        following = next_page(survey, answers, at.question.id)
        if following is None:
            break
        at = following
    assert visited == pages(survey, answers)


@given(surveys())
def test_every_page_can_be_reached(survey: Survey) -> None:
    for question in survey.questions:
        assert question in shown(survey, answers_that_show(survey, question))


@given(st.data())
def test_progress_never_lies(data: st.DataObject) -> None:
    survey = data.draw(surveys())
    before, after = data.draw(answers_to(survey)), data.draw(answers_to(survey))
    for here in pages(survey, before):
        place = survey.questions.index(here.question)
        passed = {question.id for question in survey.questions[:place]}
        kept = {key: code for key, code in before.items() if key in passed}
        changed = {key: code for key, code in after.items() if key not in passed}
        walk = pages(survey, kept | changed)
        assert walk[here.number - 1].question == here.question
        if here.total is not None:
            assert here.total == len(walk)


def test_a_survey_without_conditions_always_knows_its_length(survey: Survey) -> None:
    assert [(page.number, page.total) for page in pages(survey, {})] == [(n, 6) for n in range(1, 7)]


def test_the_total_is_told_only_once_no_answer_can_change_it() -> None:
    survey = make_survey(
        [make_choice("first"), make_choice("why", show_if={"question": "first", "in": ["c"]}), make_choice("last")]
    )
    assert [page.total for page in pages(survey, {})] == [None, 2]
    assert [page.total for page in pages(survey, {"first": "c"})] == [None, 3, 3]


def test_an_answer_on_a_page_no_longer_shown_counts_for_nothing() -> None:
    survey = make_survey(
        [
            make_choice("first"),
            make_choice("second", show_if={"question": "first", "in": ["a"]}),
            make_choice("third", show_if={"question": "second", "in": ["a"]}),
        ]
    )
    assert [q.id for q in shown(survey, {"first": "b", "second": "a"})] == ["first"]


def test_continue_from_a_page_no_longer_shown_finds_the_way() -> None:
    survey = make_survey(
        [make_choice("first"), make_choice("why", show_if={"question": "first", "in": ["c"]}), make_choice("last")]
    )
    after = next_page(survey, {"first": "a"}, "why")
    before = previous_page(survey, {"first": "a"}, "why")
    assert after is not None
    assert before is not None
    assert (before.question.id, after.question.id) == ("first", "last")


def test_the_first_page_leads_back_to_the_start_and_the_last_on_to_checking(survey: Survey) -> None:
    assert previous_page(survey, {}, survey.questions[0].id) is None
    assert next_page(survey, {}, survey.questions[-1].id) is None


def test_a_page_that_does_not_apply_is_not_found(survey: Survey) -> None:
    assert page(survey, {}, "comment").number == 5
    with pytest.raises(NotFound):
        page(survey, {}, "nothing")
    with pytest.raises(NotFound):
        next_page(survey, {}, "nothing")
