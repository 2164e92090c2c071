"""The development mailbox: every mail, and none of them can do anything."""

from __future__ import annotations

from email.message import EmailMessage
from typing import TYPE_CHECKING

from tests.portal.conftest import Browser, World, token

if TYPE_CHECKING:
    from pathlib import Path


def put(folder: Path, number: int, *, to: str, subject: str = "Fråga", text: str = "Hej", html: str = "") -> str:
    """A mail as the development server keeps it."""
    mail = EmailMessage()
    mail["Delivered-To"] = to
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = "Mon, 01 Apr 2013 08:00:00 +0200"
    mail["X-Samsyn-Kind"] = "asked"
    mail["Message-ID"] = f"<{number}@samsyn.example>"
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    folder.mkdir(exist_ok=True)
    name = f"{number:020d}-000000-1"
    (folder / f"{name}.eml").write_bytes(mail.as_bytes())
    return name


def test_newest_first_and_by_address(world: World, browser: Browser) -> None:
    put(world.mail, 1, to="a@berg.example", subject="Första")
    put(world.mail, 2, to="b@are.example", subject="Andra")
    page = browser.get("/mailbox").text
    assert page.index("Andra") < page.index("Första")
    one = browser.get("/mailbox?to=A@berg.example").text
    assert "Första" in one
    assert "Andra" not in one
    assert "Inget mejl har skickats till den adressen" in browser.get("/mailbox?to=nobody").text


def test_empty(browser: Browser) -> None:
    assert "Inga mejl har skickats än" in browser.get("/mailbox").text


def test_a_mail_cannot_do_anything(world: World, browser: Browser) -> None:
    attack = "<script>alert(1)</script>"
    name = put(world.mail, 1, to="a@b.example", subject=f"Hej {attack}", text=attack, html=f"<p>Hej</p>{attack}")
    page = browser.get(f"/mailbox/{name}")
    assert "<script" not in page.text
    assert "sandbox" in page.text
    assert page.headers["content-security-policy"].endswith("frame-src 'self'")
    frame = browser.get(f"/mailbox/{name}/html")
    assert frame.headers["content-security-policy"].endswith("sandbox")
    assert "frame-ancestors 'self'" in frame.headers["content-security-policy"]
    assert "script-src" not in frame.headers["content-security-policy"]


def test_shows_links_and_headers(world: World, browser: Browser) -> None:
    link = f"http://testserver/a/{token('x')}"
    name = put(world.mail, 1, to="a@b.example", text=f"Svara här: {link}\njavascript:alert(1)\n")
    page = browser.get(f"/mailbox/{name}").text
    assert f'href="{link}"' in page
    assert 'href="javascript' not in page
    assert "X-Samsyn-Kind" in page
    assert "<iframe" not in page


def test_json_for_programs(world: World, browser: Browser) -> None:
    link = f"http://testserver/a/{token('x')}"
    first = put(world.mail, 1, to="a@b.example", text=f"Svara: {link}.\nLäs: http://testserver/record/x\n")
    second = put(world.mail, 2, to="c@d.example")
    mails = browser.get("/mailbox.json").json()
    assert [mail["id"] for mail in mails] == [first, second]
    assert mails[0] == {
        "id": first, "to": ["a@b.example"], "date": "2013-04-01T08:00:00+02:00", "kind": "asked",
        "subject": "Fråga", "links": [link], "message_id": "<1@samsyn.example>",
    }  # fmt: skip
    assert [mail["id"] for mail in browser.get(f"/mailbox.json?after={first}").json()] == [second]
    assert [mail["id"] for mail in browser.get("/mailbox.json?to=c@d.example").json()] == [second]
