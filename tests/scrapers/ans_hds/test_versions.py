"""Bars of letters that change, and pages of one look that come from two versions of the list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import escape
from urllib.parse import quote

import pytest
from hds_layouts import (
    HOME,
    SEEN_AT,
    Certificate,
    Site,
    dressed,
    hosts,
    initial,
    paged_table,
    slashed,
    worded,
)
from refusals import refuses

from scrapers.ans_hds.source import AnsHds
from scrapers.source import Bounds, Doubtful, LayoutChanged
from state.file.opening import open_store
from state.model import Cause, Event, Page
from state.seen.who.providers import load_providers
from watcher.look.check import look
from watcher.look.record import Watch

HDS = replace(AnsHds(), bounds={"hds": Bounds(floor=10)})
SHORT = {"0-9", *"ABCEMNORSV"}
OLD, NEW = "10/11/2026", "24/11/2026"


def plain(host: str) -> str:
    return initial(host)


def own(host: str) -> str:
    """The letter as printed: É, Ô and Œ stand for themselves."""
    return host[0].upper() if host[0].upper() in "ÉÔŒ" else initial(host)


def some() -> list[Certificate]:
    """Two hosts of each letter of a short alphabet, some with accents, one with a ligature: each letter is a
    page that leads to all others, and every page is read again and again."""
    rows = [row for row in hosts() if initial(row.host) in SHORT]
    chosen: dict[str, list[Certificate]] = {}
    for row in rows:
        chosen.setdefault(own(row.host), []).append(row)
    few = [row for group in chosen.values() for row in group[:2]]
    model = rows[0]
    extra = [
        replace(model, host="Œuvre Santé", number="49001", body="LNE"),
        replace(model, host="Ôme Médical", number="49002", body="LNE"),
        replace(model, host="Étoile Données", number="49003", body="LNE"),
    ]
    named = {row.host for row in extra}
    return sorted([*(row for row in few if row.host not in named), *extra], key=lambda row: row.host)


def item(r: Certificate) -> str:
    return (
        f'<li class="h"><span class="nom">{escape(r.host)}</span><br />Activités : {worded(r, ", ")}<br />'
        f"Certificat : {escape(r.number)} | Organisme certificateur : {escape(r.body)} | "
        f"Fin : {slashed(r.end)}</li>"
    )


def lettered(
    rows: Sequence[Certificate],
    under: Callable[[str], str] = plain,
    *,
    stamp: Callable[[str], str] = lambda letter: "",
    bar: str = "",
) -> Site:
    """A page for each letter; `stamp` is printed on it, `bar` are further letters that it offers."""
    letters = sorted({*(under(r.host) for r in rows), *bar})
    bodies = {}
    for letter in letters:
        links = "".join(f'<li><a href="?lettre={quote(le)}">{le}</a></li>' for le in letters)
        items = "".join(item(r) for r in rows if under(r.host) == letter)
        items = items or "<li>Aucun hébergeur pour cette lettre.</li>"
        said = f"<p>{stamp(letter)}</p>" if stamp(letter) else ""
        body = dressed(f'<ul class="az">{links}</ul>{said}<h2>Lettre {letter}</h2><ul class="l">{items}</ul>')
        bodies[f"{HOME}?lettre={quote(letter)}"] = body
        if letter == letters[0]:
            bodies[HOME] = body
    return Site(bodies=bodies)


def listed(site: Site) -> set[tuple[str, str]]:
    listing = HDS.read(HDS.fetch(site.get))
    assert not listing.unreadable
    return {(a.holder, a.extra["certificate_number"]) for a in listing.attestations}


def events(*sites: Site) -> list[Event]:
    """What is told when the list looks like each of these in turn, twelve hours apart."""
    told: list[Event] = []
    with open_store(":memory:") as store:
        watch, now = Watch(store=store, providers=load_providers(store)), SEEN_AT
        for site in sites:
            now += timedelta(hours=12)
            told += look(HDS, HDS.fetch(site.get), watch, now).events
    return [event for event in told if event.cause is Cause.REGISTER]


def test_a_bar_that_gains_accented_letters_loses_no_host() -> None:
    rows = some()
    everyone = {(r.host, r.number) for r in rows}
    assert listed(lettered(rows)) == everyone
    assert listed(lettered(rows, own)) == everyone
    assert events(lettered(rows), *[lettered(rows, own)] * 2, *[lettered(rows)] * 2) == []


def test_an_accented_letter_without_hosts_is_believed() -> None:
    rows = some()
    assert listed(lettered(rows, bar="ÉÀÖŒ")) == {(r.host, r.number) for r in rows}


def test_hosts_under_their_letter_and_its_accent_are_listed_once() -> None:
    rows = some()
    site = lettered(rows, own)
    accented = "".join(item(r) for r in rows if own(r.host) == "É")
    address = f"{HOME}?lettre=E"
    both = site.bodies[address].replace('<ul class="l">', f'<ul class="l">{accented}')
    listing = HDS.read(HDS.fetch(Site(bodies={**site.bodies, address: both}).get))
    assert len(listing.attestations) == len(rows)


def test_pages_that_print_two_dates_of_the_list_are_doubtful() -> None:
    rows = some()
    site = lettered(rows, stamp=lambda le: f"Liste mise à jour le {OLD if le > 'M' else NEW}")
    with refuses(Doubtful, match=r"24/11/2026 on lettre.* and 10/11/2026 on lettre N"):
        HDS.read(HDS.fetch(site.get))


@pytest.mark.parametrize(
    "words",
    [
        "Mise à jour le {}",
        "Dernière mise à jour : {}",
        "Liste actualisée au {}",
        "Données du {}",
        "Liste arrêtée au {} à 08:00",
        "(version du {})",
    ],
)
def test_a_date_of_the_list_is_known_in_many_words(words: str) -> None:
    rows = some()
    site = lettered(rows, stamp=lambda le: words.format(OLD if le == "S" else NEW))
    with refuses(Doubtful, match="one version"):
        HDS.read(HDS.fetch(site.get))
    assert listed(lettered(rows, stamp=lambda le: words.format(NEW)))


def test_two_times_of_one_day_are_two_versions() -> None:
    site = lettered(some(), stamp=lambda le: f"Mis à jour le {NEW} à {'04:00' if le > 'M' else '03:00'}")
    with refuses(Doubtful, match="24/11/2026 03:00"):
        HDS.read(HDS.fetch(site.get))


def test_the_time_at_which_each_page_was_drawn_dates_nothing() -> None:
    site = lettered(some(), stamp=lambda le: f"Page mise à jour le {NEW} à 07:0{ord(le[0]) % 3}")
    pages = [replace(p, fetched_at=datetime(2026, 11, 24, 6, 1, tzinfo=UTC)) for p in HDS.fetch(site.get)]
    assert HDS.read(pages).attestations


def test_dates_that_rows_print_are_not_those_of_the_list() -> None:
    rows = some()
    site = lettered(rows)
    bodies = {
        url: body.replace(" | Fin :", f" | Mise à jour le : {n + 1:02d}/11/2026 | Fin :")
        for n, (url, body) in enumerate(site.bodies.items())
    }
    assert listed(Site(bodies={**bodies, HOME: bodies[f"{HOME}?lettre=0-9"]})) == {
        (r.host, r.number) for r in rows
    }


def test_dates_outside_the_list_can_be_left_out() -> None:
    site = lettered(some(), stamp=lambda le: f"Article mis à jour le {OLD if le > 'M' else NEW}")
    told = replace(HDS, selector="ul.l")
    assert told.read(told.fetch(site.get)).attestations


def test_pages_with_two_bars_of_letters_are_doubtful() -> None:
    rows = some()
    old, new = lettered(rows), lettered(rows, own)
    mixed = {**new.bodies, f"{HOME}?lettre=S": old.bodies[f"{HOME}?lettre=S"]}
    with refuses(Doubtful, match="found no É, Ô, Œ on lettre S"):
        HDS.read(HDS.fetch(Site(bodies=mixed).get))


def renamed(rows: Sequence[Certificate]) -> tuple[list[Certificate], Certificate]:
    """The list with one host under another name, and that host before."""
    before = next(r for r in rows if r.host.startswith("V"))
    after = replace(before, host=f"Bêta {before.host}")
    return [after if r is before else r for r in rows], before


def test_a_host_under_two_letters_is_doubtful_and_tells_nothing() -> None:
    old = some()
    new, before = renamed(old)
    first, second = lettered(old), lettered(new)
    mixed = Site(bodies={**second.bodies, f"{HOME}?lettre=V": first.bodies[f"{HOME}?lettre=V"]})
    with refuses(Doubtful, match=rf"{before.number} for .Bêta .*repeated"):
        HDS.read(HDS.fetch(mixed.get))
    assert [event.kind.value for event in events(first, mixed, second, second, second)] == ["renamed"]


def test_a_certificate_that_the_register_lists_twice_can_be_said() -> None:
    old = some()
    new, before = renamed(old)
    both = lettered(sorted([*new, before], key=lambda r: r.host))
    told = replace(HDS, repeated=(before.number,))
    assert len(told.read(told.fetch(both.get)).attestations) == len(old) + 1


def test_a_host_under_no_letter_is_missed_and_not_lost() -> None:
    old = some()
    new, _ = renamed(old)
    first, second = lettered(old), lettered(new)
    mixed = Site(bodies={**first.bodies, f"{HOME}?lettre=V": second.bodies[f"{HOME}?lettre=V"]})
    assert [event.kind.value for event in events(first, mixed, second, second)] == ["renamed"]


def test_data_of_two_versions_are_doubtful(tmp_path: object) -> None:
    import json

    def page(part: int, day: str) -> Page:
        rows = hosts()[part * 20 : part * 20 + 20]
        data = {
            "updated_at": f"{day}T03:00:00+01:00",
            "next": f"/hds/hebergeurs.json?part={part + 1}" if part < 1 else None,
            "rows": [
                {"nom": r.host, "activites": list(r.activities), "numero": r.number, "fin": slashed(r.end)}
                for r in rows
            ],
        }
        url = "https://esante.gouv.fr/hds/hebergeurs.json" + ("?part=1" if part else "")
        return Site(bodies={url: json.dumps(data)}).page(url)

    pages = [page(0, "2026-11-10"), page(1, "2026-11-24")]
    with refuses(Doubtful, match="10/11/2026"):
        HDS.read(pages)
    assert len(HDS.read([page(0, "2026-11-24"), page(1, "2026-11-24")]).attestations) == 40


def next_only(rows: Sequence[Certificate]) -> Site:
    """Pages of 50 hosts that lead on by a link without a number."""
    bodies = {}
    for at in range(0, len(rows), 50):
        more = f'<nav class="pager"><a rel="next" href="?debut={at + 50}">Page suivante</a></nav>'
        items = "".join(map(item, rows[at : at + 50]))
        address = f"{HOME}?debut={at}" if at else HOME
        bodies[address] = dressed(f"<ul>{items}</ul>{more if at + 50 < len(rows) else ''}")
    return Site(bodies=bodies)


@pytest.mark.parametrize("drawn", [paged_table, next_only])
def test_a_server_that_gives_one_page_for_two_is_refused(
    drawn: Callable[[Sequence[Certificate]], Site],
) -> None:
    rows = hosts()[:180]
    site = drawn(rows)
    assert len(HDS.read(HDS.fetch(site.get)).attestations) == len(rows)
    other = [address for address in site.bodies if address != HOME][-2]
    forgetful = Site(bodies={**site.bodies, other: site.bodies[HOME]})
    with refuses(LayoutChanged, match="has the 50 rows of page 1"):
        HDS.read(HDS.fetch(forgetful.get))
