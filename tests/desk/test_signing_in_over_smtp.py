"""The first administrator of an installation gets in: settings, a real mail server, the portal as it is served."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from config.settings import load_settings
from engine.accounts.accounts import add_account
from engine.clock import SystemClock
from engine.demo import free_ports
from engine.mailbox import Mailbox, mail_server
from engine.services import build_services
from engine.sign_in_mails import SignInMails
from portal.serving import portal_app
from tests.desk.conftest import DeskBrowser
from tests.portal.conftest import BASE, hidden

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_from_an_address_to_the_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    [port] = free_ports(1)
    settings = load_settings(data_dir=tmp_path / "data", mailbox_port=port, base_url=BASE)
    server = mail_server(settings.mailbox_dir, port=port)
    server.start()
    services = build_services(settings, "test")
    try:
        add_account(services.register, "anna@region.example", now=services.clock.now(), administrator=True)
        with SignInMails(services.system_mailer, SystemClock()) as sending:  # at its end all is sent
            browser = DeskBrowser(portal_app(services, after_asking_in=sending.send))
            form = browser.get("/desk/sign-in")
            browser.post("/desk/sign-in", {"csrf": hidden(form, "csrf"), "address": "anna@region.example"})
        [mail] = Mailbox(settings.mailbox_dir).messages()
        assert (mail.to, mail.subject, mail.kind) == (("anna@region.example",), "Logga in på Samsyn", "sign_in")
        link = re.search(rf"{BASE}(/desk/enter/\S+)", mail.text)
        assert link
        shown = browser.get(link[1])
        entered = browser.post("/desk/enter", {"csrf": hidden(shown, "csrf"), "token": hidden(shown, "token")})
        assert entered.status_code == 303
        assert browser.get("/desk/accounts").status_code == 200
    finally:
        services.close()
        server.stop()
