"""The explorer: what a choice finds, shows and exports, and the same in a browser."""

import base64
import json
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from browser import needs_browser, open_page, serve

from analysis.charts.overview import count_themes
from analysis.errors import PlanError
from analysis.explorer import controls, pages
from analysis.explorer.controls import Plans, Selection, select_view
from analysis.explorer.view import draw_view, list_indicators
from analysis.load import data_version
from analysis.study import REPOSITORY
from analysis.targets.compare import compare_targets
from analysis.wording import text_for

NOTEBOOK = REPOSITORY.notebooks / "07-explorer.ipynb"
EVERYTHING = "360项任务中的360项"


@pytest.fixture(scope="module")
def plans() -> Plans:
    return controls.read_plans()


class Text(HTMLParser):
    """Rows of the first table of a page, and what stands in `mark` elements."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows, self.marked, self.tags = [], [], []
        self.feed(html)

    def handle_starttag(self, tag: str, _: list) -> None:
        self.tags.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"}:
            self.rows[-1].append("")
        elif tag == "mark":
            self.marked.append("")

    def handle_endtag(self, tag: str) -> None:
        while self.tags and self.tags.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data
        if "mark" in self.tags:
            self.marked[-1] += data


# --- finding --------------------------------------------------------------------------------


def test_no_choice_finds_everything(plans: Plans) -> None:
    view = select_view(plans)
    assert len(view.documents) == len(plans.documents)
    assert set(view.tasks["task_id"]) == set(plans.tasks["task_id"])
    assert sorted(view.figures["quantity_id"]) == sorted(plans.quantities["quantity_id"])


def test_choices_narrow_each_other(plans: Plans) -> None:
    by_theme = select_view(plans, Selection(theme="共同富裕"))
    by_body = select_view(plans, Selection(department="教育"))
    both = select_view(plans, Selection(theme="共同富裕", department="教育"))
    wanted = set(by_theme.tasks["task_id"]) & set(by_body.tasks["task_id"])
    assert wanted
    assert set(both.tasks["task_id"]) == wanted
    assert set(both.figures["task_id"]) <= wanted
    assert set(by_theme.tasks["theme"]) == {"共同富裕"}


def test_counties_limit_plans_tasks_and_figures(plans: Plans) -> None:
    view = select_view(plans, Selection(counties=("zhoucun-2023",)))
    assert view.documents["county"].tolist() == ["周村区"]
    assert len(view.tasks) == view.documents["n_tasks"].iloc[0]
    assert view.figures["task_id"].str.startswith("zhoucun-2023-").all()


def test_an_indicator_finds_its_figures_alone(plans: Plans) -> None:
    view = select_view(plans, Selection(indicator="afforestation"))
    assert view.figures["indicator"].str.contains("造林|绿化").all()
    assert view.figures["comparable"].sum() >= 2
    assert set(view.tasks["task_id"]) == set(view.figures["task_id"])


def test_comparable_is_asked_among_the_counties_chosen(plans: Plans) -> None:
    alone = Selection(counties=("zichuan-2023",))
    comparisons = select_view(plans, alone).comparisons
    assert len(comparisons) > 20
    assert not comparisons["comparable"].any()
    view = select_view(plans, replace(alone, indicator=comparisons["indicator_id"].iloc[0]))
    assert view.figures["comparable"].tolist() == [False] * len(view.figures)
    assert controls.draw_view(view) is None


def test_every_figure_is_cut_out_of_its_sentence(plans: Plans) -> None:
    figures = select_view(plans).figures
    cut = [s[a:b] for s, a, b in figures[["sentence", "start", "end"]].itertuples(index=False)]
    assert cut == figures["text"].tolist()


def test_bodies_follow_the_clause(plans: Plans) -> None:
    tasks = select_view(plans).tasks.set_index("task_id")
    assert tasks.at["chengyang-2023-42", "lead"] == "农业农村局"
    assert tasks.at["chengyang-2023-42", "support"] == "发展改革局、工业和信息化局、科技局"
    assert tasks["lead"].isna().sum() == tasks["clause"].eq("").sum()


def test_indicators_are_those_that_the_other_choices_leave(plans: Plans) -> None:
    listed = list_indicators(select_view(plans, Selection(theme="共同富裕")))
    assert "elder-visits-rate" in listed
    assert "afforestation" not in listed


# --- drawing --------------------------------------------------------------------------------


def test_shares_count_the_tasks_found(plans: Plans) -> None:
    found = select_view(plans, Selection(department="教育")).tasks
    data = count_themes(plans.tasks, found)
    assert data["n"].sum() == len(found)
    assert data.groupby("doc_id")["n_tasks"].first().to_dict() == (
        plans.documents.set_index("doc_id")["n_tasks"].to_dict()
    )


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "choice",
    [
        Selection(),
        Selection(theme="黄河战略"),
        Selection(counties=("zhoucun-2023",), department="教育"),
        Selection(indicator="afforestation"),
        Selection(counties=("zhoucun-2023", "zichuan-2023")),
    ],
    ids=["all", "theme", "one county", "indicator", "two counties"],
)
def test_every_sort_of_view_has_a_chart(
    plans: Plans, choice: Selection, language: str, tmp_path: Path
) -> None:
    paths = controls.export_figure(select_view(plans, choice), language=language, folder=tmp_path)
    assert sorted(p.suffix for p in paths) == [".csv", ".pdf", ".png"]
    drawn = pd.read_csv(next(p for p in paths if p.suffix == ".csv"))
    assert set(drawn[text_for("column_doc_id", language)]) <= set(
        choice.counties or plans.documents["doc_id"]
    )


# --- showing and exporting ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "span", "html"),
    [
        ("新增12家", (2, 5), "新增<mark>12家</mark>"),
        ("<b>a&b</b>", (3, 6), "&lt;b&gt;<mark>a&amp;b</mark>&lt;/b&gt;"),
        ('5"x', (0, 1), "<mark>5</mark>&quot;x"),
    ],
)
def test_mark_escapes_everything(text: str, span: tuple[int, int], html: str) -> None:
    assert pages.mark(text, *span) == html


def test_markup_in_a_plan_stays_text(plans: Plans) -> None:
    first = plans.tasks.index[0]
    tasks = plans.tasks.copy()
    tasks.loc[first, "title"] = "<script>alert(1)</script>"
    view = select_view(Plans(plans.documents, tasks, plans.quantities, plans.assignments))
    html = controls.show_tasks(view)
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_the_page_names_county_number_and_task(plans: Plans) -> None:
    view = select_view(plans, Selection(theme="共同富裕"))
    shown = Text(controls.show_figures(view))
    assert shown.marked == view.figures["text"].tolist()
    home = view.figures[["county", "doc_number", "task_no"]].astype(str)
    assert [row[:3] for row in shown.rows[1:]] == home.to_numpy().tolist()
    english = Text(controls.show_tasks(view, "en"))
    assert english.rows[0][:4] == ["County", "Document number", "Task no.", "Theme"]
    assert {row[3] for row in english.rows[1:]} == {"Common prosperity"}


def test_english_names_bodies_that_have_one(plans: Plans) -> None:
    view = select_view(plans, Selection(counties=("chengyang-2023",), department="农业农村局"))
    rows = pages.task_rows(view, "en").set_index("task_id")
    assert rows.at["chengyang-2023-42", "lead"] == "Agriculture and Rural Affairs Bureau"
    assert rows["lead"].str.contains("农业农村局").sum() == 0
    page = controls.Explorer(plans, language="en")
    names = [name for name, value in page.department.options if value == "农业农村局"]
    assert len(names) == 1
    assert names[0].startswith("Agriculture and Rural Affairs Bureau 农业农村局 (")


def test_a_county_keeps_its_colour_when_another_is_left_out(plans: Plans) -> None:
    pair = Selection(counties=("zhoucun-2023", "zichuan-2023"))
    drawn = []
    for choice in (Selection(), pair):
        figure, _ = draw_view(select_view(plans, choice))
        legend = figure.axes[0].get_legend()
        looks = zip(legend.get_texts(), legend.legend_handles, strict=True)
        drawn.append({t.get_text(): (h.get_color(), h.get_marker()) for t, h in looks})
    assert len(drawn[0]) == 5
    assert drawn[1] == {name: drawn[0][name] for name in drawn[1]}
    assert len(drawn[1]) == 2


def test_the_workbook_holds_what_is_shown(plans: Plans, tmp_path: Path) -> None:
    view = select_view(plans, Selection(theme="乡村振兴"))
    path = controls.export_tables(view, folder=tmp_path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["任务", "原句", "说明"]
    head, *rows = book["原句"].iter_rows(values_only=True)
    low = head.index("数值")
    assert [row[low] for row in rows] == view.figures["value_low"].tolist()
    assert [row[head.index("原句")] for row in rows] == view.figures["sentence"].tolist()
    assert book["任务"].max_row == len(view.tasks) + 1
    assert book["任务"].auto_filter.ref == book["任务"].dimensions


def test_the_workbook_looks_like_those_of_the_office(plans: Plans, tmp_path: Path) -> None:
    view = select_view(plans, Selection(theme="乡村振兴"))
    path = controls.export_tables(view, folder=tmp_path)
    assert path.read_bytes() == controls.export_tables(view, folder=tmp_path / "b").read_bytes()
    book = openpyxl.load_workbook(path, rich_text=True)
    for sheet in book.worksheets:
        setup = sheet.page_setup
        assert (setup.orientation, setup.paperSize, setup.fitToWidth) == ("landscape", 9, 1)
        assert (sheet.print_title_rows, sheet["A1"].font.name) == ("$1:$1", "黑体")
    assert book["任务"].freeze_panes == book["原句"].freeze_panes == "D2"
    about = {row[0]: row[1] for row in book["说明"].iter_rows(min_row=2, values_only=True)}
    assert "主题：乡村振兴" in about["内容"]
    assert about["数据版本"].startswith(data_version())
    heads = [cell.value for cell in book["原句"][1]]
    for row, figure in zip(
        book["原句"].iter_rows(min_row=2), view.figures.itertuples(), strict=True
    ):
        cells = dict(zip(heads, row, strict=True))
        assert [p.text for p in cells["原句"].value if p.font.b] == [figure.text]
        line = cells["任务序号"].hyperlink.location.rpartition("!A")[2]
        assert book["任务"].cell(int(line), book["任务"].max_column).value == figure.task_id
        assert cells["数值"].number_format.startswith('"≥"') == (figure.bound == "ge")


def test_a_cell_is_never_a_formula(plans: Plans, tmp_path: Path) -> None:
    tasks = plans.tasks.copy()
    tasks.loc[tasks.index[0], "title"] = "=1+1"
    view = select_view(Plans(plans.documents, tasks, plans.quantities, plans.assignments))
    sheet = openpyxl.load_workbook(controls.export_tables(view, folder=tmp_path))["任务"]
    cell = next(c for row in sheet.iter_rows() for c in row if c.value == "=1+1")
    assert (cell.data_type, cell.quotePrefix) == ("s", True)


def test_files_are_named_by_the_choice(plans: Plans) -> None:
    names = [
        pages.name_view(select_view(plans, choice))
        for choice in (
            Selection(),
            Selection(theme="共同富裕"),
            Selection(counties=("zhoucun-2023",), department="民政局"),
        )
    ]
    assert names == ["全部", "共同富裕", "周村区-民政局"]


# --- controls -------------------------------------------------------------------------------


def saved(html: str) -> dict[str, bytes]:
    """Files that links hold, by name."""
    links = re.findall('download="([^"]+)" href="data:[^;]+;base64,([^"]+)"', html)
    return {name: base64.b64decode(data) for name, data in links}


def test_controls_change_what_is_shown(plans: Plans) -> None:
    page = controls.Explorer(plans)
    everything = page.tasks.value
    page.theme.value = "共同富裕"
    assert page.tasks.value != everything
    assert len(Text(page.tasks.value).rows) - 1 == len(page.view.tasks) == 37
    page.indicator.value = "elder-visits-rate"
    page.language.value = "en"
    assert page.choice == Selection(theme="共同富裕", indicator="elder-visits-rate")
    assert page.summary.value.startswith("<b>5 plans: 3 of 360 tasks")
    page.theme.value = "乡村振兴"  # has no such indicator
    assert page.indicator.value == ""
    assert page.save.disabled == page.view.tasks.empty
    page.save.click()
    files = saved(page.saved.value)
    assert sorted(Path(name).suffix for name in files) == [".csv", ".pdf", ".png", ".xlsx"]
    assert files["Rural-revitalisation.pdf"].startswith(b"%PDF")
    assert files["Rural-revitalisation.xlsx"].startswith(b"PK")


def test_departments_are_those_that_the_other_choices_leave(plans: Plans) -> None:
    page = controls.Explorer(plans)
    whole = {value: name for name, value in page.department.options}
    assert whole["发展改革局"].endswith("(108)")
    page.theme.value = "绿色低碳"
    green = {value: name for name, value in page.department.options}
    assert green["发展改革局"].endswith("(20)")
    assert len(green) < len(whole)
    page.department.value = "发展改革局"
    assert len(page.view.tasks) == 20


def test_words_narrow_and_propose(plans: Plans) -> None:
    page = controls.Explorer(plans)
    page.words.value = "造林绿化面积"
    assert sorted(page.view.tasks["task_id"]) == [
        "chengyang-2023-29", "tengzhou-2023-32", "yanzhou-2023-31", "zichuan-2023-28",
    ]  # fmt: skip
    page.counties["zichuan-2023"].value = False
    assert len(page.view.tasks) == 3
    assert "造林绿化面积" in pages.name_view(page.view)
    page.words.value = "滕洲"
    assert "可试：滕州市（75）" in page.note.value


def test_counties_too_many_to_tick_are_named(plans: Plans, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(controls, "MOST", 4)
    page = controls.Explorer(plans)
    assert page.counties == {}
    assert len(page.view.documents) == 5
    page.named.value = "周村、Zichuan"
    assert page.view.choice.counties == ("zhoucun-2023", "zichuan-2023")
    assert page.view.tasks["doc_id"].nunique() == 2
    assert "未勾选县区" not in page.summary.value
    page.named.value = "周村、无此县"
    assert "没有县区“无此县”" in page.note.value
    page.named.value = ""
    assert len(page.view.tasks) == 360


def test_comparisons_of_all_plans_are_those_of_the_build(plans: Plans) -> None:
    assert plans.comparisons is not None
    again = compare_targets(plans.quantities, plans.tasks, plans.documents)
    pd.testing.assert_frame_equal(plans.comparisons, again)


def test_long_lists_are_shown_in_parts(plans: Plans) -> None:
    page = controls.Explorer(plans)
    assert len(Text(page.tasks.value).rows) - 1 == 60
    assert "任务（360），显示前60条" in page.tasks.value
    page.more.click()
    assert len(Text(page.tasks.value).rows) - 1 == 300
    page.more.click()
    assert len(Text(page.tasks.value).rows) - 1 == 360
    assert len(Text(page.figures.value).rows) - 1 == 519
    assert page.more.layout.display == "none"


def test_a_file_that_cannot_be_written_is_told(
    plans: Plans, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> Path:
        raise PlanError("cannot be written", "free some space")

    monkeypatch.setattr(controls, "export_tables", fail)
    page = controls.Explorer(plans)
    page.save.click()
    assert "cannot be written" in page.saved.value


def test_no_county_ticked_shows_all_and_says_so(plans: Plans) -> None:
    page = controls.Explorer(plans)
    for box in page.counties.values():
        box.value = False
    assert "未勾选" in page.summary.value
    assert len(page.view.tasks) == len(plans.tasks)


# --- in a browser ---------------------------------------------------------------------------


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder that holds the notebook, so that exports land in it, and JupyterLab's settings."""
    shutil.copy(NOTEBOOK, tmp_path)
    settings = tmp_path / ".jupyter" / "labconfig" / "page_config.json"
    settings.parent.mkdir(parents=True)
    asks_for_news = "@jupyterlab/apputils-extension:announcements"
    settings.write_text(json.dumps({"disabledExtensions": {asks_for_news: True}}))
    return tmp_path


