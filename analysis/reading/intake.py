"""From the bytes of a file to a text for reading whose places lead back to the text as it is.

A plan is read in a folded form: widths, compatibility and traditional characters become plain,
zero-width characters, page numbers and running heads go, lines that a page broke are joined.
Places and quotations always refer to the text as it was decoded.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from itertools import pairwise
from pathlib import Path

from analysis.errors import PlanError
from analysis.text import WIDTHS, decode, plain_characters, read_bytes

Span = tuple[int, int]

_CONVERT = (
    "save it as .docx in Word or WPS, or add it with --convert where LibreOffice is installed"
)
_OFFICE = (b"\xd0\xcf\x11\xe0", b"{\\rtf")
# First bytes of files that are not read, what they are, and what to do with them.
_SIGNATURES = (
    (b"\xd0\xcf\x11\xe0", "an old or locked Office file (.doc, .wps, .xls)", _CONVERT),
    (b"{\\rtf", "a rich text file (.rtf)", _CONVERT),
    (b"\x89PNG", "a picture (PNG)", "give its text, read by eye or by OCR"),
    (b"\xff\xd8\xff", "a picture (JPEG)", "give its text, read by eye or by OCR"),
    (b"GIF8", "a picture (GIF)", "give its text, read by eye or by OCR"),
    (b"II*\0", "a picture (TIFF)", "give its text, read by eye or by OCR"),
    (b"MM\0*", "a picture (TIFF)", "give its text, read by eye or by OCR"),
    (b"BM", "a picture (BMP)", "give its text, read by eye or by OCR"),
    (b"Rar!", "an archive (RAR)", "unpack it and give the plan in it"),
    (b"7z\xbc\xaf", "an archive (7z)", "unpack it and give the plan in it"),
    (b"\x1f\x8b", "an archive (gzip)", "unpack it and give the plan in it"),
    (b"SQLite format", "a database", "give the plan's text"),
)
_PACKAGES = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
_PAGE = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_LONGEST = 600_000  # characters; a plan has under two hundred thousand
_MODULES = {"docx": "word", "html": "webpage", "pdf": "printed", "xlsx": "sheets"}


def sniff(data: bytes, file: Path | None = None) -> str:
    """Kind of a file by its bytes, whatever its name: text, docx, xlsx, html or pdf.

    Raises
    ------
    PlanError
        It is of a kind that is not read; the message says which, and what to do.
    """
    head = data[:2048].lstrip(b"\xef\xbb\xbf \r\n\t")
    for first, kind, remedy in _SIGNATURES:
        if head.startswith(first) and (first != b"BM" or b"\0" in head[:16]):
            raise PlanError(f"this is {kind}, no plain text", remedy, file=file)
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return _sniff_package(data, file)
    return "html" if _PAGE.match(head) else "text"


def _sniff_package(data: bytes, file: Path | None) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = set(package.namelist())
    except zipfile.BadZipFile:
        remedy = "get it again, or save it again in Word, Excel or WPS"
        raise PlanError("this is a damaged Office file or archive", remedy, file=file) from None
    if found := next((kind for part, kind in _PACKAGES.items() if part in names), ""):
        return found
    for part, kind in (("OFD.xml", "an OFD file"), ("ppt/presentation.xml", "a PowerPoint file")):
        if part in names:
            raise PlanError(f"this is {kind}", "save its text as plain text (UTF-8)", file=file)
    raise PlanError("this is an archive (ZIP)", "unpack it and give the plan in it", file=file)


def read_file(path: Path) -> str:
    """Text of a file: plain text decoded, or what is read out of a Word, Excel, PDF or web file.

    Raises
    ------
    PlanError
        There is no such file, it cannot be read, or a library for its kind is missing.
    """
    return read_data(read_bytes(path), path)


def read_data(data: bytes, file: Path | None = None) -> str:
    """Text of a file's bytes; see `read_file`."""
    kind = sniff(data, file)
    is_long = kind == "text" and len(data) > 4 * _LONGEST  # bytes, before they are decoded
    text = "" if is_long else _read_kind(kind, data, file)
    if is_long or len(text) > _LONGEST:
        remedy = "cut the plan out of it"
        raise PlanError(f"this text is longer than {_LONGEST:,} characters", remedy, file=file)
    return text


