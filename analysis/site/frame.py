"""What every page of the site has: its look, its links, and texts in both languages."""

from __future__ import annotations

from html import escape
from pathlib import Path

from analysis.wording import LANGUAGES, text_for

_PAGES = (("index", "site_home"), ("tasks", "site_tasks"), ("figures", "site_figures"))
_CSS = Path(__file__).with_name("site.css")


def both(key: str, **values: object) -> str:
    """Return a text in Chinese and in English: the site is one for both."""
    return " · ".join(text_for(key, language, **values) for language in LANGUAGES)


def page(
    title: str, body: str, *, up: str = "", language: str = "zh-CN", links: bool = True
) -> str:
    """HTML of a page in a language, complete; `up` leads from its folder to that of the site.

    Without `links` it stands alone.
    """
    shown = _PAGES if links else ()
    bar = "".join(f'<a href="{up}{name}.html">{both(key)}</a>' for name, key in shown)
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{_CSS.read_text(encoding='utf-8')}</style>\n</head>\n<body>\n"
        f"<nav>{bar}</nav>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )
