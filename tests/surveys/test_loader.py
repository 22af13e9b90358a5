"""Every mistake in a survey's files is named with its file, line, wrong and cure."""

from collections.abc import Callable
from pathlib import Path

import pytest

from engage.core.errors import Misconfigured, NotFound
from engage.surveys.loader import Catalogue, check, load

Edit = Callable[[str, str, str], int]
V1, V2, REVIEW = "post_issuance/v1.yaml", "post_issuance/v2.yaml", "annual_review/v1.yaml"

SPOILED = {
    "a repeated id": (
        V2,
        "- id: plan_confidence",
        "- id: assessment_positive",
        'The id "assessment_positive" is used twice. Give each question its own id.',
    ),
    "an unknown scale": (
        V2,
        "scale: agreement",
        "scale: agreemnt",
        'There is no scale "agreemnt". The scales are: agreement, confidence, faces,',
    ),
    "an unknown field": (
        V2,
        "optional: true",
        "optonal: true",
        '"optonal" is not known here. Mend its spelling or take it out.',
    ),
    "a missing field": (V2, "minutes: 2\n", "", '"minutes" is missing. Add it.'),
    "an unknown kind": (
        V2,
        "kind: text",
        "kind: txt",
        "\"txt\" is not one that is known. Use 'scale', 'choice', 'contact' or 'text'.",
    ),
    "an unknown route": (V2, "mediation", "meditation", '"meditation" is not one that is known.'),
    "a rule on an unknown question": (
        V2,
        "questions: [contact]",
        "questions: [contakt]",
        'There is no question "contakt". Name the id of a question above.',
    ),
    "a rule on an unknown answer": (
        V2,
        "in: [contact]",
        "in: [yes_please]",
        '"yes_please" is not an answer of "contact". Use contact,',
    ),
    "a rule on words": (V2, "questions: [contact]", "questions: [comment]", '"comment" is answered in words.'),
    "a rule without answers": (
        V2,
        "    in: [contact]\n",
        "",
        '"contact" has no dissatisfied answers. Say which codes count with "in".',
    ),
    "two rules of one code": (V2, "code: wants_contact", "code: core_low", 'Two rules have the code "core_low".'),
    "a measure without its words": (
        REVIEW,
        "    tracked: Overall experience of the annual review process was positive\n",
        "    statement: Overall it was positive\n",
        '"review_positive" has a measure but not the words it tracks. Add "tracked".',
    ),
    "a question without words": (V2, "    statement: May we contact you about this?\n", "", '"contact" has no words.'),
    "a measure asked twice": (
        V2,
        "measure: involved",
        "measure: plan_confidence",
        'Two questions carry the measure "plan_confidence".',
    ),
    "a scale listing answers": (
        V2,
        "scale: agreement",
        "scale: agreement\n    positive: [5]",
        '"assessment_positive" is on a scale but lists answers too.',
    ),
    "a scale question without a scale": (V2, "    scale: agreement\n", "", '"assessment_positive" names no scale.'),
    "words as a measure": (
        V2,
        "kind: text",
        "kind: text\n    measure: involved\n    tracked: x",
        "Words cannot be a measure.",
    ),
    "words as core": (V2, "kind: text", "kind: text\n    core: true", "A question in one's own words cannot be core."),
    "words with answers": (
        V2,
        "kind: text",
        "kind: text\n    scale: agreement",
        "is answered in one's own words but has answers to select.",
    ),
    "choices of contact": (
        V2,
        "- {code: without_name,",
        "- {code: no_name,",
        "These are not the three choices. Offer contact, do_not_link, without_name.",
    ),
    "an answer given twice": (V2, "- {code: without_name,", "- {code: contact,", 'The code "contact" is given twice.'),
    "no choice of contact": (V2, "kind: contact", "kind: choice", "There are 0 questions of the kind contact."),
    "nothing to say when none is selected": (
        V2,
        "    error: Select if we may contact you about this\n",
        "",
        '"contact" does not say what to do when nothing is selected.',
    ),
    "a choice on a scale": (
        V2,
        "kind: contact",
        "kind: contact\n    scale: agreement",
        '"contact" is a contact, not on a scale.',
    ),
    "a condition on a later question": (
        V2,
        "kind: text",
        "kind: text\n    show_if: {question: contact, in: [contact]}",
        'No question "contact" comes before this one. Name the id of an earlier question.',
    ),
    "a condition on an unknown answer": (
        V2,
        "kind: text",
        "kind: text\n    show_if: {question: involved, in: [7]}",
        '"7" is not an answer of "involved". Use 1, 2, 3, 4, 5, not_sure.',
    ),
    "a condition on words": (
        V2,
        "kind: contact",
        "kind: contact\n    show_if: {question: comment, in: [contact]}",
        '"comment" is answered in words, which no rule reads.',
    ),
    "jargon in the topic": (
        V2,
        "topic: getting your child's plan",
        "topic: your EHC plan",
        '"EHC" must not stand in a message that others may see.',
    ),
    "a topic too long for a text": (
        V2,
        "topic: getting",
        "topic: everything about getting",
        "String should have at most 26 characters. Mend this value.",
    ),
    "another survey's code": (
        V2,
        "survey: post_issuance",
        "survey: post_issue",
        'The folder is "post_issuance". Make the folder and this code the same.',
    ),
    "another version's number": (
        V2,
        "version: 2",
        "version: 3",
        "The file is v2.yaml. Make the file's name and this number the same.",
    ),
    "a version number used twice": (
        V2,
        "version: 2",
        "version: 1",
        "post_issuance/v1.yaml is version 1 too. Give each version a number of its own.",
    ),
    "an id with another meaning": (
        V2,
        "measure: involved",
        "measure: other",
        '"involved" has another kind or measure in version 1. Ids are eternal',
    ),
    "a measure not named": (
        "annual_review/measures.yaml",
        "listened_to:",
        "lissened_to:",
        'The measure "listened_to" is asked but not named here. Add it with its name.',
    ),
    "a measure not asked": (
        "annual_review/measures.yaml",
        "listened_to:",
        "lissened_to:",
        'No version asks for the measure "lissened_to".',
    ),
    "measures of another survey": (
        "annual_review/measures.yaml",
        "survey: annual_review",
        "survey: anual",
        'The folder is "annual_review". Make the two the same.',
    ),
    "a change of words nobody decided on": (
        "post_issuance/measures.yaml",
        "- measure: involved",
        "- measure: plan_confidence",
        'The words of "involved" changed from version 1 to 2. Add a crosswalk',
    ),
    "a crosswalk of an unknown measure": (
        "post_issuance/measures.yaml",
        "- measure: involved",
        "- measure: involvd",
        'There is no measure "involvd".',
    ),
    "a crosswalk to an unknown version": (
        "post_issuance/measures.yaml",
        "versions: [1, 2]",
        "versions: [1, 2, 9]",
        "There is no version 9.",
    ),
    "a crosswalk nobody approved": (
        "post_issuance/measures.yaml",
        "    approved_on: 2022-03-01\n",
        "",
        '"approved_on" is missing. Add it.',
    ),
    "a baseline beyond all": (
        "post_issuance/measures.yaml",
        "percent: 63",
        "percent: 630",
        "Input should be less than or equal to 100.",
    ),
    "an unknown positive answer": (
        "scales.yaml",
        "positive: [5, 4]",
        "positive: [6, 4]",
        '"6" is not an option of this scale.',
    ),
    "a positive answer outside the base": (
        "scales.yaml",
        "positive: [5, 4]",
        "positive: [5, not_sure]",
        '"not_sure" is outside the base',
    ),
    "a good and bad answer": (
        "scales.yaml",
        "dissatisfied: [2, 1]",
        "dissatisfied: [4, 1]",
        '"4" is both positive and dissatisfied.',
    ),
    "a scale's repeated code": ("scales.yaml", "code: 3", "code: 2", 'The code "2" is given twice.'),
    "a measure without positive answers": (
        "scales.yaml",
        "  positive: [5, 4]\n",
        "",
        'The measure "assessment_positive" has no positive codes. Say in scales.yaml',
    ),
    "a flagged word twice": ("flagged_words.yaml", "- knife", "- Weapon", '"weapon" stands twice.'),
    "an unknown published version": (
        "published.yaml",
        "[]",
        "\n- {survey: post_issuance, version: 7, sha256: " + "a" * 64 + "}",
        "There is no version 7 of post_issuance.",
    ),
    "a lock that is no hash": (
        "published.yaml",
        "[]",
        "\n- {survey: post_issuance, version: 1, sha256: abc}",
        "String should match pattern",
    ),
    "a name given twice": (
        V2,
        "minutes: 2\n",
        "minutes: 2\nminutes: 3\n",
        'This is not sound YAML: "minutes" is given twice.',
    ),
    "another audience than before": (
        V2,
        "audience: parent_carer",
        "audience: young_person",
        "Version 1 asks another audience: parent_carer. Answers of two audiences are never averaged",
    ),
    "somebody known who is asked after no event": (V2, "about: [plan_issued]\n", "", "It follows no event."),
    "a family that is not told where to turn": (
        V2,
        "thank_you_routes: [complaint, appeal, mediation, sendiass]\n",
        "",
        "It does not say where a family can turn. Name some of appeal, complaint, mediation, sendiass.",
    ),
    "a child who is sent something": (
        "child_plan/v1.yaml",
        "modes: [face_to_face]\n",
        "",
        "A child is never sent anything.",
    ),
    "a way of answering twice": (
        "event/v1.yaml",
        "modes: [link, paper,",
        "modes: [link, link,",
        '"link" stands twice.',
    ),
    "somebody unknown who is to be contacted": (
        "post_issuance/v2.yaml",
        "audience: parent_carer",
        "audience: attendee",
        "Nobody knows who the attendee is, so nobody could contact them. Take the question out.",
    ),
    "a better question beside nothing": (
        "post_issuance/measures.yaml",
        "beside: [plan_confidence,",
        "beside: [plan_rated,",
        'There is no other measure "plan_rated".',
    ),
    "unsound YAML": (V2, "questions:\n", "questions: [\n", "This is not sound YAML"),
    "a list where names belong": (V2, "survey: post_issuance", "- survey", "This is not sound YAML"),
}