def _read_kind(kind: str, data: bytes, file: Path | None) -> str:
    if kind == "text":
        return decode(data, file)
    try:
        module = import_module(f"analysis.reading.{_MODULES[kind]}")
        return getattr(module, f"read_{kind}")(data, file)
    except ImportError as error:
        remedy = "install the extra: pip install 'county-plans[files]'"
        raise PlanError(f"{error.name} is missing, which reads {kind}", remedy, file=file) from None


def to_docx(file: Path, folder: Path) -> Path:
    """Word file in `folder` that LibreOffice makes of an old Office file; others are as they are.

    Raises
    ------
    PlanError
        LibreOffice is not installed, or makes nothing of the file within two minutes.
    """
    if not read_bytes(file).startswith(_OFFICE):
        return file
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if not office:
        remedy = "install LibreOffice, or save the file as .docx in Word or WPS"
        raise PlanError("LibreOffice is not installed, which converts it", remedy, file=file)
    profile = f"-env:UserInstallation={(folder / 'profile').resolve().as_uri()}"
    options = ["--headless", "--convert-to", "docx", "--outdir", str(folder), str(file)]
    with suppress(OSError, subprocess.SubprocessError):  # what counts is whether there is a file
        subprocess.run([office, profile, *options], capture_output=True, timeout=120, check=True)
    made = folder / f"{file.stem}.docx"
    if not made.is_file():
        remedy = "install LibreOffice Writer, or save it as .docx in Word or WPS"
        raise PlanError("LibreOffice could not convert it", remedy, file=file)
    return made


# --- the text for reading -----------------------------------------------------------------------


@dataclass(frozen=True)
class PlanText:
    """A text as decoded, its folded form, and where each folded character stands in the text.

    `places` holds one place more than `folded` has characters, the text's end; it never falls.
    """

    text: str
    folded: str
    places: array[int]

    def span(self, start: int, end: int) -> Span:
        """Span in the text of a span of the folded form; characters dropped around it stay out."""
        return self.places[start], self.places[end - 1] + 1 if end > start else self.places[start]

    def inside(self, place: int) -> int:
        """First character of the folded form that stands at a place of the text or after it."""
        return bisect_left(self.places, place)

    def fold(self, start: int, end: int) -> str:
        """Folded form of a span of the text."""
        return self.folded[self.inside(start) : self.inside(end)]

    def cut(self, start: int, end: int) -> str:
        """Text of a span of the text, without what the folded form leaves out of it."""
        places = self.places[self.inside(start) : self.inside(end)]
        if places and places[-1] - places[0] + 1 == len(places):
            return self.text[places[0] : places[-1] + 1]
        return "".join(self.text[p] for p in places)

    def without(self, spans: Iterable[Span]) -> PlanText:
        """The same text with spans of the folded form left out."""
        kept, places, last = [], array("L"), 0
        for start, end in spans:
            kept.append(self.folded[last:start])
            places.extend(self.places[last:start])
            last = max(last, end)
        if not last:
            return self
        kept.append(self.folded[last:])
        places.extend(self.places[last:])
        return PlanText(self.text, "".join(kept), places)

    @cached_property
    def solid(self) -> PlanText:
        """The same text without blanks beside Chinese characters: what numbers are read from."""
        return self.without(m.span() for m in _BLANK_IN_CHINESE.finditer(self.folded))


_ZERO_WIDTH = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]+|\r(?=\n)"
)
_ODD_BLANKS = dict.fromkeys((0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F), " ")
_LINE_ENDS = dict.fromkeys(map(ord, "\r\x0b\x0c\x85\u2028\u2029"), "\n")
_SIGNS = str.maketrans("﹝﹞﹙﹚﹕﹔﹐﹒﹑｡､｢｣‧\u2236\ufe30", "〔〕():;,.、。、「」·::")
_EVEN = WIDTHS | _LINE_ENDS | _ODD_BLANKS | _SIGNS
_BLANK_IN_CHINESE = re.compile(r"(?<=[^\x00-\x7f])[^\S\n]+|(?<![^\S\n])[^\S\n]+(?=[^\x00-\x7f\s])")


