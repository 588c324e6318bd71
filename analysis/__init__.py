"""Compare the annual work plans of Chinese county governments."""

from __future__ import annotations

from importlib import import_module

__version__ = "0.1.0"

# Public names, each with the module that has it, which is imported when the name is asked for.
_HOMES = {
    "PlanError": "analysis.errors",
    "build_tables": "analysis.build",
    "choose": "analysis.study",
    "current": "analysis.study",
    "draw": "analysis.charts.pack",
    "read_document": "analysis.reading",
    "read_plan": "analysis.reading",
    "read_plans": "analysis.load",
    "select": "analysis.selection",
    "table": "analysis.load",
    "tables": "analysis.load",
    "trace": "analysis.load",
}
__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
