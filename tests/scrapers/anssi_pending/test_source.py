"""The pages of candidates, read in the dresses that the State's site builder offers; none was ever seen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pending_layouts import CANDIDATES, HOME, LAYOUTS, Candidate, as_items, as_table, dressed, page
from refusals import refuses

from notifiers.said.reasons import as_said
from scrapers.anssi_pending.source import PAGES, PREFIX, AnssiPending
from scrapers.source import Blocked, Doubtful, Source, SourceError, Unreachable
from state.model import Listing, Page
from state.names import name_key

PENDING = AnssiPending()


def stated(listing: Listing) -> set[Candidate]:
    return {(a.holder, a.subject or "", a.extra.get("address", "")) for a in listing.attestations}


def attestations(body: str) -> list[tuple[str, str | None]]:
    read = AnssiPending().read([page(body)]).attestations
    return [(row.holder, row.subject) for row in read]


def test_it_is_a_source() -> None:
    source: Source = PENDING
    assert (source.name, source.expect) == ("anssi-pending", "html")
    assert source.labels == ("secnumcloud", "pacs", "pris", "pdis", "pvid", "mie")


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_every_dress_reads_to_the_same_candidates(layout: str) -> None:
    listing = PENDING.read([page(LAYOUTS[layout](CANDIDATES))])
    assert stated(listing) == set(CANDIDATES)
    assert {a.status for a in listing.attestations} == {"candidate"}
    assert not any(a.stands for a in listing.attestations)
    assert listing.covers == {"secnumcloud"}


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_one_candidate_less_is_one_row_less(layout: str) -> None:
    listing = PENDING.read([page(LAYOUTS[layout](CANDIDATES[1:]))])
    assert stated(listing) == set(CANDIDATES[1:])


@pytest.mark.parametrize(("before", "after"), [("<tr>", "<tr></tr><tr>"), ("</table>", "<tr> </tr></table>")])
def test_rows_without_a_cell_say_nothing(before: str, after: str) -> None:
    body = as_table(CANDIDATES)
    empty = body.replace(before, after)
    assert empty != body
    assert attestations(empty) == attestations(body)


def test_service_types_are_the_scope() -> None:
    bleu = next(a for a in PENDING.read([page(as_items(CANDIDATES))]).attestations if a.holder == "Bleu SAS")
    assert bleu.subject == "Cloud de Confiance Bleu (IaaS, PaaS, CaaS)"
    assert bleu.scope == ("PaaS", "CaaS", "IaaS")


def test_blue_is_not_bleu() -> None:
    holders = [a.holder for a in PENDING.read([page(as_table(CANDIDATES))]).attestations]
    assert {"BLUE", "Bleu SAS"} <= set(holders)
    assert name_key("BLUE") != name_key("Bleu SAS")


def test_capitals_come_and_go_without_a_new_candidate() -> None:
    shouted = [(h.upper(), o, a) for h, o, a in CANDIDATES]
    before, after = (PENDING.read([page(as_items(rows))]).attestations for rows in (CANDIDATES, shouted))
    assert [name_key(a.holder) for a in before] == [name_key(a.holder) for a in after]


def test_every_scheme_has_its_page_and_label() -> None:
    names = {
        "secnumcloud": "SecNumCloud",
        "pvid": "de vérification d'identité à distance (PVID)",
        "mie": "MIE",
    }
    asked: list[str] = []

    def get(url: str) -> Page:
        asked.append(url)
        label = next(label for label, path in PAGES if url == PREFIX + path)
        rows = CANDIDATES[:2] if label != "mie" else ()
        body = (
            as_table(rows) if rows else dressed("<p>Aucun prestataire n'est en cours de qualification.</p>")
        )
        return page(
            body.replace("Prestataires SecNumCloud", f"Prestataires {names.get(label, label.upper())}"), url
        )

    listing = PENDING.read(PENDING.fetch(get))
    assert listing.covers == set(PENDING.labels)
    assert {a.label for a in listing.attestations} == set(PENDING.labels) - {"mie"}
    assert len(asked) == 6


def test_a_scheme_page_that_is_gone_voids_the_look_and_names_the_setting() -> None:
    def get(url: str) -> Page:
        if "pris" in url:
            raise Unreachable(as_said(f"{url}: expected a document; found status 404"))
        return page(as_table(CANDIDATES), url)

    with refuses(Unreachable, match=r"\('pris', 'pris/'\) in the setting `pages`"):
        PENDING.fetch(get)
    fewer = replace(PENDING, pages=tuple(p for p in PAGES if p[0] == "secnumcloud"))
    assert fewer.read(fewer.fetch(get)).covers == {"secnumcloud"}


def test_a_saved_page_is_known_by_its_title() -> None:
    saved = page(as_table(CANDIDATES), "file:///home/x/secnumcloud.html")
    assert PENDING.read([saved]).covers == {"secnumcloud"}


@pytest.mark.parametrize(
    "body",
    [
        "<html><head><title>Maintenance</title></head><body><h1>Site en maintenance</h1></body></html>",
        dressed(""),
        dressed("").replace("en cours de qualification", "qualifiés"),
        as_table(CANDIDATES).replace("SecNumCloud", "PASSI"),
        as_table(CANDIDATES)[:-900],
        as_table(CANDIDATES).replace("<th>Prestataire</th>", "<th>Truc</th>"),
    ],
    ids=["maintenance", "bare", "other topic", "other scheme", "cut", "renamed"],
)
def test_what_is_not_a_page_of_candidates_is_never_an_empty_listing(body: str) -> None:
    try:
        listing = PENDING.read([page(body)])
    except SourceError:
        return
    assert stated(listing) == set(CANDIDATES)


def test_a_yield_below_the_addresses_printed_is_doubtful() -> None:
    half = as_items(CANDIDATES[:4]).replace(
        "</main>", "<pre>" + "\n".join(a for _, _, a in CANDIDATES[4:]) + "</pre></main>"
    )
    with refuses(Doubtful, match="8 postal addresses, yet 4 candidates"):
        PENDING.read([page(half)])


def test_a_challenge_is_said_plainly() -> None:
    with refuses(Blocked, match="vigilabel import anssi-pending"):
        PENDING.read(
            [page("<html><head><title>Un instant</title></head><body><p>Vérification</p></body></html>")]
        )


def test_a_new_address_is_told() -> None:
    moved = replace(page(as_table(CANDIDATES)), url=HOME.replace("prestataires-secnumcloud", "secnumcloud"))
    assert [r.topic for r in PENDING.read([moved]).remarks] == [f"moved:{moved.url}"]