def fold_characters(text: str) -> str:
    """Plain form of every character of a text, each at its place."""
    even = text.translate(_EVEN)
    plain = plain_characters(frozenset(even))
    return even.translate(plain) if plain else even


def fold_text(text: str) -> PlanText:
    """Fold a text for reading: see the module's head for what changes and what goes."""
    even = fold_characters(text)
    whole = PlanText(text, even, array("L", range(len(text) + 1)))
    plain = whole.without(m.span() for m in _ZERO_WIDTH.finditer(text))
    plain = plain.without(_page_lines(plain.folded))
    return plain.without(_broken_lines(plain.folded))


# --- pages --------------------------------------------------------------------------------------

_PAGE_NUMBER = re.compile(
    r"[-—–―·•~]{1,3}\s*\d{1,3}\s*[-—–―·•~]{1,3}|第\s*\d{1,3}\s*页(?:\s*[,/]?\s*[共总]\s*\d{1,3}\s*页)?"
    r"|\d{1,3}\s*/\s*\d{1,3}|page\s*\d{1,3}(?:\s*of\s*\d{1,3})?",
    re.IGNORECASE,
)
_LINES_OF_A_PAGE = 15  # fewer lie between the numbers of a table's rows
_RUNNING_HEAD = 40  # characters


def _lines(folded: str) -> list[Span]:
    """Spans of the lines that hold a word, without the blanks around them."""
    return [m.span() for m in re.finditer(r"\S(?:[^\n]*\S)?", folded)]


def _page_lines(folded: str) -> list[Span]:
    """Spans, line ends included, of the page numbers and of the running heads beside them."""
    lines = _lines(folded)
    words = [folded[a:b] for a, b in lines]
    numbers = {i for i, w in enumerate(words) if _PAGE_NUMBER.fullmatch(w)} | _bare_numbers(words)
    near = {j for i in numbers for j in (i - 1, i + 1) if 0 <= j < len(words)}
    beside = Counter(words[j] for j in near)
    heads = {
        w for w, n in beside.items() if n > 1 and len(w) <= _RUNNING_HEAD and w[-1] not in "。;)"
    }
    gone = numbers | {j for j in near if words[j] in heads}
    return [(lines[i][0], min(lines[i][1] + 1, len(folded))) for i in sorted(gone)]


def _bare_numbers(words: list[str]) -> set[int]:
    """Lines that count the pages without a sign beside the number."""
    bare = [
        (i, int(w)) for i, w in enumerate(words) if w.isascii() and w.isdecimal() and len(w) < 4
    ]
    steps = pairwise(bare)
    is_count = all(n + 1 == m and j - i > _LINES_OF_A_PAGE for (i, n), (j, m) in steps)
    return {i for i, _ in bare} if len(bare) > 1 and is_count else set()


_OPENING = re.compile(
    r"第[一二三四五六七八九十百\d]{1,4}[条章节篇部]|[一二三四五六七八九十]{1,3}[、是]|附件|附[:\d]|注:"
    r"|\d{1,3}\s*[.、):](?!\d)|\([一二三四五六七八九十\d]{1,3}\)|[①-⒇㈠-㈩]|——|[-•·]\s|[●▲★◆■※]"
    r"|[【\[]?[^\s:,。(]{0,8}(?:单位|部门|领导|责任人|联系人|时限|时间)[\]】]?\s*:"
)
# What belongs to the number at the end of the line before: 12.5 and 亿元
_SCALE = re.compile("[万亿]+(?:[元亩吨人户千平立公个]|美元)")
_SENTENCE_END = "。!?;:”"
_OPEN, _CLOSE = re.compile(r"[(\[【〔]"), re.compile(r"[)\]】〕]")
_NEVER_LAST, _NEVER_FIRST = "、,(《“〔‘", ",。;、)》”〕:!?%’"


