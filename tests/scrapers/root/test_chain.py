"""From the Official Journal to the list of lists, and to France's list: each broken link by its own word."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import lists_of_lists
import pytest
import trusted_lists
from lxml import etree
from own_signer import TSL, OwnSigner, head
from refusals import refuses

from scrapers.eu_lotl.source import EuLotl
from scrapers.root import LONGEST
from scrapers.root.chain import SHIPPED, believed, points
from scrapers.root.follow import official
from scrapers.source import Doubtful, LayoutChanged, Unreachable
from scrapers.tl_fr.source import ANSSI_2019, TlFr
from scrapers.trust import Root
from scrapers.trust.signature import named_signers
from state.model import Listing, Page, Reason

NOW = datetime(2026, 8, 20, 6, tzinfo=UTC)
FRANCE = "https://messervices.cyber.gouv.fr/visas/tl-fr.xml"
"""Where edition 385 says that the French list is."""
SOURCE = replace(TlFr(), root=Root(), url=FRANCE)


@cache
def own() -> OwnSigner:
    return OwnSigner("Test scheme operator")


def fetched(body: bytes, address: str) -> Page:
    return Page(url=address, requested_url=address, body=body, fetched_at=NOW)


def saved(body: bytes) -> Page:
    return Page(url="import:a.xml", requested_url="https://register.test", body=body, fetched_at=NOW)


def french(address: str = FRANCE, number: int = 174) -> Page:
    return fetched(trusted_lists.body(number), address)


def lists(number: int = 385) -> Page:
    return fetched(lists_of_lists.body(number), lists_of_lists.ADDRESS)


def codes(error: Doubtful) -> list[str]:
    return [reason.code for reason in error.reasons]


def refused(read: Callable[[], Listing]) -> list[str]:
    with pytest.raises(Doubtful) as caught:
        read()
    return codes(caught.value)


def pointing(root: etree._Element, territory: str) -> etree._Element:
    """The pointer to the XML list of a territory."""
    [found] = [
        pointer
        for pointer in root.iterfind(".//t:OtherTSLPointer", TSL)
        if pointer.findtext(".//t:SchemeTerritory", "", TSL) == territory
        and pointer.findtext(f".//{lists_of_lists.MIME}") == lists_of_lists.XML
    ]
    return found


# The list of lists


def test_todays_list_is_believed_by_the_journal_alone() -> None:
    seen = EuLotl().read(lists_of_lists.pages(390, NOW))
    assert (seen.number, seen.attestations, seen.covers) == (390, (), frozenset())
    assert len(lists_of_lists.pages(390, NOW)) == 1
    of_france = {fact.topic: fact.values for fact in seen.facts if fact.of == "FR"}
    assert of_france["list_address"] == ("https://messervices.cyber.gouv.fr/visas/tl-fr_v6.xml",)
    assert {one.partition(" ")[0] for one in of_france["list_signers"]} == lists_of_lists.named(390)["FR"][1]


def test_the_first_kept_list_is_signed_by_one_whom_the_journal_of_2019_named() -> None:
    """The seven after pivot 282, which is not at hand, are those that this list names for itself."""
    told: list[Reason] = []
    assert believed(lists_of_lists.pages(295, NOW), Root(), told.append).number == 295
    assert (told[0].code, told[0].values["named"]) == ("step_after_pivot", "pivot 282")
    by_title = {point.title: point.signers for point in points().values()}
    assert by_title["pivot 282"] == lists_of_lists.named(295)["EU"][1]
    [signer] = named_signers(etree.fromstring(lists_of_lists.body(295)))
    assert signer.fingerprint in by_title["OJ 2019/C 276/01"] & by_title["pivot 282"]


def test_the_signers_that_are_shipped_are_those_that_the_list_names_for_itself() -> None:
    by_title = {point.title: point.signers for point in points().values()}
    for number in (385, 386, 390):
        assert by_title["OJ C/2026/1944"] == lists_of_lists.named(number)["EU"][1]


def test_each_point_says_where_it_was_taken_from() -> None:
    stated = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))["point"]
    assert all(one["source"].strip() and one["date"].year >= 2019 for one in stated)
    for one in stated:
        assert len({signer["sha256"] for signer in one["signers"]}) == len(one["signers"])


def test_pivots_are_followed_from_the_oldest_and_each_replaces_the_signers_before() -> None:
    told: list[Reason] = []
    believed(lists_of_lists.pages(384, NOW), Root(), told.append)
    assert [one.values["number"] for one in told[1:]] == [300, 335, 341, 378, 384]
    assert [one.values["signers"] for one in told[1:-1]] == [
        len(lists_of_lists.named(pivot)["EU"][1]) for pivot in (300, 335, 341, 378)
    ]


@pytest.mark.parametrize("missing", [300, 335, 341, 378])
def test_a_list_whose_pivot_is_left_out_is_not_believed(missing: int) -> None:
    wanted = [page for page in lists_of_lists.pages(384, NOW) if f"lotl-{missing}." not in page.url]
    with refuses(Doubtful, match=f"rests on its pivot {missing}.*eu-lotl-pivot-{missing}.xml") as caught:
        EuLotl().read(wanted)
    assert codes(caught.value) == ["pivot_missing"]
    assert caught.value.listing is None  # nobody's word replaces it


def test_the_documents_may_come_in_any_order() -> None:
    pages = lists_of_lists.pages(384, NOW)
    assert EuLotl().read(pages[::-1]).facts == tuple(
        replace(fact, page=len(pages) - 1) for fact in EuLotl().read(pages).facts
    )


@pytest.mark.parametrize("number", [385, 386])
def test_a_list_with_one_byte_changed_is_not_believed(number: int) -> None:
    whole = lists_of_lists.body(number)
    at = whole.index(b"messervices.cyber.gouv.fr")
    changed = whole[:at] + b"n" + whole[at + 1 :]
    assert refused(lambda: EuLotl().read([saved(changed)])) == ["bad_signature"]


def test_a_list_that_somebody_else_signed_is_not_believed() -> None:
    forged = own().signs(lists_of_lists.body(390), lambda root: None)
    assert refused(lambda: EuLotl().read([saved(forged)])) == ["lists_stranger"]
    with refuses(Doubtful, match=own().fingerprint):
        EuLotl().read([saved(forged)])


def test_a_pivot_that_nobody_accepted_signed_introduces_nobody() -> None:
    """A list signed by a stranger, and a pivot of theirs that names them, printed above the Journal's."""

    def named(root: etree._Element) -> None:
        head(root, TSLSequenceNumber="391")
        uris = root.find(".//t:SchemeInformationURI", TSL)
        uri = etree.SubElement(uris, f"{lists_of_lists.SCHEME}URI")
        uri.text = "https://ec.europa.eu/tools/lotl/eu-lotl-pivot-391.xml"
        uris.insert(0, uri)
        certificate = pointing(root, "EU").find(".//t:X509Certificate", TSL)
        certificate.text = own().encoded

    pivot = own().signs(lists_of_lists.body(390), named)
    following = own().signs(pivot, lambda root: head(root, TSLSequenceNumber="392"))
    assert refused(lambda: EuLotl().read([saved(following), saved(pivot)])) == ["lists_stranger"]


