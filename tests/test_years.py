"""Years, results, levels: on invented plans whose facts are the expected answers."""

from pathlib import Path

import invented_years as invented
import openpyxl
import pandas as pd
import pytest

from analysis import build, check, load, study
from analysis.charts import pack, years
from analysis.errors import PlanError
from analysis.load import cut_scope
from analysis.office import books
from analysis.shared_text.successors import compare_task_years
from analysis.targets.panel import compare_levels, compare_target_years
from analysis.targets.results import compare_results

Tables = dict[str, pd.DataFrame]
COUNTIES = {
    "qingshan": "青山县", "qingshan_report": "青山县", "yunshui": "云水市", "jiashan": "甲山县",
    "yihe": "乙河县",
}  # fmt: skip


def make(files: dict[str, Path], raw: Path) -> Tables:
    """Add the files and read them, as a user does."""
    for doc_id, file in files.items():
        county = COUNTIES[doc_id[:-5]]
        build.register(
            file, doc_id, county=county, city="云水市", province="某某省", raw=raw,
            kind="report" if "report" in doc_id else "",
            level="city" if county == "云水市" else "",
        )  # fmt: skip
    return build.build_tables(raw)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("years")


@pytest.fixture(scope="module")
def two_years(home: Path) -> Tables:
    return make(invented.write_years(home / "plans"), home / "data" / "raw")


