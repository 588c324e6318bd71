"""Who is named with whom: small clauses first, then the plans."""

import numpy as np
import pandas as pd
import pytest
from invented import read_clauses, show

from analysis import load
from analysis.charts.network import tabulate_pairs
from analysis.departments import network
from analysis.errors import PlanError


@pytest.fixture(scope="module")
def plans() -> dict[str, pd.DataFrame]:
    names = ("documents", "tasks", "assignments", "quantities")
    return dict(zip(names, load.tables(*names), strict=True))


PAIRS = [
    ("A:L B:S", "lead_support A>B 1 | together A>B 1"),
    ("B:L A:S", "lead_support B>A 1 | together A>B 1"),
    ("A:R B:S", "lead_support A>B 1 | together A>B 1"),
    ("B:R A:R", "joint A>B 1 | together A>B 1"),
    ("B:L A:L", "co_lead A>B 1 | together A>B 1"),
    ("A:L B*:S", ""),
    ("A:R", ""),
    (
        "A:L B:L C:S",
        "co_lead A>B 1 | lead_support A>C 0.5 | lead_support B>C 0.5"
        " | together A>B 0.33 | together A>C 0.33 | together B>C 0.33",
    ),
    (
        "A:L B:S C:S",
        "lead_support A>B 0.5 | lead_support A>C 0.5"
        " | together A>B 0.33 | together A>C 0.33 | together B>C 0.33",
    ),
]


@pytest.mark.parametrize(("clause", "expected"), PAIRS, ids=[c for c, _ in PAIRS])
def test_pairs_of_a_clause(clause: str, expected: str) -> None:
    pairs = network.pair_bodies(*read_clauses({"x-2023-01": clause}))
    told = [f"{p.kind} {p.source}>{p.target} {round(p.weight, 2):g}" for p in pairs.itertuples()]
    assert " | ".join(told) == expected


STAR = {
    "x-2023-01": "A:L B:S C:S",
    "x-2023-02": "A:L B:S",
    "y-2023-01": "B:L A:S",
    "y-2023-02": "C:L",
}


def test_edges_by_plan_and_pooled() -> None:
    tasks, assignments = read_clauses(STAR)
    edges = network.coordination_edges(tasks, assignments).set_index(["doc_id", "source", "target"])
    assert edges["tasks"].to_dict() == {
        ("x-2023", "A", "B"): 2,
        ("x-2023", "A", "C"): 1,
        ("y-2023", "B", "A"): 1,
    }
    assert edges.at[("x-2023", "A", "B"), "weight"] == 1.5
    pooled = network.coordination_edges(tasks, assignments, "together", pooled=True)
    row = pooled.query("source == 'A' and target == 'B'").iloc[0]
    assert (row["doc_id"], row["tasks"], row["n_plans"]) == ("all", 3, 2)
    shared = network.shared_edges(network.coordination_edges(tasks, assignments, "together"))
    assert shared.loc[0, ["source", "target", "x-2023", "y-2023", "n_plans"]].tolist() == [
        "A",
        "B",
        2,
        1,
        2,
    ]
    assert shared["n_plans"].tolist() == [2, 1, 1]


# A carries two tasks and supports two; in the second plan the four stand in a chain, B A C D.
CHAIN = {
    "x-2023-01": "A:L B:S C:S",
    "x-2023-02": "A:L B:S",
    "x-2023-03": "D:R C:R",
    "y-2023-01": "B:L A:S",
    "y-2023-02": "C:L D:S",
    "y-2023-03": "C:L A:S",
}


def test_tables_of_a_network_line_by_line() -> None:
    tasks, assignments = read_clauses(CHAIN)
    together = network.coordination_edges(tasks, assignments, "together")
    assert show(network.coordination_edges(tasks, assignments)) == [
        "doc_id kind source target tasks weight n_plans",
        "0 x-2023 lead_support A B 2 1.5 1",
        "1 x-2023 lead_support A C 1 0.5 1",
        "2 y-2023 lead_support B A 1 1 1",
        "3 y-2023 lead_support C A 1 1 1",
        "4 y-2023 lead_support C D 1 1 1",
    ]
    only = network.coordination_edges(tasks, assignments, "joint", doc_ids=["x-2023"])
    assert show(only)[1:] == ["0 x-2023 joint C D 1 1 1"]
    assert show(network.shared_edges(together)) == [
        "source target x-2023 y-2023 n_plans tasks",
        "0 A B 2 1 2 3",
        "1 A C 1 1 2 2",
        "2 C D 1 1 2 2",
        "3 B C 1 0 1 1",
    ]
    assert show(network.measure_centrality(network.coordination_edges(tasks, assignments))) == [
        "doc_id department out_degree out_strength in_degree in_strength betweenness",
        "0 x-2023 A 2 3 0 0 0",
        "1 x-2023 B 0 0 1 2 0",
        "2 x-2023 C 0 0 1 1 0",
        "3 y-2023 C 2 2 0 0 0",
        "4 y-2023 B 1 1 0 0 0",
        "5 y-2023 A 0 0 2 2 0",
        "6 y-2023 D 0 0 1 1 0",
    ]
    assert show(network.measure_centrality(together))[1:4] == [
        "0 x-2023 A 2 3 0",
        "1 x-2023 B 2 3 0",
        "2 x-2023 C 3 3 0.666667",
    ]
    assert show(network.compare_coordinators(tasks, assignments)) == [
        "department x-2023 y-2023 n_plans",
        "0 A 2 0 1",
        "1 C 0 2 1",
        "2 B 0 1 1",
    ]


