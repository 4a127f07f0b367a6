"""How many others reported on a list, and who did. Pure."""

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


def source_text(one: Size, to: Hearer) -> str:
    """What says so and who published it; that it was not found again, where it was not."""
    title = (to.say("phrase.quoted", text=one.title),) if one.title else ()
    return to.say("list.comma").join((*title, publisher_text(one, to)))


def publisher_text(one: Size, to: Hearer) -> str:
    """Who published it, and when."""
    if not one.title:
        return to.say("size.unfound")
    parts = (one.publisher, to.say.day(one.published) if one.published else "")
    return to.say("list.comma").join(filter(None, parts))
