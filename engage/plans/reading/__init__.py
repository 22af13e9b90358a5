"""Reading what a council's case system exports: a file in, sound rows and plain faults out, and nothing kept.

`sheets` opens the file (`delimited`, `workbooks`), `columns` matches its headings, `cells` reads each cell, `checks` compares them,
`rows` and `merging` give them shape, `faults` says what is wrong, and `reader` puts it together. docs/import.md is for those who use it.
"""

from engage.plans.reading.columns import COLUMNS, Column, ColumnMapping, HeadingsDoNotMatch
from engage.plans.reading.faults import Fault
from engage.plans.reading.reader import Heading, Progress, Reading, look, read
from engage.plans.reading.rows import (
    ChildPart,
    ChildRecord,
    ContactPart,
    PlanPart,
    PlanRecord,
    ReviewPart,
)
from engage.plans.reading.settings import ReadingSettings

__all__ = [
    "COLUMNS",
    "ChildPart",
    "ChildRecord",
    "Column",
    "ColumnMapping",
    "ContactPart",
    "Fault",
    "Heading",
    "HeadingsDoNotMatch",
    "PlanPart",
    "PlanRecord",
    "Progress",
    "Reading",
    "ReadingSettings",
    "ReviewPart",
    "look",
    "read",
]
