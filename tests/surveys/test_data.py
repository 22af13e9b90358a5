"""The shipped surveys are sound, and ask in the very words that the papers track."""

import re
from itertools import chain

import pytest

from engage.plans.models import PlanEventKind
from engage.surveys.definition import Audience, Mode, Question, QuestionKind, Survey
from engage.surveys.loader import Catalogue, check
from engage.surveys.models import ContactChoice
from tests.surveys.conftest import SURVEYS

REVIEWED = {
    "listened_to": "Feeling fully engaged and views were listened to and considered at the Annual Review meeting",
    "child_listened_to": "Child/young person's views were listened to and considered at the Annual Review meeting",
    "plan_reflects_needs": (
        "Plan reflects child/young person's needs, outcomes and the provision needed to achieve this"
    ),
    "review_positive": "Overall experience of the annual review process was positive",
}
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
    ("post_issuance", 3): {
        "assessment_positive": "The EHC assessment process has been positive",
        "plan_confidence": "Confidence in the quality of the final EHC plan",
        "involved": "Involved, able to participate and express views throughout the EHC Needs Assessment process",
        "plan_will_help": "% who felt that the plan would help their child make progress towards the outcomes",
        "health_needs": "%ge who felt that the plan accurately reflected their child's health care needs",
    },
    ("annual_review", 1): REVIEWED,
    ("annual_review", 2): REVIEWED,
    ("young_person_review", 1): {
        "listened_to": "Child/young person's views were listened to and considered at the Annual Review meeting",
        "plan_reflects_needs": (
            "Plan reflects child/young person's needs, outcomes and the provision needed to achieve this"
        ),
        "review_positive": "Overall experience of the annual review process was positive",
    },
    ("setting", 1): {
        "process_and_plan": "Confident in the assessment process and the quality of final EHC plans",
        "plan_reflects_needs": "The EHC plan accurately reflects the children/young people's needs",
        "plan_improves_access": (
            "EHC plan makes significant improvement to the children/young people's access to teaching, learning and progress"
        ),
        "provision_reaches_outcomes": (
            "The provisions in the plan succeed in ensuring that children/young people reach the outcomes set out in the plan"
        ),
        "reviews_helpful": (
            "Annual reviews are helpful in ensuring access to learning and impacts positively on pupil outcomes"
        ),
    },
    ("health_professional", 1): {
        "health_needs": "%ge who felt that the plan accurately reflected the child/young person's health needs",
        "health_provision": "…health provisions … would succeed",
    },
    ("sen_support", 1): {
        "engagement_and_views": (
            "% parents who were satisfied with level of engagement in preparing the APDR cycle and felt their views were "
            "taken into account"
        ),
    },
    ("event", 1): {
        "confidence_before": "parents feeling confident in their ability to support their child's needs",
        "confidence_after": "parents feeling confident in their ability to support their child's needs",
        "drop_in_positive": (
            "80% of parents attending drop-in sessions report that they have been positive and informative"
        ),
        "meeting_helpful": "80% of parents attending SEN meetings feedback that it has been informative and helpful",
        "co_design_engaged": "75% of attendees at the co-design workshop report positive engagement and involvement",
    },
    ("transition", 1): {
        "health_transition": "positive experience of transition to adult health services",
        "own_health_transition": "positive experience of transition to adult health services",
    },
    ("information_and_advice", 1): {
        "information_helps": (
            "% of parents who feel the information, support and advice they receive helps them to participate in the "
            "assessment of their child's need and the planning of provision to meet these needs"
        ),
        "services_responsive": (
            "% parent/carers and children report that SEND services responsive to meeting needs of CYP with SEND"
        ),
        "diagnostic_right_time": (
            "75% families report that they are able to access pre and post diagnostic information and support at the "
            "right time"
        ),
        "neuro_pathway": "X% increase in families reporting satisfaction with the revised neuro-development pathway",
        "dmo_dco_support": "positive feedback on DMO/DCO support",
        "health_support_rated": "Feedback from stakeholders on the accessibility and timeliness of health support",
    },
    ("child_plan", 1): {
        "help_i_get": (
            "% parent/carers and children report that SEND services responsive to meeting needs of CYP with SEND"
        ),
        "listened_to": "Child/young person's views were listened to and considered at the Annual Review meeting",
        "my_plan": (
            "% of young people who report that the EHC assessment process has been positive and they are happy with the "
            "final plan"
        ),
    },
}

