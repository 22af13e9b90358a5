"""Translations: how far each language is, what is missing or a draft, files to take out and in, and reviews."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engage.accounts.permissions import Permission
from engage.core import catalogues
from engage.core.catalogues import DOMAINS, SURVEYS, Entries
from engage.core.errors import Invalid, NotFound
from engage.core.languages import LANGUAGES, SOURCE
from engage.core.translation_uploads import as_po, name_of, review, upload
from engage.notify.offering import DOMAIN_NAMES, progress_of
from engage.surveys.to_translate import to_translate
from engage.web.request import actor, house, now, session, staff
from engage.web.security import needs
from engage.web.staff import blueprint

A_PAGE = 50
"""Strings shown at once."""


@blueprint.get("/translations")
@needs(Permission.KEEP_TRANSLATIONS)
def translations() -> ResponseReturnValue:
    """Every language and how far it has come."""
    _follow()
    offered = house().templates.offered()
    drafts, brought_in = house().settings.offer_draft_languages, _brought_in()
    rows = [
        {
            "language": language,
            "parts": house().templates.progress(code),
            "brought_in": progress_of(SURVEYS, code, brought_in),
            "offered": code in offered,
            "drafts_will_do": code in drafts,
        }
        for code, language in LANGUAGES.items()
        if code != SOURCE
    ]
    return render_template("staff/translations/languages.html", rows=rows)


@blueprint.get("/translations/<spoken>/<domain>")
@needs(Permission.KEEP_TRANSLATIONS)
def translation(spoken: str, domain: str) -> ResponseReturnValue:
    """One part of one language: what is missing, what is a draft."""
    _follow()
    return _page(spoken, _known(spoken, domain))


@blueprint.get("/translations/<spoken>/<domain>.po")
@needs(Permission.KEEP_TRANSLATIONS)
def download_translation(spoken: str, domain: str) -> ResponseReturnValue:
    """The translators' file as it stands now."""
    _follow()
    _known(spoken, domain)
    return Response(
        as_po(spoken, domain, _source(domain)),
        mimetype="text/x-gettext-translation",
        headers={"Content-Disposition": f'attachment; filename="{domain}.{spoken}.po"'},
    )


@blueprint.post("/translations/<spoken>/<domain>")
@needs(Permission.KEEP_TRANSLATIONS)
def change_translation(spoken: str, domain: str) -> ResponseReturnValue:
    """Take in a corrected file, or mark strings as reviewed."""
    _follow()
    domain = _known(spoken, domain)
    if "review" in request.form:
        done = review(
            session(), spoken, domain, request.form.getlist("string"), reviewer=staff().name, by=actor(), now=now()
        )
        flash(f"Marked as reviewed: {done:,}.", "success")
        return redirect(url_for("staff.translation", spoken=spoken, domain=domain))
    file = request.files.get("file")
    content = file.read() if file else b""
    if not content:
        return _page(spoken, domain, Invalid("No file was chosen.", {"file": "Choose a .po file"})), 422
    try:
        done = upload(session(), spoken, domain, content, _source(domain), by=actor(), now=now())
    except Invalid as error:
        return _page(spoken, domain, error), 422
    flash(f"Taken in. Strings that changed: {done:,}.", "success")
    return redirect(url_for("staff.translation", spoken=spoken, domain=domain))


def _follow() -> None:
    house().follow_translations(at_once=True)


def _source(domain: str) -> Entries:
    """The English strings of a domain: those of the translators' files, and of surveys what was brought in besides."""
    known = catalogues.source_entries(domain)
    return {**known, **_brought_in()} if domain == SURVEYS else known


def _brought_in() -> Entries:
    """The strings of surveys brought in by the browser that no translators' file holds."""
    known = catalogues.source_entries(SURVEYS)
    return {key: entry for key, entry in to_translate(house().catalogue).items() if key not in known}


def _known(spoken: str, domain: str) -> str:
    if spoken not in LANGUAGES or spoken == SOURCE or domain not in DOMAINS:
        raise NotFound("There is no such translation.")
    return domain


def _page(spoken: str, domain: str, wrong: Invalid | None = None) -> str:
    part = progress_of(domain, spoken, _source(domain))
    known = catalogues.entries(spoken, domain)
    return render_template(
        "staff/translations/part.html",
        spoken=LANGUAGES[spoken],
        domain=domain,
        part=part,
        drafts_will_do=spoken in house().settings.offer_draft_languages,
        brought_in=len(_brought_in()) if domain == SURVEYS else 0,
        name=DOMAIN_NAMES[domain],
        missing=[source for _, source in part.missing[:A_PAGE]],
        drafts=[(name_of(key), known[key]) for key in part.drafts[:A_PAGE]],
        shown=A_PAGE,
        wrong=wrong,
        errors=_errors(wrong),
    )


def _errors(wrong: Invalid | None) -> list[dict[str, str]]:
    if wrong is None:
        return []
    return [{"text": wrong.fields.get("file", wrong.message), "href": "#file"}]
