"""Workbooks: every number as in the tables, every link to a task, no text that is a formula."""

import csv
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from office import convert, needs_calc
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from analysis import build, files, load
from analysis.errors import PlanError
from analysis.lexicon import read_lexicon
from analysis.load import Plans, cut_plans, data_version, read_plans
from analysis.office import books, ledger
from analysis.office.sheets import amount, count_lines, is_formula_like, text_width
from analysis.office.tables import (
    describe_comparability,
    indicator_table,
    ledger_table,
    name_bodies,
)
from analysis.selection import select
from analysis.study import REPOSITORY
from analysis.targets.compare import ONE_COUNTY, compare_targets
from analysis.targets.coverage import read_coverage
from analysis.targets.indicators import indicator_name, split_id, unit_factor
from analysis.text import read_text
from analysis.wording import county_name, text_for, texts, unit_name

LANGUAGES = ("zh", "en")
LEDGER = [*ledger._PRINTED, *ledger._BESIDE, *ledger._HIDDEN]
SCALES = {"万": 1e4, "亿": 1e8}
SIGNS = {"ge": "≥", "le": "≤", "approx": "≈", "eq": "", "range": ""}
each_book = pytest.mark.parametrize(
    ("key", "language"), list(product(("book_ledger", "book_indicators"), LANGUAGES))
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("workbooks")
    for language in LANGUAGES:
        books.write(made, language=language, report=lambda _: None)
    return made


@pytest.fixture(scope="module")
def plans() -> Plans:
    return read_plans()


@cache
def open_book(folder: Path, key: str, language: str) -> Workbook:
    return load_workbook(folder / f"{text_for(key, language)}.xlsx")


def rows_of(sheet: Worksheet) -> Iterator[dict[str, object]]:
    """Cells of each row by the head of their column, below the lines above the head."""
    top = int(sheet.print_title_rows.rpartition("$")[2])
    heads = [c.value for c in sheet[top]]
    for row in sheet.iter_rows(min_row=top + 1):
        yield dict(zip(heads, row, strict=True))


def column(key: str, language: str) -> str:
    return text_for(f"head_{key}", language)


def linked_row(book: Workbook, cell: object) -> dict[str, object]:
    """Row of the source sheet that a cell leads to, by head."""
    sheet, row = re.fullmatch(r"'(.+)'!A(\d+)", cell.hyperlink.location).groups()
    heads = [c.value for c in book[sheet][1]]
    return dict(zip(heads, (c.value for c in book[sheet][int(row)]), strict=True))


def shown(value: float, code: str) -> str:
    """Number as Excel shows it, for the number formats that the workbooks use."""
    form = r'(?:"([≥≤≈])")?(#,##0(?:\.0+)?)(?:"([–～][^"]+)")?(?:"([^"]*)")?'
    sign, digits, end, unit = re.fullmatch(form, code).groups()
    places = len(digits.partition(".")[2])
    return f"{sign or ''}{value:,.{places}f}{end or ''}{unit or ''}"


# --- every number ---------------------------------------------------------------------------


def test_every_target_is_one_row_of_the_ledger(folder: Path) -> None:
    sheet = open_book(folder, "book_ledger", "zh")["任务台账"]
    tasks, quantities = load.tables("tasks", "quantities")
    targets = quantities[quantities["kind"] == "target"].merge(
        tasks[["task_id", "doc_id", "task_no"]], on="task_id"
    )
    targets = targets.sort_values(["doc_id", "task_no", "char_start"], ignore_index=True)
    rows = [r for r in rows_of(sheet) if r["目标值"].value != "—"]
    assert len(rows) == len(targets) > 400
    for row, target in zip(rows, targets.itertuples(), strict=True):
        value = row["目标值"].value
        assert isinstance(value, int | float), target.quantity_id
        assert row["行号"].value.startswith(f"{target.task_id}|")
        assert row["界限"].value == target.bound
        text = shown(value, row["目标值"].number_format)
        assert text.startswith(SIGNS[target.bound])
        number, unit = re.fullmatch(r"[≥≤≈]?([\d,.]+)(?:[–～][\d,.]+)?(\D*)", text).groups()
        assert float(number.replace(",", "")) == value
        ten = next((f for w, f in SCALES.items() if unit == w + target.unit), 1.0)
        assert unit in (target.unit, f"万{target.unit}", f"亿{target.unit}"), target.quantity_id
        assert value * ten == pytest.approx(target.value_low, rel=1e-12)
        assert row["上限"].value * ten == pytest.approx(target.value_high, rel=1e-12)
        assert bool(re.search("[–～]", text)) == (target.bound == "range")
        assert row["年度目标"].value.endswith(target.text)


def test_every_task_and_every_pledge_is_in_the_ledger(folder: Path) -> None:
    book = open_book(folder, "book_ledger", "zh")
    tasks, quantities, pledges = load.tables("tasks", "quantities", "pledges")
    aimed = pd.concat([quantities[quantities["kind"] == "target"], pledges])["task_id"]
    rows = list(rows_of(book["任务台账"]))
    told = [linked_row(book, r["出处"])["任务编号"] for r in rows]
    assert list(dict.fromkeys(told)) == sorted(tasks["task_id"])
    assert pd.Series(told).value_counts().sort_index().equals(
        aimed.value_counts().reindex(sorted(tasks["task_id"])).fillna(1).astype(int)
        .clip(lower=1).rename_axis(None).rename("count")
    )  # fmt: skip
    numbers = [r["序号"].value for r in rows if r["序号"].value is not None]
    assert numbers == list(range(1, len(tasks) + 1))  # one a task, with its targets under it
    words = tasks.set_index("task_id")["text"]
    for task_id, row in zip(told, rows, strict=True):
        if task_id not in set(aimed):
            assert row["目标值"].value == "—"
            assert words[task_id].startswith(row["年度目标"].value.rstrip("…"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_of_the_indicators_is_that_of_the_tables(
    folder: Path, plans: Plans, language: str
) -> None:
    book = open_book(folder, "book_indicators", language)
    expected = expected_figures(plans, language)
    names = county_name(plans.documents, language)
    found = {}
    for row in rows_of(book[text_for("sheet_indicators", language)]):
        for head, cell in row.items():
            county = head.partition("\n")[0]
            if county in set(names) and isinstance(cell.value, int | float):
                key = row[column("indicator", language)].value, county
                task = linked_row(book, cell)[column("task_id", language)]
                text = shown(cell.value, cell.number_format)
                found[key] = (cell.value, text, row[column("unit", language)].value, task)
    assert set(found) == set(expected)
    assert len(found) > 150
    for key, (value, text, unit, task) in found.items():
        low, high, bound, axis, home = expected[key]
        assert value == pytest.approx(low, rel=1e-8), key
        assert text.startswith(SIGNS[bound]), key
        assert (unit, task) == (axis, home), key
        end = re.split("[–～]", text)[-1] if re.search("[–～]", text) else ""
        assert float(end.replace(",", "") or value) == pytest.approx(high, rel=1e-8), key


def expected_figures(plans: Plans, language: str) -> dict[tuple[str, str], tuple]:
    """Figures that stand in the table of indicators, worked out from the tables anew."""
    quantities = plans.quantities.set_index("quantity_id")
    names = county_name(plans.documents, language)
    rows = compare_targets(plans.quantities, plans.tasks, plans.documents)
    first: dict[tuple[str, str], tuple] = {}
    order = rows["quantity_id"].map(quantities["char_start"])
    rows = rows.assign(order=order).sort_values(["comparable", "order"], ascending=[False, True])
    for row in rows[rows["comparable"] | rows["reason"].eq(ONE_COUNTY)].itertuples():
        concept, _ = split_id(row.indicator_id)
        figure = quantities.loc[row.quantity_id]
        based = pd.notna(figure["value_base_low"])
        ends = ("value_base_low", "value_base_high") if based else ("value_low", "value_high")
        low, high = (figure[end] / unit_factor(concept.unit) for end in ends)
        key = indicator_name(row.indicator_id, language), names[row.doc_id]
        first.setdefault(key, (low, high, figure["bound"], concept, figure["task_id"]))
    largest: dict[str, float] = {}
    for (name, _), (_, high, *_) in first.items():
        largest[name] = max(high, largest.get(name, 0))
    expected = {}
    for key, (low, high, bound, concept, home) in first.items():
        words, scale = in_scale(largest[key[0]], concept.unit, language)
        unit = words + (concept.unit if language == "zh" else concept.unit_en)
        expected[key] = (low / scale, high / scale, bound, unit, home)
    return expected


def in_scale(largest: float, unit: str, language: str) -> tuple[str, float]:
    """Words before a unit, and the number behind them; a unit with 万 or 亿 keeps its own."""
    if largest < 1e4 or unit[0] in SCALES:
        return "", 1
    word = "万" if largest < 1e8 else "亿"
    return word if language == "zh" else {"万": "10,000 ", "亿": "100 million "}[word], SCALES[word]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_dash_says_not_stated_and_nothing_else(folder: Path, plans: Plans, language: str) -> None:
    comparisons = compare_targets(plans.quantities, plans.tasks, plans.documents)
    cover = read_coverage(comparisons, plans.quantities, plans.tasks, plans.documents)
    names = county_name(plans.documents, language)
    status = {
        (indicator_name(c.indicator_id, language), names[c.doc_id]): c for c in cover.itertuples()
    }
    book = open_book(folder, "book_indicators", language)
    counted = dict.fromkeys(("absent", "uncertain", "no_number", "other", "value"), 0)
    for row in rows_of(book[text_for("sheet_indicators", language)]):
        for head, cell in row.items():
            if (key := (row[column("indicator", language)].value, head.split("\n")[0])) in status:
                said = status[key]
                counted[said.status] += 1
                dash, doubt = cell.value == "—", cell.value == text_for("cell_uncertain", language)
                assert (dash, doubt) == (said.status == "absent", said.status == "uncertain"), key
                assert (cell.hyperlink is None) == dash, key
                if said.status == "no_number":
                    head, _, tail = cell.value.partition("…")
                    assert said.evidence.startswith(head), key
                    assert said.evidence.endswith(tail), key
                if said.status == "other":
                    assert cell.value == text_for("cell_other", language, evidence=said.evidence)
    assert sum(counted.values()) == len(cover)
    assert min(counted.values()) > 5


def test_words_cut_in_the_table_stand_in_full_beside_it(folder: Path, plans: Plans) -> None:
    told = {
        c.value: row["可比性说明"].value
        for row in rows_of(open_book(folder, "book_indicators", "zh")["指标对照表"])
        for c in row.values()
        if "…" in str(c.value) and c.hyperlink
    }
    evidence = set(indicator_table(plans)["evidence"].dropna())
    for cut, remark in told.items():
        head, _, tail = cut.partition("…")
        full = [e for e in evidence if e.startswith(head) and e.endswith(tail)]
        assert any(f"“{e}”" in remark for e in full), cut
    assert told


@pytest.mark.parametrize("key", ["book_ledger", "book_indicators"])
def test_both_languages_hold_the_same_numbers(folder: Path, key: str) -> None:
    numbers = []
    for language in LANGUAGES:
        book = open_book(folder, key, language)
        cells = [c for s in book.worksheets for row in s.iter_rows() for c in row]
        numbers.append([(c.value, c.number_format[:6]) for c in cells if c.data_type == "n"])
    assert numbers[0] == numbers[1]
    assert len(numbers[0]) > 500


def test_charts_draw_cells_of_their_sheet(folder: Path, plans: Plans) -> None:
    for language in LANGUAGES:
        book = open_book(folder, "book_indicators", language)
        sheet = book[text_for("sheet_charts", language)]
        names = list(county_name(plans.documents, language))
        assert [c.value for c in sheet[1]] == [column("charted", language), *names]
        expected = expected_figures(plans, language)
        for n, chart in enumerate(sheet._charts, 2):
            (series,) = chart.series
            where = f"'{sheet.title}'!$B${n}:$F${n}"
            assert series.val.numRef.f == where
            name = sheet.cell(n, 1).value
            assert chart.title.tx.rich.p[0].r[0].t == name
            figures = {c: v.value for c, v in zip(names, sheet[n][1:], strict=True) if v.value}
            own = {k[1]: v[0] for k, v in expected.items() if name.startswith(k[0])}
            assert len(figures) >= 2
            assert figures == pytest.approx({c: own[c] for c in figures})
        assert len(sheet._charts) == 6


# --- what an office needs -------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_ledger_has_its_columns_lists_and_links(folder: Path, language: str) -> None:
    book = open_book(folder, "book_ledger", language)
    sheet = book[text_for("sheet_ledger", language)]
    assert [c.value for c in sheet[3]] == [column(k, language) for k in LEDGER]
    rules = {r.formula1: str(r.sqref) for r in sheet.data_validations.dataValidation}
    last = sheet.max_row
    for key in ("progress", "check"):
        letter = get_column_letter(LEDGER.index(key) + 1)
        assert rules[f'"{text_for(f"{key}_list", language)}"'] == f"{letter}4:{letter}{last}"
    assert "填报单位" in sheet["A2"].value or language == "en"
    for row in rows_of(sheet):
        assert row[column("progress", language)].value is None
        assert (
            row[column("check", language)].value == text_for("check_list", language).split(",")[0]
        )
        cell = row[column("source", language)]
        task = linked_row(book, cell)
        assert cell.value == text_for(
            "task_source",
            language,
            number=task[column("doc_number", language)],
            no=task[column("task_no", language)],
        )
        named = row[column("task", language)].value
        assert named is None or task[column("title", language)] == named


def test_the_source_sheet_quotes_the_plans(folder: Path) -> None:
    documents, tasks = load.tables("documents", "tasks")
    texts = {d.doc_id: read_text(REPOSITORY.raw / d.source_file) for d in documents.itertuples()}
    rows = list(rows_of(open_book(folder, "book_ledger", "zh")["原文"]))
    assert [r["任务编号"].value for r in rows] == sorted(tasks["task_id"])
    for row in rows:
        doc_id = row["任务编号"].value.rpartition("-")[0]
        cut = texts[doc_id][row["起始字符"].value : row["结束字符"].value]
        assert row["正文（粗体为数字目标）"].value in cut
        assert row["标题"].value in cut
        assert row["责任分工"].value == "—" or cut.endswith(row["责任分工"].value)


def test_targets_are_bold_in_the_source_text(folder: Path) -> None:
    book = load_workbook(folder / "任务台账.xlsx", rich_text=True)
    quantities = load.table("quantities")
    targets = quantities[quantities["kind"] == "target"]
    bold = {}
    for row in rows_of(book["原文"]):
        text = row["正文（粗体为数字目标）"].value
        if not isinstance(text, str):
            bold[row["任务编号"].value] = [part.text for part in text if part.font.b]
    expected = targets.sort_values("char_start").groupby("task_id")["text"].agg(list).to_dict()
    assert bold == expected


@each_book
def test_sheets_are_ready_to_filter_and_to_print(folder: Path, key: str, language: str) -> None:
    book = open_book(folder, key, language)
    for sheet in book.worksheets:
        setup = sheet.page_setup
        assert (setup.orientation, setup.paperSize) == ("landscape", 9), sheet.title
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert setup.fitToWidth == 1
        is_titled = sheet["A1"].style == "title"
        assert sheet.print_title_rows == ("$1:$3" if is_titled else "$1:$1")
        assert is_titled or "2023" in sheet.oddHeader.center.text
        assert sheet[1][0].font.name == ("黑体" if language == "zh" else "Times New Roman")
        assert sheet["A2"].font.name == ("宋体" if language == "zh" else "Times New Roman")
    for title in (book.sheetnames[0], text_for("sheet_source", language)):
        sheet = book[title]
        assert sheet.freeze_panes in ("D2", "B2", "E4")
        assert sheet.auto_filter.ref.partition(":")[2] == sheet.dimensions.partition(":")[2]
    assert text_for("sheet_about", language) == book.sheetnames[-1]
    assert text_for("sheet_source", language) == book.sheetnames[-2]


@each_book
def test_columns_and_rows_have_room_for_their_text(folder: Path, key: str, language: str) -> None:
    book = open_book(folder, key, language)
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                width = sheet.column_dimensions[get_column_letter(cell.column)].width
                height = sheet.row_dimensions[cell.row].height
                if cell.data_type == "f" or cell.style == "title":
                    continue
                is_printed = sheet["A1"].style != "title" or cell.column <= len(ledger._PRINTED)
                if isinstance(cell.value, str) and cell.style != "note" and is_printed:
                    own = next((r for r in sheet.merged_cells.ranges if cell.coordinate in r), None)
                    if own:
                        lines = range(own.min_row, own.max_row + 1)
                        height = sum(sheet.row_dimensions[n].height for n in lines)
                    assert count_lines(cell.value, width - 1) * 12 <= height, cell
                    words = re.findall(r"[A-Za-z]+", cell.value)
                    assert max(map(len, words), default=0) <= width - 2, cell
                if cell.hyperlink and isinstance(cell.value, str):  # LibreOffice does not wrap it
                    assert text_width(cell.value) <= width - 1, cell
                if cell.data_type == "n" and cell.value is not None and "#" in cell.number_format:
                    assert text_width(shown(cell.value, cell.number_format)) <= width - 1, cell


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_about_sheet_says_version_dates_accuracy_and_licence(
    folder: Path, plans: Plans, language: str
) -> None:
    for key in ("book_ledger", "book_indicators"):
        sheet = open_book(folder, key, language)[text_for("sheet_about", language)]
        text = "\n".join(str(c.value) for row in sheet.iter_rows() for c in row)
        assert data_version() in text
        for plan in plans.documents.itertuples():
            assert plan.doc_number in text
            assert plan.issued_on in text
        assert re.search(r"99\.\d%", text)
        assert "MIT" in text
        assert not re.search(r"20\d\d-\d\d-\d\dT|\d\d:\d\d:\d\d|\{", text)


def test_counties_can_be_chosen(tmp_path: Path) -> None:
    paths = books.write(tmp_path, selection=select(["周村区", "zichuan"]), report=lambda _: None)
    first, indicators = (load_workbook(path) for path in paths)
    assert {r["县区"].value for r in rows_of(first["任务台账"])} == {"周村区", "淄川区"}
    heads = [c.value.partition("\n")[0] for c in indicators["指标对照表"][1]]
    assert heads[4:6] == ["周村区", "淄川区"]
    assert heads[6:] == ["最高", "最低", "可比性说明", "责任部门"]


def test_the_own_county_stands_first_with_gap_and_rank(plans: Plans) -> None:
    book = books.indicator_book(plans, own="zhoucun-2023")
    heads = [str(c.value).partition("\n")[0] for c in book["指标对照表"][1]]
    assert heads[4] == "周村区"
    ranked = [row for row in rows_of(book["指标对照表"]) if row["名次"].value != "—"]
    assert len(ranked) > 20
    for row in ranked:
        cells = list(row.values())[4:9]
        own = cells[0].value
        numbers = sorted((c.value for c in cells if c.data_type == "n"), reverse=True)
        rank, _, n = row["名次"].value.partition("/")
        assert int(n) <= len(numbers)
        if int(n) == len(numbers):  # all are comparable
            first = numbers.index(own) + 1
            same = numbers.count(own)
            assert rank == (str(first) if same == 1 else f"并列{first}")
            assert row["与最高差距"].value == pytest.approx(own - numbers[0])


def test_one_county_alone_has_a_table_of_its_targets(plans: Plans) -> None:
    one = cut_plans(plans.documents.tail(1), plans.tasks, plans.quantities, plans.assignments)
    book = books.indicator_book(one)
    assert book.sheetnames[0] == "年度目标表"
    heads = [str(c.value).partition("\n")[0] for c in book["年度目标表"][1]]
    assert heads == ["主题", "序号", "指标", "单位", "淄川区", "责任部门"]
    assert all(row["序号"].value for row in rows_of(book["年度目标表"]))


def test_an_unknown_language_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="no language fr"):
        books.write(tmp_path, report=lambda _: None, language="fr")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("no_read_chain")
def test_a_plan_without_targets_makes_a_ledger_and_says_why_no_more(
    mini: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = SimpleNamespace(raw=mini.folder, processed=REPOSITORY.processed)
    monkeypatch.setattr(load, "current", lambda: here)
    tables = build.build_tables(mini.folder)
    names = ("documents", "tasks", "quantities", "assignments")
    for bare in (False, True):
        frames = [tables[n].iloc[:0] if bare and n in names[2:] else tables[n] for n in names]
        plans = cut_plans(*frames)
        made, lost = ledger.ledger_book(plans)
        assert lost == []
        values = [r["目标值"].value for r in rows_of(made["任务台账"])]
        assert values == (["—"] * 3 if bare else [12, 30, 25, "—"])
        if bare:
            with pytest.raises(PlanError, match="no target belongs to an indicator"):
                books.indicator_book(plans)
        else:
            assert books.indicator_book(plans).sheetnames[0] == "年度目标表"


# --- safe and repeatable --------------------------------------------------------------------

EVIL = ("=1+1", "+1", "-1", "@SUM(A1)", "＝cmd|'/c calc'!A0", "\t=1")


def test_text_never_becomes_a_formula(plans: Plans, tmp_path: Path) -> None:
    tasks = plans.tasks.head(len(EVIL)).assign(title=EVIL, text=EVIL, clause=EVIL)
    assignments = plans.assignments.assign(name=EVIL[0])
    evil = cut_plans(plans.documents, tasks, plans.quantities.iloc[:0], assignments)
    path = tmp_path / "evil.xlsx"
    books.save_book(ledger.ledger_book(evil)[0], path, date=datetime(2023, 1, 1))
    with zipfile.ZipFile(path) as parts:
        names = [n for n in parts.namelist() if n.startswith("xl/worksheets/sheet")]
        formulas = [f for n in names for f in re.findall(rb"<f>([^<]*)</f>", parts.read(n))]
        assert all(f.startswith((b"IF(", b"COUNTIFS(")) for f in formulas)
        assert not any("vba" in n.lower() or "external" in n.lower() for n in parts.namelist())
    sheet = load_workbook(path)["任务台账"]
    for row, text in zip(rows_of(sheet), EVIL, strict=True):
        for key in ("任务", "年度目标"):
            assert row[key].value == text
            assert row[key].data_type == "s"
            assert row[key].quotePrefix
        assert not row["县区"].quotePrefix


@pytest.mark.parametrize("text", EVIL)
def test_formula_like(text: str) -> None:
    assert is_formula_like(text)


@pytest.mark.parametrize("text", ["", "—", "–3", "3-5个", "“=”", "1=1", "（-）", "≥20", "区 @ 局"])
def test_not_formula_like(text: str) -> None:
    assert not is_formula_like(text)


def test_the_same_bytes_twice(folder: Path, tmp_path: Path) -> None:
    for path in books.write(tmp_path, report=lambda _: None):
        assert path.read_bytes() == (folder / path.name).read_bytes()


def test_no_time_of_day_is_in_the_file(folder: Path) -> None:
    last = load.table("documents")["issued_on"].max()
    for path in sorted(folder.glob("*.xlsx")):
        with zipfile.ZipFile(path) as parts:
            assert {i.date_time[:3] for i in parts.infolist()} == {
                tuple(int(n) for n in last.split("-"))
            }
        properties = load_workbook(path).properties
        assert f"{properties.created:%Y-%m-%d}" == f"{properties.modified:%Y-%m-%d}" == last


def test_a_file_that_cannot_be_written_stays_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "old.xlsx"
    path.write_bytes(b"old")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files.os, "replace", refuse)
    book = Workbook()
    with pytest.raises(PlanError, match="close it in Excel"):
        books.save_book(book, path, date=datetime(2023, 1, 1))
    assert [p.name for p in tmp_path.iterdir()] == ["old.xlsx"]
    assert path.read_bytes() == b"old"


# --- pieces ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "bound", "value", "text"),
    [
        (12, 12, "ge", 12, "≥12"),
        (20000, 20000, "eq", 20000, "20,000"),
        (1.122, 1.122, "le", 1.122, "≤1.122"),
        (500, 500, "approx", 500, "≈500"),
        (3, 5, "range", 3, "3～5"),
        (0.8, 1.25, "range", 0.8, "0.80～1.25"),
        (0.1 + 0.2, 0.1 + 0.2, "eq", 0.3, "0.3"),
        (100.0, 100.0, "eq", 100, "100"),
    ],
)
def test_amount(low: float, high: float, bound: str, value: float, text: str) -> None:
    cell = amount(low, high, bound)
    assert cell.value == value
    assert cell.shown == shown(cell.value, cell.format) == text


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, 1),
        ("一二三四五", 10, 1),
        ("一二三四五六", 10, 2),
        ("一二三四五。", 10, 2),  # no line begins with a full stop
        ("Science and Technology", 12, 2),
        ("Internationalisation", 10, 2),
        ("上\n下", 10, 2),
        ("共12345家", 6, 3),  # a number is not broken
    ],
)
def test_count_lines(text: str, width: int, lines: int) -> None:
    assert count_lines(text, width) == lines


