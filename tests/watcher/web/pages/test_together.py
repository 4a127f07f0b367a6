"""SecNumCloud and HDS together have all that a label's page has: feed, calendar, sheets, changes, a badge."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from toy_register import ToyRegister, page

from state.model import Provider
from state.noted.footings import Footing, note
from state.seen.events import log
from watcher.app import App
from watcher.look.check import look
from watcher.prove.answer.verify import verify_answer
from watcher.prove.evidence_file import unpack
from watcher.settings import Settings
from watcher.tell import recall
from watcher.web.app import make_app

Get = Callable[..., httpx.Response]
BOTH = "secnumcloud+hds"
ATOM = "{http://www.w3.org/2005/Atom}"
HDS = ToyRegister(name="ans-hds", labels=("hds",), covers=frozenset({"hds"}))
OVH = "secnumcloud | OVH | Hosted Private Cloud | 2023_2279 | 2023-12-28 | 2028-12-29"
OODRIVE = "secnumcloud | Oodrive | Oodrive_Work | 2025_241 | 2025-01-20 | 2026-04-30"
S3NS = "secnumcloud | Thales Cloud Sécurisé | Cloud de confiance S3NS | 2025_2057 | 2025-12-17 | 2028-12-17"
OVH_HDS = "hds | OVHcloud SAS | - | 40512-3 | 2025-03-01 | 2028-02-28"
OODRIVE_HDS = "hds | Oodrive | - | 38111 | - | 2028-08-22"
WHALLER_HDS = "hds | Whaller | - | 4242 | 2026-09-01 | 2029-05-01"
TEMPLE_HDS = "hds | Cloud Temple | - | 50001 | - | 2029-08-31"
TEMPLE = "secnumcloud | Cloud Temple | IaaS | 2026_9 | 2026-09-01 | 2029-03-01"
NOW = datetime(2026, 3, 5, 9, tzinfo=UTC)


class World:
    """A memory of two registers, and the pages on it."""

    def __init__(self, path: Path, clock: Any) -> None:
        self.app, self.clock = App(Settings(state=str(path)), clock), clock
        self.clock.now = NOW

    def see(self, day: int, *rows: str) -> None:
        """What both registers print on a day of March 2026, one after the other."""
        at = datetime(2026, 3, day, 7, tzinfo=UTC)
        with self.app.open_store() as store:
            for source, label in ((ToyRegister(), "secnumcloud"), (HDS, "hds")):
                own = [row for row in rows if row.startswith(label)]
                text = "\n".join((f"edition 2026-03-{day:02}", *own))
                look(source, [page(text, at)], self.app.watch(store), at)
                at += timedelta(minutes=5)

    def runs_on(self, who: str, host: str) -> None:
        """An operator's note."""
        of, on = (Provider(slug=name.casefold(), name=name) for name in (who, host))
        with self.app.open_store() as store:
            note(store, [Footing(provider=of, host=on, reason="contract", by="Anne")], self.clock.now)


@pytest.fixture
def world(tmp_path: Path, clock: Any) -> World:
    """OVHcloud comes to have both, Oodrive ceases to, S3NS has but one."""
    made = World(tmp_path / "both.db", clock)
    made.see(1, OVH, OODRIVE, S3NS, OODRIVE_HDS, WHALLER_HDS)
    made.see(4, OVH, OODRIVE, S3NS, OODRIVE_HDS, WHALLER_HDS, OVH_HDS)
    return made


@pytest.fixture
def get(world: World, get_of: Callable[[Starlette], Get]) -> Get:
    return get_of(make_app(world.app))


def plain(text: str) -> str:
    """What a reader sees."""
    seen = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))
    return unescape(seen).replace("\u00a0", " ").replace("\u202f", " ")


def french(get: Get, path: str) -> str:
    """A page as its French reader sees it."""
    answer = get(path, headers={"Accept-Language": "fr"})
    assert answer.status_code == 200, (path, answer.text[:300])
    return plain(answer.text)


def entries(get: Get, path: str = f"/labels/{BOTH}/feed.atom") -> dict[str, str]:
    """The titles of a feed with their summaries."""
    root = ET.fromstring(get(path, headers={"Accept-Language": "fr"}).text)
    return {
        (one.findtext(f"{ATOM}title") or "").replace("\u00a0", " "): one.findtext(f"{ATOM}summary") or ""
        for one in root.iter(f"{ATOM}entry")
    }


def test_the_page_names_who_has_both_since_when_and_which_ends_first(get: Get) -> None:
    text = french(get, f"/labels/{BOTH}")
    assert "OVHcloud" in text
    assert "depuis le 01/03/2025" in text
    assert "28/02/2028 HDS" in text
    assert "SecNumCloud seul : 1" in text
    assert "HDS seul : 1" in text
    assert "OVHcloud détient désormais les deux : SecNumCloud et HDS" in text
    assert f"/vigilabel suivre {BOTH}" in text


