"""The value of a numeral: Arabic, Chinese, formal (伍佰) or mixed (3万2000), whole or in parts.

A numeral is taken whole or not at all: `match_numeral` finds how far it reaches, `evaluate` says
what it is worth, and where that is unknown (1.2.3, 五一, 3万5) the whole of it has no value.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction

# Formal and traditional characters and their plain form, one for one.
_PLAIN = str.maketrans(
    "壹弌贰貳貮弐弍叁叄弎肆伍陆陸柒捌玖拾佰仟萬億兩倆○〇點餘幾負",
    "一一二二二二二三三三四五六六七八九十百千万亿两两零零点余几负",
)
_DIGIT = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "俩": 2}
_PLACE = {"十": 10, "百": 100, "千": 1000}
_GROUP = {"万": 10**4, "亿": 10**8, "兆": 10**12}
_TENS = {"廿": 20, "卅": 30, "卌": 40}

_SPELT = "零〇一二两兩俩倆三四五六七八九十百万亿萬億廿卅卌"
# Formal characters also spell words and names (大陆, 队伍, 收拾): alone they count before a measure
# word only.
_FORMAL = "壹弌贰貳貮弐弍叁叄弎肆伍陆陸柒捌玖拾佰仟"
_MEASURE = "个個家座处所台条户人名项場场次件套元亩吨点點分"
_FORMAL_PART = (
    rf"(?<![大登着内海水队入退落行收])[{_FORMAL}](?=[^\S\n]?[{_SPELT}{_FORMAL}{_MEASURE}千又])"
    rf"|(?<=[{_SPELT}{_FORMAL}千点點之])[{_FORMAL}]"
)
# 千 before 瓦 or 米 begins the unit, as 百 before 分点 does; 兆 is a number only inside one.
_CHINESE = (
    rf"(?:(?!百分点)[{_SPELT}]|千(?!分点|[瓦米克伏卡焦帕])|兆(?=[零一二三四五六七八九十壹亿万\d])"
    rf"|{_FORMAL_PART})"
)
# Numbers in one sign: circled, Roman, fractions; superscripts belong to their unit.
SIGNS = "¼-¾²³¹⁰⁴-⁹₀-₉⅐-⅞\u2160-\u217f①-⓿❶-➓〡-〩〸-〺㈠-㈩㉈-㉏㉑-㉟㊀-㊉㊱-㊿"

# A run of digits or of characters, as the accounts list them; 半 where it is a number (半数, 半成).
NUMERAL = re.compile(
    rf"\d+(?:\.\d+)?|(?:[{_SPELT}千]|{_FORMAL_PART})+|半(?=数|成(?![立员]))|[{SIGNS}]"
)

_MAY_BEGIN = re.compile(rf"[\d{_SPELT}千{_FORMAL}半{SIGNS}]")


def find_runs(text: str) -> list[tuple[int, int]]:
    """Spans of the runs of digits or characters of numerals in a text, as `NUMERAL` finds them."""
    runs: list[tuple[int, int]] = []
    place = 0
    while begin := _MAY_BEGIN.search(text, place):
        m = NUMERAL.match(text, begin.start())
        place = m.end() if m else begin.end()
        if m:
            runs.append(m.span())
    return runs


_BLANK = r"[^\S\n]{0,2}"
_ARABIC = r"\d+(?:[.,·]\d+)*(?:[^\S\n]{1,2}\.[^\S\n]{0,2}\d+)?|(?<!\d)\.\d+"
_INSIDE = rf"[余餘多来几幾](?={_BLANK}[十百千万萬亿億])|[几幾](?=[个個家名人])"
_POINT = rf"[点點](?={_BLANK}[零〇一二两三四五六七八九壹贰叁肆伍陆柒捌玖])"
_PART = rf"(?:{_ARABIC}|{_CHINESE}|{_INSIDE}|{_POINT}|(?<=\d)[kK](?![A-Za-z]))"
_SPAN = re.compile(rf"(?:{_ARABIC}|{_CHINESE})(?:{_BLANK}{_PART}){{0,60}}")
# What goes on from a numeral and is not understood: 2^5, 1.75:1, 3×4, 3/2, but not 8/10万.
_GOES_ON = re.compile(
    rf"(?:\^|[eE](?=[+-]?\d))[+-]{{0,2}}\d*(?:\.\d+)?|(?:{_BLANK}[:\u2236×*]{_BLANK}\d+(?:\.\d+)?)+|[{SIGNS}]+"
    r"|/(?!1?0*[百千万亿])\d+"
)
_OVER = re.compile(rf"{_BLANK}分{_BLANK}之{_BLANK}")
_AND = re.compile(rf"{_BLANK}又{_BLANK}")
_SIGN = re.compile(r"(?<![减抱欠肩背担])[负負]$|(?<![\d\sA-Za-z%)])[-−]$")

_ARABIC_DIGIT = re.compile(r"\d")
_SCALES = "百千万亿萬億佰仟"
_PART_OF = re.compile(r"(\d{1,2})/([1-9]\d?)(?=(?:以上)?的)")
_PART_SIGN = re.compile("[¼-¾⅐-⅞]")
_GROUPED = re.compile(r"\d{1,3}(?:[, ]\d{3})+(?:\.\d+)?")
_PIECE = re.compile(r"\d[\d.,· ]*\d|\d|\.\d+|.")
_LONGEST = 18  # digits; a longer row of them is a code

_SIDE_BY_SIDE = re.compile(r"([一二两三四五六七八])([二两三四五六七八九])(?![一二三四五六七八九])")


@dataclass(frozen=True, slots=True)
class Value:
    """A numeral of a text: where it ends and what it is worth.

    `high` differs from `low` where it is two digits side by side (三五, 十七八). `more` is 余, 多,
    来 or 几 inside it. `base` is what a fraction is a part of (100 in 百分之五, 5 in 五分之一), or
    0. `scale` is the multiplier at the end (1万 of 3.6万), `chinese` whether it is all in
    characters.
    """

    end: int
    low: Fraction
    high: Fraction
    more: str = ""
    base: int = 0
    scale: int = 1
    chinese: bool = False


@dataclass(frozen=True, slots=True)
class Unread:
    """A numeral of a text that is not understood: where it ends, and whether it is a fraction."""

    end: int
    fraction: bool = False


def match_numeral(text: str, start: int) -> Value | Unread | None:
    """Value of the numeral that starts at a place of a text; None where none starts there."""
    m = _SPAN.match(text, start)
    if m is None:
        return _read_sign(text, start)
    whole = m[0]
    if part := _PART_SIGN.match(text, m.end()):
        value = evaluate(whole)
        return _plain_value(part.end(), None if value is None else value + sign_value(part[0]))
    if part := _PART_OF.match(text, start):  # 1/3的村
        upper = Fraction(int(part[1]))
        return Value(part.end(), upper, upper, "", int(part[2]))
    if beyond := _GOES_ON.match(text, m.end()):
        return Unread(beyond.end())
    if over := _OVER.match(text, m.end()):
        return _read_fraction(text, whole, over.end())
    both = _evaluate_both(whole)
    if both is None:
        return Unread(m.end())
    low, high, more = both
    if and_ := _AND.match(text, m.end()):
        fraction = match_numeral(text, and_.end())
        if isinstance(fraction, Unread) and fraction.fraction:
            return Unread(fraction.end)
        if isinstance(fraction, Value) and fraction.base:
            total = low + fraction.low / fraction.base
            return Value(fraction.end, total, total, more)
    chinese = not whole[0].isdigit() and not _ARABIC_DIGIT.search(whole)
    groups = whole[len(whole.rstrip(_SCALES)) :].translate(_PLAIN)
    return Value(m.end(), low, high, more, 0, _times(groups), chinese)


def _plain_value(end: int, value: Fraction | None) -> Value | Unread:
    return Unread(end) if value is None else Value(end, value, value)


def _read_sign(text: str, start: int) -> Value | Unread | None:
    """Value of a number in one sign (③, ½); a Roman numeral or a superscript has none."""
    sign = text[start : start + 1]
    if not re.fullmatch(f"[{SIGNS}]", sign):
        return None
    value = sign_value(sign) if re.fullmatch("[①-⑳❶-❿¼-¾⅐-⅞]", sign) else None
    return _plain_value(start + 1, value)


def sign_value(sign: str) -> Fraction:
    """Value of a number in one sign: 三, ½, ③."""
    return Fraction(unicodedata.numeric(sign)).limit_denominator(20)


def _read_fraction(text: str, base: str, start: int) -> Value | Unread:
    """Value of a fraction whose base and 分之 have been read: `low` is the upper part."""
    below = _evaluate_both(base)
    m = _SPAN.match(text, start)
    if m is None or below is None or below[0].denominator != 1 or not below[0]:
        return Unread(m.end() if m else start)
    if below[0] != below[1]:  # 三五分之一
        return Unread(m.end(), fraction=True)
    upper = _evaluate_both(m[0])
    if upper is None:
        return Unread(m.end(), fraction=True)
    return Value(m.end(), *upper, int(below[0]), 1, not re.search(r"\d", m[0]))


def sign_before(text: str, start: int) -> int:
    """Length of the sign (负 or a minus) that stands before a numeral."""
    m = _SIGN.match(text, start - 1, start)
    return len(m[0]) if m else 0


def _times(groups: str) -> int:
    out = 1
    for c in groups:
        out *= (_PLACE | _GROUP)[c]
    return out


_SIMPLE = re.compile(r"(\d{1,15})(?:\.(\d{1,6}))?([百千万亿]{0,2})")


def _evaluate_both(numeral: str) -> tuple[Fraction, Fraction, str] | None:
    """Both ends of a numeral, and the 余, 多, 来 or 几 inside it; None where not understood."""
    if m := _SIMPLE.fullmatch(numeral):  # most numerals of a plan
        written = int(m[1] + (m[2] or "")) * _times(m[3])
        value = Fraction(written, 10 ** len(m[2] or ""))
        return value, value, ""
    if len(numeral) == 1 and numeral in _DIGIT:
        value = Fraction(_DIGIT[numeral])
        return value, value, ""
    plain = re.sub(r"\s+", " ", numeral.translate(_PLAIN))
    more = re.search(r"[余多来几]", plain)
    plain = re.sub(r"[余多来几]", "", plain)
    if (m := _SIDE_BY_SIDE.search(plain)) and "点" not in plain[: m.start()]:
        ends = (_DIGIT[m[1]], _DIGIT[m[2]])
        if 0 < ends[1] - ends[0] <= 2:
            low, high = (evaluate(plain[: m.start()] + m[k] + plain[m.end() :]) for k in (1, 2))
            return None if low is None or high is None else (low, high, "")
    last = evaluate(plain)
    return None if last is None else (last, last, more[0] if more else "")


def evaluate(numeral: str) -> Fraction | None:
    """What a numeral in plain characters is worth; None where it is not understood.

    A last digit without its place takes the place below the one before it (二百三 is 230,
    3万2000 is 32000).
    """
    whole, point, fraction = numeral.replace(" 点", "点").replace("点 ", "点").partition("点")
    if not point:
        return _add_up(numeral)
    digits = fraction.replace(" ", "").rstrip("万亿")
    if not digits or set(digits) - set(_DIGIT):
        return None
    written = Fraction(int("".join(str(_DIGIT[c]) for c in digits)), 10 ** len(digits))
    base = _add_up(whole)
    groups = fraction.replace(" ", "")[len(digits) :]
    return None if base is None else (base + written) * _times(groups)


def parse_chinese_number(numeral: str) -> int:
    """Value of a whole number in Chinese numerals; digits one by one are one (二〇二四 is 2024).

    Raises
    ------
    ValueError
        A character is no Chinese digit or place, or the numeral is not understood.
    """
    plain = numeral.translate(_PLAIN)
    if len(plain) > 1 and set(plain) <= set(_DIGIT):
        return int("".join(str(_DIGIT[c]) for c in plain))
    is_whole = plain and set(plain) <= {*_DIGIT, *_PLACE, *_GROUP}
    if not is_whole or (value := evaluate(plain)) is None:
        raise ValueError(f"{numeral!r} is no Chinese numeral")
    return int(value)


def _pieces(numeral: str) -> list[str]:
    """Arabic numbers and single characters of a numeral, blanks between them left out."""
    return [p for p in _PIECE.findall(re.sub(r"(?<!\d) | (?!\d)", "", numeral)) if p != " "]


def _add_up(numeral: str) -> Fraction | None:
    """Value of a numeral without 点: digits times their places, group by group."""
    total = group = Fraction(0)
    digit: Fraction | None = None
    written = ""  # the digit as it stands
    place, after_group = 1, False
    last = math.inf  # the place before in this group: places only fall (not 十二十, 千百)
    parts = _pieces(numeral)
    if sum(p[0] in "0123456789." or p in _DIGIT for p in parts) > 1 and any(
        "." in p for p in parts
    ):
        return None  # 1.5万3千
    for piece in parts:
        if piece[0].isdigit() or piece[0] == ".":
            if digit is not None or (value := _arabic(piece)) is None:
                return None
            digit, written = value, piece
        elif piece in "零":
            place, digit = 1, digit if digit is not None else None
            if digit is not None:
                return None
        elif piece in _DIGIT:
            if digit is not None:
                return None
            digit, written = Fraction(_DIGIT[piece]), ""
        elif piece in _TENS:
            if digit is not None or group % 100:
                return None
            group, place, digit = group + _TENS[piece], 10, None
        elif piece in _PLACE or piece in "kK":
            step = _PLACE.get(piece, 1000)
            if step >= last or (digit is None and group and step > 10):
                return None
            last = step
            group += (Fraction(1) if digit is None else digit) * step
            digit, place = None, step
        elif piece in _GROUP:
            step = _GROUP[piece]
            closed = group + (digit or 0)
            if not closed and after_group:  # 万亿
                total *= step
            elif total < step:
                total = (total + (closed or 1)) * step
            else:
                total += closed * step
            group, digit, place, after_group, last = Fraction(0), None, step, True, math.inf
            continue
        else:
            return None
        after_group = False
    return _close(total + group, digit, written, place, len(parts))


def _close(
    above: Fraction, digit: Fraction | None, written: str, place: int, n: int
) -> Fraction | None:
    """Add the last digit of a numeral, which may have no place of its own."""
    if digit is None:
        return above if n > 1 or above else Fraction(0)
    if n == 1 or place == 1:
        return above + digit
    if not written:
        return above + digit * (place // 10)
    fits = written.isdecimal() and len(written) == len(str(place)) - 1  # 3万2000, but not 3万5
    return above + digit if fits else None


def _arabic(piece: str) -> Fraction | None:
    """Value of digits with thousands marks and a decimal point; None where they are set wrongly."""
    if _GROUPED.fullmatch(piece):
        piece = re.sub("[, ]", "", piece)
    piece = re.sub(r" ?[.·] ?", ".", piece)
    if not re.fullmatch(r"\d+(?:\.\d+)?|\.\d+", piece) or len(piece) > _LONGEST:
        return None
    return Fraction(piece)