def test_a_pivot_signed_by_one_who_is_accepted_introduces_its_signers() -> None:
    later = OwnSigner("The next scheme operator")

    def introducing(root: etree._Element) -> None:
        head(root, TSLSequenceNumber="391")
        uris = root.find(".//t:SchemeInformationURI", TSL)
        uri = etree.Element(f"{lists_of_lists.SCHEME}URI")
        uri.text = "https://ec.europa.eu/tools/lotl/eu-lotl-pivot-391.xml"
        uris.insert(0, uri)
        pointing(root, "EU").find(".//t:X509Certificate", TSL).text = later.encoded

    pivot = own().signs(lists_of_lists.body(390), introducing)
    following = later.signs(pivot, lambda root: head(root, TSLSequenceNumber="392"))
    source = EuLotl(signers=(own().fingerprint,))
    assert source.read([saved(following), saved(pivot)]).number == 392
    assert source.read([saved(pivot)]).number == 391  # a list that introduces signers is its own newest pivot
    assert refused(lambda: source.read([saved(following)])) == ["pivot_missing"]


def test_a_list_of_a_publication_nobody_here_knows_is_not_believed() -> None:
    def renamed(root: etree._Element) -> None:
        uris = root.find(".//t:SchemeInformationURI", TSL)
        for uri in list(uris):
            uris.remove(uri)
        etree.SubElement(
            uris, f"{lists_of_lists.SCHEME}URI"
        ).text = "https://eur-lex.europa.eu/eli/C/2031/1/oj"

    source = EuLotl(signers=(own().fingerprint,))
    body = own().signs(lists_of_lists.body(390), renamed)
    with refuses(Doubtful, match="names no publication.*C/2031/1/oj.*VIGILABEL_SOURCES__EU_LOTL__SIGNERS"):
        source.read([saved(body)])


