"""Figures for Prometheus: right, without a token, and never public by accident."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from config.settings import Settings, SettingsError
from engine.metrics import RegisterFigures
from engine.services import build_services
from models.concern import ConcernKind, raise_concern
from models.notice import Delivery, DeliveryStatus
from models.register import Register
from portal.metrics import RequestFigures, measured
from tests.portal.conftest import SLUG, Browser, World, token

if TYPE_CHECKING:
    from pathlib import Path


def figures(world: World) -> dict[str, float]:
    """Every figure of the register, by its name and labels."""
    registry = CollectorRegistry()
    registry.register(RegisterFigures(world.register, world.clock))
    return parsed(generate_latest(registry).decode())


def parsed(text: str) -> dict[str, float]:
    """What Prometheus would understand."""
    return {
        " ".join([sample.name, *(f"{name}={value}" for name, value in sorted(sample.labels.items()))]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_figures_say_what_is_in_the_register(deciding: World) -> None:
    """Nine principals are asked; one answers, one mail fails, one concern is open."""
    link = deciding.link("antagande-inriktning/decision", "berg")
    before = figures(deciding)
    deciding.browser().answer(link, position="adopts")
    with deciding.register.operate() as session:
        failed = session.get_one(Delivery, session.exec(select_first()).first())
        failed.status = DeliveryStatus.FAILED
    with deciding.register.change(SLUG, at=deciding.clock.at, actor="test") as change:
        raise_concern(change, ConcernKind.NOT_ME, subject="somebody")
    said = figures(deciding)
    assert said["samsyn_register_up"] == 1
    assert said["samsyn_cycles status=running"] == 1
    assert said["samsyn_phases kind=adoption status=open"] == 1
    assert said["samsyn_answers_total"] == before["samsyn_answers_total"] + 1
    assert said["samsyn_deliveries status=failed"] == 1
    assert said["samsyn_concerns_open kind=not_me"] == 1
    assert said["samsyn_journal_entries_total"] == deciding.journal_length()


def select_first() -> Any:
    """Some delivery."""
    from sqlmodel import select

    return select(Delivery.notice_id)


def test_lags_grow_while_nobody_works(world: World) -> None:
    """The first phase waits for its look, and its mails to go out."""
    from datetime import timedelta

    said = figures(world)
    assert said["samsyn_looks_due"] == 0
    assert said["samsyn_outbox_queued"] > 0
    with world.register.read() as session:
        from engine.due import next_wake

        wake = next_wake(session)
    assert wake is not None
    world.clock.at = wake + timedelta(seconds=90)
    later = figures(world)
    assert later["samsyn_looks_due"] >= 1
    assert later["samsyn_look_lag_seconds"] == 90
    assert later["samsyn_outbox_lag_seconds"] > 90


def test_register_that_cannot_be_read(world: World, tmp_path: Path) -> None:
    """One figure says so; the scrape itself does not fail."""
    (tmp_path / "no.db").write_bytes(b"no database" * 1000)
    world.register = Register(f"sqlite:///{tmp_path / 'no.db'}")
    assert figures(world) == {"samsyn_register_up": 0.0}


def test_requests_are_counted_by_route_and_hold_no_token(world: World) -> None:
    """Whatever is asked for."""
    registry = CollectorRegistry()
    browser = Browser(RequestFigures(registry).measure(world.app()))  # type: ignore[arg-type]
    secret = token(world.open_links()[0][2].id)
    for address in ("/", f"/a/{secret}", f"/a/{secret}x", f"/nowhere/{secret}", "/static/samsyn.css", "/record/none"):
        browser.get(address)
    browser.request("BREW", f"/a/{secret}")
    text = generate_latest(registry).decode()
    said = parsed(text)
    assert secret not in text
    assert said["samsyn_requests_total method=GET route=/ status=200"] == 1
    assert said["samsyn_requests_total method=GET route=/a/{token} status=303"] == 1
    assert said["samsyn_requests_total method=GET route=/a/{token} status=404"] == 1
    assert said["samsyn_requests_total method=GET route=(none) status=404"] == 1
    assert said["samsyn_requests_total method=GET route=/record/{slug} status=404"] == 1
    assert sum(value for name, value in said.items() if "method=other" in name and "_total" in name) == 1
    routes = {name.split("route=")[1].split(" ")[0] for name in said if "route=" in name}
    assert not any("samsyn.css" in route for route in routes)


def test_portal_itself_gives_no_figures(browser: Browser) -> None:
    """Not at the address that people reach."""
    assert browser.get("/metrics").status_code == 404


def test_figures_are_given_on_a_port_of_their_own_only_when_wanted(tmp_path: Path) -> None:
    """Closed unless set; then on loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    closed = build_services(Settings(data_dir=tmp_path), "portal")
    with measured(closed):
        assert closed.settings.metrics_host == "127.0.0.1"
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"http://127.0.0.1:{port}/metrics")
    closed.close()
    services = build_services(Settings(data_dir=tmp_path, metrics_port=port), "portal")
    with measured(services):
        said = parsed(httpx.get(f"http://127.0.0.1:{port}/metrics").text)
        assert said["samsyn_register_up"] == 1
        with pytest.raises(SettingsError, match="SAMSYN_METRICS_PORT"), measured(services):
            pass
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/metrics")
    services.close()
