"""Messages are warm, plain and safe to be seen; every mistake in a template is named."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from engage.core.config import PROJECT
from engage.core.errors import Misconfigured, NotFound
from engage.core.languages import survey_gettext
from engage.notify.gsm import parts
from engage.notify.models import MessageChannel
from engage.notify.template_files import check, load
from engage.notify.templates import MessageKind, Rendered, Template, Templates
from engage.surveys.loader import load as load_surveys

TEMPLATES = PROJECT / "notify_templates"
PREFIX = "SEND Kingston: "
LINK = "https://engage.example.org/s/" + "x" * 31
VALUES: dict[str, str | int] = {
    "link": LINK,
    "stop_link": f"{LINK}/stop",
    "first_name": "Amina",
    "addressee": "Amina Invented",
    "topic": "getting your child's plan",
    "surveys": 2,
    "minutes": 2,
    "code": "012345",
    "days": 7,
    "closes_on": "18 December 2026",
    "organisation": "Kingston Council and Achieving for Children",
    "phone": "020 7946 0000",
}
TOPICS = ["getting your child's plan", "your child's plan review", "x" * 26]
STOP = {
    "en": "stop",
    "pl": "rezygn",
    "ta": "நிறுத்த",
    "ko": "그만 받",
    "ar": "إيقاف",
    "ur": "پیغام بند کر",
    "fa": "لغو",
}
EMAIL, TEXT, LETTER = MessageChannel
Edit = Callable[[str, str, str], int]


@pytest.fixture(scope="module")
def templates() -> Templates:
    return load(TEMPLATES)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(TEMPLATES, tmp_path / "notify_templates")
    return tmp_path / "notify_templates"


@pytest.fixture
def edit(folder: Path) -> Edit:
    """Change some words of a file in the copy, once; gives the line on which they stand."""

    def edit(name: str, before: str, after: str) -> int:
        text = (folder / name).read_text()
        assert before in text
        (folder / name).write_text(text.replace(before, after, 1))
        return text[: text.index(before)].count("\n") + 1

    return edit


def _render(templates: Templates, template: Template, **values: str | int) -> Rendered:
    known = templates.values_of(template.name)
    return templates.render(template, {key: value for key, value in (VALUES | values).items() if key in known})


def test_the_shipped_templates_have_no_mistake() -> None:
    assert check(TEMPLATES) == []


def test_the_messages_that_the_chain_needs_are_there(templates: Templates) -> None:
    assert {(template.name, template.channel) for template in templates.all()} >= {
        *(
            (f"survey_{step}", channel)
            for step in ("invitation", "reminder", "last_reminder")
            for channel in MessageChannel
        ),
        ("sign_in", EMAIL),
        ("register_confirm", EMAIL),
    }


def test_every_message_has_its_link_or_its_code_and_the_phone_number(templates: Templates) -> None:
    for template in templates.all():
        body = _render(templates, template).body
        assert (LINK in body) is ("code" not in template.values)
        assert "020 7946 0000" in body.replace("\u00a0", " ")


def test_every_message_we_begin_says_how_to_stop_it(templates: Templates) -> None:
    for template in templates.all():
        if template.kind is MessageKind.ASKING:
            body = _render(templates, template).body
            assert (f"{LINK}/stop" if template.channel is EMAIL else STOP[template.language]) in body


@pytest.mark.parametrize("topic", TOPICS)
def test_every_text_fits_one_part_with_its_prefix_and_a_long_link(templates: Templates, topic: str) -> None:
    assert len(LINK) == 60
    for template in templates.all():
        if template.channel is TEXT and template.language == "en":
            assert parts(PREFIX + _render(templates, template, topic=topic).body) == 1


@pytest.mark.parametrize("language", sorted(STOP.keys() - {"en"}))
def test_a_text_in_another_language_is_there_for_each_english_one_and_fits_three_parts(
    templates: Templates, language: str
) -> None:
    texts = [template for template in templates.all() if template.channel is TEXT]
    ours = {template.name: template for template in texts if template.language == language}
    assert set(ours) == {template.name for template in texts if template.language == "en" and template.is_for_families}
    for survey in load_surveys(PROJECT / "surveys").all():
        for name, template in ours.items():
            if survey.code.startswith("young_person") is name.startswith("young_person"):
                topic = survey_gettext(survey.topic, language) or survey.topic
                body = _render(templates, template, topic=topic, minutes=15).body
                assert parts(PREFIX + body) <= 3, f"{template}: {body}"


@pytest.mark.parametrize("language", ["ar", "ur", "fa"])
def test_in_a_text_written_from_the_right_the_phone_number_has_a_line_from_the_left(
    templates: Templates, language: str
) -> None:
    for template in templates.all():
        if template.channel is TEXT and template.language == language:
            assert template.body.endswith("\nTel ((phone))")


def test_no_name_is_seen_in_a_subject_or_a_text(templates: Templates) -> None:
    for template in templates.all():
        rendered = _render(templates, template)
        in_sight = rendered.body if template.channel is TEXT else rendered.subject
        assert in_sight
        assert "Amina" not in in_sight


def test_an_email_in_full(templates: Templates) -> None:
    rendered = _render(templates, templates.find("survey_invitation", EMAIL, "en"))
    assert rendered.subject == "How was getting your child's plan?"
    assert rendered.body.startswith(
        "Hello Amina,\n\nHow was getting your child's plan? We would like to hear from you."
    )
    assert "((" not in rendered.body


@pytest.mark.parametrize(("language", "shown"), [("ar", "020\u00a07946\u00a00000"), ("pl", "020 7946 0000")])
def test_a_phone_number_is_not_turned_round_in_words_written_from_the_right(
    monkeypatch: pytest.MonkeyPatch, templates: Templates, language: str, shown: str
) -> None:
    monkeypatch.setattr(templates, "offered", lambda: ("en", language))
    email = _render(templates, templates.find("survey_invitation", EMAIL, language))
    assert shown in email.body
    assert "18 December 2026" in email.body


def test_a_text_in_full(templates: Templates) -> None:
    rendered = _render(templates, templates.find("survey_invitation", TEXT, "en"))
    words = f"How was getting your child's plan? Tell us or stop texts: {LINK} Or ring 020 7946 0000"
    assert rendered == Rendered(None, words)


def test_a_value_that_is_missing_is_named_with_its_template(templates: Templates) -> None:
    template = templates.find("survey_invitation", TEXT, "en")
    with pytest.raises(Misconfigured, match=r"text/survey_invitation\.en was not given: phone, topic\."):
        templates.render(template, {"link": LINK})


def test_a_value_that_no_template_of_the_name_knows_is_named(templates: Templates) -> None:
    template = templates.find("sign_in", EMAIL, "en")
    values = {key: VALUES[key] for key in template.values} | {"child_name": "x"}
    with pytest.raises(Misconfigured, match=r"email/sign_in\.en does not know: child_name\."):
        templates.render(template, values)


def test_a_sender_may_give_one_set_of_values_for_all_channels(templates: Templates) -> None:
    values = {key: VALUES[key] for key in templates.values_of("survey_reminder")}
    for channel in MessageChannel:
        assert templates.render(templates.find("survey_reminder", channel, "en"), values).body


def test_a_letter_in_full(templates: Templates) -> None:
    rendered = _render(templates, templates.find("survey_invitation", LETTER, "en"))
    assert rendered.subject == "How was getting your child's plan?"
    assert rendered.body.startswith("Dear Amina Invented,\n\nHow was getting your child's plan?")
    assert f"qr: {LINK}\n\nOr type this address into the top of your web browser:\n\n{LINK}\n" in rendered.body
    assert "Ring us on 020 7946 0000." in rendered.body


def test_a_jointly_signed_letter_is_given_the_values_of_the_letter_whose_place_it_takes(templates: Templates) -> None:
    values = {key: VALUES[key] for key in templates.values_of("survey_invitation")}
    joint = templates.find("joint_invitation", LETTER, "en")
    assert templates.render(joint, values).body.endswith("* Achieving for Children")
    assert joint.signatories == ("forum", "council", "icb", "afc")


def test_words_have_a_version_of_their_own(templates: Templates) -> None:
    versions = [template.version for template in templates.all()]
    assert len(set(versions)) == len(versions)
    assert all(len(version) == 64 for version in versions)


def test_words_kept_in_the_account_go_as_values(folder: Path, edit: Edit) -> None:
    edit(INVITATION, "kind: asking", f"kind: asking\ntemplate_id: {HOSTED}")
    templates = load(folder)
    rendered = _render(templates, templates.find("survey_invitation", EMAIL, "en"), first_name="Amina *")
    assert rendered.template_id == HOSTED
    assert rendered.values["first_name"] == "Amina *"
    assert rendered.values["link"] == LINK
    assert rendered.sanitised == {"first_name", "topic", "minutes", "closes_on", "organisation", "phone"}


def test_a_hostile_name_stays_a_name(templates: Templates) -> None:
    template = templates.find("survey_invitation", EMAIL, "en")
    body = _render(templates, template, first_name="[Amina](https://evil.example) ((stop_link))").body
    assert body.startswith(r"Hello \[Amina\]\(https: //evil. example\) \(\(stop\_link\)\),")


def test_a_link_that_is_no_address_is_refused(templates: Templates) -> None:
    template = templates.find("survey_invitation", TEXT, "en")
    with pytest.raises(Misconfigured, match="not a web address"):
        _render(templates, template, link="javascript:alert(1)")


def test_a_channel_without_words_in_a_language_gets_english_and_says_so(templates: Templates) -> None:
    assert templates.find("survey_invitation", TEXT, "ta").language == "en"


def test_words_are_used_only_in_a_language_that_is_offered(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    english = folder / "email" / "survey_invitation.en.md"
    (folder / "email" / "survey_invitation.ta.md").write_text(english.read_text().replace("Hello", "வணக்கம்"))
    (folder / "text" / "survey_invitation.ta.md").unlink()
    templates = load(folder)  # and the text and the letter may stay English
    monkeypatch.setattr(templates, "offered", lambda: ("en",))
    assert templates.find("survey_invitation", EMAIL, "ta").language == "en"
    monkeypatch.setattr(templates, "offered", lambda: ("en", "ta"))
    assert templates.find("survey_invitation", EMAIL, "ta").body.startswith("வணக்கம்")
    assert templates.find("survey_invitation", EMAIL, "ta-LK").language == "ta"
    assert templates.find("survey_invitation", TEXT, "ta").language == "en"


def test_a_translation_has_the_values_and_the_marks_of_the_english(folder: Path) -> None:
    english = (folder / "email" / "survey_invitation.en.md").read_text()
    wrong = english.replace("Hello ((first_name)),", "வணக்கம்").replace("first_name, ", "").replace("\n---\n\nIs", "\nIs")
    (folder / "email" / "survey_invitation.ta.md").write_text(wrong)
    found = " ".join(str(mistake) for mistake in check(folder))
    assert "first_name" in found
    assert "headings or list marks" in found


def test_a_message_without_words_for_a_channel_is_not_found(templates: Templates) -> None:
    with pytest.raises(NotFound, match='There is no text template "sign_in"'):
        templates.find("sign_in", TEXT, "en")


INVITATION, SHORT = "email/survey_invitation.en.md", "text/survey_invitation.en.md"
POSTED, JOINT = "letter/survey_invitation.en.md", "letter/joint_invitation.en.md"
HOSTED = "0a1b2c3d-0000-4000-8000-000000000001"
SPOILED = {
    "an undeclared placeholder": (
        INVITATION,
        "Hello ((first_name))",
        "Hello ((firstname))",
        "((firstname)) is not declared.",
    ),
    "an unused placeholder": (
        INVITATION,
        "placeholders: [",
        "placeholders: [colour, ",
        '"colour" is declared but not used.',
    ),
    "a placeholder about a child": (SHORT, "((topic))", "((topic)) ((child_name))", "((child_name)) is not declared."),
    "a declared placeholder about a child": (
        SHORT,
        "[topic",
        "[child_name, topic",
        '"child_name" may tell of a child.',
    ),
    "a placeholder that is also a link": (SHORT, "[topic", "[link, topic", '"link" is both a placeholder and a link.'),
    "a conditional": (
        INVITATION,
        "((organisation))",
        "((organisation)) ((yes??Thanks))",
        "A placeholder cannot be understood.",
    ),
    "a word in the subject": (
        INVITATION,
        "subject: How was",
        "subject: EHC plans, how was",
        '"EHC" must not be seen over a shoulder.',
    ),
    "a beginning in a text": (SHORT, "How was", "About autism, how was", '"autism" must not be seen over a shoulder.'),
    "a dear character": (SHORT, "Or ring", "– ring", "A phone charges more for: –."),
    "an email without a subject": (INVITATION, "subject: How was ((topic))?\n", "", "An email needs a subject."),
    "a text with a subject": (SHORT, "kind: asking", "kind: asking\nsubject: Hello", "A text message has no subject."),
    "no way to stop": (INVITATION, "links: [link, stop_link]", "links: [link]", "The message lacks ((stop_link))."),
    "another name": (
        INVITATION,
        "name: survey_invitation",
        "name: invitation",
        'The file is named "survey_invitation".',
    ),
    "a letter without a heading": (POSTED, "subject: How was ((topic))?\n", "", "A letter needs a subject."),
    "a word anywhere in a letter": (POSTED, "Dear ((addressee)),", "Dear ((addressee)), EHC", '"EHC" must not be seen'),
    "a letter to nobody": (POSTED, "Dear ((addressee)),", "Hello,", '"addressee" is declared but not used.'),
    "a letter from nobody": (
        POSTED,
        "minutes, closes_on, organisation,",
        "minutes, closes_on,",
        "lacks ((organisation))",
    ),
    "a signatory unknown": (
        JOINT,
        "[forum, council",
        "[forum, guild, council",
        '"guild" is no organisation that signs.',
    ),
    "a signatory unnamed": (JOINT, "* Achieving for Children", "", 'do not say that "Achieving for Children" signs'),
    "a signatory by an old name": (
        JOINT,
        "NHS South West London Integrated Care Board",
        "NHS South West London Clinical Commissioning Group",
        'do not say that "NHS South West London Integrated Care Board" signs',
    ),
    "a signatory twice": (JOINT, "[forum, council", "[forum, forum, council", "An organisation signs once."),
    "signed words in the account": (
        JOINT,
        "kind: asking",
        f"kind: asking\ntemplate_id: {HOSTED}",
        "Signed words cannot be kept in the Notify account.",
    ),
    "a hosted template's id": (INVITATION, "kind: asking", "kind: asking\ntemplate_id: seven", "should match pattern"),
    "the place of no message": (
        JOINT,
        "instead_of: survey_invitation",
        "instead_of: hello",
        'There is no message "hello"',
    ),
    "an unknown kind": (INVITATION, "kind: asking", "kind: begging", '"begging" is not one that is known.'),
    "an unknown field": (INVITATION, "purpose:", "porpoise:", '"porpoise" is not known here.'),
    "no front matter": (INVITATION, "---\n", "", "The file has no front matter."),
    "unsound front matter": (INVITATION, "links: [", "links: [[", "This is not sound YAML"),
}


@pytest.mark.parametrize("mistake", SPOILED)
def test_names(mistake: str, folder: Path, edit: Edit) -> None:
    name, before, after, message = SPOILED[mistake]
    edit(name, before, after)
    found = [str(mistake) for mistake in check(folder)]
    assert any(message in line and line.startswith(name) for line in found), found


def test_the_line_of_a_mistake_is_its_line_in_the_file(folder: Path, edit: Edit) -> None:
    line = edit(INVITATION, "kind: asking", "kind: begging")
    [mistake] = [mistake for mistake in check(folder) if mistake.file == INVITATION]
    assert mistake.line == line


def test_a_message_we_begin_needs_every_channel(folder: Path) -> None:
    for text in (folder / "text").glob("survey_reminder.*.md"):
        text.unlink()
    [mistake] = check(folder)
    assert (mistake.wrong, mistake.cure) == (
        "survey_reminder has no text beside it.",
        "Add text/survey_reminder.en.md.",
    )


def test_a_translation_needs_its_english(folder: Path) -> None:
    (folder / "email" / "sign_in.en.md").rename(folder / "email" / "sign_in.ta.md")
    assert [mistake.wrong for mistake in check(folder)] == ["sign_in has no English words."]


def test_files_out_of_place_or_missing_are_named(folder: Path) -> None:
    (folder / "email" / "notes.txt").write_text("")
    (folder / "email" / "odd.en.md").write_bytes(b"\xff")
    (folder / "forbidden_words.yaml").unlink()
    assert {(mistake.file, mistake.wrong) for mistake in check(folder)} == {
        ("email/notes.txt", "This is not a template's place and name."),
        ("email/odd.en.md", "The file is not UTF-8 text."),
        ("forbidden_words.yaml", "The file is not there."),
    }


def test_loading_unsound_templates_names_every_mistake(folder: Path, edit: Edit) -> None:
    edit(INVITATION, "Hello ((first_name))", "Hello ((firstname))")
    edit(SHORT, "How was", "About autism, how was")
    with pytest.raises(Misconfigured) as refused:
        load(folder)
    assert "((firstname)) is not declared." in refused.value.message
    assert '"autism" must not be seen' in refused.value.message
