"""Titles of charts, held against the table beside each: ties, bounds, one, two, equal, none."""

import math
import re

import pandas as pd
import pytest
from walk import walk

from analysis.charts import chart, pack, style, workload
from analysis.errors import PlanError
from analysis.selection import read_selected, select
from analysis.targets.gaps import widest_gaps
from analysis.wording import span

COUNTIES = ["", "周村", "周村 滕州", "周村 淄川", "兖州 城阳", "滕州 兖州 淄川"]


def draw(name: str, counties: str, theme: str = "") -> tuple[str, pd.DataFrame] | None:
    """Title of a chart, and the table that its CSV holds; none where it has nothing to show."""
    entry = pack.PACK[name]
    selection = select(counties.split(), theme)
    try:
        tables = read_selected(entry.tables, selection, by_theme=entry.by_theme)
        figure, data = entry.draw(*tables, language="zh")
    except PlanError:
        return None
    return figure.get_label().split("\n")[0], chart.label_data(data)


def ends(title: str, values: pd.Series, spec: str = ".0%") -> list[str]:
    """Faults of a title that names all counties with the largest value, and with the smallest."""
    printed = values.map(lambda value: format(value, spec))
    high, low = format(values.max(), spec), format(values.min(), spec)
    most, least = ("、".join(sorted(values.index[printed.eq(end)])) for end in (high, low))
    told = ["、".join(sorted(re.findall("[一-鿿]{2}[区市]", part))) for part in halves(title, low)]
    if high == low:
        alone = most if len(values) == 1 else ""
        return [] if high in title and told[0] == alone else [f"one or equal: {title}"]
    right = told == [most, least] and high in title and low in title
    return [] if right else [f"{most} {high}, {least} {low}: {title}"]


def halves(title: str, low: str) -> list[str]:
    """The parts of a title on the largest and on the smallest value."""
    first, _, last = title.rpartition("，")
    return [first, last] if low in last and first else [title, ""]


def check_profile(title: str, data: pd.DataFrame) -> list[str]:
    data = data.set_index("县区")
    return ends(title, data["有数字目标的任务数"] / data["任务数"])


def check_local(title: str, data: pd.DataFrame) -> list[str]:
    return ends(title, data[data["范围"].eq("local")].set_index("县区")["占比"])


def check_coverage(title: str, data: pd.DataFrame) -> list[str]:
    if "（1/2）" in title:
        return []  # of the table of both pages
    stated = data["状态"].eq("有数字").groupby(data["县区"]).sum()
    return ends(title.replace("至少被两份提到", ""), stated.astype(float), ".0f")


def check_roles(title: str, data: pd.DataFrame) -> list[str]:
    """The body named carries, or supports, most in so many plans; a tie in one of them is told."""
    faults = []
    columns = {"承担任务": data["牵头"].fillna(0) + data["共同"].fillna(0), "配合": data["配合"]}
    for part, (act, values) in zip(title.split("；"), columns.items(), strict=False):
        who = re.search(f"(?:^|由|；)([^由，]+){act}最多", part)
        number = re.search(r"(\d)份由", part)
        best = values.eq(values.groupby(data["县区"]).transform("max")) & values.gt(0)
        own = data[best & data["部门"].eq(who[1])]["县区"] if who else []
        expected = int(number[1]) if number else data[values.gt(0)]["县区"].nunique()
        tied = best[data["县区"].isin(own)].sum() > len(own)
        if len(own) != expected:
            faults.append(f"in {len(own)} plans: {part}")
        if tied and "（含并列）" not in part:
            faults.append(f"a tie is not told: {part}")
    return faults


def check_ladder(title: str, data: pd.DataFrame) -> list[str]:
    """No numbers without a note lie further apart for certain than the two named; ties count."""
    clean = data[data["高值"].notna() & data["说明"].eq("")]
    certain = {}
    for name, own in clean.groupby("名称"):
        own = own.sort_values("低值")
        small, large = own.iloc[0], own.iloc[-1]
        is_open = small["界限"] == "不低于" or large["界限"] == "不高于"
        shared = own["低值"].eq(large["低值"]).sum() > 1
        certain[name] = 0.0 if is_open or shared else large["低值"] / small["高值"]
    widest = max(certain.values(), default=0.0)
    named, gap = r"(?:“([^“]+)”最大|^([^；]+?))：", r"(.{2,3}[区市])(至少|约)?是(.+?)的([\d.]+)倍"
    told = re.search(named + gap + r"(?:（(\d)项并列）)?", title)
    if widest <= 1.05 or not told:
        return [f"widest certain gap is {widest:.3g}: {title}"] if told or widest > 1.05 else []
    own = clean[clean["名称"].eq(told[1] or told[2])].set_index("县区")
    high, low = own.loc[told[3]], own.loc[told[5]]
    holds = {
        "ratio": math.isclose(float(told[6]), widest, rel_tol=0.05),
        "ends": math.isclose(high["低值"] / low["高值"], widest),
        "bound": (told[4] == "至少") == (high["界限"] == "不低于" or low["界限"] == "不高于"),
        "ties": int(told[7] or 1) == sum(math.isclose(v, widest) for v in certain.values()),
    }
    return [f"{what}: {title}" for what, right in holds.items() if not right]


def check_pairs(title: str, data: pd.DataFrame) -> list[str]:
    totals = data.groupby(["起点", "终点"], sort=False)["任务"].sum()
    best = totals[totals.eq(totals.max())]
    one = f"{' – '.join(best.index[0])}（{best.iloc[0]}项）"
    told = one if len(best) == 1 else f"{len(best)}对并列（各{best.iloc[0]}项）"
    return [] if title.endswith(told) else [f"{told}: {title}"]