def test_pairs_come_by_task_kind_and_name() -> None:
    pairs = network.pair_bodies(*read_clauses(CHAIN))
    assert show(pairs)[:4] == [
        "task_id doc_id kind source target weight",
        "0 x-2023-01 x-2023 lead_support A B 0.5",
        "1 x-2023-01 x-2023 lead_support A C 0.5",
        "2 x-2023-01 x-2023 together A B 0.333333",
    ]
    keys = pairs.drop(columns="weight").apply(tuple, axis=1).tolist()
    assert keys == sorted(keys)


def test_the_chart_has_the_pairs_of_all_plans_or_else_of_most() -> None:
    clauses = {"x-2023-01": "A:L B:L", "x-2023-02": "A:L C:L", "y-2023-01": "A:L B:L"}
    data, in_all = tabulate_pairs(*read_clauses(clauses), top=5)
    assert in_all == 1
    assert data.to_numpy().tolist() == [["A", "B", "x-2023", 1, 2], ["A", "B", "y-2023", 1, 2]]
    clauses["y-2023-01"] = "A:L D:L"
    clauses["y-2023-02"] = "D:L A:L"
    data, in_all = tabulate_pairs(*read_clauses(clauses), top=2)
    assert in_all == 0
    assert data.to_numpy().tolist() == [
        ["A", "D", "x-2023", 0, 1], ["A", "D", "y-2023", 2, 1],
        ["A", "B", "x-2023", 1, 1], ["A", "B", "y-2023", 0, 1],
    ]  # fmt: skip
    with pytest.raises(PlanError, match="no task names two bodies"):
        tabulate_pairs(*read_clauses({"x-2023-01": "A:L"}), top=5)


def test_centrality_of_a_star() -> None:
    edges = network.coordination_edges(*read_clauses(STAR))
    found = network.measure_centrality(edges).set_index(["doc_id", "department"])
    assert found.loc[("x-2023", "A"), ["out_degree", "out_strength"]].tolist() == [2, 3]
    assert found.loc[("x-2023", "B"), ["in_degree", "in_strength"]].tolist() == [1, 2]
    assert found.at[("x-2023", "A"), "in_strength"] == 0
    path = network.coordination_edges(
        *read_clauses({"z-2023-01": "A:L B:L", "z-2023-02": "B:L C:L"}), "co_lead"
    )
    middle = network.measure_centrality(path).set_index("department")
    assert middle["betweenness"].to_dict() == {"A": 0, "B": 1, "C": 0}
    assert middle.at["B", "strength"] == 2


def test_coordinators_keep_silence_apart_from_zero() -> None:
    found = network.compare_coordinators(*read_clauses(STAR)).set_index("department")
    assert found.index.tolist() == ["A", "B"]  # C leads, but nobody supports it
    assert found.loc["A", ["x-2023", "y-2023", "n_plans"]].tolist() == [2, 0, 1]
    alone = STAR | {"z-2023-01": "C:L D:S"}
    found = network.compare_coordinators(*read_clauses(alone)).set_index("department")
    assert np.isnan(found.at["A", "z-2023"])


def test_edges_of_all_plans_are_in_the_text(plans: dict[str, pd.DataFrame]) -> None:
    edges = network.coordination_edges(plans["tasks"], plans["assignments"], "together")
    shared = network.shared_edges(edges)
    clauses = plans["tasks"].set_index("task_id")["clause"].dropna()
    both = clauses.str.contains("发改局|发展改革局") & clauses.str.contains("财政局")
    found = shared.query("source == '发展改革局' and target == '财政局'").iloc[0]
    assert found["tasks"] == both.sum()
    assert found["n_plans"] == 5
