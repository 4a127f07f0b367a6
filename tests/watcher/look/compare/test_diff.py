"""What happened between two listings: which kind of event, with which changes, and never an invented one."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy_register import day, row

from state.model import Attestation, Cause, Event, Kind, Known, Listing, Weight
from state.seen.who.providers import load_providers
from state.words.kept import Snapshot, SourceState
from state.words.labels import coverage_of
from watcher.look.compare.diff import Diff, Look, diff
from watcher.look.compare.judge import Verdict, judge
from watcher.look.compare.nameless import Seen
from watcher.look.compare.pair import pair

PROVIDERS = load_providers()
EDITION = day("2026-03-04")
SNAPSHOT = Snapshot(
    id=7, source="anssi-catalogue", digest="d", urls=("u",), sha256s=("h",), fetched_at=EDITION
)
LABELS = ("secnumcloud", "passi", "pdis", "mie", "hds", "qualified-product", "cc", "eidas-esign-cert")
ALL = frozenset({*LABELS, *(f"{label}:archived" for label in LABELS)})


def listing(rows: list[Attestation]) -> Listing:
    return Listing(source="anssi-catalogue", attestations=tuple(rows), covers=ALL, edition_at=EDITION)


def known(rows: list[Attestation]) -> tuple[Known, ...]:
    return tuple(
        Known(
            row=n,
            attestation=one,
            provider=PROVIDERS.resolve(one.holder, "anssi-catalogue", one.label),
            end_seen_at=EDITION - timedelta(days=90),
        )
        for n, one in enumerate(rows, 1)
    )


def compare(before: list[Attestation], after: list[Attestation], covered: frozenset[str] = ALL) -> Diff:
    old, seen = known(before), listing(after)
    rows = [
        Seen(attestation=one, provider=PROVIDERS.resolve(one.holder, "anssi-catalogue", one.label))
        for one in after
    ]
    pairing = pair(old, rows)
    state = SourceState(source="anssi-catalogue", covers=covered)
    verdict = judge(pairing, seen, state, {}, EDITION, approved=True)
    look = Look(
        snapshot=SNAPSHOT,
        seen_at=EDITION,
        cause=Cause.REGISTER,
        covered=covered,
        next_row=len(before) + 1,
        next_event=1,
    )
    return diff(pairing, verdict, seen, look)


def events(before: str, after: str) -> list[Event]:
    return list(compare(_rows(before), _rows(after)).events)


def _rows(text: str) -> list[Attestation]:
    return [row(line) for line in text.strip().splitlines() if line.strip()]


def only(before: str, after: str) -> Event:
    [event] = events(before, after)
    return event


OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24"
POD = f"{OVH} | scope=PaaS+IaaS | level=Elevé | recommendation=green | national_security=no"

CHANGES_OF_ONE_ROW = [
    ("a later end under a new decision", "2025_559", "2026_7", "2028-03-24", "2029-03-24", Kind.RENEWED),
    ("a later end, same decision", "2025_559", "2025_559", "2028-03-24", "2029-03-24", Kind.RENEWED),
    ("a new decision, same end", "2025_559", "2026_7", "2028-03-24", "2028-03-24", Kind.REISSUED),
    ("an earlier end", "2025_559", "2025_559", "2028-03-24", "2027-03-24", Kind.SHORTENED),
]


@pytest.mark.parametrize(("what", "ref", "new_ref", "end", "new_end", "kind"), CHANGES_OF_ONE_ROW)
def test_dates_and_decisions_name_the_kind(
    what: str, ref: str, new_ref: str, end: str, new_end: str, kind: Kind
) -> None:
    event = only(POD, POD.replace(ref, new_ref).replace(end, new_end))
    assert event.kind is kind, what
    assert event.weight is kind.weight


@pytest.mark.parametrize(
    ("old", "new", "kind", "fields"),
    [
        ("PaaS+IaaS", "IaaS", Kind.SCOPE_REDUCED, {"scope"}),
        ("PaaS+IaaS", "PaaS+IaaS+CaaS", Kind.SCOPE_EXTENDED, {"scope"}),
        ("PaaS+IaaS", "SaaS+IaaS", Kind.SCOPE_REDUCED, {"scope"}),
        ("Elevé", "Substantiel", Kind.LEVEL_CHANGED, {"level"}),
        ("Bare Metal Pod", "Bare Metal Pod v2", Kind.RENAMED, {"subject"}),
        ("OVH", "OVHcloud", Kind.RENAMED, {"holder"}),
        ("2025-03-24", "2025-03-25", Kind.AMENDED, {"valid_from"}),
        ("national_security=no", "national_security=yes", Kind.AMENDED, {"national_security"}),
    ],
)
def test_a_changed_field_names_the_kind(old: str, new: str, kind: Kind, fields: set[str]) -> None:
    event = only(POD, POD.replace(old, new))
    assert (event.kind, set(event.changes)) == (kind, fields)


def test_the_weightiest_of_several_changes_is_the_kind_and_all_are_listed() -> None:
    event = only(POD, POD.replace("PaaS+IaaS", "IaaS").replace("2028-03-24", "2029-03-24"))
    assert event.kind is Kind.SCOPE_REDUCED
    assert set(event.changes) == {"scope", "valid_until"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Bare Metal Pod", "Bare  Metal Pod"),
        ("Bare Metal Pod", "BareMetal Pod"),
        ("2025_559", "2025_559 "),
        ("| OVH |", "| OVH SAS |"),
        ("Bare Metal Pod", "BARE METAL\u00a0POD"),
        ("Elevé", "E\u0301leve\u0301"),
        ("2025_559", "2025\u200b_559"),
        ("PaaS+IaaS", "paas+iaas"),
        ("PaaS+IaaS", "IaaS+PaaS"),
    ],
)
def test_what_a_person_cannot_tell_apart_is_no_change(old: str, new: str) -> None:
    assert events(POD, POD.replace(old, new)) == []


TWO_HOSTS = """
hds | Alpha | - | 38436 LNE | 2024-01-01 | 2027-01-01 | scope=1+2 | version=v2.0 | issuer=LNE | certificate_number=38436-1
hds | Beta | - | HDS 789841 BSI | 2024-01-01 | 2027-01-01 | issuer=BSI | version=v2.0 | certificate_number=HDS 789841
"""  # noqa: E501


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("issuer=LNE", "issuer=Laboratoire national de métrologie et d'essais"),
        ("certificate_number=38436-1", "certificate_number=LNE n° 38436-1"),
        ("certificate_number=38436-1", "certificate_number=38436\u20111"),
        ("certificate_number=38436-1", "certificate_number=38436 rév. 1"),
        ("certificate_number=38436-1", "certificate_number=38436-rev1"),
        ("certificate_number=38436-1", "certificate_number=38436-1 (HDS)"),
        ("certificate_number=HDS 789841", "certificate_number=BSI HDS 789841"),
        ("v2.0", "HDS v2.0"),
        ("issuer=BSI", "issuer=British Standards Institution"),
    ],
)
def test_a_certificate_printed_in_another_way_is_no_change(old: str, new: str) -> None:
    assert events(TWO_HOSTS, TWO_HOSTS.replace(old, new)) == []


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("certificate_number=38436-1", "certificate_number=38436-2", "ref"),
        ("Alpha | - | 38436 LNE | 2024-01-01", "Alpha | - | 38436 LNE | 2025-01-01", "valid_from"),
        ("scope=1+2 | version=v2.0", "scope=1+2 | version=v2.1", "version"),
    ],
)
def test_a_certificate_whose_suffix_start_or_version_moves_with_the_same_end_is_reissued(
    old: str, new: str, field: str
) -> None:
    event = only(TWO_HOSTS, TWO_HOSTS.replace(old, new))
    assert (event.kind, event.weight, set(event.changes)) == (Kind.REISSUED, Weight.NORMAL, {field})


def test_two_certificates_of_a_host_that_are_numbered_anew_stay_themselves() -> None:
    before = TWO_HOSTS.replace("Beta", "Alpha").replace("BSI | 2024-01-01", "BSI | 2024-06-01")
    after = before.replace("38436", "FR/01").replace("HDS 789841", "FR/02")
    assert [event.kind for event in events(before, after)] == [Kind.REISSUED, Kind.REISSUED]


def test_a_number_is_said_to_change_as_it_is_printed() -> None:
    renewed = TWO_HOSTS.replace("38436-1", "38436-2").replace("2027-01-01", "2030-01-01", 1)
    event = only(TWO_HOSTS, renewed)
    assert (event.kind, event.changes["ref"].before, event.changes["ref"].after) == (
        Kind.RENEWED,
        "38436-1",
        "38436-2",
    )


def test_a_version_that_was_not_printed_before_is_news_of_normal_weight() -> None:
    before = TWO_HOSTS.replace("scope=1+2 | version=v2.0", "scope=1+2")
    assert (only(before, TWO_HOSTS).kind, only(before, TWO_HOSTS).weight) == (Kind.AMENDED, Weight.NORMAL)


def test_the_order_of_rows_is_no_change() -> None:
    rows = [row(f"passi | Firm {n} | - | 2025_{n} | 2025-01-01 | 2028-01-01") for n in range(9)]
    assert compare(rows, rows[::-1]).events == ()


def test_the_labels_that_most_people_watch_are_told_first() -> None:
    added = "\n".join(
        f"{label} | Firm | - | 2026_1 | 2026-01-01 | 2029-01-01" for label in ("cc", "passi", "secnumcloud")
    )
    assert [event.label for event in events("", added)] == ["secnumcloud", "passi", "cc"]


def test_of_rows_that_are_told_apart_by_dates_alone_the_unmoved_one_is_no_news() -> None:
    rows = "passi | Firm | - | - | 2024-01-01 | 2027-01-01\npassi | Firm | - | - | 2024-01-01 | 2030-01-01"
    event = only(rows, rows.replace("2027-01-01", "2033-01-01"))
    assert (event.kind, event.changes["valid_until"].before) == (Kind.RENEWED, "2027-01-01")


def test_no_neighbour_is_named_where_two_arrivals_rival() -> None:
    """One loss, two gains with its end: nobody can tell which of them continues it."""
    old = "cc | Bull | - | 2025_1 | 2025-01-01 | 2028-01-01"
    new = "\n".join(
        f"cc | {who} | - | 2026_{n} | 2026-01-01 | 2028-01-01" for n, who in enumerate(("Eviden", "Idemia"))
    )
    found = events(old, new)
    assert len(found) == 3
    assert not any(event.probable_successor or event.probable_predecessor for event in found)


def test_a_column_that_appears_changes_no_row() -> None:
    assert events(POD, f"{POD} | Localisation=France") == []
    assert events(OVH, POD) == []
    assert events(POD, OVH) == []
    assert events(f"{POD} | oid=1.2", f"{POD} | oid=1.3")[0].kind is Kind.AMENDED


def test_a_tick_that_the_date_predicts_weighs_less_than_one_that_it_does_not() -> None:
    near = "secnumcloud | OVH | Pod | 2025_1 | 2025-03-24 | 2026-06-30 | recommendation=green"
    by_rule = only(near, near.replace("green", "orange"))
    assert (by_rule.kind, by_rule.by_rule, by_rule.weight) == (
        Kind.RECOMMENDATION_CHANGED,
        True,
        Weight.LOW,
    )
    by_hand = only(near, near.replace("green", "red"))
    assert (by_hand.by_rule, by_hand.weight) == (False, Weight.NORMAL)


def test_a_tick_that_improves_while_its_end_stands_was_moved_by_hand() -> None:
    """Thales Cyber Solutions (PDIS) turned green again in January 2026: no date foretold that."""
    far = "pdis | Thales Cyber Solutions | - | 2025_1514 | 2025-09-18 | 2028-09-18 | recommendation=orange"
    lifted = only(far, far.replace("orange", "green"))
    assert (lifted.by_rule, lifted.weight) == (False, Weight.NORMAL)
    renewed = only(far, far.replace("orange", "green").replace("2028", "2029"))
    assert renewed.by_rule is True


def test_one_of_several_services_comes_and_goes_under_the_label() -> None:
    other = OVH.replace("Bare Metal Pod", "Hosted Private Cloud").replace("2025_559", "2023_2279")
    assert [event.kind for event in events(OVH, f"{OVH}\n{other}")] == [Kind.SERVICE_ADDED]
    assert [event.kind for event in events(f"{OVH}\n{other}", OVH)] == [Kind.SERVICE_REMOVED]


def test_gained_and_lost_are_one_event_with_every_row() -> None:
    rows = "\n".join(OVH.replace("Pod", f"Pod {n}").replace("559", f"55{n}") for n in range(3))
    gained = only("", rows)
    assert (gained.kind, len(gained.attestations), gained.rows) == (Kind.GAINED, 3, (1, 2, 3))
    lost = only(rows, "")
    assert (lost.kind, len(lost.attestations)) == (Kind.LOST, 3)


def test_two_services_that_swap_decisions_are_followed_by_decision() -> None:
    a = "passi | Firm | Alpha | 2025_1 | 2025-01-01 | 2028-01-01"
    b = "passi | Firm | Beta | 2025_2 | 2025-01-01 | 2028-01-01"
    swapped = f"{a.replace('Alpha', 'Beta')}\n{b.replace('Beta', 'Alpha')}"
    assert [event.kind for event in events(f"{a}\n{b}", swapped)] == [Kind.RENAMED, Kind.RENAMED]


def test_one_decision_over_two_rows_is_told_apart_by_its_detail() -> None:
    a = "eidas-esign-cert | Univ | CA | 2025_1 | 2025-01-01 | 2028-01-01 | oid=1.1"
    b = a.replace("oid=1.1", "oid=1.2")
    assert events(f"{a}\n{b}", f"{b}\n{a}") == []
    [gone] = events(f"{a}\n{b}", b)
    assert (gone.kind, gone.attestations[0].extra["oid"]) == (Kind.SERVICE_REMOVED, "1.1")


def test_rows_printed_twice_are_two_rows() -> None:
    twice = f"{OVH}\n{OVH}"
    assert events(twice, twice) == []
    assert [event.kind for event in events(twice, OVH)] == [Kind.SERVICE_REMOVED]


MOVED = "cc | Gemalto | Chip A | 2021/26 | 2021-07-01 | 2026-07-01 | level=EAL5"


def test_a_row_with_the_same_ref_and_dates_is_itself_under_another_holder() -> None:
    event = only(MOVED, MOVED.replace("Gemalto", "Thales DIS"))
    assert (event.kind, event.provider.slug) == (Kind.RENAMED, "thales-dis")
    assert (event.changes["holder"].before, event.changes["holder"].after) == ("Gemalto", "Thales DIS")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (MOVED, MOVED.replace("2026-07-01", "2029-07-01")),
        (MOVED, MOVED.replace("2021-07-01", "-").replace("2026-07-01", "-")),
        (f"{MOVED}\n{MOVED.replace('Gemalto', 'Idemia')}", MOVED),
    ],
)
def test_a_ref_that_is_not_unique_or_has_other_dates_pairs_nobody_across_providers(
    before: str, after: str
) -> None:
    found = events(before, after.replace("Gemalto", "Thales DIS"))
    assert Kind.RENAMED not in {event.kind for event in found}
    assert Kind.LOST in {event.kind for event in found}


def test_a_certificate_that_changes_holder_and_is_archived_is_lost_by_whoever_held_it() -> None:
    event = only(MOVED, MOVED.replace("Gemalto", "Thales DIS") + " | status=archived")
    assert (event.kind, event.provider.slug) == (Kind.LOST, "gemalto")
    assert event.changes["holder"].after == "Thales DIS"


SERVICE = "eidas-esign-cert | Univ | Vérification PVID | 2025_1 | 2025-01-01 | 2027-01-01 | oid=1.2.3"


def test_a_service_whose_name_loses_a_word_under_its_oid_is_renewed_and_renamed() -> None:
    others = "\n".join(
        SERVICE.replace("Vérification PVID", f"Autre {n}")
        .replace("2025_1", f"2025_9{n}")
        .replace("1.2.3", f"9.{n}")
        for n in range(3)
    )
    later = SERVICE.replace("2025_1", "2026_7").replace("2027-01-01", "2029-01-01")
    new = later.replace("Vérification PVID", "VERIFICATION")
    rival = SERVICE.replace("Vérification PVID", "Horodatage").replace("2025_1", "2026_8")
    found = {event.kind: event for event in events(f"{others}\n{SERVICE}", f"{others}\n{new}\n{rival}")}
    assert set(found) == {Kind.RENEWED, Kind.SERVICE_ADDED}
    assert set(found[Kind.RENEWED].changes) == {"subject", "ref", "valid_until"}


def test_a_decision_that_moves_to_another_holder_is_not_renewed_by_what_else_its_holder_got() -> None:
    """The authority's number outranks being the only ones left."""
    sold = "secnumcloud | {} | Alpha | 2025_1 | 2025-01-01 | 2028-01-01"
    new = "secnumcloud | Univ | Beta | 2026_9 | 2026-01-01 | 2029-01-01"
    found = events(sold.format("Univ"), f"{sold.format('Buyer')}\n{new}")
    assert {(event.kind, event.provider.slug) for event in found} == {
        (Kind.RENAMED, "buyer"),
        (Kind.SERVICE_ADDED, "univ"),
    }


