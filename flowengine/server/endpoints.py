"""All routes of the server, so that tests can go through them one by one."""

from __future__ import annotations

from flowengine.server import (
    catalogue,
    comparison,
    exports,
    files,
    run_routes,
    value_routes,
    workflows,
    workspace,
)
from flowengine.server.endpoint import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = (
    *workspace.ENDPOINTS,
    *catalogue.ENDPOINTS,
    *workflows.ENDPOINTS,
    *files.ENDPOINTS,
    *run_routes.ENDPOINTS,
    *value_routes.ENDPOINTS,
    *comparison.ENDPOINTS,
    *exports.ENDPOINTS,
)
"""In the order in which they are tried."""
