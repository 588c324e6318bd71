"""Tables of a plan, as they stand in text, as rows of tasks.

Cells stand between bars or tabs, between blanks, or each in a line of its own. The heads of the
columns (``lexicon/columns.csv``) say what the cells are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from analysis.lexicon import read_lexicon
from analysis.reading.clauses import is_body, names_bodies
from analysis.reading.levels import furniture

Span = tuple[int, int]

_BODIES = {"lead", "support", "body"}
_LABEL = {"lead": "牵头单位", "support": "配合单位", "body": "责任单位"}
_RULE = re.compile(r"[\s|:+-]*-{2,}[\s|:+-]*")
_DATE = re.compile(
    r"(?:20\d\d年?)?(?:\d{1,2}月|年|[上下]半年|第?[一二三四1-4]季度).{0,6}|20\d\d(?:[-.]\d\d?)*|全年|长期.*|持续.*"
)


@dataclass(frozen=True)
class Row:
    """A row of a table: its printed number, and spans of that, its title, words and clause.

    `bodies` are the labels and spans of the cells that name bodies, `due` the span of a deadline,
    `group` that of a cell that heads this row and those after it.
    """

    printed: str
    number: Span | None
    title: Span
    texts: list[Span]
    clause: Span | None
    bodies: list[tuple[str, Span]]
    due: Span | None
    group: Span | None


@dataclass(frozen=True)
class Cell:
    """A cell: its place and its words."""

    start: int
    end: int
    words: str


@dataclass
class Table:
    """A table: its place, its rows, and the lines in it that are headings."""

    start: int
    end: int
    rows: list[Row] = field(default_factory=list)
    headings: list[Span] = field(default_factory=list)


# A line between two rows that heads those below it.
_SECTION = re.compile(
    r"[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]+\)|第[一二三四五六七八九十]+部分|【"
)
_LONGEST_HEAD = 40  # characters
_MOST_HEADS = 12  # of a table whose heads stand in lines of their own

# A line; or a bar alone, with the cells below it that each close with a bar.
_ROW = re.compile(
    r"^[^\S\n]*\|[^\S\n]*(?:\n[^\S\n]*[^\s|][^\n|]*\|[^\S\n]*)+$|\S(?:[^\n]*\S)?",
    re.MULTILINE,
)


def head_kind(words: str) -> str:
    """What the cells below a head are; empty where the words are no head of a column."""
    plain = re.sub(r"\s|\(.*?\)|^20\d\d年", "", words[:_LONGEST_HEAD])
    return next((kind for kind, head in _heads() if head.fullmatch(plain)), "")


@cache
def _heads() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((r["kind"], re.compile(r["pattern"])) for r in read_lexicon("columns"))


def _kinds(heads: list[str]) -> list[str]:
    """What stands below heads side by side, the first of which counts the rows.

    Where none of them is known as that of a task, the first unknown one is (民生实事).
    """
    kinds = [head_kind(h) for h in heads]
    if "" in kinds and kinds[0] == "number" and not {"title", "content"} & set(kinds):
        kinds[kinds.index("")] = "title"
    return kinds


def find_tables(folded: str) -> list[Table]:
    """Tables of a text, in order."""
    lines = [Cell(*m.span(), m[0]) for m in _ROW.finditer(folded)]
    tables: list[Table] = []
    i = 0
    while i < len(lines):
        table, used = None, 0
        for read in (_barred, _spaced, _stacked, _headless):
            table, used = read(folded, lines, i)
            if table:
                break
        if table and table.rows:
            tables.append(table)
            i += used
        else:
            i += 1
    return tables


def _is_header(kinds: list[str]) -> bool:
    """Whether heads of columns are those of a table of tasks: a task, and a body or a number."""
    known = [k for k in kinds if k]
    has_task = {"title", "content"} & set(known)
    return (
        bool(has_task)
        and len(known) >= max(2, len(kinds) - 2)
        and bool({"number", "due", *_BODIES} & set(known))
    )


# --- cells between bars or tabs -----------------------------------------------------------------


def _cells(line: Cell, separator: str) -> list[Cell]:
    """Cells of a line; bars at its ends part nothing."""
    cells, at = [], line.start
    for part in re.split(separator, line.words):
        place = at + len(part) - len(part.lstrip())
        cells.append(Cell(place, place + len(part.strip()), part.strip()))
        at += len(part) + 1
    if separator == r"\|" and line.words.startswith("|"):
        cells = cells[1:]
    if separator == r"\|" and line.words.endswith("|"):
        cells = cells[:-1]
    return cells


def _barred(folded: str, lines: list[Cell], at: int) -> tuple[Table | None, int]:
    """Read a table whose cells stand between bars or tabs, from its header on."""
    for separator, sign in ((r"\|", "|"), (r"\t", "\t")):
        if lines[at].words.count(sign) < 1:
            continue
        kinds = _kinds([c.words for c in _cells(lines[at], separator)])
        if not _is_header(kinds):
            continue
        table = Table(lines[at].start, lines[at].end)
        i = at + 1
        while i < len(lines):
            words = lines[i].words
            if sign in words or _RULE.fullmatch(words):
                _add_barred(table, _whole(folded, lines[i], sign), kinds, separator)
            elif _SECTION.match(words) and lines[i + 1 :] and sign in lines[i + 1].words:
                table.headings.append((lines[i].start, lines[i].end))
            else:
                break
            i += 1
        table.end = lines[i - 1].end
        return table, i - at
    return None, 0


def _whole(folded: str, line: Cell, sign: str) -> Cell:
    """A line with the tabs before it, whose cells are empty."""
    start = folded.rfind("\n", 0, line.start) + 1 if sign == "\t" else line.start
    return Cell(start, line.end, folded[start : line.end])


def _add_barred(table: Table, line: Cell, kinds: list[str], separator: str) -> None:
    cells = _cells(line, separator)
    filled = [c for c in cells if c.words]
    if _RULE.fullmatch(line.words) or not filled or all(head_kind(c.words) for c in filled):
        return
    if len(filled) == 1:
        table.headings.append((filled[0].start, filled[0].end))
        return
    if row := _row(list(zip(kinds, cells, strict=False))):
        table.rows.append(row)


def _row(pairs: list[tuple[str, Cell]]) -> Row | None:
    """A row from its cells, each with the kind of its column; None where it names no task."""
    named = [(k, c) for k, c in pairs if c.words]
    own = [c for k, c in named if k in {"title", "content"}]
    if not own:
        return None
    number, due, group = (
        next(((c.start, c.end) for k, c in named if k == kind), None)
        for kind in ("number", "due", "group")
    )
    duty = [c for k, c in named if k in {*_BODIES, "person", "due"}]
    # a leader or a date between two cells of words is no part of the clause
    behind = [c for c in duty if c.start > own[-1].start] or duty
    return Row(
        printed=next((c.words for k, c in named if k == "number"), ""),
        number=number,
        title=(own[0].start, own[0].end),
        texts=[(c.start, c.end) for c in own[1:]],
        clause=(min(c.start for c in behind), max(c.end for c in behind)) if behind else None,
        bodies=[(k, (c.start, c.end)) for k, c in named if k in _BODIES],
        due=due,
        group=group,
    )


DITTO = re.compile(r"\s*(?:同上|〃|″|\")\s*")  # a cell for the bodies of the row above


def as_clause(bodies: list[tuple[str, str]]) -> str:
    """The cells of bodies, kind of column and words, as a clause with the labels of the columns."""
    words: dict[str, list[str]] = {}
    for kind, names in bodies:
        words.setdefault(kind, []).append("、".join(_names(names)))
    return ";".join(f"{_LABEL[kind]}:{'、'.join(names)}" for kind, names in words.items())


def _names(words: str) -> list[str]:
    """Names parted by blanks; blanks inside a name that a narrow cell broke are none."""
    parts = words.split()
    return parts if all(len(p) > 2 for p in parts) else ["".join(parts)]


# --- cells between blanks, and cells in lines of their own --------------------------------------


def _spaced(folded: str, lines: list[Cell], at: int) -> tuple[Table | None, int]:
    """Read a table whose rows are lines of cells between blanks; each opens with its number."""
    heads = lines[at].words.split()
    kinds = _kinds(heads)
    if len(heads) < 3 or kinds[0] != "number" or not _is_header(kinds):
        return None, 0
    return _counted_rows(folded, lines, at, at + 1, kinds[1:], is_line=True)


def _stacked(folded: str, lines: list[Cell], at: int) -> tuple[Table | None, int]:
    """Read a table whose cells, those of the header too, stand in lines of their own."""
    if head_kind(lines[at].words) != "number":
        return None, 0
    rows = range(at + 2, min(at + _MOST_HEADS, len(lines)))
    opens = (i for i in rows if lines[i].words == "1" or _SECTION.match(lines[i].words))
    first = next(opens, 0)
    kinds = _kinds([line.words for line in lines[at:first]])
    if not _is_header(kinds):
        return None, 0
    return _counted_rows(folded, lines, at, first, kinds[1:], is_line=False)


def _headless(folded: str, lines: list[Cell], at: int) -> tuple[Table | None, int]:
    """Read rows without a header, each cell in a line of its own: 1, words, bodies, 2, words."""
    if lines[at].words != "1":
        return None, 0
    second = next((i for i in range(at + 3, min(at + 9, len(lines))) if lines[i].words == "2"), 0)
    if not second or not _is_office(lines[second - 1]):
        return None, 0
    return _counted_rows(folded, lines, at, at, ["title", "body"], is_line=False)


def _counted_rows(
    folded: str, lines: list[Cell], at: int, first: int, kinds: list[str], *, is_line: bool
) -> tuple[Table | None, int]:
    table = Table(lines[at].start, lines[max(at, first - 1)].end)
    last, count, number, cells = first - 1, 0, None, list[Cell]()

    def close() -> None:
        if number is None:
            return
        first, *others = (_fit(kinds, part) for part in _parts(kinds, cells))
        rows = map(_row, [[("number", number), *first], *others])
        table.rows += [row for row in rows if row]

    for i in range(first, len(lines)):
        line = lines[i]
        counted = re.match(r"(\d{1,3})(?:[.、]|\s+|$)\s*", line.words)
        if counted and not is_line and counted.end() < len(line.words):
            counted = None
        if counted and int(counted[1]) in {1, count + 1}:
            close()
            count = int(counted[1])
            number = Cell(line.start, line.start + len(counted[1]), counted[1])
            cells = list(_words(folded, line.start + counted.end(), line.end)) if is_line else []
        elif _SECTION.match(line.words):
            close()
            number, cells = None, []
            table.headings.append((line.start, line.end))
        elif number is None or _ends_table(line.words):
            break
        else:
            cells += _words(folded, line.start, line.end) if is_line else [line]
        last = i
    close()
    table.end = lines[last].end
    return table, last - at + 1


def _ends_table(words: str) -> bool:
    ends = re.match(r"注:|备注:|附件|说明:|\((?:此件|联系)", words)
    return ends is not None or furniture("tail").search(words) is not None


def _words(folded: str, start: int, end: int) -> Iterator[Cell]:
    for m in re.compile(r"\S+").finditer(folded, start, end):
        yield Cell(*m.span(), m[0])


def _parts(kinds: list[str], cells: list[Cell]) -> Iterator[list[Cell]]:
    """Yield the cells of each task of a row: words behind the date that closes one open another."""
    start = 0
    for i in range(1, len(cells)) if kinds[-1] == "due" else ():
        if _DATE.fullmatch(cells[i - 1].words) and not _is_duty(cells[i]):
            yield cells[start:i]
            start = i
    yield cells[start:]


def _fit(kinds: list[str], cells: list[Cell]) -> list[tuple[str, Cell]]:
    """Give each cell the kind of its column where there may be more cells than columns.

    The columns of words come first and take cells up to the first that is a body, a person or a
    date; the last column of bodies takes what is left over.
    """
    if not cells:
        return []
    if len(cells) == len(kinds):
        pairs = list(zip(kinds, cells, strict=True))
    else:
        own = [k for k in kinds if k in {"title", "content", "group"}]
        duty = [k for k in kinds if k not in {"title", "content", "group"}]
        split = next(
            (i for i, c in enumerate(cells) if i >= min(len(own), len(cells)) and _is_duty(c)),
            min(len(own), len(cells)),
        )
        texts, rest = cells[:split], cells[split:]
        pairs = list(zip(own, texts, strict=False))
        pairs += [(own[-1] if own else "content", c) for c in texts[len(own) :]]
        pairs += _fit_duty(duty, rest)
    return pairs


def _fit_duty(kinds: list[str], cells: list[Cell]) -> list[tuple[str, Cell]]:
    pairs: list[tuple[str, Cell]] = []
    rest = list(cells)
    if "due" in kinds and rest:
        dated = next((c for c in reversed(rest) if _DATE.fullmatch(c.words)), None)
        if dated:
            rest.remove(dated)
            pairs.append(("due", dated))
    if kinds and kinds[0] == "person" and rest and not _is_office(rest[0]):
        pairs.append(("person", rest.pop(0)))
    bodies = [k for k in kinds if k in _BODIES]
    for i, cell in enumerate(rest):
        kind = bodies[min(i, len(bodies) - 1)] if bodies else "note"
        pairs.append((kind, cell))
    return sorted(pairs, key=lambda pair: pair[1].start)


def _is_office(cell: Cell) -> bool:
    return is_body(cell.words) or names_bodies(cell.words)


def _is_duty(cell: Cell) -> bool:
    is_name = re.fullmatch(r"[一-鿿]{2,4}", cell.words) is not None
    return is_name or _is_office(cell) or _DATE.fullmatch(cell.words) is not None
