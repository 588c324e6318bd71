"""Studies of other plans, of full length, go through every command from the shell.

Each ends well, without a traceback; no two plans have one name; nothing speaks of the five plans.
"""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from invented_plans import write_plan

import analysis
from analysis import load, notebooks, schema, study
from analysis.errors import PlanError
from analysis.lexicon import read_lexicon
from analysis.study import LEXICON, ROOT, Study
from analysis.wording import LANGUAGES, county_name

EAST, WEST = ("云州市", "东江省"), ("海州市", "西河省")
# Plans of each study: id, county, city and province, seed of the text.
STUDIES = {
    "one plan": [("qingshan-2024", "青山县", *EAST, 0)],
    "two counties of two provinces": [
        ("qingshan-2024", "青山县", *EAST, 0),
        ("baihe-2024", "白河县", *WEST, 0),
    ],
    "two years": [("qingshan-2024", "青山县", *EAST, 0), ("qingshan-2025", "青山县", *EAST, 1)],
    "two counties of one name": [
        ("gulou_a-2024", "鼓楼区", *EAST, 0),
        ("gulou_b-2024", "鼓楼区", *WEST, 1),
    ],
}
DOORS = [
    ["build"],
    ["check"],
    ["summary"],
    ["figures", "--format", "png"],
    ["workbook"],
    ["notebooks"],
    ["export"],
    ["site"],
]
FIVE = re.compile(
    "周村|滕州|淄川|城阳|兖州|zhoucun|tengzhou|zichuan|chengyang|yanzhou|five plans", re.I
)
TEXTS = {".csv", ".json", ".md", ".html", ".ipynb"}


def run(root: Path, *arguments: str) -> str:
    """Run one command on a study, and return what it says; it must end well."""
    command = [sys.executable, "-m", "analysis", "--study", str(root), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == 0, f"{arguments}: {said[-3000:]}"
    assert "Traceback" not in said, said[-3000:]
    assert "a fault of this chart" not in said, said
    return said


def make(root: Path, plans: list[tuple[str, str, str, str, int]]) -> None:
    """Make a study of invented plans by the commands that a user has."""
    run(root, "new", str(root))
    for doc_id, county, city, province, seed in plans:
        file = root.with_name(f"{doc_id}.txt")
        file.write_text(write_plan(county, int(doc_id[-4:]), seed=seed), encoding="utf-8")
        place = ("--county", county, "--city", city, "--province", province)
        run(root, "add", str(file), doc_id, *place)


def mentions(root: Path) -> list[str]:
    """Files of a study that speak of the five plans, each with the words around.

    A data package is left out: it describes columns with examples of ids and names.
    """
    found = []
    files = [p for p in root.rglob("*") if p.is_file() and p.name != study.DATAPACKAGE_FILE]
    for path in sorted(files):
        if path.suffix in TEXTS:
            texts = [path.read_text(encoding="utf-8")]
        elif path.suffix == ".xlsx":
            book = zipfile.ZipFile(path)
            texts = [book.read(n).decode() for n in book.namelist() if n.endswith(".xml")]
        else:
            continue
        for text in texts:
            found += [
                f"{path.relative_to(root)}: {text[max(0, m.start() - 60) : m.end() + 40]!r}"
                for m in FIVE.finditer(text)
            ]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", STUDIES)
def test_a_study_goes_through_every_door(name: str, tmp_path: Path) -> None:
    root = tmp_path / "study"
    make(root, STUDIES[name])
    for door in DOORS:
        run(root, *door)
    here = Study(root)
    documents = load.table("documents", folder=here.processed)
    assert len(documents) == len(STUDIES[name])
    assert documents["label"].is_unique
    assert all(county_name(documents, language).is_unique for language in LANGUAGES)
    assert list(here.figures.glob("01-target-profile*.png"))
    assert list(here.workbooks.glob("*.xlsx"))
    assert (here.site / "index.html").is_file()
    panel = pd.read_parquet(here.dataset / "panel.parquet")
    assert set(panel["doc_id"]) <= set(documents["doc_id"])
    assert mentions(root) == []


def test_a_study_is_made_filled_and_emptied(tmp_path: Path) -> None:
    root = tmp_path / "study"
    make(root, STUDIES["two years"])
    run(root, "remove", "qingshan-2024")
    run(root, "build")
    assert load.table("documents", folder=Study(root).processed)["label"].tolist() == ["青山县"]
    command = [sys.executable, "-m", "analysis", "new", str(root)]
    again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (again.returncode, again.stderr.count("\n")) == (1, 1)
    assert "there is a study already" in again.stderr


def test_notebooks_of_a_study_speak_of_no_plan_and_hold_no_output(tmp_path: Path) -> None:
    paths = notebooks.copy_notebooks(tmp_path)
    cells = [(p.stem, c) for p in paths for c in nbformat.read(p, as_version=4).cells]
    told = [f"{name} {c.id}: {m.group()}" for name, c in cells for m in FIVE.finditer(c.source)]
    assert told == []
    assert not any(c.get("outputs") or notebooks.is_of_five_plans(c) for _, c in cells)
    assert {"00-index", "01-plans", "04-departments", "07-explorer"} <= {p.stem for p in paths}


def test_what_plans_leave_open_is_a_sentence() -> None:
    def refuse(_: int) -> None:
        raise PlanError("one plan only", "add further plans")

    answer = notebooks.show(refuse, 1)
    assert str(answer) == "Not shown: one plan only; add further plans."
    chart, data = answer
    assert str(data.query("a > 1")[["a"]].head(3)) == str(chart) == str(answer)
    assert "takes the answer above" in str(notebooks.show(len, data))
    assert notebooks.show(len, [1, 2]) == 2
    with pytest.raises(ZeroDivisionError):
        notebooks.show(divmod, 1, 0)


def test_rows_of_every_table_lead_to_their_plan() -> None:
    for name in schema.TABLES:
        rows = load.table(name)
        if name == "report":
            with pytest.raises(PlanError, match="no id"):
                load.trace(rows)
            continue
        traced = load.trace(rows)
        assert len(traced) == len(rows), name
        assert traced["county"].isin(load.table("documents")["label"]).all(), name
        if name != "documents":
            pd.testing.assert_frame_equal(traced[rows.columns], rows, obj=name)
    numerals = load.trace(load.table("numerals"))
    assert numerals["sentence"].ne("").sum() == numerals["quantity_id"].ne("").sum() > 0


def test_public_names_are_there_when_asked_for() -> None:
    assert [name for name in analysis.__all__ if getattr(analysis, name, None) is None] == []
    assert set(analysis.__all__) <= set(dir(analysis))
    with pytest.raises(AttributeError, match="no attribute 'tabel'"):
        _ = analysis.tabel
    code = "import analysis, sys; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_judgements_of_a_study_come_after_those_of_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = study.make_study(tmp_path / "study")
    made.lexicon.mkdir()
    (made.lexicon / "stopwords.csv").write_text("word,reason\n青山,a name\n", encoding="utf-8")
    before = read_lexicon("stopwords")
    monkeypatch.chdir(made.notebooks)
    assert study.current().root == made.root
    assert [row["word"] for row in read_lexicon("stopwords")[len(before) :]] == ["青山"]
    assert read_lexicon("stopwords")[: len(before)] == before
    assert (LEXICON / "stopwords.csv").is_file()
