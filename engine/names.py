"""Names under which Prefect knows what is ours; here so that they can be read without importing it."""

from __future__ import annotations

POOL = "samsyn"
WORKER_TYPE = "samsyn"
DEPLOYMENT = "samsyn"
