"""What a reading may take for granted, and how much it will take in."""

from dataclasses import dataclass
from datetime import date

from engage.people.vocabulary.authorities import KINGSTON


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingSettings:
    """`today` bounds every date; `local_authority` fills a blank; drama numbers pass only in a `demonstration`."""

    today: date
    local_authority: str = KINGSTON
    demonstration: bool = False
    largest_bytes: int = 30_000_000
    largest_unpacked_bytes: int = 400_000_000
    most_rows: int = 100_000
    most_columns: int = 250
    most_cells: int = 10_000_000
    """Empty ones too: a reader of workbooks lays out the whole rectangle, at 32 bytes a cell."""