def test_a_range_keeps_both_ends_in_another_unit(plans: Plans) -> None:
    row = indicator_table(plans).query("indicator_id == 'afforestation' and status == 'value'")
    chosen = plans.quantities["quantity_id"].eq(row["quantity_id"].iloc[0])
    ends = {"value_low": 2e4, "value_high": 3e4, "bound": "range"}
    ends |= {"value_base_low": 2e4 / 0.0015, "value_base_high": 3e4 / 0.0015}
    quantities = plans.quantities.assign(
        **{k: plans.quantities[k].mask(chosen, v) for k, v in ends.items()}
    )
    wide = cut_plans(plans.documents, plans.tasks, quantities, plans.assignments)
    figure = indicator_table(wide).query(f"quantity_id == '{row['quantity_id'].iloc[0]}'").iloc[0]
    told = (figure["low"], figure["high"], figure["scale"], figure["bound"])
    assert told == (2, 3, 1e4, "range")
    told = ledger_table(wide).query(f"quantity_id == '{row['quantity_id'].iloc[0]}'").iloc[0]
    assert (told["value_low"], told["value_high"], told["unit"]) == (2, 3, "万亩")


def test_bodies_by_role() -> None:
    rows = [
        ("a-2024-01", 1, "县科技局", "lead", False),
        ("a-2024-01", 2, "县教育局", "lead", False),
        ("a-2024-01", 3, "县财政局", "support", True),
        ("a-2024-02", 1, "县水利局", "responsible", False),
        ("a-2024-02", 2, "各乡镇", "responsible", False),
        ("a-2024-03", 1, "县住建局", "lead", False),
        ("a-2024-03", 2, "县公安局", "responsible", False),
    ]
    frame = pd.DataFrame(rows, columns=["task_id", "position", "name", "role", "open_list"])
    bodies = name_bodies(frame.assign(department=frame["name"])).set_index("task_id")
    assert bodies["lead"].tolist() == [
        "县科技局、县教育局",
        "县水利局、各乡镇（负责）",
        "县住建局；县公安局（负责）",
    ]
    assert bodies["support"].fillna("").tolist() == ["县财政局等", "", ""]


