"""The disclosure policy: what each audience may see, and that nothing withheld can be worked out."""

from itertools import combinations_with_replacement, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.derivation import InconsistentCounts
from reports.experience import experience_table
from reports.periods import period
from reports.suppression import POLICIES, Audience, protect, protect_together
from reports.tables import Caption, Cell, Column, Count, ProtectedTable, ShareOf, Sum, Symbol, Table
from tests.reports.attacker import Attacker
from tests.reports.frames import AS_AT, LABELS, POST_ISSUANCE, Q3_2019_20, SURVEY, golden, statement_counts

PUBLIC = POLICIES[Audience.PUBLIC]
INTERNAL = POLICIES[Audience.INTERNAL]
QUARTERS = [f"Q{number} 2021/22" for number in (1, 2, 3, 4)]
TO_DATE = [f"2021/22 up to Q{number}" for number in (1, 2, 3)]
YEAR = "2021/22"
COVERS = {
    **{name: [number] for number, name in enumerate(QUARTERS)},
    **{name: list(range(number + 1)) for number, name in enumerate(TO_DATE)},
    YEAR: [0, 1, 2, 3],
}


def statements(rows: list[tuple[str, str, int, int]]) -> Table:
    return experience_table(statement_counts(rows), survey=SURVEY, labels=LABELS, as_at=AS_AT)


def printed(table: ProtectedTable, code: str) -> list[str]:
    return [str(cell) for cell in table.column(code)]


# What each audience sees


def test_those_inside_see_every_figure_with_a_warning_on_small_bases() -> None:
    table = protect(statements(golden(Q3_2019_20)), INTERNAL)
    assert printed(table, "positive") == ["9/11", "11/11", "9/11", "10/11"]
    assert printed(table, "percent") == ["82% [u]", "100% [u]", "82% [u]", "91% [u]"]


@pytest.mark.parametrize("audience", [Audience.BOARD, Audience.FORUM, Audience.PUBLIC])
def test_percentages_of_a_quarter_are_for_those_inside_only(audience: Audience) -> None:
    table = protect(statements([("involved", "Q3 2019/20", 28, 40)]), POLICIES[audience])
    assert printed(table, "positive") == ["28/40"]
    assert printed(table, "percent") == ["[x]"]
    assert printed(table, "interval") == ["[x]"]
    assert any("see the year" in note for note in table.notes)


def test_a_count_whose_complement_is_small_is_withheld_with_all_that_is_made_from_it() -> None:
    table = protect(statements(golden(POST_ISSUANCE)), PUBLIC)
    shown = dict(zip(zip(printed(table, "statement"), printed(table, "period"), strict=True), table.rows, strict=True))
    confident_2020 = shown[LABELS["confident_in_plan"], "2020/21"]  # 29 of 32: three families were not
    assert [str(cell) for cell in confident_2020[2:6]] == ["[c]/32", "[c]", "[c]", "[c]"]
    process_2020 = shown[LABELS["process_positive"], "2020/21"]
    assert [str(cell) for cell in process_2020[2:5]] == ["27/32", "84%", "68% to 93%"]


@pytest.mark.parametrize(
    ("n", "base", "positive", "percent"),
    [
        (1, 30, "[c]/30", "[c]"),
        (4, 30, "[c]/30", "[c]"),
        (5, 30, "5/30", "17%"),
        (25, 30, "25/30", "83%"),
        (26, 30, "[c]/30", "[c]"),
        (0, 30, "0/30", "0%"),
        (30, 30, "30/30", "100%"),
        (15, 29, "15/29", "52% [u]"),
        (5, 10, "5/10", "50% [u]"),
        (9, 9, "9/9", "[x]"),
        (2, 4, "[c]", "[c]"),
    ],
)
def test_the_thresholds_of_the_public_policy(n: int, base: int, positive: str, percent: str) -> None:
    table = protect(statements([("involved", "2021/22", n, base)]), PUBLIC)
    assert printed(table, "positive") == [positive]
    assert printed(table, "percent") == [percent]


