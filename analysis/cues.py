"""Words that decide what a number is: ``lexicon/cues.csv`` as compiled patterns."""

from __future__ import annotations

import re
from functools import cache

from analysis.lexicon import read_lexicon


@cache
def words(*classes: str) -> tuple[str, ...]:
    """Words of the cue classes, longest first."""
    found = {r["word"] for r in read_lexicon("cues") if r["class"] in classes}
    return tuple(sorted(found, key=lambda w: (-len(w), w)))


@cache
def pattern(template: str, *classes: str) -> re.Pattern[str]:
    """Compile `template` with {words} standing for the words of the cue classes."""
    return re.compile(template.replace("{words}", "|".join(map(re.escape, words(*classes)))))


def find(template: str, text: str, *classes: str) -> str:
    """First word of the cue classes that `template` finds in a text; empty where there is none."""
    m = pattern(template, *classes).search(text)
    return m[m.lastindex or 0] if m else ""
