"""A provider's page: SecNumCloud and HDS first, then what hangs on it, what it holds, and its names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from state.names import abroad, print_key
from state.noted.documents import documents
from state.noted.footings import footings
from state.seen.rows import overview, slim
from state.seen.who import registered, spellings
from state.words.labels import ALWAYS, rank_of
from watcher.ask.history import by_day, newest
from watcher.ask.standing.race import verdicts, verdicts_together
from watcher.ask.watch import blindness
from watcher.ask.watch.label_state import unread_labels
from watcher.web.pages.standing.timeline import Timeline, picture

if TYPE_CHECKING:
    from state.model import Provider, Version
    from state.noted.footings import Noted
    from state.seen.rows.slim import Slim
    from state.words.documented import Documented
    from watcher.ask.standing.race import Verdict
    from watcher.web.asked.site import Screen, Visit

MOST_OF_A_LABEL = 8
"""Rows of a label on this page; a maker of chips has hundreds, and its list of the label shows them all."""
MOST_ASIDE = 60
MOST_EVENTS = 25
MOST_NOTES = 40
MOST_DOCUMENTS = 60
Hanging = tuple["Noted", "Provider | None", Sequence["Verdict"]]
"""An operator's note on what runs on what, the other side where a list has that, and its answers."""


def show_provider(visit: Visit) -> Screen:
    """All that is known of a provider."""
    provider = visit.provider()
    rows = slim.slim(visit.store, provider=provider.slug, every_status=True)
    aside = [row for row in rows if not row.holds and row.status != "candidate"]
    # The answers at the top tell of the others.
    waiting = [row for row in rows if row.status == "candidate" and row.label not in ALWAYS]
    events = newest(visit.store, MOST_EVENTS, who=provider.slug)
    answers = verdicts(visit.archive, provider)
    papers = documents(visit.store, provider=provider.slug)
    return visit.screen(
        "provider.html",
        provider=provider,
        answers=answers,
        both=verdicts_together(visit.archive, answers),
        groups=_groups(visit, [row for row in rows if row.holds]),
        aside=_opened(visit, aside[:MOST_ASIDE]),
        waiting=_opened(visit, waiting[:MOST_ASIDE]),
        total_aside=len(aside),
        days=by_day(events),
        unread=unread_labels(visit.archive),
        more=len(events) == MOST_EVENTS,
        akin=visit.archive.names.akin(provider),
        carried=_carried(visit, provider),
        carriers=_carriers(visit, provider),
        picture=_picture(visit, provider.slug, papers),
        documents=sorted(papers[-MOST_DOCUMENTS:], key=lambda one: (rank_of(one.label), one.begins)),
        total_documents=len(papers),
        numbers=registered.numbers_of(visit.store, provider.slug),
        states=_states(rows),
        **_names(visit, provider),
    )


def _states(rows: Sequence[Slim]) -> Sequence[str]:
    """The states on whose lists it stands, or stood; none where that is ours alone."""
    found = sorted({row.country for row in rows if row.country})
    return found if any(map(abroad, found)) else ()


def _groups(visit: Visit, held: Sequence[Slim]) -> list[Mapping[str, object]]:
    """What is held, label by label, those that most people watch first."""
    held = sorted(held, key=lambda row: (rank_of(row.label), row.label))
    parts = [(label, list(own)) for label, own in groupby(held, key=lambda row: row.label)]
    shown = _opened(visit, [row for _, own in parts for row in own[:MOST_OF_A_LABEL]])
    return [
        {
            "label": label,
            "rows": [row for row in shown if row.known.attestation.label == label],
            "total": len(own),
            "sure": any(not row.missing for row in own),
        }
        for label, own in parts
    ]


def _opened(visit: Visit, rows: Sequence[Slim]) -> tuple[Version, ...]:
    return overview.of_lines(visit.store, [row.line for row in rows])


def _carried(visit: Visit, provider: Provider) -> list[Hanging]:
    """What runs on this provider."""
    notes = footings(visit.store, host=provider.slug)[:MOST_NOTES]
    return [(one, visit.archive.names.known(one.provider.slug), ()) for one in notes]


def _carriers(visit: Visit, provider: Provider) -> list[Hanging]:
    """What this provider runs on, and where each of those stands today."""
    notes = footings(visit.store, provider=provider.slug)[:MOST_NOTES]
    known = {one.host.slug: visit.archive.names.known(one.host.slug) for one in notes}
    answers = {slug: verdicts(visit.archive, host) for slug, host in known.items() if host}
    return [(one, known[one.host.slug], answers.get(one.host.slug, ())) for one in notes]


def _picture(visit: Visit, slug: str, papers: Sequence[Documented]) -> Timeline | None:
    """The timeline, which is made of every version of the provider's rows."""
    today = visit.today
    unseen = partial(blindness.unseen, visit.archive)
    return visit.archive.once(
        ("timeline", slug, today), lambda: picture(visit.store, slug, today, unseen, papers)
    )


def _names(visit: Visit, provider: Provider) -> Mapping[str, object]:
    """How registers print it, with which do; and the names that we know it by besides."""
    printed = spellings.printed_by(visit.store, provider.slug)
    keys = {print_key(name) for name in printed}
    known = visit.archive.providers.aliases(provider.slug)
    return {"printed": printed, "other_names": [name for name in known if print_key(name) not in keys]}