@pytest.mark.parametrize("mistake", SPOILED)
def test_names(mistake: str, folder: Path, edit: Edit) -> None:
    name, before, after, message = SPOILED[mistake]
    edit(name, before, after)
    found = [str(mistake) for mistake in check(folder)]
    assert any(message in line for line in found), found
    named = {line.partition(":")[0] for line in found}
    assert all((folder / file).exists() for file in named)


def test_the_line_of_a_mistake_is_where_it_was_written(folder: Path, edit: Edit) -> None:
    line = edit(V2, "kind: contact", "kind: contakt")
    [mistake] = check(folder)
    assert (mistake.file, mistake.line, mistake.place) == (V2, line, "questions.5.kind")
    assert str(mistake).startswith(f"{V2}:{line}: questions.5.kind: ")


def test_every_mistake_is_named_at_once_when_loading(folder: Path, edit: Edit) -> None:
    edit(V1, "kind: text", "kind: txt")
    line = edit(V2, "minutes: 2", "minutes: many")
    edit("scales.yaml", "positive: [5, 4]", "positive: [6, 4]")
    with pytest.raises(Misconfigured) as refused:
        load(folder)
    assert '"txt"' in refused.value.message
    assert f"{V2}:{line}: minutes: " in refused.value.message
    assert '"6" is not an option' in refused.value.message