def test_two_holders_that_exchange_their_products_are_followed_by_decision() -> None:
    one = "secnumcloud | {} | Alpha | 2025_1 | 2025-01-01 | 2028-01-01"
    other = "secnumcloud | {} | Beta | 2025_2 | 2025-02-01 | 2028-02-01"
    found = events(
        f"{one.format('Univ')}\n{other.format('Buyer')}", f"{one.format('Buyer')}\n{other.format('Univ')}"
    )
    assert {event.kind for event in found} == {Kind.RENAMED}


@pytest.mark.parametrize(
    "facts",
    [
        ("oid=1.2.3", "oid=4.5.6"),
        ("family=Signature", "family=Cachet"),
        ("service_type=CA/QC", "service_type=TSA/QTST"),
    ],
)
def test_the_only_ones_left_are_two_where_something_of_theirs_speaks_against_it(
    facts: tuple[str, str],
) -> None:
    plain = "eidas-esign-cert | Univ | {} | {} | 2025-01-01 | 2027-01-01 | {}"
    stays = (
        plain.format("Stays", "r0", "oid=0") if "oid" in facts[0] else plain.format("Stays", "r0", facts[0])
    )
    before, after = plain.format("Alpha", "r1", facts[0]), plain.format("Beta", "r2", facts[1])
    kinds = {event.kind for event in events(f"{stays}\n{before}", f"{stays}\n{after}")}
    assert kinds == {Kind.SERVICE_REMOVED, Kind.SERVICE_ADDED}


