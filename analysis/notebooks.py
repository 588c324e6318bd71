"""Run the notebooks in place, so that the same tables give the same bytes.

The repository's notebooks serve any study. A cell tagged `five-plans` speaks of the repository's
own plans, their findings, quirks and checks, and is left out when `copy_notebooks` brings the
notebooks to another study; a notebook whose first cell is tagged so, and the lessons, stay at
home. All other cells take what they say from the tables: they choose ids from the study (the
first plan, the longest task), and what these plans cannot answer, `show` says in a sentence.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import nbformat
import pandas as pd
from joblib import Parallel, delayed
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

from analysis import freshness, load
from analysis.errors import PlanError
from analysis.files import write_atomically
from analysis.lessons import editions
from analysis.study import LABELS, PACKAGE, REPOSITORY, current
from analysis.wording import LANGUAGES

_TIMEOUT = 300  # seconds a cell
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
_STYLED = re.compile(r"\bT_[0-9a-f]{5}(?![0-9a-f])")
WIDGET = "application/vnd.jupyter.widget-view+json"
_CARD = re.compile(r"\*\*(\w+)\*\*:? *([^\n|]+)")


_CARD_WORDS = {
    "程度": "Level",
    "读取": "Reads",
    "分钟": "Minutes",
    "需要": "Needs",
}
FIVE_PLANS = "five-plans"
FOLD = "fold"


class Nothing:
    """The answer to a question that these plans leave open: shown as a sentence.

    Whatever is asked of it further is the same sentence, so that a notebook goes on.
    """

    def __init__(self, sentence: str) -> None:
        self._sentence = sentence

    def __repr__(self) -> str:
        return self._sentence

    def __iter__(self) -> Iterator[Nothing]:
        """Stand for a chart and for the data that it draws."""
        return iter((self, self))

    def __getitem__(self, _: object) -> Nothing:
        return self

    def __call__(self, *_: object, **__: object) -> Nothing:
        """Stand for what a method of a table gives."""
        return self

    def __getattr__(self, name: str) -> Nothing:
        if name.startswith("_"):
            raise AttributeError(name)
        return self


def show(question: Callable[..., object], *tables: object, **options: object) -> object:
    """Return what a call gives, or say in one sentence why these plans do not give it.

    Where a call gives a chart and its data, both are the sentence.
    """
    if any(isinstance(given, Nothing) for given in (*tables, *options.values())):
        return Nothing("Not shown: it takes the answer above.")
    try:
        return question(*tables, **options)
    except PlanError as error:
        return Nothing(f"Not shown: {error.problem}; {error.remedy}.")


def read_expected() -> dict[str, Any]:
    """Counts of the five plans: tests, and the notebooks' cells on these plans, hold to them."""
    path = REPOSITORY.root / "tests" / "expected.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def find(names: list[str] | None = None) -> list[Path]:
    """Paths of the notebooks with these names (without suffix), or of all, in reading order.

    Raises
    ------
    PlanError
        A name is unknown.
    """
    found = (p for p in sorted(current().notebooks.rglob("*.ipynb")) if ".ipynb_" not in str(p))
    known = {name_of(p): p for p in found}
    unknown = sorted(set(names or ()) - set(known))
    if unknown:
        raise PlanError(f"no notebook {', '.join(unknown)}", f"one of: {', '.join(known)}")
    return [known[name] for name in names or known]


def name_of(path: Path) -> str:
    """Name of a notebook; of a lesson with its edition, as in ``zh/1-plan-as-data``."""
    return f"{path.parent.name}/{path.stem}" if path.parent.name in LANGUAGES else path.stem


def is_key(path: Path) -> bool:
    """Report whether a notebook is the key of a lesson, which is the teacher's."""
    return path.stem.endswith("-key")


def index() -> pd.DataFrame:
    """What each notebook asks, answers and needs, read from its own head; keys are left out.

    Returns
    -------
    DataFrame
        One row per notebook in reading order: notebook, question (its title), answer (the
        paragraph under it), and the lines of its card.
    """
    rows = []
    for path in find():
        if is_key(path):
            continue
        cells = nbformat.read(path, as_version=4).cells
        head = cells[0].source
        title, answer, *card = [part.strip() for part in head.split("\n\n")]
        if is_of_five_plans(cells[1]) and cells[1].cell_type == "markdown":
            answer += f" {cells[1].source.strip()}"
        found = dict(_CARD.findall("\n".join(card)))
        facts = {_CARD_WORDS.get(k, k): v.lstrip("：: ") for k, v in found.items()}
        rows.append(
            {"notebook": name_of(path), "question": title.lstrip("# "), "answer": answer, **facts}
        )
    return pd.DataFrame(rows).fillna("")


def is_of_five_plans(cell: NotebookNode) -> bool:
    """Report whether a cell speaks of the repository's own plans."""
    return FIVE_PLANS in cell.metadata.get("tags", ())