@pytest.mark.parametrize(("n", "base", "positive"), [(0, 19, "[c]/19"), (19, 19, "[c]/19"), (0, 20, "0/20")])
def test_none_and_all_of_a_small_group_are_withheld(n: int, base: int, positive: str) -> None:
    share = ShareOf(Count(("tamil", "happy")), Count(("tamil",)))
    cell = Cell(f"{n}/{base}", None, counts=(share.n, share.base), share=share)
    table = Table(
        Caption("Groups", AS_AT),
        (Column("positive", "Agree", is_share=True),),
        ((cell,),),
        counts={share.n: n, share.base: base},
        shares=(share,),
        subgroups=True,
    )
    assert printed(protect(table, PUBLIC), "positive") == [positive]


def test_every_figure_withheld_for_protection_gives_the_same_reason() -> None:
    """Else a reader could tell a small count from one withheld to shield it."""
    table = protect(cross_table([[2, 30, 40], [7, 6, 50], [20, 10, 9]]), PUBLIC)
    withheld = [cell for row in table.rows for cell in row if cell.withheld]
    assert len(withheld) >= 4
    assert {(cell.text, cell.withheld) for cell in withheld} == {(Symbol.CONFIDENTIAL, withheld[0].withheld)}


def test_a_protected_table_carries_no_withheld_count() -> None:
    table = protect(cross_table([[2, 30], [40, 50]]), PUBLIC)
    assert 2 not in table.shown.values()
    assert "2" not in table.to_text().replace("22", "").replace("2022", "").split()


# Margins of one table


def cross_table(cells: list[list[int]]) -> Table:
    """Counts by row and column, with both margins and the grand total."""
    rows, columns = range(len(cells)), range(len(cells[0]))
    counts = {Count((f"r{r}", f"c{c}")): cells[r][c] for r, c in product(rows, columns)}
    sums = [Sum(Count((f"r{r}", "all")), tuple(Count((f"r{r}", f"c{c}")) for c in columns)) for r in rows]
    sums += [Sum(Count(("all", f"c{c}")), tuple(Count((f"r{r}", f"c{c}")) for r in rows)) for c in columns]
    sums.append(Sum(Count(("all", "all")), tuple(Count((f"r{r}", "all")) for r in rows)))
    for each in sums:
        counts[each.total] = sum(counts[part] for part in each.parts)
    names_across = [*(f"c{c}" for c in columns), "all"]
    printed_rows = tuple(
        tuple(Cell.number(counts[Count((down, across))], Count((down, across))) for across in names_across)
        for down in [*(f"r{r}" for r in rows), "all"]
    )
    headings = tuple(Column(name, name) for name in names_across)
    return Table(Caption("Cross-table", AS_AT), headings, printed_rows, counts=counts, sums=tuple(sums))


@st.composite
def grids(draw: st.DrawFn) -> list[list[int]]:
    rows, columns = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    small = st.one_of(st.integers(0, 8), st.integers(0, 60))
    return draw(st.lists(st.lists(small, min_size=columns, max_size=columns), min_size=rows, max_size=rows))


@settings(deadline=None, max_examples=40)
@given(grids())
def test_no_withheld_cell_can_be_solved_from_the_margins(cells: list[list[int]]) -> None:
    rows, columns = len(cells), len(cells[0])
    table = protect(cross_table(cells), PUBLIC)
    attacker = Attacker(list(product(range(rows), range(columns))))
    pieces_of = {
        (r, c): [
            (down, across)
            for down in (range(rows) if r == rows else [r])
            for across in (range(columns) if c == columns else [c])
        ]
        for r, c in product(range(rows + 1), range(columns + 1))
    }
    for (r, c), pieces in pieces_of.items():
        cell = table.rows[r][c]
        if cell.withheld is None:
            assert isinstance(cell.value, int)
            assert not 1 <= cell.value <= 4
            attacker.learns(pieces, cell.value)
    for (r, c), pieces in pieces_of.items():
        if table.rows[r][c].withheld:
            least, most = attacker.possible(pieces)
            assert least < most


