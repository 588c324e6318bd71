"""What several tests invent: clauses of plans, and texts of three small plans."""

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
