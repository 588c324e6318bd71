"""One way to choose, whatever the door: by any name, with the nearest proposed."""

import pandas as pd
import pytest

from analysis.errors import PlanError
from analysis.selection import find_name, find_plans, find_theme, select, split_names

DOCUMENTS = pd.DataFrame(
    [
        ("zhoucun-2023", "周村区", "淄博市", 2023),
        ("zhoucun-2024", "周村区", "淄博市", 2024),
        ("gulou_a-2023", "鼓楼区", "南州市", 2023),
        ("gulou_b-2023", "鼓楼区", "福港市", 2023),
        ("qing_shan-2023", "青山县", "云州市", 2023),
    ],
    columns=["doc_id", "county", "city", "year"],
)
FOUND = {
    "周村": ["zhoucun-2023", "zhoucun-2024"],
    "周村区": ["zhoucun-2023", "zhoucun-2024"],
    "Zhoucun": ["zhoucun-2023", "zhoucun-2024"],
    "zhoucun-2024": ["zhoucun-2024"],
    "鼓楼区（福港市）": ["gulou_b-2023"],
    "gulou_a": ["gulou_a-2023"],
    "青": ["qing_shan-2023"],
    "qing shan": ["qing_shan-2023"],
}


def test_a_county_goes_by_all_its_names() -> None:
    assert {n: list(find_plans([n], DOCUMENTS)) for n in FOUND} == FOUND


def test_years_cut_and_no_name_means_all() -> None:
    assert find_plans(["周村"], DOCUMENTS, years=[2024]) == ("zhoucun-2024",)
    assert find_plans([], DOCUMENTS, years=[2024]) == ("zhoucun-2024",)
    assert len(find_plans([], DOCUMENTS)) == len(DOCUMENTS)
    with pytest.raises(PlanError, match="no plan of 2031; years: 2023、2024"):
        find_plans(["周村"], DOCUMENTS, years=[2031])


def test_two_counties_of_one_name_are_told_apart() -> None:
    with pytest.raises(PlanError, match=r"more than one county 鼓楼区; .*南州市.*福港市"):
        find_plans(["鼓楼区"], DOCUMENTS)


def test_names_are_parted_by_blanks_and_commas_of_any_kind() -> None:
    for text in ("周村 滕州", "周村,滕州", "周村，滕州", "周村、 滕州", " 周村;滕州 "):
        assert split_names(text) == ("周村", "滕州"), text
    assert split_names("") == ()
    with pytest.raises(PlanError, match="nothing named"):
        split_names("，，")


def test_a_unique_beginning_will_do_and_a_shared_one_proposes() -> None:
    assert find_theme("绿色") == find_theme("green") == "绿色低碳"
    known = [("绿色工厂", "a"), ("绿色园区", "b"), ("工厂", "c")]
    assert find_name("工厂", known, "indicator") == "c"
    with pytest.raises(PlanError, match="more than one indicator 绿色; did you mean a、b"):
        find_name("绿色", [("绿色工厂", "a"), ("绿色园区", "b")], "indicator")
    with pytest.raises(PlanError, match="did you mean b"):
        find_name("绿色圆区", known, "indicator")


def test_theme_and_indicator_must_belong_together() -> None:
    chosen = select([], "绿色低碳", "新增绿色建筑面积")
    assert (chosen.theme, chosen.indicator) == ("绿色低碳", "green-buildings-new")
    with pytest.raises(PlanError, match=r"belongs to 绿色低碳, not to 创新驱动"):
        select([], "创新驱动", "新增绿色建筑面积")
