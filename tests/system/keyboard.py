"""Somebody who has no mouse: goes through a page with Tab, and uses what the focus is on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playwright.sync_api import Page

MOST_STOPS = 600
SLOWEST = 120_000
"""Milliseconds until the next page must be there: a preview may be waited for."""
FOCUSED = """() => {
  const e = document.activeElement, s = getComputedStyle(e);
  const seen = s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== 'none';
  return {tag: e.tagName, type: e.type || '', name: e.name || '', value: e.value || '', checked: !!e.checked,
          aside: e.hasAttribute('formaction'), form: !!e.form, href: e.getAttribute('href') || '',
          seen, words: (e.innerText || '').trim().slice(0, 80)};
}"""


class NoWay(AssertionError):  # noqa: N818 - what she would say
    """The keyboard does not lead there."""


@dataclass
class Keyboard:
    """The keyboard on one page at a time."""

    page: Page

    def stops(self) -> Iterator[dict[str, Any]]:
        """Everything that Tab comes to, from the top of the page; each must show that it has the focus."""
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            at: dict[str, Any] = self.page.evaluate(FOCUSED)
            if at["tag"] == "BODY":
                return
            assert at["seen"], f"nobody sees that the focus is on {at}"
            yield at

    def fill_in(self, wanted: Mapping[str, str]) -> None:
        """Fill in the fields in the order in which Tab comes to them, then press the form's own button.

        Raises:
            NoWay: a field or the button was not reached.
        """
        left = {name: value for name, value in wanted.items() if value}
        for at in self.stops():
            name = at["name"]
            if at["tag"] == "BUTTON" and left == {name: at["value"]}:
                self._press()
                return
            if name in left:
                self._enter(at, left.pop(name))
            elif at["tag"] == "BUTTON" and at["form"] and not at["aside"] and not name and not left:
                self._press()
                return
        raise NoWay(f"not reached: {', '.join(left) or 'the button'}")

    def press_button(self) -> None:
        """Press the first button that is a form's own.

        Raises:
            NoWay: there is none.
        """
        self.fill_in({})

    def press(self, words: str) -> None:
        """Press the first button that says so.

        Raises:
            NoWay: there is none.
        """
        for at in self.stops():
            if at["tag"] == "BUTTON" and at["words"] == words:
                self._press()
                return
        raise NoWay(f"no button '{words}'")

    def follow(self, address: str) -> None:
        """Follow the first link to an address.

        Raises:
            NoWay: there is none.
        """
        for at in self.stops():
            if at["tag"] == "A" and at["href"] == address:
                self._press()
                return
        raise NoWay(f"no link to {address}")

    def _press(self) -> None:
        with self.page.expect_navigation(timeout=SLOWEST):
            self.page.keyboard.press("Enter")

    def _enter(self, at: Mapping[str, Any], value: str) -> None:
        if at["type"] == "radio":
            self._choose(value)
        elif at["type"] == "checkbox":
            if not at["checked"]:
                self.page.keyboard.press("Space")
        elif at["tag"] == "SELECT":
            self._pick(value)
        elif at["type"] == "date":
            year, month, day = value.split("-")
            self.page.keyboard.type(month + day + year)  # as the browser, which speaks English, asks for it
            self._see(value)
        else:
            self.page.keyboard.press("Control+A")
            self.page.keyboard.insert_text(value)

    def _choose(self, value: str) -> None:
        """Arrow keys choose among radio buttons, Space chooses the first."""
        self.page.keyboard.press("Space")
        for _ in range(30):
            if self.page.evaluate("document.activeElement.value") == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise NoWay(f"no choice '{value}'")

    def _pick(self, words: str) -> None:
        """Arrow keys go through a list; its words are what she reads."""
        self.page.keyboard.press("Home")
        for _ in range(200):
            if self.page.evaluate("document.activeElement.selectedOptions[0].text") == words:
                return
            self.page.keyboard.press("ArrowDown")
        raise NoWay(f"no entry '{words}'")

    def _see(self, value: str) -> None:
        found = self.page.evaluate("document.activeElement.value")
        if found != value:
            raise NoWay(f"'{value}' was typed, and the field says '{found}'")