def check_concentration(title: str, data: pd.DataFrame) -> list[str]:
    told = f"承担{span(data['数值'].min(), data['数值'].max())}的任务"
    return [] if told in title else [f"{told}: {title}"]


def check_sentences(title: str, data: pd.DataFrame) -> list[str]:
    told = re.fullmatch(r"(\d+)句相同的话中，(\d+)句在各计划里数字不同", title)
    drawn = data.groupby("句子")["与最高值之比"].nunique()
    fits = told and int(told[1]) >= int(told[2]) >= drawn.gt(1).sum() > 0
    return [] if fits else [title]


def check_green(title: str, data: pd.DataFrame) -> list[str]:
    share = data.groupby("口径")["占比"]
    told = [span(share.min()[way], share.max()[way]) for way in ("heading", "words", "targets")]
    return [] if re.findall(r"[\d%～]+%", title) == told else [f"{told}: {title}"]


CHECKS = {
    "01-target-profile": check_profile,
    "03-ladder": check_ladder,
    "03-coverage": check_coverage,
    "04-roles": check_roles,
    "04-network": check_pairs,
    "04-concentration": check_concentration,
    "05-local-text": check_local,
    "05-same-sentences": check_sentences,
    "08-green-shares": check_green,
}


@walk("name", list(CHECKS))
def test_titles_say_what_the_table_holds(name: str) -> None:
    drawn = [draw(name, counties) for counties in COUNTIES]
    assert sum(one is not None for one in drawn) >= 3
    assert [fault for one in drawn if one for fault in CHECKS[name](*one)] == []


@walk("name", [n for n in pack.PACK if n.startswith("03-ladder-") and not n.endswith("-2")])
def test_titles_of_ladders_rest_on_no_tie_and_no_bound(name: str) -> None:
    drawn = [draw(name, counties) for counties in ("", "周村 淄川")]
    titles = [title for title, _ in filter(None, drawn)]
    assert titles
    faults = [fault for one in drawn if one for fault in check_ladder(*one)]
    assert [fault for fault in faults if "（1/2）" not in fault] == []  # one page of the table


def test_themes_and_ties_of_a_selection() -> None:
    """What the first reader found: of two plans, three bodies carry as many green tasks."""
    title, data = draw("04-roles", "周村 滕州", "绿色低碳") or ("", pd.DataFrame())
    assert "（含并列）" in title
    assert check_roles(title, data) == []
    assert check_roles(title.replace("（含并列）", ""), data) != []


@pytest.mark.parametrize(
    ("shares", "told"),
    [
        ({"a": 0.62, "b": 0.615, "c": 0.43}, ("", "甲、乙", "丙")),
        ({"a": 0.62, "b": 0.43, "c": 0.43}, ("", "甲", "乙、丙")),
        ({"a": 0.62, "b": 0.618, "c": 0.62}, ("_equal", "甲、乙、丙", "甲、乙、丙")),
        ({"a": 0.0, "b": 0.0}, ("_equal", "甲、乙", "甲、乙")),
        ({"a": 0.62}, ("_one", "甲", "甲")),
    ],
)
def test_ties_are_all_named(shares: dict[str, float], told: tuple[str, str, str]) -> None:
    names = pd.Series({"a": "甲", "b": "乙", "c": "丙"})
    found = style.name_ends(pd.Series(shares), names, "k", "zh")
    assert (found["key"], found["most"], found["least"]) == ("k" + told[0], *told[1:])


def test_gaps_that_tie_are_counted_and_open_ones_left_out() -> None:
    rows = [
        ("x", "a", 2, "eq"), ("x", "b", 4, "eq"),
        ("y", "a", 8, "eq"), ("y", "b", 16, "ge"),
        ("z", "a", 5, "ge"), ("z", "b", 50, "eq"),  # ten times at most, once at least
        ("v", "a", 1, "eq"), ("v", "b", 9, "eq"), ("v", "c", 9, "eq"),  # no one stands out
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["indicator_id", "doc_id", "low", "bound"])
    found = widest_gaps(table.assign(high=table["low"]))
    assert [(gap.indicator_id, gap.ratio, gap.kind) for gap in found] == [
        ("x", 2, "equal"),
        ("y", 2, "least"),
    ]
    assert widest_gaps(table[table["indicator_id"].eq("z")].assign(high=table["low"])) == []


def test_leaders_tell_of_ties() -> None:
    data = pd.DataFrame({"doc_id": list("xxyy"), "department": list("ABAB")})
    assert workload.find_leader(data.assign(n=[2, 2, 1, 3]), "n") == ("B", 2, True)
    assert workload.find_leader(data.assign(n=[2, 1, 3, 1]), "n") == ("A", 2, False)
    assert workload.find_leader(data.assign(n=[2, 1, 1, 3]), "n") == ("A", 1, True)


def test_shares_from_to_are_one_where_they_print_the_same() -> None:
    assert span(0.281, 0.314) == "28%～31%"
    assert span(0.026, 0.029) == "3%"
    assert span(0.281, 0.314, "en") == "28%–31%"


def test_no_title_names_what_is_not_in_the_plans() -> None:
    """A chart of one plan does not speak of others."""
    for name in pack.PACK:
        drawn = None if pack.PACK[name].least > 1 else draw(name, "周村")
        if drawn:
            assert not re.search("滕州|淄川|兖州|城阳|其他县|各县|任何两地", drawn[0]), drawn[0]
