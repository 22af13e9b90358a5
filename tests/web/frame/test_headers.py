"""What a browser is told at each door."""

import pytest
from flask import Blueprint, Flask, Response, make_response
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers

from engage.web import headers


@pytest.fixture
def client() -> FlaskClient:
    app = Flask("engage.web")
    headers.configure(app)
    for door in ("respond", "staff", "public"):
        blueprint = Blueprint(door, __name__)
        blueprint.add_url_rule(f"/{door}", "page", lambda: "ok")
        blueprint.add_url_rule(f"/{door}/<token>", "by_link", lambda token: "ok")
        app.register_blueprint(blueprint)

    @app.get("/kept")
    def kept() -> Response:
        answer = make_response("ok")
        answer.headers["Referrer-Policy"] = "origin"
        return answer

    return app.test_client()


def headers_of(client: FlaskClient, path: str) -> Headers:
    with client.get(path) as answer:
        return answer.headers


@pytest.mark.parametrize("path", ["/respond", "/staff", "/public", "/nowhere", "/static/icon.svg"])
def test_every_answer_forbids_what_is_foreign_inline_or_framed(client: FlaskClient, path: str) -> None:
    told = headers_of(client, path)
    policy = told["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    assert told["X-Content-Type-Options"] == "nosniff"
    assert told["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in told


@pytest.mark.parametrize(
    ("path", "referrer", "cache", "hidden"),
    [
        ("/respond", "no-referrer", "no-store", True),
        ("/respond/abc", "no-referrer", "no-store", True),
        ("/staff", "same-origin", "no-store", True),
        ("/public", "same-origin", "no-cache", False),
        ("/public/abc", "strict-origin", "no-store", True),
        ("/nowhere", "same-origin", "no-store", True),
        ("/static/icon.svg", "same-origin", "no-cache", False),
    ],
)
def test_a_page_is_private_unless_its_door_is_open(
    client: FlaskClient, path: str, referrer: str, cache: str, hidden: bool
) -> None:
    told = headers_of(client, path)
    assert told["Referrer-Policy"] == referrer
    assert told["Cache-Control"] == cache
    assert ("X-Robots-Tag" in told) is hidden


def test_https_is_asked_for_only_over_https(client: FlaskClient) -> None:
    told = client.get("/public", base_url="https://send.example.org").headers
    assert told["Strict-Transport-Security"].startswith("max-age=63072000")


def test_a_view_may_set_its_own(client: FlaskClient) -> None:
    assert client.get("/kept").headers["Referrer-Policy"] == "origin"
