"""How many one-line faults of code the tests of its room notice.

``python -m benchmarks.planted_faults --faults 60 --seed 1`` plants faults one by one into copies of
modules, in memory only, runs the tests of the room on each, and prints which went unnoticed. Not
part of ``make test``: it takes about an hour.
"""

from __future__ import annotations

import argparse
import ast
import importlib.util
import os
import random
import signal
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.abc import MetaPathFinder, SourceLoader
from importlib.machinery import ModuleSpec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Modules, and the tests that ought to notice a fault in them.
ROOMS = {
    "reading.numerals reading.numbers reading.units": "numerals quantities",
    "reading.quantities reading.context reading.phrases": "quantities accuracy",
    "reading.pledges": "pledges",
    "reading.clauses": "departments",
    "reading.intake": "intake layouts",
    "reading.layout reading.outline reading.levels reading.rows": "tasks layouts",
    "reading.header reading.documents": "documents layouts",
    "reading.audit": "numerals build cli",
    "schema load text selection stats": "schema text selection stats build",
    "files build check errors": "faults build schema cli",
    "targets.compare targets.indicators": "compare",
    "targets.coverage targets.per_capita": "compare",
    "themes.clusters themes.validity themes.scores": "themes",
    "themes.words themes.features themes.distinctive": "themes distinctive text",
    "shared_text.runs shared_text.sentences shared_text.counterparts": "reuse sentences alignment",
    "departments.workload departments.concentration": "workload concentration",
    "departments.network departments.directory": "network directory",
    "accuracy.scores accuracy.agreement accuracy.labels": "accuracy",
}
_COMPARE = {ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "=="}
_COMPARE |= {ast.In: "not in", ast.NotIn: "in", ast.Is: "is not", ast.IsNot: "is"}
_ARITHMETIC = {ast.Add: "-", ast.Sub: "+", ast.Mult: "+", ast.Div: "*", ast.FloorDiv: "*"}
_SLOW = "not slow"
_ALL = "fresh"  # what holds the committed tables and charts against today's code, for every room
_LONGEST = 300  # seconds; tests that a fault keeps from ending have noticed it


@dataclass(frozen=True)
class Fault:
    """One line of a module and what it becomes."""

    module: str
    line: int
    old: str
    new: str

    def source(self) -> str:
        """Text of the module with the fault in it."""
        lines = path_of(self.module).read_text(encoding="utf-8").splitlines(keepends=True)
        lines[self.line - 1] = self.new
        return "".join(lines)


def path_of(module: str) -> Path:
    """File of a module."""
    return ROOT.joinpath(*module.split(".")).with_suffix(".py")


def find_faults(module: str) -> Iterator[Fault]:
    """Every fault that can be planted in a module: an operator, a number, a condition or an order.

    Defaults of arguments and what is only run for type checkers are left alone.
    """
    text = path_of(module).read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    for function in ast.walk(ast.parse(text)):
        if not isinstance(function, ast.FunctionDef):
            continue
        nodes = [n for statement in function.body for n in ast.walk(statement)]
        # `strict` of zip only checks; without it the same pairs come out
        checks = {n.value for n in nodes if isinstance(n, ast.keyword) and n.arg == "strict"}
        for node in nodes:
            if node in checks:
                continue
            if change := _change(node, lines):
                start, end, new = change
                line = lines[node.lineno - 1].encode()
                made = (line[:start] + new.encode() + line[end:]).decode()
                yield Fault(module, node.lineno, lines[node.lineno - 1], made)