def use_controls(page: object) -> None:
    """Choose a theme, see the tables change, change the language, save all files."""
    page.get_by_text(EVERYTHING).wait_for()
    theme = page.locator(".widget-dropdown select").first
    theme.select_option("共同富裕")
    page.get_by_text("360项任务中的37项").wait_for()
    assert page.locator(".plans-scroll mark").count() > 37
    page.get_by_text("English", exact=True).click()
    page.get_by_text("37 of 360 tasks").wait_for()
    page.get_by_text("Prepare downloads").click()
    for suffix in ("png", "pdf", "csv", "xlsx"):
        with page.expect_download() as download:
            page.get_by_text(f"Common-prosperity.{suffix}").click()
        assert download.value.suggested_filename == f"Common-prosperity.{suffix}"


APP = REPOSITORY.root / "analysis" / "voila" / "explorer.ipynb"


@pytest.mark.slow
@needs_browser
@pytest.mark.parametrize("width", [390, 1366, 1920])
def test_the_explorer_works_in_voila(copy: Path, width: int) -> None:
    command = (
        "voila", str(APP), "--template=offline", "--no-browser", "--Voila.ip=127.0.0.1",
        "--port={port}",
    )  # fmt: skip
    with (
        serve(*command, folder=copy) as address,
        open_page(address, width=width) as page,
    ):
        page.get_by_text(EVERYTHING).wait_for()
        assert page.locator(".widget-text input").first.bounding_box()["y"] < 100
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("document.documentElement.lang") == "zh-CN"
        page.locator(".widget-text input").first.focus()
        page.keyboard.type("护理型床位")
        page.keyboard.press("Enter")
        page.get_by_text("360项任务中的2项").wait_for()
        page.screenshot(path=copy / "voila.png", full_page=True)
        page.locator(".widget-text input").first.fill("")
        page.keyboard.press("Enter")
        use_controls(page)


