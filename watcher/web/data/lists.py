"""Lists as CSV, in the shapes of the command line: the rows that the page of the same address shows, all of
them; with `excel=1` as Excel opens them in France. No cell is a formula."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from state.words.labels import TOGETHER
from watcher.ask.standing.mine import mine
from watcher.ask.standing.together import holders
from watcher.ask.views.form import columns, each_json
from watcher.ask.views.listed.held import Holding, documented_view, row_view
from watcher.ask.views.listed.rows import Row
from watcher.ask.views.mine import Mine, mine_view
from watcher.ask.views.standings import Together, together_view
from watcher.said.drawn.excel import excel_head, excel_lines
from watcher.said.drawn.table import csv_text
from watcher.web.asked.named import label_or_together
from watcher.web.asked.parts import EXCEL, day_named, excel_asked, require_known
from watcher.web.asked.pasted import names_asked
from watcher.web.asked.place import base
from watcher.web.asked.rows import ending, selected
from watcher.web.edge.protection import unchanged

if TYPE_CHECKING:
    from state.seen.rows.slim import Slim
    from watcher.web.asked.rows import Selected
    from watcher.web.asked.site import Site, Visit

AT_ONCE = 200
"""Rows that are held in memory at one time; a list of no more is one answer."""
FORM = 1
"""Rises with the form of what is written here, so that nobody keeps an older form of the same rows."""
TYPE = "text/csv; charset=utf-8"
Writer = Callable[[Sequence[object], bool], str]


def show_listing(visit: Visit) -> Response:
    """The rows of a label, now or on a day; of labels together, who has them all."""
    label = label_or_together(visit)
    if label in TOGETHER:
        require_known(visit.request.query_params, ("on", EXCEL))
        found = holders(visit.archive, label, day_named(visit.request.query_params, "on"))
        return csv_file(visit, list(map(together_view, found.held)), Together, f"vigilabel-{label}")
    chosen, name = selected(visit, label), f"vigilabel-{label}"
    view: type = Holding if chosen.on else Row
    if len(chosen.rows) <= AT_ONCE:
        return csv_file(visit, [*_views(visit, chosen, chosen.rows), *_papers(chosen)], view, name)
    headers = {"ETag": visit.tag(FORM), **_kept_as(name)}
    if unchanged(visit.request, headers["ETag"]):
        return Response(status_code=304, headers={"ETag": headers["ETag"]})
    written = _written(excel_asked(visit.request.query_params), view, base(visit.request))
    parts = _parts(visit.site, visit.request, chosen, written)
    return StreamingResponse(parts, media_type=TYPE, headers=headers)


def _views(visit: Visit, chosen: Selected, rows: Sequence[Slim]) -> Sequence[object]:
    return [row_view(row, told) for row, told in chosen.opened(visit, rows)]


def _papers(chosen: Selected) -> Sequence[object]:
    """What documents say of the day, below the rows of registers."""
    return [documented_view(one) for one in chosen.documented]


def _parts(site: Site, request: Request, chosen: Selected, written: Writer) -> Iterator[bytes]:
    """A long list, some rows at a time; each part by a connection of its own, closed before it is sent. The
    rows are those of the first moment: a version that is over by now is read all the same."""
    for start in range(0, len(chosen.rows), AT_ONCE):
        with site.visit(request) as visit:
            part = written(_views(visit, chosen, chosen.rows[start : start + AT_ONCE]), start == 0)
        yield part.encode()
    if chosen.documented:
        yield written(_papers(chosen), False).encode()


def show_expiries(visit: Visit) -> Response:
    """The rows that end, of one label or all, of one month or the next six."""
    found = ending(visit)
    views = [row_view(row) for row in found.opened(visit, found.rows)]
    return csv_file(visit, views, Row, "vigilabel-expiries")


def show_race(visit: Visit) -> Response:
    """A list of names with their states: a line for each."""
    views = [mine_view(one) for one in mine(visit.archive, names_asked(visit))]
    return csv_file(visit, views, Mine, "vigilabel-race")


def csv_file(visit: Visit, views: Sequence[object], view: type, name: str) -> Response:
    """Views as a file to keep: for programs, or as Excel opens them in France."""
    written = _written(excel_asked(visit.request.query_params), view, base(visit.request))
    return Response(written(views, True), media_type=TYPE, headers=_kept_as(name))


def _kept_as(name: str) -> Mapping[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}.csv"'}


def _written(excel: bool, view: type, there: str) -> Writer:
    """What writes views as lines, with the head above the first of them."""

    def lines(views: Sequence[object], head: bool) -> str:
        if excel:
            return (excel_head(view) if head else "") + excel_lines(views, view, there)
        text = csv_text(each_json(views), columns(view))
        return text if head else text.partition("\n")[2]

    return lines
