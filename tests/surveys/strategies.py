"""Surveys of any sound shape, and answers to them."""

from collections.abc import Mapping

from hypothesis import strategies as st

from engage.surveys.definition import Question, Survey

CODES = ("a", "b", "c")


def make_survey(questions: list[dict[str, object]]) -> Survey:
    """A survey that asks just these."""
    return Survey.model_validate(
        {
            "survey": "made_up",
            "version": 1,
            "title": "Tell us",
            "topic": "it",
            "audience": "parent_carer",
            "about": ["plan_issued"],
            "minutes": 1,
            "intro": ["Hello."],
            "questions": questions,
            "thank_you_routes": ["complaint"],
        }
    )


def make_choice(name: str, **more: object) -> dict[str, object]:
    """A question with three answers."""
    options = [{"code": code, "label": code.upper()} for code in CODES]
    return {"id": name, "kind": "choice", "statement": f"{name}?", "options": options, "error": "Select", **more}


@st.composite
def surveys(draw: st.DrawFn) -> Survey:
    """Up to eight questions, some in words, each asked always or after some answers to an earlier one."""
    questions: list[dict[str, object]] = []
    for index in range(draw(st.integers(1, 8))):
        name = f"q{index}"
        in_words = draw(st.booleans()) and draw(st.booleans())
        question: dict[str, object] = {"id": name, "kind": "text", "statement": name} if in_words else make_choice(name)
        coded = [str(earlier["id"]) for earlier in questions if earlier["kind"] == "choice"]
        if draw(st.booleans()) and coded:
            codes = draw(st.lists(st.sampled_from(CODES), min_size=1, max_size=2, unique=True))
            question["show_if"] = {"question": draw(st.sampled_from(coded)), "in": codes}
        question["optional"] = draw(st.booleans())
        question["core"] = not in_words and draw(st.booleans())
        questions.append(question)
    return make_survey(questions)


def answers_to(survey: Survey) -> st.SearchStrategy[dict[str, str]]:
    """Any answers to any of the coded questions, those that do not apply among them."""
    coded = [question.id for question in survey.questions if question.is_coded]
    return st.dictionaries(st.sampled_from(coded), st.sampled_from(CODES)) if coded else st.just({})


def answers_that_show(survey: Survey, question: Question) -> Mapping[str, str]:
    """The fewest answers after which this question is asked."""
    wanted: dict[str, str] = {}
    at: Question | None = question
    while at is not None and at.show_if is not None:
        wanted[at.show_if.question] = at.show_if.codes[0]
        at = survey.question(at.show_if.question)
    return wanted
