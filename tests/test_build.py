"""The build: the same bytes twice, all or nothing, and faults told in one line."""

import csv
import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from conftest import BODY, HEADER, Raw

from analysis import build, check, load, schema
from analysis.errors import PlanError
from analysis.study import DATAPACKAGE_FILE, REPOSITORY

pytestmark = pytest.mark.usefixtures("no_read_chain")

# A heading that no pattern knows, so that there is something to report.
ODD = BODY.replace("加快产业发展", "打造美丽天气")


def written(tables: dict[str, pd.DataFrame], folder: Path) -> dict[str, bytes]:
    build.write_tables(tables, folder)
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir())}


def test_the_same_plans_give_the_same_bytes(
    tables: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    again = written(build.build_tables(REPOSITORY.raw), tmp_path / "again")
    assert again == written(tables, tmp_path / "first")
    assert set(again) == {f"{name}.csv" for name in tables} | {DATAPACKAGE_FILE}


def test_the_order_of_the_list_does_not_matter(raw: Raw, tmp_path: Path) -> None:
    raw.add(HEADER + ODD)
    raw.add(HEADER.replace("青山", "云水") + ODD, "yunshui-2024", county="云水县")
    first = written(build.build_tables(raw.folder), tmp_path / "first")
    raw.rows.reverse()
    raw.list()
    assert written(build.build_tables(raw.folder), tmp_path / "second") == first


def test_the_place_of_the_folder_is_in_no_table(raw: Raw, tmp_path: Path) -> None:
    raw.add(HEADER + ODD)
    files = written(build.build_tables(raw.folder), tmp_path / "out")
    assert not [name for name, data in files.items() if str(tmp_path).encode() in data]


def test_files_are_utf8_with_plain_line_ends_and_sorted(
    tables: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    for name, data in written(tables, tmp_path).items():
        assert not data.startswith(b"\xef\xbb\xbf")
        assert b"\r" not in data
        assert data.endswith(b"\n")
        if name.endswith(".csv"):
            table = schema.TABLES[name.removesuffix(".csv")]
            rows = list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline="")))
            kinds = {c.name: c.type for c in table.columns}
            keys = [
                tuple(int(r[k]) if kinds[k] == "integer" else r[k] for k in table.key) for r in rows
            ]
            assert keys == sorted(set(keys))


