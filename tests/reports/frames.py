"""Small counted frames for the tests of reports, and the golden figures of the Kingston papers."""

from collections.abc import Iterable
from datetime import date

import pandas as pd

from reports.columns import COHORT_BY_GROUP, DISPOSITIONS, STATEMENT_COUNTS

AS_AT = date(2022, 3, 22)
SURVEY = "post_issuance"
LABELS = {
    "process_positive": "The EHC assessment process has been positive",
    "confident_in_plan": "Confidence in the quality of the final EHC plan",
    "involved": "Involved, able to participate and express views throughout",
    "progress": "The plan will help their child make progress towards the outcomes",
}

# Transformation Plan update, Q3 2019/20: 53 plans, 21% responded.
Q3_2019_20 = [
    ("process_positive", "Q3 2019/20", 9, 11, 82),
    ("confident_in_plan", "Q3 2019/20", 11, 11, 100),
    ("involved", "Q3 2019/20", 9, 11, 82),
    ("progress", "Q3 2019/20", 10, 11, 91),
]
# Impact Report, March 2022: parents and carers after a plan is issued.
POST_ISSUANCE = [
    ("process_positive", "2019/20", 18, 24, 75),
    ("process_positive", "2020/21", 27, 32, 84),
    ("process_positive", "2021/22 up to Q3", 26, 36, 72),
    ("confident_in_plan", "2019/20", 22, 24, 92),
    ("confident_in_plan", "2020/21", 29, 32, 91),
    ("confident_in_plan", "2021/22 up to Q3", 29, 36, 81),
    ("involved", "2019/20", 20, 24, 83),
    ("involved", "2020/21", 30, 32, 94),
    ("involved", "2021/22 up to Q3", 30, 36, 83),
]
# Impact Report: SENCOs and education settings.
SETTINGS = [
    ("confident_in_process", "2019/20", 5, 9, 56),
    ("confident_in_process", "2020/21", 30, 32, 94),
    ("reflects_needs", "2019/20", 6, 9, 67),
    ("reflects_needs", "2020/21", 28, 32, 88),
    ("access_to_learning", "2019/20", 8, 9, 89),
    ("access_to_learning", "2020/21", 30, 32, 94),
    ("outcomes", "2019/20", 8, 9, 89),
    ("outcomes", "2020/21", 27, 32, 84),
    ("reviews_helpful", "2019/20", 6, 9, 67),
    ("reviews_helpful", "2020/21", 30, 31, 97),
]

Golden = tuple[str, str, int, int, int]


def statement_counts(rows: Iterable[tuple[str, str, int, int]], *, survey: str = SURVEY) -> pd.DataFrame:
    """A frame of (measure, period, positive, base); everybody else disagreed."""
    return pd.DataFrame(
        [("year", period, survey, measure, n, base - n, 0, base) for measure, period, n, base in rows],
        columns=[str(name) for name in STATEMENT_COUNTS],
    ).astype({"positive": int, "negative": int, "neutral": int, "base": int})


def golden(rows: Iterable[Golden]) -> list[tuple[str, str, int, int]]:
    return [row[:4] for row in rows]


def dispositions(rows: Iterable[tuple[str, str, str, str, str, int]]) -> pd.DataFrame:
    """A frame of (period, disposition, mode, channel, wave, n)."""
    return pd.DataFrame(rows, columns=[str(name) for name in DISPOSITIONS])


def cohort(rows: Iterable[tuple[str, bool, int, int]]) -> pd.DataFrame:
    """A frame of (group, known, eligible, respondents)."""
    return pd.DataFrame(rows, columns=[str(name) for name in COHORT_BY_GROUP])
