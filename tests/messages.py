"""What the package says on the command line, as templates, found in its code."""

import ast
from collections.abc import Iterator
from itertools import product
from pathlib import Path

# Where the words stand among a call's arguments.
_SPEAKING = {"PlanError": (0, 1), "_findings": (0, 3), "find": (0, 3), "report": (0,)}
_SPEAKING |= {"_report": (0,), "_say": (0,)}


def templates(package: Path) -> dict[str, str]:
    """Place of each message, progress line and remedy by its wording, with {} for what varies."""
    found: dict[str, str] = {}
    for path in sorted(package.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for scope in ast.walk(tree):
            if not isinstance(scope, ast.FunctionDef):
                continue
            named: dict[str, list[ast.expr]] = {}
            for node in ast.walk(scope):
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                    named.setdefault(node.targets[0].id, []).append(node.value)
            for node in ast.walk(scope):
                for words in _spoken(node):
                    place = f"{path.relative_to(package)}:{node.lineno}"
                    found |= dict.fromkeys(_texts(words, named), place)
    return {text: place for text, place in found.items() if text.replace("{}", "").strip(" :")}


def _spoken(node: ast.AST) -> list[ast.expr]:
    """Arguments of a call that are words for a reader."""
    if not isinstance(node, ast.Call):
        return []
    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
    remedies = [k.value for k in node.keywords if k.arg == "remedy"]
    if name == "find" and len(node.args) < 4:  # of a text
        return remedies
    return remedies + [node.args[n] for n in _SPEAKING.get(name, ()) if n < len(node.args)]


def _texts(node: ast.expr, named: dict[str, list[ast.expr]]) -> Iterator[str]:
    """Every wording that an expression can give; none where it is not built of literals."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(v.value if isinstance(v, ast.Constant) else "{}" for v in node.values)
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body, named)
        yield from _texts(node.orelse, named)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        for pair in product(_texts(node.left, named), _texts(node.right, named)):
            yield "".join(pair)
    elif isinstance(node, ast.Name):
        for value in named.get(node.id, []):
            yield from _texts(value, {k: v for k, v in named.items() if k != node.id})
    elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "shorten":
        yield from _texts(node.args[0], named)
