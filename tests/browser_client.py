"""The browser of tests that need no real one: it parses every page strictly and sends forms as the pages would."""

from collections.abc import Callable
from typing import Any

import html5lib
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

SAYS_NOTHING = frozenset({"GET", "HEAD", "OPTIONS"})


class StrictClient(FlaskClient):
    """A test client whose every HTML answer must be without a mistake.

    `before` is called before each request. A POST carries the token against forged forms unless `csrf=False`.
    """

    def __init__(self, app: Flask, response: type[Any], *, before: Callable[[], None] = lambda: None) -> None:
        super().__init__(app, response, use_cookies=True)
        self.before = before

    def open(self, *args: Any, csrf: bool = True, **kwargs: Any) -> TestResponse:
        self.before()
        if csrf and kwargs.get("method", "GET") not in SAYS_NOTHING and "json" not in kwargs:
            data = kwargs.get("data")
            if data is None or isinstance(data, dict):
                kwargs["data"] = {"csrf_token": self._token(kwargs), **(data or {})}
        answer = super().open(*args, **kwargs)
        if answer.mimetype == "text/html" and answer.text:
            self._parse(answer)
        return answer

    def _token(self, kwargs: dict[str, Any]) -> str:
        about = {key: kwargs[key] for key in ("base_url",) if key in kwargs}
        with self.session_transaction(**about) as kept:
            raw = kept.setdefault("csrf_token", "0" * 40)
        secret = self.application.config["SECRET_KEY"]
        return str(URLSafeTimedSerializer(secret, salt="wtf-csrf-token").dumps(raw))

    @staticmethod
    def _parse(answer: TestResponse) -> None:
        if answer.status_code in {301, 302, 303, 307, 308}:
            return
        parser = html5lib.HTMLParser(strict=True)
        try:
            parser.parse(answer.text)
        except html5lib.html5parser.ParseError as error:
            line, column = parser.errors[-1][0]
            nearby = "\n".join(answer.text.splitlines()[max(0, line - 3) : line + 1])
            raise AssertionError(
                f"{answer.request.path} is not sound HTML at {line}:{column}: {error}\n{nearby}"
            ) from None