@pytest.fixture(scope="module")
def levels(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    folder = tmp_path_factory.mktemp("levels")
    return make(invented.write_levels(folder / "plans"), folder / "raw")


def as_text(table: pd.DataFrame) -> pd.DataFrame:
    """A table whose missing cells are empty."""
    return table.astype(object).where(table.notna(), "")


def plans(tables: Tables) -> list[pd.DataFrame]:
    names = ("documents", "tasks", "quantities")
    return [cut_scope(tables[name], tables["documents"]) for name in names]


def test_targets_of_two_years(two_years: Tables) -> None:
    table = compare_target_years(*plans(two_years))
    wrong, wanted = [], 0
    for fact in invented.facts():
        old = "".join(text for _, text in fact["old"])
        new = "".join(text for _, text in fact["new"])
        for before, now, state in fact["targets"]:
            wanted += 1
            rows = [
                row
                for row in as_text(table).itertuples()
                if (row.before_text, row.text) == (before, now)
                and row.before_sentence in old
                and row.sentence in new
            ]
            if [row.state for row in rows] != [state]:
                wrong.append((before, now, state, [row.state for row in rows]))
    assert wrong == []
    assert len(table) == wanted >= 60
    moved = table[table["change"].notna()]
    ratio = 1 + moved["change"]
    for row, times in zip(moved.itertuples(), ratio, strict=True):
        assert {"raised": times > 1, "lowered": times < 1, "same": times == 1}[row.state]


def test_tasks_of_two_years(two_years: Tables) -> None:
    documents, tasks, quantities = plans(two_years)
    targets = compare_target_years(documents, tasks, quantities)
    table = compare_task_years(documents, tasks, targets)
    found = set(zip(table["before_title"], table["title"], table["state"], strict=True))
    wanted = set()
    for fact in invented.facts():
        old, new = ([title for title, _ in fact[side]] or [""] for side in ("old", "new"))
        wanted |= {(a, b, fact["state"]) for a in old for b in new}
    assert found == wanted
    assert len(table) == len(wanted)
    assert set(table["state"]) == {"kept", "same words", "split", "merged", "new", "dropped"}


def test_results_of_a_plan(two_years: Tables) -> None:
    names = ("documents", "tasks", "quantities")
    table = compare_results(*(two_years[name] for name in names))
    table = as_text(table)
    wrong = []
    facts = invented.parse(invented.RESULTS)
    for target, sentence, result, outcome in facts:
        rows = table[table["text"].eq(target) & table["result_text"].eq(result)]
        if outcome not in set(rows["outcome"]):
            wrong.append((target, result, outcome, rows["outcome"].tolist()))
        if result:
            assert set(rows["result_sentence"]) <= {sentence}
    assert wrong == []
    assert len(facts) >= 60
    counts = pd.Series([outcome for *_, outcome in facts]).value_counts()
    found = table["outcome"].value_counts()
    for outcome in ("exceeded", "reached", "missed", "not_mentioned"):
        assert found[outcome] == counts[outcome]
    remarks = table.loc[table["remark"].ne(""), ["result_text", "remark"]].to_numpy().tolist()
    assert sorted(remarks) == [
        ["20公里", "another year"], ["35场", "part of the year"], ["4.1万千瓦", "part of the year"],
        ["4.5%", "part of the year"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("target", "result", "outcome"),
    [
        ("控制在5%以内", "4.2%", "reached"),
        ("控制在5%以内", "5.6%", "missed"),
        ("达到20家以上", "20家", "reached"),
        ("达到20家以上", "18家以上", "undecided"),
        ("达到20家", "20余家", "reached"),
        ("达到10至20家", "25家", "exceeded"),
        ("达到10至20家", "12家", "reached"),
        ("达到20家左右", "19.5家", "reached"),
        ("达到20家左右", "15家", "missed"),
    ],
)
def test_bounds_of_targets_and_results(
    tmp_path: Path, target: str, result: str, outcome: str
) -> None:
    name = "城镇登记失业率" if "%" in target else "新增规模以上工业企业"
    texts = {
        "qingshan-2024": invented.plan("青山县", 2024, [("做好工作", f"{name}{target}。")]),
        "qingshan_report-2024": f"青山县2024年完成情况\n\n{name}达到{result}。\n",
    }
    tables = make(invented.write(tmp_path / "plans", texts), tmp_path / "raw")
    names = ("documents", "tasks", "quantities")
    found = compare_results(*(tables[name] for name in names))
    assert found["outcome"].tolist() == [outcome]


# The title of a task may say where; a report repeats it in its sentence, or leaves it out.
@pytest.mark.parametrize("told", ["开发区盘活闲置土地", "盘活闲置土地资源"])
def test_a_report_says_where_in_its_sentence_or_not_at_all(tmp_path: Path, told: str) -> None:
    task = ("提升开发区承载能力", "盘活闲置土地420亩。")
    texts = {
        "qingshan-2024": invented.plan("青山县", 2024, [task]),
        "qingshan_report-2024": f"青山县2024年完成情况\n\n{told}30公顷。\n",
    }
    tables = make(invented.write(tmp_path / "plans", texts), tmp_path / "raw")
    found = compare_results(*(tables[n] for n in ("documents", "tasks", "quantities")))
    assert found["outcome"].tolist() == ["exceeded"]


@pytest.mark.parametrize(
    ("last", "this", "moves"),
    [
        ("完成30个行政村生活污水治理。", "生活污水治理的行政村新增35个。", ["30个>35个 raised"]),
        (
            "办理农业保险赔付业务110笔,赔付金额18亿元。",
            "全年办结农业保险赔付业务127笔、金额16亿元。",
            ["110笔>127笔 raised", "18亿元>16亿元 lowered"],
        ),
        (
            "送戏下乡120场,举办科普讲座40场。",
            "送戏下乡130场,组织消防演练60场。",
            ["120场>130场 raised", "40场> dropped", ">60场 new"],
        ),
        (
            "培育年产值千万元以上的工坊8家。",
            "培育年产值1000万元以上的工坊十家。",
            ["8家>十家 raised"],
        ),
        (
            "培育年产值千万元以上的工坊8家。",
            "培育年产值百万元以上的工坊十家。",
            ["8家> dropped", ">十家 new"],
        ),
    ],
)
def test_what_counts_as_the_same_target(
    tmp_path: Path, last: str, this: str, moves: list[str]
) -> None:
    texts = {
        f"qingshan-{year}": invented.plan("青山县", year, [("推进工作", text)])
        for year, text in ((2024, last), (2025, this))
    }
    tables = make(invented.write(tmp_path / "plans", texts), tmp_path / "raw")
    table = as_text(compare_target_years(*plans(tables)))
    found = [f"{r.before_text}>{r.text} {r.state}" for r in table.itertuples()]
    assert sorted(found) == sorted(moves)


def test_counties_under_their_city(levels: Tables) -> None:
    names = ("documents", "tasks", "quantities")
    table = compare_levels(*(levels[name] for name in names))
    beyond = {"A": (True, False), "B": (False, True), "sum": (True, True), "-": (False, False)}
    wrong = []
    facts = invented.parse(invented.CITY)
    for city, *counties, adds, who in facts:
        rows = table[table["above_sentence"].eq(city)]
        for doc_id, sentence, is_beyond in zip(
            ("jiashan-2024", "yihe-2024"), counties, beyond[who], strict=True
        ):
            own = rows[rows["doc_id"].eq(doc_id)]
            wanted = [(sentence, is_beyond)] if sentence else []
            if list(zip(own["sentence"], own["beyond"], strict=True)) != wanted:
                wrong.append((city, doc_id, wanted, own["sentence"].tolist()))
        if (adds == "adds") != rows["total"].notna().any() and any(counties):
            wrong.append((city, adds))
    assert wrong == []
    assert len(facts) == 28
    totals = table.drop_duplicates("above_quantity_id").set_index("above_sentence")["total"]
    assert totals["新增规模以上工业企业100家。"] == 115


def test_a_city_is_not_ranked_among_counties(levels: Tables) -> None:
    assert set(levels["comparisons"]["doc_id"]) == {"jiashan-2024", "yihe-2024"}
    assert not levels["themes"]["task_id"].str.startswith("yunshui").any()
    documents = levels["documents"]
    above = load.in_scope(documents, load.ABOVE)
    assert documents.loc[above, "doc_id"].tolist() == ["yunshui-2024"]
    compared = cut_scope(levels["tasks"], documents)
    assert set(compared["doc_id"]) == {"jiashan-2024", "yihe-2024"}


def test_a_further_year_changes_no_row_of_the_year_before(tmp_path: Path) -> None:
    files = invented.write_years(tmp_path / "plans")
    other = invented.write_levels(tmp_path / "others")
    first = {"qingshan-2024": files["qingshan-2024"], "jiashan-2024": other["jiashan-2024"]}
    before = make(first, tmp_path / "before")
    after = make(first | files | {"yihe-2024": other["yihe-2024"]}, tmp_path / "after")
    one = make(first, tmp_path / "one")
    both = make(first | {"qingshan-2025": files["qingshan-2025"]}, tmp_path / "both")
    for old, new in ((before, after), (one, both)):
        for name in ("sections", "tasks", "assignments", "quantities", "pledges", "numerals"):
            frame = new[name]
            key = frame.columns[0]
            kept = frame[frame[key].str.startswith(("qingshan-2024", "jiashan-2024"))]
            pd.testing.assert_frame_equal(old[name], kept.reset_index(drop=True))
    old, new = one["comparisons"], both["comparisons"]
    pd.testing.assert_frame_equal(
        old.sort_values(["quantity_id", "indicator_id"], ignore_index=True),
        new[new["year"].eq(2024)].sort_values(["quantity_id", "indicator_id"], ignore_index=True),
    )
    assert old["comparable"].any()


def test_a_study_of_two_years_through_the_doors(
    home: Path, two_years: Tables, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = study.Study(home)
    build.write_tables(two_years, made.processed)
    monkeypatch.setattr("analysis.study._CHOSEN", "COUNTY_PLANS_STUDY")
    study.choose(home)
    try:
        assert check.check_tables(made.raw, made.processed) == []
        assert set(load.table("tasks")["doc_id"]) == {"qingshan-2024", "qingshan-2025"}
        assert len(load.table("tasks", scope=load.REPORTS)) > 5
        drawn = pack.draw(
            ["09-years", "09-results"], folder=tmp_path, formats=["png"], report=lambda _: None
        )
        assert len(drawn) == 8
        for language in ("zh", "en"):
            figure, rows = years.draw_results(language=language)
            title = figure.texts[0].get_text().replace("\n", "")
            table = compare_results(
                *load.tables("documents", "tasks", "quantities", scope=load.ALL)
            )
            counts = table["outcome"].value_counts()
            for outcome in ("reached", "exceeded", "missed"):
                assert str(counts[outcome]) in title
            assert figure.get_size_inches()[1] * 25.4 <= 200
            assert len(rows) <= 22
        paths = books.write(tmp_path / "books", report=lambda _: None)
        book = openpyxl.load_workbook(paths[1])
        assert {"年度对照", "完成情况"} <= set(book.sheetnames)
        heads, *lines = book["年度对照"].iter_rows(values_only=True)
        assert len(lines) >= 60
        states = pd.Series([line[heads.index("变化")] for line in lines]).value_counts()
        assert states["上调"] >= 25
        assert states["未再提出"] == 9
    finally:
        study.choose(None)


def test_plans_of_one_year_say_so() -> None:
    documents, tasks, quantities = load.tables("documents", "tasks", "quantities")
    assert compare_target_years(documents, tasks, quantities).empty
    assert compare_levels(documents, tasks, quantities).empty
    assert compare_results(documents, tasks, quantities).empty
    with pytest.raises(PlanError, match="two successive years"):
        years.draw_years(documents, tasks, quantities)
    with pytest.raises(PlanError, match="09-years cannot show"):
        pack.draw(["09-years"])