def test_one_small_cell_takes_others_with_it_but_not_the_margins() -> None:
    table = protect(cross_table([[3, 30, 40], [20, 25, 50], [60, 70, 90]]), PUBLIC)
    text = [[str(cell) for cell in row] for row in table.rows]
    assert text == [
        ["[c]", "[c]", "40", "73"],
        ["[c]", "[c]", "50", "95"],
        ["60", "70", "90", "220"],
        ["83", "125", "180", "388"],
    ]


def test_a_table_without_small_counts_is_left_alone() -> None:
    table = protect(cross_table([[5, 30], [0, 50]]), PUBLIC)
    assert not any(cell.withheld for row in table.rows for cell in row)


# Overlapping releases

answers = st.tuples(st.one_of(st.integers(0, 6), st.integers(0, 30)), st.one_of(st.integers(0, 6), st.integers(0, 30)))
years = st.lists(answers, min_size=4, max_size=4)


def release(year: list[tuple[int, int]], names: list[str]) -> Table:
    """One statement's table over the named periods; `year` holds agreed and not agreed by quarter."""
    rows = []
    for name in names:
        agreed = sum(year[quarter][0] for quarter in COVERS[name])
        rows.append(("involved", name, agreed, agreed + sum(year[quarter][1] for quarter in COVERS[name])))
    return statements(rows)


def learned_from(attacker: Attacker, tables: list[ProtectedTable]) -> set[tuple[str, tuple[int, ...]]]:
    """Tell the attacker all that the tables show, and return which counts they show."""
    known = set()
    for table in tables:
        for count, n in table.shown.items():
            assert count.period is not None
            assert not 1 <= n <= 4
            start = period(YEAR).first
            quarters = range(count.period.first - start, count.period.after - start)
            kinds = ("agreed",) if count.subject[-1] == "positive" else ("agreed", "not")
            attacker.learns([(kind, quarter) for kind in kinds for quarter in quarters], n)
            known.add((count.subject[-1], tuple(quarters)))
    return known


def assert_nothing_given_away(year: list[tuple[int, int]], tables: list[ProtectedTable], names: list[str]) -> None:
    attacker = Attacker(list(product(("agreed", "not"), range(4))))
    known = learned_from(attacker, tables)
    for what, name in product(("positive", "base"), names):
        if (what, tuple(COVERS[name])) not in known:
            kinds = ("agreed",) if what == "positive" else ("agreed", "not")
            least, most = attacker.possible(list(product(kinds, COVERS[name])))
            assert least < most, f"{what} in {name} must be {least}"
    for first, last in combinations_with_replacement(range(4), 2):
        run = range(first, last + 1)
        for place, kinds in ((0, ["agreed"]), (1, ["not"])):
            if 1 <= sum(year[quarter][place] for quarter in run) <= 4:
                least, most = attacker.possible(list(product(kinds, run)))
                assert least < most, f"{kinds} in quarters {list(run)} must be {least}"


def assert_display_equals_shown(tables: list[ProtectedTable]) -> None:
    """What is printed is exactly what `shown` admits to."""
    for table in tables:
        for cell in table.column("positive"):
            numbers = [int(part) for part in cell.text.replace("[c]", "").split("/") if part]
            assert all(number in table.shown.values() for number in numbers)


@settings(deadline=None, max_examples=40)
@given(years, st.lists(st.sampled_from(sorted(COVERS)), min_size=1, unique=True))
def test_no_withheld_count_can_be_solved_from_quarters_to_dates_and_year_together(
    year: list[tuple[int, int]], names: list[str]
) -> None:
    tables = protect_together([release(year, [name]) for name in names], PUBLIC)
    assert_display_equals_shown(tables)
    assert_nothing_given_away(year, tables, names)


@settings(deadline=None, max_examples=40)
@given(years)
def test_all_releases_of_a_year_together_give_nothing_away(year: list[tuple[int, int]]) -> None:
    names = sorted(COVERS)
    assert_nothing_given_away(year, protect_together([release(year, names)], PUBLIC), names)


