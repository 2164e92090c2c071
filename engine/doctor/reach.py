"""The other processes: Prefect's server, the worker that it knows, and the portal from both sides."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx

from engine.doctor.addresses import host_of, is_local
from engine.doctor.findings import broken, look, well
from engine.names import POOL
from engine.prefect_settings import api_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config.settings import Settings
    from engine.doctor.findings import Examined

PATIENCE = 5.0
"""Seconds to wait for an answer."""
SILENT = timedelta(seconds=60)
"""A worker says every quarter of a minute that it lives."""
OLDEST, NEWEST = (3, 8), (3, 9)
"""Versions of Prefect's server that this program has been tried with: from the one up to below the other."""
START_PREFECT = "Start it with: samsyn up, or see PREFECT_API_URL."
START_WORKER = "Start it with: samsyn worker, or samsyn up; see its log."


def reach(settings: Settings, now: datetime) -> Iterator[Examined]:
    """Whether each answers."""
    yield from _prefect(settings, now)
    yield _portal("portal", f"http://{settings.portal_host}:{settings.portal_port}", "Start it with: samsyn portal.")
    if not is_local(host_of(settings.base_url)):
        mend = "See the proxy before the portal, and SAMSYN_BASE_URL; see deploy/."
        yield _portal("portal from outside", settings.base_url, mend)


def _prefect(settings: Settings, now: datetime) -> Iterator[Examined]:
    api = api_url(settings)
    user, _, password = os.environ.get("PREFECT_API_AUTH_STRING", "").partition(":")
    with httpx.Client(timeout=PATIENCE, auth=(user, password) if user else None) as client:
        try:
            answer = client.get(f"{api}/admin/version")
            answer.raise_for_status()
            yield _version(api, str(answer.json()))
            found = client.post(f"{api}/work_pools/{POOL}/workers/filter", json={})
            yield _worker(found.json() if found.status_code == httpx.codes.OK else [], now)
        except (httpx.HTTPError, ValueError) as unreachable:
            yield broken("Prefect", f"{api}: {unreachable}", START_PREFECT)


def _version(api: str, version: str) -> Examined:
    said = f"{api} answers, version {version}"
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdecimal())
    if not OLDEST <= numbers < NEWEST:
        wanted = ".".join(map(str, OLDEST))
        return look("Prefect", said, f"Samsyn has been tried with Prefect {wanted}; see pyproject.toml.")
    return well("Prefect", said)


def _worker(workers: list[dict[str, Any]], now: datetime) -> Examined:
    signs = [datetime.fromisoformat(one["last_heartbeat_time"]) for one in workers if one.get("last_heartbeat_time")]
    if not signs:
        return broken("worker", "Prefect knows of none", START_WORKER)
    last = max(signs).astimezone(UTC)
    if now - last > SILENT:
        return broken("worker", f"last seen {last:%Y-%m-%d %H:%M:%S} UTC", START_WORKER)
    alive = sum(now - sign <= SILENT for sign in signs)
    return well("worker", f"{alive} running, last seen {max(0, int((now - last).total_seconds()))} s ago")


def _portal(what: str, base: str, mend: str) -> Examined:
    address = f"{base}/healthz"
    try:
        answer = httpx.get(address, timeout=PATIENCE)
        ours = answer.status_code == httpx.codes.OK and answer.json().get("register") == "ok"
    except (httpx.HTTPError, ValueError, AttributeError) as unreachable:
        return broken(what, f"{address}: {unreachable}", mend)
    said = f"{address} answers {answer.status_code}"
    return well(what, said) if ours else broken(what, said, mend)
