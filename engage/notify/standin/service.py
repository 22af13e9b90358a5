"""The service as a whole: the one place that accepts a message, and the handles with which a test steers it."""

import base64
import binascii
import threading
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from flask import current_app

from engage.notify.standin import bodies, recipients
from engage.notify.standin.clock import Clock, Timetable
from engage.notify.standin.config import ApiKey, KeyType, StandinConfig
from engage.notify.standin.delivery import Delivery
from engage.notify.standin.errors import NotifyError, bad_request, internal_error, validation_error
from engage.notify.standin.faults import Faults
from engage.notify.standin.limits import Limits
from engage.notify.standin.messages import Message, MessageStore
from engage.notify.standin.receipts import Post, ReceiptSender, post_over_http
from engage.notify.standin.rendering import Content, render
from engage.notify.standin.statuses import Channel, Status
from engage.notify.standin.storage import SqliteKeeper
from engage.notify.standin.templates import Template, TemplateStore

_TRIAL_GUIDANCE = "see https://www.notifications.service.gov.uk/trial-mode"
EXTENSION = "notify-standin"
PRECOMPILED_TEMPLATE_ID = "5e4d2004-0000-4000-8000-000000000000"


class Standin:
    """One service of the stand-in with all it holds; safe to use from many threads."""

    def __init__(self, config: StandinConfig, *, post: Post = post_over_http) -> None:
        self.config = config
        self.clock = Clock()
        self.timetable = Timetable(self.clock)
        self.faults = Faults(config.fault_seed)
        self.limits = Limits(config, seconds=self.clock.seconds, today=lambda: self.clock.now().date())
        self.templates = TemplateStore(config.templates)
        self.messages = MessageStore(SqliteKeeper(config.storage) if config.storage else None)
        self.receipts = ReceiptSender(
            config,
            clock=self.clock,
            timetable=self.timetable,
            faults=self.faults,
            messages=self.messages,
            post=post,
        )
        self.delivery = Delivery(
            config,
            clock=self.clock,
            timetable=self.timetable,
            faults=self.faults,
            messages=self.messages,
            receipts=self.receipts,
        )
        self.closing = threading.Event()
        self.delivery.resume()

    def accept(self, channel: Channel, body: Any, *, key: ApiKey, root: str) -> dict[str, Any]:
        """Take a message and give the body of the 201. Raises NotifyError for everything Notify would refuse.

        `root` is the address of the API. The rate must have been counted before.
        """
        self.limits.check_day(key.type, channel.value)
        if channel is Channel.LETTER and isinstance(body, dict) and "content" in body:
            return self._accept_precompiled(bodies.check_precompiled(body), key)
        form = bodies.check_send(channel, body)
        if channel not in self.config.channels:
            raise bad_request(f"Service is not allowed to send {_PLURALS[channel]}")
        template = self._template(channel, form["template_id"])
        personalisation = form.get("personalisation", {})
        content = render(
            template,
            personalisation,
            flavour=self.config.sms_flavour,
            sanitise_content_for=form.get("sanitise_content_for"),
        )
        self._check_senders(form)
        message = self._addressed(channel, form, key, template, content)
        _refuse_files(personalisation)
        if "\0" in (message.reference or ""):
            raise internal_error("ValueError")
        if not recipients.is_smoke_test(channel, message.recipient):
            self._keep(message)
        return self._accepted(message, content, root)

    def advance(self, seconds: float) -> None:
        """Turn the stand-in's time forward and do all that falls due. The time of day moves with it."""
        self.timetable.advance(seconds)

    def reset(self) -> None:
        """Forget all messages, faults, limits used and plans; templates stay."""
        self.timetable.clear()
        self.faults.clear()
        self.limits.reset()
        self.messages.clear()

    def close(self) -> None:
        """End the background work; what is stored stays."""
        self.closing.set()
        self.timetable.close()
        self.receipts.close()
        self.messages.close()

    def _template(self, channel: Channel, template_id: str) -> Template:
        template = self.templates.find(template_id)
        if template is None:
            raise bad_request("Template not found")
        if template.type is not channel:
            raise bad_request(f"{template.type} template is not suitable for {channel} notification")
        if template.archived:
            raise bad_request("Template has been deleted")
        return template

    def _check_senders(self, form: Mapping[str, Any]) -> None:
        for name, known in (
            ("email_reply_to_id", self.config.reply_to_ids),
            ("sms_sender_id", self.config.sms_sender_ids),
        ):
            if name in form and form[name] not in known:
                raise bad_request(
                    f"{name} {form[name]} does not exist in database for service id {self.config.service_id}"
                )

    def _addressed(
        self, channel: Channel, form: Mapping[str, Any], key: ApiKey, template: Template, content: Content
    ) -> Message:
        to, recipient, address, international = self._recipient(channel, form, key)
        is_text = channel is Channel.SMS
        return Message(
            id=str(uuid4()),
            channel=channel,
            key_type=key.type,
            reference=form.get("reference"),
            to=to,
            recipient=recipient,
            address=address,
            template_id=template.id,
            template_version=template.version,
            subject=content.subject,
            body=content.body,
            prefix=f"{self.config.service_name}: " if is_text and self.config.sms_prefix else "",
            sender=self._sender(channel, form),
            postage=(template.postage or "second") if channel is Channel.LETTER else None,
            international=international,
            one_click_unsubscribe_url=form.get("one_click_unsubscribe_url"),
            created_at=self.clock.now(),
        )

    def _recipient(self, channel: Channel, form: Mapping[str, Any], key: ApiKey) -> tuple[str, str, list[str], bool]:
        """How it was given, normalised, address lines, and whether it goes abroad."""
        if channel is Channel.LETTER:
            self._check_letters(key)
            try:
                lines = recipients.postal_address(form["personalisation"])
            except recipients.RecipientError as error:
                raise validation_error(str(error)) from error
            return ", ".join(lines), ", ".join(lines), lines, False
        if channel is Channel.EMAIL:
            to = form["email_address"]
            recipient = recipients.email(to)
            self._check_allowed(recipient, key)
            return to, recipient, [], False
        to = form["phone_number"]
        phone = recipients.phone(to)
        if phone.uk_landline:
            raise NotifyError(400, "InvalidPhoneError", "Not a UK mobile number")
        self._check_allowed(phone.digits, key)
        if phone.international and not self.config.international_sms:
            raise bad_request("Cannot send to international mobile numbers")
        if phone.international:
            self.limits.check_day(key.type, "international_sms")
        return to, phone.digits, [], phone.international

    def _check_letters(self, key: ApiKey) -> None:
        if key.type is KeyType.TEAM:
            raise bad_request("Cannot send letters with a team api key", status_code=403)
        if key.type is KeyType.LIVE and not self.config.service_is_live:
            raise bad_request("Cannot send letters when service is in trial mode", status_code=403)

    def _check_allowed(self, recipient: str, key: ApiKey) -> None:
        if key.type is KeyType.TEST or (key.type is KeyType.LIVE and self.config.service_is_live):
            return
        if recipient in self._team_and_guests():
            return
        if key.type is KeyType.TEAM:
            raise bad_request("Can’t send to this recipient using a team-only API key")
        raise bad_request(f"Can’t send to this recipient when service is in trial mode – {_TRIAL_GUIDANCE}")

    def _team_and_guests(self) -> set[str]:
        return {
            recipients.email(entry) if "@" in entry else recipients.phone(entry).digits
            for entry in self.config.team_and_guests
        }

    def _sender(self, channel: Channel, form: Mapping[str, Any]) -> str:
        if channel is Channel.EMAIL:
            return f"{self.config.email_from}@notifications.service.gov.uk"
        if channel is Channel.SMS:
            return self.config.sms_sender_ids.get(form.get("sms_sender_id", ""), self.config.sms_sender)
        return ""

    def _keep(self, message: Message) -> None:
        message.outcome = self.delivery.outcome_of(
            message.channel,
            to=message.to,
            recipient=message.recipient,
            international=message.international,
        )
        self.messages.add(message)
        self.limits.count(message.key_type, message.channel, international=message.international)
        self.delivery.start(message)

    def _accepted(self, message: Message, content: Content, root: str) -> dict[str, Any]:
        told: dict[str, Any] = {"body": message.body}
        if message.channel is Channel.SMS:
            told["from_number"] = message.sender
        else:
            told["subject"] = message.subject
        if message.channel is Channel.EMAIL:
            told["from_email"] = message.sender
            told["one_click_unsubscribe_url"] = message.one_click_unsubscribe_url
        answer = {
            "id": message.id,
            "reference": message.reference,
            "scheduled_for": None,
            "uri": f"{root}/v2/notifications/{message.id}",
            "template": {
                "id": message.template_id,
                "version": message.template_version,
                "uri": f"{root}/services/{self.config.service_id}/templates/{message.template_id}",
            },
            "content": told,
        }
        if message.channel is Channel.EMAIL:
            answer["sanitised_content"] = content.sanitised
        return answer

    def _accept_precompiled(self, form: Mapping[str, Any], key: ApiKey) -> dict[str, Any]:
        self._check_letters(key)
        try:
            base64.b64decode(form["content"], validate=True)
        except binascii.Error as error:
            raise bad_request("Cannot decode letter content (invalid base64 encoding)") from error
        message = Message(
            id=str(uuid4()),
            channel=Channel.LETTER,
            key_type=key.type,
            status=Status.PENDING_VIRUS_CHECK,
            reference=form["reference"],
            to="Provided as PDF",
            recipient="Provided as PDF",
            template_id=PRECOMPILED_TEMPLATE_ID,
            template_version=1,
            body="A letter provided as PDF",
            postage=form.get("postage", "second"),
            created_at=self.clock.now(),
        )
        self._keep(message)
        return {"id": message.id, "reference": message.reference, "postage": message.postage}


_PLURALS = {Channel.EMAIL: "emails", Channel.SMS: "text messages", Channel.LETTER: "letters"}


def _refuse_files(personalisation: Mapping[str, Any]) -> None:
    if any(isinstance(value, dict) and "file" in value for value in personalisation.values()):
        raise bad_request(
            "Send files by email has not been set up - add contact details for your service in its settings"
        )


def standin() -> Standin:
    """The service of the Flask application at work."""
    found: Standin = current_app.extensions[EXTENSION]
    return found
