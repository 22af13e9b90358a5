"""What `engage notify check` finds in an account, over real HTTP to the stand-in."""

import pytest

from engage.core.config import Settings
from engage.core.errors import Misconfigured
from engage.notify.account import KEY_TYPE, check_account
from engage.notify.models import MessageChannel
from engage.notify.standin import EMAIL_TEMPLATE_ID, LETTER_TEMPLATE_ID, TEXT_TEMPLATE_ID, RunningStandin
from engage.notify.templates import MessageKind, Template
from tests.conftest import make_settings


def settings_for(standin: RunningStandin, **changes: object) -> Settings:
    return make_settings(
        **{
            "notify_url": standin.url,
            "notify_api_key": standin.api_key,
            "notify_email_template_id": str(EMAIL_TEMPLATE_ID),
            "notify_text_template_id": str(TEXT_TEMPLATE_ID),
            **changes,
        }
    )


def test_a_sound_account_is_sound_and_nothing_is_sent() -> None:
    with RunningStandin() as standin:
        findings = check_account(settings_for(standin))
        assert [finding.said for finding in findings if not finding.sound] == []
        assert len(findings) == 5
        assert standin.messages() == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"notify_email_template_id": str(TEXT_TEMPLATE_ID)}, "belongs to a template for sms"),
        ({"notify_text_template_id": str(LETTER_TEMPLATE_ID)}, "belongs to a template for letter"),
        ({"notify_email_template_id": "00000000-0000-4000-8000-000000000000"}, "cannot be read (404"),
        ({"notify_reply_to_id": "00000000-0000-4000-8000-000000000000"}, "An email to Notify's smoke-test recipient"),
        ({"notify_sender_id": "00000000-0000-4000-8000-000000000000"}, "A text to Notify's smoke-test recipient"),
    ],
)
def test_what_is_wrong_is_named(changes: dict[str, object], said: str) -> None:
    with RunningStandin() as standin:
        wrong = [finding.said for finding in check_account(settings_for(standin, **changes)) if not finding.sound]
    assert len(wrong) == 1
    assert said in wrong[0]


def hosted(*placeholders: str) -> Template:
    return Template(
        name="welcome",
        channel=MessageChannel.EMAIL,
        language="en",
        kind=MessageKind.REQUESTED,
        purpose="Welcomes.",
        subject="Hello",
        body="Hello",
        placeholders=frozenset(placeholders),
        links=frozenset(),
        template_id=str(EMAIL_TEMPLATE_ID),
    )


def test_a_letter_template_and_a_hosted_one_are_looked_at_too() -> None:
    with RunningStandin() as standin:
        given = settings_for(standin, notify_letter_template_id=str(LETTER_TEMPLATE_ID))
        findings = check_account(given, [hosted("subject", "body")])
        assert [finding.said for finding in findings if not finding.sound] == []
        assert len(findings) == 7


def test_a_hosted_template_with_other_placeholders_is_named() -> None:
    with RunningStandin() as standin:
        wrong = [f.said for f in check_account(settings_for(standin), [hosted("subject", "name")]) if not f.sound]
    assert len(wrong) == 1
    assert wrong[0].startswith("The email/welcome.en email template must hold ((subject)) and ((name))")


def test_a_team_key_is_found_out() -> None:
    with RunningStandin() as standin:
        wrong = [f for f in check_account(settings_for(standin, notify_api_key=standin.team_key)) if not f.sound]
    assert len(wrong) == 2
    assert "team and guest list only" in wrong[0].said


def test_a_test_key_looks_like_a_live_one_and_so_its_type_is_asked_of_whoever_reads_this() -> None:
    with RunningStandin() as standin:
        for key in (standin.api_key, standin.test_key):
            findings = check_account(settings_for(standin, notify_api_key=key))
            assert (findings[-1].sound, findings[-1].said) == (True, KEY_TYPE)


def test_without_a_key_there_is_no_account() -> None:
    with pytest.raises(Misconfigured, match="ENGAGE_NOTIFY_API_KEY"):
        check_account(make_settings(notify_api_key=None))
