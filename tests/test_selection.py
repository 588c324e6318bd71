"""One way to choose, whatever the door: by any name, with the nearest proposed."""

import pandas as pd
import pytest

from analysis.errors import PlanError
from analysis.reading.documents import label_documents
from analysis.selection import (
    MOST,
    SHOWN,
    WHOLE,
    Selection,
    choose_plans,
    find_name,
    find_plans,
    find_theme,
    select,
    split_names,
)

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
DOCUMENTS["label"] = label_documents(DOCUMENTS.assign(kind="plan"))
FOUND = {
    "周村": ["zhoucun-2023", "zhoucun-2024"],
    "周村区": ["zhoucun-2023", "zhoucun-2024"],
    "Zhoucun": ["zhoucun-2023", "zhoucun-2024"],
    "zhoucun-2024": ["zhoucun-2024"],
    "周村区2024": ["zhoucun-2024"],
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


def many(n: int, year: int = 2024) -> pd.DataFrame:
    """Plans of two cities, in turn."""
    cities = ["云州市" if k % 2 else "海州市" for k in range(n)]
    ids = [f"county{k:03}-{year}" for k in range(n)]
    return pd.DataFrame({"doc_id": ids, "city": cities, "year": year})


def test_of_many_plans_a_sample_of_the_own_year_is_shown() -> None:
    documents = pd.concat([many(60), many(40, 2023)], ignore_index=True)
    shown = choose_plans(WHOLE, documents).counties
    assert len(set(shown)) == SHOWN
    assert {name[-4:] for name in shown} == {"2024"}
    assert list(shown) == sorted(shown)
    assert choose_plans(WHOLE, documents.sample(frac=1, random_state=1)).counties == shown
    assert choose_plans(WHOLE, documents, seed=1).counties != shown
    own = "county009-2023"
    near = choose_plans(WHOLE, documents, own=own).counties
    assert own in near
    assert {name[-4:] for name in near} == {"2023"}
    cities = documents.set_index("doc_id")["city"]
    first = ["county001-2023", "county003-2023", "county005-2023"]
    assert set(first) <= set(near)  # of its city
    assert cities[list(near)].nunique() == 2


def test_few_plans_and_plans_that_are_named_are_shown_whole() -> None:
    assert choose_plans(WHOLE, many(MOST)) == WHOLE
    assert choose_plans(WHOLE, many(MOST + 1)) != WHOLE
    named = Selection(tuple(many(MOST + 9)["doc_id"]))
    assert choose_plans(named, many(MOST + 9)) == named


def test_the_choice_stands_in_the_names_of_files() -> None:
    assert WHOLE.suffix == ""
    assert Selection(("a-2023", "b-2023"), "绿色低碳").suffix == "_a-2023+b-2023_绿色低碳"
    assert Selection(indicator="数 量/次", department="科技局").suffix == "_数-量-次_科技局"
