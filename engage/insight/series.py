"""What is followed over time: each measure of a survey as a series of versions whose words may stand in one trend."""

from collections.abc import Collection
from dataclasses import dataclass

from engage.surveys.definition import Crosswalk, Question
from engage.surveys.loader import Catalogue
from reports.comparison import Baseline


@dataclass(frozen=True)
class Series:
    """One measure over the versions that are comparable with one another, the newest words first."""

    code: str
    measure: str
    wording: str
    """As it is tracked now, letter for letter."""
    versions: tuple[int, ...]
    """Newest first."""
    baseline: Baseline | None
    target: int | None
    """Per cent."""
    target_source: str = ""


def series_of(catalogue: Catalogue, survey: str) -> list[Series]:
    """Every series of a survey, in the order of its measures; a measure whose words broke is several, newest first."""
    return [each for measure in catalogue.measures(survey) for each in _of_measure(catalogue, survey, measure)]


def _of_measure(catalogue: Catalogue, survey: str, measure: str) -> list[Series]:
    left = [number for number in catalogue.versions(survey) if question_of(catalogue, survey, number, measure)]
    found: list[Series] = []
    while left:
        newest = max(left)
        joined = catalogue.comparable(survey, measure, newest) & set(left)
        left = [number for number in left if number not in joined]
        found.append(_series(catalogue, survey, measure, tuple(sorted(joined, reverse=True)), broken=bool(found)))
    return found


def _series(catalogue: Catalogue, survey: str, measure: str, versions: tuple[int, ...], *, broken: bool) -> Series:
    about = catalogue.measures(survey)[measure]
    wording = words(catalogue, survey, versions[0], measure)
    if broken:  # other words, which nobody has found comparable: a series of its own, with nothing to be held against
        return Series(f"{measure}_to_v{versions[0]}", measure, f"{wording} (older words)", versions, None, None)
    baseline = None
    if about.baseline:
        printed = about.baseline
        baseline = (
            Baseline.in_words(printed.printed) if printed.below else Baseline.estimate(float(printed.percent) / 100)
        )
    target = about.target
    return Series(
        measure,
        measure,
        wording,
        versions,
        baseline,
        round(target.percent) if target else None,
        target.source if target else "",
    )


def question_of(catalogue: Catalogue, survey: str, version: int, measure: str) -> Question | None:
    """The question that asks for a measure in one version."""
    questions = catalogue.get(survey, version).questions
    return next((question for question in questions if question.measure == measure), None)


def words(catalogue: Catalogue, survey: str, version: int, measure: str) -> str:
    """The measure's words in one version, as its paper tracks them."""
    question = question_of(catalogue, survey, version, measure)
    return (question.tracked or question.heading) if question else ""


def wording_notes(catalogue: Catalogue, survey: str, answered_with: Collection[int]) -> list[str]:
    """Where families were asked in other words than today's, whose decision it was to put both in one trend, and why."""
    notes = []
    for each in series_of(catalogue, survey):
        now = words(catalogue, survey, each.versions[0], each.measure)
        for version in each.versions[1:]:
            then = words(catalogue, survey, version, each.measure)
            if version in answered_with and then != now:
                row = _decision(catalogue, survey, each.measure, version)
                decided = f" Put in one series by {row.approved_by.rstrip('.')}: {row.why}" if row else ""
                notes.append(f"“{now}” was asked as “{then}” in version {version}.{decided}")
    answered = [each for each in series_of(catalogue, survey) if set(each.versions) & set(answered_with)]
    return notes + [note for note in (_beside(catalogue, survey, each) for each in answered) if note]


def _beside(catalogue: Catalogue, survey: str, series: Series) -> str:
    """That a better-worded question begins a series of its own, marked [b] as the Government Analysis Function
    marks a break in a time series."""
    measures = catalogue.measures(survey)
    others = [other for other in measures[series.measure].beside if other in measures]
    if series.code != series.measure or not others:
        return ""
    asked = [words(catalogue, survey, max(catalogue.versions(survey)), other) for other in others]
    named = " and ".join(f"“{said}”" for said in asked if said) or "older statements"
    return f"[b] “{series.wording}” asks better for what {named} asks. It begins a series of its own: do not compare the two."


def _decision(catalogue: Catalogue, survey: str, measure: str, version: int) -> Crosswalk | None:
    rows = catalogue.followed[survey].crosswalk
    return next((row for row in rows if row.measure == measure and version in row.versions and row.comparable), None)
