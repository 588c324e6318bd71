"""Damaged plans keep every promise or are refused in one line, and none takes long."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from conftest import BODY, HEADER, Raw
from fuzz import HEAD, UNITS, document, read_one, run

from analysis import build, check, load

pytestmark = pytest.mark.usefixtures("no_read_chain")

PLAN = (
    HEAD + "一、推进绿色低碳\n1. 做好工作。新建学校3所，{}完成投资5亿元。（县教育局{}负责）\n"
    "2. 完成任务。新增企业10家。（县发展改革局牵头，县财政局配合）\n{}"
)


def test_damaged_plans_keep_every_promise() -> None:
    """``make fuzz`` runs ten thousand."""
    counts, broken = run(0, range(80), report=lambda _: None)
    assert broken == []
    assert counts["read"] > 40
    assert document(0, 7, ["青山"]) == document(0, 7, ["青山"])


def test_what_once_broke(tmp_path: Path) -> None:
    """Each was a traceback, a loss, or minutes of waiting."""
    texts = [
        *(
            "学校１２所，",
            "新建\r桥梁3座，",
            "新建学校③所，桥梁叁座，投资廿亿元，",
            "3½所，",
            "10-5所，",
        ),
        *("完成投资123456789012元，", "实施方案3\n所属学校推进，", "1" + " " * 400, "9" * 5000),
        *(
            "十" * 5000,
            "1家、" * 640,
            "达到5%，" * 640,
            "1" * 310 + "家，",
            "\u200b2. 另一项。",
            "\ufeff",
        ),
    ]
    path, found = tmp_path / "fuzz-2000.txt", []
    for text in texts:
        path.write_text(PLAN.format(text, "", ""), encoding="utf-8", newline="")
        tables, broken, refused = read_one(path, 0)
        if broken or tables is None:
            found.append((text[:20], broken, refused))
            continue
        tables["documents"] = tables["documents"].assign(label="-")
        plan = check.Reading("fuzz-2000", path.read_bytes().decode(), tables)
        found += [(text[:20], told) for told in check.broken_promises(plan)]
    assert found == []


def test_time_grows_with_the_text(tmp_path: Path) -> None:
    """A unit repeated to 12 kB, in a task, in a clause and behind the plan."""
    path, slow = tmp_path / "fuzz-2000.txt", []
    for number, unit in enumerate(UNITS):
        parts = ["", "", ""]
        parts[number % 3] = unit * (4_000 // len(unit))
        path.write_text(PLAN.format(*parts), encoding="utf-8", newline="")
        _, broken, _ = read_one(path, 0)
        slow += [(unit, broken)] if broken else []
    assert slow == []


# --- promises can break -------------------------------------------------------------------------


def spoil(table: str, column: str, change: Callable[[pd.Series], object]) -> Callable[..., None]:
    def change_one(tables: dict[str, pd.DataFrame]) -> None:
        frame = tables[table]
        frame.loc[frame.index[0], column] = change(frame.iloc[0])

    return change_one


def drop_first(table: str) -> Callable[..., None]:
    def change_one(tables: dict[str, pd.DataFrame]) -> None:
        tables[table] = tables[table].iloc[1:]

    return change_one


def swallow(tables: dict[str, pd.DataFrame]) -> None:
    tasks = tables["tasks"]
    tasks.loc[0, "char_end"] = tasks.loc[1, "char_end"]
    tables["tasks"] = tasks.iloc[:1]


def test_every_promise_can_break(raw: Raw, tmp_path: Path) -> None:
    raw.add(HEADER + BODY)
    build.write_tables(build.build_tables(raw.folder), tmp_path)
    good = dict(
        zip(
            names := list(build.build_tables(raw.folder)),
            load.tables(*names, folder=tmp_path),
            strict=True,
        )
    )
    text = HEADER + BODY
    assert check.broken_promises(check.Reading("qingshan-2024", text, good)) == []
    cases = [
        (spoil("documents", "n_tasks", lambda _: 9), "9, 9, "[:2]),
        (spoil("quantities", "text", lambda _: "13家以上"), "reads '12家以上', not '13家以上'"),
        (spoil("numerals", "char_end", lambda r: r["char_end"] + 1), "numerals.csv"),
        (drop_first("numerals"), "no account of "),
        (spoil("quantities", "char_end", lambda _: len(text)), "stands outside its task"),
        (drop_first("quantities"), ""),
        (spoil("numerals", "quantity_id", lambda _: "x"), "is a quantity or is none"),
        (spoil("tasks", "title", lambda _: "别的题目"), "title is not what stands there"),
        (spoil("tasks", "clause_start", lambda r: r["clause_start"] + 1), "clause begins"),
        (spoil("tasks", "char_end", lambda r: r["char_end"] + 9), "begins inside the task before"),
        (swallow, "holds a line that is numbered 2"),
        (spoil("assignments", "name", lambda _: "县水利局"), "names no '县水利局'"),
    ]
    silent = []
    for change, told in cases:
        tables = {name: frame.copy() for name, frame in good.items()}
        change(tables)
        problems = check.broken_promises(check.Reading("qingshan-2024", text, tables))
        if not any(told in problem for problem in problems):
            silent.append((told, problems))
    assert silent == []