@pytest.mark.slow
@needs_browser
def test_the_explorer_is_used_by_the_keyboard_alone(copy: Path) -> None:
    command = (
        "voila", str(APP), "--template=offline", "--no-browser", "--Voila.ip=127.0.0.1",
        "--port={port}",
    )  # fmt: skip
    focus = "document.activeElement.matches('{}')"
    tasks = controls.read_plans().tasks
    others = tasks[tasks["doc_id"].ne(tasks["doc_id"].min())]

    def tab_to(page: object, selector: str) -> None:
        for _ in range(30):
            if page.evaluate(focus.format(selector)):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"no Tab leads to {selector}")

    with serve(*command, folder=copy) as address, open_page(address) as page:
        page.get_by_text(EVERYTHING).wait_for()
        tab_to(page, ".widget-text input")
        page.keyboard.type("护理型床位")
        page.keyboard.press("Enter")
        page.get_by_text("360项任务中的2项").wait_for()
        page.keyboard.press("Control+a")
        page.keyboard.press("Delete")
        page.keyboard.press("Enter")
        page.get_by_text(EVERYTHING).wait_for()
        tab_to(page, ".widget-checkbox input")
        page.keyboard.press("Space")  # the first county is left out
        page.get_by_text(f"中的{len(others)}项").wait_for()
        tab_to(page, ".widget-dropdown select")
        page.keyboard.press("ArrowDown")
        chosen = page.evaluate("document.activeElement.selectedOptions[0].text")
        page.get_by_text(f"中的{others['theme'].eq(chosen).sum()}项").wait_for()
        page.keyboard.press("Tab")
        tab_to(page, ".widget-button")
        page.keyboard.press("Enter")
        page.locator("a[download$=xlsx]").wait_for()
        tab_to(page, "a[download$=xlsx]")
        with page.expect_download() as download:
            page.keyboard.press("Enter")
        assert download.value.suggested_filename.endswith(".xlsx")


