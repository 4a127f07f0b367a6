"""One search: whoever types a name, a number or a label is shown what was meant, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import anyio
import httpx
import pytest
from pending_layouts import CANDIDATES, as_table
from pending_layouts import page as candidates
from raw import sqlite_of
from real_registers import paris, watched
from toy_story import Story

from notifiers.said.voice import line_text
from scrapers.anssi_pending.source import AnssiPending
from state.file.opening import open_store
from state.seen.who.providers import load_providers
from watcher.app import App
from watcher.ask.archive import Archive
from watcher.ask.find.found import FEW, Found, Group, Window, find
from watcher.ask.standing.race import Place
from watcher.look.check import look
from watcher.said.found import found_told
from watcher.said.told import hearer
from watcher.settings import Settings
from watcher.web.app import make_app

NOW = "2026-11-28T09:00"
P, S, D, L, E = Group
STRANGER = ("Mystère Cloud SAS", "Nuage (IaaS)", "1 rue Haute, 75001 Paris")
"""A candidate that nobody reviewed, and that is on no other list."""


def archive_of(app: App) -> Iterator[Archive]:
    with app.open_store() as store:
        yield Archive(store=store, providers=load_providers(store), sources=app.sources, now=app.clock())


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Iterator[Archive]:
    """A memory of real editions, a list of hosts and a page of candidates."""
    state = tmp_path_factory.mktemp("find") / "watch.db"
    app = App(Settings(state=str(state)), lambda: paris(NOW))
    watched(shared, state)
    with app.open_store() as store:
        at = paris("2026-11-24T07:00")
        look(AnssiPending(), [candidates(as_table((*CANDIDATES, STRANGER)))], app.watch(store), at)
    yield from archive_of(app)


def providers(found: Found) -> list[str]:
    return [one.provider.slug for one in found.parts[P].shown]


def near(found: Found) -> list[str]:
    return [one.provider.slug for one in found.near]


def refs(found: Found) -> list[str | None]:
    return [row.known.attestation.printed_ref for row in found.parts[D].shown]


def subjects(found: Found) -> list[str | None]:
    return [row.known.attestation.subject for row in found.parts[S].shown]


def places(found: Found) -> list[Place]:
    return [each.place for each in found.parts[P].shown[0].standings]


@pytest.mark.history
@pytest.mark.parametrize(
    ("text", "slug", "secnumcloud", "hds"),
    [
        ("numspot", "numspot", "not_listed", "holds"),
        ("NUMSPOT SAS", "numspot", "not_listed", "holds"),
        ("bleu", "bleu", "candidate", "not_listed"),
        ("Bleu SAS", "bleu", "candidate", "not_listed"),
        ("S3NS", "s3ns", "holds", "not_listed"),
        ("premi3ns", "s3ns", "holds", "not_listed"),
        ("Thales Cloud Securise", "s3ns", "holds", "not_listed"),
        ("ovh", "ovhcloud", "holds", "holds"),
        ("scaleway", "scaleway", "candidate", "holds"),
        ("outscale", "outscale", "holds", "holds"),
        ("3DS OUTSCALE", "outscale", "holds", "holds"),
        ("chu", "chu-de-clairval", "not_listed", "holds"),
        ("BLUE", "blue", "candidate", "holds"),
        ("mystere cloud", "mystere-cloud", "candidate", "not_listed"),
    ],
)
def test_a_name_finds_its_provider_first_with_its_state(
    real: Archive, text: str, slug: str, secnumcloud: str, hds: str
) -> None:
    found = find(real, text)
    assert providers(found)[0] == slug
    assert places(found) == [Place(secnumcloud), Place(hds)]
    assert not found.near


@pytest.mark.history
def test_words_are_whole(real: Archive) -> None:
    """S3NS is not in Samsung's S3NSEN6, and Bleu is not BLUE."""
    assert not any("S3NSEN6" in (subject or "") for subject in subjects(find(real, "S3NS", Window(most=99))))
    assert find(real, "S3NSEN6").parts[S].total > 1
    assert "blue" not in providers(find(real, "bleu"))
    assert "bleu" not in providers(find(real, "blue"))
    assert "orange-cyberdefense" not in providers(find(real, "orange cyber"))


