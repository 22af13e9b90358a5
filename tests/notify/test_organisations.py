"""Organisations that sign keep their old names, and bear their newest."""

from datetime import date

import pytest
from pydantic import ValidationError

from engage.core.config import PROJECT
from engage.notify.organisations import FORUM, Organisation, Organisations
from engage.notify.template_files import load


@pytest.fixture(scope="module")
def organisations() -> Organisations:
    return load(PROJECT / "notify_templates").organisations


@pytest.mark.parametrize(
    ("on", "name"),
    [
        (date(2021, 3, 1), "NHS South West London Clinical Commissioning Group"),
        (date(2022, 6, 30), "NHS South West London Clinical Commissioning Group"),
        (date(2022, 7, 1), "NHS South West London Integrated Care Board"),
        (date(2026, 3, 2), "NHS South West London Integrated Care Board"),
    ],
)
def test_the_commissioning_group_became_the_board_on_1_july_2022(
    organisations: Organisations, on: date, name: str
) -> None:
    icb = organisations.find("icb")
    assert icb is not None
    assert icb.name_on(on) == name
    assert icb.name == "NHS South West London Integrated Care Board"


def test_the_forum_signs_and_one_that_left_the_list_is_called_by_its_code(organisations: Organisations) -> None:
    assert organisations.find(FORUM) is not None
    assert organisations.name("guild") == "guild"


@pytest.mark.parametrize(
    "names",
    [
        [],
        [{"name": "New", "since": "2022-07-01"}, {"name": "Old"}],
        [{"name": "One"}, {"name": "Other"}],
    ],
)
def test_names_stand_oldest_first(names: list[dict[str, str]]) -> None:
    with pytest.raises(ValidationError, match="oldest first"):
        Organisation.model_validate({"code": "icb", "names": names})


def test_a_code_stands_for_one_organisation() -> None:
    one = {"code": "icb", "names": [{"name": "One"}]}
    with pytest.raises(ValidationError, match="one organisation only"):
        Organisations.model_validate({"organisations": [one, one]})
