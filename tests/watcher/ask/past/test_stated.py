"""Days on which nobody looked, answered by the history that a register prints of its own rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from toy_register import ToyRegister, day, page

from notifiers.said.named import validity_text
from scrapers.source import Bounds
from state.file.opening import open_store
from state.file.store import Store
from state.seen.who.providers import load_providers
from watcher.ask.archive import Archive
from watcher.ask.day import past
from watcher.ask.holders import holders_of
from watcher.ask.past.was import Finding
from watcher.look.check import look
from watcher.look.record import Watch
from watcher.said.past import said
from watcher.said.told import hearer

OTHER = "secnumcloud | Oodrive | Drive | Drive | - | - | statuses=2020-01-01 granted"
LONG = "2026-06-01 withdrawn; 2024-05-01 granted; 2023-02-01 withdrawn; 2021-03-24 granted"


def pod(statuses: str) -> str:
    return f"secnumcloud | OVH | Pod | Pod | - | - | statuses={statuses}"


class Register:
    """A memory and a register that prints the history of its rows."""

    def __init__(self, store: Store) -> None:
        self.store, self.source = store, ToyRegister()
        self.providers = load_providers(store)
        self.now = day("2026-12-01")

    def see(self, when: str, *rows: str, edition: str | None = None) -> None:
        text = "\n".join([f"edition {edition or when}", *rows])
        watch = Watch(store=self.store, providers=self.providers)
        look(self.source, [page(text, day(when))], watch, day(when))

    def archive(self) -> Archive:
        return Archive(
            store=self.store,
            providers=self.providers,
            sources={self.source.name: self.source},
            now=self.now,
        )

    def says(self, when: str, name: str = "OVH") -> str:
        found = self.found(when, name)
        return f"{found.answer} {found.basis}"

    def found(self, when: str, name: str = "OVH") -> Finding:
        who = self.providers.resolve(name, self.source.name, "secnumcloud")
        return past(self.archive(), who, "secnumcloud", date.fromisoformat(when)).finding

    def said(self, when: str, lang: str) -> str:
        who = self.providers.resolve("OVH", self.source.name, "secnumcloud")
        return said(past(self.archive(), who, "secnumcloud", date.fromisoformat(when)), hearer(lang))

    def listed(self, when: str) -> list[tuple[str, str, str]]:
        found = holders_of(self.archive(), ["secnumcloud"], date.fromisoformat(when))
        return [
            (row.known.provider.name, told.answer, told.basis)
            for row, told in found.listed
            if told is not None
        ]


@pytest.fixture
def register() -> Iterator[Register]:
    with open_store(":memory:") as store:
        yield Register(store)


@pytest.mark.parametrize(
    ("when", "answer"),
    [
        ("2020-12-31", "no history"),
        ("2021-03-24", "yes history"),
        ("2023-01-31", "yes history"),
        ("2023-02-01", "no history"),
        ("2024-05-01", "yes history"),
        ("2026-01-05", "yes observed"),
    ],
)
def test_days_before_the_watch_are_answered_from_the_printed_history(
    register: Register, when: str, answer: str
) -> None:
    register.see("2026-01-05", pod(LONG), OTHER)
    assert register.says(when) == answer


def test_a_day_between_two_editions_is_what_the_later_one_states_of_it(register: Register) -> None:
    """It was withdrawn in March, which an edition of May says."""
    register.see("2026-01-05", pod("2021-03-24 granted"), OTHER)
    register.see("2026-05-10", pod("2026-03-15 withdrawn; 2021-03-24 granted"), OTHER)
    assert register.says("2026-03-14") == "yes history"
    assert register.says("2026-03-15") == "no history"


def test_a_row_on_both_sides_of_a_day_is_still_observed(register: Register) -> None:
    register.see("2026-01-05", pod("2021-03-24 granted"))
    register.see("2026-05-10", pod("2021-03-24 granted"))
    assert register.says("2026-03-14") == "yes observed"


def test_what_a_look_of_the_day_saw_stands_though_a_later_edition_corrects_it(register: Register) -> None:
    register.see("2026-01-05", pod("2021-03-24 granted"))
    register.see("2026-05-10", pod("2026-01-01 withdrawn; 2021-03-24 granted"))
    assert register.says("2026-01-05") == "yes observed"
    assert register.says("2026-01-20") == "no history"


def test_a_row_that_a_later_edition_corrects_is_not_listed_beside_another_of_the_same_provider(
    register: Register,
) -> None:
    archives = "secnumcloud | OVH | Archives | Archives | - | - | statuses=2020-05-01 granted"
    register.see("2026-01-05", pod("2021-03-24 granted"), archives)
    register.see("2026-04-02", pod("2021-03-24 granted"), archives)
    register.see("2026-05-10", pod("2026-01-08 withdrawn; 2021-03-24 granted"), archives)
    [row] = register.found("2026-03-14").rows
    assert row.known.attestation.subject == "Archives"
    assert register.listed("2026-03-14") == [("OVHcloud", "yes", "observed")]
    assert register.listed("2026-01-05") == [("OVHcloud", "yes", "observed")] * 2


def test_an_end_that_a_later_edition_corrects_is_no_end_that_passed(register: Register) -> None:
    """Printed for June, and in May corrected to January."""
    register.now = day("2026-06-15")
    register.see("2026-02-05", pod("2026-07-01 withdrawn; 2021-03-24 granted"), OTHER)
    register.see("2026-05-10", pod("2026-01-08 withdrawn; 2021-03-24 granted"), OTHER)
    assert register.says("2026-08-01") == "unknown not_watched"
    assert register.found("2026-08-01").ended == ()


def test_an_end_that_is_announced_is_said_by_the_day_that_is_printed(register: Register) -> None:
    register.see("2026-02-05", pod("2026-07-01 withdrawn; 2021-03-24 granted"), OTHER)
    assert register.said("2026-02-05", "en") == (
        "Listed in the edition of 5 Feb 2026 of the ANSSI catalogue: “Pod”, decision Pod, "
        "printed from 24 Mar 2021, end announced for 1 Jul 2026."
    )
    [row] = register.found("2026-02-05").rows
    told = validity_text(row.known.attestation, "fr")
    assert told == "depuis le 24/03/2021, fin annoncée pour le 01/07/2026"


def test_a_row_that_is_printed_as_withdrawn_is_never_said_to_be_on_no_edition(register: Register) -> None:
    register.see("2026-01-05", pod("2021-03-24 granted"), OTHER)
    register.see("2026-02-05", pod("2026-01-08 withdrawn; 2021-03-24 granted"), OTHER)
    register.now = day("2026-06-15")
    assert register.said("2026-08-01", "en") == (
        "That day has not come yet. No status in force by the edition of 5 Feb 2026 of the ANSSI catalogue: "
        "“Pod”, decision Pod, status “withdrawn” since 8 Jan 2026."
    )
    assert register.said("2026-06-01", "fr") == (
        "Aucun statut en vigueur d’après l’édition du 05/02/2026 du catalogue de l’ANSSI\u00a0: «\u00a0Pod"
        "\u00a0», décision Pod, statut «\u00a0retiré\u00a0» depuis le 08/01/2026. "
        "Rien de plus récent n’a été vu."
    )
    who = register.providers.resolve("OVH", register.source.name, "secnumcloud")
    [proof] = past(register.archive(), who, "secnumcloud", date(2026, 8, 1)).evidence
    assert proof.place == "p. 1"
    found = holders_of(register.archive(), ["secnumcloud"], date(2026, 8, 1))
    assert [row.known.attestation.status for row, _ in found.listed] == ["granted", "withdrawn"]


def test_who_was_never_seen_to_hold_the_label_is_not_listed_for_a_day_to_come(register: Register) -> None:
    register.see("2026-02-05", pod("2020-01-08 withdrawn; 2019-03-24 granted"), OTHER)
    register.now = day("2026-06-15")
    assert register.says("2026-08-01") == "unknown not_watched"
    assert [name for name, _, _ in register.listed("2026-08-01")] == ["Oodrive"]


def test_a_withdrawn_row_is_not_listed_beside_one_that_stands(register: Register) -> None:
    archives = "secnumcloud | OVH | Archives | Archives | - | - | statuses=2020-05-01 granted"
    register.see("2026-02-05", pod("2026-01-08 withdrawn; 2021-03-24 granted"), archives)
    register.now = day("2026-06-15")
    assert [name for name, _, _ in register.listed("2026-08-01")] == ["OVHcloud"]


def test_an_end_that_came_inside_an_edition_is_a_no_from_its_day_on(register: Register) -> None:
    register.see("2026-05-01", pod(LONG), OTHER)
    register.see("2026-07-01", pod(LONG), OTHER, edition="2026-05-01")
    assert register.says("2026-05-31") == "yes observed"
    assert register.says("2026-06-01") == "no history"
    assert register.listed("2026-06-01") == [("Oodrive", "yes", "observed")]
    assert ("OVHcloud", "yes", "observed") in register.listed("2026-05-31")


def test_a_listing_of_a_day_before_the_watch_is_the_union_of_all_answers(register: Register) -> None:
    register.see("2026-07-01", pod(LONG), OTHER)
    assert register.listed("2022-01-01") == [
        ("Oodrive", "yes", "history"),
        ("OVHcloud", "yes", "history"),
    ]
    assert register.listed("2023-06-01") == [("Oodrive", "yes", "history")]


def test_after_the_last_look_history_says_nothing(register: Register) -> None:
    register.see("2026-01-05", pod("2021-03-24 granted"))
    assert register.says("2026-11-01") == "unknown not_watched"


def test_a_row_that_left_the_register_speaks_for_the_days_before_it_left(register: Register) -> None:
    register.see("2026-01-05", pod("2021-03-24 granted"), OTHER)
    register.see("2026-02-01", OTHER)
    register.see("2026-03-01", OTHER)
    assert register.says("2022-01-01") == "yes history"
    assert register.says("2026-02-15") == "no history"


def test_a_row_missing_and_not_confirmed_is_unknown_whatever_it_printed(register: Register) -> None:
    register.source = replace(register.source, bounds={"secnumcloud": Bounds(floor=2, least=0)})
    register.see("2026-01-05", pod("2021-03-24 granted"), OTHER)
    register.see("2026-02-01", OTHER)
    assert register.says("2026-02-01") == "unknown unconfirmed"
    assert register.says("2026-01-20") == "unknown unconfirmed"
    assert register.says("2022-01-01") == "yes history"


def test_another_use_of_a_service_is_not_the_label(register: Register) -> None:
    register.see("2026-01-05", pod("2024-05-01 granted; 2021-03-24 unstated"), OTHER)
    assert register.says("2022-01-01") == "no history"


def test_a_grant_announced_is_printed_for_a_day_to_come(register: Register) -> None:
    register.now = day("2026-02-01")
    register.see("2026-01-05", pod("2026-03-10 granted"), OTHER)
    assert register.says("2026-03-09") == "unknown not_watched"
    assert register.says("2026-03-10") == "unknown printed"


def test_the_basis_is_named_in_both_languages(register: Register) -> None:
    register.see("2026-07-01", pod(LONG), OTHER)
    assert register.said("2022-01-01", "fr") == (
        "D’après l’historique que le registre imprime\u00a0: «\u00a0Pod\u00a0», décision Pod, statut "
        "«\u00a0accordé\u00a0» depuis le 24/03/2021, statut «\u00a0retiré\u00a0» à partir du 01/02/2023."
    )
    assert register.said("2023-06-01", "en") == (
        "The history that the register itself prints has no status in force on that day: “Pod”, decision "
        "Pod, status “withdrawn” since 1 Feb 2023, status “granted” from 1 May 2024 on."
    )