OURS = {
    "post_issuance": {"process_rated", "plan_rated"},
    "annual_review": {"review_rated", "listening_rated", "plan_rated"},
    "young_person_review": {"review_rated"},
    "setting": {"process_rated", "plan_rated"},
    "sen_support": {"engagement_rated", "views_rated"},
    "event": {"helpful", "helpful_to_others"},
    "training": {"confidence_before", "confidence_after", "useful"},
    "transition": {"move_rated", "own_move_rated"},
    "information_and_advice": {"information_rated"},
}
"""What no paper tracks: questions that ask better for one thing, and what the papers print no statement for."""


def test_the_shipped_surveys_have_no_mistake() -> None:
    assert check(SURVEYS) == []


@pytest.mark.parametrize(("code", "version"), TRACKED)
def test_each_version_tracks_the_words_of_its_paper(catalogue: Catalogue, code: str, version: int) -> None:
    questions = catalogue.get(code, version).questions
    ours = OURS.get(code, set())
    tracked = {question.measure: question.tracked for question in questions if question.measure}
    assert {measure: said for measure, said in tracked.items() if measure not in ours} == TRACKED[code, version]


@pytest.mark.parametrize("code", OURS)
def test_a_better_worded_question_says_in_the_same_words_what_it_asks(catalogue: Catalogue, code: str) -> None:
    for question in catalogue.current(code).questions:
        if question.measure in OURS[code]:
            assert question.heading == question.tracked
            assert question.scale != "agreement"


def test_every_better_worded_question_stands_after_what_it_is_beside(catalogue: Catalogue) -> None:
    for survey in (
        catalogue.current("post_issuance"),
        catalogue.current("annual_review"),
        catalogue.current("setting"),
    ):
        places = {question.measure: place for place, question in enumerate(survey.questions)}
        for code, measure in catalogue.measures(survey.code).items():
            assert all(places[other] < places[code] for other in measure.beside)


def test_the_tracked_statements_go_on_unchanged_beside_the_better_questions(catalogue: Catalogue) -> None:
    for code in ("post_issuance", "annual_review"):
        newest = catalogue.current(code).version
        for question in catalogue.get(code, newest - 1).questions:
            assert catalogue.current(code).question(question.id) == question
        for measure in catalogue.measures(code):
            asked_before = any(q.measure == measure for q in catalogue.get(code, newest - 1).questions)
            assert (newest - 1 in catalogue.comparable(code, measure, newest)) is asked_before


def test_the_longest_way_through_a_survey_of_families_takes_two_minutes(catalogue: Catalogue) -> None:
    """Nine seconds for a question with set answers; a comment is as long as somebody likes."""
    for code in sorted(catalogue.surveys):
        survey = catalogue.current(code)
        if survey.audience in (Audience.PARENT_CARER, Audience.YOUNG_PERSON):
            assert survey.minutes == 2
            assert 9 * sum(question.is_coded for question in survey.questions) <= 120


def test_children_professionals_and_parents_each_have_surveys_of_their_own(catalogue: Catalogue) -> None:
    audiences = {
        "post_issuance": "parent_carer",
        "annual_review": "parent_carer",
        "young_person": "young_person",
        "young_person_review": "young_person",
        "setting": "setting",
        "health_professional": "health_professional",
        "sen_support": "anyone",
        "information_and_advice": "anyone",
        "transition": "anyone",
        "event": "attendee",
        "training": "attendee",
        "child_plan": "child",
    }
    assert {code: catalogue.current(code).audience.value for code in audiences} == audiences


def test_where_anybody_may_answer_parents_are_counted_on_their_own(catalogue: Catalogue) -> None:
    for code in ("sen_support", "information_and_advice", "transition", "event"):
        survey = catalogue.current(code)
        who = survey.question("who")
        assert who is not None
        for said in (option.code for option in who.options):
            asked = {question.measure for question in every_way(survey, said) if question.measure}
            others = {
                question.measure
                for option in who.options
                if (option.code == "parent_carer") is not (said == "parent_carer")
                for question in every_way(survey, option.code)
                if question.measure
            }
            assert not asked & others