def test_a_trust_service_with_another_certificate_is_itself_only_under_its_own_name() -> None:
    service = (
        "eidas-esign-cert | Univ | {} | TSA/QTST {} | 2020-01-01 | - | status=granted | service_type=TSA/QTST"
    )
    stays = service.format("Stays", "00")
    before = f"{stays}\n{service.format('Stamp 1', 'aa')}"
    same = events(before, f"{stays}\n{service.format('STAMP 1', 'bb')}")
    assert [event.kind for event in same] == [Kind.REISSUED]
    other = events(before, f"{stays}\n{service.format('Stamp 2', 'bb')}")
    assert {event.kind for event in other} == {Kind.SERVICE_REMOVED, Kind.SERVICE_ADDED}


def test_another_certificate_of_another_product_is_no_renewal_of_the_only_one_that_went() -> None:
    chip = "cc | Samsung | Chip A | CC-2020-1 | 2020-01-01 | 2026-01-01"
    stays = chip.replace("Chip A", "Chip Z").replace("2020-1 ", "2020-9 ")
    other = (
        chip.replace("Chip A", "Camera").replace("CC-2020-1", "CC-2026-5").replace("2026-01-01", "2031-01-01")
    )
    found = events(f"{stays}\n{chip}", f"{stays}\n{other}")
    assert {event.kind for event in found} == {Kind.SERVICE_REMOVED, Kind.SERVICE_ADDED}


