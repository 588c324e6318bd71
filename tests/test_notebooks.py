"""Notebooks: committed as they run, and written to the house style."""

import ast
import pickle
import statistics
from pathlib import Path

import nbformat
import pytest
from walk import walk

from analysis import notebooks
from analysis.errors import PlanError
from analysis.study import REPOSITORY
from analysis.wording import LANGUAGES

PATHS = notebooks.find()
IDS = [notebooks.name_of(p) for p in PATHS]


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def code(path: Path) -> list[str]:
    return [c.source for c in read(path).cells if c.cell_type == "code"]


@pytest.mark.slow
@pytest.mark.parametrize("path", PATHS, ids=IDS)
def test_outputs_are_what_the_cells_give(path: Path) -> None:
    executed = nbformat.writes(notebooks.execute(path)) + "\n"
    assert executed == path.read_text(encoding="utf-8")


@walk("path", PATHS, ids=IDS)
def test_cells_are_short_and_plain(path: Path) -> None:
    cells = code(path)
    lengths = [len(c.splitlines()) for c in cells]
    assert statistics.median(lengths) <= 3
    assert max(lengths) <= 15
    for cell in cells:
        tree = ast.parse(cell)
        defined = (ast.FunctionDef, ast.ClassDef, ast.Lambda)
        assert not any(isinstance(node, defined) for node in ast.walk(tree)), cell
        assert not any(word in cell for word in ("!pip", "%pip", "filterwarnings", "../", ".csv"))


def test_answers_name_the_counts_that_tests_expect() -> None:
    n_tasks, n_sections = (notebooks.read_expected()[n] for n in ("n_tasks", "n_sections"))
    told = {path.stem: read(path).cells[1].source for path in PATHS}
    assert f"{n_tasks} numbered tasks in {n_sections} sections" in told["01-plans"]
    assert f"the {n_tasks} tasks" in told["02-themes"]


@walk("path", PATHS, ids=IDS)
def test_head_asks_answers_and_shows_the_card(path: Path) -> None:
    head = read(path).cells[0].source
    title, answer, card = head.split("\n\n", 2)
    assert title.startswith("# ")
    assert title.endswith(("?", "？"))
    assert 20 < len(answer) < 600
    words = ("Reads", "Writes", "Minutes", "Needs")
    if path.parent.name in LANGUAGES:  # a lesson writes nothing
        cards = {"zh": ("读取", "分钟", "需要"), "en": ("Reads", "Minutes", "Needs")}
        words = cards[path.parent.name]
    assert [w for w in words if f"**{w}**" not in card] == []


@walk("path", PATHS, ids=IDS)
def test_it_names_its_limits_and_lets_the_reader_try(path: Path) -> None:
    text = "\n".join(c.source for c in read(path).cells if c.cell_type == "markdown")
    assert "## Limits" in text or "## 局限" in text
    if not notebooks.is_key(path) and not path.stem.startswith("0-"):
        assert "## Try it" in text or "## 再试一试" in text or path.stem.startswith("5-")


@walk("path", PATHS, ids=IDS)
def test_it_was_run_from_top_to_bottom(path: Path) -> None:
    cells = [c for c in read(path).cells if c.cell_type == "code"]
    assert [c.execution_count for c in cells] == list(range(1, len(cells) + 1))
    streams = [o for c in cells for o in c.outputs if o.output_type == "stream"]
    assert all(o.name == "stdout" for o in streams)
    assert not any("execution" in c.metadata for c in cells)


def test_the_index_reads_every_head() -> None:
    index = notebooks.index()
    assert index["notebook"].tolist() == [name for name in IDS if not name.endswith("-key")]
    assert index["question"].str.endswith(("?", "？")).all()
    assert index["Minutes"].ne("").all()


def test_only_notebooks_lie_in_the_folder() -> None:
    stray = [p for p in REPOSITORY.notebooks.rglob("*") if p.is_file() and p.suffix != ".ipynb"]
    stray = [p for p in stray if p.name != "made.json" and not {"exports", "source"} & set(p.parts)]
    assert stray == []


def test_an_error_comes_whole_out_of_a_worker() -> None:
    error = PlanError("two tasks 3", "fix the numbering", file="plan.txt", line=12, task="a-01")
    told = pickle.loads(pickle.dumps(error))
    assert str(told) == str(error) == "plan.txt:12 [a-01]: two tasks 3; fix the numbering"
    assert (told.file, told.line, told.task) == ("plan.txt", 12, "a-01")


def test_a_failing_cell_is_named(tmp_path: Path) -> None:
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("tasks = 359"), nbformat.v4.new_code_cell("assert 0")],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    path = tmp_path / "broken.ipynb"
    nbformat.write(notebook, path)
    with pytest.raises(PlanError, match=r"broken\.ipynb: AssertionError; fix the cell `assert 0`"):
        notebooks.execute(path)


def test_a_kernel_that_dies_is_one_line_and_says_nothing_of_its_own(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    cell = "import os\nos.system('echo noise >&2')\nos._exit(3)"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)])
    nbformat.write(notebook, tmp_path / "dead.ipynb")
    with pytest.raises(PlanError, match=r"dead\.ipynb: the kernel died"):
        notebooks.execute(tmp_path / "dead.ipynb")
    assert capfd.readouterr().err == ""


def test_a_line_sent_in_parts_is_one_output(tmp_path: Path) -> None:
    cell = "import sys, time\nprint('4.2', end='', flush=True)\ntime.sleep(0.3)\nprint(': right')"
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell)],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    nbformat.write(notebook, tmp_path / "slow.ipynb")
    outputs = notebooks.execute(tmp_path / "slow.ipynb").cells[0].outputs
    assert [output.text for output in outputs] == ["4.2: right\n"]


@pytest.mark.parametrize("path", PATHS, ids=IDS)
def test_it_is_a_valid_notebook(path: Path) -> None:
    nbformat.validate(read(path))


def test_one_switch_sets_the_language_of_all_charts() -> None:
    loose = []
    for path in PATHS:
        source = "\n".join(code(path))
        if path.parent.name in LANGUAGES or "analysis.charts" not in source:
            continue
        assert source.count('LANGUAGE = "zh"') == 1, path.name
        for call in (n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Call)):
            drawn = [call.func, *call.args[:1]]
            names = [getattr(f, "attr", "") for f in drawn if isinstance(f, ast.Attribute)]
            draws = any(
                n.startswith("draw_") or n in {"target_profile", "local_share"} for n in names
            )
            if draws and "language" not in {k.arg for k in call.keywords}:
                loose.append((path.stem, ast.unparse(call)))
    assert loose == []


def test_with_a_sixth_plan_what_is_said_of_five_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = nbformat.v4.new_code_cell("assert False", metadata={"tags": [notebooks.FIVE_PLANS]})
    book = nbformat.v4.new_notebook(cells=[own, nbformat.v4.new_code_cell("1 + 1")])
    nbformat.write(book, tmp_path / "a.ipynb")
    with pytest.raises(PlanError, match="assert False"):
        notebooks.execute(tmp_path / "a.ipynb")
    monkeypatch.setattr(notebooks, "read_expected", lambda: {"tasks": {"zhoucun-2023": 65}})
    first, second = notebooks.execute(tmp_path / "a.ipynb").cells
    assert first.outputs == []
    assert second.outputs[0]["data"]["text/plain"] == "2"
