"""What two editions of a register state otherwise."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from watcher.call import Call, Day, format_option, pass_call, show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifiers.said.voice import Voice
    from state.seen.editions import Edition

LINES = 20
"""Lines of a label in a terminal; the rest is counted, and JSON and CSV hold it."""


class Which(click.ParamType[int | date]):
    """An edition: the number of a look at it, or a day."""

    name = "edition"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | date:
        """The number or the day, or a usage error."""
        if isinstance(value, int | date):
            return value
        number = value.lstrip("#")
        return int(number) if number.isascii() and number.isdecimal() else Day().convert(value, param, ctx)


@click.command()
@click.argument("one", metavar="A", type=Which())
@click.argument("other", metavar="B", type=Which())
@click.option("--source", metavar="S", help="The source, where several have editions of these days.")
@format_option
@pass_call
def compare(call: Call, one: int | date, other: int | date, source: str | None, form: str) -> None:
    """Show what differs between two editions of a source.

    A and B are numbers of looks (as `scrape` and `evidence` print them), or days: the edition of that day,
    else the last one before. The earlier edition comes first, however they are named. What came and went in
    between is no difference; the numbers beside a line are those of the events that brought it about.
    """
    from watcher.ask.news import editions
    from watcher.ask.news.looks import Size
    from watcher.ask.views.compared import Difference, difference_views
    from watcher.said.news.editions import compared_told

    with call.archive() as archive:
        stating = editions.stating(archive)
        sources = [call.source(source).name] if source else list(stating)
        if not set(sources) <= set(stating):
            raise click.BadParameter(call.to.say("usage.no_rows", source=source), param_hint="--source")
        found = editions.pairs(archive, sources, one, other)
        if len(found) != 1:
            raise click.BadParameter(_which(found, call.to.say), param_hint="A B")
        compared = editions.compared(archive, *found[0])
        parts = editions.as_looks(archive, compared, Size(lines=LINES))
    show(
        form,
        lambda: list(difference_views(compared)),
        Difference,
        lambda: compared_told(compared, parts, call.to),
    )


def _which(found: Sequence[tuple[Edition, Edition]], say: Voice) -> str:
    """Why the two editions are not known: no source has them, or several do."""
    if not found:
        return say("usage.no_edition")
    return say("usage.editions_of", sources=", ".join(first.source for first, _ in found))


COMMANDS = (compare,)
