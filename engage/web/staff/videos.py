"""Videos of questions: where they are, set without anybody who programs."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask import request as http
from flask.typing import ResponseReturnValue

from engage.accounts.permissions import Permission
from engage.core.errors import Invalid, NotFound
from engage.core.languages import LANGUAGES
from engage.surveys import videos
from engage.surveys.definition import Survey
from engage.surveys.video_models import START, QuestionVideo
from engage.web.request import actor, house, now, session
from engage.web.security import needs
from engage.web.staff import ROW, blueprint
from engage.web.survey_pages import showable
from engage.web.videos import forget_videos, language_name


@dataclass(frozen=True)
class TypedVideo:
    """The form as it was sent."""

    about: str = ""
    language: str = videos.SIGNED
    address: str = ""
    minutes: str = ""
    seconds: str = ""

    @property
    def length(self) -> int:
        """In seconds; 0 for what is no length."""
        try:
            return int(self.minutes or 0) * 60 + int(self.seconds or 0)
        except ValueError:
            return 0


@blueprint.get("/videos")
@needs(Permission.LINK_VIDEOS)
def video_list() -> ResponseReturnValue:
    """Every video that is linked, and a form for one more."""
    return _page(TypedVideo(), {})


@blueprint.post("/videos")
@needs(Permission.LINK_VIDEOS)
def link_video() -> ResponseReturnValue:
    """Link a video, in place of the one before."""
    typed = TypedVideo(
        **{name: showable(http.form.get(name, "").strip()[:600]) for name in TypedVideo.__dataclass_fields__}
    )
    code, _, question = typed.about.partition(":")
    survey = next((one for one in _surveys() if one.code == code), None)
    if survey is None:
        return _page(typed, {"about": "Select what it is a video of"}), 422
    if typed.language not in _languages():
        return _page(typed, {"language": "Select its language"}), 422
    try:
        videos.set_video(
            session(),
            survey,
            question,
            typed.language,
            typed.address,
            typed.length,
            hosts=house().settings.video_sites,
            by=actor(),
            now=now(),
        )
    except Invalid as error:
        return _page(typed, error.fields), 422
    forget_videos()
    flash("The video is linked. Families see it within a minute.", "success")
    return redirect(url_for("staff.video_list"), 303)


@blueprint.post(f"/videos/<{ROW}:video_id>/remove")
@needs(Permission.LINK_VIDEOS)
def remove_video(video_id: int) -> ResponseReturnValue:
    """Link it no more."""
    video = session().get(QuestionVideo, video_id)
    if video is None:
        raise NotFound("There is no such video.")
    videos.take_away_video(session(), video, by=actor(), now=now())
    forget_videos()
    flash("The video is no longer linked.", "success")
    return redirect(url_for("staff.video_list"), 303)


def _surveys() -> list[Survey]:
    catalogue = house().catalogue
    return [catalogue.current(code) for code in sorted({code for code, _ in catalogue.published})]


def _languages() -> dict[str, str]:
    return {videos.SIGNED: language_name(videos.SIGNED)} | {code: one.in_english for code, one in LANGUAGES.items()}


def _page(typed: TypedVideo, faults: dict[str, str]) -> str:
    surveys = {survey.code: survey for survey in _surveys()}
    return render_template(
        "staff/videos.html",
        typed=typed,
        errors=[{"text": words, "href": f"#{name}"} for name, words in faults.items()],
        faults=faults,
        choices=[(one.title, _places(one)) for one in surveys.values()],
        languages_known=list(_languages().items()),
        sites=sorted(house().settings.video_sites),
        linked=[_line(row, surveys.get(row.survey)) for row in videos.all_videos(session())],
    )


def _places(survey: Survey) -> list[tuple[str, str]]:
    questions = [(f"{survey.code}:{question.id}", question.heading) for question in survey.questions]
    return [(f"{survey.code}:{START}", "The start page"), *questions]


def _line(row: QuestionVideo, survey: Survey | None) -> dict[str, object]:
    question = survey.question(row.question) if survey else None
    return {
        "id": row.id,
        "survey": survey.title if survey else row.survey,
        "what": "The start page" if row.question == START else question.heading if question else row.question,
        "language": _languages().get(row.language, row.language),
        "address": row.address,
        "length": f"{row.seconds // 60}:{row.seconds % 60:02d}",
    }