def test_two_organisations_are_never_paired_but_name_each_other() -> None:
    before = "qualified-product | Bull | Proteccio | 2025_1044 | 2025-01-01 | 2027-01-01"
    after = "qualified-product | Eviden France | Proteccio | 2026_9 | 2026-01-01 | 2027-01-01"
    found = {event.kind: event for event in events(before, after)}
    lost, gained = found[Kind.LOST], found[Kind.GAINED]
    assert lost.probable_successor is not None
    assert lost.probable_successor.name == "Eviden France"
    assert lost.probable_successor.event == gained.id
    assert gained.probable_predecessor is not None
    assert gained.probable_predecessor.name == "Bull"


@pytest.mark.parametrize(
    ("before", "after", "old", "new"),
    [
        (
            "pdis | Sopra Steria Infrastructures and Security Services | - | 2025_1023 | - | 2026-06-01",
            "pdis | Sopra Steria Infrastructures and Security | - | 2025_2064 | 2025-12-18 | 2028-12-18",
            "Sopra Steria Infrastructures and Security Services",
            "Sopra Steria Infrastructures and Security",
        ),
        (
            "mie | La Poste | Identité Numérique La Poste | 2025_867 | 2025-05-21 | 2026-01-15",
            "mie | Identité numérique La Poste | L'Identité numérique la Poste | 2025_2093 | - | 2027-12-23",
            "La Poste",
            "Identité numérique La Poste",
        ),
        (
            "pdis | Les Gardiens SA | - | 2025_1 | 2025-06-01 | 2026-06-01",
            "pdis | Gardiens | - | 2025_2 | 2025-12-18 | 2028-12-18",
            "Les Gardiens SA",
            "Gardiens",
        ),
    ],
)
def test_one_name_that_begins_or_ends_the_other_is_a_likely_successor(
    before: str, after: str, old: str, new: str
) -> None:
    found = {event.kind: event for event in events(before, after)}
    lost, gained = found[Kind.LOST], found[Kind.GAINED]
    assert lost.probable_successor is not None
    assert gained.probable_predecessor is not None
    assert (lost.probable_successor.name, gained.probable_predecessor.name) == (new, old)


