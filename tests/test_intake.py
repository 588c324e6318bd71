"""From bytes to a text for reading: encodings, characters, broken lines, and the way back."""

from pathlib import Path

import pytest

from analysis.errors import PlanError
from analysis.reading.documents import Document
from analysis.reading.intake import fold_text, read_file

PLAN = "一、培育产业\n1.新增企业12家。(县工信局负责)\n2.新建学校3所。(县教育局负责)\n"
TRADITIONAL = "一、培育產業\n1.新增企業12家。(責任單位:縣發展改革局)\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk"]
)
def test_encodings(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.txt"
    path.write_bytes(PLAN.encode(encoding))
    assert read_file(path) == PLAN


def test_big5(tmp_path: Path) -> None:
    path = tmp_path / "plan.txt"
    path.write_bytes(TRADITIONAL.encode("big5"))
    assert read_file(path) == TRADITIONAL


def test_other_kinds_of_file_are_named(tmp_path: Path) -> None:
    heads = {
        b"PK\x03\x04\x14\0plan.txt": "damaged",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "old or locked Office",
        b"{\\rtf1": "rich text",
        b"\x89PNG\r\n": "picture",
        b"Rar!\x1a\x07": "archive",
    }
    path, wrong = tmp_path / "plan", []
    for data, kind in heads.items():
        path.write_bytes(data + bytes(range(256)))
        with pytest.raises(PlanError) as caught:
            read_file(path)
        if kind not in caught.value.problem or "\n" in str(caught.value):
            wrong.append((kind, str(caught.value)))
    assert wrong == []


FOLDED = [
    ("学校\uff11\uff12所：（县）", "学校12所:(县)"),
    ("新\u200b增⼆家", "新增二家"),
    ("責任單位", "责任单位"),
    ("一、甲\r\n二、乙\r三、丙\u2028四、丁", "一、甲\n二、乙\n三、丙\n四、丁"),
    ("服务项目3\n0个", "服务项目30个"),
    ("方案3\n12项", "方案3\n12项"),
    ("增加投资,\n新建学校", "增加投资,新建学校"),
    ("1.增加投资,\n2.新建学校", "1.增加投资,\n2.新建学校"),
    ("增加投资\n- 2 -\n新建学校", "增加投资\n新建学校"),
    ("第 3 页 共 9 页\n新建学校", "新建学校"),
    ("- 1 -\n新建学校\n- 2 -\n新增企业", "新建学校\n新增企业"),
    ("青山县文件\n- 1 -\n新建学校\n青山县文件\n- 2 -\n新增企业", "新建学校\n新增企业"),
    ("责任单位:县教育局、\n县财政局", "责任单位:县教育局、县财政局"),
    ("1.甲方案\n2.乙方案", "1.甲方案\n2.乙方案"),
]


def test_folding() -> None:
    found = [(text, fold_text(text).folded) for text, _ in FOLDED]
    assert found == FOLDED


def test_blanks_beside_chinese_go_from_the_solid_form_alone() -> None:
    plan = fold_text("新增 企业 12 家,5 G 基站\u30003 座")
    assert plan.folded == "新增 企业 12 家,5 G 基站 3 座"
    assert plan.solid.folded == "新增企业12家,5 G基站3座"


def test_a_span_of_nothing_is_one_place() -> None:
    plan = fold_text("新\u200b增")
    assert plan.folded == "新增"
    assert [plan.span(0, 1), plan.span(1, 1), plan.span(0, 2)] == [(0, 1), (2, 2), (0, 3)]


def test_every_place_leads_back() -> None:
    text = "\ufeff计划新\u200b建\uff11\n\uff12 所\u3000學校。\r\n- 4 -\r\n完"
    for plan in (fold_text(text), fold_text(text).solid):
        assert list(plan.places) == sorted(plan.places)
        assert len(plan.places) == len(plan.folded) + 1
        assert plan.places[-1] == len(text)
        for i in range(len(plan.folded)):
            start, end = plan.span(i, i + 1)
            assert plan.inside(start) == i
            assert plan.fold(start, end) == plan.folded[i]
    start = plan.folded.index("12")
    assert text[slice(*plan.span(start, start + 2))] == "\uff11\n\uff12"
    assert plan.cut(*plan.span(start, start + 2)) == "\uff11\uff12"


def wrap(text: str, width: int) -> str:
    """Break the lines of a text as a page does that knows no words."""
    lines = (
        line[i : i + width] for line in text.split("\n") for i in range(0, len(line) or 1, width)
    )
    return "\n".join(lines)


def body(text: str) -> list[str]:
    folded = fold_text(text).folded
    return [line.strip() for line in folded[folded.index("一、") :].split("\n") if line.strip()]


@pytest.mark.parametrize("width", [24, 28, 36])
def test_broken_lines_are_joined(width: int, documents: dict[str, Document]) -> None:
    for document in documents.values():
        end = max(document.text.rfind(sign) for sign in ("负责)", "负责）", "局)", "配合)"))
        text = document.text[:end]
        assert body(wrap(text, width)) == body(text)
