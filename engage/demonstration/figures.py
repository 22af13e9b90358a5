"""The figures and names a demonstration area is drawn from: Kingston's published counts, and families that do not exist."""

import csv
import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


def _rows(name: str) -> list[dict[str, str]]:
    text = (files(__package__) / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


@dataclass(frozen=True, slots=True)
class Community:
    """One ethnicity code with the languages and made-up names found there."""

    code: str
    languages: tuple[str, ...]
    surnames: tuple[str, ...]
    girls: tuple[str, ...]
    boys: tuple[str, ...]


@cache
def counts(figure: str) -> Mapping[str, int]:
    """Kingston's published counts of one figure, by code: "age", "sex", "ethnicity", "need of F" or "need of M"."""
    return {row["code"]: int(row["count"]) for row in _rows("kingston_2025.csv") if row["figure"] == figure}


@cache
def communities() -> Mapping[str, list[tuple[Community, int]]]:
    """The communities that share each published ethnicity, with their weights."""
    found: dict[str, list[tuple[Community, int]]] = {}
    for row in _rows("communities.csv"):
        each = Community(
            row["code"], *(tuple(row[name].split()) for name in ("languages", "surnames", "girls", "boys"))
        )
        found.setdefault(row["main"], []).append((each, int(row["weight"])))
    return found


def drawn(chance: random.Random, figure: str) -> str:
    """One code, as likely as its share of the published count."""
    shares = counts(figure)
    return chance.choices(list(shares), weights=list(shares.values()))[0]


def drawn_community(chance: random.Random) -> Community:
    """One community, as likely as its share of the published count."""
    shared = communities()[drawn(chance, "ethnicity")]
    return chance.choices([each for each, _ in shared], weights=[weight for _, weight in shared])[0]
