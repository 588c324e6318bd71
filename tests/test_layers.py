"""Rooms and arrows of the package, as docs describe them: no arrow runs back."""

import ast
from pathlib import Path

from analysis.study import PACKAGE, ROOT

GROUND = {"study", "errors", "files", "schema", "text", "lexicon", "wording", "stats", "freshness"}
GROUND |= {"parallel"}
DOORS = {"__main__", "build", "check", "export", "large", "notebooks", "summary"}
# What a room may import beside itself and the ground floor, in the order of the house.
_FINDINGS = {"themes", "targets", "departments", "shared_text", "accuracy"}
_READ = {"load", *_FINDINGS}
ROOMS = {
    "reading": set(),
    "load": set(),
    "themes": {"load"},
    "targets": {"load"},
    "departments": {"load"},
    "shared_text": {"load", "targets"},
    "accuracy": {"load"},
    "selection": _READ,
    "charts": _READ | {"selection"},
    "office": _READ | {"selection", "charts"},
    "explorer": _READ | {"selection", "charts", "office"},
    "lessons": _READ | {"reading", "selection", "charts"},
    "site": _READ | {"selection", "charts", "office", "explorer", "lessons", "notebooks"},
}


def room(dotted: str) -> str:
    """Room of a module, by the first name under the package."""
    return dotted.split(".")[1] if "." in dotted else ""


def imports(source: str) -> set[str]:
    """Rooms, and names outside the package, that a module imports anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            module = node.module or ""
            names = [f"{module}.{a.name}" for a in node.names] if module == "analysis" else [module]
            found |= set(names)
        elif isinstance(node, ast.Import):
            found |= {a.name for a in node.names}
    return {room(n) if n.startswith("analysis.") else n.split(".")[0] for n in found}


def wrong_arrows(path: Path, source: str) -> list[str]:
    """Imports of a module that the house forbids."""
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    used = imports(source)
    faults = [f"{own} imports benchmarks"] if "benchmarks" in used else []
    inside = used & (GROUND | DOORS | set(ROOMS))
    if own in GROUND:
        allowed = GROUND
    elif own in ROOMS:
        allowed = GROUND | ROOMS[own] | {own}
    else:
        allowed = GROUND | DOORS | set(ROOMS)
    return faults + [
        f"{path.relative_to(ROOT)} imports {name}" for name in sorted(inside - allowed)
    ]


def modules() -> list[Path]:
    return sorted(p for p in PACKAGE.rglob("*.py") if p.name != "__init__.py")


def test_every_module_has_a_room() -> None:
    first = {p.relative_to(PACKAGE).parts[0].removesuffix(".py") for p in modules()}
    assert sorted(first - GROUND - DOORS - set(ROOMS)) == []


def test_no_arrow_runs_back() -> None:
    paths = sorted(PACKAGE.rglob("*.py"))
    assert [w for p in paths for w in wrong_arrows(p, p.read_text(encoding="utf-8"))] == []


def test_a_planted_arrow_is_seen() -> None:
    planted = {
        "reading/numbers.py": "from analysis.targets import compare",
        "targets/compare.py": "from analysis.charts.style import wrap",
        "themes/classify.py": "def late():\n    from analysis import selection",
        "text.py": "import analysis.load",
        "office/books.py": "from benchmarks import peers",
    }
    seen = [len(wrong_arrows(PACKAGE / name, line)) for name, line in planted.items()]
    assert seen == [1] * len(planted)


def test_init_files_hand_out_names_only() -> None:
    for path in PACKAGE.rglob("__init__.py"):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        allowed = (ast.Expr, ast.Import, ast.ImportFrom, ast.Assign)
        defined = [n for n in body if not isinstance(n, allowed)]
        # the package itself hands out its names when they are asked for (PEP 562)
        lazy = {"__getattr__", "__dir__"} if path.parent == PACKAGE else set()
        assert [n for n in defined if getattr(n, "name", "") not in lazy] == [], path