def test_a_version_that_was_published_cannot_change(folder: Path, edit: Edit) -> None:
    lock = load(folder).sha256("post_issuance", 2)
    edit("published.yaml", "[]", f"\n- {{survey: post_issuance, version: 2, sha256: {lock}}}")
    assert check(folder) == []
    edit(V2, "You feel sure", "You feel certain")
    [mistake] = check(folder)
    assert "Version 2 of post_issuance was published and has changed since." in mistake.wrong
    assert "make the change in v4.yaml" in mistake.cure


def test_the_lock_covers_the_scale_a_version_uses(folder: Path, edit: Edit) -> None:
    before = load(folder).sha256("annual_review", 1)
    edit("scales.yaml", "Strongly agree", "Agree very much")
    assert load(folder).sha256("annual_review", 1) != before


def test_the_lock_does_not_depend_on_comments_or_order(folder: Path, edit: Edit) -> None:
    before = load(folder).sha256("annual_review", 1)
    edit(REVIEW, "version: 1\n", "")
    edit(REVIEW, "survey: annual_review\n", "# as before\nversion: 1\nsurvey: annual_review\n")
    assert load(folder).sha256("annual_review", 1) == before


def test_a_version_published_twice_is_named(folder: Path, edit: Edit) -> None:
    row = f"\n- {{survey: annual_review, version: 1, sha256: {load(folder).sha256('annual_review', 1)}}}"
    edit("published.yaml", "[]", row + row)
    assert [mistake.wrong for mistake in check(folder)] == ["Version 1 of annual_review is published twice."]


def test_files_that_are_missing_or_not_read_are_named(folder: Path) -> None:
    (folder / "scales.yaml").unlink()
    (folder / "annual_review" / "measures.yaml").unlink()
    (folder / "annual_review" / "V2.yml").write_text("")
    (folder / "flagged_words.yaml").write_bytes(b"\xff")
    assert [(mistake.file, mistake.wrong) for mistake in check(folder)] == [
        ("annual_review/V2.yml", "This file is not read."),
        ("annual_review/measures.yaml", "The file is not there."),
        ("flagged_words.yaml", "The file is not UTF-8 text."),
        ("scales.yaml", "The file is not there."),
    ]


def test_words_that_no_one_called_comparable_stand_apart(folder: Path, edit: Edit) -> None:
    edit("post_issuance/measures.yaml", "comparable: true", "comparable: false")
    catalogue = load(folder)
    assert catalogue.comparable("post_issuance", "assessment_positive", 2) == {2, 3}
    assert catalogue.comparable("post_issuance", "involved", 2) == {1, 2, 3}


def test_a_draft_can_be_read_but_is_not_current(folder: Path) -> None:
    catalogue = load(folder)
    assert catalogue.get("post_issuance", 2).version == 2
    with pytest.raises(NotFound, match="No version"):
        catalogue.current("post_issuance")


def test_what_is_not_there_is_said_so(catalogue: Catalogue) -> None:
    with pytest.raises(NotFound, match='no survey "x"'):
        catalogue.versions("x")
    with pytest.raises(NotFound, match="no version 9"):
        catalogue.get("post_issuance", 9)
    with pytest.raises(NotFound, match='no measure "x"'):
        catalogue.comparable("post_issuance", "x", 1)