def _change(node: ast.AST, lines: list[str]) -> tuple[int, int, str] | None:
    """Where in its line a node is changed, in bytes, and what stands there instead."""
    if getattr(node, "end_lineno", None) != getattr(node, "lineno", 0):
        return None
    match node:
        case ast.Compare(ops=[operator]) if type(operator) in _COMPARE:
            between = (node.left.end_col_offset, node.comparators[0].col_offset)
            return (*between, f" {_COMPARE[type(operator)]} ")
        case ast.BinOp(op=operator) if type(operator) in _ARITHMETIC:
            line = lines[node.lineno - 1].encode()
            gap = line[node.left.end_col_offset : node.right.col_offset].decode()
            sign = gap.strip(" ()")
            new = gap.replace(sign, _ARITHMETIC[type(operator)])
            return (node.left.end_col_offset, node.right.col_offset, new) if sign else None
        case ast.BoolOp(op=operator, values=[left, right]):
            line = lines[node.lineno - 1].encode()
            gap = line[left.end_col_offset : right.col_offset].decode()
            new = (
                gap.replace("and", "or")
                if isinstance(operator, ast.And)
                else gap.replace("or", "and")
            )
            return left.end_col_offset, right.col_offset, new
        case ast.UnaryOp(op=ast.Not()):
            return node.col_offset, node.operand.col_offset, ""
        case ast.Constant(value=bool(value)):
            return node.col_offset, node.end_col_offset, str(not value)
        case ast.Constant(value=int(value)):
            return node.col_offset, node.end_col_offset, str(value + 1)
        case ast.Call(func=ast.Name(id="sorted" | "min" | "max" as name)):
            new = {"sorted": "list", "min": "max", "max": "min"}[name]
            return (
                (node.func.col_offset, node.func.end_col_offset, new) if not node.keywords else None
            )
    return None


class _Planted(MetaPathFinder, SourceLoader):
    """Imports one module from the text with the fault, and leaves all others to Python."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        if name != self.fault.module:
            return None
        return importlib.util.spec_from_file_location(name, path_of(name), loader=self)

    def get_filename(self, name: str) -> str:
        return str(path_of(name))

    def get_data(self, path: str) -> bytes:
        return self.fault.source().encode() if path.endswith(".py") else b""

    def path_stats(self, _: str) -> dict[str, int]:
        raise OSError  # so that no compiled file is read or written


def fails(tests: str, fault: Fault | None = None) -> bool:
    """Whether tests fail, with a fault or without, in a child that has the libraries in memory."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] != 0
    import pytest

    if fault:
        sys.meta_path.insert(0, _Planted(fault))
    signal.alarm(_LONGEST)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    files = [str(ROOT / "tests" / f"test_{name}.py") for name in f"{tests} {_ALL}".split()]
    options = ["-x", "-q", "-n", "0", "-m", _SLOW, "-p", "no:cacheprovider"]
    options += ["-W", "ignore:Module already imported"]  # the libraries, before pytest
    os._exit(int(pytest.main([*options, *(f for f in files if Path(f).is_file())])))


def choose(n: int, seed: int) -> list[tuple[Fault, str]]:
    """Choose faults, as many of each room as can be, at lines drawn by chance."""
    draw = random.Random(seed)
    rooms = []
    for modules, tests in ROOMS.items():
        known = [f"analysis.{m}" for m in modules.split() if path_of(f"analysis.{m}").is_file()]
        faults = [fault for module in known for fault in find_faults(module)]
        draw.shuffle(faults)
        rooms.append([(fault, tests) for fault in faults])
    chosen: list[tuple[Fault, str]] = []
    while len(chosen) < n and any(rooms):
        for room in rooms:
            chosen += [room.pop()] if room else []
    return chosen[:n]


def main() -> None:
    """Plant, run, and print each fault and the count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faults", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="begin with this one")
    options = parser.parse_args()
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    os.chdir(ROOT)
    warnings.simplefilter("ignore")
    import matplotlib.figure  # noqa: F401
    import pandera.pandas  # noqa: F401
    import pytest  # noqa: F401
    import sklearn.svm  # noqa: F401

    noticed = 0
    unfit: dict[str, bool] = {}  # tests that fail by themselves notice nothing
    chosen = choose(options.faults, options.seed)[options.first :]
    for number, (fault, tests) in enumerate(chosen, 1):
        if tests not in unfit:
            unfit[tests] = fails(tests)
            if unfit[tests]:
                print(f"    the tests {tests} fail without a fault", flush=True)
        found = not unfit[tests] and fails(tests, fault)
        noticed += found
        place = f"{fault.module.removeprefix('analysis.')}:{fault.line}"
        told = f"{'noticed  ' if found else 'UNNOTICED'} {place}: {fault.new.strip()}"
        print(f"{number:3} {told}", flush=True)
    print(f"{noticed} of {len(chosen)} planted faults noticed by the tests of their room")


if __name__ == "__main__":
    main()
