"""Lists as CSV, in the shapes of the command line: the rows that the page of the same address shows, all of
them; with `excel=1` as Excel opens them in France. No cell is a formula."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from starlette.responses import Response, StreamingResponse

from state.words.labels import TOGETHER
from watcher.ask.standing.mine import mine
from watcher.ask.standing.together import holders
from watcher.ask.views.form import columns, each_json
from watcher.ask.views.held import Holding, documented_view, row_view
from watcher.ask.views.mine import Mine, mine_view
from watcher.ask.views.rows import Row
from watcher.ask.views.standings import Together, together_view
from watcher.said.drawn.excel import excel_head, excel_lines
from watcher.said.drawn.table import csv_text
from watcher.web.asked.parts import EXCEL
from watcher.web.asked.rows import ending, names_asked, selected

if TYPE_CHECKING:
    from state.seen.rows.slim import Slim
    from watcher.web.asked.rows import Selected
    from watcher.web.asked.site import Visit

AT_ONCE = 200
"""Rows that are held in memory at one time; a list of no more is one answer."""
FORM = 1
"""Rises with the form of what is written here, so that nobody keeps an older form of the same rows."""
Writer = Callable[[Sequence[object], bool], str]
"""Writes views as lines, with the head above them where it is wanted."""


def show_listing(visit: Visit) -> Response:
    """The rows of a label, now or on a day; of labels together, who has them all."""
    label = visit.label()
    name = f"vigilabel-{label}"
    if label in TOGETHER:
        visit.parts.require("on", EXCEL)
        found = holders(visit.archive, label, visit.parts.day("on"))
        return _file(visit, list(map(together_view, found.held)), Together, name)
    chosen = selected(visit, label)
    view: type = Holding if chosen.on else Row
    if len(chosen.rows) <= AT_ONCE:
        return _file(visit, [*_views(visit, chosen, chosen.rows), *_papers(chosen)], view, name)
    written = writer(view, visit.parts.yes(EXCEL), visit.site.address)
    answer = _kept_as(name, StreamingResponse(_parts(visit, chosen, written)))
    answer.headers["ETag"] = visit.tag(FORM)
    return answer


def _views(visit: Visit, chosen: Selected, rows: Sequence[Slim]) -> Sequence[object]:
    return [row_view(row, told) for row, told in chosen.opened(visit, rows)]


def _papers(chosen: Selected) -> Sequence[object]:
    """What documents say of the day, below the rows of registers."""
    return [documented_view(one) for one in chosen.documented]


def _parts(first: Visit, chosen: Selected, written: Writer) -> Iterator[bytes]:
    """A long list, some rows at a time; each part by a connection of its own, closed before it is sent. The
    rows are those of the first moment: a version that is over by now is read all the same."""
    for start in range(0, len(chosen.rows), AT_ONCE):
        with first.site.visit(first.request) as visit:
            part = written(_views(visit, chosen, chosen.rows[start : start + AT_ONCE]), start == 0)
        yield part.encode()
    if chosen.documented:
        yield written(_papers(chosen), False).encode()


def show_expiries(visit: Visit) -> Response:
    """The rows that end, of one label or all, of one month or the next six."""
    found = ending(visit)
    views = [row_view(row) for row in found.opened(visit, found.rows)]
    return _file(visit, views, Row, "vigilabel-expiries")


def show_race(visit: Visit) -> Response:
    """A list of names with their states: a line for each."""
    views = [mine_view(one) for one in mine(visit.archive, names_asked(visit))]
    return _file(visit, views, Mine, "vigilabel-race")


def _file(visit: Visit, views: Sequence[object], view: type, name: str) -> Response:
    written = writer(view, visit.parts.yes(EXCEL), visit.site.address)
    return _kept_as(name, Response(written(views, True)))


def _kept_as(name: str, answer: Response) -> Response:
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def writer(view: type, excel: bool, there: str) -> Writer:
    """What writes views for programs, or as Excel opens them in France, with links to `there`."""

    def lines(views: Sequence[object], head: bool) -> str:
        if excel:
            return (excel_head(view) if head else "") + excel_lines(views, view, there)
        text = csv_text(each_json(views), columns(view))
        return text if head else text.partition("\n")[2]

    return lines