def test_a_product_that_goes_says_nothing_of_another_by_a_longer_name() -> None:
    stays = "cc | NXP | Chip | CC-0 | 2024-01-01 | 2029-01-01"
    before = f"{stays}\ncc | NXP | ChipDoc | CC-1 | 2024-01-01 | 2029-01-01"
    after = f"{stays}\ncc | NXP Semiconductors | NCJ38AC | CC-2 | 2019-01-01 | 2031-01-01"
    found = events(before, after)
    assert {event.kind for event in found} == {Kind.SERVICE_REMOVED, Kind.GAINED}
    assert not any(event.probable_successor or event.probable_predecessor for event in found)


def test_a_successor_is_named_only_where_there_is_no_rival() -> None:
    before = "passi | A | - | 2025_1 | 2025-01-01 | 2027-01-01"
    after = "\n".join(f"passi | {name} | - | 2026_{name} | 2026-01-01 | 2027-01-01" for name in "BC")
    assert all(event.probable_successor is None for event in events(before, after))


def test_an_archived_row_is_not_a_gain_and_the_archive_is_first_a_baseline() -> None:
    archived = [row("cc | Idemia | Card | CC-1 | 2015-01-01 | 2020-01-01 | status=archived")]
    [event] = compare([], archived).events
    assert (event.kind, event.cause) == (Kind.AMENDED, Cause.REGISTER)
    [event] = compare([], archived, ALL - {"cc:archived"}).events
    assert event.cause is Cause.BASELINE