def every_way(survey: Survey, said: str) -> list[Question]:
    """The questions that somebody who says they are this may meet, whatever they answer after."""
    met = {"who": {said}}
    for question in survey.questions:
        condition = question.show_if
        if condition is None or met.get(condition.question, set()) & set(condition.codes):
            met.setdefault(question.id, {option.code for option in question.options})
    return [question for question in survey.questions if question.id in met]


def test_a_child_is_asked_three_things_with_faces_and_words(catalogue: Catalogue) -> None:
    survey = catalogue.current("child_plan")
    assert survey.modes == (Mode.FACE_TO_FACE,)
    *faces, said = survey.questions
    assert [question.scale for question in faces] == ["faces"] * 3
    assert all(option.picture and option.label for question in faces for option in question.options)
    assert (said.kind, said.optional) == (QuestionKind.TEXT, True)


def test_targets_are_as_the_papers_set_them(catalogue: Catalogue) -> None:
    set_ = {
        (code, measure): about.target.percent
        for code in catalogue.surveys
        for measure, about in catalogue.measures(code).items()
        if about.target
    }
    assert set_ == {
        ("annual_review", "listened_to"): 70,
        ("event", "drop_in_positive"): 80,
        ("event", "meeting_helpful"): 80,
        ("event", "co_design_engaged"): 75,
        ("information_and_advice", "diagnostic_right_time"): 75,
        ("information_and_advice", "dmo_dco_support"): 95,
    }


@pytest.mark.parametrize(
    ("code", "version"), [("post_issuance", 2), ("post_issuance", 3), ("annual_review", 1), ("annual_review", 2)]
)
def test_the_impact_reports_words_are_shown_as_they_are_tracked(catalogue: Catalogue, code: str, version: int) -> None:
    core = catalogue.get(code, version).core
    assert {question.heading for question in core if question.heading != question.tracked} <= {
        "The plan will help my child make progress towards the outcomes"
    }


def test_the_newest_published_version_is_the_current_one(catalogue: Catalogue) -> None:
    assert catalogue.current("post_issuance").version == 3
    assert catalogue.current("annual_review").version == 2


def asked(catalogue: Catalogue) -> list[Survey]:
    """Every version that a person is asked with: a remark is written down by staff."""
    return [survey for survey in catalogue.all() if survey.code != "remark"]


def test_every_version_ends_with_a_comment_and_whoever_is_known_chooses_about_contact(catalogue: Catalogue) -> None:
    for survey in asked(catalogue):
        kinds = [question.kind.value for question in survey.questions]
        end = ["text", "contact"] if survey.audience.is_known else ["text"]
        assert kinds[len(kinds) - len(end) :] == end
        assert not {"text", "contact"} & set(kinds[: len(kinds) - len(end)])
        if survey.contact_question:
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
    for survey in asked(catalogue):
        for question in survey.questions:
            assert question.hint is not None
            assert question.hint.count(".") == 1
            assert len(question.hint.split()) <= 20


def test_no_title_or_topic_uses_jargon(catalogue: Catalogue) -> None:
    for survey in catalogue.all():
        assert not re.search(r"\b(EHCP?|SEND?|annual review)\b", f"{survey.title} {survey.topic}")


def test_a_trend_runs_across_the_approved_change_of_words(catalogue: Catalogue) -> None:
    for measure in TRACKED["post_issuance", 1]:
        assert catalogue.comparable("post_issuance", measure, 2) == {1, 2, 3}


def test_baselines_are_as_printed(catalogue: Catalogue) -> None:
    measures = catalogue.measures("post_issuance")
    printed = {code: measure.baseline.printed for code, measure in measures.items() if measure.baseline}
    assert printed == {"assessment_positive": "63%", "plan_confidence": "Less than 75% (est.)", "involved": "70%"}
    assert measures["plan_confidence"].baseline is not None
    assert measures["plan_confidence"].baseline.below
    assert measures["plan_confidence"].baseline.estimate
