"""One page for a county: every number is in the tables, every note stands beside its pair."""

import re
from pathlib import Path

import pytest
from office import convert, needs_writer

from analysis import load
from analysis.__main__ import main
from analysis.load import read_plans
from analysis.office.profile import county_profile, to_html, write_profile
from analysis.office.tables import find_standing, indicator_table
from analysis.targets.indicators import indicator_name

docx = pytest.importorskip("docx")
CHOICES = {
    "周村": ("zhoucun-2023", ""),
    "城阳": ("chengyang-2023", "周村"),
}


def write(county: str, folder: Path) -> Path:
    _, against = CHOICES[county]
    assert main(["profile", county, "--against", against, "--out", str(folder)]) == 0
    (path,) = folder.glob("*.docx")
    return path


def tables_of(path: Path) -> list[list[str]]:
    (table,) = docx.Document(path).tables
    return [[cell.text for cell in row.cells] for row in table.rows]


@pytest.mark.parametrize("county", CHOICES)
def test_every_number_of_the_table_is_that_of_the_tables(tmp_path: Path, county: str) -> None:
    own, against = CHOICES[county]
    heads, *lines = tables_of(write(county, tmp_path))
    assert heads == ["指标（单位）", "本地", "最高", "名次", "口径说明"]
    plans = read_plans(tuple(sorted({own, "zhoucun-2023"})) if against else ())
    stated = indicator_table(plans)
    quantities = load.table("quantities").set_index("quantity_id")
    tasks = load.table("tasks").set_index("task_id")
    by_name = {indicator_name(i): rows for i, rows in stated.groupby("indicator_id", sort=False)}
    assert lines
    for name, mine, highest, rank, note in lines:
        rows = by_name[name.rpartition("（")[0]]
        comparable = rows[rows["comparable"]]
        row = comparable[comparable["doc_id"].eq(own)].iloc[0]
        no = int(re.search(r"第(\d+)项", mine)[1])
        assert tasks.at[row["task_id"], "task_no"] == no
        number = float(re.search(r"[\d,.]+", mine)[0].replace(",", ""))
        assert number == pytest.approx(row["low"])
        quantity = quantities.loc[row["quantity_id"]]
        assert quantity["text"] in quantity["sentence"]
        standing = find_standing(rows, own)
        assert rank == f"{'并列' if standing.tied else ''}{standing.rank}/{standing.n}"
        top = float(re.search(r"([\d,.]+)（", highest)[1].replace(",", ""))
        assert top == pytest.approx(comparable["low"].max())
        assert bool(note) == comparable["note"].ne("").any(), name


def test_what_others_state_is_absent_here_and_stands_in_their_plans(tmp_path: Path) -> None:
    text = "\n".join(p.text for p in docx.Document(write("周村", tmp_path)).paragraphs)
    part = text.partition("三、")[2].partition("四、")[0]
    lines = [line for line in part.splitlines()[1:] if line]
    stated = indicator_table(read_plans())
    tasks = load.table("tasks").set_index("task_id")["task_no"]
    assert len(lines) == 6
    for line in lines:
        name = line.partition("：")[0].rpartition("（")[0]
        rows = stated[stated["indicator_id"].map(indicator_name).eq(name)]
        own = rows[rows["doc_id"].eq("zhoucun-2023")]
        assert own["status"].tolist() == ["absent"]
        cited = [int(no) for no in re.findall(r"第(\d+)项", line)]
        comparable = rows[rows["comparable"]]
        assert cited == [int(tasks[t]) for t in comparable["task_id"]]
        if comparable["note"].ne("").any():
            assert line.endswith("）。")


def test_counts_of_the_plan(tmp_path: Path) -> None:
    text = "\n".join(p.text for p in docx.Document(write("周村", tmp_path)).paragraphs)
    tasks, quantities = load.tables("tasks", "quantities")
    own = tasks[tasks["doc_id"].eq("zhoucun-2023")]
    targets = quantities[quantities["kind"].eq("target")]
    targets = targets[targets["task_id"].isin(own["task_id"])]
    assert f"共{len(own)}项任务，写有{len(targets)}个数字目标" in text
    assert f"{targets['task_id'].nunique()}项任务" in text


def test_the_same_bytes_and_the_same_page(tmp_path: Path) -> None:
    plans = read_plans()
    one = write_profile(tmp_path / "a", plans, "zichuan-2023")
    two = write_profile(tmp_path / "b", plans, "zichuan-2023")
    assert one.read_bytes() == two.read_bytes()
    html = to_html(county_profile(plans, "zichuan-2023"))
    for row in tables_of(one):
        assert all(cell in html for cell in row)
    english = to_html(county_profile(plans, "zichuan-2023", language="en"))
    assert "task" in english
    assert "Comparable indicators" in english


def test_an_unknown_county_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["profile", "周庄"]) == 1
    assert "周村" in capsys.readouterr().err


@pytest.mark.slow
@needs_writer
@pytest.mark.parametrize("county", CHOICES)
def test_it_prints_on_two_pages_at_most(tmp_path: Path, county: str) -> None:
    pdfium = pytest.importorskip("pypdfium2")
    document = pdfium.PdfDocument(convert("pdf", tmp_path, write(county, tmp_path)))
    assert len(document) <= 2
    assert [round(side) for side in document[0].get_size()] == [595, 842]
    document.close()