def test_a_candidate_is_listed_and_delisted_and_never_gained() -> None:
    bleu = "secnumcloud | Bleu SAS | Cloud de Confiance Bleu | - | - | - | status=candidate"
    assert [event.kind for event in events("", bleu)] == [Kind.CANDIDATE_LISTED]
    assert [event.kind for event in events(bleu, "")] == [Kind.CANDIDATE_DELISTED]
    assert (
        events(
            bleu,
            bleu.upper()
            .replace("SECNUMCLOUD", "secnumcloud")
            .replace("STATUS=CANDIDATE", "status=candidate"),
        )
        == []
    )


def test_a_withdrawn_status_that_the_register_prints_is_a_loss() -> None:
    granted = "eidas-esign-cert | CA | Root | r1 | 2020-01-01 | - | status=granted"
    lost = only(granted, granted.replace("granted", "withdrawn"))
    assert lost.kind is Kind.LOST
    assert lost.changes["status"].after == "withdrawn"


HOLDERS = st.sampled_from(["OVH", "OVH SAS", "Oodrive", "Thales Cloud Sécurisé", "Bull", "Firm"])
ROWS = st.lists(
    st.builds(
        Attestation,
        label=st.sampled_from(["secnumcloud", "passi", "cc"]),
        holder=HOLDERS,
        subject=st.sampled_from([None, "A", "B", "b"]),
        ref=st.sampled_from([None, "2025_1", "2025_2", "2025_3"]),
        valid_until=st.sampled_from([None, EDITION.date(), EDITION.date() + timedelta(days=300)]),
        scope=st.sampled_from([(), ("SaaS",), ("IaaS", "SaaS")]),
        status=st.sampled_from(["listed", "archived"]),
    ),
    max_size=8,
)