def run_all(page: object) -> None:
    """Run all cells by JupyterLab's menu."""
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()


@pytest.mark.slow
@needs_browser
def test_the_explorer_works_in_jupyterlab(copy: Path) -> None:
    command = (
        "jupyterlab", "--no-browser", "--ip=127.0.0.1", "--port={port}", "--allow-root",
        "--IdentityProvider.token=", "--ServerApp.password=", "--LabApp.news_url=",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    )  # fmt: skip
    with (
        serve(*command, folder=copy) as address,
        open_page(f"{address}/lab/tree/{NOTEBOOK.name}") as page,
    ):
        idle = page.get_by_text("| Idle").first
        idle.wait_for()
        page.wait_for_timeout(2000)  # idle is said before the page listens to the kernel
        panel = page.locator(".jp-WindowedPanel-outer").first
        signs = [page.get_by_text(EVERYTHING), idle]
        quiet = 0
        for n in range(120):  # only the cells in sight are drawn, and a run scrolls down
            if n % 40 == 0:  # again, if the page was not ready for the first
                run_all(page)
            panel.evaluate("panel => panel.scrollTo(0, 0)")
            page.wait_for_timeout(500)
            quiet = quiet + 1 if all(sign.is_visible() for sign in signs) else 0
            if quiet == 3:
                break
        use_controls(page)
        page.screenshot(path=copy / "lab.png")
