"""Versions of surveys that come in through the browser: checked as the repository's files are, and laid over them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import yaml

from engage.core.data_files import DataFile, Mistake, Place, read_yaml
from engage.core.errors import Misconfigured
from engage.surveys.definition import Measure, Survey, SurveyMeasures
from engage.surveys.loader import Catalogue
from engage.surveys.models import SurveyVersion, VersionState
from engage.surveys.pictures import missing_pictures
from engage.surveys.soundness import Fault, eternity_faults, measure_faults, survey_faults, with_scales

LONGEST_BYTES = 200 * 1024
DEEPEST = 20
SURVEY_FILE, MEASURES_FILE = "survey", "measures"


@dataclass(frozen=True)
class Upload:
    """A version as somebody sent it: what it says where it can be read, and every mistake in it."""

    text: str
    measures_text: str
    survey: Survey | None = None
    measures: SurveyMeasures | None = None
    """As they would stand: those sent, or those of before with what is new named after its question."""
    mistakes: tuple[Mistake, ...] = ()


def check_upload(
    catalogue: Catalogue,
    text: str,
    measures_text: str = "",
    *,
    kinds: Collection[str],
    drafts: Collection[tuple[str, int]] = (),
) -> Upload:
    """Read and check a version against scales, pictures and every earlier version. `kinds` are the events that plans
    have; one of `drafts` may be sent again."""
    file = _file(text, SURVEY_FILE)
    if isinstance(file, Mistake):
        return Upload(text, measures_text, mistakes=(file,))
    written, mistakes = file.shaped(Survey)
    if written is None:
        return Upload(text, measures_text, mistakes=tuple(mistakes))
    survey = with_scales(written, catalogue.scales)
    earlier = [
        each for each in catalogue.all() if each.code == survey.code and (each.code, each.version) != _key(survey)
    ]
    faults = [
        *survey_faults(written, catalogue.scales),
        *missing_pictures(survey, catalogue.pictures),
        *_number_faults(survey, catalogue, drafts),
        *_event_faults(survey, kinds),
        *(fault for about, fault in eternity_faults([*earlier, survey]) if about is survey),
    ]
    mistakes += [file.mistake(*fault) for fault in faults]
    measures, wrong = _measures(catalogue, survey, earlier, measures_text)
    found = sorted([*mistakes, *wrong], key=lambda mistake: (mistake.file != SURVEY_FILE, mistake.line or 0))
    return Upload(text, measures_text, survey, measures, tuple(found))


def _key(survey: Survey) -> tuple[str, int]:
    return survey.code, survey.version


def _file(text: str, name: str) -> DataFile | Mistake:
    if len(text.encode()) > LONGEST_BYTES:
        return Mistake(name, None, "", "This is longer than any survey.", f"Keep it under {LONGEST_BYTES // 1024} kB.")
    return _unsafe(text, name) or read_yaml(text, name=name)


def _unsafe(text: str, name: str) -> Mistake | None:
    """What no reader of YAML should be given: brackets so deep that the reader itself would break, and parts that stand
    for other parts, with which a small file becomes an endless one."""
    depth = 0
    try:
        for event in yaml.parse(text, yaml.CSafeLoader):
            line = event.start_mark.line + 1 if event.start_mark else None
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                return Mistake(name, line, "", "This is nested too deeply.", "Take out the extra brackets.")
            if isinstance(event, yaml.AliasEvent):
                return Mistake(name, line, "", "One part stands for another here.", "Write it out in full.")
    except yaml.YAMLError:
        return None  # read_yaml says it better
    return None


def _number_faults(survey: Survey, catalogue: Catalogue, drafts: Collection[tuple[str, int]]) -> Iterable[Fault]:
    known = catalogue.versions(survey.code) if survey.code in catalogue.surveys else ()
    if _key(survey) in drafts:
        return
    if survey.version in known:
        wrong = f"Version {survey.version} is here already, and only an uploaded draft may be sent again."
        yield ("version",), wrong, f"Make it version {max(known) + 1}."
    elif known and survey.version < max(known):
        yield ("version",), f"There is a newer version, {max(known)}.", f"Make it version {max(known) + 1}."


def _event_faults(survey: Survey, kinds: Collection[str]) -> Iterable[Fault]:
    for name in survey.about:
        if name not in kinds:
            yield ("about",), f'No event is called "{name}".', f"Use {', '.join(sorted(kinds))}."


def _measures(
    catalogue: Catalogue, survey: Survey, earlier: Sequence[Survey], text: str
) -> tuple[SurveyMeasures | None, list[Mistake]]:
    if not text.strip():
        made = with_new_measures(catalogue.followed.get(survey.code), survey)
        file = DataFile(MEASURES_FILE, {})
    else:
        read = _file(text, MEASURES_FILE)
        if isinstance(read, Mistake):
            return None, [read]
        file = read
        given, mistakes = read.shaped(SurveyMeasures)
        if given is None:
            return None, mistakes
        made = given
    faults = list(measure_faults(made, [*earlier, survey]))
    if made.survey != survey.code:
        place: Place = ("survey",)
        faults.append((place, f'The survey is "{survey.code}".', "Make the two the same."))
    return made, [file.mistake(*fault) for fault in faults]


def with_new_measures(standing: SurveyMeasures | None, survey: Survey) -> SurveyMeasures:
    """What was followed before, and whatever this version asks for besides, named by its question."""
    before = standing or SurveyMeasures(survey=survey.code, measures={})
    new = {
        question.measure: Measure(name=question.heading or question.measure)
        for question in survey.questions
        if question.measure and question.measure not in before.measures
    }
    return before.model_copy(update={"measures": {**before.measures, **new}})


def overlaid(files: Catalogue, rows: Sequence[SurveyVersion]) -> Catalogue:
    """The surveys of the files with what was uploaded, published and retired in the browser laid over them.

    `Misconfigured` when a version that was published reads otherwise now, as after a change of the scales it names.
    """
    surveys = {code: dict(versions) for code, versions in files.surveys.items()}
    followed = dict(files.followed)
    published = set(files.published)
    for row in sorted(rows, key=lambda row: (row.state is not VersionState.DRAFT, row.version)):
        if row.yaml is not None:
            survey = _read_back(row, files)
            if survey is None:
                continue
            surveys.setdefault(row.survey, {})[row.version] = survey
            _lay_measures(followed, row, survey)
        key = row.survey, row.version
        published = published | {key} if row.state is VersionState.PUBLISHED else published - {key}
    return replace(
        files,
        surveys={code: dict(sorted(versions.items())) for code, versions in surveys.items()},
        followed=followed,
        published=frozenset(published),
    )


def _read_back(row: SurveyVersion, files: Catalogue) -> Survey | None:
    read = read_yaml(row.yaml or "", name=f"{row.survey} version {row.version}")
    written = read.shaped(Survey)[0] if isinstance(read, DataFile) else None
    survey = with_scales(written, files.scales) if written else None
    if row.state is VersionState.DRAFT:
        return survey
    if survey is None or survey.sha256 != row.sha256:
        raise Misconfigured(
            f"{row.survey} version {row.version} was published in the browser and reads otherwise now. Put back the "
            "scales that it names in surveys/scales.yaml."
        )
    return survey


def _lay_measures(followed: dict[str, SurveyMeasures], row: SurveyVersion, survey: Survey) -> None:
    """A draft's measures count only while nothing else says what the survey follows: it must not move a live figure."""
    if row.state is VersionState.DRAFT and row.survey in followed:
        return
    read = read_yaml(row.measures or "", name=MEASURES_FILE) if row.measures else None
    given = read.shaped(SurveyMeasures)[0] if isinstance(read, DataFile) else None
    followed[row.survey] = with_new_measures(given or followed.get(row.survey), survey)
