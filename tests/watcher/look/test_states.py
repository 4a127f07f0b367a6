"""Who is who across the lists of several states: by identifiers, never by names, and in whatever order the
lists are read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import permutations

import pytest
from toy_register import ToyRegister, day
from toy_story import Story, kinds, only

from state.file.opening import open_store
from state.file.store import Store
from state.model import Kind
from state.seen.looks import chain
from state.seen.rows import listings
from state.seen.who import providers, registered
from state.seen.who.providers import add_alias, load_providers
from watcher.ask.archive import Archive
from watcher.look.record import Checked
from watcher.prove.replay import rebuilt
from watcher.tell.want import about

LABEL = "eidas-timestamp"
Lists = dict[str, Sequence[str]]


@pytest.fixture
def store() -> Iterator[Store]:
    with open_store(":memory:") as opened:
        yield opened


def row(holder: str, number: int, registration: str = "", country: str = "", **facts: str) -> str:
    said = {"registration": registration, "country": country, **facts}
    facts_said = "".join(f" | {name}={value}" for name, value in said.items() if value)
    return f"{LABEL} | {holder} | Service {number} | TSA/QTST {number} | 2020-01-01 | -{facts_said}"


def see(store: Store, state: str, when: str, *rows: str, edition: str = "") -> Checked:
    """Looks at the list of a state, each of whose rows says that it is."""
    story = Story(store)
    story.source = ToyRegister(name=f"tl-{state}", covers=frozenset({LABEL}), labels=(LABEL,))
    said = [f"{one} | country={state.upper()}" for one in rows]
    return story.see(when, "\n".join([f"edition {edition or when}", *said]))


def whose(store: Store) -> dict[str, tuple[str, str]]:
    """By state and number of the service, slug and name of whose it is."""
    return {
        f"{one.source} {(one.known.attestation.ref or '')[-1]}": (
            one.known.provider.slug,
            one.known.provider.name,
        )
        for one in listings.versions(store, open=True)
    }


def slugs(store: Store) -> dict[str, str]:
    return {place: slug for place, (slug, _) in whose(store).items()}


def test_an_organisation_in_two_states_is_one_provider_where_an_identifier_says_so(store: Store) -> None:
    see(store, "be", "2026-03-01", row("Zetes SA", 1, "VATBE-0408.425.626"))
    see(store, "nl", "2026-03-01", row("Zetes Nederland", 2, "vatbe-0408425626"))
    # By the state that registered it: Belgium, whose list calls it so.
    assert whose(store) == dict.fromkeys(("tl-be 1", "tl-nl 2"), ("zetes--be", "Zetes SA"))


def test_one_name_in_two_states_is_two_providers_without_an_identifier_that_both_print(store: Store) -> None:
    see(store, "fr", "2026-03-01", row("Universign", 1, "VATFR-91434202181"))
    see(store, "be", "2026-03-01", row("Universign", 2, "VATBE-0673755466"), row("Asseco", 3))
    see(store, "pl", "2026-03-01", row("Asseco", 4), row("Asseco Data", 5, "NTRPL-0000421310"))
    assert slugs(store) == {
        "tl-fr 1": "universign",
        "tl-be 2": "universign--be",
        "tl-be 3": "asseco--be",
        "tl-pl 4": "asseco--pl",
        "tl-pl 5": "asseco-data--pl",
    }


def test_a_vat_number_and_a_trade_number_are_two_schemes_until_somebody_prints_both(store: Store) -> None:
    see(store, "se", "2026-03-01", row("ZealiD", 1, "NTRSE-556972-4288"))
    see(store, "fi", "2026-03-01", row("Zealid Oy", 2, "VATSE-556972428801"))
    assert slugs(store) == {"tl-se 1": "zealid--se", "tl-fi 2": "zealid-oy--fi"}
    see(store, "ee", "2026-03-01", row("Zealid Eesti", 3, "VATSE-556972428801; NTRSE-5569724288"))
    assert set(slugs(store).values()) == {"zealid--se"}


def test_a_number_that_each_german_court_gives_anew_joins_nobody(store: Store) -> None:
    see(
        store,
        "de",
        "2026-03-01",
        row("Siegel", 1, "NTRDE-HRB 12345"),
        row("Stempel", 2, "NTRDE-HRB12345"),
        row("Karte", 3, "NTRDE-Bonn HRB 777"),
        row("Karten", 4, "NTRDE-BONN HRB 777"),
    )
    assert slugs(store) == {
        "tl-de 1": "siegel--de",
        "tl-de 2": "stempel--de",
        "tl-de 3": "karte--de",
        "tl-de 4": "karte--de",
    }
    assert registered.numbers_of(store, "siegel--de") == ("NTRDE-HRB 12345",)


def test_a_french_company_abroad_is_the_provider_of_our_registers(store: Store) -> None:
    """Its VAT number holds the number by which the trade register knows it, and by which we know some."""
    see(store, "be", "2026-03-01", row("Universign Belgique", 1, "NTRFR-434202181"))
    see(store, "lu", "2026-03-01", row("OVH Luxembourg", 2, "VATFR-22424761419"))
    assert slugs(store) == {"tl-be 1": "universign-belgique--be", "tl-lu 2": "ovhcloud"}
    see(store, "fr", "2026-03-01", row("Universign", 3, "VATFR-91434202181"))
    assert slugs(store) == {"tl-be 1": "universign", "tl-lu 2": "ovhcloud", "tl-fr 3": "universign"}


def test_within_france_names_decide_whatever_numbers_say(store: Store) -> None:
    one = "VATFR-91434202181"
    see(store, "fr", "2026-03-01", row("Universign", 1, one), row("Cryptolog", 2, one))
    assert slugs(store) == {"tl-fr 1": "universign", "tl-fr 2": "cryptolog"}
    # Of two that bear the number one is the organisation abroad: the same, whatever was read first.
    see(store, "be", "2026-03-01", row("Universign", 3, one))
    assert slugs(store)["tl-be 3"] == "cryptolog"


LISTS: Lists = {
    "fr": [row("Universign", 1, "VATFR-91434202181"), row("Certinomis", 2, "VATFR-86433998903")],
    "be": [
        row("Universign", 3, "VATBE-0673755466"),
        row("Certinomis Belgium", 4, "NTRFR-433998903"),
        row("DigiCert Europe Belgium B.V.", 5, "VATBE-0537698318"),
        row("Asseco", 6),
    ],
    "nl": [row("QuoVadis Trustlink", 7, "NTRNL-30237459; VATBE-0537698318"), row("Asseco", 8)],
    "de": [row("QuoVadis Deutschland", 9, "NTRNL-30237459")],
}


def test_the_order_in_which_lists_are_read_changes_nothing() -> None:
    found = []
    for order in permutations(LISTS):
        with open_store(":memory:") as store:
            for state in order:
                see(store, state, "2026-03-01", *LISTS[state])
            for state in order:  # nor does looking again
                see(store, state, "2026-03-02", *LISTS[state])
            found.append(whose(store))
    assert all(one == found[0] for one in found)
    assert {place: slug for place, (slug, _) in found[0].items()} == {
        "tl-fr 1": "universign",
        "tl-fr 2": "certinomis",
        "tl-be 3": "universign--be",
        "tl-be 4": "certinomis",
        "tl-be 5": "digicert-europe-belgium-b-v--be",
        "tl-be 6": "asseco--be",
        "tl-nl 7": "digicert-europe-belgium-b-v--be",
        "tl-nl 8": "asseco--nl",
        "tl-de 9": "digicert-europe-belgium-b-v--be",
    }


def test_who_is_found_to_be_one_is_nobodys_news(store: Store) -> None:
    see(store, "nl", "2026-03-01", row("Zetes Nederland", 2, "VATBE-0408425626"))
    joined = see(store, "be", "2026-03-02", row("Zetes SA", 1, "VATBE-0408425626"))
    assert [event.cause for event in joined.events] == ["baseline"]
    again = see(store, "nl", "2026-03-03", row("Zetes Nederland", 2, "VATBE-0408425626"))
    assert again.events == ()
    gone = see(store, "nl", "2026-03-04", row("Other", 3))
    assert kinds(gone) == ["gained other--nl", "lost zetes--be"]


def test_a_replay_finds_the_same_to_be_one(store: Store) -> None:
    see(store, "nl", "2026-03-01", row("Zetes Nederland", 2, "VATBE-0408425626"))
    see(store, "fr", "2026-03-01", row("Universign", 5, "VATFR-91434202181"))
    see(store, "be", "2026-03-02", row("Zetes SA", 1, "VATBE-0408425626"), row("U", 6, "NTRFR-434202181"))
    gone = see(store, "nl", "2026-03-04", row("Other", 3))
    assert "lost zetes--be" in kinds(gone)
    sources = {
        name: ToyRegister(name=name, covers=frozenset({LABEL}), labels=(LABEL,))
        for name in ("tl-be", "tl-fr", "tl-nl")
    }
    again = rebuilt(store, sources)
    assert (again.difference, again.runs, again.head) == ("", 4, chain.head(store))


def test_a_holder_that_is_renamed_stays_its_provider_by_its_number(store: Store) -> None:
    see(store, "be", "2026-03-01", row("QuoVadis BVBA", 1, "VATBE-0537698318"))
    renamed = see(store, "be", "2026-03-02", row("DigiCert Europe Belgium", 1, "VATBE-0537698318"))
    assert (only(renamed).kind, only(renamed).provider.slug) == (Kind.RENAMED, "quovadis-bvba--be")
    assert whose(store) == {"tl-be 1": ("quovadis-bvba--be", "DigiCert Europe Belgium")}


def test_a_number_that_is_corrected_parts_whom_it_joined(store: Store) -> None:
    see(store, "be", "2026-03-01", row("Zetes", 1, "VATBE-1111111111"))
    see(store, "nl", "2026-03-01", row("Other", 2, "VATBE-1111111111"))
    assert set(slugs(store).values()) == {"zetes--be"}
    see(store, "nl", "2026-03-02", row("Other", 2, "VATNL-2222222222"))
    assert slugs(store) == {"tl-be 1": "zetes--be", "tl-nl 2": "other--nl"}


def test_a_reading_that_is_not_believed_joins_nobody(store: Store) -> None:
    see(store, "be", "2026-03-02", row("Zetes", 1, "VATBE-0408425626"))
    see(store, "nl", "2026-03-02", row("Other", 2))
    doubted = see(store, "nl", "2026-03-03", row("Other", 2, "VATBE-0408425626"), edition="2026-03-01")
    assert doubted.run.outcome == "doubtful"
    assert slugs(store)["tl-nl 2"] == "other--nl"


def test_an_operators_word_outranks_names_and_numbers(store: Store) -> None:
    see(store, "be", "2026-03-01", row("Zetes", 1, "VATBE-0408425626"))
    add_alias(
        store,
        provider="ovhcloud",
        name="Zetes",
        source="tl-be",
        label=LABEL,
        reason="said so",
        now=day("2026-03-02"),
    )
    resolve = registered.whose(store, load_providers(store))
    listings.restamp(store, resolve)
    assert slugs(store) == {"tl-be 1": "ovhcloud"}
    see(store, "be", "2026-03-03", row("Zetes", 1, "VATBE-0408425626"), row("Zetes", 2))
    assert set(slugs(store).values()) == {"ovhcloud"}


def test_no_name_that_a_register_prints_has_the_slug_of_a_holder_abroad(store: Store) -> None:
    see(store, "fr", "2026-03-01", row("Zetes BE", 1), row("Zetes--BE", 2))
    see(store, "be", "2026-03-01", row("Zetes", 3))
    assert slugs(store) == {"tl-fr 1": "zetes-be", "tl-fr 2": "zetes-be", "tl-be 3": "zetes--be"}


def test_a_provider_is_found_by_an_identifier_however_it_is_typed(store: Store) -> None:
    see(store, "fr", "2026-03-01", row("Universign", 1, "VATFR-91434202181"))
    see(store, "be", "2026-03-01", row("Zetes", 2, "VATBE-0408.425.626"))
    names = Archive(store=store, providers=load_providers(store), sources={}, now=day("2026-03-03")).names
    for said in ("VATBE-0408425626", "BE 0408.425.626", "0408 425 626", "vatbe0408425626"):
        assert [one.slug for one in names.meant(said)] == ["zetes--be"], said
    for said in ("434 202 181", "FR 91 434 202 181", "VATFR-91434202181"):
        assert [one.slug for one in names.meant(said)] == ["universign"], said
    assert names.meant("0408 425 627") == ()


def test_the_name_of_a_holder_abroad_goes_on_meaning_whom_it_was_found_to_be(store: Store) -> None:
    see(store, "nl", "2026-03-01", row("Zetes Nederland", 2, "VATBE-0408425626"))
    see(store, "be", "2026-03-01", row("Zetes", 1, "VATBE-0408425626"))
    gone = see(store, "nl", "2026-03-04", row("Other", 3))
    providers = load_providers(store)
    names = Archive(store=store, providers=providers, sources={}, now=day("2026-03-05")).names
    assert [one.slug for one in names.meant("zetes-nederland--nl")] == ["zetes--be"]
    lost = next(event for event in gone.events if event.kind is Kind.LOST)
    assert about("zetes-nederland--nl", lost, providers)
    assert about("zetes--be", lost, providers)


def test_the_numbers_of_a_provider_are_those_that_are_printed_now(store: Store) -> None:
    see(store, "be", "2026-03-01", row("Zetes", 1, "VATBE-1"))
    see(store, "be", "2026-03-02", row("Zetes", 1, "VATBE-0408.425.626; NTRBE-0408425626"))
    assert registered.numbers_of(store, "zetes--be") == ("NTRBE-0408425626", "VATBE-0408.425.626")


def test_each_source_is_of_the_state_that_its_list_says(store: Store) -> None:
    for state in ("fr", "be", "nl"):
        see(store, state, "2026-03-01", row("A", 1), row("B", 2))
        see(store, state, "2026-03-02", row("A", 1), row("C", 2))
    assert providers.listed_states(store) == {"tl-be": "BE", "tl-fr": "FR", "tl-nl": "NL"}


@pytest.mark.sqlite("asks for its own plan")
def test_what_is_asked_of_states_and_numbers_walks_their_indexes_alone(store: Store) -> None:
    asked = {
        providers.COUNTRIES: "attestation_state",
        registered.PRINTED: "attestation_registered",
        registered.EVERY_NUMBER: "attestation_registered",
        registered.WITH_NUMBERS: "attestation_registered",
        registered.HOLDERS_IN: "attestation_state",
        listings.STAMPED_IN_STATES: "attestation_state",
    }
    for sql, index in asked.items():
        given = {"numbers": "[]", "country": "BE"}
        plan = [str(row["detail"]) for row in store.q(f"explain query plan {sql}", **given)]
        walked = [step for step in plan if "attestation" in step]
        assert walked, sql
        assert all(f"INDEX {index}" in step for step in walked), (sql, walked)


def test_a_look_that_is_forgotten_joins_nobody_any_more(store: Store) -> None:
    from watcher.look.forget import forget

    see(store, "nl", "2026-03-01", row("Other", 2, "VATBE-0408425626"))
    before = whose(store)
    joined = see(store, "be", "2026-03-02", row("Zetes", 1, "VATBE-0408425626"))
    assert set(slugs(store).values()) == {"zetes--be"}
    forget(store, None, joined.run, "wrong file", day("2026-03-02") + timedelta(hours=1))
    assert whose(store) == before
