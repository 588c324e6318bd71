"""The lessons in two editions, made from one source: `notebooks/lessons/source/*.md`.

A source is a list of blocks. A line ``::: zh`` or ``::: en`` opens text of one edition (the two
always come together), ``::: code`` a cell of both, ``::: fold`` a cell whose code is folded away,
and ``::: try`` an empty cell; what a page of the site offers in its place is under it, a line with
one blank and what may fill it. ``{how}`` and ``{minutes}`` in a text are filled in.
"""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from analysis.files import write_atomically
from analysis.lessons.exercises import EXERCISES
from analysis.lessons.show import SOURCE
from analysis.reading.numerals import parse_chinese_number
from analysis.wording import LANGUAGES, text_for

_BLOCK = re.compile(r"^::: (zh|en|code|fold|try)\n", re.MULTILINE)
_OFFERED = {
    "analysis": ["load"],
    "analysis.lessons": ["answers", "classroom", "exercises", "material"],
    "analysis.lessons.show": ["glossary", "show"],
}
_PER_MINUTE = {"zh": 250, "en": 150}  # characters or words of a text that is worked through
# Minutes for an exercise by what it asks for, for a cell, and for the lines at the end.
_PER_EXERCISE = {"choice": 2, "number": 4, "counties": 4, "labels": 15, "readings": 15}
_PER_CELL, _PER_LINE = 0.5, 1
_LINES = re.compile("写([一二三四五六七])行")  # of the written end
_WORD = {"zh": re.compile("[一-鿿]"), "en": re.compile(r"[A-Za-z]+(?:[’'-][A-Za-z]+)*")}


def sources() -> list[Path]:
    """Sources of the lessons and of their keys, in order."""
    return sorted(SOURCE.glob("[0-9]-*.md"))


def read_blocks(source: Path) -> list[tuple[str, str]]:
    """Kind and text of every block of a source, in order."""
    first, *parts = _BLOCK.split(source.read_text(encoding="utf-8"))
    if first.strip():
        raise ValueError(f"{source.name}: text before the first block")
    return [(k, t.strip()) for k, t in zip(parts[::2], parts[1::2], strict=True)]


def estimate(source: Path, language: str) -> tuple[int, int, int]:
    """Words to read (in Chinese: characters), exercises, and minutes at the stated rates.

    150 words or 250 characters a minute; 2 minutes to choose a letter, 4 for a number or counties,
    15 for a set of labels; half a minute a cell, one for a line that is written at the end. Nobody
    has been timed.
    """
    blocks = read_blocks(source)
    told = [text for kind, text in blocks if kind == language] + [text_for("lesson_how", language)]
    words = sum(len(_WORD[language].findall(text)) for text in told)
    cells = [text for kind, text in blocks if kind == "code"]
    asked = re.findall(r'exercises\.check\("(\d\.\d)"', "\n".join(cells))
    minutes = sum(_PER_EXERCISE[EXERCISES[no].kind] for no in asked) + len(cells) * _PER_CELL
    lines = sum(parse_chinese_number(n) for _, text in blocks for n in _LINES.findall(text))
    minutes += words / _PER_MINUTE[language] + lines * _PER_LINE
    return words, len(asked), round(minutes)


def how(language: str) -> str:
    """How to work in the cells of a notebook, in Markdown."""
    return text_for("lesson_how", language).replace("\\n", "\n")


def make_notebook(source: Path, language: str) -> NotebookNode:
    """One lesson, or its key, in one edition, without outputs."""
    words, asked, minutes = estimate(source, language)
    filled = {
        "{minutes}": text_for("lesson_minutes", language, n=minutes, words=words, asked=asked),
        "{how}": how(language),
    }
    cells: list[NotebookNode] = []
    for kind, text in read_blocks(source):
        if kind in LANGUAGES and kind != language:
            continue
        for mark, words_of_it in filled.items():
            text = text.replace(mark, words_of_it)
        if kind == language:
            cells.append(nbformat.v4.new_markdown_cell(text))
        else:
            code = text_for("lesson_try", language) if kind == "try" else text
            cells.append(nbformat.v4.new_code_cell(code))
            cells[-1].metadata["tags"] = ["fold"] if kind == "fold" else []
    if not any("fold" in c.metadata.get("tags", ()) for c in cells):
        cells.insert(1, nbformat.v4.new_code_cell(""))
        cells[1].metadata["tags"] = ["fold"]
    first = next(c for c in cells if "fold" in c.metadata.get("tags", ()))
    code = "\n".join(c.source for c in cells if c.cell_type == "code")
    own = re.sub(r"^from .*\n+", "", first.source, flags=re.MULTILINE)
    first.source = f'{_imports(code)}\n\nexercises.start("{language}")\n{own}'.strip()
    for place, cell in enumerate(cells):
        cell.id = f"{language}-{place:02}"
        if not cell.metadata.get("tags"):
            cell.metadata.pop("tags", None)
    return nbformat.v4.new_notebook(cells=cells)


def _imports(code: str) -> str:
    """The import lines of a lesson: what its cells name, in order."""
    wanted = {module: list(names) for module, names in _OFFERED.items()}
    for module, name in re.findall(r"^from (\S+) import (.+)$", code, re.MULTILINE):
        wanted.setdefault(module, []).extend(name.split(", "))
    code += "\nexercises"
    lines = []
    for module, names in sorted(wanted.items()):
        used = sorted(n for n in names if re.search(rf"\b{n}\b(?!\s*=[^=])", _used(code)))
        lines += [f"from {module} import {', '.join(used)}"] if used else []
    pandas = "import pandas as pd\n\n" if re.search(r"\bpd\.", code) else ""
    return pandas + "\n".join(lines)


def _used(code: str) -> str:
    """Code without its imports."""
    return re.sub(r"^from .*$", "", code, flags=re.MULTILINE)


def write_lessons(folder: Path) -> list[Path]:
    """Write every lesson in both editions; one whose cells are as they were keeps its outputs."""
    written = []
    for language in LANGUAGES:
        for source in sources():
            path = folder / language / f"{source.stem}.ipynb"
            made = make_notebook(source, language)
            if not (path.is_file() and _same(nbformat.read(path, as_version=4), made)):
                write_atomically(path, (nbformat.writes(made) + "\n").encode())
                written.append(path)
    return written


def _same(one: NotebookNode, other: NotebookNode) -> bool:
    """Whether two notebooks have the same cells, whatever their outputs."""
    told = [[(c.cell_type, c.id, c.source) for c in book.cells] for book in (one, other)]
    return told[0] == told[1]
