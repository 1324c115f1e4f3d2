"""Route of reports: a run as a page to keep."""

from __future__ import annotations

from typing import Literal

from flowengine.server.endpoint import Answer, Call, Endpoint, Refused
from flowengine.server.site import Site
from flowengine.server.values.downloads import file_name
from flowengine.server.wire import Wire


class ExportRequest(Wire):
    """A wish for a report. ``run`` is its id; empty: the latest."""

    format: Literal["html"] = "html"
    run: str = ""


def export(site: Site, call: Call) -> Answer:
    """Return the report of a run of a workflow as a file."""
    # what draws reports is read with the first one: the server's start needs none of it
    from flowengine.report.page import report_page
    from flowengine.report.story import latest_run, story_of

    wish, path = call.read(ExportRequest), site.place(call.path)
    info = site.runs.info(wish.run) if wish.run else latest_run(site.store, path)
    if info.path != str(path):
        raise Refused(f'this was no run of "{call.path}"', status=404)
    page = report_page(story_of(site.store, site.registry, site.folder, info))
    name = file_name(call.path, "report", "out", wish.format)
    return Answer.download(page.encode(), name, "text/html; charset=utf-8")


ENDPOINTS = (Endpoint("POST", "api/export/{path:path}", export, body="json", room="slow"),)