@pytest.mark.parametrize(
    "name",
    [
        "documents",
        "sections",
        "tasks",
        "assignments",
        "numerals",
        "report",
        "quantities",
    ],
)
def test_tables_survive_the_way_through_a_file(
    name: str, tables: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    build.write_tables(tables, tmp_path)
    pd.testing.assert_frame_equal(load.table(name, folder=tmp_path), tables[name])


def test_a_new_county_reads_like_the_others(raw: Raw) -> None:
    raw.add(HEADER + ODD)
    made = build.build_tables(raw.folder)
    document = made["documents"].iloc[0]
    assert document["county"] == "青山县"
    assert document["doc_number"] == "青政办发〔2024〕5号"
    assert document["n_tasks"] == 3
    figures = made["quantities"]
    assert figures["quantity_id"].tolist() == [
        "qingshan-2024-01-q1",
        "qingshan-2024-02-q1",
        "qingshan-2024-02-q2",
    ]
    assert figures["text"].tolist() == ["12家以上", "30个", "25亿元"]
    assert made["assignments"]["role"].tolist() == ["lead", "support", "responsible"]
    told = made["report"][["kind", "what"]].to_numpy().tolist()
    assert told == [
        ["no_clause", "强化督导检查"],
        ["unknown_county", "青山县 (云州市, 东江省), near 青山区"],
        ["unknown_heading", "打造美丽天气"],
    ]


def test_numerals_nobody_knows_are_reported(raw: Raw) -> None:
    raw.add(HEADER + ODD.replace("建立工作台账", "建立九曲工作台账"))
    report = build.build_tables(raw.folder)["report"]
    row = report[report["kind"].eq("unexplained_numeral")].iloc[0]
    assert "九曲" in row["what"]
    assert row["place"].startswith("qingshan-2024:")
    assert "lexicon/" in row["remedy"]


def test_a_long_numeral_is_cut_in_the_report(raw: Raw) -> None:
    raw.add(HEADER + BODY.replace("12家", "9" * 400 + "家"))
    report = build.build_tables(raw.folder)["report"]
    told = report[report["kind"].eq("unexplained_numeral")]["what"]
    assert told.str.len().tolist() == [60]


def test_numerals_that_reading_leaves_out_have_their_row(raw: Raw) -> None:
    text = HEADER + BODY.replace("二、抓好", "- 12 -\n二、抓好")
    raw.add(text)
    rows = build.build_tables(raw.folder)["numerals"]
    page = rows[rows["account"].eq("page_metadata") & rows["text"].eq("12")]
    spans = page[["char_start", "char_end"]].to_numpy().tolist()
    assert spans == [[text.index("- 12 -") + 2, text.index("- 12 -") + 4]]


def test_every_character_of_the_plans_has_its_kind() -> None:
    kinds = check.account_characters()
    assert kinds.drop(columns="all").sum(axis="columns").tolist() == kinds["all"].tolist()
    documents = load.table("documents").set_index("doc_id")
    assert kinds["all"].to_dict() == documents["n_chars"].to_dict()


# --- plans that ought to build ------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        BODY,
        BODY.replace("12家", "多家").replace("30个,完成投资25亿元", ""),
        BODY.replace("(县工业和信息化局牵头,县财政局配合)", "").replace("(县发展和改革局负责)", ""),
        ODD.replace("12家", "多家").replace("30个,完成投资25亿元", ""),
        ODD.replace("(县工业和信息化局牵头,县财政局配合)", "").replace("(县发展和改革局负责)", ""),
        ODD.replace("\n", "\r\n"),
        ODD.replace("年内新增规上工业企业12家以上。", ""),
    ],
    ids=["known", "no figures", "no clauses", "figureless", "clauseless", "crlf", "no text"],
)
def test_plans_that_build(body: str, raw: Raw, tmp_path: Path) -> None:
    raw.add(HEADER + body)
    made = build.build_tables(raw.folder)
    assert len(made["tasks"]) == 3
    build.write_tables(made, tmp_path / "out")
    for name in made:
        pd.testing.assert_frame_equal(load.table(name, folder=tmp_path / "out"), made[name])


# --- faults -------------------------------------------------------------------------------------


def spoil_text(old: str, new: str) -> Callable[[Raw], None]:
    def spoil(raw: Raw) -> None:
        raw.rows.clear()
        raw.add((HEADER + ODD).replace(old, new))

    return spoil


def spoil_list(**cells: str) -> Callable[[Raw], None]:
    def spoil(raw: Raw) -> None:
        raw.rows[0] |= cells
        raw.list()

    return spoil


