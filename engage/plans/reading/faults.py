"""What is wrong with a file's rows, to be read on a page or mended in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from engage.plans.reading.columns import WHAT_IS_WRONG

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: the row as a spreadsheet shows it, the file's own heading, the cell, what is wrong, what to do.

    The value may be a name or an address, so it is kept out of the printed form.
    """

    row: int
    column: str
    value: str = field(repr=False)
    wrong: str
    cure: str


def faults_csv(headings: Sequence[str], cells: Mapping[int, Sequence[str]], faults: Iterable[Fault]) -> bytes:
    """The faulty rows as a CSV file with a last column saying what is wrong: mend it and bring it back.

    UTF-8 with a byte order mark, so that a spreadsheet shows every alphabet. A cell that a spreadsheet would run as a
    formula gets an apostrophe before it, which the reading takes off again.
    """
    kept = [place for place, heading in enumerate(headings) if heading.strip().casefold() != WHAT_IS_WRONG]
    wrong: dict[int, list[str]] = {}
    for fault in faults:
        wrong.setdefault(fault.row, []).append(f"{fault.column}: {fault.wrong} {fault.cure}")
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([*(_harmless(headings[place]) for place in kept), WHAT_IS_WRONG])
    for row, said in sorted(wrong.items()):
        given = cells.get(row, ())
        writer.writerow(
            [*(_harmless(given[place]) if place < len(given) else "" for place in kept), _harmless(" ".join(said))]
        )
    return out.getvalue().encode("utf-8-sig")


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.lstrip().startswith(_FORMULA_SIGNS) or cell.startswith(_FORMULA_SIGNS) else cell
