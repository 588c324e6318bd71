"""Chinese words: the policy dictionary, stop words, masking of place names.

Words are cut by jieba with the terms of ``lexicon/terms.txt``. Place names are masked so that a
model learns what a task is about and not where: those of ``lexicon/places.csv`` and, for a county
that nobody has seen, the names in the documents' own columns. The Yellow River and the Grand Canal
are not masked, because plans name them as programmes.
"""

from __future__ import annotations

import logging
import re
import warnings
from functools import cache
from math import log
from typing import TYPE_CHECKING

import pandas as pd

from analysis.errors import PlanError
from analysis.lexicon import read_lexicon
from analysis.study import LEXICON, current

if TYPE_CHECKING:
    import jieba

TERMS_FILE = LEXICON / "terms.txt"
# Words, and names of letters with a digit or two: 5G, CO2. Numbers and units are none.
_RUN = re.compile(r"[一-鿿A-Za-z]+|\d?[A-Za-z]+\d{0,2}")
_SUFFIX = re.compile(r"(?:自治区|自治州|自治县|特别行政区|新区|[省市区县旗州盟])$")


@cache
def read_terms() -> dict[str, str]:
    """Policy terms that are kept whole, each with the reason why, in file order.

    Raises
    ------
    PlanError
        A line is not a term, a tab and a reason, or a term stands twice.
    """
    terms: dict[str, str] = {}
    for path in (TERMS_FILE, current().lexicon / TERMS_FILE.name):  # the study's own come after
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else ()
        for number, line in enumerate(lines, 1):
            term, _, reason = line.partition("\t")
            if not term or not reason or term in terms:
                problem = "a new term, a tab and a reason expected"
                remedy = "fix the line or take it away"
                raise PlanError(problem, remedy, file=path, line=number)
            terms[term] = reason
    return terms


@cache
def stop_words() -> frozenset[str]:
    """Words that say nothing about a task's theme (``lexicon/stopwords.csv``)."""
    return frozenset(row["word"] for row in read_lexicon("stopwords"))


def place_names(documents: pd.DataFrame) -> frozenset[str]:
    """Names to mask: those of ``places.csv``, and counties, cities and provinces of `documents`.

    A name is masked with and without its last character (淄川区, 淄川), unless what remains is a
    single character or part of a policy term (高新区 must not take 高新 out of 高新技术企业).
    """
    names = {row["name"] for row in read_lexicon("places")}
    for full in pd.unique(documents[["county", "city", "province"]].to_numpy().ravel()):
        stem = _SUFFIX.sub("", full)
        names.add(full)
        if len(stem) > 1 and not any(stem in term for term in read_terms()):
            names.add(stem)
    return frozenset(names)


@cache
def _base() -> jieba.Tokenizer:
    """Load jieba with its own dictionary, once and in silence.

    Never from jieba's cache: any program may write to the temporary folder that it lies in, and
    what it holds would decide the themes.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba's own escapes and its look for pkg_resources
        import jieba
    jieba.setLogLevel(logging.WARNING)
    base = jieba.Tokenizer()
    base.FREQ, base.total = base.gen_pfdict(base.get_dict_file())
    base.initialized = True
    return base


def _faster(kind: type[jieba.Tokenizer]) -> type[jieba.Tokenizer]:
    """Tokenizer that finds the words of a text and the best way through them in one pass.

    The words are those of jieba, in three fifths of its time.
    """

    class Tokenizer(kind):
        def get_DAG(self, _: str) -> dict[int, list[int]]:
            return {}

        def calc(self, sentence: str, _: object, route: dict[int, tuple[float, int]]) -> None:
            known, total, end = self.FREQ, log(self.total), len(sentence)
            route[end] = (0, 0)
            for start in range(end - 1, -1, -1):
                best = last = None
                stop = start + 1
                while stop <= end and (freq := known.get(sentence[start:stop])) is not None:
                    if freq:
                        score = log(freq) - total + route[stop][0]
                        if best is None or score >= best:
                            best, last = score, stop - 1
                    stop += 1
                if last is None or best is None:
                    best, last = log(1) - total + route[start + 1][0], start
                route[start] = (best, last)

    return Tokenizer


@cache
def tokenizer(*, names: frozenset[str] = frozenset(), dictionary: bool = True) -> jieba.Tokenizer:
    """Give jieba the policy terms and `names` as words, in a copy of its own for each choice."""
    base = _base()
    made = _faster(type(base))()
    made.FREQ, made.total, made.initialized = base.FREQ.copy(), base.total, True
    for word in [*(read_terms() if dictionary else ()), *sorted(names)]:
        made.add_word(word)
    return made


def cut(
    text: str, *, names: frozenset[str] = frozenset(), dictionary: bool = True
) -> list[list[str]]:
    """Cut a text into words, in runs that no mark, digit or place name interrupts.

    Parameters
    ----------
    text
        Any Chinese text.
    names
        Place names to mask, as `place_names` gives them.
    dictionary
        Keep the policy terms whole; without, jieba's own dictionary alone decides.

    Returns
    -------
    list of list of str
        One list of words per run; joined, the runs hold every Chinese and Latin letter of the
        text but for the masked names.

    Notes
    -----
    jieba's guessing of unknown words is off: it would join names of villages and firms to their
    neighbours, and cut the same words differently in different tasks.
    """
    runs: list[list[str]] = [[]]
    kept = read_terms() if dictionary else ()
    for word in tokenizer(names=names, dictionary=dictionary).cut(text, HMM=False):
        if word in names or not (_RUN.fullmatch(word) or word in kept):
            runs.append([])
        else:
            runs[-1].append(word)
    return [run for run in runs if run]


def character_ngrams(run: str) -> list[str]:
    """Every run of one to three characters in `run`, shortest first."""
    return [run[i : i + n] for n in (1, 2, 3) for i in range(len(run) - n + 1)]
