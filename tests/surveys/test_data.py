"""The shipped surveys are sound, and ask in the very words that the papers track."""

import re
from itertools import chain

import pytest

from engage.core.data_files import DataFile, read_data_file
from engage.plans.models import PlanEventKind
from engage.surveys.definition import Survey
from engage.surveys.loader import Catalogue, check
from engage.surveys.models import ContactChoice
from tests.surveys.conftest import SURVEYS

TRACKED = {
    ("post_issuance", 1): {
        "assessment_positive": "Feedback from Parents and carers that the EHC assessment process has been positive",
        "plan_confidence": "Feedback from Parents and carers indicates confidence in the quality of final EHC plans",
        "involved": "% who felt that they were fully engaged in the assessment and writing of the plan",
        "plan_will_help": "% who felt that the plan would help their child make progress towards the outcomes",
    },
    ("post_issuance", 2): {
        "assessment_positive": "The EHC assessment process has been positive",
        "plan_confidence": "Confidence in the quality of the final EHC plan",
        "involved": "Involved, able to participate and express views throughout the EHC Needs Assessment process",
        "plan_will_help": "% who felt that the plan would help their child make progress towards the outcomes",
    },
    ("annual_review", 1): {
        "listened_to": "Feeling fully engaged and views were listened to and considered at the Annual Review meeting",
        "child_listened_to": (
            "Child/young person's views were listened to and considered at the Annual Review meeting"
        ),
        "plan_reflects_needs": (
            "Plan reflects child/young person's needs, outcomes and the provision needed to achieve this"
        ),
        "review_positive": "Overall experience of the annual review process was positive",
    },
}


def test_the_shipped_surveys_have_no_mistake() -> None:
    assert check(SURVEYS) == []


@pytest.mark.parametrize(("code", "version"), TRACKED)
def test_each_version_tracks_the_words_of_its_paper(catalogue: Catalogue, code: str, version: int) -> None:
    questions = catalogue.get(code, version).questions
    assert {question.measure: question.tracked for question in questions if question.measure} == TRACKED[code, version]


def test_the_impact_reports_words_are_shown_as_they_are_tracked(catalogue: Catalogue) -> None:
    for survey in (catalogue.get("post_issuance", 2), catalogue.get("annual_review", 1)):
        shown = {question.tracked: question.heading for question in survey.questions if question.measure}
        assert [heading for tracked, heading in shown.items() if heading != tracked] in (
            [],
            ["The plan will help my child make progress towards the outcomes"],
        )


def test_the_newest_published_version_is_the_current_one(catalogue: Catalogue) -> None:
    assert catalogue.current("post_issuance").version == 2
    assert catalogue.current("annual_review").version == 1


def test_every_version_asks_for_one_comment_and_one_choice_about_contact(catalogue: Catalogue) -> None:
    for survey in catalogue.all():
        kinds = [question.kind.value for question in survey.questions]
        assert kinds[-2:] == ["text", "contact"]
        assert set(kinds[:-2]) == {"scale"}
        assert survey.contact_question is not None
        assert {option.code for option in survey.contact_question.options} == set(ContactChoice)


def test_the_five_answers_count_and_not_sure_does_not(survey: Survey) -> None:
    question = survey.questions[0]
    assert [option.code for option in question.options] == ["5", "4", "3", "2", "1", "not_sure"]
    assert question.base == {"1", "2", "3", "4", "5"}
    assert (question.positive, question.dissatisfied) == (("5", "4"), ("2", "1"))


def test_every_survey_follows_an_event_that_plans_have(catalogue: Catalogue) -> None:
    kinds = set(chain.from_iterable(survey.about for survey in catalogue.all()))
    assert kinds == set(PlanEventKind)


def test_every_hint_is_one_short_sentence(catalogue: Catalogue) -> None:
    for survey in catalogue.all():
        for question in survey.questions:
            assert question.hint is not None
            assert question.hint.count(".") == 1
            assert len(question.hint.split()) <= 20


def test_no_title_or_topic_uses_jargon(catalogue: Catalogue) -> None:
    for survey in catalogue.all():
        assert not re.search(r"\b(EHCP?|SEND?|annual review)\b", f"{survey.title} {survey.topic}")


def test_a_trend_runs_across_the_approved_change_of_words(catalogue: Catalogue) -> None:
    for measure in catalogue.measures("post_issuance"):
        assert catalogue.comparable("post_issuance", measure, 2) == {1, 2}


def test_baselines_are_as_printed(catalogue: Catalogue) -> None:
    measures = catalogue.measures("post_issuance")
    printed = {code: measure.baseline.printed for code, measure in measures.items() if measure.baseline}
    assert printed == {"assessment_positive": "63%", "plan_confidence": "Less than 75% (est.)", "involved": "70%"}
    assert measures["plan_confidence"].baseline is not None
    assert measures["plan_confidence"].baseline.below
    assert measures["plan_confidence"].baseline.estimate


def test_the_target_of_the_annual_review_is_kept(catalogue: Catalogue) -> None:
    target = catalogue.measures("annual_review")["listened_to"].target
    assert target is not None
    assert target.percent == 70


def test_both_ways_of_reading_give_the_same_content() -> None:
    for path in SURVEYS.rglob("*.yaml"):
        fast, careful = (read_data_file(path, root=SURVEYS, with_lines=lines) for lines in (False, True))
        assert isinstance(fast, DataFile)
        assert isinstance(careful, DataFile)
        assert fast.tree == careful.tree
