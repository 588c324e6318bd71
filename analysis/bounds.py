"""Words of comparison that touch a number, and the bound that they set."""

from __future__ import annotations

import re

_WORDS = {
    "le": "低于 小于 少于 不足 不到 最多 至多 最高 以下 以内 之内 之下",
    "ge": "高于 大于 多于 至少 最少 最低 超过 超出 超 再超 力争超 突破 逾 过 以上 之上 余 多 几",
    "approx": "约 大约 近 左右 上下 来",
}
_BOUND = {word: bound for bound, words in _WORDS.items() for word in words.split()}
_OPPOSITE = {"le": "ge", "ge": "le"}

_DENIED = r"(?P<no>不得?|不能|不宜|未|没有)?"
# 控制在 sets no bound itself but opens one that is closed behind (控制在…以内).
_BEFORE = re.compile(
    rf"(?:{_DENIED}(?P<word>低于|小于|少于|高于|大于|多于|超过|超出|突破|超)"
    r"|(?P<plain>力争超|再超|不足|不到|至少|最少|最低|最高|最多|至多|大约|(?<![签节预合契特履违邀制公条])约|(?<![附靠临就最邻亲贴])近|逾|(?<![经通度渡])过)"
    r"|控制在)了?\s*$"
)
_AFTER = re.compile(
    r"\s*(?:(?:[及或]|\(含\))?(?P<word>以[上下内])|(?P<plain>之[上下内]|上下|左右))"
)
_LONGEST = 6  # characters of the longest words before a number, 不得超过了


def match_before(folded: str, start: int) -> re.Match[str] | None:
    """Words of comparison that end where a number starts."""
    return _BEFORE.search(folded, max(0, start - _LONGEST), start)


def match_after(folded: str, end: int) -> re.Match[str] | None:
    """Words of comparison that start where a number ends."""
    return _AFTER.match(folded, end)


def read_bound(before: re.Match[str] | None, after: re.Match[str] | None, more: str) -> str:
    """Bound that words of comparison set: le before ge before approx, or eq where none does.

    Parameters
    ----------
    before, after
        What `match_before` and `match_after` found.
    more
        余, 多, 来 or 几 inside the number.
    """
    found = {_BOUND[m["word"] or m["plain"]] for m in (after,) if m} | {_BOUND.get(more, "eq")}
    if before and (word := before["word"] or before["plain"]):
        bound = _BOUND[word]
        found.add(_OPPOSITE[bound] if before["word"] and before["no"] else bound)
    return next((name for name in _WORDS if name in found), "eq")
