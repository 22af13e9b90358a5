"""Read a code list from this package's own data."""

import csv
from importlib.resources import files


def code_list(name: str) -> list[dict[str, str]]:
    """The rows of `data/<name>.csv`, without the lines of source and licence that open it."""
    text = (files(__package__) / "data" / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
