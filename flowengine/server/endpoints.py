"""All routes of the server, so that tests can go through them one by one."""

from __future__ import annotations

from flowengine.server import catalogue
from flowengine.server.documents import files, workspace
from flowengine.server.documents import routes as workflows
from flowengine.server.endpoint import Endpoint
from flowengine.server.inside import routes as inside_routes
from flowengine.server.runs import comparison, exports
from flowengine.server.runs import routes as run_routes
from flowengine.server.values import routes as value_routes

ENDPOINTS: tuple[Endpoint, ...] = (
    *workspace.ENDPOINTS,
    *catalogue.ENDPOINTS,
    *workflows.ENDPOINTS,
    *files.ENDPOINTS,
    *run_routes.ENDPOINTS,
    *value_routes.ENDPOINTS,
    *inside_routes.ENDPOINTS,
    *comparison.ENDPOINTS,
    *exports.ENDPOINTS,
)
"""In the order in which they are tried."""
