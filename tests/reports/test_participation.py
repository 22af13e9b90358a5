"""How many families answered, and what brought the answers."""

import pytest

from reports.columns import DispositionColumn, FrameError
from reports.participation import answers_by, response_rate_table
from reports.suppression import POLICIES, Audience, protect, protect_together
from tests.reports.frames import AS_AT, SURVEY, dispositions

Q3 = dispositions(
    [
        ("Q3 2019/20", "complete", "online", "email", "invitation", 6),
        ("Q3 2019/20", "complete", "online", "text", "second reminder", 2),
        ("Q3 2019/20", "complete", "phone", "call", "call list", 3),
        ("Q3 2019/20", "no_response", "", "", "", 38),
        ("Q3 2019/20", "undeliverable", "", "", "", 4),
        ("Q3 2019/20", "ineligible", "", "", "", 1),
    ]
)
INTERNAL = POLICIES[Audience.INTERNAL]


def test_the_response_rate_of_q3_2019_20_counts_the_families_we_did_not_reach() -> None:
    table = protect(response_rate_table(Q3, survey=SURVEY, as_at=AS_AT), INTERNAL)
    (row,) = table.rows
    assert [cell.text for cell in row] == ["Q3 2019/20", "11/53", "21%", "12% to 33%", "11/53", "21%", "0", "0", "1"]
    assert any("RR2" in note and "RR1" in note for note in table.notes)


def test_a_rate_is_provisional_while_families_are_still_being_asked() -> None:
    asked = dispositions([("Q3 2019/20", "pending", "", "", "", 7), ("Q3 2019/20", "complete", "online", "", "", 7)])
    assert response_rate_table(asked, survey=SURVEY, as_at=AS_AT).caption.provisional
    assert not response_rate_table(Q3, survey=SURVEY, as_at=AS_AT).caption.provisional


def test_periods_stand_in_order_of_time() -> None:
    frame = dispositions(
        [(name, "complete", "", "", "", 5) for name in ("2020/21", "Q4 2019/20", "2019/20", "Q1 2020/21")]
    )
    table = protect(response_rate_table(frame, survey=SURVEY, as_at=AS_AT), INTERNAL)
    assert [cell.text for cell in table.column("period")] == ["Q4 2019/20", "2019/20", "Q1 2020/21", "2020/21"]


def test_a_quarter_told_again_as_the_year_to_date_is_not_counted_twice() -> None:
    frame = dispositions([(name, "complete", "online", "email", "1", 5) for name in ("Q1 2020/21", "2020/21 up to Q1")])
    rates = protect(response_rate_table(frame, survey=SURVEY, as_at=AS_AT), INTERNAL)
    mix = protect(answers_by(frame, survey=SURVEY, by=[DispositionColumn.MODE], as_at=AS_AT), INTERNAL)
    assert [cell.text for cell in rates.column("answered")] == ["5/5", "5/5"]
    assert [cell.text for cell in mix.column("answers")] == ["5/5", "5/5"]


def test_each_answer_is_credited_to_what_brought_it() -> None:
    by = [DispositionColumn.WAVE, DispositionColumn.CHANNEL]
    table = protect(answers_by(Q3, survey=SURVEY, by=by, as_at=AS_AT), INTERNAL)
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["Q3 2019/20", "call list", "call", "3/11", "27%"],
        ["Q3 2019/20", "invitation", "email", "6/11", "55%"],
        ["Q3 2019/20", "second reminder", "text", "2/11", "18%"],
    ]


def test_modes_can_be_given_words() -> None:
    table = answers_by(Q3, survey=SURVEY, by=[DispositionColumn.MODE], as_at=AS_AT, labels={"phone": "By telephone"})
    assert [row[1].text for row in table.rows] == ["online", "By telephone"]


def test_the_rate_and_its_mix_are_protected_as_one() -> None:
    """2 by text and 3 by phone of 11: neither, nor what they leave of the 11, may be worked out."""
    rate = response_rate_table(Q3, survey=SURVEY, as_at=AS_AT)
    mix = answers_by(Q3, survey=SURVEY, by=[DispositionColumn.CHANNEL], as_at=AS_AT)
    protected = protect_together([rate, mix], POLICIES[Audience.PUBLIC])
    assert [cell.text for cell in protected[0].column("answered")] == ["11/53"]
    assert [cell.text for cell in protected[1].column("answers")] == ["[c]/11", "6/11", "[c]/11"]


def test_an_unknown_disposition_is_refused() -> None:
    with pytest.raises(FrameError, match="lost is not a disposition"):
        response_rate_table(dispositions([("2019/20", "lost", "", "", "", 1)]), survey=SURVEY, as_at=AS_AT)
