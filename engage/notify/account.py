"""Whether the Notify account is set up as Engage needs it: asked of Notify itself, with nothing sent to anybody."""

from collections.abc import Iterable
from dataclasses import dataclass

from notifications_python_client.errors import APIError
from notifications_python_client.notifications import NotificationsAPIClient

from engage.core.config import Settings
from engage.core.errors import Misconfigured
from engage.notify.client import classify
from engage.notify.models import MessageChannel
from engage.notify.templates import Template

_KINDS = {MessageChannel.EMAIL: "email", MessageChannel.TEXT: "sms", MessageChannel.LETTER: "letter"}
SMOKE_TEST_EMAIL = "simulate-delivered@notifications.service.gov.uk"
SMOKE_TEST_NUMBER = "07700900000"
"""Notify's own smoke-test recipients: fully validated, never sent (docs.notifications.service.gov.uk, "Testing")."""

KEY_TYPE = (
    "The key is not one for the team and guest list only. Whether it is live, or a test key with which Notify takes "
    "everything and sends nothing, Notify does not tell: look at its type on Notify's page API integration."
)


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    sound: bool
    said: str


def check_account(settings: Settings, hosted: Iterable[Template] = ()) -> list[Finding]:
    """Look at the key, the common templates, the `hosted` ones among ours and the placeholders of them all, and hand an
    email and a text to a smoke-test recipient, which also proves the reply-to address and the text sender. There is no
    such recipient of letters. Raises `Misconfigured` without a key."""
    if settings.notify_api_key is None:
        raise Misconfigured("Set ENGAGE_NOTIFY_API_KEY: there is no account to look at.")
    client = NotificationsAPIClient(
        settings.notify_api_key.get_secret_value(),
        base_url=str(settings.notify_url).rstrip("/"),
        timeout=settings.notify_timeout_seconds,
    )
    wanted = [
        ("email", settings.notify_email_template_id or "", frozenset({"subject", "body"})),
        ("sms", settings.notify_text_template_id or "", frozenset({"body"})),
    ]
    if settings.notify_letter_template_id:
        wanted.append(("letter", settings.notify_letter_template_id, frozenset({"subject", "body"})))
    found = [_template(client, kind, template_id, names) for kind, template_id, names in wanted]
    found += [
        _template(client, _KINDS[one.channel], one.template_id, _told(one), f"{one} ")
        for one in hosted
        if one.template_id
    ]
    if all(finding.sound for finding in found):
        found += [_trial_email(client, settings), _trial_text(client, settings)]
    if all(finding.sound for finding in found):
        found.append(Finding(True, KEY_TYPE))
    return found


def _told(template: Template) -> frozenset[str]:
    """The values a hosted template must hold; a letter's addressee may stand in its words or on its envelope alone."""
    return template.values - ({"addressee"} if template.channel is MessageChannel.LETTER else frozenset())


def _template(
    client: NotificationsAPIClient, kind: str, template_id: str, names: frozenset[str], whose: str = ""
) -> Finding:
    word = f"{whose}{'text' if kind == 'sms' else kind}"
    try:
        template = client.get_template(template_id)
    except APIError as error:
        fault = classify(error)
        return Finding(
            False, f"The {word} template cannot be read ({fault.detail}). Look at its id and at the API key."
        )
    if template["type"] != kind:
        return Finding(False, f"The {word} template's id belongs to a template for {template['type']}.")
    has = frozenset(template.get("personalisation") or ()) - ({"addressee"} if kind == "letter" else frozenset())
    if has != names:
        fields = " and ".join(f"(({name}))" for name in sorted(names, reverse=True))
        return Finding(False, f"The {word} template must hold {fields} and nothing else; it holds {sorted(has)}.")
    return Finding(True, f"The {word} template is there, version {template['version']}, with the right placeholders.")


def _trial_email(client: NotificationsAPIClient, settings: Settings) -> Finding:
    try:
        client.send_email_notification(
            SMOKE_TEST_EMAIL,
            settings.notify_email_template_id,
            personalisation={"subject": "Engage checks its account", "body": "Nobody receives this."},
            reference="engage-check",
            email_reply_to_id=settings.notify_reply_to_id,
        )
    except APIError as error:
        return _refused("An email", error)
    return Finding(True, "An email to Notify's smoke-test address was taken.")


def _trial_text(client: NotificationsAPIClient, settings: Settings) -> Finding:
    try:
        client.send_sms_notification(
            SMOKE_TEST_NUMBER,
            settings.notify_text_template_id,
            personalisation={"body": "Engage checks its account. Nobody receives this."},
            reference="engage-check",
            sms_sender_id=settings.notify_sender_id,
        )
    except APIError as error:
        return _refused("A text", error)
    return Finding(True, "A text to Notify's smoke-test number was taken.")


def _refused(what: str, error: APIError) -> Finding:
    """A team-only key is refused here: it could reach no family either."""
    detail = classify(error).detail
    cure = (
        "The key may be for the team and guest list only, or the reply-to address or text sender is not the account's."
    )
    return Finding(False, f"{what} to Notify's smoke-test recipient was refused ({detail}). {cure}")
