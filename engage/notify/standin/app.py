"""The addresses of the stand-in: Notify's API, the inbox, and the door through which tests ask for faults."""

import socket
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from engage.notify.standin import bodies, inbox, markdown, steering
from engage.notify.standin.auth import calling_key
from engage.notify.standin.config import ApiKey, StandinConfig
from engage.notify.standin.errors import NotifyError, bad_request, no_result, validation_error
from engage.notify.standin.faults import AFTER_ACCEPTING, BEFORE_ACCEPTING, Fault, FaultKind, Requests
from engage.notify.standin.messages import Message
from engage.notify.standin.receipts import Post, post_over_http
from engage.notify.standin.rendering import render
from engage.notify.standin.service import EXTENSION, Standin, standin
from engage.notify.standin.statuses import Channel, expanded

api = Blueprint("api", __name__, url_prefix="/v2")


def create_standin(config: StandinConfig | None = None, *, post: Post = post_over_http) -> Flask:
    """The stand-in as a WSGI application; its `Standin` is in `extensions[EXTENSION]`.

    `post` is how receipts are posted: over HTTP unless a test hands in another way.
    """
    app = Flask(__name__, template_folder="pages", static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.extensions[EXTENSION] = Standin(config or StandinConfig(), post=post)
    app.register_blueprint(api)
    app.register_blueprint(inbox.pages)
    app.register_blueprint(steering.steering)
    app.register_error_handler(NotifyError, _tell_notify_error)
    app.register_error_handler(HTTPException, _tell_http_error)
    return app


@api.post("/notifications/<any(sms, email, letter):channel>")
def send(channel: str) -> ResponseReturnValue:
    """Accept a message, unless a fault says otherwise."""
    service = standin()
    if service.config.latency_seconds:
        time.sleep(service.config.latency_seconds)
    key = _caller()
    service.limits.check_rate(key.type)
    _strike(service, service.faults.take(*BEFORE_ACCEPTING))
    answer = service.accept(Channel(channel), request.get_json(silent=True), key=key, root=_root())
    _strike(service, service.faults.take(*AFTER_ACCEPTING))
    return jsonify(answer), 201


@api.get("/notifications/<message_id>")
def get_message(message_id: str) -> ResponseReturnValue:
    """One message, whatever type of key sent it."""
    _caller()
    _strike_read()
    return jsonify(_message(message_id).as_json(_root()))


@api.get("/notifications/<message_id>/pdf")
def get_pdf(message_id: str) -> ResponseReturnValue:
    """No PDF: the stand-in prints nothing, so that it is for ever not ready."""
    _caller()
    if _message(message_id).channel is not Channel.LETTER:
        raise bad_request("Notification is not a letter")
    raise NotifyError(400, "PDFNotReadyError", "PDF not available yet, try again later")


@api.get("/notifications")
def list_messages() -> ResponseReturnValue:
    """A page of the messages sent with the caller's type of key, newest first."""
    service, key = standin(), _caller()
    _strike_read()
    query = request.args.to_dict(flat=False)
    bodies.check_list_query(query)
    statuses = expanded(query.get("status", []))
    channels = query.get("template_type", [])

    def wanted(message: Message) -> bool:
        return (
            message.key_type is key.type
            and (not statuses or message.status in statuses)
            and (not channels or message.channel in channels)
        )

    found = service.messages.newest_first(
        where=wanted,
        reference=request.args.get("reference"),
        older_than=request.args.get("older_than"),
        limit=service.config.page_size,
    )
    links = {"current": _list_url(query)}
    if found:
        links["next"] = _list_url({**query, "older_than": [found[-1].id]})
    return jsonify(notifications=[message.as_json(_root()) for message in found], links=links)


@api.get("/templates")
def list_templates() -> ResponseReturnValue:
    """All templates, or those of one type."""
    _caller()
    wanted = request.args.get("type")
    if wanted is not None and wanted not in tuple(Channel):
        raise validation_error(f"type {wanted} is not one of [{', '.join(Channel)}]")
    channel = Channel(wanted) if wanted else None
    return jsonify(templates=[t.as_json() for t in standin().templates.listed(channel=channel)])


@api.get("/template/<template_id>")
@api.get("/template/<template_id>/version/<int:version>")
def get_template(template_id: str, version: int | None = None) -> ResponseReturnValue:
    """One template, its newest version or the one asked for."""
    _caller()
    found = standin().templates.get(bodies.checked_uuid("id", template_id), version=version)
    return jsonify(found.as_json())


@api.post("/template/<template_id>/preview")
def preview(template_id: str) -> ResponseReturnValue:
    """What a message would say; sends nothing and is not counted."""
    _caller()
    template = standin().templates.get(bodies.checked_uuid("id", template_id))
    personalisation = bodies.check_preview(request.get_json(silent=True))
    content = render(template, personalisation, flavour=standin().config.sms_flavour)
    return jsonify(
        id=template.id,
        type=template.type.value,
        version=template.version,
        body=content.body,
        subject=content.subject,
        postage=template.postage,
        html=markdown.to_html(content.body) if template.type is Channel.EMAIL else None,
    )


@api.get("/received-text-messages")
def received_texts() -> ResponseReturnValue:
    """Nobody ever texts the stand-in."""
    _caller()
    return jsonify(received_text_messages=[], links={"current": f"{_root()}/v2/received-text-messages"})


def _caller() -> ApiKey:
    return calling_key(standin().config, request.headers.get("Authorization"))


def _message(message_id: str) -> Message:
    message = standin().messages.get(bodies.checked_uuid("notification_id", message_id))
    if message is None:
        raise no_result()
    return message


def _root() -> str:
    return request.url_root.rstrip("/")


def _list_url(query: dict[str, list[str]]) -> str:
    encoded = urlencode(query, doseq=True)
    return f"{_root()}/v2/notifications" + (f"?{encoded}" if encoded else "")


def _strike_read() -> None:
    _strike(standin(), standin().faults.take(*BEFORE_ACCEPTING, on=Requests.READ))


def _strike(service: Standin, fault: Fault | None) -> None:
    """Let a fault of the answer happen. Raises the error it stands for."""
    if fault is None:
        return
    if fault.kind in (FaultKind.TIMEOUT_BEFORE, FaultKind.TIMEOUT_AFTER):
        service.closing.wait(fault.seconds)
    raise _FAULT_ANSWERS.get(fault.kind, DroppedConnection)()


class DroppedConnection(NotifyError):
    """The caller gets no answer at all (a 504 where there is no connection to cut, as in a test client)."""

    def __init__(self) -> None:
        super().__init__(504, "EventletTimeout", "Timeout serving request")
        connection = request.environ.get("werkzeug.socket")
        if isinstance(connection, socket.socket):
            connection.shutdown(socket.SHUT_RDWR)


_FAULT_ANSWERS: dict[FaultKind, Callable[[], NotifyError]] = {
    FaultKind.ERROR_500: lambda: NotifyError(500, "Exception", "Internal server error"),
    FaultKind.UNAVAILABLE_503: lambda: NotifyError(503, "ServiceUnavailable", "Service unavailable"),
    FaultKind.TIMEOUT_504_BEFORE: lambda: NotifyError(504, "EventletTimeout", "Timeout serving request"),
    FaultKind.TIMEOUT_504_AFTER: lambda: NotifyError(504, "EventletTimeout", "Timeout serving request"),
    FaultKind.SPURIOUS_404: no_result,
    FaultKind.SPURIOUS_400: lambda: bad_request("Bad request"),
}


def _tell_notify_error(error: NotifyError) -> ResponseReturnValue:
    return jsonify(error.body), error.status_code


def _tell_http_error(error: HTTPException) -> ResponseReturnValue:
    answer: dict[str, Any] = {"result": "error", "message": error.description}
    return jsonify(answer), error.code or 500
