"""A pass in the worker beside an empty flow in it and beside Prefect's process worker; what a cycle asks of Prefect.

The empty flow is resumed and suspended in the same way and has as many task runs; in ours the register is read and
written, and in a reminder's pass a mail is written and handed to a mail server.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.house import free_ports, installation, served
from bench.mailing import sink
from bench.results import Row, spread
from engine.prefect_settings import api_url
from engine.stack import settings_environment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config.settings import Settings

MOST = 1.3
"""Times the empty flow."""
FASTER = 5.0
"""Than the process worker."""
PATIENCE = 600.0
BACKGROUND = "POST work_pools/…/get_scheduled_flow_runs"


def measure(*, quick: bool = False) -> Iterator[Row]:
    """On one server: the counts, the passes, the process worker."""
    with with_prefect() as settings:
        yield from _counted(inside(settings, "counts"))
        spent = inside(settings, "passes", 5 if quick else 15)
        yield from _beside_empty("no task run", spent["pass-0"], spent["empty-0"])
        yield from _beside_empty("a reminder: two task runs and a mail", spent["pass-2"], spent["empty-2"])
        stock_ = stock(settings, "worker", 1 if quick else 3)["passes"]
    ours = median(spent["pass-2"])
    yield Row(
        "Prefect's process worker, two task runs", median(stock_), "s", median(stock_) / ours, "a reminder's pass",
        f"ours at least {FASTER:.0f} times as fast", median(stock_) >= FASTER * ours, spread(stock_),
    )  # fmt: skip


@contextmanager
def with_prefect() -> Iterator[Settings]:
    """An installation with Prefect's server and a mail server that keeps nothing."""
    port = free_ports(1)[0]
    with sink(port), installation(smtp_url=f"smtp://127.0.0.1:{port}") as services, served(services, "prefect"):
        yield services.settings


def inside(settings: Settings, *command: str | int) -> dict[str, Any]:
    """What a worker that measures itself prints; see bench/inside.py."""
    return _program("bench.inside", settings_environment(settings), command)


def stock(settings: Settings, *command: str | int) -> dict[str, Any]:
    """What Prefect by itself comes to; see bench/stock.py."""
    stock_home = str(settings.data_dir / "stock")
    return _program("bench.stock", {"PREFECT_API_URL": api_url(settings), "PREFECT_HOME": stock_home}, command)


def _program(module: str, environment: dict[str, str], command: tuple[str | int, ...]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", module, *map(str, command)], env={**os.environ, **environment}, check=True,
        stdout=subprocess.PIPE, stderr=sys.stderr, timeout=PATIENCE,
    )  # fmt: skip
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _beside_empty(what: str, ours: list[float], empty: list[float]) -> Iterator[Row]:
    """The median of the ratios: each pair was taken one after the other."""
    ratio = median(one / other for one, other in zip(ours, empty, strict=True))
    yield Row(f"an empty flow, {what.partition(' and ')[0]}", median(empty) * 1000, "ms", more=spread(empty, 1000))
    yield Row(
        f"a pass, {what}", median(ours) * 1000, "ms", ratio, "the empty flow", f"at most {MOST}", ratio <= MOST,
        spread(ours, 1000),
    )  # fmt: skip


def _counted(counts: dict[str, Any]) -> Iterator[Row]:
    """What a cycle of 45 answers leaves in Prefect, and what it asks of it."""
    requests = sum(number for what, number in counts["cycle"].items() if what not in ("event", BACKGROUND))
    yield Row("Prefect's requests, a whole cycle", requests, "", more=counts["cycle"])
    yield Row("Prefect's requests, an answer that settles nothing", median(counts["answer"]), "")
    yield Row("Prefect's requests, closing a phase and opening the next", median(counts["closing"]), "")
    yield Row("Prefect's requests, a look at the pool", sum(counts["rest"].values()), "", more=counts["rest"])
    for what in ("passes", "runs", "task_runs", "states", "logs"):
        yield Row(f"Prefect's {what.replace('_', ' ')}, a whole cycle", counts[what], "")
    yield Row("Prefect's events, a whole cycle", counts["cycle"].get("event", 0), "")