@pytest.mark.history
@pytest.mark.parametrize(
    ("text", "ref"),
    [
        ("2057", "2025_2057"), ("2025_2057", "2025_2057"), ("décision n° 2057 de 2025", "2025_2057"),
        ("2057/2025", "2025_2057"), ("2025_2057_np.pdf", "2025_2057"),
        ("Decision no. 2057 of 2025", "2025_2057"),
        ("36741-6", "36741-6"), ("LNE n° 36741-6", "36741-6"), ("certificat HDS 36741-6", "36741-6"),
        ("ANSSI-CC-2023/60", "ANSSI-CC-2023-60"),
    ],
)  # fmt: skip
def test_a_number_finds_its_paper_however_it_is_written(real: Archive, text: str, ref: str) -> None:
    found = find(real, text)
    assert refs(found) == [ref]
    assert subjects(found) == []


@pytest.mark.history
@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("hds", "hds"), ("HDS", "hds"), ("SecNumCloud", "secnumcloud"), ("cloud de confiance", "secnumcloud"),
        ("données de santé", "hds"), ("prestataire d'audit", "passi"), ("horodatage", "eidas-timestamp"),
        ("timestamps", "eidas-timestamp"), ("eidas", "eidas-esign-cert"),
    ],
)  # fmt: skip
def test_a_label_is_found_by_what_people_call_it(real: Archive, text: str, label: str) -> None:
    assert find(real, text).parts[L].shown[0].label == label


@pytest.mark.history
def test_a_label_says_how_many_hold_it_and_what_happened(real: Archive) -> None:
    found = find(real, "hds")
    [mark] = found.parts[L].shown
    assert mark.holders == 404
    assert (found.words, found.labels) == ((), ("hds",))
    assert {event.label for event in find(real, "secnumcloud").parts[E].shown} == {"secnumcloud"}


@pytest.mark.history
def test_a_name_beside_a_label_finds_its_rows_of_that_label(real: Archive) -> None:
    found = find(real, "outscale hds")
    assert providers(found) == ["outscale"]
    [row] = found.parts[S].shown
    assert (row.known.provider.slug, row.known.attestation.label) == ("outscale", "hds")


@pytest.mark.history
@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("nunspot", "numspot"), ("Num Spot", "numspot"), ("scalway", "scaleway"), ("outscal", "outscale"),
        ("orange cyber", "orange-cyberdefense"), ("scalway secnumcloud", "scaleway"),
    ],
)  # fmt: skip
def test_what_is_mistyped_is_offered_and_never_found(real: Archive, text: str, slug: str) -> None:
    found = find(real, text)
    assert near(found)[0] == slug
    assert not any(found.parts[group].total for group in (P, S, D))


@pytest.mark.history
def test_folded_letters_are_the_same_letters(real: Archive) -> None:
    assert "i2s-sopra-steria" in providers(find(real, "sopra stéria"))
    assert providers(find(real, "SOPRA STERIA")) == providers(find(real, "sopra stéria"))


@pytest.mark.history
@pytest.mark.parametrize("text", ["", " ", "🙂", "☃ !", "\0", '"', "*", "(", "-"])
def test_no_word_finds_nothing_and_suggests_nothing(real: Archive, text: str) -> None:
    found = find(real, text)
    assert (found.nothing, near(found), found.alike, found.unread) == (True, [], (), ())
    assert found.wordless


@pytest.mark.history
@pytest.mark.parametrize(
    "text", ["é" * 300, "x" * 300, "<script>alert(1)</script>", "a", "de", "1", "OR", "NOT s3ns"]
)
def test_any_text_is_answered(real: Archive, text: str) -> None:
    found = find(real, text)
    assert all(len(part.shown) <= FEW for part in found.parts.values())
    assert all(part.total >= len(part.shown) for part in found.parts.values())


@pytest.mark.history
def test_what_is_counted_is_what_the_pages_of_a_group_show(real: Archive) -> None:
    whole = find(real, "sante", Window(only=P, most=1_000))
    total = whole.parts[P].total
    assert total == len(set(providers(whole))) > 40
    paged = [
        slug
        for skip in range(0, total, 20)
        for slug in providers(find(real, "sante", Window(only=P, skip=skip, most=20)))
    ]
    assert paged == providers(whole)
    assert list(whole.parts) == [P]


