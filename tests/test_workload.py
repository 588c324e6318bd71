"""Counting and comparability: small frames first, then the plans."""

import numpy as np
import pandas as pd
import pytest
from conftest import EXPECTED
from invented import NO_TARGETS, read_clauses
from matplotlib import pyplot as plt
from walk import walk

from analysis import load
from analysis.charts import network as network_plots
from analysis.charts import workload as concentration_plots
from analysis.charts import workload as plots
from analysis.departments import concentration, network, workload
from analysis.errors import PlanError


@pytest.fixture(scope="module")
def plans() -> dict[str, pd.DataFrame]:
    names = ("documents", "tasks", "assignments", "quantities")
    return dict(zip(names, load.tables(*names), strict=True))


@pytest.fixture(scope="module")
def counts(plans: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return workload.count_workload(plans["tasks"], plans["assignments"], plans["quantities"])


# Each clause, then the weights of its bodies in order: lead or sole, support, 1/n, 1/n over leads.
WEIGHTS = [
    ("A:R", [(1, 0, 1, 1)]),
    ("A:R+", [(0, 0, 1, 1)]),  # 等 means that it is not alone
    ("A*:R", [(0, 0, 1, 1)]),  # nor is 各有关部门 one body
    ("A:R B:R", [(0, 0, 1 / 2, 1 / 2), (0, 0, 1 / 2, 1 / 2)]),
    ("A:R B:S", [(1, 0, 1 / 2, 1), (0, 1, 1 / 2, 0)]),
    ("A:L B:S+ C:S+", [(1, 0, 1 / 3, 1), (0, 1, 1 / 3, 0), (0, 1, 1 / 3, 0)]),
    ("A:L B:L C:S", [(1, 0, 1 / 3, 1 / 2), (1, 0, 1 / 3, 1 / 2), (0, 1, 1 / 3, 0)]),
    ("A:L B*:S", [(1, 0, 1 / 2, 1), (0, 1, 1 / 2, 0)]),
    ("A:S B:S", [(0, 1, 1 / 2, 0), (0, 1, 1 / 2, 0)]),  # nobody carries it
    ("A:L B:S A:S", [(1, 0, 1 / 2, 1), (0, 1, 1 / 2, 0)]),  # named twice is one body
    ("B:S A:S A:L", [(0, 1, 1 / 2, 0), (1, 0, 1 / 2, 1)]),  # and its weightier role stands
]


@walk(("clause", "expected"), WEIGHTS, ids=[c for c, _ in WEIGHTS])
def test_weights_of_a_clause(clause: str, expected: list[tuple[float, ...]]) -> None:
    _, assignments = read_clauses({"x-2023-01": clause})
    rows = workload.weigh_assignments(assignments)
    got = rows[["lead", "support", "fractional", "fractional_lead"]].to_numpy()
    np.testing.assert_allclose(got, expected)
    assert rows["any"].eq(1).all()
    assert rows["first"].tolist() == [1.0] + [0.0] * (len(rows) - 1)


def test_work_is_counted_by_tasks_targets_and_characters() -> None:
    tasks, assignments = read_clauses({"x-2023-01": "A:L B:S", "x-2023-02": "A:R"})
    kinds = ["target", "target", "attribute", "target"]
    quantities = pd.DataFrame({"task_id": ["x-2023-01"] * 3 + ["x-2023-02"], "kind": kinds})
    table = workload.count_workload(tasks, assignments, quantities).set_index(
        ["department", "counting"]
    )
    assert table.loc[("A", "any"), ["tasks", "targets", "characters"]].tolist() == [2, 3, 20]
    assert table.loc[("A", "fractional"), ["tasks", "targets"]].tolist() == [1.5, 2]
    assert table.loc[("B", "fractional"), ["tasks", "targets"]].tolist() == [0.5, 1]
    assert table.loc[("B", "lead"), "tasks"] == 0


def test_open_lists_are_lower_bounds() -> None:
    clauses = {"x-2023-01": "A:L B:S+", "x-2023-02": "C:L D:S+", "x-2023-03": "A:L B:S"}
    tasks, assignments = read_clauses(clauses)
    table = workload.count_workload(tasks, assignments, NO_TARGETS)
    bounds = table.set_index(["department", "counting"])[["tasks", "at_most"]]
    assert bounds.loc[("B", "support")].tolist() == [2, 3]  # task 2 may mean B as well
    assert bounds.loc[("A", "support")].tolist() == [0, 2]
    assert bounds.loc[("A", "lead")].tolist() == [2, 2]  # leads are listed in full
    assert bounds.loc[("A", "first")].tolist() == [2, 2]
    assert bounds["at_most"].xs("fractional", level="counting").isna().all()


def test_a_silent_counting_has_no_row() -> None:
    tasks, assignments = read_clauses({"x-2023-01": "A:R B:R", "y-2023-01": "A:L B:S"})
    table = workload.count_workload(tasks, assignments, NO_TARGETS)
    support = table[table["counting"].eq("support")]
    assert support["doc_id"].unique().tolist() == ["y-2023"]
    assert support.set_index("department").at["A", "tasks"] == 0


def test_fractions_add_up_to_the_tasks_with_a_clause(
    plans: dict[str, pd.DataFrame], counts: pd.DataFrame
) -> None:
    work = workload.measure_tasks(plans["tasks"], plans["quantities"])
    work = work[plans["tasks"]["clause"].ne("")]
    expected = work.groupby("doc_id")[list(workload.WORKS)].sum()
    assert expected["tasks"].sum() == EXPECTED["n_clauses"]
    for counting in ("first", "fractional", "fractional_lead"):
        rows = counts[counts["counting"].eq(counting)]
        got = rows.groupby("doc_id")[list(workload.WORKS)].sum()
        pd.testing.assert_frame_equal(got, expected, check_exact=False)


def test_mentions_add_up_to_the_assignments(
    plans: dict[str, pd.DataFrame], counts: pd.DataFrame
) -> None:
    assert (
        counts.query("counting == 'any'")["tasks"].sum()
        == len(plans["assignments"])
        == EXPECTED["n_bodies"]
    )
    support = plans["assignments"]["role"].eq("support").sum()
    assert counts.query("counting == 'support'")["tasks"].sum() == support


# The words of the clauses themselves, not their parsed roles, are what the description must match.
SAYS = {
    "lead": "牵头[,，]|牵头单位[:：]",
    "support": "配合|参与单位",
    "responsible": "责任单位|负责|^.各相关部门",
    "open_lists": "等(?:部门|配合|各产业)",
}


@pytest.mark.parametrize("column", SAYS)
def test_clause_systems_are_what_the_clauses_say(
    plans: dict[str, pd.DataFrame], column: str
) -> None:
    tasks = plans["tasks"]
    says = tasks["clause"].fillna("").str.contains(SAYS[column]).groupby(tasks["doc_id"]).sum()
    described = workload.describe_clauses(tasks, plans["assignments"]).set_index("doc_id")
    assert described[column].to_dict() == says.to_dict()


def test_what_all_five_plans_allow(plans: dict[str, pd.DataFrame]) -> None:
    tables = plans["tasks"], plans["assignments"]
    assert workload.comparable_measures(*tables) == ["any", "first", "fractional", "together"]
    assert workload.plans_that_allow(*tables, "support") == [
        "chengyang-2023",
        "zhoucun-2023",
        "zichuan-2023",
    ]
    assert "tengzhou-2023" not in workload.plans_that_allow(*tables, "lead")
    both = ["zhoucun-2023", "zichuan-2023"]
    allowed = workload.comparable_measures(*tables, "support", "lead", doc_ids=both)
    assert {"support", "lead", "joint", "lead_support"} <= set(allowed)


@pytest.mark.parametrize("doc_ids", [None, ["tengzhou-2023"], ["tengzhou-2023", "zhoucun-2023"]])
def test_support_in_tengzhou_is_refused(
    plans: dict[str, pd.DataFrame], doc_ids: list[str] | None
) -> None:
    with pytest.raises(PlanError, match=r"support cannot be compared.*tengzhou-2023"):
        workload.comparable_measures(
            plans["tasks"], plans["assignments"], "support", doc_ids=doc_ids
        )


def test_every_comparison_passes_the_gate(plans: dict[str, pd.DataFrame]) -> None:
    tables = plans["tasks"], plans["assignments"]
    for compare in (
        lambda: workload.compare_counties(*tables, plans["quantities"], "support"),
        lambda: concentration.measure_concentration(*tables, counting="support"),
        lambda: concentration.profile_themes(*tables, counting="support", by_county=True),
        lambda: network.coordination_edges(*tables, "lead_support"),
    ):
        with pytest.raises(PlanError, match="tengzhou-2023, yanzhou-2023"):
            compare()


def test_unknown_words_are_refused(plans: dict[str, pd.DataFrame]) -> None:
    tables = plans["tasks"], plans["assignments"]
    with pytest.raises(PlanError, match="no counting effort"):
        workload.comparable_measures(*tables, "effort")
    with pytest.raises(PlanError, match="no clauses of paris-2023"):
        workload.comparable_measures(*tables, doc_ids=["paris-2023"])
    with pytest.raises(PlanError, match="'hours' cannot be counted"):
        workload.compare_counties(*tables, plans["quantities"], work="hours")
    with pytest.raises(PlanError, match="'together' cannot be counted"):
        concentration.profile_themes(*tables, counting="together")
    with pytest.raises(PlanError, match="no kind of edge 'friends'"):
        network.coordination_edges(*tables, "friends")
    counts = workload.count_workload(*tables, plans["quantities"])
    with pytest.raises(PlanError, match="nothing to rank in paris-2023"):
        workload.rank_departments(counts, doc_id="paris-2023")


def test_shares_keep_silence_apart_from_zero() -> None:
    clauses = {"x-2023-01": "A:L B:S", "x-2023-02": "A:L B:L", "y-2023-01": "A:L C:S"}
    tasks, assignments = read_clauses(clauses)
    shares = workload.compare_counties(tasks, assignments, NO_TARGETS, "support")
    assert shares.loc["B", "x-2023"] == 0.5
    assert shares.loc["A"].tolist() == [0, 0]
    assert np.isnan(shares.loc["C", "x-2023"])
    split = workload.compare_counties(tasks, assignments, NO_TARGETS, "fractional")
    np.testing.assert_allclose(split.sum(), 1)


def test_ranks_show_where_the_orders_disagree() -> None:
    clauses = {f"x-2023-{i:02}": "A:L B:S" for i in range(1, 4)}
    clauses |= {"x-2023-04": "B:L C:S", "x-2023-05": "B:R", "x-2023-06": "B:S D:L"}
    tasks, assignments = read_clauses(clauses)
    counts = workload.count_workload(tasks, assignments, NO_TARGETS)
    ranks = workload.rank_departments(counts).set_index("department")
    assert ranks.loc["B", ["any_tasks", "lead_tasks"]].tolist() == [1, 2]
    assert ranks.loc["A", ["any_tasks", "lead_tasks"]].tolist() == [2, 1]
    assert ranks.loc[["C", "D"], "any_tasks"].tolist() == [3, 3]
    assert ranks.loc["A", ["highest", "lowest"]].tolist() == [1, 2]
    assert not any(column.startswith("support") for column in ranks)


def test_one_plan_ranks_its_own_bodies(counts: pd.DataFrame) -> None:
    ranks = workload.rank_departments(counts, doc_id="chengyang-2023")
    assert "水利局" not in set(ranks["department"])
    assert (ranks["highest"] <= ranks["median"]).all()
    assert (ranks["median"] <= ranks["lowest"]).all()


DRAW = {
    plots.draw_roles: 4,
    plots.draw_ranks: 4,
    concentration_plots.draw_themes: 3,
    concentration_plots.draw_concentration: 3,
    network_plots.draw_network: 3,
    network_plots.draw_structure: 3,
}


@pytest.mark.parametrize("draw", DRAW, ids=lambda f: f.__name__)
@pytest.mark.parametrize("keep", ["", "[ty]", "tengzhou"])
def test_figures_draw_any_corpus(plans: dict[str, pd.DataFrame], draw, keep: str) -> None:
    tables = [t[t[t.columns[0]].str.match(keep)] for t in plans.values()][: DRAW[draw]]
    if draw is network_plots.draw_structure and len(tables[0]) == 1:
        with pytest.raises(PlanError, match="two plans"):
            draw(*tables)
        return
    drawn = []
    for language in ("en",) if keep else ("zh", "en"):
        figure, data = draw(*tables, language=language)
        figure.canvas.draw()
        drawn.append(data)
        plt.close(figure)
    assert len(drawn[0]) > 0
    pd.testing.assert_frame_equal(drawn[0], drawn[-1])
