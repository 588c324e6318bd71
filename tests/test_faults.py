"""Every open, move, making and removal of a file fails once: all is old or all is new after it."""

import errno
import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import matplotlib as mpl
import nbformat
import pandas as pd
import pytest
from conftest import BODY, HEADER, Raw
from matplotlib.figure import Figure
from openpyxl import Workbook

from analysis import build, check, files, load, notebooks
from analysis.charts import chart
from analysis.errors import PlanError, explain
from analysis.office import books
from analysis.site import pages
from analysis.study import DATAPACKAGE_FILE

# --- an injector of faults ----------------------------------------------------------------------

_EVENTS = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate"}


class Injector:
    """Counts what a run asks of the system inside a folder, and fails at one of it."""

    def __init__(self) -> None:
        self.folder: str | None = None
        self.count, self.at = 0, -1
        self.fail: Callable[[], None] = lambda: None

    def watch(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.folder is None or event not in _EVENTS:
            return
        path = str(arguments[0])
        if path.startswith(self.folder) or not os.path.isabs(path):
            self.count += 1
            if self.count == self.at:
                self.fail()

    def run(self, folder: Path, action: Callable[[], object], at: int = -1) -> int:
        """Run an action and fail at one event; returns the number of events."""
        self.folder, self.count, self.at = str(folder), 0, at
        try:
            action()
        finally:
            self.folder = None
        return self.count


INJECTOR = Injector()
sys.addaudithook(INJECTOR.watch)


def full() -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def interrupt() -> None:
    raise KeyboardInterrupt


def snapshot(folder: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(folder)): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and files.STAGING not in p.parts
    }


