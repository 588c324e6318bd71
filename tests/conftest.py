"""What several tests share: the five plans read once, and plans invented for a test."""

import csv
import hashlib
from dataclasses import dataclass, field, fields
from pathlib import Path

import pandas as pd
import pytest

from analysis import build, load
from analysis.notebooks import read_expected
from analysis.reading.documents import Document, Source, read_document, read_sources
from analysis.reading.intake import fold_text
from analysis.reading.numbers import read_numbers
from analysis.reading.quantities import read_quantities
from analysis.shared_text import runs
from analysis.study import REPOSITORY, SOURCES_FILE

COLUMNS = [f.name for f in fields(Source)]
# Counts of the five plans: a further plan, or a rule that moves one, changes this file alone.
EXPECTED = read_expected()

HEADER = """青山县人民政府办公室
关于印发青山县2024年重点工作任务的通知
青政办发〔2024〕5号
各乡镇人民政府,县政府各部门:
《青山县2024年重点工作任务》已经县政府同意,现印发给你们,请认真贯彻执行。
青山县人民政府办公室
2024年3月8日
青山县2024年重点工作任务
为做好全年工作,制定重点工作任务如下。
"""
BODY = """一、加快产业发展
1. 培育壮大企业。年内新增规上工业企业12家以上。(县工业和信息化局牵头,县财政局配合)
2. 推进项目建设。实施重点项目30个,完成投资25亿元。(县发展和改革局负责)
二、抓好组织实施
3. 强化督导检查。建立工作台账,定期调度通报。
"""


def known_fault(*values: object, reason: str) -> object:
    """Return a parameter that is read wrongly today; its test fails once it is read rightly."""
    return pytest.param(*values, marks=pytest.mark.xfail(strict=True, reason=reason))


@dataclass
class Raw:
    """A folder of raw files that a test writes: texts by file name, rows of ``sources.csv``."""

    folder: Path
    rows: list[dict[str, str]] = field(default_factory=list)

    def add(self, data: str | bytes, doc_id: str = "qingshan-2024", **row: str) -> dict[str, str]:
        """Write one plan and list it; `row` sets cells of its row."""
        data = data.encode() if isinstance(data, str) else data
        made = dict.fromkeys(COLUMNS, "") | {
            "file": f"{doc_id}.txt",
            "sha256": hashlib.sha256(data).hexdigest(),
            "kind": "plan",
            "doc_id": doc_id,
            "county": "青山县",
            "city": "云州市",
            "province": "东江省",
            "year": "2024",
        }
        made |= row
        (self.folder / made["file"]).write_bytes(data)
        self.rows.append(made)
        self.list()
        return made

    def list(self) -> Path:
        """Write ``sources.csv`` from the rows as they stand."""
        path = self.folder / SOURCES_FILE
        with path.open("w", encoding="utf-8", newline="") as f:
            writer = csv.DictWriter(f, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.rows)
        return path


@pytest.fixture
def raw(tmp_path: Path) -> Raw:
    """An empty folder of raw files."""
    folder = tmp_path / "raw"
    folder.mkdir()
    return Raw(folder)


@pytest.fixture
def mini(raw: Raw) -> Raw:
    """A folder with one small plan of 青山县."""
    raw.add(HEADER + BODY)
    return raw


@pytest.fixture
def no_read_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what the read chain adds to a build: it has tests, and seconds, of its own."""
    monkeypatch.setattr(build, "read_chain", lambda _, **__: {})


@pytest.fixture(scope="session")
def documents() -> dict[str, Document]:
    """The five plans, decoded, by doc_id."""
    plans = [s for s in read_sources(REPOSITORY.raw) if s.kind == "plan"]
    return {s.doc_id: read_document(REPOSITORY.raw, s) for s in plans}


@pytest.fixture(scope="session")
def tables() -> dict[str, pd.DataFrame]:
    """Tables of the five plans, built in memory, without those of the read chain."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "read_chain", lambda _, **__: {})
        return build.build_tables(REPOSITORY.raw)


@pytest.fixture(scope="module")
def plans() -> dict[str, pd.DataFrame]:
    """The built tables that shared text is found in, and its passages."""
    names = ("documents", "tasks", "quantities")
    found = dict(zip(names, load.tables(*names), strict=True))
    found["passages"] = runs.read_passages(found["documents"], found["tasks"])
    return found


def read_figures(sentence: str) -> pd.DataFrame:
    """Rows of `quantities` for one sentence, as if it were the text of a task."""
    plan = fold_text(sentence).solid
    numbers, _ = read_numbers(plan.folded)
    frame = read_quantities(plan, {"qingshan-2024-01": [(0, len(sentence))]}, numbers)
    return frame.reindex(columns=["text", *frame.columns.difference(["text"])])
