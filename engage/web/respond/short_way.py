"""The short way through a question, before Flask: for a browser that goes on with what it began, which nearly every one does.

It gives the very page, and keeps the very answer, that the ordinary way would (tests hold the two side by side), and decides
nothing. Whenever anything at all is out of the plain, the ordinary way takes the request as if nobody had looked at it. What
it answers with, headers too, the app itself made once for nobody (`kept_pages`).
"""

import re
from collections.abc import Hashable, Iterable
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl

from flask import Flask, redirect, url_for
from flask.typing import ResponseReturnValue
from limits import parse
from sqlalchemy.exc import SQLAlchemyError

from engage.campaigns import going_on
from engage.campaigns.going_on import Claim, GoingOn
from engage.core import catalogues, languages
from engage.core.tokens import digest
from engage.jobs.wiring import House
from engage.surveys import routing
from engage.surveys.answers import AnswerMistake, clean_text, read_answer
from engage.surveys.definition import Audience, Question, Survey
from engage.surveys.formats import Format
from engage.surveys.routing import Place
from engage.web import formats, language, videos
from engage.web.compression import reads
from engage.web.kept_pages import KeptAnswer, KeptPages, Marks
from engage.web.rendering import london
from engage.web.respond import TRIES, passes
from engage.web.respond.question_page import ANSWER, CHECK, QuestionPage, is_change, is_missing
from engage.web.security import limiter
from engage.web.survey_pages import in_a_box

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

EXTENSION = "engage.short_way"
FAMILIES = frozenset({Audience.PARENT_CARER, Audience.YOUNG_PERSON})
"""Whose pages say nothing of the case they are about."""
LONGEST_FORM_BYTES = 64 * 1024
FORM = "application/x-www-form-urlencoded"

_PATH = re.compile(r"/r/([a-z2-7]{26})/question/([a-z0-9_]{1,60})", re.ASCII)
_LIMIT = parse(TRIES)


class Here(NamedTuple):
    """Where somebody is, when it is plain."""

    claim: Claim
    found: GoingOn
    survey: Survey
    place: Place
    query: str
    key: tuple[Hashable, ...]
    """All else that an answer to them depends on, beside what is their own."""
    cookie: str | None
    """The pass anew, once it is older than a minute."""

    @property
    def asks(self) -> Question:
        return self.place.page.question