def test_a_newer_publication_above_the_known_one_is_told_of() -> None:
    def announced(root: etree._Element) -> None:
        uri = etree.Element(f"{lists_of_lists.SCHEME}URI")
        uri.text = "https://eur-lex.europa.eu/eli/C/2031/1/oj"
        root.find(".//t:SchemeInformationURI", TSL).insert(0, uri)

    body = own().signs(lists_of_lists.body(390), announced)
    seen = EuLotl(signers=(own().fingerprint,)).read([saved(body)])
    assert [(one.topic, one.reason.code) for one in seen.remarks] == [
        ("journal:https://eur-lex.europa.eu/eli/C/2031/1/oj", "new_journal")
    ]


def test_a_list_of_a_state_is_no_list_of_lists() -> None:
    with refuses(LayoutChanged, match="eu-lotl: no document is an EU list of trusted lists"):
        EuLotl().read([saved(trusted_lists.body(174))])


def test_a_list_lapses_when_the_next_is_due_and_promises_no_more_than_is_allowed() -> None:
    [lapse] = EuLotl().read([lists(390)]).lapses
    assert lapse.at == datetime(2027, 1, 27, 13, 16, 38, tzinfo=UTC)

    def endless(root: etree._Element) -> None:
        root.find(".//t:NextUpdate/t:dateTime", TSL).text = "2099-01-01T00:00:00Z"

    body = own().signs(lists_of_lists.body(390), endless)
    seen = EuLotl(signers=(own().fingerprint,)).read([saved(body)])
    assert seen.lapses[0].at == seen.next_update == lists_of_lists.editions()[-1].issued + LONGEST


# The French list, believed by it


def test_a_list_signed_by_one_whom_the_list_of_lists_names_is_believed_without_a_pin() -> None:
    seen = replace(SOURCE, signers=()).read([french(), lists()])
    assert (seen.number, len(seen.attestations)) == (174, 356)
    assert {row.page for row in seen.attestations} == {0}
    assert {lapse.at.date().isoformat() for lapse in seen.lapses} == {"2026-10-16", "2026-10-07"}
    assert seen.remarks == ()


def test_its_rows_point_to_the_document_that_states_them() -> None:
    seen = SOURCE.read([lists(), french()])
    assert {row.page for row in seen.attestations} == {1}


def test_a_list_with_one_byte_changed_is_not_believed_beside_the_list_of_lists() -> None:
    whole = trusted_lists.body(174)
    changed = fetched(whole.replace(b"Certinomis", b"Certinomix", 1), FRANCE)
    assert refused(lambda: SOURCE.read([changed, lists()])) == ["bad_signature"]


def test_a_list_by_a_signer_that_is_not_named_is_not_believed() -> None:
    """One that the list of lists named before, and names no more; the shipped ones do not count here."""
    old = french(number=168)  # signed in January 2026
    assert refused(lambda: SOURCE.read([french(number=162), lists()])) == ["signer_unnamed"]
    assert SOURCE.read([old, lists()]).number == 168
    with pytest.raises(Doubtful) as caught:
        SOURCE.read([french(number=162), lists()])
    assert caught.value.listing is not None  # a person's word may stand for it


def test_a_signer_of_the_settings_is_accepted_beside_those_named_and_that_is_said() -> None:
    body = own().signs(trusted_lists.body(174), lambda root: None)
    pinned = replace(SOURCE, signers=(own().fingerprint,))
    seen = pinned.read([fetched(body, FRANCE), lists()])
    assert [one.reason.code for one in seen.remarks] == ["pinned_signer"]
    assert refused(lambda: SOURCE.read([fetched(body, FRANCE), lists()])) == ["signer_unnamed"]
    assert pinned.read([french(), lists()]).remarks == ()


