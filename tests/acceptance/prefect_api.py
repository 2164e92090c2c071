"""Prefect as an administrator's browser sees it, over the API that its UI uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from tests.waiting import wait_until

MOST = 200
"""As many rows as the API gives at once."""


@dataclass
class PrefectApi:
    """What the UI reads, and the buttons that it has."""

    address: str  # of the API

    def __post_init__(self) -> None:
        self._http = httpx.Client(base_url=self.address, timeout=30)

    def runs(self, cycle: str) -> list[dict[str, Any]]:
        """The runs of a cycle, found by its tag as on the runs page, in the order of their names."""
        found = self._post("/flow_runs/filter", flow_runs={"tags": {"all_": [f"cycle:{cycle}"]}}, limit=MOST)
        return sorted(found, key=lambda run: str(run["name"]))

    def run(self, run_id: str) -> dict[str, Any]:
        """One run."""
        return dict(self._ask("GET", f"/flow_runs/{run_id}").json())

    def states(self, run_id: str) -> list[str]:
        """The names of the states that a run has had, in their order."""
        found = self._ask("GET", "/flow_run_states/", params={"flow_run_id": run_id}).json()
        return [state["name"] for state in sorted(found, key=lambda state: str(state["timestamp"]))]

    def task_runs(self, run_id: str) -> list[dict[str, Any]]:
        """What has been done in a run, in its order."""
        of_run = {"flow_run_id": {"any_": [run_id]}}
        return list(self._post("/task_runs/filter", task_runs=of_run, sort="EXPECTED_START_TIME_ASC", limit=MOST))

    def artifacts(self, run_id: str) -> list[dict[str, Any]]:
        """The tables on a run's page."""
        return list(self._post("/artifacts/filter", artifacts={"flow_run_id": {"any_": [run_id]}}, limit=MOST))

    def resume(self, run_id: str) -> dict[str, Any]:
        """The Resume button."""
        return dict(self._post(f"/flow_runs/{run_id}/resume"))

    def set_state(self, run_id: str, kind: str, message: str = "by hand") -> None:
        """The Change state dialogue."""
        state = {"type": kind, "name": kind.capitalize(), "message": message}
        self._post(f"/flow_runs/{run_id}/set_state", state=state, force=True)

    def cancel(self, run_id: str) -> None:
        """The Cancel button."""
        state = {"type": "CANCELLING", "name": "Cancelling"}
        self._post(f"/flow_runs/{run_id}/set_state", state=state, force=False)

    def delete(self, run_id: str) -> None:
        """The Delete button."""
        self._ask("DELETE", f"/flow_runs/{run_id}")

    def close(self) -> None:
        """Close the browser."""
        self._http.close()

    def _post(self, path: str, **body: Any) -> Any:
        return self._ask("POST", path, json=body).json()

    def _ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        """An answer that is one: while SQLite is locked Prefect says 503, and a person would press again."""

        def answered() -> httpx.Response | None:
            answer = self._http.request(method, path, **request)
            return None if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE else answer

        return wait_until(answered, what=f"{method} {path}").raise_for_status()