def test_a_very_long_task_is_cut_after_a_sentence(plans: Plans) -> None:
    tasks = plans.tasks.head(1).assign(text="甲" * 250 + "。" + "乙" * 250 + "。")
    cut = cut_plans(plans.documents, tasks, plans.quantities.iloc[:0], plans.assignments)
    goal = ledger_table(cut)["goal"].iloc[0]
    assert goal == "甲" * 250 + "。……（全文见“原文”表）"


def test_every_reason_is_told_in_both_languages(plans: Plans) -> None:
    table = indicator_table(plans)
    for language in LANGUAGES:
        names = county_name(plans.documents, language)
        for _, rows in table.groupby("indicator_id"):
            text = describe_comparability(rows, names, language=language)
            pattern = r"[A-Za-z]{3,}" if language == "zh" else r"[一-鿿]|not $"
            assert not re.search(pattern, re.sub(r"“.*?”|GDP", "", text)), text


def test_units_of_a_dimension_have_a_name_in_english() -> None:
    for row in read_lexicon("units"):
        if row["dimension"] != "count" and not row["unit"].isascii():
            assert f"unit_{row['unit']}" in texts(), row["unit"]
            assert "(count)" not in unit_name(row["unit"], 1, "en")
        if row["unit_base"]:
            assert f"term_{row['unit_base']}" in texts(), row["unit_base"]


