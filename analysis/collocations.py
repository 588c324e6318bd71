"""Candidates for the policy dictionary, found in the plans, and how well the dictionary holds."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import accumulate

import pandas as pd

from analysis.words import read_terms, tokenizer

_HAN = re.compile(r"[一-鿿]+")


class _Strings:
    """Every string of Chinese characters up to a length: how often, in which plans, beside what."""

    def __init__(self, texts: Iterable[str], longest: int) -> None:
        self.counts: Counter[str] = Counter()
        self.plans: defaultdict[str, set[int]] = defaultdict(set)
        self.before: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.after: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for plan, text in enumerate(texts):
            for run in _HAN.findall(text):
                for start in range(len(run)):
                    for end in range(start + 1, min(start + longest, len(run)) + 1):
                        self._add(run, start, end, plan)
        self.total = sum(n for string, n in self.counts.items() if len(string) == 1)

    def _add(self, run: str, start: int, end: int, plan: int) -> None:
        string = run[start:end]
        self.counts[string] += 1
        self.plans[string].add(plan)
        # the edge of a run counts as a neighbour of its own each time
        edge = str(self.counts[string])
        self.before[string][run[start - 1] if start else edge] += 1
        self.after[string][run[end] if end < len(run) else edge] += 1

    def information(self, string: str) -> float:
        parts = [(string[:k], string[k:]) for k in range(1, len(string))]
        expected = max(self.counts[a] * self.counts[b] for a, b in parts)
        return math.log(self.counts[string] * self.total / expected)

    def entropy(self, string: str) -> float:
        return min(_entropy(self.before[string]), _entropy(self.after[string]))


def _entropy(counts: Counter[str]) -> float:
    total = sum(counts.values())
    return -sum(n / total * math.log(n / total) for n in counts.values())


def find_collocations(
    texts: Iterable[str],
    *,
    longest: int = 9,
    min_count: int = 3,
    min_information: float = 2.5,
    min_entropy: float = 0.9,
) -> pd.DataFrame:
    """Candidates for the dictionary: strings that hold together and stand in many surroundings.

    Parameters
    ----------
    texts
        One text per plan; a candidate must occur in two at least.
    longest
        Characters in the longest candidate; the shortest has three.
    min_count
        Occurrences, all plans together.
    min_information
        Pointwise mutual information (natural logarithm) across the weakest inner boundary.
    min_entropy
        Branching entropy (natural logarithm) on the poorer side.

    Returns
    -------
    DataFrame
        One row per candidate that is not yet a term and that jieba cuts, most frequent first:
        term, count, plans, information, entropy, cut. A person has to read them: most are phrases
        and not terms.

    Notes
    -----
    Branching entropy after Jin and Tanaka-Ishii (2006), Unsupervised segmentation of Chinese text
    by use of branching entropy.
    """
    strings = _Strings(texts, longest)
    rows = []
    for string, n in strings.counts.items():
        if len(string) < 3 or n < min_count or len(strings.plans[string]) < 2:
            continue
        information, entropy = strings.information(string), strings.entropy(string)
        pieces = tokenizer().lcut(string, HMM=False)
        if information >= min_information and entropy >= min_entropy and len(pieces) > 1:
            plans = len(strings.plans[string])
            rows.append((string, n, plans, information, entropy, " ".join(pieces)))
    frame = pd.DataFrame(rows, columns=["term", "count", "plans", "information", "entropy", "cut"])
    return frame.sort_values(["count", "term"], ascending=[False, True], ignore_index=True)


def term_retention(texts: Iterable[str], *, dictionary: bool = True) -> float:
    """Share of the policy terms' occurrences in `texts` that no word boundary cuts through."""
    pattern = re.compile("|".join(sorted(read_terms(), key=len, reverse=True)))
    kept = found = 0
    for text in texts:
        words = tokenizer(dictionary=dictionary).lcut(text, HMM=False)
        boundaries = set(accumulate(map(len, words)))
        for match in pattern.finditer(text):
            found += 1
            kept += boundaries.isdisjoint(range(match.start() + 1, match.end()))
    return kept / found if found else 1.0
