"""What several tests invent: clauses of plans, and texts of three small plans."""

import json
from pathlib import Path

import pandas as pd

ROLE = {"L": "lead", "S": "support", "R": "responsible"}
NO_TARGETS = pd.DataFrame({"task_id": ["x-2023-01"], "kind": ["attribute"]})
DOCUMENTS = pd.DataFrame(
    {
        "doc_id": ["a-2023", "b-2023", "c-2023"],
        "county": ["青山县", "白河区", "红岭市"],
        "city": ["云州市", "云州市", "海州市"],
        "doc_number": ["青政〔2023〕1号", "白政〔2023〕2号", "红政〔2023〕3号"],
        "year": [2023, 2023, 2023],
    }
)


def read_clauses(clauses: dict[str, str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tasks and assignments of clauses such as ``A:L B:S+``.

    A plus leaves the list open, an asterisk stands for a collective.
    """
    rows = []
    for task_id, clause in clauses.items():
        for position, part in enumerate(clause.split(), 1):
            name, role = part.split(":")
            kind = "collective" if "*" in name else "department"
            rows.append(
                (task_id, position, f"区{name}", name, kind, ROLE[role[0]], role.endswith("+"))
            )
    columns = ["task_id", "position", "name", "department", "body_type", "role", "open_list"]
    tasks = pd.DataFrame({"task_id": list(clauses)})
    tasks["doc_id"] = tasks["task_id"].str.rsplit("-", n=1).str[0]
    tasks = tasks.assign(theme="甲", title="题目", text="一二三四五六七八")
    return tasks, pd.DataFrame(rows, columns=columns)


def passages_of(*texts: str) -> pd.DataFrame:
    """Passages of texts such as ``a:…``: plan and text; each passage starts at offset 100."""
    rows = []
    for number, item in enumerate(texts, 1):
        plan, text = item.split(":", 1)
        task = f"{plan}-2023-{number:02d}"
        rows.append((task, f"{plan}-2023", 100, 100 + len(text), text))
    return pd.DataFrame(rows, columns=["task_id", "doc_id", "char_start", "char_end", "text"])


def label(**fields: object) -> dict[str, object]:
    """One line of a label file; `fields` change the plain one."""
    plain = {"no": 1, "text": "9家", "low": 9, "high": 9, "unit": "家", "cmp": "eq"}
    plain |= {"kind": "target", "measure": "flow", "indicator": "创新平台", "due": ""}
    return plain | fields


def write_labels(folder: Path, *lines: dict[str, object], plan: str = "qingshan-2024") -> Path:
    """Write agreed labels of a plan, a line each, into a folder."""
    (folder / "agreed").mkdir(exist_ok=True)
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (folder / "agreed" / f"{plan}.jsonl").write_text(text, encoding="utf-8")
    return folder


def rows(*figures: dict[str, object]) -> pd.DataFrame:
    """Rows as the table quantities holds them, each from the plain label and its changes."""
    frame = pd.DataFrame([label(**f) for f in figures]).rename(
        columns={"low": "value_low", "high": "value_high", "cmp": "bound"}
    )
    return frame.assign(task_id="qingshan-2024-" + frame["no"].map("{:02d}".format))


def show(table: pd.DataFrame) -> list[str]:
    """Lines of a table as text, its index and head among them: no order or name goes unseen."""
    rows = [
        " ".join(f"{v:g}" if isinstance(v, float) else str(v) for v in r)
        for r in table.itertuples(name=None)
    ]
    return [" ".join(map(str, table.columns)), *rows]
