"""The bundle of the night at an address that stays: a file beside the memory, sent piece by piece."""

from __future__ import annotations

from email.utils import formatdate, parsedate_to_datetime
from typing import TYPE_CHECKING

from starlette.responses import FileResponse, Response

from watcher.errors import Trouble
from watcher.said.drawn.bundle import size_and_time
from watcher.web.edge.protection import unchanged

if TYPE_CHECKING:
    from starlette.requests import Request

    from watcher.app import App


def show_latest(app: App, request: Request) -> Response:
    """The file, or that the client has it; 404 before the first one is made."""
    there = app.bundle
    found = size_and_time(there) if there else None
    if there is None or found is None:
        raise Trouble("no_bundle")
    size, written = found
    # By size and time of the file, which is replaced as a whole: to hash it would read it for every client.
    headers = {
        "ETag": f'"{size:x}-{int(written * 1e6):x}"',
        "Last-Modified": formatdate(written, usegmt=True),
    }
    if unchanged(request, headers["ETag"]) or _known(request, written):
        return Response(status_code=304, headers=headers)
    disposition = {"Content-Disposition": 'attachment; filename="vigilabel-latest.zip"'}
    return FileResponse(there, media_type="application/zip", headers={**headers, **disposition})


def _known(request: Request, written: float) -> bool:
    """Whether the client has what was written by then, where it names no ETag."""
    if "if-none-match" in request.headers or "if-modified-since" not in request.headers:
        return False
    try:
        return int(written) <= parsedate_to_datetime(request.headers["if-modified-since"]).timestamp()
    except (ValueError, TypeError):
        return False
