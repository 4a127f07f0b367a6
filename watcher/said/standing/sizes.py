"""When others reported how many a list had. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel.dates import format_date

if TYPE_CHECKING:
    from state.words.sizes import Size
    from watcher.said.told import Hearer


def day_text(one: Size, to: Hearer) -> str:
    """The day, as far as it was told: "21/02/2020", "avril 2022", "fin 2021"."""
    if one.within == "month":
        return str(format_date(one.day, "MMMM yyyy", to.lang))
    if one.within == "year":
        return to.say("size.year", year=str(one.day.year))
    return to.say.day(one.day)
