"""How work is spread: known distributions, chance, and intervals."""

import numpy as np
import pandas as pd
import pytest
from invented import read_clauses

from analysis.departments import concentration


def themed(per_theme: dict[str, str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tasks in themes: the letters name one body each, one letter one task."""
    clauses, themes = {}, []
    for theme, letters in per_theme.items():
        for letter in letters:
            clauses[f"x-2023-{len(clauses) + 1:03}"] = f"{letter}:L"
            themes.append(theme)
    tasks, assignments = read_clauses(clauses)
    return tasks.assign(theme=themes), assignments


def test_breadth_is_held_against_chance() -> None:
    tasks, assignments = themed({"甲": "AAAAAABBC", "乙": "BBC", "丙": "BB", "丁": "BBDDDDDD"})
    breadth = concentration.measure_breadth(tasks, assignments).set_index("department")
    assert breadth.loc["A", ["n_tasks", "n_themes", "entropy"]].tolist() == [6, 1, 0]
    np.testing.assert_allclose(breadth.at["B", "effective_themes"], 4)
    np.testing.assert_allclose(breadth.at["B", "entropy"], 2)
    assert breadth.loc[["A", "B", "D"], "kind"].tolist() == [
        "specialised",
        "cross-cutting",
        "specialised",
    ]
    assert pd.isna(breadth.at["C", "kind"])  # two tasks can say nothing
    again = concentration.measure_breadth(tasks, assignments).set_index("department")
    pd.testing.assert_frame_equal(breadth, again)


def test_theme_shares_leave_out_sections_that_a_plan_lacks() -> None:
    tasks, assignments = read_clauses({"x-2023-01": "A:L", "x-2023-02": "B:L", "y-2023-01": "A:L"})
    tasks["theme"] = ["甲", "乙", "甲"]
    profile = concentration.profile_themes(tasks, assignments, by_county=True)
    rows = profile.set_index(["doc_id", "department", "theme"])["share"]
    assert rows["x-2023", "A", "乙"] == 0
    assert ("y-2023", "A", "乙") not in rows.index
    assert profile.groupby(["doc_id", "department"])["share"].sum().eq(1).all()


CONCENTRATED = [
    ([1, 1, 1, 1], 0, 0.25, 1),
    ([0, 0, 0, 8], 0.75, 1, 1),
    ([1, 2, 3, 4], 0.25, 0.3, 1),
    ([1, 1, 1, 1, 1, 1, 1, 1, 1, 1], 0, 0.1, 0.5),
]


@pytest.mark.parametrize(("work", "gini", "hhi", "top"), CONCENTRATED)
def test_concentration_of_known_work(
    work: list[float], gini: float, hhi: float, top: float
) -> None:
    got = [measure(np.array(work)) for measure in concentration.CONCENTRATION.values()]
    np.testing.assert_allclose(got, [gini, hhi, top], atol=1e-12)


def test_gini_is_half_the_relative_mean_difference() -> None:
    work = np.random.default_rng(3).gamma(1, size=(5, 40))
    difference = np.abs(work[:, :, None] - work[:, None, :]).mean(axis=(1, 2))
    np.testing.assert_allclose(concentration.gini(work), difference / (2 * work.mean(axis=1)))


def test_intervals_hold_the_value_and_narrow_with_more_tasks() -> None:
    clauses = ["A:R", "A:R B:R", "B:R C:R", "D:R", "E:R A:R", "F:R", "A:R", "G:R C:R"]
    widths = []
    for times in (1, 9):
        many = {f"x-2023-{i:02}": c for i, c in enumerate(clauses * times, 1)}
        found = concentration.measure_concentration(*read_clauses(many))
        assert found["value"].between(found["low"], found["high"]).all()
        widths.append((found["high"] - found["low"]).to_numpy())
    assert (widths[1] < widths[0] * 0.75).all()


def test_intervals_are_repeatable_and_collectives_are_no_bodies() -> None:
    tasks, assignments = read_clauses(
        {"x-2023-01": "A:R", "x-2023-02": "B*:R", "x-2023-03": "C:R A:R"}
    )
    first = concentration.measure_concentration(tasks, assignments)
    pd.testing.assert_frame_equal(first, concentration.measure_concentration(tasks, assignments))
    assert first["n_bodies"].unique().tolist() == [2]
    assert first["n_tasks"].unique().tolist() == [2]


def test_an_interval_that_nothing_can_move_is_empty() -> None:
    found = concentration.measure_concentration(
        *read_clauses({"x-2023-01": "A:R", "x-2023-02": "A:R"})
    )
    assert found["low"].isna().all()
    assert found.set_index("measure").at["hhi", "value"] == 1


def test_two_counties_differ_only_beyond_chance() -> None:
    even = {f"x-2023-{i:02}": f"{letter}:L" for i, letter in enumerate("ABCDEFGHIJ" * 3, 1)}
    alike = {f"y-2023-{i:02}": f"{letter}:L" for i, letter in enumerate("ABCDEFGHIJ" * 3, 1)}
    heaped = {f"z-2023-{i:02}": f"{letter}:L" for i, letter in enumerate("A" * 28 + "BC", 1)}
    tasks, assignments = read_clauses(even | alike | heaped)
    found = concentration.compare_concentration(tasks, assignments, draws=199)
    p = found.set_index(["doc_a", "doc_b", "measure"])["p_holm"]
    assert (p.loc["x-2023", "y-2023"] > 0.5).all()
    assert p["x-2023", "z-2023", "top_five"] <= 0.05
    assert found["p"].le(found["p_holm"]).all()
    assert found["p_holm"].max() == 1  # where three times p is more
    assert len(found) == 9
