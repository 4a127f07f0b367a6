"""Lists as CSV, in the shapes of the command line: the rows that the page of the same address shows, all of
them; with `excel=1` as Excel opens them in France. No cell is a formula."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from starlette.responses import Response

from state.words.labels import TOGETHER
from watcher.ask.standing.mine import mine
from watcher.ask.standing.together import holders
from watcher.ask.views.form import columns, each_json
from watcher.ask.views.listed.held import Holding, row_view
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

if TYPE_CHECKING:
    from watcher.web.asked.site import Visit


def show_listing(visit: Visit) -> Response:
    """The rows of a label, now or on a day; of labels together, who has them all."""
    label = label_or_together(visit)
    if label in TOGETHER:
        require_known(visit.request.query_params, ("on", EXCEL))
        found = holders(visit.archive, label, day_named(visit.request.query_params, "on"))
        return csv_file(visit, list(map(together_view, found.held)), Together, f"vigilabel-{label}")
    chosen = selected(visit, label)
    views = [row_view(row, told) for row, told in chosen.opened(visit, chosen.rows)]
    return csv_file(visit, views, Holding if chosen.on else Row, f"vigilabel-{label}")


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
    if excel_asked(visit.request.query_params):
        text = excel_head(view) + excel_lines(views, view, base(visit.request))
    else:
        text = csv_text(each_json(views), columns(view))
    return Response(
        text,
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )
