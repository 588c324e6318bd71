"""Where everything lies: the one module that knows a folder."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RAW = ROOT / "data" / "raw"
PROCESSED = ROOT / "data" / "processed"
LABELS = ROOT / "data" / "labels"
NOTEBOOKS = ROOT / "notebooks"
FIGURES = ROOT / "figures"
WORKBOOKS = ROOT / "workbooks"
SITE = ROOT / "site"
EXPORTS = ROOT / "exports"
MEMORY = ROOT / ".made.json"
LEXICON = Path(__file__).resolve().parent / "lexicon"

SOURCES_FILE = "sources.csv"
DATAPACKAGE_FILE = "datapackage.json"
