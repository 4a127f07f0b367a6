"""A look at the HDS list is whole or void, and says what it did not understand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from hds_layouts import FIXTURES, HOME, LAYOUTS, SEEN_AT, Certificate, Site, dressed, hosts, table
from refusals import refuses

from scrapers.ans_hds.source import ALIASES, AnsHds
from scrapers.source import Blocked, Doubtful, LayoutChanged, Source, SourceError, Unreachable
from state.model import Listing, Page

HDS = AnsHds()
HEADS = ("Hébergeur", "Activités", "Organisme certificateur", "N° de certificat", "Date de fin")


@pytest.fixture(scope="module")
def rows() -> list[Certificate]:
    return hosts()[::9]


def line(host: str, **cells: str) -> tuple[str, ...]:
    row = {
        "activities": "1. Sites physiques",
        "body": "LNE",
        "number": "38436-2",
        "end": "11/09/2028",
        **cells,
    }
    return (host, row["activities"], row["body"], row["number"], row["end"])


def page(body: str, url: str = HOME) -> Page:
    return Site(bodies={url: body}).page(url)


def read(*lines: tuple[str, ...], heads: tuple[str, ...] = HEADS) -> Listing:
    return HDS.read([page(dressed(table(heads, lines)))])


def many(count: int = 120) -> list[tuple[str, ...]]:
    return [line(f"Hôte {n}", number=f"4{n:04d}") for n in range(count)]


def test_it_is_a_source() -> None:
    source: Source = HDS
    assert (source.name, source.labels, source.expect) == ("ans-hds", ("hds",), None)
    assert not any(c.isdigit() for c in source.every.split()[-1])


# Whole or void


@pytest.mark.parametrize("layout", ["letter-pages", "paged-table", "saved-letters", "json-records"])
def test_a_look_without_one_of_its_pages_is_void_and_names_it(layout: str, rows: list[Certificate]) -> None:
    site = LAYOUTS[layout](hosts() if layout == "paged-table" else rows)
    pages = (
        [site.page(u) for u in site.bodies] if site.home.startswith("file:") else list(HDS.fetch(site.get))
    )
    for at in {2, len(pages) // 2}:  # the last ones may say again what others say
        with refuses(LayoutChanged, match=r"lettre|page \d|hebergeurs\.json"):
            HDS.read([*pages[:at], *pages[at + 1 :]])


def test_a_missing_letter_is_named() -> None:
    site = LAYOUTS["saved-letters"](hosts())
    pages = [site.page(u) for u in site.bodies if not u.endswith("S.html")]
    with refuses(LayoutChanged, match="without lettre S"):
        HDS.read(pages)


def test_a_letter_that_fails_while_fetching_voids_the_look(rows: list[Certificate]) -> None:
    site = LAYOUTS["letter-pages"](rows)
    bodies = {u: b for u, b in site.bodies.items() if not u.endswith("=S")}
    with pytest.raises(Unreachable):
        HDS.fetch(Site(bodies=bodies).get)


def test_letters_without_their_page_are_no_look() -> None:
    body = (FIXTURES / "guess-letters-ajax/views-ajax/letter-B.json").read_text(encoding="utf-8")
    with refuses(LayoutChanged, match="bar of letters"):
        HDS.read([page(body, "file:///home/x/letter-B.json")])


def test_a_letter_that_shows_another_letter_is_refused(rows: list[Certificate]) -> None:
    site = LAYOUTS["letter-pages"](rows)
    bodies = {**site.bodies, f"{HOME}?lettre=S": site.bodies[f"{HOME}?lettre=A"]}
    with refuses(LayoutChanged, match="hosts under S; found hosts under A"):
        HDS.read(HDS.fetch(Site(bodies=bodies).get))


@pytest.mark.parametrize(("letter", "void"), [("S", True), ("W", False)])
def test_an_empty_letter_is_believed_only_where_names_are_rare(
    letter: str, void: bool, rows: list[Certificate]
) -> None:
    site = LAYOUTS["letter-pages"](hosts())
    address = f"{HOME}?lettre={letter}"
    start = site.bodies[address].index('<ul class="hebergeurs">')
    end = site.bodies[address].index("</ul>", site.bodies[address].rindex('<li class="hebergeur">'))
    empty = (
        site.bodies[address][:start]
        + "<p>Aucun hébergeur pour cette lettre.</p>"
        + site.bodies[address][end + 5 :]
    )
    pages = HDS.fetch(Site(bodies={**site.bodies, address: empty}).get)
    if void:
        with refuses(LayoutChanged, match="lettre S"):
            HDS.read(pages)
    else:
        assert len(HDS.read(pages).attestations) == 418 - 6


def test_a_list_that_moves_while_it_is_read_is_void(rows: list[Certificate]) -> None:
    site = LAYOUTS["letter-pages"](rows)
    pages = HDS.fetch(site.get)
    assert pages[0].url == pages[-1].url == HOME
    moved = replace(pages[-1], body=pages[-1].body.replace(b"1Pacte", b"1Impact", 1))
    assert moved.body != pages[-1].body
    with refuses(Doubtful, match="moved in between"):
        HDS.read([*pages[:-1], moved])


def test_pages_are_bounded(rows: list[Certificate]) -> None:
    site = LAYOUTS["letter-pages"](rows)
    few = replace(HDS, most_pages=5)
    pages = few.fetch(site.get)
    assert len(pages) == 6
    with refuses(LayoutChanged, match=r"[56] pages"):
        few.read(pages)


def test_letters_that_only_a_script_opens_need_a_setting(rows: list[Certificate]) -> None:
    site = LAYOUTS["letter-pages"](rows)
    letters = sorted(u.rpartition("=")[2] for u in site.bodies if "=" in u)
    buttons = "".join(f'<button data-letter="{le}">{le}</button>' for le in letters)
    bodies = {**site.bodies, HOME: dressed(f"<div>{buttons}</div><p>Sélectionnez une lettre</p>")}
    scripted = Site(bodies=bodies)
    with refuses(LayoutChanged, match="letter_url"):
        HDS.read(HDS.fetch(scripted.get))
    told = replace(HDS, letter_url="?lettre={letter}")
    assert len(told.read(told.fetch(scripted.get)).attestations) == len(rows)


def test_printed_counts_are_reconciled(rows: list[Certificate]) -> None:
    lines = [line(f"Hôte {n}", number=f"4{n:04d}") for n in range(30)]
    content = table(HEADS, lines)
    assert len(HDS.read([page(dressed(content, count=30))]).attestations) == 30
    with refuses(Doubtful, match="prints 31 hosts; 30 certificates"):
        HDS.read([page(dressed(content, count=31))])


def test_a_json_total_is_reconciled(rows: list[Certificate]) -> None:
    site = LAYOUTS["json-records"](rows)
    bodies = {u: b.replace(f'"total": {len(rows)}', '"total": 404') for u, b in site.bodies.items()}
    with refuses(Doubtful, match="404"):
        HDS.read(HDS.fetch(Site(bodies=bodies).get))


# Not the list


NOT_THE_LIST: Mapping[str, str] = {
    "maintenance": (
        "<html><head><title>Site en maintenance</title></head><body><h1>Site en "
        "maintenance</h1></body></html>"
    ),
    "empty result": dressed(
        "<form><input name='q'></form><p>Aucun résultat ne correspond à votre recherche.</p>"
    ),
    "search form": dressed(
        "<form><label>Hébergeur <input name='q'></label><button>Rechercher</button></form>"
    ),
    "other topic": (
        "<html><head><title>Établissements certifiés HAS</title></head><body><h1>Établissements</h1>"
    )
    + table(
        ("Société", "Activités", "N° de certificat", "Date de fin"),
        [("CHU X", "Sauvegarde", "12345", "01/01/2028")],
    )
    + "</body></html>",
    "bodies only": dressed(""),
    "heads only": dressed(table(HEADS, [])),
    "no heads": dressed(
        "<table>"
        + "<tr><td>A</td><td>1, 2</td><td>LNE</td><td>38436</td><td>01/01/2028</td></tr>" * 3
        + "</table>"
    ),
    "nothing": "   ",
    "cut": dressed(table(HEADS, many(50)))[:-4000],
    "json error": json.dumps({"error": "internal"}),
}


@pytest.mark.parametrize("what", sorted(NOT_THE_LIST))
def test_what_is_not_the_list_is_never_an_empty_listing(what: str) -> None:
    with pytest.raises(SourceError):
        HDS.read([page(NOT_THE_LIST[what])])


def test_a_challenge_is_said_plainly_with_the_way_out() -> None:
    body = "<html><head><title>Just a moment...</title></head><body><p>Verify you are human</p></body></html>"
    with refuses(Blocked, match="vigilabel import ans-hds"):
        HDS.read([page(body)])


def test_a_missing_field_is_named_with_the_heads_found() -> None:
    with refuses(LayoutChanged, match=r"activities.*Prestations"):
        read(*many(30), heads=("Hébergeur", "Prestations", *HEADS[2:]))


def test_an_operator_can_teach_a_head() -> None:
    heads = ("Hébergeur", "Prestations", *HEADS[2:])
    hds = replace(HDS, heads=(("Prestations", "activities"),))
    assert len(hds.read([page(dressed(table(heads, many(30))))]).attestations) == 30


@pytest.mark.parametrize(("at", "head"), [(2, "Tiers de confiance"), (3, "Code"), (4, "Butée")])
def test_a_renamed_head_is_not_a_lost_field(at: int, head: str) -> None:
    heads = (*HEADS[:at], head, *HEADS[at + 1 :])
    with refuses(LayoutChanged, match=head):
        read(*many(30), heads=heads)


def test_a_new_column_is_kept_and_told() -> None:
    listing = read(*[(*row, "Cloud public") for row in many(30)], heads=(*HEADS, "Modèle de service"))
    assert listing.attestations[0].extra["Modèle de service"] == "Cloud public"
    assert [r.topic for r in listing.remarks] == ["column:Modèle de service"]


# Odd rows


def test_a_few_unreadable_rows_keep_their_state_and_more_are_a_changed_layout() -> None:
    odd = [line("Odd One", number="39999", end="bientôt"), line("", number="39998")]
    listing = read(*many(120), *odd)
    assert [(u.holder, u.ref) for u in listing.unreadable] == [("Odd One", "39999 LNE"), (None, "39998 LNE")]
    assert len(listing.attestations) == 120
    with refuses(LayoutChanged, match="2 of 62 that cannot"):
        read(*many(60), *odd)


def test_a_printed_suspension_is_a_status_and_is_told() -> None:
    listing = read(*many(60), line("Gamma", number="39999", end="11/09/2028 (certificat suspendu)"))
    gamma = listing.attestations[-1]
    assert (gamma.status, gamma.stands, gamma.valid_until) == ("suspended", False, date(2028, 9, 11))
    assert any(r.topic.startswith("status:gamma") for r in listing.remarks)


def test_old_and_new_revision_listed_together_are_one_certificate() -> None:
    old = line("Scalingo", number="38436", end="11/09/2025")
    listing = read(*many(60), old, line("SCALINGO", number="38436-2", end="11/09/2028"))
    scalingo = [a for a in listing.attestations if a.holder.casefold() == "scalingo"]
    assert [(a.ref, a.valid_until) for a in scalingo] == [("38436 LNE", date(2028, 9, 11))]
    assert any(r.topic.startswith("revision:") for r in listing.remarks)


def test_one_number_with_two_end_dates_is_not_believed() -> None:
    listing = read(*many(120), line("Delta", number="39999"), line("Delta", number="39999", end="11/09/2029"))
    assert [u.holder for u in listing.unreadable] == ["Delta"]


def test_activities_are_read_by_their_words_against_another_order() -> None:
    words = "3. Plateforme d'hébergement d'applications<br>4. Infrastructure virtuelle"
    listing = read(*many(30), line("Epsilon", number="39999", activities=words))
    assert listing.attestations[-1].scope == (
        "infrastructure virtuelle",
        "plateforme d'hébergement d'applications",
    )


def test_bare_numbers_mean_what_the_legend_of_the_page_says() -> None:
    body = dressed(table(HEADS, [line(f"Hôte {n}", number=f"4{n:04d}", activities="3") for n in range(9)]))
    assert HDS.read([page(body)]).attestations[0].scope == ("infrastructure virtuelle",)
    swapped = body.replace("<strong>Activité 3</strong>", "<strong>Activité X</strong>")
    swapped = swapped.replace("<strong>Activité 4</strong>", "<strong>Activité 3</strong>")
    swapped = swapped.replace("<strong>Activité X</strong>", "<strong>Activité 4</strong>")
    assert HDS.read([page(swapped)]).attestations[0].scope == ("plateforme d'hébergement d'applications",)


def test_a_list_of_suspended_hosts_beside_the_list_is_not_the_list() -> None:
    apart = "<h2>Certificats suspendus</h2>" + table(HEADS, [line("Zeta", number="39999")])
    listing = HDS.read([page(dressed(table(HEADS, many(60)) + apart))])
    assert [a.status for a in listing.attestations].count("suspended") == 1


def test_old_approvals_with_the_same_heads_are_left_out_and_told() -> None:
    apart = "<h2>Anciens hébergeurs agréés</h2>" + table(HEADS, [line("Eta", number="39999")])
    listing = HDS.read([page(dressed(table(HEADS, many(60)) + apart))])
    assert "Eta" not in {a.holder for a in listing.attestations}
    assert any(r.topic.startswith("left-out:") for r in listing.remarks)


# Addresses


def test_the_aliases_are_tried_when_the_node_is_gone(rows: list[Certificate]) -> None:
    body = LAYOUTS["plain-table"](rows).bodies[HOME]
    site = Site(bodies={ALIASES[1]: body})
    assert len(HDS.read(HDS.fetch(site.get)).attestations) == len(rows)
    assert site.asked == [HOME, *ALIASES[:2]]


@pytest.mark.parametrize(
    ("url", "hop", "told"),
    [
        (ALIASES[0], "301", False),
        ("https://esante.gouv.fr/hds/hebergeurs", "301", True),
        ("https://esante.gouv.fr/hds/hebergeurs", "302", False),
    ],
)
def test_a_move_to_an_unknown_path_is_told(url: str, hop: str, told: bool, rows: list[Certificate]) -> None:
    body = LAYOUTS["plain-table"](rows).bodies[HOME]
    moved = replace(page(body), url=url, headers=(("x-vigilabel-redirect", f"{hop} {url}"),))
    topics = [r.topic for r in HDS.read([moved]).remarks]
    assert (f"moved:{url}" in topics) is told


def test_a_printed_date_is_told_and_is_no_edition() -> None:
    listing = HDS.read([page((FIXTURES / "guess-table/index.html").read_text(encoding="utf-8"))])
    assert listing.edition_at is None
    assert [r.topic for r in listing.remarks] == ["printed-date"]
    assert SEEN_AT.tzinfo is not None


def test_a_row_printed_twice_is_one_row_and_is_told() -> None:
    listing = read(*many(60), many(1)[0])
    assert len(listing.attestations) == 60
    assert [r.topic for r in listing.remarks] == ["twice:hote 0:40000 LNE"]


@pytest.mark.parametrize("missing", [1, 3, 4])
def test_a_row_that_lacks_what_all_others_have_is_unreadable(missing: int) -> None:
    row = list(line("Theta", number="39999"))
    row[missing] = ""
    listing = read(*many(120), tuple(row))
    assert [u.holder for u in listing.unreadable] == ["Theta"]
    assert len(listing.attestations) == 120


def test_a_saved_page_says_nothing_of_addresses(rows: list[Certificate]) -> None:
    saved = replace(page(LAYOUTS["plain-table"](rows).bodies[HOME]), url="import:index.html")
    assert HDS.read([saved]).remarks == ()


def test_saved_answers_of_the_letters_are_a_look_with_their_page() -> None:
    files = [
        FIXTURES / "guess-letters-ajax/index.html",
        *sorted((FIXTURES / "guess-letters-ajax/views-ajax").iterdir()),
    ]
    pages = [
        Page(url=f"import:{file.name}", requested_url=HOME, body=file.read_bytes(), fetched_at=SEEN_AT)
        for file in files
    ]
    assert len(HDS.read(pages).attestations) == 418
    with refuses(LayoutChanged, match="without lettre S"):
        HDS.read([p for p in pages if p.url != "import:letter-S.json"])
