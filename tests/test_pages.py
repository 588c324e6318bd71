"""Tasks as pages of HTML: all of the text, nothing unescaped."""

import hashlib
import re
from html import unescape
from pathlib import Path

import pandas as pd
import pytest
from invented import DOCUMENTS

from analysis.errors import PlanError
from analysis.explorer import pages
from analysis.shared_text import runs


def visible(html: str) -> str:
    """Text of a page without its marks."""
    bare = re.sub(r"<sup[^>]*>.*?</sup>", "", html)
    return unescape(re.sub(r"<[^>]+>", "", bare))


def test_coloured_text_is_the_text(plans: dict[str, pd.DataFrame]) -> None:
    html = pages.coloured_task(plans["documents"], plans["tasks"], "zhoucun-2023-31").data
    texts = plans["passages"].set_index("task_id")["text"]
    for task_id in ("zhoucun-2023-31", "zichuan-2023-31", "chengyang-2023-22", "yanzhou-2023-28"):
        assert texts[task_id] in visible(html)
    assert texts["tengzhou-2023-34"] not in visible(html)
    assert "周政办字〔2023〕17号" in html
    assert "background:" in html
    assert not re.search("<(script|style|link|img)", html)


def test_coloured_text_escapes(tmp_path: Path) -> None:
    body = "<script>alert('x')</script>&深入实施绿色建筑建设行动完善统一管理"
    documents = DOCUMENTS.head(2).assign(source_file=["a.txt", "b.txt"], text_file="")
    text = f"1. 题目<b>。{body}"
    documents["sha256"] = hashlib.sha256(text.encode()).hexdigest()
    rows = []
    for doc_id, name in zip(documents["doc_id"], documents["source_file"], strict=True):
        (tmp_path / name).write_text(text, encoding="utf-8")
        rows.append((f"{doc_id}-01", doc_id, 1, "题目<b>", body, "", 0, 9, len(text), len(text)))
    columns = ["task_id", "doc_id", "task_no", "title", "text", "clause", "char_start"]
    columns += ["text_start", "clause_start", "char_end"]
    tasks = pd.DataFrame(rows, columns=columns)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs.read_passages, "__kwdefaults__", {"raw": tmp_path})
        html = pages.coloured_task(documents, tasks, "a-2023-01").data
    assert "<script" not in html
    assert "<b>" not in html
    assert f"题目<b>。{body}" in visible(html)
    page = pages.parallel_tasks(documents, tasks, "a-2023-01").data
    assert "<script" not in page


def test_coloured_text_of_a_task_without_twins(plans: dict[str, pd.DataFrame]) -> None:
    html = pages.coloured_task(plans["documents"], plans["tasks"], "chengyang-2023-01").data
    assert "没有与其他计划相同的连续13字" in html
    assert "border-bottom" not in html
    with pytest.raises(PlanError, match="nowhere"):
        pages.coloured_task(plans["documents"], plans["tasks"], "nowhere")


def test_parallel_tasks_stand_in_columns(plans: dict[str, pd.DataFrame]) -> None:
    html = pages.parallel_tasks(plans["documents"], plans["tasks"], "zhoucun-2023-30").data
    texts = plans["tasks"].set_index("task_id")["text"]
    for task_id in ("zhoucun-2023-30", "tengzhou-2023-33", "zichuan-2023-30"):
        assert texts[task_id] in unescape(html)
    assert html.count("无明显对应任务") == 1
    assert html.count("<tr>") == 8
