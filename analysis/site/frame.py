"""What every page of the site has: its look, its links, and texts in both languages."""

from __future__ import annotations

from html import escape

from analysis.wording import LANGUAGES, text_for

_PAGES = (("index", "site_home"), ("tasks", "site_tasks"), ("figures", "site_figures"))
_CSS = """
body {margin: 0 auto; max-width: 60rem; padding: 0 1rem 4rem; color: #222; line-height: 1.6;
 font-family: "Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC",
 "Microsoft YaHei", sans-serif}
nav {border-bottom: 1px solid #bbb; padding: .8rem 0; margin-bottom: 1rem}
nav a {margin-right: 1.2rem; white-space: nowrap}
a {color: #12355b} h1 {font-size: 1.6rem; line-height: 1.3} h2 {font-size: 1.2rem}
img, svg {max-width: 100%; height: auto}
table {border-collapse: collapse; font-size: .85rem}
th, td {border: 1px solid #ddd; padding: .2rem .5rem; text-align: left; vertical-align: top}
th {background: #f3f3f3}
pre {background: #f6f6f6; padding: .6rem; overflow-x: auto; font-size: .85rem; line-height: 1.4}
.output pre {background: none; padding: 0 .6rem} .output {overflow-x: auto}
p:has(> strong:first-child) {white-space: pre-line}
.prompt, .anchor-link {display: none}
figure {margin: 0 0 2.5rem} figcaption p {margin: .3rem 0}
.faint {color: #555; font-size: .9rem}
h3 {font-size: 1.05rem; margin: 1.4rem 0 .2rem} h3 + p {margin-top: .2rem}
.switch {margin-right: .3rem} .switch + label {margin-right: 1.2rem}
#zh:checked ~ figure .en, #en:checked ~ figure .zh {display: none}
form {display: flex; flex-wrap: wrap; gap: .6rem; margin: 1rem 0}
input, select {font: inherit; padding: .3rem} input {flex: 1 1 18rem}
ol.found {list-style: none; padding: 0} ol.found > li {border-top: 1px solid #ddd; padding: .8rem 0}
ol.found h3 {margin: 0} ol.found p {margin: .2rem 0} ol.found a {color: inherit}
ol.found > li.chosen {border-left: 4px solid #12355b; padding-left: .7rem}
mark {background: #ffe08a}
@media (max-width: 40rem) {
 body {padding: 0 .7rem 3rem} h1 {font-size: 1.3rem} nav a {margin-right: .8rem}
 form > * {flex: 1 1 100%; min-width: 0}
}
"""


def both(key: str, **values: object) -> str:
    """Return a text in Chinese and in English: the site is one for both."""
    return " · ".join(text_for(key, language, **values) for language in LANGUAGES)


def page(title: str, body: str, *, up: str = "") -> str:
    """HTML of a page, complete; `up` leads from its folder to that of the site."""
    links = "".join(f'<a href="{up}{name}.html">{both(key)}</a>' for name, key in _PAGES)
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_CSS}</style>\n</head>\n<body>\n"
        f"<nav>{links}</nav>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )
