"""What can be seen of accessibility without a browser: structure, labels, and contrast (WCAG 2.2 AA)."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from portal.pages import stylesheet
from tests.portal.conftest import SLUG
from tests.portal.test_mailbox_pages import put

if TYPE_CHECKING:
    from tests.portal.conftest import Browser, World

DECISION = "antagande-inriktning/decision"
VOID = {"meta", "link", "input", "br", "img"}
ON = {
    "paper": ("ink", "soft", "link", "wrong", "note", "good"),
    "sheet": ("ink", "soft", "link", "wrong"),
    "panel": ("ink", "soft", "link"),
    "wrong-paper": ("ink", "wrong"),
    "act": ("on-act",),
    "act-over": ("on-act",),
}
"""Which colours of text stand on which ground."""


class Outline(HTMLParser):
    """What a page is made of; complains of tags that do not fit together."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember the tag."""
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """See that it closes what was opened last."""
        assert self.open.pop() == tag

    def every(self, *names: str) -> list[dict[str, str | None]]:
        """The attributes of all tags of these names."""
        return [attributes for tag, attributes in self.tags if tag in names]


def pages(world: World, browser: Browser) -> dict[str, str]:
    """One of each page, by name."""
    link = world.link(DECISION, "berg")
    mail = put(world.mail, 1, to="a@berg.example", text="http://testserver/a/x", html="<p>Hej</p>")
    found = {"form": browser.open(link), "document": browser.get(f"/answer/{link}/document/1")}
    found["faults"] = browser.review(link, position="declines", meeting_on="igår")
    for name in ("not-me", "substitute"):
        found[name] = browser.get(f"/answer/{link}/{name}")
        typed = {"csrf": _csrf(found["form"].text)}
        found[f"{name}-faults"] = browser.post(f"/answer/{link}/{name}/review", {**typed, "words": "x" * 3000})
        filled = {**typed, "address": "ny@berg.example"}
        found[f"{name}-review"] = browser.post(f"/answer/{link}/{name}/review", filled)
    found["accessibility"] = browser.get("/accessibility")
    found["review"] = browser.review(link, position="refer_back", comment="Utred")
    found["receipt"] = browser.get(browser.bind(link, found["review"]).headers["location"])
    found["again"] = browser.open(link)
    world.run()
    found["closed"] = browser.post(f"/answer/{link}/review", {"csrf": _csrf(found["again"].text), "comment": "Kvar"})
    for name, address in {
        "start": "/", "record": f"/record/{SLUG}", "mailbox": "/mailbox", "mail": f"/mailbox/{mail}", "missing": "/x",
    }.items():  # fmt: skip
        found[name] = browser.get(address)
    return {name: response.text for name, response in found.items()}


def _csrf(html: str) -> str:
    return str(re.findall(r'name="csrf" value="(\w+)"', html)[0])


def test_every_page_has_its_structure(deciding: World, browser: Browser) -> None:
    titles = Counter[str]()
    for name, html in pages(deciding, browser).items():
        outline = Outline(html)
        assert outline.every("html")[0]["lang"] == "sv", name
        assert len(outline.every("h1")) == len(outline.every("main")) == len(outline.every("header")) == 1, name
        assert outline.every("a")[0]["href"] == "#main", name
        ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
        assert len(ids) == len(set(ids)), name
        titles.update(re.findall(r"<title>(.*)</title>", html))
    assert [title for title, times in titles.items() if times > 2] == []


def test_every_field_has_a_label_and_every_reference_a_target(deciding: World, browser: Browser) -> None:
    for name, html in pages(deciding, browser).items():
        outline = Outline(html)
        ids = {attributes.get("id") for _, attributes in outline.tags}
        labelled = {label["for"] for label in outline.every("label")}
        for field in outline.every("input", "textarea", "select"):
            hidden = field.get("type") == "hidden"
            assert hidden or field.get("id") in labelled or field.get("aria-labelledby"), (name, field)
        for _, attributes in outline.tags:
            for reference in ("for", "aria-describedby", "aria-labelledby"):
                assert set((attributes.get(reference) or "").split()) <= ids, (name, attributes)
            target = attributes.get("href") or ""
            assert not target.startswith("#") or target[1:] in ids, (name, target)
        for frame in outline.every("iframe"):
            assert frame["title"], name


def luminance(colour: str) -> float:
    """The relative luminance of a colour (WCAG 2.2, glossary)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_stands_out_from_its_ground(scheme: int) -> None:
    block = re.findall(r":root \{(.*?)\}", stylesheet(), re.DOTALL)[scheme]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
    for ground, texts in ON.items():
        for text in texts:
            light, dark = sorted((luminance(colours[ground]), luminance(colours[text])), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (ground, text)
