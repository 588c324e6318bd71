"""Text as the plans write it: decoding, widths, sentences, Chinese numerals."""

from __future__ import annotations

import re
from pathlib import Path

from analysis.errors import PlanError

ENCODINGS = ("utf-8-sig", "gb18030")

# Full-width ASCII, the ideographic space and the no-break space, folded one character to one,
# so that offsets into folded text are offsets into the text as written.
_FOLD = {0xFF01 + i: 0x21 + i for i in range(94)} | {0x3000: 0x20, 0x00A0: 0x20}

_SENTENCE_END = re.compile(r"[。！？!?\n]+[”’」』）)]*")

_DIGIT = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_PLACE = {"十": 10, "百": 100, "千": 1000}
_GROUP = {"万": 10**4, "亿": 10**8}


def read_text(path: Path) -> str:
    """Decode a plan: UTF-8 (with or without a byte order mark), else GB18030.

    Raises
    ------
    PlanError
        The file is missing, empty, or in neither encoding.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise PlanError("no such file", "check the name in sources.csv", file=path) from None
    if not data.strip():
        raise PlanError("the file is empty", "put the plan's text into it", file=path)
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise PlanError("neither UTF-8 nor GB18030", "save the text as UTF-8", file=path)


def fold_width(text: str) -> str:
    """Fold full-width forms and odd spaces to ASCII, keeping every character's position."""
    return text.translate(_FOLD)


def line_of(text: str, position: int) -> int:
    """Number of the line, from 1, that holds a position."""
    return text.count("\n", 0, position) + 1


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences in `text`, end marks included, that cover it without a gap."""
    ends = [m.end() for m in _SENTENCE_END.finditer(text)]
    if not ends or ends[-1] < len(text):
        ends.append(len(text))
    return [(a, b) for a, b in zip([0, *ends], ends, strict=False) if a < b]


def parse_chinese_number(numeral: str) -> int:
    """Value of a Chinese numeral such as 十四, 两百三十, 三万, 二〇二四, 一万亿.

    A last digit without its place takes the place below the one before it (二百三 is 230), and
    digits one by one are read as figures (二〇二四 is 2024).

    Raises
    ------
    ValueError
        A character is no Chinese digit or place.
    """
    strange = set(numeral) - set(_DIGIT) - set(_PLACE) - set(_GROUP)
    if strange or not numeral:
        raise ValueError(f"{numeral!r} is no Chinese numeral")
    if len(numeral) > 1 and set(numeral) <= set(_DIGIT):
        return int("".join(str(_DIGIT[c]) for c in numeral))
    total = group = digit = 0
    place = 1  # of the character before
    for c in numeral:
        if c in _DIGIT:
            digit = _DIGIT[c]
            if digit == 0:
                place = 1  # 一百零五: the digit after 零 stands for itself
        elif c in _PLACE:
            group += (digit or 1) * _PLACE[c]
            digit, place = 0, _PLACE[c]
        else:
            unit = _GROUP[c]
            closed = (group + digit) or (0 if total else 1)
            total = (total + closed) * unit if total < unit else total + closed * unit
            group = digit = 0
            place = unit
    return total + group + digit * (place // 10 if place > 10 else 1)
