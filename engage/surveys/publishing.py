"""Bringing a version in, publishing it and retiring it in the browser, and how each process comes to know of it."""

import time
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engage.core.audit import Actor, record
from engage.core.data_files import in_words
from engage.core.db import Database
from engage.core.errors import Conflict, Invalid, Misconfigured
from engage.core.prepared import Prepared
from engage.core.states import TransitionTable
from engage.surveys.loader import Catalogue
from engage.surveys.models import Response, SentVersion, SurveyVersion, VersionState
from engage.surveys.soundness import eternity_faults
from engage.surveys.uploading import Upload, overlaid

VERSION_TRANSITIONS = TransitionTable(
    "version of a survey",
    {
        VersionState.DRAFT: {VersionState.PUBLISHED},
        VersionState.PUBLISHED: {VersionState.RETIRED},
        VersionState.RETIRED: {VersionState.PUBLISHED},
    },
)
NOTHING_YET = 0
LOOK_EVERY_SECONDS = 1.0
"""How soon at the latest a change reaches every process."""
_NEWEST = select(func.coalesce(func.max(SurveyVersion.revision), NOTHING_YET))
_NEWEST_REVISION = Prepared(_NEWEST)


def version_rows(session: Session) -> Mapping[tuple[str, int], SurveyVersion]:
    """What was done with versions in the browser, by survey and number."""
    rows = session.scalars(select(SurveyVersion).order_by(SurveyVersion.survey, SurveyVersion.version))
    return {(row.survey, row.version): row for row in rows}


def uploaded_drafts(session: Session) -> frozenset[tuple[str, int]]:
    """The versions that may be sent again: nobody was ever asked with them."""
    rows = version_rows(session)
    return frozenset(key for key, row in rows.items() if row.yaml is not None and row.state is VersionState.DRAFT)


def state_of(catalogue: Catalogue, row: SurveyVersion | None, code: str, version: int) -> VersionState:
    """Where a version stands: as the browser left it, or as the file of published versions says."""
    if row is not None:
        return row.state
    return VersionState.PUBLISHED if (code, version) in catalogue.published else VersionState.DRAFT


def answers_sent(session: Session) -> Mapping[tuple[str, int], int]:
    """How many answers were sent with each version."""
    counted = session.execute(
        select(Response.survey, Response.version, func.count())
        .where(Response.submitted_at.is_not(None))
        .group_by(Response.survey, Response.version)
    )
    return {(survey, version): n for survey, version, n in counted}


def keep_upload(session: Session, upload: Upload, *, by: Actor, now: datetime) -> SurveyVersion:
    """Keep a sound version as a draft that nobody is asked with; `Invalid` names every mistake of any other."""
    survey = upload.survey
    if survey is None or upload.mistakes:
        raise Invalid(in_words(upload.mistakes))
    row = _row(session, survey.code, survey.version)
    if row is not None and (row.yaml is None or row.state is not VersionState.DRAFT):
        raise Conflict(f"Version {survey.version} was published meanwhile, so it can no longer change.")
    row = row or SurveyVersion(survey=survey.code, version=survey.version, state=VersionState.DRAFT)
    row.yaml, row.measures, row.sha256 = upload.text, upload.measures_text.strip() or None, survey.sha256
    return _keep(session, row, "survey.uploaded", by=by, now=now)


def publish(
    session: Session, catalogue: Catalogue, code: str, version: int, *, by: Actor, now: datetime
) -> SurveyVersion:
    """Ask with this version from now on. `Conflict` when it is published already or a newer one is: the newest
    published version is the one in use."""
    survey, row = catalogue.get(code, version), _row(session, code, version)
    VERSION_TRANSITIONS.check(state_of(catalogue, row, code, version), VersionState.PUBLISHED)
    newer = [
        number for number in catalogue.versions(code) if number > version and (code, number) in catalogue.published
    ]
    if newer:
        raise Conflict(f"Version {newer[-1]} is newer and published, so nobody would be asked with version {version}.")
    locked = session.scalar(
        select(SentVersion.sha256).where(SentVersion.survey == code, SentVersion.version == version)
    )
    if locked not in (None, survey.sha256):
        raise Conflict(f"People were asked with other words under the number {version}. Give these words a new number.")
    row = row or SurveyVersion(survey=code, version=version, sha256=survey.sha256)
    row.state = VersionState.PUBLISHED
    return _keep(session, row, "survey.published", by=by, now=now)


