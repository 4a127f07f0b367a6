"""The days of a register that is looked at often: nothing is lost by asking only the looks that tell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from drawn import drawn
from hypothesis import strategies as st
from slow_days import quickly, slowly
from toy_register import ToyRegister, day, page

from state.file.opening import open_store
from state.file.store import Store
from state.seen.looks import runs
from state.seen.rows.listings import versions
from state.seen.who.providers import load_providers
from watcher.ask.archive import Archive
from watcher.ask.day import past
from watcher.ask.holders import holders_of
from watcher.ask.past.daybook import Daybook, daybook
from watcher.ask.past.settled import Question, plain_looks
from watcher.ask.past.sighting import shown, stretches
from watcher.ask.past.was import Answer, was
from watcher.look.check import look
from watcher.look.record import Watch

PATIENCE = timedelta(days=45)
START = date(2026, 1, 1)
ROWS = (
    "hds | OVH | - | 1-1 | 2025-06-01 | 2026-02-10",
    "hds | OVH | Archives | 1-2 | 2025-06-01 | 2028-06-01",
    "hds | Outscale | - | 2-1 | - | -",
    "hds | Scalingo | - | 3-1 | 2026-01-20 | 2029-01-20",
    "hds | Scalingo | Other | 3-2 | 2026-01-20 | -",
)
ALWAYS = "hds | Host | - | 9-1 | - | -"
SOURCE = ToyRegister(name="ans-hds", labels=("hds",), covers=frozenset({"hds"}))
LOOKS = st.lists(st.tuples(st.integers(1, 40), st.sets(st.sampled_from(ROWS))), min_size=1, max_size=9)


def watched(store: Store, looks: Sequence[tuple[int, set[str]]], dated: bool) -> datetime:
    """Makes the looks, each so many days after the one before; the time of the last."""
    watch = Watch(store=store, providers=load_providers(store))
    at = day(START.isoformat())
    for days, rows in looks:
        at += timedelta(days=days)
        edition = at.date().isoformat() if dated else "-"
        look(SOURCE, [page("\n".join((f"edition {edition}", ALWAYS, *sorted(rows))), at)], watch, at)
    return at


def in_full(book: Daybook, provider: str, on: date) -> object:
    """The answer with every stretch asked."""
    every = shown(book.seen, book.rows.get(provider, ()))
    return was(every, on, book.patience, book.now, book.printed.get(provider, ()))


@drawn(15, 60, LOOKS, st.booleans(), st.lists(st.integers(-20, 400), min_size=6, max_size=6))
def test_the_looks_that_tell_say_what_all_looks_say(
    looks: Sequence[tuple[int, set[str]]], dated: bool, days: Sequence[int]
) -> None:
    with open_store(":memory:") as store:
        now = watched(store, looks, dated)
        seen = stretches(runs.runs(store, source=SOURCE.name, good=True))
        book = daybook(store, "hds", SOURCE.name, seen, PATIENCE, now)
        for provider in ("ovh", "outscale", "scalingo", "host", "nobody"):
            for on in (START + timedelta(days=n) for n in days):
                assert book.says(provider, on) == in_full(book, provider, on), (provider, on)


@drawn(15, 40, LOOKS, st.booleans(), st.integers(-20, 400))
def test_a_listing_of_a_day_is_everybody_to_whom_the_answer_is_not_no(
    looks: Sequence[tuple[int, set[str]]], dated: bool, n: int
) -> None:
    on = START + timedelta(days=n)
    with open_store(":memory:") as store:
        now = watched(store, looks, dated)
        archive = Archive(
            store=store, providers=load_providers(store), sources={SOURCE.name: SOURCE}, now=now
        )
        listed = holders_of(archive, ["hds"], on)
        best: dict[str, Answer] = {}
        for row, told in listed.listed:
            assert told is not None
            slug = row.known.provider.slug
            best[slug] = Answer.YES if Answer.YES in (told.answer, best.get(slug)) else told.answer
        printed = {version.known.provider.slug: version.known.provider for version in versions(store)}
        for slug, who in (printed | {one.slug: one for one in archive.providers.all()}).items():
            answer = past(archive, who, "hds", on).finding.answer
            if slug in best or (slug in ("ovh", "outscale", "scalingo", "host") and _ever(looks, slug)):
                assert best.get(slug, Answer.NO) is answer, (slug, on)


def _ever(looks: Sequence[tuple[int, set[str]]], slug: str) -> bool:
    name = {"ovh": "OVH", "outscale": "Outscale", "scalingo": "Scalingo"}.get(slug, "")
    return slug == "host" or any(name in row for _, rows in looks for row in rows)


@drawn(15, 60, LOOKS, st.booleans(), st.lists(st.integers(-20, 400), min_size=6, max_size=6))
def test_the_looks_next_to_a_day_list_whom_all_looks_list(
    looks: Sequence[tuple[int, set[str]]], dated: bool, days: Sequence[int]
) -> None:
    """The same rows with the same answers, of every provider."""
    with open_store(":memory:") as store:
        now = watched(store, looks, dated)
        seen = stretches(runs.runs(store, source=SOURCE.name, good=True))
        for on in (START + timedelta(days=n) for n in days):
            asked = Question(
                store=store,
                label="hds",
                source=SOURCE.name,
                seen=seen,
                plain=plain_looks(store, "hds", SOURCE.name, seen),
                patience=PATIENCE,
                now=now,
                day=on,
            )
            assert quickly([asked]) == slowly([asked]), on
