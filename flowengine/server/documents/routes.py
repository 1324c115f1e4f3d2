"""Routes of workflow files: read, save, check, copy, delete."""

from __future__ import annotations

from pathlib import Path

from flowengine.document import read_object
from flowengine.errors import FlowEngineError, WorkflowError
from flowengine.server.documents import samples
from flowengine.server.documents import versions as documents
from flowengine.server.documents.places import SAMPLE, workflow_in
from flowengine.server.documents.versions import Absent, Stale, Text
from flowengine.server.endpoint import Answer, Call, Endpoint, Refused
from flowengine.server.reports.report import faults_of, report_on
from flowengine.server.runs.processes import Busy, NoRun
from flowengine.server.site import OtherWorkspace, Site
from flowengine.server.wire import Report, Saved, Wire

LARGEST = 32 << 20
"""Bytes that a workflow may have."""


class CopyRequest(Wire):
    """A wish to copy a sample or workflow under another name."""

    source: str
    target: str


def read(site: Site, call: Call) -> Answer:
    """Return the text of a workflow, or of a sample.

    What no editor could save is refused, unless it is asked for as it stands (``plain``).
    """
    text = documents.read_text(_source(site, call.path))
    if "plain" not in call.query:
        try:
            read_object(text.text, call.path)
        except WorkflowError as error:
            raise _no_document(error) from None
    return Answer(text.text.encode(), headers={"etag": f'"{text.etag}"'})


def save(site: Site, call: Call) -> Saved:
    """Save a document over the version it was made from."""
    place, expected = site.place(call.path), _expected(call)
    try:
        with site.saving:
            text = documents.save(place, call.body, expected=expected)
    except WorkflowError as error:
        raise _no_document(error) from None
    return Saved(etag=text.etag, report=report_on(site, call.path))


def check(site: Site, call: Call) -> Report:
    """Report on a document as if it stood in the file."""
    place = site.place(call.path)
    try:
        study = site.plan(Text.of(call.body, place.name), place)
    except WorkflowError as error:
        raise _no_document(error) from None
    return report_on(site, call.path, study)


def report(site: Site, call: Call) -> Report:
    """Report on the file."""
    return report_on(site, call.path)


def copy(site: Site, call: Call) -> Saved:
    """Copy a sample with the files it uses, or a workflow of the workspace."""
    wish = call.read(CopyRequest)
    target = site.place(wish.target)
    source = _source(site, wish.source)
    root = (wish.source.startswith(SAMPLE) and samples.folder()) or site.folder
    text = documents.read_text(source)
    with site.saving:
        if target.exists():
            raise Stale(f'there is a "{wish.target}" already; choose another name')
        samples.copy_used(source, root, target, site.folder)
        documents.write(target, text.text.encode())
    return Saved(etag=documents.etag_of(target), report=report_on(site, wish.target))


def delete(site: Site, call: Call) -> Answer:
    """Move the file to the workspace's trash."""
    place = site.place(call.path)
    with site.saving:
        documents.discard(place, site.store.folder / "trash", expected=_expected(call))
    return Answer(b"{}")


def _source(site: Site, path: str) -> Path:
    """Return where a workflow lies that is read, which may be a sample."""
    if not path.startswith(SAMPLE):
        return site.place(path)
    folder, name = samples.folder(), path.removeprefix(SAMPLE)
    if folder is None:
        raise Absent(f'there is no sample "{name}": this installation has none')
    return workflow_in(folder, name)


def _expected(call: Call) -> str:
    """Return the tag of the version that is to be changed, empty for a new file."""
    if call.headers.get("if-none-match", "").strip() == "*":
        return ""
    tag = call.headers.get("if-match", "").strip().removeprefix("W/").strip('"')
    if not tag or tag == "*":
        raise Refused(
            'the request needs the header "If-Match" with the version it changes, or '
            '"If-None-Match: *" for a new file',
            status=428,
        )
    return tag


def _no_document(error: WorkflowError) -> Refused:
    message = error.problems[0].message if error.problems else str(error)
    return Refused(message, status=422, faults=faults_of(error.problems))


def status_of(error: FlowEngineError) -> int:
    """Return the HTTP status for an error of the engine."""
    if isinstance(error, Refused):
        return error.status
    if isinstance(error, Absent | NoRun):
        return 404
    if isinstance(error, Busy | OtherWorkspace):
        return 409
    return 412 if isinstance(error, Stale) else 400


ENDPOINTS = (
    Endpoint("GET", "api/workflows/{path:path}", read),
    Endpoint("PUT", "api/workflows/{path:path}", save, body="json", limit=LARGEST),
    Endpoint("DELETE", "api/workflows/{path:path}", delete),
    Endpoint("POST", "api/copy", copy, body="json"),
    Endpoint("GET", "api/report/{path:path}", report),
    Endpoint("POST", "api/check/{path:path}", check, body="json", limit=LARGEST),
)
