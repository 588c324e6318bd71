"""Decoding, widths, sentences and Chinese numerals."""

from collections import Counter
from pathlib import Path

import pytest
from walk import walk

from analysis.errors import PlanError
from analysis.lexicon import read_rows
from analysis.reading.documents import Document
from analysis.study import TEXTS
from analysis.text import fold_width, line_of, read_text, split_sentences

LINE = "青山县新建桥梁12座，投资3亿元。\n"


@pytest.mark.parametrize(
    "data",
    [
        LINE.encode("utf-8"),
        LINE.encode("utf-8-sig"),
        LINE.encode("gb18030"),
        LINE.encode("gbk"),
    ],
    ids=["utf-8", "byte order mark", "gb18030", "gbk"],
)
def test_encodings_give_the_same_text(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "plan.txt"
    path.write_bytes(data)
    assert read_text(path) == LINE


def test_characters_beyond_gbk(tmp_path: Path) -> None:
    path = tmp_path / "plan.txt"
    path.write_bytes("䶮镇㎡〇𠮷".encode("gb18030"))
    assert read_text(path) == "䶮镇㎡〇𠮷"


def test_line_ends_stay_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "plan.txt"
    path.write_bytes("一、甲\r\n1. 乙。".encode())
    assert read_text(path) == "一、甲\r\n1. 乙。"


@pytest.mark.parametrize(
    ("data", "problem", "remedy"),
    [
        (b"", "empty", "put the plan's text into it"),
        (b" \n\t\r\n", "empty", "put the plan's text into it"),
        (b"\xff\xff\xff\xff", "no text in UTF-8", "save the plan as plain text in UTF-8"),
        (LINE.encode()[:-2] + b"\xff", "no text in UTF-8", "save the plan as plain text in UTF-8"),
        (b"\x01\x02\xb0\xa1\x00", "no text in UTF-8", "save the plan as plain text in UTF-8"),
    ],
    ids=["no bytes", "blanks", "no text", "one bad byte", "binary"],
)
def test_bad_bytes(tmp_path: Path, data: bytes, problem: str, remedy: str) -> None:
    path = tmp_path / "plan.txt"
    path.write_bytes(data)
    with pytest.raises(PlanError) as caught:
        read_text(path)
    assert problem in str(caught.value)
    assert remedy in str(caught.value)
    assert str(path) in str(caught.value)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match=r"gone\.txt: no such file; check the name"):
        read_text(tmp_path / "gone.txt")


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("\uff14\uff16．\uff18％（含）", "46.8%(含)"),
        ("Ａ级～Ｂ级", "A级~B级"),
        ("甲\u3000乙\u00a0丙", "甲 乙 丙"),
        ("，；：！？", ",;:!?"),
        # no full-width ASCII: these must stay
        ("。、“”《》〔〕—…·", "。、“”《》〔〕—…·"),
        ("ⅤⅢ①㎡", "ⅤⅢ①㎡"),
    ],
)
def test_fold_width(written: str, folded: str) -> None:
    assert fold_width(written) == folded


def test_folding_keeps_every_position(documents: dict[str, Document]) -> None:
    for document in documents.values():
        text, folded = document.text, fold_width(document.text)
        assert len(folded) == len(text)
        assert fold_width(folded) == folded
        chinese = [i for i, c in enumerate(text) if "一" <= c <= "鿿"]
        assert all(text[i] == folded[i] for i in chinese)


@walk(
    ("text", "sentences"),
    [
        ("甲。乙。", ["甲。", "乙。"]),
        ("甲。乙", ["甲。", "乙"]),
        ("甲！乙？丙", ["甲！", "乙？", "丙"]),
        ("甲!乙?丙", ["甲!", "乙?", "丙"]),
        ("他说“好。”后走。", ["他说“好。”", "后走。"]),
        ("甲(乙。)丙。", ["甲(乙。)", "丙。"]),
        ("甲\n乙", ["甲\n", "乙"]),
        ("甲。\n\n乙", ["甲。\n\n", "乙"]),
        ("增长2.5%，新建3.5公里；完成。", ["增长2.5%，新建3.5公里；完成。"]),
        ("", []),
        ("。", ["。"]),
    ],
)
def test_split_sentences(text: str, sentences: list[str]) -> None:
    assert [text[a:b] for a, b in split_sentences(text)] == sentences


def test_sentences_cover_the_text(documents: dict[str, Document]) -> None:
    for document in documents.values():
        spans = split_sentences(document.text)
        assert "".join(document.text[a:b] for a, b in spans) == document.text
        assert all(a < b for a, b in spans)


@pytest.mark.parametrize(
    ("position", "line"), [(0, 1), (1, 1), (2, 2), (3, 3), (4, 3)], ids=lambda v: str(v)
)
def test_line_of(position: int, line: int) -> None:
    assert line_of("甲\n\n乙丙", position) == line


def test_no_two_texts_have_one_key() -> None:
    rows = [row for path in sorted(TEXTS.glob("*.csv")) for row in _read_keys(path)]
    assert len(rows) > 500
    assert sorted(key for key, n in Counter(rows).items() if n > 1) == []


def _read_keys(path: Path) -> list[str]:
    rows = read_rows(path)
    return [
        f"{path.stem if path.stem == 'captions' else ''} {next(iter(r.values()))}" for r in rows
    ]