@settings(deadline=None, max_examples=40)
@given(years)
def test_releases_one_after_the_other_give_nothing_away(year: list[tuple[int, int]]) -> None:
    """Each quarter its own figures and the year to date; what was shown cannot be taken back."""
    out: list[ProtectedTable] = []
    names: list[str] = []
    shown: dict[Count, int] = {}
    for number in range(4):
        names += [QUARTERS[number], [*TO_DATE, YEAR][number]]
        out += protect_together([release(year, names)], PUBLIC, already_shown=shown)
        shown |= out[-1].shown
    assert_nothing_given_away(year, out, names)


def test_a_quarter_between_two_years_to_date_is_protected_though_nobody_prints_it() -> None:
    year = [(20, 20), (10, 10), (2, 9), (10, 10)]
    first, second = protect_together([release(year, ["2021/22 up to Q2"]), release(year, ["2021/22 up to Q3"])], PUBLIC)
    assert printed(first, "positive") + printed(second, "positive") == ["[c]/60", "32/71"]


def test_what_was_shown_stays_and_the_new_figure_gives_way() -> None:
    year = [(20, 20), (10, 10), (2, 9), (10, 10)]
    before, after = release(year, ["2021/22 up to Q2"]), release(year, ["2021/22 up to Q3"])
    shown = protect(before, PUBLIC).shown
    again, new = protect_together([before, after], PUBLIC, already_shown=shown)
    assert printed(again, "positive") == ["30/60"]
    assert printed(new, "positive") == ["[c]/71"]


def test_an_earlier_release_must_be_handed_over_again() -> None:
    year = [(20, 20), (10, 10), (20, 9), (10, 10)]
    shown = protect(release(year, ["2021/22 up to Q2"]), PUBLIC).shown
    with pytest.raises(ValueError, match="left out"):
        protect(release(year, ["2021/22 up to Q3"]), PUBLIC, already_shown=shown)


def test_a_figure_that_changed_since_it_was_shown_is_refused() -> None:
    year = [(20, 20), (10, 10), (20, 9), (10, 10)]
    shown = protect(release(year, ["Q1 2021/22"]), PUBLIC).shown
    late = [(21, 20), *year[1:]]
    with pytest.raises(InconsistentCounts, match="correction"):
        protect(release(late, ["Q1 2021/22"]), PUBLIC, already_shown=shown)


def test_periods_that_contradict_each_other_are_refused() -> None:
    tables = [statements([("involved", "Q1 2021/22", 20, 40)]), statements([("involved", "2021/22", 10, 20)])]
    with pytest.raises(InconsistentCounts):
        protect_together(tables, PUBLIC)


def test_what_an_earlier_release_gave_away_does_not_stop_the_next() -> None:
    """2 of Q3 follow from what went out before anybody looked; the rest is still protected."""
    year = [(20, 20), (10, 10), (2, 9), (30, 3)]
    before = release(year, ["2021/22 up to Q2", "2021/22 up to Q3"])
    shown = protect(before, INTERNAL).shown
    again, new = protect_together([before, release(year, [YEAR])], PUBLIC, already_shown=shown)
    assert printed(again, "positive") == ["30/60", "32/71"]
    assert printed(new, "positive") == ["[c]/104"]


def test_a_group_of_nothing_but_its_shape_is_no_fault() -> None:
    """A total of no parts is nought whatever is shown, so there is nothing to protect it with."""
    nothing, everybody = Count(("nobody",)), Count(("everybody",))
    share = ShareOf(nothing, everybody)
    table = Table(
        Caption("Groups", AS_AT),
        (Column("agree", "Agree", is_share=True),),
        ((Cell("0/12", None, counts=(nothing, everybody), share=share),),),
        counts={nothing: 0, everybody: 12},
        sums=(Sum(nothing, ()),),
        shares=(share,),
        subgroups=True,
    )
    assert printed(protect(table, PUBLIC), "agree") == ["[c]"]
