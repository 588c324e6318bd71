"""Skip outputs whose inputs have not changed.

An output is known by the bytes of what it is made from and by its own bytes: no clock is asked, and
a result that somebody edited is made again. What is committed (charts, notebooks) has its record
committed beside it, so that a fresh clone makes nothing anew; the rest is remembered in the
working copy alone.
"""

from __future__ import annotations

import ast
import hashlib
import io
import json
import re
import tokenize
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from analysis.files import write_atomically
from analysis.lexicon import read_rows
from analysis.study import LEXICON, PACKAGE, ROOT, TEXTS, current

RECORD = "made.json"  # beside what is committed, in its folder
_CACHES = {"__pycache__", ".ipynb_checkpoints", RECORD}


class Memory:
    """Digests of results and of what they were made from, by the name of the result.

    Without a memory (None) nothing is known and nothing is kept.
    """

    def __init__(self, known: dict[str, list[str]] | None) -> None:
        self.known = known
        self._asked: dict[str, str] = {}

    def is_current(
        self, name: str, sources: Iterable[Path], results: Iterable[Path], code: Iterable[str]
    ) -> bool:
        """Say whether the results are there, unchanged, and made from these sources by this code.

        Parameters
        ----------
        name
            Name of the result.
        sources, results
            Files, or folders with all that they hold.
        code
            Modules of the package that make the result; those that they import count, too.
        """
        if self.known is None:
            return False
        # Kept from here: a source may be edited while the result is being made.
        self._asked[name] = _digest(sources) + code_digest(tuple(sorted(code)))
        return self.known.get(name) == [self._asked[name], _digest(results)]

    def record(self, name: str, results: Iterable[Path]) -> None:
        """Note that the results have been made from what `is_current` was asked about."""
        if self.known is not None:
            self.known[name] = [self._asked[name], _digest(results)]


@contextmanager
def open_memory(*, only_changed: bool = True, path: Path | None = None) -> Iterator[Memory]:
    """Open the memory of the working copy, or the record at `path`; write it back at the end.

    Where more than changes is wanted, the memory is left alone.
    """
    if not only_changed:
        yield Memory(None)
        return
    path = path or current().memory
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        known = {}  # nothing is known: all is made again
    known = known if isinstance(known, dict) else {}
    yield Memory(known)
    text = json.dumps(known, ensure_ascii=False, indent=0, sort_keys=True) + "\n"
    write_atomically(path, text.encode())


def make_once(
    name: str,
    make: Callable[[], object],
    *,
    sources: Sequence[Path],
    results: Sequence[Path],
    code: Sequence[str],
    only_changed: bool,
    is_there: bool = True,
) -> bool:
    """Make a result, unless only changes are wanted, it is there and unchanged; say if made."""
    with open_memory(only_changed=only_changed) as memory:
        if memory.is_current(name, sources, results, code) and is_there:
            return False
        make()
        memory.record(name, results)
    return True


# --- files ----------------------------------------------------------------------------------


def _digest(paths: Iterable[Path]) -> str:
    """Digest of files, and of all files in folders, by place and content."""
    total = hashlib.sha256()
    for path in sorted(_files(paths)):
        root = next((r for r in (current().root, ROOT) if path.is_relative_to(r)), path.anchor)
        total.update(f"{path.relative_to(root)}\0".encode())
        total.update(_content(path, path.stat().st_mtime_ns, path.stat().st_size))
    return total.hexdigest()[:20]


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            found = (p for p in path.rglob("*") if not _CACHES.intersection(p.parts))
            yield from (p for p in found if p.is_file())
        elif path.is_file():
            yield path


@cache
def _content(path: Path, _time: int, _size: int) -> bytes:
    """Digest of one file, read once however many results are made from it."""
    return hashlib.sha256(path.read_bytes()).digest()


# --- code -----------------------------------------------------------------------------------


@cache
def code_digest(modules: tuple[str, ...]) -> str:
    """Digest of all that decides what modules of the package do: no comment or docstring counts.

    That is their code and that of every module that they import, the rows of the lexicon and the
    texts that these name, and the pinned versions of the packages that the suite depends on.
    """
    paths = sorted(closure(modules))
    total = hashlib.sha256()
    for path in paths:
        total.update(f"{path.relative_to(PACKAGE)}\0{bare_code(path)}\0".encode())
    words = frozenset().union(*(_words(path) for path in paths))
    for path in sorted(LEXICON.iterdir()):
        if words & {path.stem, path.name}:
            total.update(path.read_bytes())
    # A key may be put together: edge_{kind}, ladder_all and _equal.
    heads = tuple(word for word in words if re.fullmatch("[a-z]+_[a-z_]*|per", word))
    named = [row for row in _text_rows() if row[0] in words or row[0].startswith(heads)]
    total.update(repr(named).encode())
    total.update(repr(_pins()).encode())
    return total.hexdigest()[:20]


def closure(modules: Iterable[str]) -> set[Path]:
    """Files of modules of the package (``analysis.charts.targets``) and of all they import."""
    found: set[Path] = set()
    waiting = list(modules)
    while waiting:
        path = _module_file(waiting.pop())
        if path is not None and path not in found:
            found.add(path)
            waiting += imported(path.read_text(encoding="utf-8"))
    return found


def imported(source: str) -> set[str]:
    """Names that Python code imports, functions' own imports among them; each may be a module."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@cache
def _module_file(name: str) -> Path | None:
    first, *rest = name.split(".")
    if first != PACKAGE.name:
        return None
    place = PACKAGE.joinpath(*rest)
    files = (place.with_suffix(".py"), place / "__init__.py")
    return next((path for path in files if path.is_file()), None)


@cache
def bare_code(path: Path) -> str:
    """Code of a module without comments, docstrings and empty lines."""
    source = path.read_text(encoding="utf-8")
    lines = source.split("\n")
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            (row, start), (_, end) = token.start, token.end
            lines[row - 1] = lines[row - 1][:start] + lines[row - 1][end:]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):  # a docstring
            end = node.end_lineno or node.lineno
            lines[node.lineno - 1 : end] = [""] * (end - node.lineno + 1)
    return "\n".join(line.rstrip() for line in lines if line.strip())


@cache
def _words(path: Path) -> frozenset[str]:
    """Texts that stand in a module's code; of one with blanks, its parts."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return frozenset(node.value for node in nodes if isinstance(node.value, str))


@cache
def _text_rows() -> tuple[tuple[str, ...], ...]:
    files = (path for path in sorted(TEXTS.glob("*.csv")) if path.stem != "captions")
    return tuple(tuple(row.values()) for path in files for row in read_rows(path))


@cache
def _pins() -> tuple[str, ...]:
    """Lines of the lock for the packages that the suite depends on: name and version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {re.split(r"[\[<>=~! ]", line)[0] for line in project["dependencies"]}
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = re.findall(r"^([\w.-]+)==([^\s;\\]+)", lock, re.MULTILINE)
    return tuple(sorted(f"{name}=={version}" for name, version in pins if name in wanted))