def test_the_certificate_of_2019_is_no_pin_beside_the_list_of_lists() -> None:
    assert ANSSI_2019 in SOURCE.signers
    assert SOURCE.trusted.pins == frozenset()


def test_a_list_from_an_address_that_is_not_named_is_not_believed() -> None:
    moved = french("https://messervices.cyber.gouv.fr/visas/tl-fr_v6.xml")
    with refuses(
        Doubtful, match=r"tl-fr_v6.xml, which EU list 385 does not name; it names .*/tl-fr.xml"
    ) as error:
        SOURCE.read([moved, lists()])
    assert codes(error.value) == ["address_unnamed"]
    assert error.value.listing is not None


def test_a_territory_that_is_not_pointed_to_has_no_list() -> None:
    def without(root: etree._Element) -> None:
        pointer = pointing(root, "FR")
        pointer.getparent().remove(pointer)

    body = own().signs(lists_of_lists.body(390), without)
    source = replace(SOURCE, root=Root(signers=(own().fingerprint,)))
    assert refused(lambda: source.read([french(), saved(body)])) == ["no_pointer"]


def test_a_list_of_lists_that_is_not_believed_vouches_for_nothing() -> None:
    forged = own().signs(lists_of_lists.body(390), lambda root: None)
    assert refused(lambda: SOURCE.read([french(), saved(forged)])) == ["lists_stranger"]


@pytest.mark.parametrize("given", [[lists()], [lists(), lists(386)], [french(), french(), lists()]])
def test_it_takes_one_list_of_the_state_beside_the_list_of_lists(given: list[Page]) -> None:
    """A server that shows the list of lists in place of its own list shows no list."""
    with pytest.raises(LayoutChanged, match="not_one_document"):
        SOURCE.read(given)


def test_a_list_by_itself_is_believed_by_pins_and_says_so_where_the_list_of_lists_is_read() -> None:
    assert TlFr().read([french()]).remarks == ()
    [remark] = SOURCE.read([french()]).remarks
    assert remark.reason.code == "by_pins_alone"
    assert (SOURCE.read([french()]).number, SOURCE.read([french()]).lapses) == (None, ())


# Where it is


class Web:
    """What answers at which address; nothing else is asked for."""

    def __init__(self, **pages: Page) -> None:
        self.pages = {page.url: page for page in pages.values()}
        self.asked: list[str] = []

    def get(self, url: str) -> Page:
        self.asked.append(url)
        return self.pages[url]


def test_the_list_is_fetched_from_where_the_list_of_lists_says() -> None:
    web = Web(lists=lists(), french=french())
    source = replace(SOURCE, url=TlFr().url)
    assert source.url != FRANCE
    pages = source.fetch(web.get)
    assert [page.url for page in pages] == [FRANCE, lists_of_lists.ADDRESS]
    assert [one.reason.code for one in source.read(pages).remarks] == ["address_followed"]


def test_a_list_of_lists_is_fetched_with_the_pivots_that_it_needs() -> None:
    pivots = {
        f"p{pivot}": fetched(
            lists_of_lists.body(pivot), f"https://ec.europa.eu/tools/lotl/eu-lotl-pivot-{pivot}.xml"
        )
        for pivot in (300, 335, 341)
    }
    web = Web(lists=fetched(lists_of_lists.body(378), lists_of_lists.ADDRESS), **pivots)
    pages = EuLotl().fetch(web.get)
    assert [page.url for page in pages[1:]] == [page.url for page in pivots.values()]
    assert EuLotl().read(pages).number == 378


