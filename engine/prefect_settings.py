"""What Prefect is told, as environment variables: they must be set before `prefect` is imported.

Embedded means: on this machine, bound to loopback, its database in our data folder, and silent towards the world.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from config.settings import Settings

OFF = "false"
HOST = "127.0.0.1"


def api_url(settings: Settings) -> str:
    """Where Prefect's API is: the one that was named, or the embedded server."""
    return settings.prefect_api_url or f"http://{HOST}:{settings.prefect_port}/api"


def server_environment(settings: Settings) -> dict[str, str]:
    """For the embedded server."""
    return {
        "PREFECT_HOME": str((settings.data_dir / "prefect").absolute()),
        "PREFECT_API_URL": api_url(settings),
        "PREFECT_SERVER_API_HOST": HOST,
        "PREFECT_SERVER_API_PORT": str(settings.prefect_port),
        "PREFECT_SERVER_ANALYTICS_ENABLED": OFF,
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": OFF,
        # Loads every suspended run every five seconds; no suspension here has a time-out.
        "PREFECT_SERVER_SERVICES_PAUSE_EXPIRATIONS_ENABLED": OFF,
        # There are no schedules, automations or concurrency limits: these would only poll.
        "PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED": OFF,
        "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": OFF,
        "PREFECT_SERVER_SERVICES_REPOSSESSOR_ENABLED": OFF,
        # Would rename a run that waits for a free lane "Late", which says nothing here.
        "PREFECT_SERVER_SERVICES_LATE_RUNS_ENABLED": OFF,
        "PREFECT_LOGGING_SERVER_LEVEL": "WARNING",
    }


def worker_environment(settings: Settings) -> dict[str, str]:
    """For a process that runs passes."""
    return {
        "PREFECT_HOME": str((settings.data_dir / "prefect-worker").absolute()),
        "PREFECT_API_URL": api_url(settings),
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": OFF,
        "PREFECT_SERVER_ANALYTICS_ENABLED": OFF,
        "DO_NOT_TRACK": "1",
        # Few, so that an outage is noticed; not none: after a 500 the next call would find a dead connection.
        "PREFECT_CLIENT_MAX_RETRIES": "2",
        "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": OFF,
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_LOGGING_TO_API_ENABLED": OFF,
        "PREFECT_RESULTS_PERSIST_BY_DEFAULT": OFF,
    }


def prepare_worker_environment(settings: Settings) -> Path:
    """Set this process up for running passes; what the operator has set already stays. Returns Prefect's home."""
    for name, value in worker_environment(settings).items():
        os.environ.setdefault(name, value)
    home = settings.data_dir / "prefect-worker"
    home.mkdir(parents=True, exist_ok=True)
    return home
