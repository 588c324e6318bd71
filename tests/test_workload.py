"""Counting, comparability, concentration and coordination: small frames first, then the plans."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from analysis import load, network, workload
from analysis.errors import PlanError
from analysis.lexicon import read_lexicon
from analysis.plots import network as network_plots
from analysis.plots import workload as plots

ROLE = {"L": "lead", "S": "support", "R": "responsible"}


def read(clauses: dict[str, str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tasks and assignments of clauses such as ``A:L B:S+``.

    A plus leaves the list open, an asterisk stands for a collective.
    """
    rows = []
    for task_id, clause in clauses.items():
        for position, part in enumerate(clause.split(), 1):
            name, role = part.split(":")
            kind = "collective" if "*" in name else "department"
            rows.append(
                (task_id, position, f"区{name}", name, kind, ROLE[role[0]], role.endswith("+"))
            )
    columns = ["task_id", "position", "name", "department", "body_type", "role", "open_list"]
    tasks = pd.DataFrame({"task_id": list(clauses)})
    tasks["doc_id"] = tasks["task_id"].str.rsplit("-", n=1).str[0]
    tasks = tasks.assign(theme="甲", title="题目", text="一二三四五六七八")
    return tasks, pd.DataFrame(rows, columns=columns)


NO_TARGETS = pd.DataFrame({"task_id": ["x-2023-01"], "kind": ["attribute"]})


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


@pytest.mark.parametrize(("clause", "expected"), WEIGHTS, ids=[c for c, _ in WEIGHTS])
def test_weights_of_a_clause(clause: str, expected: list[tuple[float, ...]]) -> None:
    _, assignments = read({"x-2023-01": clause})
    rows = workload.weigh_assignments(assignments)
    got = rows[["lead", "support", "fractional", "fractional_lead"]].to_numpy()
    np.testing.assert_allclose(got, expected)
    assert rows["any"].eq(1).all()
    assert rows["first"].tolist() == [1.0] + [0.0] * (len(rows) - 1)


def test_work_is_counted_by_tasks_targets_and_characters() -> None:
    tasks, assignments = read({"x-2023-01": "A:L B:S", "x-2023-02": "A:R"})
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
    tasks, assignments = read(clauses)
    table = workload.count_workload(tasks, assignments, NO_TARGETS)
    bounds = table.set_index(["department", "counting"])[["tasks", "at_most"]]
    assert bounds.loc[("B", "support")].tolist() == [2, 3]  # task 2 may mean B as well
    assert bounds.loc[("A", "support")].tolist() == [0, 2]
    assert bounds.loc[("A", "lead")].tolist() == [2, 2]  # leads are listed in full
    assert bounds.loc[("A", "first")].tolist() == [2, 2]
    assert bounds["at_most"].xs("fractional", level="counting").isna().all()


def test_a_silent_counting_has_no_row() -> None:
    tasks, assignments = read({"x-2023-01": "A:R B:R", "y-2023-01": "A:L B:S"})
    table = workload.count_workload(tasks, assignments, NO_TARGETS)
    support = table[table["counting"].eq("support")]
    assert support["doc_id"].unique().tolist() == ["y-2023"]
    assert support.set_index("department").at["A", "tasks"] == 0


def test_fractions_add_up_to_the_tasks_with_a_clause(
    plans: dict[str, pd.DataFrame], counts: pd.DataFrame
) -> None:
    work = workload.measure_tasks(plans["tasks"], plans["quantities"])
    work = work[plans["tasks"]["clause"].notna()]
    expected = work.groupby("doc_id")[list(workload.WORKS)].sum()
    assert expected["tasks"].sum() == 352
    for counting in ("first", "fractional", "fractional_lead"):
        rows = counts[counts["counting"].eq(counting)]
        got = rows.groupby("doc_id")[list(workload.WORKS)].sum()
        pd.testing.assert_frame_equal(got, expected, check_exact=False)


def test_mentions_add_up_to_the_assignments(
    plans: dict[str, pd.DataFrame], counts: pd.DataFrame
) -> None:
    assert counts.query("counting == 'any'")["tasks"].sum() == len(plans["assignments"]) == 812
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
        lambda: workload.measure_concentration(*tables, counting="support"),
        lambda: workload.profile_themes(*tables, counting="support", by_county=True),
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
        workload.profile_themes(*tables, counting="together")
    with pytest.raises(PlanError, match="no kind of edge 'friends'"):
        network.coordination_edges(*tables, "friends")
    counts = workload.count_workload(*tables, plans["quantities"])
    with pytest.raises(PlanError, match="nothing to rank in paris-2023"):
        workload.rank_departments(counts, doc_id="paris-2023")