@pytest.mark.history
def test_of_one_group_it_is_said_that_it_has_nothing_and_no_more(real: Archive) -> None:
    """A name that is no decision's is not on no list."""
    found = find(real, "thales", Window(only=D))
    said = found_told(found, hearer("fr"), {})
    assert [line_text(line) for line in said.intro] == ["Décisions et certificats (0)"]


FIRST = """edition 2026-03-01
secnumcloud | Cloud Temple | Secure Temple | 2025_918 | 2025-05-30 | 2028-05-30
secnumcloud | Oodrive | Oodrive Work | 2025_241 | 2025-01-20 | 2028-01-25"""


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story(open_store(str(tmp_path / "toy.db")))


def asked(story: Story) -> Archive:
    return Archive(
        store=story.store, providers=load_providers(story.store), sources={}, now=paris("2026-04-01T09:00")
    )


def test_what_is_gone_is_found_after_what_is_listed_and_says_since_when(story: Story) -> None:
    story.see("2026-03-01", FIRST)
    story.see(
        "2026-03-04", FIRST.replace("03-01", "03-04").replace("Secure Temple | 2025_918", "Temple 2 | 2026_7")
    )
    story.see(
        "2026-03-05",
        FIRST.split("\nsecnumcloud | Oodrive")[0].replace("03-01", "03-05").replace("Secure", "New"),
    )
    rows = find(asked(story), "oodrive").parts[S].shown
    assert [(row.known.attestation.subject, row.until is not None) for row in rows] == [
        ("Oodrive Work", True)
    ]


def test_a_provider_known_to_people_is_found_before_any_list_has_it(story: Story) -> None:
    story.see("2026-03-01", FIRST)
    found = find(asked(story), "numspot")
    assert providers(found) == ["numspot"]
    assert places(found) == [Place.NOT_LISTED, Place.UNKNOWN]  # no list of hosts was read


def test_nothing_found_tells_which_labels_nobody_read(story: Story) -> None:
    story.see("2026-03-01", FIRST)
    found = find(asked(story), "hébergeur inconnu")
    assert found.nothing
    assert "hds" in found.unread


def test_a_word_in_everything_is_counted_no_further_than_said(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("state.search.MOST", 10)
    lines = (f"cc | Maker {n} | Card model {n} | 2020_{n} | 2020-01-01 | 2030-01-01" for n in range(30))
    story.see("2026-03-01", "\n".join(("edition 2026-03-01", *lines)))
    part = find(asked(story), "card").parts[S]
    assert (part.total, part.more) == (11, True)


def statements(story: Story, text: str) -> int:
    """How many statements a search asks of the memory."""
    archive, asked_of = asked(story), list[str]()
    find(archive, text)  # what is asked once a process
    sqlite_of(story.store).set_trace_callback(asked_of.append)
    find(archive, text)
    sqlite_of(story.store).set_trace_callback(None)
    # FTS5 tells of those it asks of its own tables by a comment.
    return sum(not one.startswith("--") for one in asked_of)


@pytest.mark.sqlite("counts steps of its own machine")
@pytest.mark.parametrize("text", ["card", "maker 7", "2020 7", "cc", "nothing like it"])
def test_a_search_asks_no_more_of_a_longer_listing(tmp_path: Path, text: str) -> None:
    counted = set()
    for rows in (40, 240):
        story = Story(open_store(str(tmp_path / f"{rows}.db")))
        lines = (f"cc | Maker {n} | Card model {n} | 2020_{n} | 2020-01-01 | 2030-01-01" for n in range(rows))
        story.see("2026-03-01", "\n".join(("edition 2026-03-01", *lines)))
        counted.add(statements(story, text))
    assert len(counted) == 1
    assert max(counted) < 120


@pytest.mark.history
@pytest.mark.sqlite("opens the file once more, as pages do")
def test_a_candidate_that_is_on_no_other_list_has_a_page(real: Archive) -> None:
    path = str(real.store.q("pragma database_list")[0]["file"])
    web = make_app(App(Settings(state=path), lambda: paris(NOW)))

    async def asked_for(address: str) -> httpx.Response:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(web), base_url="http://pages.test", follow_redirects=True
        ) as client:
            return await client.get(address)

    page = anyio.run(asked_for, "/providers/Mystère Cloud SAS?lang=fr")
    assert (page.status_code, page.url.path) == (200, "/providers/mystere-cloud")
    assert "candidat" in page.text
    assert "/providers/mystere-cloud" in anyio.run(asked_for, "/search?q=mystere").text
