"""Reads the surveys: quickly when the service starts, with line numbers when somebody checks them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from engage.core.data_files import DataFile, Mistake, in_words, read_data_file
from engage.core.errors import Misconfigured, NotFound
from engage.surveys.definition import (
    FlaggedWords,
    Measure,
    Published,
    PublishedVersions,
    Scale,
    Scales,
    Survey,
    SurveyMeasures,
)
from engage.surveys.easy_read import EasyRead, SharedEasyRead, completed, easy_read_faults
from engage.surveys.equality import CODE as EQUALITY
from engage.surveys.equality import EqualityQuestions
from engage.surveys.equality import faults as equality_faults
from engage.surveys.pictures import Picture, missing_pictures, read_pictures
from engage.surveys.soundness import (
    Fault,
    eternity_faults,
    flagged_word_faults,
    measure_faults,
    same_words,
    scale_faults,
    survey_faults,
    with_scales,
)

Shape = TypeVar("Shape", bound=BaseModel)
_Versions = dict[int, tuple[Survey, DataFile]]
VERSION_FILE = re.compile(r"^v([1-9]\d*)\.yaml$")
NO_SURVEY = frozenset({"pictures"})
"""Folders beside the surveys that hold none."""
MEASURES, EASY_READ = "measures.yaml", "easy_read.yaml"
BESIDE_VERSIONS = frozenset({MEASURES, EASY_READ})


@dataclass(frozen=True)
class Catalogue:
    """Every survey and version, sound and whole."""

    surveys: Mapping[str, Mapping[int, Survey]]
    followed: Mapping[str, SurveyMeasures]
    published: frozenset[tuple[str, int]]
    flagged_words: FlaggedWords
    scales: Mapping[str, Scale] = field(default_factory=dict)
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    short_words: Mapping[str, EasyRead] = field(default_factory=dict)
    equality: EqualityQuestions | None = None
    """What is asked "about you" after the answers are sent; None until its version is published."""

    def get(self, code: str, version: int) -> Survey:
        """This version, published or not; `NotFound` when there is none."""
        survey = self._versions_of(code).get(version)
        if survey is None:
            raise NotFound(f'There is no version {version} of the survey "{code}".')
        return survey

    def current(self, code: str) -> Survey:
        """The newest published version: the one that families are asked with now."""
        published = [version for version in self.versions(code) if (code, version) in self.published]
        if not published:
            raise NotFound(f'No version of the survey "{code}" is published.')
        return self.get(code, published[-1])

    def newest(self, code: str) -> Survey:
        """The version in use, or of a survey with none in use the last one: for whoever speaks of the survey itself."""
        published = [version for version in self.versions(code) if (code, version) in self.published]
        return self.get(code, (published or self.versions(code))[-1])

    def all(self) -> tuple[Survey, ...]:
        """Every version of every survey, by code and then version."""
        return tuple(self.get(code, version) for code in sorted(self.surveys) for version in self.versions(code))

    def versions(self, code: str) -> tuple[int, ...]:
        """The version numbers of a survey, oldest first."""
        return tuple(sorted(self._versions_of(code)))

    def easy_read(self, survey: Survey) -> EasyRead | None:
        """The short words and pictures of this version, or None when nobody has written any."""
        words = self.short_words.get(survey.code)
        return words if words is not None and survey.version in words.versions else None

    def sha256(self, code: str, version: int) -> str:
        """The lock of a version."""
        return self.get(code, version).sha256

    def measures(self, code: str) -> Mapping[str, Measure]:
        """What the survey follows over time, by measure code, with baselines and targets."""
        self._versions_of(code)
        return self.followed[code].measures

    def comparable(self, code: str, measure: str, version: int) -> frozenset[int]:
        """The versions whose answers may stand in one trend with this one's, itself among them.

        Versions are joined when their words are the same or an approved crosswalk says that they are comparable.
        """
        if measure not in self.measures(code):
            raise NotFound(f'The survey "{code}" has no measure "{measure}".')
        joined, waiting = set[int](), {version}
        while waiting:
            one = waiting.pop()
            joined.add(one)
            others = set(self.versions(code)) - joined
            waiting |= {other for other in others if self._joined(code, measure, one, other)}
        return frozenset(joined)

    def _joined(self, code: str, measure: str, one: int, other: int) -> bool:
        decisions = [
            row.comparable
            for row in self.followed[code].crosswalk
            if row.measure == measure and {one, other} <= set(row.versions)
        ]
        return all(decisions) if decisions else same_words(self.get(code, one), self.get(code, other), measure)

    def _versions_of(self, code: str) -> Mapping[int, Survey]:
        if code not in self.surveys:
            raise NotFound(f'There is no survey "{code}".')
        return self.surveys[code]


def load(root: Path) -> Catalogue:
    """Read every survey under `root`; `Misconfigured` names every mistake at once, with lines and cures."""
    reading = _Reading(root)
    catalogue = reading.catalogue()
    if reading.mistakes or catalogue is None:
        raise Misconfigured(f"The surveys have mistakes.\n{in_words(reading.in_order())}")
    return catalogue


def check(root: Path) -> list[Mistake]:
    """Every mistake in the surveys under `root`, in the order of files and lines."""
    reading = _Reading(root)
    reading.catalogue()
    return reading.in_order()


@dataclass
class _Reading:
    """One pass over the folder, gathering what is sound and every mistake in the rest."""

    root: Path
    mistakes: list[Mistake] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
    """Surveys with a version that could not be read: what others say about them is not held against them."""

    def in_order(self) -> list[Mistake]:
        """The mistakes by file and line."""
        return sorted(self.mistakes, key=lambda mistake: (mistake.file, mistake.line or 0, mistake.place))

    def catalogue(self) -> Catalogue | None:
        """The whole, or None when a file that all need cannot be read."""
        scales = self._scales()
        flagged = self._flagged_words()
        published = self._file("published.yaml", PublishedVersions)
        pictures, unsound = read_pictures(self.root)
        self.mistakes += unsound
        surveys: dict[str, dict[int, Survey]] = {}
        followed: dict[str, SurveyMeasures] = {}
        for folder in sorted(path for path in self.root.iterdir() if path.is_dir() and path.name not in NO_SURVEY):
            files = self._versions(folder, scales)
            versions = surveys[folder.name] = {number: survey for number, (survey, _) in files.items()}
            self._check_eternity(files)
            for survey, file in files.values():
                self._note(file, missing_pictures(survey, pictures))
            if measures := self._measures(folder, versions):
                followed[folder.name] = measures
        if published:
            self._check_locks(*published, surveys)
        short_words = self._easy_read(surveys, pictures)
        equality = self._equality(published)
        if not flagged or not published:
            return None
        sent = frozenset((row.survey, row.version) for row in published[1].published if row.survey != EQUALITY)
        return Catalogue(
            surveys=surveys,
            followed=followed,
            published=sent,
            flagged_words=flagged,
            scales=scales or {},
            pictures=pictures,
            short_words=short_words,
            equality=equality,
        )

    def _file(self, name: str, model: type[Shape]) -> tuple[DataFile, Shape] | None:
        read = read_data_file(self.root / name, root=self.root)
        if isinstance(read, Mistake):
            self.mistakes.append(read)
            return None
        shaped, mistakes = read.shaped(model)
        self.mistakes += mistakes
        return (read, shaped) if shaped is not None else None

    def _note(self, file: DataFile, faults: Iterable[Fault]) -> None:
        self.mistakes += [file.mistake(*fault) for fault in faults]

    def _scales(self) -> Mapping[str, Scale] | None:
        read = self._file("scales.yaml", Scales)
        if read is None:
            return None
        file, scales = read
        for name, scale in scales.root.items():
            self._note(file, scale_faults(name, scale))
        return scales.root

    def _flagged_words(self) -> FlaggedWords | None:
        read = self._file("flagged_words.yaml", FlaggedWords)
        if read is None:
            return None
        self._note(read[0], flagged_word_faults(read[1]))
        return read[1]

    def _equality(self, published: tuple[DataFile, PublishedVersions] | None) -> EqualityQuestions | None:
        """The equality questions if this very version of them is published."""
        read = self._file("equality.yaml", EqualityQuestions)
        if read is None or published is None:
            return None
        file, questions = read
        self._note(file, equality_faults(questions))
        rows = published[1].published
        for index, row in enumerate(rows):
            if (row.survey, row.version) != (EQUALITY, questions.version):
                continue
            if row.sha256 == questions.sha256:
                return questions
            wrong = f"Version {row.version} of {EQUALITY} was published and has changed since."
            cure = f"Put its words back, or give it the next number. Only if nobody was ever asked with it may its lock become {questions.sha256}."
            self._note(published[0], [(("published", index), wrong, cure)])
        return None

    def _versions(self, folder: Path, scales: Mapping[str, Scale] | None) -> _Versions:
        """Each sound-shaped version of the survey in this folder, oldest first, with the file that holds it."""
        found: _Versions = {}
        for path in sorted(folder.iterdir()):
            name = path.relative_to(self.root).as_posix()
            if not VERSION_FILE.match(path.name):
                if path.name not in BESIDE_VERSIONS:
                    cure = 'Name a version "v1.yaml", "v2.yaml" and so on, or take the file away.'
                    self.mistakes.append(Mistake(name, None, "", "This file is not read.", cure))
                continue
            read = self._file(name, Survey)
            if read is None or scales is None:
                self.unread.add(folder.name)
                continue
            file, survey = read
            self._note(file, self._naming_faults(path, survey))
            self._note(file, survey_faults(survey, scales))
            if survey.version in found:
                wrong = f"{found[survey.version][1].name} is version {survey.version} too."
                self._note(file, [(("version",), wrong, "Give each version a number of its own.")])
            else:
                found[survey.version] = with_scales(survey, scales), file
        return dict(sorted(found.items()))

    @staticmethod
    def _naming_faults(path: Path, survey: Survey) -> Iterable[Fault]:
        if survey.code != path.parent.name:
            yield ("survey",), f'The folder is "{path.parent.name}".', "Make the folder and this code the same."
        if path.name != f"v{survey.version}.yaml":
            yield ("version",), f"The file is {path.name}.", "Make the file's name and this number the same."

    def _check_eternity(self, files: _Versions) -> None:
        for survey, fault in eternity_faults([survey for survey, _ in files.values()]):
            self._note(files[survey.version][1], [fault])

    def _measures(self, folder: Path, versions: Mapping[int, Survey]) -> SurveyMeasures | None:
        read = self._file(f"{folder.name}/{MEASURES}", SurveyMeasures)
        if read is None:
            return None
        file, written = read
        if written.survey != folder.name:
            self._note(file, [(("survey",), f'The folder is "{folder.name}".', "Make the two the same.")])
        if folder.name not in self.unread:
            self._note(file, measure_faults(written, tuple(versions.values())))
        return written

    def _easy_read(
        self, surveys: Mapping[str, Mapping[int, Survey]], pictures: Mapping[str, Picture]
    ) -> Mapping[str, EasyRead]:
        """The short words of each survey that has some; all share one file of answers."""
        if not (self.root / EASY_READ).exists():
            return {}
        shared, found = self._file(EASY_READ, SharedEasyRead), dict[str, EasyRead]()
        for code, versions in surveys.items():
            name = f"{code}/{EASY_READ}"
            read = self._file(name, EasyRead) if (self.root / name).exists() else None
            if read is None or shared is None or code in self.unread:
                continue
            file, written = read
            if written.survey != code:
                self._note(file, [(("survey",), f'The folder is "{code}".', "Make the two the same.")])
            held = [versions[number] for number in written.versions if number in versions]
            found[code] = completed(written, shared[1], held)
            sound_so_far = not any(m.file.startswith((f"{code}/v", "scales.yaml")) for m in self.mistakes)
            if sound_so_far:  # otherwise one mistake would be told twice
                self._note(file, easy_read_faults(found[code], versions, pictures))
        return found

    def _check_locks(
        self, file: DataFile, written: PublishedVersions, surveys: Mapping[str, Mapping[int, Survey]]
    ) -> None:
        ordered = sorted(written.published, key=lambda row: (row.survey, row.version))
        for one, other in pairwise(ordered):
            if (one.survey, one.version) == (other.survey, other.version):
                wrong = f"Version {one.version} of {one.survey} is published twice."
                self._note(file, [(("published",), wrong, "Take one of them out.")])
        for index, row in enumerate(written.published):
            if row.survey not in {*self.unread, EQUALITY}:
                self._note(file, [(("published", index), *fault) for fault in _lock_faults(row, surveys)])


def _lock_faults(row: Published, surveys: Mapping[str, Mapping[int, Survey]]) -> Iterable[tuple[str, str]]:
    survey = surveys.get(row.survey, {}).get(row.version)
    if survey is None:
        yield f"There is no version {row.version} of {row.survey}.", "Mend this row or take it out."
    elif survey.sha256 != row.sha256:
        yield (
            f"Version {row.version} of {row.survey} was published and has changed since.",
            f"Put its words back, and make the change in v{max(surveys[row.survey]) + 1}.yaml. "
            f"Only if no family was ever asked with it may its lock become {survey.sha256}.",
        )