FAULTS = {
    "no plan": (spoil_list(kind="denominator"), "raw: no plan listed; give at least one row"),
    "no task": (spoil_text(ODD, "没有任务。"), "no numbered task found; tasks start a line"),
    "date": (spoil_text("3月8日", "13月8日"), "2024年13月8日 is no date; fix"),
    "year": (spoil_list(year="二〇二四"), "sources.csv"),
    "doc_id": (spoil_list(doc_id="Qingshan 2024"), "sources.csv"),
    "no doc_id": (spoil_list(doc_id=""), "sources.csv"),
    "no county": (spoil_list(county=""), "sources.csv"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_one_line_with_place_and_remedy(name: str, raw: Raw) -> None:
    raw.add(HEADER + ODD)
    build.build_tables(raw.folder)
    spoil, told = FAULTS[name]
    spoil(raw)
    with pytest.raises(PlanError) as caught:
        build.build_tables(raw.folder)
    assert told in str(caught.value)
    assert "; " in str(caught.value)
    assert "\n" not in str(caught.value)


# --- all or nothing -----------------------------------------------------------------------------


def test_a_failure_while_describing_leaves_the_old_tables(
    tables: dict[str, pd.DataFrame], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    before = written(tables, out)
    monkeypatch.setattr(schema, "datapackage", lambda _: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        build.write_tables({n: t.head(1) for n, t in tables.items()}, out)
    assert {p.name: p.read_bytes() for p in out.iterdir()} == before
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_failing_build_writes_nothing(raw: Raw, tmp_path: Path) -> None:
    from analysis.__main__ import main

    raw.add(HEADER + ODD)
    out = tmp_path / "out"
    assert main(["build", "--raw", str(raw.folder), "--out", str(out)]) == 0
    before = {p.name: p.read_bytes() for p in out.iterdir()}
    spoil_text(ODD, "没有任务。")(raw)
    assert main(["build", "--raw", str(raw.folder), "--out", str(out)]) == 1
    assert {p.name: p.read_bytes() for p in out.iterdir()} == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "raw"]


def test_other_files_beside_the_tables_stay(
    tables: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    (tmp_path / "notes.md").write_text("mine", encoding="utf-8")
    build.write_tables(tables, tmp_path)
    assert (tmp_path / "notes.md").read_text(encoding="utf-8") == "mine"


def test_words_come_from_the_file_that_was_read(raw: Raw, tmp_path: Path) -> None:
    """The text itself, or what was read out of a Word file; neither may have changed."""
    texts = {"a-2024": "甲\n", "b-2024": "乙\n"}
    (raw.folder / "a.txt").write_text(texts["a-2024"], encoding="utf-8")
    read_out = tmp_path / "processed" / "texts" / "b.txt"
    read_out.parent.mkdir(parents=True)
    read_out.write_text(texts["b-2024"], encoding="utf-8")
    sums = [hashlib.sha256(text.encode()).hexdigest() for text in texts.values()]
    documents = pd.DataFrame(
        {
            "doc_id": list(texts),
            "source_file": ["a.txt", "b.docx"],
            "sha256": [sums[0], "other"],
            "text_file": ["", "texts/b.txt"],
            "text_sha256": ["", sums[1]],
        }
    )
    assert load.read_texts(documents, raw=raw.folder) == texts
    read_out.write_text("丙\n", encoding="utf-8")
    with pytest.raises(PlanError, match="another version of this file"):
        load.read_texts(documents, raw=raw.folder)


@pytest.mark.parametrize("name", ["quantity_id", "task_id", "doc_id"])
def test_rows_with_one_id_lead_back(name: str) -> None:
    row = (
        load.table("quantities").assign(doc_id="zhoucun-2023").query("task_id == 'zhoucun-2023-02'")
    )
    traced = load.trace(row[[name]].head(1)).iloc[0]
    document = load.table("documents").set_index("doc_id").loc["zhoucun-2023"]
    assert (traced["doc_number"], traced["source_file"]) == tuple(
        document[["doc_number", "source_file"]]
    )
    assert traced["place"].startswith("line ") or name == "doc_id"
    assert ("title" in traced, "sentence" in traced) == (name != "doc_id", name == "quantity_id")


# --- the check of what was built ----------------------------------------------------------------


@pytest.fixture
def built(tables: dict[str, pd.DataFrame], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folder with the tables of the build chain; no others are declared."""
    monkeypatch.setattr(schema, "TABLES", {name: schema.TABLES[name] for name in tables})
    build.write_tables(tables, tmp_path / "tables")
    return tmp_path / "tables"


def test_segments_may_leave_no_gap_and_hold_something(monkeypatch: pytest.MonkeyPatch) -> None:
    def told(*spans: tuple[int, int]) -> list[str]:
        parts = [SimpleNamespace(kind="rest", start=a, end=b) for a, b in spans]
        monkeypatch.setattr(check, "segment", lambda *_, **__: parts)
        tables = {"documents": pd.DataFrame({"kind": ["plan"]})}
        return list(check._segments_cover(check.Reading("x-2024", "0123456789", tables)))

    assert told((0, 4), (4, 10)) == []
    assert told((0, 4), (5, 10)) == ["a rest runs from 5 to 10, behind 4"]
    assert told((0, 4), (3, 10)) == ["a rest runs from 3 to 10, behind 4"]
    assert told((0, 4), (4, 4), (4, 10)) == ["a rest runs from 4 to 4, behind 4"]
    assert told((0, 9)) == ["the segments end at 9 of 10 characters"]


def test_a_line_that_goes_on_counting_is_a_task_or_told() -> None:
    text = "1.新建学校。\n2.新建医院。\n"

    def told(printed: list[str], spans: list[tuple[int, int]], places: list[str]) -> list[str]:
        tasks = pd.DataFrame(spans, columns=["char_start", "char_end"])
        tasks = tasks.assign(printed_no=printed, task_no=range(1, len(spans) + 1))
        tasks["task_id"] = [f"x-2024-0{n}" for n in tasks["task_no"]]
        tables = {"tasks": tasks, "report": pd.DataFrame({"place": places}, dtype=str)}
        return list(check._no_task_swallowed(check.Reading("x-2024", text, tables)))

    whole, middle = len(text), text.index("2.")
    assert told(["1"], [(0, whole)], []) == ["x-2024-01 holds a line that is numbered 2"]
    assert told(["1"], [(0, whole)], ["x-2024:2"]) == []
    assert told(["1"], [(0, whole)], ["x-2024:1"]) != []
    assert told(["1", "2"], [(0, middle), (middle, whole)], []) == []
    assert told(["一"], [(0, whole)], []) == []  # numbers of another style are a list of its own
    assert told(["2"], [(0, whole)], []) == []


DITTOS = """序号\t任务\t牵头单位\t配合单位\t时限
1\t新建幼儿园5所。\t县教育局\t县财政局\t8月底
2\t资助学生900人次。\t〃\t县民政局\t9月底
3\t改造校舍3处。\t县住建局\t同上\t11月底
"""


def test_bodies_of_the_row_above_are_named_there(raw: Raw) -> None:
    raw.add(HEADER + DITTOS)
    tables = build.build_tables(raw.folder)
    named = tables["assignments"].groupby("task_id")["name"].agg(list).tolist()
    assert named == [["县教育局", "县财政局"], ["县教育局", "县民政局"], ["县住建局", "县民政局"]]

    def told(tables: dict[str, pd.DataFrame]) -> list[str]:
        reading = check.Reading("qingshan-2024", HEADER + DITTOS, tables)
        return [words[:16] for words in check._bodies_named(reading)]

    assert told(tables) == []
    other = tables["assignments"].replace({"name": {"县教育局": "县水利局"}})
    wrong = told(tables | {"assignments": other})
    assert wrong == ["qingshan-2024-01", "qingshan-2024-02"]


def test_built_tables_hold(built: Path) -> None:
    assert check.check_tables(REPOSITORY.raw, built) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("tasks.csv", "平台", "平合", "not the file that datapackage.json describes"),
        ("quantities.csv", ",9家,", ",8家,", "reads '9家', not '8家'"),
        ("assignments.csv", ",lead,", ",boss,", "role 'boss'"),
        ("assignments.csv", "zhoucun-2023-01,", "zhoucun-2023-99,", "is not in tasks"),
        ("sections.csv", "zhoucun-2023,", "zibo-2023,", "is not in documents"),
        ("sections.csv", "tengzhou-2023,1,", "tengzhou-2023,99,", "not in the order of its key"),
        ("numerals.csv", "zhoucun-2023-01", "zhoucun-2023-99", "is not in tasks"),
    ],
)
def test_a_changed_table_is_found(name: str, old: str, new: str, told: str, built: Path) -> None:
    data = (built / name).read_text(encoding="utf-8")
    assert old in data
    (built / name).write_text(data.replace(old, new, 1), encoding="utf-8", newline="\n")
    assert any(told in problem for problem in check.check_tables(REPOSITORY.raw, built))


def test_a_table_that_is_not_there(built: Path) -> None:
    (built / "tasks.csv").unlink()
    told = check.check_tables(REPOSITORY.raw, built)
    assert any(str(built / "tasks.csv") in problem for problem in told)
