"""Photograph the clinic's pages, for people to look at: an invented clinic, every role, four widths, both themes.

    python tools/screenshots.py [FOLDER]      (make screenshots)

Needs a browser (Debian's chromium). Says which pages scroll sideways, and what axe finds serious.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

PORT = 8765
ADDRESS = f"http://localhost:{PORT}"
WIDTHS = (320, 768, 1280, 1920)
ROLES = {"lund": "coordinator", "rivera": "nurse", "osei": "prescriber", "walsh": "service lead", "admin": "admin"}


def main(folder: Path) -> int:
    """Photograph everything; ends with 1 where something serious was found."""
    folder.mkdir(parents=True, exist_ok=True)
    found: list[str] = []
    with tempfile.TemporaryDirectory() as data, sync_playwright() as playwright:
        server = _serve(Path(data))
        try:
            browser = playwright.chromium.launch(executable_path=_chromium(), args=["--no-sandbox", "--disable-gpu"])
            for username, role in ROLES.items():
                found += _photograph(browser, username, role, folder)
            browser.close()
        finally:
            server.terminate()
            server.wait(20)
    print(*found or ["Nothing serious was found."], sep="\n")
    return 1 if found else 0


def _chromium() -> str:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        sys.exit("There is no chromium here; install it (Debian: apt-get install chromium).")
    return path


def _serve(data: Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "OSTEON_DATA": str(data)}
    server = subprocess.Popen(
        [Path(sys.executable).with_name("osteon"), "serve", "--demo", "--port", str(PORT)], env=environment
    )
    for _ in range(240):
        try:
            with urllib.request.urlopen(f"{ADDRESS}/health/ready") as answer:
                if answer.status == 200:
                    return server
        except OSError:
            time.sleep(0.5)
    sys.exit("The clinic did not start.")


def _photograph(browser: Browser, username: str, role: str, folder: Path) -> Iterator[str]:
    from osteon.clinic.demo.make import PASSWORD

    for theme in ("light", "dark"):
        context = browser.new_context(color_scheme=theme, bypass_csp=True)
        page = context.new_page()
        page.goto(f"{ADDRESS}/account/login/")
        page.fill("[name=login]", username)
        page.fill("[name=password]", PASSWORD)
        page.click("main button[type=submit], main form button")
        page.wait_for_load_state()
        for name, address in _pages(page):
            page.goto(address)
            for width in WIDTHS if theme == "light" else (320, 1280):
                page.set_viewport_size({"width": width, "height": 900})
                page.screenshot(path=folder / f"{role}-{name}-{width}-{theme}.png", full_page=True)
                if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                    yield f"{role} {name} {width} {theme}: scrolls sideways"
            for violation in Axe().run(page).response["violations"]:
                if violation["impact"] in ("serious", "critical"):
                    where = violation["nodes"][0]["html"][:160]
                    yield f"{role} {name} {theme}: {violation['id']} ({len(violation['nodes'])}): {where}"
        context.close()


def _pages(page: Page) -> list[tuple[str, str]]:
    """The pages of the menu, and one of each kind that they lead to."""
    menu = page.eval_on_selector_all("nav a", "links => links.map(link => link.href)")
    pages = {address: re.sub(r"\W+", "-", address.removeprefix(ADDRESS)).strip("-") or "home" for address in menu}
    for address in menu:
        page.goto(address)
        kinds = {}
        for link in page.eval_on_selector_all("main a[href]", "links => links.map(link => link.href)"):
            if link.startswith(ADDRESS) and "#" not in link:
                kind = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+", "X", link.split("?")[0])
                kinds.setdefault(kind, link)
        for kind, link in kinds.items():
            if link not in pages and kind not in {
                re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+", "X", each) for each in pages
            }:
                pages[link] = re.sub(r"\W+", "-", kind.removeprefix(ADDRESS)).strip("-")
    return [(name, address) for address, name in pages.items()]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "out/screenshots")))
