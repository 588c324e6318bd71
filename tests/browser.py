"""A real browser for tests: Debian's Chromium driven by Playwright, and what it asked for."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from analysis.study import ROOT

CHROMIUM = Path("/usr/bin/chromium")
_MISSING = [
    what
    for what, there in (("/usr/bin/chromium", CHROMIUM.is_file()),
                        ("the Python package playwright", find_spec("playwright")))
    if not there
]  # fmt: skip
needs_browser = pytest.mark.skipif(bool(_MISSING), reason=f"needs {' and '.join(_MISSING)}")
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def open_page(url: str, *, width: int = 1280) -> Iterator:
    """Open a page in a window of a width in pixels.

    At the end no request may have left the machine, and no script have failed.
    """
    from playwright.sync_api import sync_playwright

    asked, failed = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=_FLAGS)
        page = browser.new_page(viewport={"width": width, "height": 1000})
        page.on("request", lambda request: asked.append(request.url))
        page.on("websocket", lambda websocket: asked.append(websocket.url))
        page.on("pageerror", lambda error: failed.append(str(error)))
        page.set_default_timeout(60_000)
        page.goto(url)
        yield page
        browser.close()
    assert asked
    assert [url for url in asked if not is_local(url)] == []
    assert failed == []


def is_local(url: str) -> bool:
    """Say whether an address is on this machine, or inside the page."""
    parts = urlsplit(url)
    return parts.scheme in {"file", "data", "blob", "about"} or parts.hostname == "127.0.0.1"


@contextmanager
def serve(*command: str, folder: Path) -> Iterator[str]:
    """Run a server of the environment on a free port of 127.0.0.1; give its address.

    ``{port}`` in the command stands for the port.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [sys.executable, "-m", *(word.format(port=port) for word in command)]
    home = {
        "HOME": str(folder),
        "JUPYTER_PATH": str(ROOT / "analysis"),  # where the template of the app lies
        "PYTHONPATH": os.pathsep.join([str(ROOT), *_paths()]),
    }
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            words, cwd=folder, env=os.environ | home, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(address + "/favicon.ico", server, folder / "server.log")
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


def _paths() -> list[str]:
    return [p for p in os.environ.get("PYTHONPATH", "").split(os.pathsep) if p]


def _wait(url: str, server: subprocess.Popen, log: Path) -> None:
    for _ in range(240):
        assert server.poll() is None, log.read_text(encoding="utf-8")
        try:
            with urllib.request.urlopen(url, timeout=60):
                return
        except urllib.error.HTTPError:
            return  # any answer is an answer
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.25)
    raise AssertionError(log.read_text(encoding="utf-8"))
