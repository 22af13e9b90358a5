"""Videos beside a survey's words: plain links, in words that say what will happen, and how long each takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from babel import Locale
from flask import Flask, current_app

from engage.core import languages
from engage.core.languages import gettext
from engage.surveys.video_models import START, QuestionVideo
from engage.surveys.videos import SIGNED, all_videos
from engage.web.request import now, session

LOOKED_AT_AGAIN = timedelta(minutes=1)
"""How soon a question page shows what another process has changed. It spares a look into the records for each page."""
_SHELF = "engage.videos"


@dataclass(frozen=True)
class Video:
    """Where one video is, and in what language."""

    survey: str
    question: str
    language: str
    address: str
    minutes: int


@dataclass(frozen=True)
class _Shelf:
    at: datetime
    videos: Mapping[tuple[str, str], Sequence[Video]]


@dataclass(frozen=True)
class VideoLink:
    """A link as it stands on a page, and how long the video behind it takes."""

    text: str
    address: str
    minutes: int


def video_links(survey: str, question: str = START) -> list[VideoLink]:
    """The videos of a question, or of the start page, that this page's reader may use: those that are signed, and those in
    the language of the page."""
    found = _videos().get((survey, question), ())
    spoken = languages.current()
    return [
        VideoLink(_words(one, question), one.address, one.minutes) for one in found if one.language in (SIGNED, spoken)
    ]


def lately_seen(app: Flask, survey: str, question: str, *, now: datetime) -> Sequence[Video] | None:
    """All videos of a question as `video_links` knows them; None when it would look into the records again."""
    shelf: _Shelf | None = app.extensions.get(_SHELF)
    if shelf is None or abs(now - shelf.at) > LOOKED_AT_AGAIN:
        return None
    return shelf.videos.get((survey, question), ())


def forget_videos() -> None:
    """Look into the records again at the next page: something was changed here."""
    current_app.extensions.pop(_SHELF, None)


def language_name(code: str) -> str:
    """What a video's language is called in the language of this page."""
    if code == SIGNED:
        return gettext("British Sign Language")
    return Locale.parse(code).get_display_name(languages.current()) or code


def _words(video: Video, question: str) -> str:
    name = language_name(video.language)
    if question == START:
        return gettext("Watch what this survey is about in %(language)s", language=name)
    return gettext("Watch this question in %(language)s", language=name)


def _videos() -> Mapping[tuple[str, str], Sequence[Video]]:
    shelf: _Shelf | None = current_app.extensions.get(_SHELF)
    if shelf is None or abs(now() - shelf.at) > LOOKED_AT_AGAIN:
        kept = [_kept(row) for row in all_videos(session())]
        by_place = groupby(kept, key=lambda one: (one.survey, one.question))
        shelf = _Shelf(now(), {place: tuple(videos) for place, videos in by_place})
        current_app.extensions[_SHELF] = shelf
    return shelf.videos


def _kept(row: QuestionVideo) -> Video:
    return Video(row.survey, row.question, row.language, row.address, row.minutes)
