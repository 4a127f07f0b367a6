"""Pages that are a table of who stands where: the labels, all providers, mine, and the ends to come."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from state.names import print_key
from state.seen.rows import overview
from state.words.labels import LABELS, TOGETHER, Family, in_family
from watcher.ask.standing.lists import LETTERS, cut, letter_of
from watcher.ask.standing.mine import MOST_NAMES, mine, read_for
from watcher.ask.standing.race import USUAL
from watcher.ask.standing.together import holders
from watcher.ask.watch.label_state import conditions, read_labels, sighted, troubled, unread_labels
from watcher.web.asked.rows import ending, names_asked, page_of

if TYPE_CHECKING:
    from starlette.responses import Response

    from watcher.web.asked.site import Screen, Visit

NAMES = 100
ENDS = 25


def show_labels(visit: Visit) -> Screen:
    """All labels by family, how many hold each, and how its registers are read."""
    tallies = overview.tallies(visit.store)
    known = conditions(visit.archive)
    counted = {slug: holders(visit.archive, slug) for slug in TOGETHER}
    return visit.screen(
        "labels.html",
        families=[(family, in_family(family)) for family in Family],
        providers={label: tallies[label].providers if label in tallies else 0 for label in LABELS},
        unread=set(LABELS) - set(tallies) - read_labels(visit.store),
        together={
            family: {slug: found for slug, found in counted.items() if TOGETHER[slug].family is family}
            for family in Family
        },
        troubles={label: troubled(sighted(visit.archive, label, known)) for label in LABELS},
    )


def show_providers(visit: Visit) -> Screen:
    """All providers that hold a label now, by name, under their letters; those of one letter where the
    address names it."""
    entries = sorted(overview.entries(visit.store), key=lambda one: print_key(one.provider.name))
    letter = visit.parts.one_of("letter", LETTERS)
    counted = Counter(letter_of(one.provider.name) for one in entries)
    own = [one for one in entries if letter in ("", letter_of(one.provider.name))]
    page = cut(own, page_of(visit, NAMES), NAMES)
    groups = groupby(page.rows, key=lambda one: letter_of(one.provider.name))
    return visit.screen(
        "providers.html",
        letters={one: counted[one] for one in LETTERS},
        letter=letter,
        groups=[(key, list(group)) for key, group in groups],
        page=page,
        query={"letter": letter},
        total=len(entries),
    )


def show_race(visit: Visit) -> Response | Screen:
    """The names of the address with their states, and the form; a pasted list leads to its own address."""
    names = names_asked(visit)
    if "names" in visit.parts:
        return visit.leads("/race", 303, p=names)
    found = mine(visit.archive, names)
    return visit.screen(
        "race.html",
        found=found,
        names=names,
        usual=[one.name for slug in USUAL if (one := visit.archive.providers.named(slug))],
        unknown=sum(not one.provider for one in found),
        editions=read_for(visit.archive),
        most=MOST_NAMES,
        both=list(TOGETHER),
    )


def show_expiries(visit: Visit) -> Screen:
    """The rows that end within 180 days or in one month, of all labels or one, page by page."""
    found = ending(visit)
    page = cut(found.rows, page_of(visit, ENDS), ENDS)
    rows = found.opened(visit, page.rows)
    months = groupby(rows, key=lambda row: f"{row.known.attestation.valid_until:%Y-%m}")
    chosen = found.together or (found.labels[0] if len(found.labels) == 1 else "")
    return visit.screen(
        "expiries.html",
        found=found,
        page=page,
        query={"label": found.word, "month": found.month},
        months=[(month, list(own)) for month, own in months],
        chosen=chosen,
        labels=[
            *(label for label in LABELS if found.by_label.get(label) or label == chosen),
            *(slug for slug in TOGETHER if slug == chosen),
        ],
        unread=[label for label in unread_labels(visit.archive) if label in (found.labels or LABELS)],
    )