def _broken_lines(folded: str) -> Iterator[Span]:
    """Yield the gaps between lines that a page's width broke, and no paragraph's end."""
    lines = _lines(folded)
    words = [folded[a:b] for a, b in lines]
    measures = _full_line(words)
    full = [any(measure(line) >= least for measure, least in measures) for line in words]
    near = ["\n" not in folded[end + 1 : then] for (_, end), (then, _) in pairwise(lines)]
    for i in joints(words, full, near):
        yield lines[i][1], lines[i + 1][0]


def joints(lines: list[str], full: list[bool], near: list[bool]) -> Iterator[int]:
    """Yield the lines that go on in the following one.

    Parameters
    ----------
    lines
        Lines in plain characters, none empty.
    full
        Whether each fills the width of its page.
    near
        Whether no empty line stands between each and the following one.
    """
    depth = 0  # brackets left open since the paragraph began
    for i, (line, following) in enumerate(pairwise(lines)):
        depth = max(0, depth + len(_OPEN.findall(line)) - len(_CLOSE.findall(line)))
        goes_on = _goes_on(line, following, full[i], near[i], full[i + 1])
        if goes_on or (full[i] and depth):
            yield i
        else:
            depth = 0


def _goes_on(line: str, following: str, is_full: bool, is_next: bool, is_wide: bool) -> bool:
    """Whether a line goes on in the following one; `is_wide` tells that that one is full, too."""
    if "|" in line or "\t" in line + following:
        return False  # a row of a table
    if line[-1].isdigit() and following[0].isdigit() and is_next:
        return len(line) > 3 and not re.match(r"\d{1,3}\s*[.、](?!\d)|(?:19|20)\d\d年", following)
    if _OPENING.match(following):
        return False
    if is_next and line[-1].isdigit() and _SCALE.match(following):
        return True
    if is_next and following[0] in _NEVER_FIRST:
        return True
    if line[-1] in _NEVER_LAST:
        return is_next or is_full
    if line[-1] in _SENTENCE_END:  # a paragraph's end, or a sentence's that fills its line
        is_text = is_wide or following[-1] in "。;)】〕”:"
        is_note = following.startswith(("(此件", "(联系"))
        return is_full and is_next and is_text and not is_note and line[-1] != ":"
    return is_full


_WIDE = re.compile("[\u2e80-\U0010ffff“”‘’…—]")
_NARROW = re.compile("[0-9A-Za-z]")


def _columns(line: str) -> int:
    return len(line) + len(_WIDE.findall(line))


def _printed_columns(line: str) -> int:
    """Columns where the signs, folded here, are as wide as Chinese characters, as in print."""
    return 2 * len(line) - len(_NARROW.findall(line))


def _full_line(lines: list[str]) -> list[tuple[Callable[[str], int], int]]:
    """Measures of a line, each with the least that a full line has; none where none was broken.

    A page breaks lines at one width, in characters or, with its narrow digits, in columns: many
    lines have nearly that width, none is longer, and most of them end within a sentence.
    """
    found: list[tuple[Callable[[str], int], int]] = []
    for measure, slack, widest in ((len, 1, 60), (_columns, 4, 110), (_printed_columns, 4, 110)):
        sizes = [measure(line) for line in lines]
        size, n = _top(sizes, slack)
        full = [line for line, s in zip(lines, sizes, strict=True) if s >= size - slack]
        within = sum(line[-1] not in _SENTENCE_END + ")" for line in full)
        if 14 <= size <= widest and n >= max(4, 0.25 * len(lines)) and within >= 0.6 * len(full):
            found.append((measure, size - slack))
    return found


def _top(sizes: list[int], slack: int) -> tuple[int, int]:
    """Largest size but for a stray few, and how many have it or up to `slack` less."""
    ordered = sorted(sizes, reverse=True)
    top = ordered[len(ordered) // 50] if ordered else 0
    return top, sum(size >= top - slack for size in ordered)
