"""Invented plans in the layouts of many provinces, each with the tasks and bodies that it holds."""

import re
from itertools import zip_longest
from pathlib import Path

from analysis.reading.clauses import read_assignments
from analysis.reading.documents import Document
from analysis.reading.intake import fold_text
from analysis.reading.layout import Layout, read_layout, read_sections, read_tasks, task_id

# Blocks of `=== name`, a plan's text, `---`, and a line a task:
# title | bodies as L:lead S:support R:responsible | innermost heading | deadline
NUMBERED = re.compile(
    r"^\s*(\d{1,3}[.、](?!\d)|[一二三四五六七八九十]+、|\([一二三]\))", re.MULTILINE
)
CASES = Path(__file__).with_name("layouts.txt").read_text(encoding="utf-8")


def squeeze(text: str) -> str:
    return re.sub(r"\s", "", text)


def wanted(lines: str) -> list[tuple[str, list[str], str, str]]:
    rows = []
    for line in lines.strip().splitlines():
        title, bodies, heading, due, *_ = [*map(str.strip, line.split("|")), "", "", ""]
        rows.append((squeeze(title), sorted(bodies.split()), squeeze(heading), due))
    return rows


def found(layout: Layout) -> list[tuple[str, list[str], str, str]]:
    tasks = read_tasks("x-2024", layout, read_sections("x-2024", layout))
    readings = {task_id("x-2024", n): t.readings for n, t in enumerate(layout.tasks, 1)}
    bodies, _ = read_assignments(readings, rule=layout.rule)
    rows = []
    for task in tasks.itertuples():
        own = bodies[bodies["task_id"].eq(task.task_id)]
        names = [
            f"{role[0].upper()}:{squeeze(name)}"
            for role, name in own[["role", "name"]].itertuples(index=False)
        ]
        rows.append((squeeze(task.title), sorted(names), squeeze(task.section_title), task.due))
    return rows


def test_layouts_of_many_provinces() -> None:
    faults = []
    for block in re.split(r"^=== ", CASES, flags=re.MULTILINE)[1:]:
        name, rest = block.split("\n", 1)
        text, lines = rest.split("\n---\n")
        layout = read_layout(fold_text(text))
        assert "".join(text[s.start : s.end] for s in layout.segments) == text
        pairs = zip_longest(wanted(lines), found(layout))
        faults += [(name, want, got) for want, got in pairs if want != got]
    assert faults == []


def test_every_numbered_line_is_read_or_reported() -> None:
    """A line that opens with a number is a heading, a task, an item, or named in the report."""
    for block in re.split(r"^=== ", CASES, flags=re.MULTILINE)[1:]:
        name, rest = block.split("\n", 1)
        layout = read_layout(fold_text(rest.split("\n---\n")[0]))
        header = next((s.end for s in layout.segments if s.kind == "header"), 0)
        spans = [h.span for h in layout.headings] + layout.items
        spans += [t.number for t in layout.tasks if t.number]
        folded = layout.plan.folded
        numbered = re.finditer(
            r"^\s*((?:\d{1,3}[.、](?!\d)|[一二三四五六七八九十]+、|\([一二三]\)))", folded, re.M
        )
        reported = {place for kind, place, *_ in layout.findings if kind == "unread_numbered_line"}
        lost = [
            m[0]
            for m in numbered
            if layout.plan.places[m.start(1)] >= header
            and not any(a <= m.start(1) < b for a, b in spans)
            and layout.plan.places[m.start(1)] not in reported
        ]
        assert (name, lost) == (name, [])


def wrap(text: str, width: int) -> str:
    return "\n".join(
        line[i : i + width] for line in text.split("\n") for i in range(0, len(line) or 1, width)
    )


def test_plans_that_a_page_broke_give_what_they_gave(documents: dict[str, Document]) -> None:
    for document in documents.values():
        broken = read_layout(fold_text(wrap(document.text, 28)))
        assert found(broken) == found(document.layout), document.doc_id