class ShortWay:
    """Stands before the app: answers what is plain, and hands on the rest."""

    def __init__(self, app: Flask, house: House) -> None:
        self._app, self._house, self._ordinary = app, house, app.wsgi_app
        self.pages: KeptPages[KeptAnswer] = KeptPages()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        try:
            answer = self.answer(environ)
        except SQLAlchemyError:  # it will be so for the ordinary way too, which says so and writes it down
            answer = None
        if answer is None:
            return self._ordinary(environ, start_response)
        kept, headers, body = answer
        start_response(kept.status, headers)
        return [body]

    def answer(self, environ: "WSGIEnvironment") -> tuple[KeptAnswer, list[tuple[str, str]], bytes] | None:
        """The whole answer; None when it is not plain."""
        path = _PATH.fullmatch(environ["PATH_INFO"])
        if path is None or environ.get("SCRIPT_NAME") or environ["REQUEST_METHOD"] not in ("GET", "POST"):
            return None
        here = self._here(environ, path[1], path[2])
        if here is None:
            return None
        own = {"token": here.claim.token}
        if environ["REQUEST_METHOD"] == "POST":
            kept = self._take(environ, here)
        else:
            kept = self._page(here)
            own["typed"] = in_a_box(here.found.text or "")
        if kept is None:
            return None
        headers, body = kept.to(own, reads_gzip=reads(environ.get("HTTP_ACCEPT_ENCODING", ""), "gzip"))
        if here.cookie:
            headers.append(("Set-Cookie", here.cookie))
        return kept, headers, body

    def _here(self, environ: "WSGIEnvironment", token: str, question_id: str) -> Here | None:
        house, now = self._house, self._house.clock.now()
        query = environ.get("QUERY_STRING", "")
        house.follow_surveys()
        house.follow_translations()
        offered = tuple(house.templates.offered())
        cookies = _cookies(environ.get("HTTP_COOKIE", ""), passes.cookie_name(house.settings))
        held = passes.read(cookies[0], token, house.settings, now=now) if len(cookies) == 1 else None
        if held is None or held.kind != passes.BEGUN or not _is_plain(query, offered):
            return None
        claim = Claim(token, held.about, held.visitor)
        found = going_on.look(house.database, claim, question_id)
        if found is None:
            return None
        survey = house.catalogue.get(found.survey, found.version)
        place = routing.place(survey, found.answers, question_id)
        if place is None or survey.audience not in FAMILIES:
            return None
        clock = london(now) if house.settings.demonstration else None
        speaks = languages.known(found.reads), found.format, offered, catalogues.version(), clock
        key = environ["REQUEST_METHOD"], environ["wsgi.url_scheme"], query, survey, place, *speaks
        is_old = now - held.at > passes.RENEWED_AFTER
        cookie = passes.cookie(held, token, house.settings, now=now) if is_old else None
        return Here(claim, found, survey, place, query, key, cookie)

    def _page(self, here: Here) -> KeptAnswer | None:
        """The page of a question."""
        seen = videos.lately_seen(self._app, here.survey.code, here.asks.id, now=self._house.clock.now())
        if seen is None or (here.place.before is None and not here.found.is_alone):
            return None
        is_coded = here.asks.is_coded
        chosen = here.found.answers.get(here.asks.id, "") if is_coded else ""
        marks = Marks()

        def drawn() -> ResponseReturnValue:
            _settle(here)
            links = tuple(videos.video_links(here.survey.code, here.asks.id))
            page = QuestionPage(here.survey, here.place, is_change(), is_missing(), links)
            return page.draw(chosen if is_coded else marks["typed"])

        return self.pages.get((*here.key, chosen, tuple(seen)), lambda: self._made(here, "GET", marks, drawn))

    def _take(self, environ: "WSGIEnvironment", here: Here) -> KeptAnswer | None:
        """Keep one answer, and lead on."""
        typed = _typed(environ)
        value = None if typed is None else read_answer(here.asks, typed)
        if typed is None or isinstance(value, AnswerMistake):
            return None
        after = routing.place(here.survey, going_on.given(here.found, here.asks, value), here.asks.id)
        if after is None:
            return None

        def leading_on() -> ResponseReturnValue:
            _settle(here)
            if is_change() or after.after is None:
                return redirect(url_for("respond.check"), 303)
            return redirect(url_for("respond.question", question_id=after.after), 303)

        kept = self.pages.get((*here.key, after), lambda: self._made(here, "POST", Marks(), leading_on))
        if limiter.enabled and not limiter.limiter.hit(_LIMIT, digest(here.claim.token), "respond.answer"):
            return None
        is_kept = going_on.keep_answer(
            self._house.database,
            here.claim,
            here.found,
            here.asks,
            value,
            language=kept.language,
            in_format=kept.format,
            now=self._house.clock.now(),
        )
        return kept if is_kept else None

    def _made(self, here: Here, method: str, marks: Marks, answer: Any) -> KeptAnswer:
        path = f"/r/{marks['token']}/question/{here.asks.id}"
        scheme = here.key[1]
        return KeptAnswer.made(
            self._app,
            answer,
            marks,
            path=path,
            method=method,
            query_string=here.query,
            base_url=f"{scheme}://localhost",
        )


def _settle(here: Here) -> None:
    """Speak as the ordinary way does to whoever is here."""
    language.settle(here.found.reads)
    formats.settle(here.found.format)
    formats.offer(here.survey)


def _cookies(header: str, name: str) -> list[str]:
    """What this cookie says, as often as it is there; a browser of ours sends it once."""
    pairs = (pair.partition("=") for pair in header.split(";"))
    return [value for key, _, value in pairs if key.strip() == name]


@lru_cache(maxsize=1_000)
def _is_plain(query: str, offered: tuple[str, ...]) -> bool:
    """Whether nothing stands behind the address that our own pages would not have put there, each at most once."""
    plain = {
        "back": (CHECK,),
        "missing": ("yes",),
        language.PARAMETER: offered,
        formats.PARAMETER: tuple(one.value for one in Format),
    }
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query), errors="strict")
    except ValueError:
        return False
    return len(dict(pairs)) == len(pairs) and all(value in plain.get(name, ()) for name, value in pairs)


def _typed(environ: "WSGIEnvironment") -> list[str] | None:
    """Every answer in the form; None when there is anything else in it, or when it is long: then it is still to be read."""
    length = environ.get("CONTENT_LENGTH") or ""
    if environ.get("CONTENT_TYPE") != FORM or not length.isdecimal() or int(length) > LONGEST_FORM_BYTES:
        return None
    form = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = BytesIO(form)
    try:
        pairs = parse_qsl(form.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError:
        return None
    return [clean_text(value) for _, value in pairs] if all(name == ANSWER for name, _ in pairs) else None


def configure(app: Flask, house: House) -> None:
    """Stand before the app, and behind whatever of a proxy's words is believed."""
    way = app.extensions[EXTENSION] = ShortWay(app, house)
    app.wsgi_app = way  # type: ignore[method-assign]  # the way Flask documents