def reset(folder: Path, state: dict[str, bytes]) -> None:
    shutil.rmtree(folder)
    folder.mkdir()
    for name, data in state.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def killed_at(folder: Path, action: Callable[[], object], at: int) -> None:
    """Run an action in a child that is killed at one event."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python warns of forks beside threads
        child = os.fork()
    if not child:
        INJECTOR.fail = lambda: os._exit(9)
        try:
            INJECTOR.run(folder, action, at)
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def faults_of(folder: Path, action: Callable[[], object], old: dict[str, bytes]) -> list[str]:
    """What is neither old nor new after a fault at each event of an action."""
    reset(folder, old)
    n = INJECTOR.run(folder, action)
    new = snapshot(folder)
    assert new != old
    assert n > 3
    found = []
    for at in range(1, n + 1):
        for fail in (full, interrupt, None):
            reset(folder, old)
            if fail:
                INJECTOR.fail = fail
                with suppress(OSError, KeyboardInterrupt, PlanError):
                    INJECTOR.run(folder, action, at)
            else:
                killed_at(folder, action, at)
                files.settle(folder)
            name = getattr(fail, "__name__", "kill")
            if snapshot(folder) not in (old, new):
                found.append(f"{name} at {at} of {n}: mixed")
            if fail is full:
                continue
            action()
            if snapshot(folder) != new:
                found.append(f"{name} at {at} of {n}: cannot be run again")
            if any(folder.rglob(files.STAGING)):
                found.append(f"{name} at {at} of {n}: staging left")
    return found


# --- what writes --------------------------------------------------------------------------------


pytestmark = pytest.mark.usefixtures("no_read_chain")


@pytest.fixture
def small(raw: Raw) -> dict[str, pd.DataFrame]:
    raw.add(HEADER + BODY)
    tables = build.build_tables(raw.folder)
    return {name: tables[name] for name in ("documents", "sections", "tasks")}


def test_the_build(small: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    out = tmp_path / "out"
    build.write_tables(small, out)
    old = snapshot(out)
    new = small | {"tasks": small["tasks"].head(1), "sections": small["sections"].head(1)}
    assert faults_of(out, lambda: build.write_tables(new, out), old) == []


def test_a_chart(tmp_path: Path) -> None:
    folder = tmp_path / "figures"
    data = pd.DataFrame({"a": [1]})

    def draw(title: str) -> None:
        figure = Figure(figsize=(1, 1), dpi=20)
        figure.text(0, 0, title)
        with mpl.rc_context({"savefig.dpi": 20, "svg.hashsalt": "x"}):
            chart.save_figure(figure, data.assign(a=title), "x", folder=folder, formats=["png"])

    draw("old")
    assert faults_of(folder, lambda: draw("new"), snapshot(folder)) == []


def test_a_workbook(tmp_path: Path) -> None:
    folder = tmp_path / "workbooks"

    def save(text: str) -> None:
        book = Workbook()
        book.active["A1"] = text
        books.save_book(book, folder / "book.xlsx", date=datetime(2024, 1, 1))

    save("old")
    assert faults_of(folder, lambda: save("new"), snapshot(folder)) == []


def test_the_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, drawn = tmp_path / "site", tmp_path / "drawn"
    drawn.mkdir()
    (drawn / "a.png").write_bytes(b"old")
    for name in ("read_plans", "select_view", "search_body", "figures_body"):
        monkeypatch.setattr(pages, name, lambda *_: "old")
    monkeypatch.setattr(pages, "index_body", lambda *_: (drawn / "a.png").read_text())
    monkeypatch.setattr(pages, "_figure_files", lambda: sorted(drawn.iterdir()))
    monkeypatch.setattr(pages, "_downloads", list)
    monkeypatch.setattr(pages, "_profiles", lambda _: {})
    monkeypatch.setattr(pages.notebooks, "find", list)
    pages.build(folder, report=lambda _: None)
    (folder / "notebooks").mkdir()
    (folder / "notebooks" / "gone.html").write_text("old")
    old = snapshot(folder)
    (drawn / "a.png").write_bytes(b"new")
    assert faults_of(folder, lambda: pages.build(folder, report=lambda _: None), old) == []


def test_a_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    path = folder / "01-plans.ipynb"
    nbformat.write(nbformat.v4.new_notebook(), path)
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("new", id="a")])
    monkeypatch.setattr(notebooks, "find", lambda _=None: [path])
    monkeypatch.setattr(notebooks, "execute", lambda _: made)
    old = snapshot(folder)
    run = lambda: notebooks.run(jobs=1, report=lambda _: None)  # noqa: E731
    assert faults_of(folder, run, old) == []


def test_the_list_of_plans(mini: Raw, tmp_path: Path) -> None:
    """A plan is added with its row, and goes with it."""
    file = tmp_path / "b.txt"
    file.write_text((HEADER + BODY).replace("青山", "白河"), encoding="utf-8")
    place = {"county": "白河县", "city": "云州市", "province": "东江省"}

    def change() -> None:
        if not (mini.folder / "baihe-2024.txt").exists():
            build.register(file, "baihe-2024", raw=mini.folder, **place)
        if (mini.folder / "qingshan-2024.txt").exists():
            build.unregister("qingshan-2024", mini.folder)

    old = snapshot(mini.folder)
    INJECTOR.run(mini.folder, change)
    new = snapshot(mini.folder)
    reset(mini.folder, old)
    build.register(file, "baihe-2024", raw=mini.folder, **place)
    between = snapshot(mini.folder)
    reset(mini.folder, old)
    for at in range(1, INJECTOR.run(mini.folder, change) + 1, 3):
        reset(mini.folder, old)
        killed_at(mini.folder, change, at)
        build.read_sources(mini.folder)  # which puts back what the killed one left
        assert snapshot(mini.folder) in (old, between, new), at


# --- what reads after it ------------------------------------------------------------------------


def test_tables_that_are_mixed_are_refused(
    small: dict[str, pd.DataFrame], tmp_path: Path, raw: Raw
) -> None:
    """Where a kill left no trace but the files themselves, the description tells."""
    build.write_tables(small, tmp_path)
    kept = (tmp_path / "tasks.csv").read_bytes()
    build.write_tables(small | {"tasks": small["tasks"].head(1)}, tmp_path)
    assert len(load.table("tasks", folder=tmp_path)) == 1
    (tmp_path / "tasks.csv").write_bytes(kept)
    assert len(load.table("documents", folder=tmp_path)) == 1
    with pytest.raises(PlanError, match="not the file that datapackage"):
        load.table("tasks", folder=tmp_path)
    assert any("tasks.csv: not the file" in p for p in check.check_tables(raw.folder, tmp_path))


def test_check_reports_and_never_raises(
    small: dict[str, pd.DataFrame], tmp_path: Path, raw: Raw
) -> None:
    build.write_tables(small, tmp_path)
    good = snapshot(tmp_path)
    spoilt = {
        "documents.csv": [b"", b"\xff\xfe", b"a,b\n1,2\n", good["tasks.csv"], b'"', b"\0"],
        "tasks.csv": [
            good["tasks.csv"].replace(b",1,", b",x,", 1),
            good["tasks.csv"].replace(b"qingshan", b"nowhere"),
            good["tasks.csv"].replace(b",1,", b",,", 1),
            good["tasks.csv"] + b"x\n",
            good["tasks.csv"].replace(b"\n", b"\r"),
        ],
        DATAPACKAGE_FILE: [b"", b"{", b"[]", b'{"resources": [1]}', b'{"resources": {}}', b"null"],
    }
    silent = []
    for name, contents in spoilt.items():
        for data in contents:
            reset(tmp_path, good)
            (tmp_path / name).write_bytes(data)
            problems = check.check_tables(raw.folder, tmp_path)
            if not any(name.removesuffix(".csv") in p and "\n" not in p for p in problems):
                silent.append((name, data[:40], problems))
    assert silent == []
    reset(tmp_path, good)
    assert check.check_tables(tmp_path / "elsewhere", tmp_path)


# --- what the system says, in one line ----------------------------------------------------------


def command(*arguments: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    root = Path(__file__).resolve().parents[1]
    line = [sys.executable, "-m", "analysis", *arguments]
    return subprocess.run(line, cwd=root, capture_output=True, check=False, **options)


def test_a_folder_that_is_a_file(mini: Raw, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine", encoding="utf-8")
    done = command("build", "--raw", str(mini.folder), "--out", str(tmp_path / "out"))
    assert done.returncode == 1
    last = done.stderr.decode().splitlines()[-1]
    assert last.startswith(f"error: {tmp_path / 'out'}: File exists; ")
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp936"])
def test_an_output_that_knows_no_chinese(encoding: str, mini: Raw) -> None:
    environment = os.environ | {"PYTHONIOENCODING": encoding}
    done = command("audit", "--raw", str(mini.folder), "--list", "quantity", env=environment)
    assert done.returncode == 0, done.stderr
    assert "12" in done.stdout.decode(encoding)


def test_any_error_is_a_line() -> None:
    try:
        build.to_csv(None)
    except AttributeError as error:
        told = str(explain(error, "plan.txt"))
    assert told.startswith("plan.txt: the program failed (AttributeError at build.py:")
    assert len(told.splitlines()) == 1
    locked = PermissionError(errno.EACCES, "Permission denied", "tasks.csv")
    assert str(explain(locked)).startswith("tasks.csv: Permission denied; close it in other")
    assert explain(PlanError("a", "b")).problem == "a"


def test_a_table_reads_back_as_it_is(small: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    """Texts that a spreadsheet or a reader of CSV takes for something else."""
    odd = [
        "NA",
        "null",
        "None",
        "nan",
        "a\rb",
        "\r",
        "a\r\nb",
        '"',
        "a,b",
        "=1+1",
        " x ",
        "\ufeff",
        "1",
        "x\ty",
    ]
    tasks = pd.concat([small["tasks"].head(1)] * len(odd), ignore_index=True)
    tasks["task_id"] = [f"qingshan-2024-{i:02d}" for i in range(1, len(odd) + 1)]
    tasks["task_no"] = pd.array(range(1, len(odd) + 1), dtype="Int64")
    tasks["title"] = tasks["text"] = tasks["due"] = odd
    build.write_tables({"tasks": tasks}, tmp_path)
    pd.testing.assert_frame_equal(load.table("tasks", folder=tmp_path, scope=load.ALL), tasks)
