"""What is kept of earlier questions is never an old answer, and never much."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from toy_register import ToyRegister, page

from state.file.opening import open_store
from state.model import Provider
from state.seen.who.providers import load_providers
from watcher.ask.archive import Archive, Kept
from watcher.ask.day import past
from watcher.ask.past.was import Answer
from watcher.look.check import look
from watcher.look.record import Watch

TOY = ToyRegister(name="ans-hds", labels=("hds",), covers=frozenset({"hds"}))
ACME = Provider(slug="acme", name="Acme")


def test_a_value_is_made_once_until_the_memory_moves_on() -> None:
    kept, made = Kept(2), iter(range(9))

    assert [kept.value(1, "a", lambda: next(made)) for _ in range(3)] == [0, 0, 0]
    assert kept.value(2, "a", lambda: next(made)) == 1
    assert (
        kept.value(1, "a", lambda: next(made)) == 2
    )  # asked by somebody who still sees the memory as it was


def test_the_values_asked_for_last_are_kept_and_no_more() -> None:
    kept, made = Kept(2), iter(range(9))
    for key in ("a", "b", "a", "c"):
        kept.value(1, key, lambda: next(made))

    assert [kept.value(1, key, lambda: next(made)) for key in ("a", "c", "b")] == [0, 2, 3]


def test_an_answer_follows_a_look_of_another_process_that_only_takes_rows_away(tmp_path: Path) -> None:
    """Such a look writes no version: rows that were there are closed, and that is all."""
    path, kept, found = str(tmp_path / "kept.db"), Kept(64), []
    rows = [
        f"hds | {name} | - | {n} | - | -"
        for n, name in enumerate(("Acme", *(f"Host {n}" for n in range(30))))
    ]
    with open_store(path) as store:
        for day in (1, 2, 3):
            at = datetime(2026, 3, day, 18, tzinfo=UTC)
            with open_store(path) as other:
                text = "\n".join((f"edition 2026-03-{day:02}", *rows[day > 1 :]))
                look(TOY, [page(text, at)], Watch(store=other, providers=load_providers(other)), at)
            archive = Archive(store=store, providers=load_providers(store), sources={}, now=at, kept=kept)
            fresh = Archive(store=store, providers=load_providers(store), sources={}, now=at)
            for on in (1, 2, 3):
                answer = past(archive, ACME, "hds", date(2026, 3, on))
                assert answer == past(fresh, ACME, "hds", date(2026, 3, on))
            found.append(past(archive, ACME, "hds", at.date()).finding.answer)

    assert (found[0], found[-1]) == (Answer.YES, Answer.NO)
