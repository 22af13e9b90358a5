"""The inbox: every message that was sent, as its reader sees it, as pages for people and as JSON for programs."""

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask.wrappers import Response
from markupsafe import Markup, escape

from engage.notify.standin import markdown
from engage.notify.standin.messages import Message
from engage.notify.standin.service import standin
from engage.notify.standin.statuses import Channel

PAGE_SIZE = 50
CHANNEL_NAMES = {Channel.EMAIL: "Email", Channel.SMS: "Text message", Channel.LETTER: "Letter"}
STATUS_NAMES = {
    "created": "Not sent yet",
    "sending": "On its way",
    "sent": "Sent abroad",
    "permanent-failure": "Failed for good",
    "temporary-failure": "Failed for now",
    "technical-failure": "Technical failure",
}
_LONDON = ZoneInfo("Europe/London")
_URL = re.compile(r"https?://[^\s<>()\[\]\"]*[^\s<>()\[\]\"'.,;:!?]")

pages = Blueprint("inbox", __name__)


@pages.after_request
def forbid_everything_else(response: Response) -> Response:
    """A message is other people's words: whatever it holds, the page runs nothing and loads nothing."""
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@pages.get("/")
def show_list() -> ResponseReturnValue:
    """The messages, newest first, of one recipient or channel if so asked."""
    to, channel = request.args.get("to", "").strip(), _channel()
    older_than = request.args.get("older_than") or None
    found = _found(to=to, channel=channel, older_than=older_than, limit=PAGE_SIZE + 1)
    return render_template(
        "inbox.html",
        messages=found[:PAGE_SIZE],
        older=found[PAGE_SIZE - 1].id if len(found) > PAGE_SIZE else None,
        to=to,
        channel=channel,
        filtered=bool(to or channel or older_than),
        total=len(standin().messages),
    )


@pages.get("/messages/<message_id>")
def show_message(message_id: str) -> ResponseReturnValue:
    """One message as its reader sees it, and what became of it."""
    message = standin().messages.get(message_id)
    if message is None:
        return render_template("absent.html"), 404
    return render_template("message.html", message=message, content=_rendered(message))


@pages.get("/inbox.json")
def list_as_json() -> ResponseReturnValue:
    """The messages as JSON, newest first; `since` is an ISO moment (UTC unless it says otherwise)."""
    found = _found(to=request.args.get("to", "").strip(), channel=_channel())
    since = _since()
    return jsonify(messages=[as_json(m) for m in found if since is None or m.created_at > since])


@pages.get("/messages/<message_id>.json")
def message_as_json(message_id: str) -> ResponseReturnValue:
    """One message as JSON."""
    message = standin().messages.get(message_id)
    if message is None:
        abort(404, "There is no such message")
    return jsonify(as_json(message))


def as_json(message: Message) -> dict[str, Any]:
    """All there is to know of a message: as stored, as its reader gets it, and the links in it."""
    return {
        **message.model_dump(mode="json"),
        "text": message.text,
        "parts": message.parts,
        "html": str(_rendered(message)),
        "links": links_in(message),
    }


def links_in(message: Message) -> list[str]:
    """Every web address in the body, in order."""
    return _URL.findall(message.body)


@pages.app_template_filter("channel_name")
def channel_name(channel: Channel) -> str:
    """The channel in words."""
    return CHANNEL_NAMES[channel]


@pages.app_template_filter("status_name")
def status_name(status: str) -> str:
    """The status in words."""
    return STATUS_NAMES.get(status, status.replace("-", " ").capitalize())


@pages.app_template_filter("london_time")
def london_time(moment: datetime) -> str:
    """A moment as people in England say it."""
    local = moment.astimezone(_LONDON)
    return f"{local.day} {local:%B %Y, %H:%M:%S}"


def _rendered(message: Message) -> Markup:
    if message.channel is not Channel.SMS:
        return Markup(markdown.to_html(message.body))  # noqa: S704  # to_html escapes all it is given
    return _with_links(message.text)


def _with_links(text: str) -> Markup:
    linked, end = Markup(), 0
    for match in _URL.finditer(text):
        link = Markup('<a href="{0}" rel="noopener noreferrer">{0}</a>').format(match[0])
        linked += escape(text[end : match.start()]) + link
        end = match.end()
    return linked + escape(text[end:])


def _found(
    *, to: str, channel: Channel | None, older_than: str | None = None, limit: int | None = None
) -> list[Message]:
    sought = _comparable(to)

    def wanted(message: Message) -> bool:
        return (channel is None or message.channel is channel) and (
            sought in _comparable(message.to) or sought in message.recipient
        )

    return standin().messages.newest_first(where=wanted, older_than=older_than, limit=limit)


def _comparable(recipient: str) -> str:
    return "".join(recipient.split()).lower()


def _channel() -> Channel | None:
    asked = request.args.get("channel", "")
    return Channel(asked) if asked in tuple(Channel) else None


def _since() -> datetime | None:
    asked = request.args.get("since")
    if not asked:
        return None
    try:
        moment = datetime.fromisoformat(asked.replace(" ", "+"))
    except ValueError:
        abort(400, "since is not an ISO date and time")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