def retire(
    session: Session, catalogue: Catalogue, code: str, version: int, *, by: Actor, now: datetime
) -> SurveyVersion:
    """Ask nobody new with this version; whoever was asked with it can still answer."""
    survey, row = catalogue.get(code, version), _row(session, code, version)
    VERSION_TRANSITIONS.check(state_of(catalogue, row, code, version), VersionState.RETIRED)
    row = row or SurveyVersion(survey=code, version=version, sha256=survey.sha256)
    row.state = VersionState.RETIRED
    return _keep(session, row, "survey.retired", by=by, now=now)


def _row(session: Session, code: str, version: int) -> SurveyVersion | None:
    return session.scalar(select(SurveyVersion).where(SurveyVersion.survey == code, SurveyVersion.version == version))


def _keep(session: Session, row: SurveyVersion, kind: str, *, by: Actor, now: datetime) -> SurveyVersion:
    row.changed_by, row.changed_at, row.revision = str(by), now, newest_revision(session) + 1
    session.add(row)
    try:
        session.flush()
    except IntegrityError:
        raise Conflict("Somebody else changed a survey at this very moment. Look again, and try again.") from None
    record(session, kind, "survey", f"{row.survey}:{row.version}", by=by, now=now)
    return row


def newest_revision(session: Session) -> int:
    """A number that grows with every change of any version."""
    return session.execute(_NEWEST).scalar_one()


class Shelf:
    """The surveys of this process: those of the files, with what was changed in the browser laid over them."""

    def __init__(self, files: Catalogue) -> None:
        self.files = self.catalogue = files
        self._revision = NOTHING_YET
        self._look_again_at = 0.0

    def follow(self, database: Database) -> Catalogue:
        """The surveys as they stand now, or stood at most `LOOK_EVERY_SECONDS` ago; read again only when a version has
        changed."""
        if time.monotonic() < self._look_again_at:
            return self.catalogue
        found = _NEWEST_REVISION.first(database, {})
        revision = found[0] if found else NOTHING_YET
        if revision != self._revision:
            with database.reading() as session:
                self.catalogue = overlaid(self.files, list(version_rows(session).values()))
            self._revision = revision
        self._look_again_at = time.monotonic() + LOOK_EVERY_SECONDS
        return self.catalogue

    def look_again(self) -> None:
        """Look at the next chance: something has just changed here."""
        self._look_again_at = 0.0


def uploaded_faults(database: Database, files: Catalogue) -> list[str]:
    """What is wrong between the surveys of the files and those brought in by the browser, for whoever checks both."""
    wrong = []
    with database.reading() as session:
        rows = list(version_rows(session).values())
    for row in rows:
        if row.yaml is not None and row.version in files.surveys.get(row.survey, {}):
            wrong.append(
                f"{row.survey} version {row.version} is both a file and brought in by the browser, which counts. Give "
                "the file another number."
            )
        if row.yaml is None and row.version not in files.surveys.get(row.survey, {}):
            wrong.append(f"{row.survey} version {row.version} is {row.state}, and its file is gone. Put it back.")
    try:
        catalogue = overlaid(files, rows)
    except Misconfigured as error:
        return [*wrong, error.message]
    for code, versions in catalogue.surveys.items():
        for survey, (place, fault, cure) in eternity_faults(list(versions.values())):
            where = ".".join(str(part) for part in place)
            wrong.append(f"{code} version {survey.version}: {where}: {fault} {cure}")
    return wrong