def test_a_filter_that_this_list_does_not_know_is_refused(get: Get) -> None:
    """It was taken, and everybody was shown as if it were met."""
    assert get(f"/labels/{BOTH}?letter=A").status_code == 400
    assert get(f"/labels/{BOTH}/listing.csv?issuer=LNE").status_code == 400


def test_the_feed_tells_what_a_subscription_is_told(get: Get, world: World) -> None:
    assert list(entries(get)) == ["OVHcloud détient désormais les deux : SecNumCloud et HDS"]
    world.see(5, OVH, S3NS, OODRIVE_HDS, WHALLER_HDS, OVH_HDS)
    assert list(entries(get)) == [
        "Oodrive ne détient plus les deux à la fois : SecNumCloud et HDS",
        "OVHcloud détient désormais les deux : SecNumCloud et HDS",
    ]


def test_the_feed_goes_on_in_older_pages(get: Get, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watcher.ask.news.bulletin.AT_LEAST", 1)
    world.see(5, OVH, S3NS, OODRIVE_HDS, WHALLER_HDS, OVH_HDS)
    root = ET.fromstring(get(f"/labels/{BOTH}/feed.atom").text)
    [following] = [one.get("href") for one in root.iter(f"{ATOM}link") if one.get("rel") == "next"]
    assert len(list(root.iter(f"{ATOM}entry"))) == 1
    there = urlsplit(str(following))
    assert list(entries(get, f"{there.path}?{there.query}")) == [
        "OVHcloud détient désormais les deux : SecNumCloud et HDS"
    ]


def test_an_entry_whose_first_label_was_announced_by_mistake_is_taken_back(get: Get, world: World) -> None:
    known = (OVH, OODRIVE, S3NS, OODRIVE_HDS, OVH_HDS)
    world.see(5, *known, TEMPLE_HDS)
    world.see(6, *known, TEMPLE_HDS, TEMPLE)
    title = "Cloud Temple détiendra les deux à compter du 01/09/2026"
    assert any(one.startswith(title) for one in entries(get))
    with world.app.open_store() as store:
        [first] = log.events(store, kinds=["gained"], labels=["hds"], who="cloud-temple")
        recall.retract(store, first.id, "a misread page", "U1", NOW)
    [taken_back] = [one for one in entries(get) if title in one]
    assert not taken_back.startswith(title)
    assert "a misread page" in entries(get)[taken_back]
    assert re.search(r'retracted">(?:(?!</li>).)*' + title, get(f"/labels/{BOTH}").text, re.S)


def test_the_feed_of_ends_is_about_who_has_both(get: Get, world: World) -> None:
    world.clock.now = datetime(2026, 4, 25, 9, tzinfo=UTC)
    at = world.clock.now - timedelta(hours=2)
    text = "\n".join(("edition 2026-04-25", OVH, OODRIVE, S3NS.replace("2028-12-17", "2026-05-01")))
    with world.app.open_store() as store:
        look(ToyRegister(), [page(text, at)], world.app.watch(store), at)
    told = list(entries(get, f"/labels/{BOTH}/expiries.atom"))
    assert len(told) == 1
    assert "Oodrive" in told[0]


def test_the_calendar_has_the_first_end_of_both(get: Get, world: World) -> None:
    text = get(f"/labels/{BOTH}/expiries.ics", headers={"Accept-Language": "fr"}).text
    unfolded = text.replace("\r\n ", "")
    assert re.findall(r"DTSTART;VALUE=DATE:(\d+)", unfolded) == ["20260430", "20280228"]
    assert "SUMMARY:Les deux à la fois\\, première fin (HDS)\u00a0: OVHcloud" in unfolded
    assert f"UID:together-{BOTH}-ovhcloud@" in unfolded
    assert unfolded.count("BEGIN:VALARM") == 4
    again = get(f"/labels/{BOTH}/expiries.ics", headers={"Accept-Language": "fr", "If-None-Match": "x"})
    tag = {"If-None-Match": again.headers["etag"], "Accept-Language": "fr"}
    assert get(f"/labels/{BOTH}/expiries.ics", headers=tag).status_code == 304
    world.runs_on("Whaller", "OVHcloud")
    noted = get(f"/labels/{BOTH}/expiries.ics", headers=tag)
    assert noted.status_code == 200, "a note is no look, and changes the calendar"
    assert "together-secnumcloud+hds-whaller" in noted.text.replace("\r\n ", "")


def test_an_end_of_both_that_nobody_need_wait_for_is_cancelled_and_never_counts_down(
    get: Get, world: World
) -> None:
    def sequence() -> int:
        text = get(f"/labels/{BOTH}/expiries.ics").text.replace("\r\n ", "")
        entry = next(one for one in text.split("BEGIN:VEVENT") if "together-secnumcloud+hds-ovhcloud" in one)
        assert ("STATUS:CANCELLED" in entry) == gone
        return int(re.findall(r"SEQUENCE:(\d+)", entry)[0])

    gone = False
    first = sequence()
    world.see(5, OVH, OODRIVE, S3NS, OODRIVE_HDS, WHALLER_HDS, OVH_HDS.replace("2028-02-28", "2029-02-28"))
    moved = sequence()
    gone = True
    world.see(6, OODRIVE, S3NS, OODRIVE_HDS, WHALLER_HDS, OVH_HDS.replace("2028-02-28", "2029-02-28"))
    assert first < moved < sequence()


def test_the_list_can_be_taken_away(get: Get, world: World) -> None:
    world.runs_on("Whaller", "OVHcloud")
    rows = list(csv.DictReader(io.StringIO(get(f"/labels/{BOTH}/listing.csv").text)))
    assert [(row["provider_slug"], row["since"], row["valid_until"], row["basis"]) for row in rows] == [
        ("oodrive", "2026-03-01", "2026-04-30", "observed"),
        ("ovhcloud", "2025-03-01", "2028-02-28", "observed"),
        ("whaller", "2026-09-01", "2028-12-29", "noted"),
    ]
    sheet = get(f"/labels/{BOTH}/listing.csv?excel=1").text
    head, *lines = sheet.lstrip("\ufeff").splitlines()
    assert head.startswith("Fournisseur;") or ";Les deux depuis;" in head
    assert "01/03/2025" in lines[1]
    assert "Whaller → OVHcloud (Anne)" in lines[2]
    then = csv.DictReader(io.StringIO(get(f"/labels/{BOTH}/listing.csv?on=2026-03-02").text))
    assert [(row["provider_slug"], row["basis"]) for row in then] == [
        ("oodrive", "observed"),
        ("ovhcloud", "decision"),
    ]


STATES = {
    "ovhcloud": "OVHcloud · SecNumCloud et HDS : Les deux jusqu’au 28/02/2028",
    "s3ns": "S3NS · SecNumCloud et HDS : Pas les deux",
    "whaller": "Whaller · SecNumCloud et HDS : Pas les deux",
}


@pytest.mark.parametrize("who", STATES)
def test_a_badge_says_whether_somebody_has_both_and_leads_to_the_proof(get: Get, who: str) -> None:
    root = ET.fromstring(get(f"/badges/{who}/{BOTH}.svg").text)
    said = root.findtext("{http://www.w3.org/2000/svg}title") or ""
    assert said.replace("\u00a0", " ") == STATES[who]
    link = root.find("{http://www.w3.org/2000/svg}a")
    assert link is not None
    assert get(str(link.get("href"))).status_code == 200


ANSWERS = {
    "ovhcloud": "Les deux Détient les deux depuis le 01/03/2025 ; première échéance le 28/02/2028 (HDS).",
    "oodrive": "première échéance le 30/04/2026 (SecNumCloud).",
    "s3ns": "Pas les deux SecNumCloud seul : HDS non listé.",
    "whaller": "Pas les deux : SecNumCloud non listé, HDS imprimé, début à venir.",
}


@pytest.mark.parametrize("who", ANSWERS)
def test_a_providers_page_answers_both_together(get: Get, who: str) -> None:
    assert ANSWERS[who] in french(get, f"/providers/{who}")
    assert f'src="/badges/{who}/{BOTH}.svg"' in get(f"/providers/{who}").text


def test_where_no_register_of_one_was_read_nobody_knows(tmp_path: Path, clock: Any, get_of: Any) -> None:
    made = World(tmp_path / "one.db", clock)
    at = NOW - timedelta(days=1)
    with made.app.open_store() as store:
        look(ToyRegister(), [page(f"edition 2026-03-09\n{OVH}", at)], made.app.watch(store), at)
    text = french(get_of(make_app(made.app)), "/providers/ovhcloud")
    assert "On ne sait pas : SecNumCloud détenu, HDS inconnu." in text


def test_an_end_that_is_past_is_said_to_be(get: Get, world: World) -> None:
    world.clock.now = datetime(2026, 5, 2, 9, tzinfo=UTC)
    text = french(get, "/providers/oodrive")
    assert "échéance passée le 30/04/2026 (SecNumCloud)" in text
    assert "Détient les deux" not in text


def test_the_last_day_is_held_still(get: Get, world: World) -> None:
    world.clock.now = datetime(2026, 4, 30, 9, tzinfo=UTC)
    text = french(get, "/providers/oodrive")
    assert "passée" not in text.partition("SecNumCloud et HDS")[2].partition("Flux Atom")[0]


def test_a_note_is_named_wherever_both_rest_on_it(get: Get, world: World) -> None:
    world.runs_on("Whaller", "OVHcloud")
    for path in ("/providers/whaller", f"/labels/{BOTH}"):
        text = french(get, path)
        assert "à compter du 01/09/2026" in text
        assert "selon une note de Anne" in text


def test_the_history_of_both_tells_when_they_came_together_and_parted(get: Get) -> None:
    text = french(get, f"/history?label={BOTH.replace('+', '%2B')}")
    assert "OVHcloud détient désormais les deux" in text
    assert text.count("SecNumCloud et HDS") >= 2
    assert "Oodrive détient" not in text
    [event] = get(f"/api/v1/events?label={BOTH.replace('+', '%2B')}").json()["events"]
    assert (event["kind"], event["label"], event["provider"]["slug"]) == ("gained", "hds", "ovhcloud")


@pytest.mark.parametrize(
    "path",
    [
        "/labels/hds+secnumcloud",
        "/labels/HDS%2BSecNumCloud",
        "/labels/SecNumCloud%20%2B%20HDS",
        "/labels/secnumcloud%20hds",
        "/labels/snc+hds",
    ],
)
def test_every_spelling_leads_to_the_one_page(get: Get, path: str) -> None:
    answer = get(path)
    assert answer.headers.get("location") == "/labels/secnumcloud%2Bhds", path


@pytest.mark.parametrize("path", ["/labels/secnumcloud+passi", "/was/ovhcloud/hds+passi/2026-03-04"])
def test_labels_that_nobody_counts_together_are_refused_with_those_that_are(get: Get, path: str) -> None:
    answer = get(path, headers={"Accept-Language": "fr"})
    assert answer.status_code == 404
    assert f'href="/labels/{BOTH}"' in answer.text
    assert f"ces labels ne se comptent pas ensemble. Ensemble : {BOTH}." in plain(answer.text)


def test_the_answer_about_both_is_taken_away_as_one_file(get: Get) -> None:
    page_of = get("/was/ovhcloud/secnumcloud%2Bhds/2026-03-04", headers={"Accept-Language": "fr"}).text
    [there] = re.findall(r'href="(/was/[^"]*/evidence)"', page_of)
    answer = get(there)
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == (
        'attachment; filename="vigilabel-ovhcloud-secnumcloud+hds-2026-03-04.zip"'
    )
    found = verify_answer(unpack(answer.content), head=None, key=None)
    assert found.opened.together is not None
    assert found.opened.together.held.second == "hds"
    assert f"vigilabel evidence --was ovhcloud {BOTH} 2026-03-04" in unescape(page_of)


def test_programs_are_told_how_many_have_both(get: Get, world: World) -> None:
    world.runs_on("Whaller", "OVHcloud")
    [one] = get("/api/v1/labels").json()["together"]
    assert one == {
        "label": BOTH,
        "labels": ["secnumcloud", "hds"],
        "providers": 2,
        "to_come": 1,
        "noted": 1,
        "read": True,
    }
    assert "Prestataires qui ont les deux : 2. De plus, à compter d’un jour à venir : 1." in french(
        get, "/labels"
    )


@pytest.mark.parametrize("text", ["secnumcloud+hds", "hds secnumcloud", "cloud de confiance santé"])
def test_who_looks_for_both_is_led_to_their_page_first(get: Get, text: str) -> None:
    found = get("/api/v1/search", params={"q": text, "in": "labels"}).json()
    assert (found["hits"][0]["label"], found["hits"][0]["holders"]) == (BOTH, 2)
    assert f'href="/labels/{BOTH}"' in get("/search", params={"q": text}).text


def test_ends_of_both_are_those_of_who_has_both(get: Get) -> None:
    text = french(get, "/expiries?label=secnumcloud%2Bhds")
    assert "1 ligne" in text
    assert "Oodrive" in text
    assert f"/vigilabel suivre {BOTH}" in text
    rows = list(csv.DictReader(io.StringIO(get("/expiries.csv?label=secnumcloud%2Bhds").text)))
    assert [row["holder"] for row in rows] == ["Oodrive"]
    assert len(list(csv.DictReader(io.StringIO(get("/expiries.csv?month=2028-12").text)))) == 2


def test_that_both_are_not_held_is_by_the_oldest_reading_that_says_so(get: Get, world: World) -> None:
    world.clock.now = datetime(2026, 3, 20, 9, tzinfo=UTC)
    text = french(get, "/")
    assert "Pas les deux d’après la lecture du 04/03/2026" in text