def test_shares_keep_silence_apart_from_zero() -> None:
    clauses = {"x-2023-01": "A:L B:S", "x-2023-02": "A:L B:L", "y-2023-01": "A:L C:S"}
    tasks, assignments = read(clauses)
    shares = workload.compare_counties(tasks, assignments, NO_TARGETS, "support")
    assert shares.loc["B", "x-2023"] == 0.5
    assert shares.loc["A"].tolist() == [0, 0]
    assert np.isnan(shares.loc["C", "x-2023"])
    split = workload.compare_counties(tasks, assignments, NO_TARGETS, "fractional")
    np.testing.assert_allclose(split.sum(), 1)


def test_ranks_show_where_the_orders_disagree() -> None:
    clauses = {f"x-2023-{i:02}": "A:L B:S" for i in range(1, 4)}
    clauses |= {"x-2023-04": "B:L C:S", "x-2023-05": "B:R", "x-2023-06": "B:S D:L"}
    tasks, assignments = read(clauses)
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


def themed(per_theme: dict[str, str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tasks in themes: the letters name one body each, one letter one task."""
    clauses, themes = {}, []
    for theme, letters in per_theme.items():
        for letter in letters:
            clauses[f"x-2023-{len(clauses) + 1:03}"] = f"{letter}:L"
            themes.append(theme)
    tasks, assignments = read(clauses)
    return tasks.assign(theme=themes), assignments


def test_breadth_is_held_against_chance() -> None:
    tasks, assignments = themed({"甲": "AAAAAABBC", "乙": "BBC", "丙": "BB", "丁": "BBDDDDDD"})
    breadth = workload.measure_breadth(tasks, assignments).set_index("department")
    assert breadth.loc["A", ["n_tasks", "n_themes", "entropy"]].tolist() == [6, 1, 0]
    np.testing.assert_allclose(breadth.at["B", "effective_themes"], 4)
    np.testing.assert_allclose(breadth.at["B", "entropy"], 2)
    assert breadth.loc[["A", "B", "D"], "kind"].tolist() == [
        "specialised",
        "cross-cutting",
        "specialised",
    ]
    assert pd.isna(breadth.at["C", "kind"])  # two tasks can say nothing
    again = workload.measure_breadth(tasks, assignments).set_index("department")
    pd.testing.assert_frame_equal(breadth, again)


def test_theme_shares_leave_out_sections_that_a_plan_lacks() -> None:
    tasks, assignments = read({"x-2023-01": "A:L", "x-2023-02": "B:L", "y-2023-01": "A:L"})
    tasks["theme"] = ["甲", "乙", "甲"]
    profile = workload.profile_themes(tasks, assignments, by_county=True)
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
    got = [measure(np.array(work)) for measure in workload.CONCENTRATION.values()]
    np.testing.assert_allclose(got, [gini, hhi, top], atol=1e-12)


def test_gini_is_half_the_relative_mean_difference() -> None:
    work = np.random.default_rng(3).gamma(1, size=(5, 40))
    difference = np.abs(work[:, :, None] - work[:, None, :]).mean(axis=(1, 2))
    np.testing.assert_allclose(workload.gini(work), difference / (2 * work.mean(axis=1)))


def test_intervals_hold_the_value_and_narrow_with_more_tasks() -> None:
    clauses = ["A:R", "A:R B:R", "B:R C:R", "D:R", "E:R A:R", "F:R", "A:R", "G:R C:R"]
    widths = []
    for times in (1, 9):
        many = {f"x-2023-{i:02}": c for i, c in enumerate(clauses * times, 1)}
        found = workload.measure_concentration(*read(many))
        assert found["value"].between(found["low"], found["high"]).all()
        widths.append((found["high"] - found["low"]).to_numpy())
    assert (widths[1] < widths[0] * 0.75).all()


def test_intervals_are_repeatable_and_collectives_are_no_bodies() -> None:
    tasks, assignments = read({"x-2023-01": "A:R", "x-2023-02": "B*:R", "x-2023-03": "C:R A:R"})
    first = workload.measure_concentration(tasks, assignments)
    pd.testing.assert_frame_equal(first, workload.measure_concentration(tasks, assignments))
    assert first["n_bodies"].unique().tolist() == [2]
    assert first["n_tasks"].unique().tolist() == [2]


def test_an_interval_that_nothing_can_move_is_empty() -> None:
    found = workload.measure_concentration(*read({"x-2023-01": "A:R", "x-2023-02": "A:R"}))
    assert found["low"].isna().all()
    assert found.set_index("measure").at["hhi", "value"] == 1


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
    pairs = network.pair_bodies(*read({"x-2023-01": clause}))
    told = [f"{p.kind} {p.source}>{p.target} {round(p.weight, 2):g}" for p in pairs.itertuples()]
    assert " | ".join(told) == expected


STAR = {
    "x-2023-01": "A:L B:S C:S",
    "x-2023-02": "A:L B:S",
    "y-2023-01": "B:L A:S",
    "y-2023-02": "C:L",
}


def test_edges_by_plan_and_pooled() -> None:
    tasks, assignments = read(STAR)
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


def test_centrality_of_a_star() -> None:
    edges = network.coordination_edges(*read(STAR))
    found = network.measure_centrality(edges).set_index(["doc_id", "department"])
    assert found.loc[("x-2023", "A"), ["out_degree", "out_strength"]].tolist() == [2, 3]
    assert found.loc[("x-2023", "B"), ["in_degree", "in_strength"]].tolist() == [1, 2]
    assert found.at[("x-2023", "A"), "in_strength"] == 0
    path = network.coordination_edges(
        *read({"z-2023-01": "A:L B:L", "z-2023-02": "B:L C:L"}), "co_lead"
    )
    middle = network.measure_centrality(path).set_index("department")
    assert middle["betweenness"].to_dict() == {"A": 0, "B": 1, "C": 0}
    assert middle.at["B", "strength"] == 2


def test_coordinators_keep_silence_apart_from_zero() -> None:
    found = network.compare_coordinators(*read(STAR)).set_index("department")
    assert found.index.tolist() == ["A", "B"]  # C leads, but nobody supports it
    assert found.loc["A", ["x-2023", "y-2023", "n_plans"]].tolist() == [2, 0, 1]
    alone = STAR | {"z-2023-01": "C:L D:S"}
    found = network.compare_coordinators(*read(alone)).set_index("department")
    assert np.isnan(found.at["A", "z-2023"])


def test_layout_is_one_and_the_same(plans: dict[str, pd.DataFrame]) -> None:
    edges = network.coordination_edges(plans["tasks"], plans["assignments"], "together")
    layout = network.fixed_layout(edges)
    shuffled = network.fixed_layout(edges.sample(frac=1, random_state=1))
    pd.testing.assert_frame_equal(layout, shuffled)
    assert layout[["x", "y"]].round(6).duplicated().sum() == 0
    np.testing.assert_allclose(np.hypot(layout["x"], layout["y"]), 1)


def test_edges_of_all_plans_are_in_the_text(plans: dict[str, pd.DataFrame]) -> None:
    edges = network.coordination_edges(plans["tasks"], plans["assignments"], "together")
    shared = network.shared_edges(edges)
    clauses = plans["tasks"].set_index("task_id")["clause"].dropna()
    both = clauses.str.contains("发改局|发展改革局") & clauses.str.contains("财政局")
    found = shared.query("source == '发展改革局' and target == '财政局'").iloc[0]
    assert found["tasks"] == both.sum()
    assert found["n_plans"] == 5


def test_bodies_as_the_plans_name_them(plans: dict[str, pd.DataFrame]) -> None:
    bodies = network.list_bodies(plans["tasks"], plans["assignments"])
    forms = bodies.set_index(["doc_id", "department"])["form"]
    assert forms["zichuan-2023", "大数据局"] == "中心"
    assert forms["zhoucun-2023", "大数据局"] == "局"
    assert forms["tengzhou-2023", "生态环境局"] == "分局"
    table = network.structure_table(bodies).set_index("department")
    assert table.at["海洋发展局", "chengyang-2023"] == "区海洋发展局"
    assert table.at["能源事务中心", "tengzhou-2023"] == "市能源事务中心"
    assert table.at["服务业发展中心", "zhoucun-2023"] == "区服务业发展中心"
    only = ["海洋发展局", "能源事务中心", "服务业发展中心"]
    assert table.loc[only, "n_plans"].tolist() == [1, 1, 1]
    assert table.loc["水利局"].isna()["chengyang-2023"]
    assert table.at["供电公司", "zichuan-2023"] == "区供电中心、区供电公司"


FOUND = [
    ("发展改革局", "发展改革局"),
    ("区发改局", "发展改革局"),
    ("发改局", "发展改革局"),
    ("发改", "发展改革局"),
    ("城乡水务局", "水利局"),
    (" Finance Bureau ", "财政局"),
    ("housing", "住房城乡建设局"),
    ("周村交警大队", "交警大队"),
]


@pytest.mark.parametrize(("name", "department"), FOUND)
def test_departments_are_found_by_many_names(
    plans: dict[str, pd.DataFrame], name: str, department: str
) -> None:
    assert network.find_department(name, plans["assignments"]) == department


LOST = [
    ("教育局", "did you mean 教育体育局"),
    ("环保局", "did you mean .*生态环境局"),
    ("发改委", "did you mean 发展改革局"),
    ("街道", "more than one department '街道'"),
    ("审计局", "no plan names 审计局"),
    ("局", "no department '局'"),
    ("", "no department ''"),
]


@pytest.mark.parametrize(("name", "message"), LOST)
def test_a_wrong_name_suggests_the_nearest(
    plans: dict[str, pd.DataFrame], name: str, message: str
) -> None:
    with pytest.raises(PlanError, match=message):
        network.find_department(name, plans["assignments"])


def test_a_page_holds_all_that_is_said(plans: dict[str, pd.DataFrame]) -> None:
    page = network.department_page("水务局")
    own = plans["assignments"].query("department == '水利局'")
    assert page.department == "水利局"
    assert sorted(page.tasks["task_id"]) == sorted(own["task_id"])
    targets = plans["quantities"].query("kind == 'target'")
    assert set(page.targets["quantity_id"]) == set(
        targets.loc[targets["task_id"].isin(own["task_id"]), "quantity_id"]
    )
    assert page.targets["due"].notna().any()
    relations = page.partners[["supports_it", "supported_by_it", "beside_it"]].sum(axis=1)
    assert relations.eq(page.partners["tasks"]).all()
    assert "水利局" not in set(page.partners["partner"])


def test_a_page_of_one_county() -> None:
    page = network.department_page("区科技局", "周村区")
    assert page.tasks["county"].unique().tolist() == ["周村区"]
    for alias in ("zhoucun", "zhoucun-2023"):
        assert network.department_page("科技局", alias).tasks.equals(page.tasks)
    partners = page.partners.set_index("partner")
    # 科技局 leads with 发改局 in support twice, and supports 教体局 and 组织部 once each.
    assert partners.at["发展改革局", "supports_it"] == 2
    assert partners.at["教育体育局", "supported_by_it"] == 1
    assert partners.at["人力资源社会保障局", "beside_it"] == 1


def test_a_page_that_is_not_there() -> None:
    with pytest.raises(PlanError, match="chengyang-2023 does not name 水利局; named in: 滕州市"):
        network.department_page("水利局", "城阳区")
    with pytest.raises(PlanError, match="did you mean 城阳区"):
        network.department_page("水利局", "城羊")


def test_every_department_has_an_english_name(plans: dict[str, pd.DataFrame]) -> None:
    rows = pd.DataFrame(read_lexicon("department_names"))
    known = {r["department"] for r in read_lexicon("departments")}
    assert known | set(plans["assignments"]["department"]) <= set(rows["department"])
    assert not rows[["department"]].duplicated().any()
    for column in ("short", "name_en", "short_en"):
        assert rows[column].is_unique, column
    assert not rows[["name_en", "short_en"]].apply(lambda c: c.str.contains("[一-鿿]")).any().any()
    assert plots.department_name("海洋发展局", "en") == "Marine Development Bureau"
    assert plots.department_name("无此局", "en") == "无此局"


def test_titles_count_ties() -> None:
    data = pd.DataFrame(
        {
            "doc_id": ["x", "x", "y", "y"],
            "department": ["A", "B", "A", "B"],
            "n": [2.0, 2.0, 1.0, 3.0],
        }
    )
    assert plots.find_leader(data, "n") == ("B", 2)


DRAW = {
    plots.draw_roles: 4,
    plots.draw_ranks: 4,
    plots.draw_themes: 3,
    plots.draw_concentration: 3,
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