def copy_notebooks(folder: Path) -> list[Path]:
    """Bring the notebooks that serve any study to a folder, without outputs; return their paths."""
    made = []
    for path in sorted(REPOSITORY.notebooks.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        if is_of_five_plans(notebook.cells[0]):
            continue
        notebook.cells = [cell for cell in notebook.cells if not is_of_five_plans(cell)]
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        data = (nbformat.writes(_strip(notebook)) + "\n").encode()
        made.append(write_atomically(folder / path.name, data))
    return made


def run(
    names: list[str] | None = None,
    *,
    jobs: int = 2,
    only_changed: bool = False,
    report: Callable[[str], None] = print,
) -> list[Path]:
    """Execute notebooks and write them back with their outputs; all are run if none is named.

    One that fails is left as it was, and the others are written before the error is raised.

    With ``only_changed``, those are left out that are as they were run last, on these tables and
    with this code; the index reads the heads of all others.

    Raises
    ------
    PlanError
        A cell fails, or writes to stderr; the notebook is left as it was.
    """
    if current() == REPOSITORY:
        editions.write_lessons(REPOSITORY.notebooks / "lessons")
    paths, done, failed = find(names), list[Path](), list[PlanError]()
    record = current().notebooks / freshness.RECORD
    with freshness.open_memory(only_changed=only_changed, path=record) as memory:
        # the index reads the heads of the others, and so comes after them
        for batch in ([p for p in paths if not _is_index(p)], [p for p in paths if _is_index(p)]):
            due = [path for path in batch if not memory.is_current(*_recipe(path))]
            if not due:
                continue
            report(f"running {', '.join(map(name_of, due))}")
            executed = Parallel(n_jobs=jobs)(delayed(_try)(path) for path in due)
            for path, notebook in zip(due, executed, strict=True):
                if isinstance(notebook, PlanError):
                    failed.append(notebook)
                    continue
                write_atomically(path, (nbformat.writes(notebook) + "\n").encode())
                memory.record(name_of(path), [path])
                done.append(path)
    if failed:
        raise failed[0]
    return sorted(done, key=paths.index)


def _try(path: Path) -> NotebookNode | PlanError:
    """Execute a notebook; its fault is returned, so that the others are written."""
    try:
        return execute(path)
    except PlanError as error:
        return error


def _is_index(path: Path) -> bool:
    return path.stem.startswith("00-")


def _recipe(path: Path) -> tuple[str, list[Path], list[Path], set[str]]:
    """Name of a notebook for `freshness`, all that it may read, itself, and what it imports."""
    heads = [p for p in find() if p != path] if _is_index(path) else []
    cells = nbformat.read(path, as_version=4).cells
    code = freshness.imported("\n".join(c.source for c in cells if c.cell_type == "code"))
    sources = [current().processed, LABELS, current().raw, *heads]
    return name_of(path), sources, [path], {*code, "analysis.notebooks"}


def _has_five_plans() -> bool:
    """Whether the tables are of the five plans and no other."""
    return set(load.table("documents")["doc_id"]) == set(read_expected()["tasks"])


def execute(path: Path) -> NotebookNode:
    """Execute one notebook from top to bottom and return it, free of what differs by machine."""
    notebook = nbformat.read(path, as_version=4)
    left_out = "" if _has_five_plans() else FIVE_PLANS  # with a sixth, what they say is not so
    for cell in notebook.cells:
        if left_out and cell.cell_type == "code" and is_of_five_plans(cell):
            cell.outputs, cell.execution_count = [], None
    kernel = NotebookClient(
        notebook,
        timeout=_TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        skip_cells_with_tag=left_out,
        coalesce_streams=True,  # a busy machine sends one line in several parts
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
        resources={"metadata": {"path": str(path.parent)}},
    )
    # The kernel finds the package from any folder and draws into the page.
    environment = {k: v for k, v in os.environ.items() if k != "MPLBACKEND"}
    environment |= {"PYTHONPATH": str(PACKAGE.parent), "PYTHONHASHSEED": "0"}
    with TemporaryFile() as said:  # what a kernel says as it ends is of no cell, but for a dead one
        try:
            kernel.execute(env=environment, stderr=said)
        except CellExecutionError as error:
            problem = f"{error.ename} {error.evalue}".strip()
            raise PlanError(problem, f"fix the cell `{_failed(notebook)}`", file=path) from None
        except RuntimeError:  # it did not start, or died
            said.seek(0)
            last = said.read().decode(errors="replace").strip().rpartition("\n")[2][:200]
            problem = f"the kernel died{last and f': {last}'}"
            raise PlanError(problem, "run it again with more memory free", file=path) from None
    _check_streams(notebook, path)
    return _strip(notebook)


def _failed(notebook: NotebookNode) -> str:
    """Last line of the cell that failed."""
    cells = [c for c in notebook.cells for o in c.get("outputs", ()) if o.output_type == "error"]
    return cells[0].source.splitlines()[-1] if cells else ""


def _check_streams(notebook: NotebookNode, path: Path) -> None:
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if output.output_type == "stream" and output.name == "stderr":
                raise PlanError(
                    f"a cell writes to stderr: {output.text.strip()[:200]!r}",
                    "fix what it warns of",
                    file=path,
                    task=cell.id,
                )


def _strip(notebook: NotebookNode) -> NotebookNode:
    """Drop metadata that names the machine or the moment."""
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    for cell in notebook.cells:
        if cell.cell_type == "code":  # controls need a kernel, and their ids are random
            cell.outputs = [o for o in cell.outputs if WIDGET not in o.get("data", {})]
        for output in cell.get("outputs", ()):
            _strip_output(output, cell.id)
        tags = cell.metadata.get("tags")
        folded = {"jupyter": {"source_hidden": True}} if FOLD in (tags or ()) else {}
        cell.metadata = nbformat.from_dict({"tags": tags, **folded} if tags else {})
    return notebook


def _strip_output(output: NotebookNode, cell_id: str) -> None:
    """Take memory addresses and the random names of styled tables out of an output."""
    data = output.get("data", {})
    if "text/plain" in data:
        data["text/plain"] = _ADDRESS.sub("", data["text/plain"])
    if "text/html" in data:
        data["text/html"] = _STYLED.sub(f"T_{cell_id}", data["text/html"])
