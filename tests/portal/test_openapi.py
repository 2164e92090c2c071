"""The OpenAPI description is true: requests made from it get the answers that it says, and never a 5xx."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from portal.guesses import Guesses
from tests.portal.conftest import SLUG, Browser, World, new_world, token

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

CASES = int(os.environ.get("SAMSYN_OPENAPI_CASES", "5"))
"""Requests for each operation; a campaign sets more."""


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Any, str]:
    """A portal with one open link, and its description."""
    folder: Path = tmp_path_factory.mktemp("openapi")
    world = new_world(folder)
    app = world.app(guesses=Guesses("1000000/minute"))
    return world, schemathesis.openapi.from_asgi("/openapi.json", app), world.open_links()[0][2].id


def test_every_operation_says_what_can_go_wrong(described: tuple[World, Any, str]) -> None:
    world, _, _ = described
    operations = Browser(world.app()).get("/openapi.json").json()["paths"]
    link = operations["/a/{token}"]["get"]["responses"]
    assert {"303", "400", "404", "429", "500"} <= set(link)
    for path, described_path in operations.items():
        for method, operation in described_path.items():
            if path.startswith("/answer/"):
                wanted = {"303", "403", "404", "409", "410", "429"} | ({"413", "422"} if method == "post" else set())
                assert wanted <= set(operation["responses"]), (method, path)
            assert "HTTPValidationError" not in str(operation), (method, path)


def test_requests_made_from_the_description(described: tuple[World, Any, str]) -> None:
    _, schema, link = described
    cookie = {"cookie": f"samsyn_answer={token(link)}"}
    tried = 0
    for result in schema.get_all_operations():
        operation = result.ok()

        @settings(
            max_examples=CASES, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(operation.as_strategy())
        def request(case: Any) -> None:
            nonlocal tried
            tried += 1
            for known, value in (("link_id", link), ("slug", SLUG)):
                if known in (case.path_parameters or {}) and tried % 2:
                    case.path_parameters[known] = value
            response = case.call(headers=cookie)
            assert response.status_code < 500, (case.method, case.formatted_path, response.text[:500])
            # What is well formed may still lack a form's token, which no description can give.
            case.validate_response(response, excluded_checks=[positive_data_acceptance])

        request()
    assert tried >= CASES
