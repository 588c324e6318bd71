"""One awkward invented study goes through every door: no traceback, no wrong place."""

import os
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from conftest import HEADER
from openpyxl import load_workbook

from analysis import load, study
from analysis.__main__ import main
from analysis.charts import pack
from analysis.errors import PlanError
from analysis.explorer.pages import export_tables, show_figures, show_tasks
from analysis.explorer.view import draw_view, select_view
from analysis.selection import select
from analysis.shared_text import counterparts, runs
from analysis.targets.coverage import read_coverage, read_sentences

# A title only, a clause in a line of its own, a clause in brackets on the next line, blanks before
# the bracket, no clause, no number, full-width digits; the same county in two years, and a plan of
# one task in another city.
BODY = """一、加快产业发展
1. 培育壮大企业。年内新增规上工业企业１２家以上,完成技改投资25亿元。
    责任单位:县工业和信息化局、县财政局
2. 推进项目建设。实施重点项目30个,完成投资25亿元。
(县发展和改革局负责)
3. 新建高标准农田20万亩。   (县农业农村局牵头)
4. 做好保障工作。健全调度机制,定期通报进展情况。
"""
ONE_TASK = "一、改善生态环境\n1. 办好实事。新建公园3处。(县城市管理局负责)\n"
PLACE = ["--county", "青山县", "--city", "云州市", "--province", "江苏省"]
OTHER = ["--county", "白河县", "--city", "云港市", "--province", "江苏省"]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the root of a study of three plans, which is open while the tests run."""
    plans = {"qingshan-2024": (HEADER + BODY, PLACE), "baihe-2024": (HEADER + ONE_TASK, OTHER)}
    later = (HEADER + BODY.replace("30个", "36个")).replace("2024", "2025")
    plans["qingshan-2025"] = (later, PLACE)
    plans["baihe-2024"] = (plans["baihe-2024"][0].replace("青山", "白河"), OTHER)
    yield from open_study(tmp_path_factory.mktemp("study"), plans)


def open_study(folder: Path, plans: dict[str, tuple[str, list[str]]]) -> Iterator[Path]:
    """Build a study of plans, each with the options of `add`, and leave it open for a while."""
    before = os.environ.get("COUNTY_PLANS_STUDY")
    for doc_id, (text, place) in plans.items():
        (folder / f"{doc_id}.txt").write_text(text, encoding="utf-8")
        add = ["add", str(folder / f"{doc_id}.txt"), doc_id, *place]
        assert main([*add, "--raw", str(folder / "data" / "raw")]) == 0
    for command in ("build", "check", "summary", "audit"):
        assert main(["--study", str(folder), command]) == 0, command
    yield folder
    study.choose(Path(before) if before else None)


@pytest.mark.usefixtures("root")
def test_the_words_of_a_task_are_cut_at_their_places() -> None:
    documents, tasks, quantities = load.tables("documents", "tasks", "quantities")
    assert documents["doc_id"].tolist() == ["baihe-2024", "qingshan-2024", "qingshan-2025"]
    words = load.read_words(tasks, documents).set_index("task_id")["words"]
    assert not words.str.contains("责任单位|负责|牵头").any()
    assert words["qingshan-2024-03"].strip() == "3. 新建高标准农田20万亩。"
    sentences = read_sentences(tasks, documents)
    texts = load.read_texts(documents)
    assert [texts[s.doc_id][s.char_start : s.char_end] for s in sentences.itertuples()] == (
        sentences["sentence"].tolist()
    )
    assert quantities["text"].str.contains("１２家以上").sum() == 2


def test_the_explorer_marks_the_figures(root: Path) -> None:
    view = select_view(load.read_plans())
    cut = [f.sentence[f.start : f.end] for f in view.figures.itertuples()]
    assert cut == view.figures["text"].tolist()
    assert "１２家以上" in show_figures(view)
    assert "培育壮大企业" in show_tasks(view)
    assert draw_view(view) is not None
    assert export_tables(view, folder=root / "out").is_file()


def read_bold(root: Path) -> list[str]:
    """What is bold in the text as printed, in the ledger that is written for a study."""
    assert main(["--study", str(root), "workbook"]) == 0
    path = next((root / "workbooks").glob("*任务台账*.xlsx"))
    sheet = load_workbook(path, rich_text=True)["原文"]
    return [
        part.text
        for row in sheet.iter_rows(min_row=2)
        for cell in row
        if isinstance(cell.value, list)
        for part in cell.value
        if getattr(getattr(part, "font", None), "b", False)
    ]


def test_the_workbooks_set_figures_in_bold(root: Path) -> None:
    bold = read_bold(root)
    assert "１２家以上" in bold
    assert set(bold) <= set(load.table("quantities")["text"])


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize("chosen", [(), ("qingshan",), ("baihe",)], ids=["all", "years", "one"])
def test_every_chart_is_drawn_or_says_why_not(chosen: tuple[str, ...], tmp_path: Path) -> None:
    refused = {}
    for name in pack.PACK:
        try:
            pack.draw(
                [name],
                selection=select(chosen),
                folder=tmp_path,
                languages=["zh"],
                formats=["png"],
                report=lambda _: None,
            )
        except PlanError as error:
            refused[name] = error.problem
    assert "01-target-profile" not in refused
    assert [n for n, told in refused.items() if "a fault of this chart" in told] == []
    assert {p.name.split("_")[0].removesuffix(".png") for p in tmp_path.glob("*.png")} | set(
        refused
    ) == set(pack.PACK)


@pytest.mark.usefixtures("root")
def test_the_functions_of_the_notebooks_take_any_plans() -> None:
    documents, tasks, quantities, comparisons = load.tables(
        "documents", "tasks", "quantities", "comparisons"
    )
    cover = read_coverage(comparisons, quantities, tasks, documents)
    assert set(cover["doc_id"]) <= set(documents["doc_id"])
    assert isinstance(counterparts.counterparts(tasks, documents), pd.DataFrame)
    shared = runs.compare_plans(runs.read_passages(documents, tasks), lengths=(13,))
    assert shared["share"].between(0, 1).all()
