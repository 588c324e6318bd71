"""Text as the plans write it: decoding, widths, sentences."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from opencc import OpenCC

from analysis.errors import PlanError

# Full-width ASCII, the ideographic space and the no-break space, folded one character to one,
# so that offsets into folded text are offsets into the text as written.
WIDTHS = {0xFF01 + i: 0x21 + i for i in range(94)} | {0x3000: 0x20, 0x00A0: 0x20}

_SENTENCE_END = re.compile(r"[。！？!?\n]+[”’」』）)]*")


def read_text(path: Path) -> str:
    """Decode a text file (`decode`).

    Raises
    ------
    PlanError
        The file is missing, empty, or in no encoding that is known.
    """
    return decode(read_bytes(path), path)


def read_bytes(path: Path) -> bytes:
    """Bytes of a file.

    Raises
    ------
    PlanError
        There is no such file, or it cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise PlanError("no such file", "check the name", file=path) from None
    except OSError as error:
        raise PlanError(f"cannot be read ({error.strerror})", "name a file", file=path) from None


def decode(data: bytes, file: Path | None = None) -> str:
    """Text of a file: UTF-8 or UTF-16, with or without a byte order mark, GB18030 or Big5.

    Raises
    ------
    PlanError
        The file is empty, or in none of these encodings.
    """
    if not data.strip():
        raise PlanError("the file is empty", "put the plan's text into it", file=file)
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            return _decode_as(data, (encoding,), file)
    if b"\0" in data:  # no text but UTF-16, whose line ends and digits have a zero byte, holds one
        return _decode_as(data, ("utf-16-le", "utf-16-be"), file)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_as(data, ("gb18030", "big5hkscs"), file)


_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")  # in no text, but in every binary file


def _decode_as(data: bytes, encodings: Iterable[str], file: Path | None) -> str:
    """The reading, of those that decode, with the largest share of common characters."""
    readings = []
    for encoding in encodings:
        try:
            readings.append(data.decode(encoding))
        except UnicodeDecodeError:
            continue
    best = max(readings, key=_common_share, default="")
    if not best or _CONTROL.search(best):
        remedy = "save the plan as plain text in UTF-8"
        raise PlanError("no text in UTF-8, UTF-16, GB18030 or Big5", remedy, file=file)
    return best


def _common_share(text: str) -> float:
    """Share of the characters that are ASCII, usual punctuation or a common Chinese character."""
    sample = text[:20_000].translate(plain_characters(frozenset(text[:20_000])))
    common = sum(n for c, n in Counter(sample).items() if _is_common(c))
    return common / max(len(sample), 1)


@cache
def _is_common(char: str) -> bool:
    """Whether GB 2312 has a character among ASCII, its signs, or its 3,755 common characters."""
    if char < "\x80":
        return char.isprintable() or char.isspace()
    try:
        row = char.encode("gb2312")[0]
    except UnicodeEncodeError:
        return False
    return row in range(0xA1, 0xA4) or row in range(0xB0, 0xD8)


# Simplified radicals that PDF files hold for the characters, and that Unicode does not decompose.
_RADICALS = str.maketrans(
    "⺠⻁⻄⻅⻆⻉⻋⻑⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳",
    "民虎西见角贝车长长门青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿龙龟",
)


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def plain_characters(characters: frozenset[str]) -> dict[int, str]:
    """Plain form of the compatibility and traditional characters among `characters`, one to one."""
    return {ord(c): plain for c in characters if (plain := _plain_form(c)) != c}


@cache
def _plain_form(char: str) -> str:
    """Plain form of a character, itself where there is none of one character."""
    if char <= "\u2e7f" or not char.isprintable() or _is_common(char):
        return char
    plain = _simplifier().convert(unicodedata.normalize("NFKC", char.translate(_RADICALS)))
    return plain if len(plain) == 1 else char


def fold_width(text: str) -> str:
    """Fold full-width forms and odd spaces to ASCII, keeping every character's position."""
    return text.translate(WIDTHS)


# Parts the pages of a printed plan: before the paragraph that opens a page, or behind the last
# word of a paragraph that goes on over it, so that no paragraph is cut.
PAGE_BREAK = "\f"


def place_of(text: str, position: int) -> str:
    """Page of a position in a text that is parted into pages, else its line.

    In a paragraph that goes on over a page, both pages: ``page 3-4``.
    """
    if PAGE_BREAK not in text:
        return f"line {line_of(text, position)}"
    page = text.count(PAGE_BREAK, 0, position + 1) + 1
    rest = text[position:].partition("\n")[0]
    turned = len(rest) - len(rest.rstrip(PAGE_BREAK))
    return f"page {page}-{page + turned}" if turned else f"page {page}"


def line_of(text: str, position: int) -> int:
    """Number of the line, from 1, that holds a position."""
    return text.count("\n", 0, position) + 1


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences in `text`, end marks included, that cover it without a gap."""
    ends = [m.end() for m in _SENTENCE_END.finditer(text)]
    if not ends or ends[-1] < len(text):
        ends.append(len(text))
    return [(a, b) for a, b in zip([0, *ends], ends, strict=False) if a < b]


def write_chinese_number(value: int) -> str:
    """Chinese numeral of a whole number from 0 to below ten quadrillion: 一万, 十二, 三千零五."""
    for size, name in ((10**8, "亿"), (10**4, "万")):
        if value >= size:
            rest = value % size
            zero = "零" if 0 < rest < size // 10 else ""
            tail = write_chinese_number(rest).replace("十", "一十", 10 <= rest < 20)
            return write_chinese_number(value // size) + name + (zero + tail if rest else "")
    out, digits = "", str(value)
    for place, digit in enumerate(digits):
        if digit != "0":
            out += "零" * (out != "" and digits[place - 1] == "0")
            out += _CHINESE_DIGITS[int(digit)] + ("", "十", "百", "千")[len(digits) - 1 - place]
    return out.removeprefix("一") if 10 <= value < 20 else out or "零"


_CHINESE_DIGITS = "零一二三四五六七八九"