@pytest.mark.parametrize(
    ("unit", "scale", "zh", "en"),
    [
        ("元", 10**8, "亿元", "CNY 100 million"),
        ("亩", 10**4, "万亩", "10,000 mu"),
        ("%", 1, "%", "%"),
        ("家", 1, "家", "家 (count)"),
        ("头", 10**4, "万头", "10,000 头 (count)"),
        ("MVA", 1, "MVA", "MVA"),
        ("", 10**4, "万", "10,000"),
        ("", 1, None, None),
    ],
)
def test_unit_name(unit: str, scale: int, zh: str | None, en: str | None) -> None:
    assert (unit_name(unit, scale, "zh"), unit_name(unit, scale, "en")) == (zh, en)


# --- another program reads the same ---------------------------------------------------------

CSV_AS_SHOWN = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1"


@pytest.fixture(scope="module")
def converted(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every workbook as LibreOffice writes it again: .xlsx, and every sheet as .csv."""
    out = tmp_path_factory.mktemp("office")
    files = sorted(folder.glob("*.xlsx"))
    for kind in ("xlsx:Calc MS Excel 2007 XML", CSV_AS_SHOWN):
        convert(kind, out, *files)
    return out


@needs_calc
@pytest.mark.slow
@each_book
def test_libreoffice_reads_the_same_cells(
    folder: Path, converted: Path, key: str, language: str
) -> None:
    ours, theirs = open_book(folder, key, language), open_book(converted, key, language)
    assert ours.sheetnames == theirs.sheetnames
    for sheet in ours.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                other = theirs[sheet.title][cell.coordinate]
                value = other.value
                if cell.data_type == "f":  # LibreOffice quotes the name of a sheet where it must
                    value = re.sub(r"(?<![\w'])([^\W\d]\w*)!", r"'\1'!", value)
                assert value == cell.value, (sheet.title, cell.coordinate)
                assert (other.hyperlink is None) == (cell.hyperlink is None)
    assert sum(len(s._charts) for s in ours) == sum(len(s._charts) for s in theirs)


@needs_calc
@pytest.mark.slow
@each_book
def test_libreoffice_shows_the_bounds(
    folder: Path, converted: Path, key: str, language: str
) -> None:
    book = open_book(folder, key, language)
    sheet = book.worksheets[0]
    file = converted / f"{text_for(key, language)}-{sheet.title}.csv"
    with file.open(encoding="utf-8", newline="") as f:
        rows = list(csv.reader(f))
    signs = 0
    for ours, theirs in zip(sheet.iter_rows(), rows, strict=True):
        for cell, text in zip(ours, theirs, strict=True):
            if cell.data_type == "n" and "#" in cell.number_format:
                assert text == shown(cell.value, cell.number_format), cell.coordinate
                signs += text[0] in "≥≤≈"
    assert signs > 20


# --- a ledger that lives --------------------------------------------------------------------


def fill(path: Path, n: int = 40) -> dict[str, dict[str, object]]:
    """Fill in a ledger as an office does; what was filled in, by the key of the row."""
    book = load_workbook(path)
    sheet = book["任务台账"]
    heads = {c.value: c.column for c in sheet[3]}
    for k, head in enumerate(("联系电话", "备注"), 1):
        sheet.cell(3, len(heads) + k, head)
    sheet["A2"] = "填报单位：甲办　填报时间：2023年6月30日"
    sheet.column_dimensions[get_column_letter(heads["年度目标"])].width = 51
    sheet.cell(4 + n, heads["完成值"], "=3+4")
    told: dict[str, dict[str, object]] = {}
    for k, line in enumerate(range(4, 4 + n)):
        own: dict[str, object] = {"完成值": k + 1, "责任人": f"张{k}", "存在问题": "=不是公式"}
        own |= {"填报日期": datetime(2023, 6, 30), "联系电话": f"0533-{k}", "备注": "无"}
        for head, value in own.items():
            at = heads.get(head) or len(heads) + 1 + ("联系电话", "备注").index(head)
            sheet.cell(line, at, value)
            if isinstance(value, str):
                sheet.cell(line, at).data_type = "s"
        told[str(sheet.cell(line, heads["行号"]).value)] = own
    book.create_sheet("自己的表").append(["甲", 1])
    book.save(path)
    return told


def read_back(path: Path) -> dict[str, dict[str, object]]:
    sheet = load_workbook(path)["任务台账"]
    return {
        str(row["行号"].value): {head: cell.value for head, cell in row.items()}
        for row in rows_of(sheet)
    }


def test_what_was_filled_in_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plans: Plans
) -> None:
    said: list[str] = []
    path, _ = books.write(tmp_path, report=said.append)
    told = fill(path)
    before = path.read_bytes()
    books.write(tmp_path, report=said.append)
    assert path.read_bytes() == before  # nothing has changed: not touched
    assert f"{path.name}: unchanged" in said
    quantities = plans.quantities.copy()
    changed = quantities[quantities["kind"] == "target"].groupby("task_id").head(1).head(3)
    ids = quantities["quantity_id"].isin(changed["quantity_id"])
    quantities.loc[ids, ["value_low", "value_high"]] = 987.0
    quantities.loc[ids, "text"] = "987家"
    new = Plans(plans.documents, plans.tasks, quantities, plans.assignments)
    monkeypatch.setattr(books, "read_plans", lambda *_: new)
    said.clear()
    books.write(tmp_path, report=said.append)
    after = read_back(path)
    gone = [key for key in told if key not in after]
    assert len(gone) == 3
    for key, own in told.items():
        if key in after:
            assert {head: after[key][head] for head in own} == own
    book = load_workbook(path)
    lost = [c.value for row in book["未对应"].iter_rows() for c in row]
    for key in gone:
        for value in told[key].values():
            assert value in lost
    named = [line for line in said if line.startswith("no longer in the plan")]
    assert len(named) == 3
    sheet = book["任务台账"]
    assert sheet["A2"].value.startswith("填报单位：甲办")
    formula = [c for row in rows_of(sheet) if (c := row["完成值"]).value == "=3+4"]
    assert [c.data_type for c in formula] == ["f"]
    heads = [c.value for c in sheet[3]]
    assert sheet.column_dimensions[get_column_letter(heads.index("年度目标") + 1)].width == 51
    assert [c.value for c in book["自己的表"][1]] == ["甲", 1]
    again = path.read_bytes()
    books.write(tmp_path, report=said.append)
    assert path.read_bytes() == again


def test_a_workbook_that_is_no_ledger_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "任务台账.xlsx"
    path.write_bytes(b"not a workbook")
    with pytest.raises(PlanError, match="cannot be read"):
        books.write(tmp_path, report=lambda _: None)
    book = Workbook()
    book.save(path)
    before = path.read_bytes()
    with pytest.raises(PlanError, match="has no sheet 任务台账"):
        books.write(tmp_path, report=lambda _: None)
    assert path.read_bytes() == before


def test_a_sheet_per_department_that_leads(tmp_path: Path, plans: Plans) -> None:
    small = cut_plans(plans.documents.head(1), plans.tasks, plans.quantities, plans.assignments)
    book, _ = ledger.ledger_book(small, by_department=True)
    rows = ledger.ledger_rows(small)
    for department, own in rows.groupby("department"):
        sheet = book[department]
        assert sheet.max_row == 3 + len(own)
        assert sheet["A1"].value == f"{department} 责任清单"
    path = books.save_book(book, tmp_path / "a.xlsx", date=datetime(2023, 1, 1))
    kept = ledger.read_kept(path)  # lists are made anew, and no sheet of the reader's
    assert kept.sheets == {}
    assert kept.rows == {}


@pytest.mark.parametrize(
    ("words", "day", "assumed"),
    [
        ("", "2023-12-31", True),
        ("年内", "2023-12-31", False),
        ("6月底前", "2023-06-30", False),
        ("2024年2月", "2024-02-29", False),
        ("到2025年", "2025-12-31", False),
        ("上半年", "2023-06-30", False),
        ("三季度", "2023-09-30", False),
        ("秋季开学前", "2023-12-31", True),
        ("9月15日", "2023-09-15", False),
    ],
)
def test_deadlines_as_dates(words: str, day: str, assumed: bool) -> None:
    found, is_assumed = ledger.read_due(words, 2023)
    assert (found.isoformat(), is_assumed) == (day, assumed)


@needs_calc
@pytest.mark.slow
def test_libreoffice_computes_rates_lights_and_sums(tmp_path: Path) -> None:
    """Each bound with results below, at and above its target; the year of the plans is over."""
    path, _ = books.write(tmp_path, report=lambda _: None)
    book = load_workbook(path)
    sheet = book["任务台账"]
    heads = {c.value: c.column for c in sheet[3]}
    wanted: dict[int, tuple[float, str]] = {}
    for bound in ("ge", "le", "eq", "range", "approx"):
        lines = [
            n
            for n in range(4, sheet.max_row + 1)
            if sheet.cell(n, heads["界限"]).value == bound and n not in wanted
        ]
        low = sheet.cell(lines[0], heads["目标值"]).value
        for n, times in zip(lines, (0.5, 1.0, 1.25), strict=False):
            low = sheet.cell(n, heads["目标值"]).value
            high = sheet.cell(n, heads["上限"]).value
            sheet.cell(n, heads["完成值"], low * times)
            rate = times
            if bound == "le":
                rate = 1.0 if low * times <= high else high / (low * times)
            wanted[n] = (rate, "绿" if rate >= 1 else "红")
    empty = next(n for n in range(4, sheet.max_row) if sheet.cell(n, heads["界限"]).value is None)
    sheet.cell(empty, heads["工作进度"], "已完成")
    sheet.cell(empty + 1, heads["工作进度"], None)
    book.save(path)
    made = load_workbook(convert("xlsx", tmp_path / "out", path), data_only=True)
    sheet = made["任务台账"]
    for n, (rate, light) in wanted.items():
        assert sheet.cell(n, heads["完成率"]).value == pytest.approx(rate), n
        assert sheet.cell(n, heads["亮灯"]).value == light, n
    assert sheet.cell(empty, heads["亮灯"]).value == "绿"
    assert len(wanted) >= 12
    lights = [sheet.cell(n, heads["亮灯"]).value for n in range(4, sheet.max_row + 1)]
    sums = {(r["分组"].value, r["名称"].value): r for r in rows_of(made["汇总"])}
    for key in ("绿", "红", "行数", "已填完成值"):
        by_county = sum(r[key].value for (group, _), r in sums.items() if group == "县区")
        every = {"绿": lights.count("绿"), "红": lights.count("红"), "行数": len(lights)}
        assert by_county == every.get(key, len(wanted)), key


@needs_calc
@pytest.mark.slow
def test_the_ledger_is_printed_to_be_read(tmp_path: Path) -> None:
    pdfplumber = pytest.importorskip("pdfplumber")
    path, _ = books.write(tmp_path, report=lambda _: None)
    with pdfplumber.open(convert("pdf", tmp_path, path)) as printed:
        pages = [page for page in printed.pages if "填报单位" in (page.extract_text() or "")]
        for page in pages:
            assert page.extract_text().startswith("重点工作任务台账")
            assert "完成时限" in page.extract_text()
            assert min(round(char["size"], 1) for char in page.chars) >= 9
            assert page.width > page.height
    tasks = load.table("tasks")
    assert len(pages) <= len(tasks) / 12 + 1


def test_workbooks_of_some_counties_have_names_of_their_own(tmp_path: Path) -> None:
    paths = books.write(tmp_path, selection=select(["周村区"]), report=lambda _: None)
    assert [path.name for path in paths] == ["任务台账-周村区.xlsx", "指标对照表-周村区.xlsx"]
