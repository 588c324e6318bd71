"""The two chains share only the ground floor, and nothing reaches upwards."""

import ast
from pathlib import Path

import pytest

from analysis.paths import ROOT

PACKAGE = ROOT / "analysis"
GROUND = {"paths", "errors", "files", "schema", "text", "lexicon"}
# What each module of the build chain may import beyond the ground floor, in the order of the data.
BUILD = {
    "documents": set(),
    "tasks": {"documents"},
    "bounds": set(),
    "dates": set(),
    "numerals": {"bounds"},
    "context": {"cues", "numerals"},
    "cues": set(),
    "phrases": {"context", "cues", "dates"},
    "quantities": {"context", "cues", "dates", "phrases", "numerals"},
    "departments": set(),
    "audit": {"documents", "tasks", "numerals", "quantities"},
}
READ = {
    "load": set(),
    "labels": set(),
    "accuracy": {"labels"},
    "agreement": {"labels"},
    "heldout": {"labels"},
    "peers_scores": {"accuracy", "labels"},
    "words": set(),
    "features": {"words"},
    "classify": {"features"},
    "clusters": {"features"},
    "themes": {"classify", "clusters", "features"},
    "stability": {"clusters", "features"},
    "theme_scores": {"classify", "features"},
    "validity": {"clusters", "features", "stability"},
    "indicators": set(),
    "compare": {"indicators"},
    "coverage": {"compare", "indicators"},
    "denominators": set(),
    "reuse": set(),
    "sentences": {"indicators"},
    "alignment": set(),
    "scaling": {"alignment", "compare", "themes"},
    "lessons": {"clusters", "features", "labels", "load", "stability", "validity"},
    "exercises": {"clusters", "compare", "lessons", "load", "validity"},
    "distinctive": {"clusters", "features"},
    "human_tests": {"clusters", "features", "words"},
    "human_scores": {"classify", "human_tests"},
    "human_forms": {"classify", "human_tests"},
    "workload": set(),
    "concentration": {"workload"},
    "network": {"workload"},
    "directory": {"load", "workload"},
}
# Doors stand at the top and may import both chains; nothing but a door imports a door.
DOORS = {
    "build",
    "check",
    "benchmark",
    "figures",
    "findings",
    "notebooks",
    "summary",
    "peers",
    "peers_worker",
    "register",
    "explore",
    "explore_view",
    "explore_tables",
    "freshness",
    "selection",
    "site",
    "site_page",
    "site_search",
    "workbook",
    "workbook_notes",
    "workbook_charts",
    "workbook_style",
    "workbook_tables",
    "__main__",
}


def imports(path: Path) -> set[str]:
    """Modules of the package that a file imports, by their first name under `analysis`."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "analysis":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("analysis."):
            found.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("analysis.")}
    return found


def modules() -> list[str]:
    return sorted(p.stem for p in PACKAGE.glob("*.py") if p.stem != "__init__")


def test_every_module_has_its_floor() -> None:
    floors = [GROUND, set(BUILD), set(READ), DOORS]
    assert sorted(set(modules()) - set().union(*floors)) == []
    assert sum(map(len, floors)) == len(set().union(*floors))


@pytest.mark.parametrize("name", modules())
def test_imports_go_down(name: str) -> None:
    found = imports(PACKAGE / f"{name}.py")
    if name in GROUND:
        assert found <= GROUND
    elif name in BUILD:
        assert found <= GROUND | BUILD[name]
    elif name in READ:
        assert found <= GROUND | READ[name]
    else:
        assert name in DOORS


@pytest.mark.parametrize("path", sorted((PACKAGE / "plots").glob("*.py")), ids=lambda p: p.stem)
def test_plots_stand_on_the_read_chain(path: Path) -> None:
    assert imports(path) <= GROUND | set(READ) | {"plots"}


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("__init__.py")), ids=lambda p: p.parent.name)
def test_init_defines_nothing(path: Path) -> None:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    allowed = (ast.Expr, ast.Import, ast.ImportFrom, ast.Assign)
    assert all(isinstance(node, allowed) for node in body)


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: p.stem)
def test_modules_stay_small(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= {"schema": 480}.get(path.stem, 330), "split the module"
