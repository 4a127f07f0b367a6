"""A pasted list of providers as views: a line for each name, whatever is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from state.model import Provider
from watcher.ask.standing.race import Place, Sign
from watcher.ask.views.form import LEFT_OUT, NO_COLUMN, Day, LabelOrTogether, filled

if TYPE_CHECKING:
    from watcher.ask.standing import mine
    from watcher.ask.standing.race import Standing


class Match(StrEnum):
    """Whether a name means one provider, may mean several, or is on no list."""

    ONE = "one"
    SEVERAL = "several"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """Where a provider stands with a label: `state` as in a race, `sign` told apart further.

    With the earliest printed start, the first and last printed end, and how many rows say so. `candidate`: it
    awaits the label, be it with an offer beside those that hold it.
    """

    state: Place
    sign: Sign
    scope: tuple[str, ...]
    valid_from: Day | None
    first_end: Day | None
    valid_until: Day | None
    rows: int
    candidate: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Both:
    """Where a provider stands with labels together: since when by what is printed, and the first end."""

    label: LabelOrTogether
    state: Place
    sign: Sign
    since: Day | None
    valid_until: Day | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """One name of a list; `close` are the slugs that it may mean too, or names like it that are on a list."""

    asked: str
    match: Match
    provider: Provider | None
    close: tuple[str, ...]
    secnumcloud: Stand | None
    hds: Stand | None
    together: Annotated[tuple[Both, ...], NO_COLUMN, LEFT_OUT] = ()


def mine_view(told: mine.Mine) -> Mine:
    by_label = {one.standing.label: _stand_view(one) for one in told.stands}
    match = Match.ONE if told.provider else Match.SEVERAL if told.several else Match.NONE
    return filled(
        Mine,
        told,
        match=match,
        close=tuple(one.slug for one in (*told.several, *told.akin)) or told.close,
        secnumcloud=by_label.get("secnumcloud"),
        hds=by_label.get("hds"),
        together=tuple(map(_both_view, told.together)),
    )


def _both_view(told: Standing) -> Both:
    held = told.together
    return filled(
        Both,
        told,
        state=told.place,
        since=held.since.day if held else None,
        valid_until=held.until if held else None,
    )


def _stand_view(told: mine.Stand) -> Stand:
    one = told.standing
    return filled(
        Stand,
        one,
        state=one.place,
        valid_from=one.began,
        first_end=one.ends[0] if one.ends else None,
        valid_until=one.ends[-1] if one.ends else None,
        rows=len(one.rows) if one.place is Place.HOLDS else 0,
        candidate=told.also or one.place is Place.CANDIDATE,
    )
