"""The directory of bodies: found by many names, and shown with all that is said of them."""

import pandas as pd
import pytest
from invented import read_clauses, show

from analysis import load
from analysis.departments import directory
from analysis.errors import PlanError
from analysis.lexicon import read_lexicon
from analysis.schema import BODY_TYPES
from analysis.selection import find_department
from analysis.wording import department_name


@pytest.fixture(scope="module")
def plans() -> dict[str, pd.DataFrame]:
    names = ("documents", "tasks", "assignments", "quantities")
    return dict(zip(names, load.tables(*names), strict=True))


def test_bodies_as_the_plans_name_them(plans: dict[str, pd.DataFrame]) -> None:
    bodies = directory.list_bodies(plans["tasks"], plans["assignments"])
    forms = bodies.set_index(["doc_id", "department"])["form"]
    assert forms["zichuan-2023", "数据管理"] == "中心"
    assert forms["zhoucun-2023", "数据管理"] == "局"
    assert forms["tengzhou-2023", "生态环境局"] == "分局"
    table = directory.structure_table(bodies).set_index("department")
    assert table.at["海洋发展局", "chengyang-2023"] == "区海洋发展局"
    assert table.at["能源", "tengzhou-2023"] == "市能源事务中心"
    assert table.at["服务业", "zhoucun-2023"] == "区服务业发展中心"
    only = ["海洋发展局", "能源", "服务业"]
    assert table.loc[only, "n_plans"].tolist() == [1, 1, 1]
    assert table.loc["水利局"].isna()["chengyang-2023"]
    assert table.at["供电公司", "zichuan-2023"] == "区供电中心、区供电公司"


def test_bodies_come_by_plan_and_functions_by_how_many_plans_have_them() -> None:
    clauses = {"x-2023-01": "D:L C:L B:S", "x-2023-02": "C:L", "y-2023-01": "C:L A:L T:S"}
    tasks, assignments = read_clauses(clauses)
    assignments.loc[assignments["department"].eq("T"), "body_type"] = BODY_TYPES[-1]
    assignments.loc[assignments["department"].eq("C"), "name"] = ["区丙办", "丙局", "区丙局"]
    bodies = directory.list_bodies(tasks, assignments)
    assert show(bodies) == [
        "doc_id department body_type names form tasks",
        "0 x-2023 B department 区B  1",
        "1 x-2023 C department 丙局、区丙办 局 2",
        "2 x-2023 D department 区D  1",
        "3 y-2023 A department 区A  1",
        "4 y-2023 C department 区丙局 局 1",
        f"5 y-2023 T {BODY_TYPES[-1]} 区T  1",
    ]
    assert show(directory.structure_table(bodies)) == [
        "body_type department n_plans x-2023 y-2023",
        "0 department C 2 丙局、区丙办 区丙局",
        "1 department A 1 nan 区A",
        "2 department B 1 区B nan",
        "3 department D 1 区D nan",
        f"4 {BODY_TYPES[-1]} T 1 nan 区T",
    ]


def test_partners_by_how_often_and_in_which_relation() -> None:
    clauses = {"x-2023-01": "A:L B:S C:L", "x-2023-02": "A:S C:L D:S", "x-2023-03": "A:R B:S"}
    tasks, assignments = read_clauses(clauses)
    own = assignments.query("department == 'A'").merge(tasks, on="task_id")
    assert show(directory._list_partners(own, assignments)) == [
        "partner body_type tasks supports_it supported_by_it beside_it",
        "0 B department 2 2 0 0",
        "1 C department 2 0 1 1",
        "2 D department 1 0 0 1",
    ]


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
    assert find_department(name, plans["assignments"]) == department


LOST = [
    ("环保局", "did you mean .*生态环境局"),
    ("发改委", "did you mean .*发展改革局"),
    ("街道", "more than one department 街道"),
    ("审计局", "no department 审计局"),
    ("局", "no department 局"),
    ("", "no department; did you mean"),
]


@pytest.mark.parametrize(("name", "message"), LOST)
def test_a_wrong_name_suggests_the_nearest(
    plans: dict[str, pd.DataFrame], name: str, message: str
) -> None:
    with pytest.raises(PlanError, match=message):
        find_department(name, plans["assignments"])


def test_a_page_holds_all_that_is_said(plans: dict[str, pd.DataFrame]) -> None:
    page = directory.department_page("水利局")
    own = plans["assignments"].query("department == '水利局'")
    assert page.department == "水利局"
    assert sorted(page.tasks["task_id"]) == sorted(own["task_id"])
    targets = plans["quantities"].query("kind == 'target'")
    assert set(page.targets["quantity_id"]) == set(
        targets.loc[targets["task_id"].isin(own["task_id"]), "quantity_id"]
    )
    assert page.targets["due"].ne("").any()
    for table in page[1:]:
        assert table.index.equals(pd.RangeIndex(len(table)))
    assert "index" not in [*page.targets, *page.tasks]
    assert page.tasks["task_id"].is_monotonic_increasing
    relations = page.partners[["supports_it", "supported_by_it", "beside_it"]].sum(axis=1)
    assert relations.eq(page.partners["tasks"]).all()
    assert "水利局" not in set(page.partners["partner"])


def test_a_page_of_one_county(plans: dict[str, pd.DataFrame]) -> None:
    department = find_department("区科技局", plans["assignments"])
    page = directory.department_page(department, "zhoucun-2023")
    assert page.tasks["county"].unique().tolist() == ["周村区"]
    partners = page.partners.set_index("partner")
    # 科技局 leads with 发改局 in support twice, and supports 教体局 and 组织部 once each.
    assert partners.at["发展改革局", "supports_it"] == 2
    assert partners.at["教育", "supported_by_it"] == 1
    assert partners.at["人力资源社会保障局", "beside_it"] == 1


def test_a_page_that_is_not_there() -> None:
    with pytest.raises(PlanError, match="chengyang-2023 does not name 水利局; named in: 滕州市"):
        directory.department_page("水利局", "chengyang-2023")
    with pytest.raises(PlanError, match="no plan names 气象站"):
        directory.department_page("气象站")


def test_every_department_has_an_english_name(plans: dict[str, pd.DataFrame]) -> None:
    rows = pd.DataFrame(read_lexicon("department_names"))
    known = {r["department"] for r in read_lexicon("departments")}
    assert known | set(plans["assignments"]["department"]) <= set(rows["department"])
    assert not rows[["department"]].duplicated().any()
    for column in ("short", "name_en", "short_en"):
        assert rows[column].is_unique, column
    assert not rows[["name_en", "short_en"]].apply(lambda c: c.str.contains("[一-鿿]")).any().any()
    assert department_name("海洋发展局", "en") == "Marine Development Bureau"
    assert department_name("无此局", "en") == "无此局"