@settings(max_examples=150, deadline=None)
@given(before=ROWS, after=ROWS)
def test_applying_a_diff_gives_exactly_what_was_seen(
    before: list[Attestation], after: list[Attestation]
) -> None:
    step = compare(before, after).transition
    rows = {one.row: one.attestation for one in known(before) if one.row not in step.removed}
    rows |= {one.row: one.attestation for one in (*step.added, *step.revised, *step.touched)}
    assert Counter(map(repr, rows.values())) == Counter(map(repr, after))


@settings(max_examples=150, deadline=None)
@given(before=ROWS, after=ROWS)
def test_kinds_never_contradict_the_data(before: list[Attestation], after: list[Attestation]) -> None:
    def holdings(rows: list[Attestation]) -> set[tuple[str, str]]:
        return {(one.provider.slug, one.attestation.label) for one in known(rows) if one.attestation.stands}

    found = compare(before, after).events
    gained = {(event.provider.slug, event.label) for event in found if event.kind is Kind.GAINED}
    lost = {(event.provider.slug, event.label) for event in found if event.kind is Kind.LOST}
    held_now, held_then = holdings(after), holdings(before)
    moved = {label for label in (event.label for event in found if "holder" in event.changes)}
    assert gained <= held_now - held_then
    assert lost <= held_then - held_now
    assert {label for _, label in (held_now - held_then) - gained} <= moved, "a certificate changed hands"
    assert {label for _, label in (held_then - held_now) - lost} <= moved
    assert [event.id for event in found] == list(range(1, len(found) + 1))
    assert compare(after, after).events == ()


def test_a_verdict_that_holds_a_row_keeps_its_label_from_being_lost() -> None:
    old = known([row(OVH)])
    seen = listing([])
    pairing = pair(old, [])
    look = Look(
        snapshot=SNAPSHOT, seen_at=EDITION, cause=Cause.REGISTER, covered=ALL, next_row=2, next_event=1
    )
    made = diff(pairing, Verdict(missing=frozenset({1})), seen, look)
    assert made.events == ()
    [missing] = made.transition.touched
    assert (missing.missing_since, missing.missing_looks) == (EDITION, 1)
    assert coverage_of(missing.attestation) == "secnumcloud"