def test_an_address_on_a_host_that_is_not_official_is_not_followed() -> None:
    def moved(root: etree._Element) -> None:
        pointing(root, "FR").find("t:TSLLocation", TSL).text = "https://gouv.fr.example.com/tl-fr.xml"

    root = Root(signers=(own().fingerprint,))
    source = replace(SOURCE, root=root, url=TlFr().url)
    elsewhere = fetched(own().signs(lists_of_lists.body(385), moved), lists_of_lists.ADDRESS)
    web = Web(lists=elsewhere, french=french(source.url))
    pages = source.fetch(web.get)
    assert pages[0].url == source.url
    assert refused(lambda: source.read(pages)) == ["address_unnamed", "host_not_official"]
    wider = replace(source, hosts=("gouv.fr", "example.com"))
    with pytest.raises(KeyError, match=r"gouv\.fr\.example\.com"):
        wider.fetch(web.get)


@pytest.mark.parametrize(
    ("address", "is_so"),
    [
        ("https://www.ssi.gouv.fr/eidas/TL-FR.xml", True),
        ("https://gouv.fr/tl.xml", True),
        ("http://cyber.gouv.fr/tl.xml", False),
        ("https://notgouv.fr/tl.xml", False),
        ("https://gouv.fr@example.com/tl.xml", False),
        ("https://example.com/gouv.fr", False),
        ("ftp://cyber.gouv.fr/tl.xml", False),
        ("", False),
    ],
)
def test_official_hosts_are_those_of_the_state_over_tls(address: str, is_so: bool) -> None:
    assert official(address, TlFr().hosts) is is_so


def test_every_address_that_france_had_since_2021_is_on_an_official_host() -> None:
    addresses = {one.address for one in lists_of_lists.editions()}
    assert len(addresses) == 6
    assert all(official(one, TlFr().hosts) for one in addresses)


def test_while_nothing_of_the_list_of_lists_is_believed_the_list_comes_alone_from_the_usual_address() -> None:
    def get(url: str) -> Page:
        if url == lists_of_lists.ADDRESS:
            raise Unreachable(Reason.of("no_root", source="eu-lotl"))
        return french(url)

    [page] = SOURCE.fetch(get)
    assert page.url == SOURCE.url


def test_a_pivot_that_cannot_be_had_is_no_reason_to_trust_by_less() -> None:
    def get(url: str) -> Page:
        if "pivot" in url:
            raise Unreachable(Reason.of("no_answer"))
        return fetched(lists_of_lists.body(384), url)

    with pytest.raises(Unreachable, match="no_answer"):
        SOURCE.fetch(get)


# For a person who wonders


def test_each_link_is_told_in_turn() -> None:
    notes = SOURCE.explain([french(), lists()]).notes
    links = [one.values["link"] for one in notes if one.code == "link"]
    assert [link.code for link in links if isinstance(link, Reason)] == [
        "step_journal",
        "step_lists",
        "step_pointer",
        "step_address",
        "step_signed",
        "step_due",
        "step_number",
    ]


def test_the_broken_link_is_the_last_that_is_told() -> None:
    whole = lists_of_lists.pages(384, NOW)[:-1]
    links = [one.values["link"] for one in EuLotl().explain(whole).notes if one.code == "link"]
    assert [one.code for one in links if isinstance(one, Reason)][-1] == "step_broken"
    late = replace(french(), fetched_at=datetime(2026, 11, 1, tzinfo=UTC))
    due = [one for one in SOURCE.explain([late, lists()]).notes if one.code == "link"][-1].values["link"]
    assert isinstance(due, Reason)
    assert due.tells("list_expired")


def test_whatever_is_wrong_with_a_list_of_lists_is_refused_and_explained() -> None:
    """Bytes changed, cut, doubled, and elements renamed: a refusal of ours each time, and an explanation."""
    chance, whole = random.Random(2026), lists_of_lists.body(385)
    head_of_it = whole.index(b"<PointersToOtherTSL") + 9_000
    for _ in range(60):
        at = chance.randrange(head_of_it if chance.random() < 0.7 else len(whole))
        broken = chance.choice(
            (
                whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :],
                whole[:at] + whole[at + chance.randrange(1, 4_000) :],
                whole[:at],
                whole[:at] + whole[at : at + 40] + whole[at:],
                whole[:at] + whole[at:].replace(b"<TSL", b"<Zorglub", 1),
            )
        )
        if broken != whole:
            with pytest.raises((Doubtful, LayoutChanged)):
                EuLotl().read([saved(broken)])
            assert EuLotl().explain([saved(broken)]).notes
