"""The five people of `docs/five-people.md` reach their answers within three steps, in a browser, on Slack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from zipfile import ZipFile

import pytest
from fake_people import SECRET, ByHttp, People, said
from fake_slack import FakeSlack
from playwright.sync_api import Browser
from playwright.sync_api import Page as BrowsedPage
from slack_limits import block_problems
from starlette.applications import Starlette
from trusted_lists import body

from notifiers.given import Secret
from scrapers import SOURCES
from state.model import Page
from watcher.app import App
from watcher.look.check import look
from watcher.settings import Settings, SlackSettings
from watcher.slack.doors.door import Door
from watcher.slack.doors.http import routes_of
from watcher.web.edge.guards import Limit
from watcher.web.serve import Pages

pytestmark = pytest.mark.browser

TESTS = Path(__file__).parents[2]
CATALOGUE = TESTS / "fixtures" / "anssi_catalogue"
HOSTS = TESTS / "fixtures" / "ans_hds" / "guess-table" / "index.html"
CANDIDATES = TESTS / "contracts" / "pages"
PDF, HTML, XML = "application/pdf", "text/html; charset=utf-8", "text/xml"
NOW = datetime(2026, 3, 5, 9, tzinfo=UTC)
LOOKS = (
    ("2025-12-05T18:30", "anssi-catalogue", CATALOGUE / "catalogue-2025-12-05.pdf", PDF),
    ("2025-12-06T08:00", "anssi-pending", CANDIDATES / "pending-before.html", HTML),
    ("2026-01-10T08:00", "ans-hds", HOSTS, HTML),
    ("2026-01-27T18:30", "anssi-catalogue", CATALOGUE / "catalogue-2026-01-27.pdf", PDF),
    ("2026-02-27T07:00", "tl-fr", 171, XML),
    ("2026-03-04T07:00", "tl-fr", 171, XML),
    ("2026-03-04T08:00", "anssi-pending", CANDIDATES / "pending-after.html", HTML),
    ("2026-03-04T08:30", "ans-hds", HOSTS, HTML),
    ("2026-03-04T18:30", "anssi-catalogue", CATALOGUE / "catalogue-2026-03-04.pdf", PDF),
)
"""What was seen and when: each register a day before, so that all readings speak for today."""
SEEN_AS: tuple[tuple[int, int, Literal["light", "dark"]], ...] = ((390, 844, "dark"), (1280, 800, "light"))


def settings(memory: Path, **more: object) -> Settings:
    given = {"state": str(memory), "port": 0, "signing_key": Secret("1f" * 32), **more}
    return Settings(**given)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A memory in which all four registers were read."""
    path = tmp_path_factory.mktemp("people") / "real.db"
    for when, name, what, kind in LOOKS:
        at = datetime.fromisoformat(when).replace(tzinfo=UTC)
        app = App(settings(path), lambda at=at: at)  # type: ignore[misc]
        source = next(one for one in SOURCES if one.name == name)
        shown = body(what) if isinstance(what, int) else what.read_bytes()
        page = Page(url=source.url, body=shown, fetched_at=at, content_type=kind)
        with app.open_store() as store:
            assert look(source, [page], app.watch(store), at).run.believed
    return path


@pytest.fixture(scope="module")
def site(memory: Path) -> Iterator[str]:
    """The address of the pages on that memory."""
    app = App(settings(memory), lambda: NOW)
    pages = Pages(app, limit=Limit(app.clock, burst=1e9))
    pages.start()
    yield f"http://127.0.0.1:{pages.port}"
    pages.stop()


class Walk:
    """A person on the pages without JavaScript; each click on what can be seen is a step."""

    def __init__(self, page: BrowsedPage, site: str) -> None:
        self.page, self.steps = page, 0
        page.goto(site)

    def follow(self, text: str, within: str = "main") -> None:
        """A click on a link."""
        self.steps += 1
        self.page.locator(within).get_by_role("link", name=text).first.click()

    def press(self, text: str, **fields: str) -> None:
        """Fields filled in by what stands beside them, and a click on a button."""
        self.steps += 1
        for field, value in fields.items():
            box = self.page.locator("main").get_by_label(field)
            box.fill(value)
        self.page.locator("main").get_by_role("button", name=text).click()

    def reads(self, *texts: str) -> bool:
        """Whether all of that can be read, within three steps."""
        shown = " ".join(self.page.locator("main").inner_text().replace("\u00a0", " ").split())
        missing = [text for text in texts if text not in shown]
        assert missing == [], f"{missing} not in {shown[:2000]}"
        return self.steps <= 3


@pytest.fixture(params=SEEN_AS, ids=["phone", "desk"])
def walk(request: pytest.FixtureRequest, site: str, browser: Browser) -> Iterator[Walk]:
    width, height, scheme = request.param
    with browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        locale="fr-FR",
        java_script_enabled=False,
    ) as context:
        yield Walk(context.new_page(), site)


def test_a_hospital_learns_what_its_host_holds_for_what_and_until_when(walk: Walk) -> None:
    walk.page.locator("main").get_by_role("searchbox").fill("ovh")
    walk.press("Trouver")
    assert walk.reads("HDS : jusqu’au 06/01/2029")
    walk.follow("OVHcloud")
    assert walk.reads("HDS", "Depuis le 07/01/2026, jusqu’au 06/01/2029", "1 à 6 : toutes les activités")
    assert walk.reads("/vigilabel suivre ovhcloud")
    with walk.page.expect_download() as calendar:
        walk.follow("Calendrier des échéances")
    assert "DTSTART;VALUE=DATE:20290106" in Path(calendar.value.path()).read_text(encoding="utf-8")
    assert walk.steps == 3


def test_a_strategist_sees_who_is_ahead_and_since_when(walk: Walk) -> None:
    assert walk.reads("La course", "NumSpot", "Bleu", "S3NS", "depuis le 17/12/2025")
    walk.follow("S3NS")
    assert walk.reads("décision n° 2057 de 2025", "/vigilabel suivre s3ns")
    walk.follow("S3NS obtient la qualification SecNumCloud")
    assert walk.reads("Avant et après", "ne figurait pas", "Endroit p. 63")


def test_a_vendor_learns_until_when_its_host_is_qualified_and_how_to_hear_of_the_end(walk: Walk) -> None:
    assert walk.reads("Imprimé, début à venir", "à compter du 27/08/2026")
    walk.follow("Outscale")
    assert walk.reads("Depuis le 30/11/2023, jusqu’au 30/11/2026", "/vigilabel suivre outscale")


def test_an_auditor_gets_a_proof_of_what_was_and_of_what_nobody_knows(walk: Walk) -> None:
    walk.follow("Question", "header")
    walk.press("Répondre", Prestataire="S3NS", Date="2025-03-01")
    assert walk.reads("S3NS détenait‑il SecNumCloud le 01/03/2025", "Inconnu", "commence avec l’édition")
    with walk.page.expect_download() as proof:
        walk.follow("Télécharger le dossier (ZIP)")
    with ZipFile(proof.value.path()) as kept:
        assert kept.testzip() is None
    assert walk.steps == 3


def test_an_operator_sees_whether_the_watch_sees(walk: Walk) -> None:
    assert walk.reads("Les 4 registres suivis ont été lus")
    walk.follow("Détail par source")
    assert walk.reads("Intervalles aveugles", "du 05/12/2025 à 19:30 au 27/01/2026 à 19:30", "Retenu")
    assert walk.page.locator("main").get_by_text("à jour", exact=True).count() == 4


@contextmanager
def team(memory: Path) -> Iterator[People]:
    """A team on Slack that asks the same memory."""
    with FakeSlack() as slack:
        slack.channels["COPS"] = {"members": ["UBOT", "U1"]}
        tokens = {"slack_bot_token": Secret("xoxb-test"), "slack_signing_secret": Secret(SECRET)}
        served = SlackSettings(base_url=slack.api_url)
        door = Door(App(settings(memory, slack=served, operators="COPS", **tokens), lambda: NOW), soon=60)
        try:
            yield People(slack, ByHttp(Starlette(routes=list(routes_of(door, SECRET))), lambda: NOW))
        finally:
            door.close()


TYPED: Mapping[str, Mapping[str, Sequence[str]]] = {
    "hospital": {
        "prestataire ovh": (
            "HDS : Détient\nDepuis le 07/01/2026, jusqu’au 06/01/2029",
            "toutes les activités",
        ),
        "suivre ovh hds": (
            "concernant OVHcloud pour HDS",
            "échéances imprimées sont annoncées 180, 90, 30 et 7 jours avant",
        ),
    },
    "strategist": {
        "course numspot bleu s3ns": (
            "⏳ SecNumCloud : candidat",
            "✅ SecNumCloud : jusqu’au 17/12/2028",
            "Non listé : SecNumCloud",
        ),
        "suivre numspot bleu secnumcloud obtenu": ("« label obtenu » concernant NumSpot ou Bleu",),
    },
    "vendor": {
        "prestataire outscale": ("SecNumCloud : Détient\nDepuis le 30/11/2023, jusqu’au 30/11/2026",),
        "suivre outscale secnumcloud": ("concernant Outscale pour SecNumCloud",),
    },
    "auditor": {
        "était s3ns secnumcloud 1er mars 2025": ("On ne sait pas.", "--was s3ns secnumcloud 2025-03-01"),
        "était s3ns secnumcloud 1er février 2026": ("Oui.", "décision n° 2057 de 2025", "p. 63"),
    },
    "operator": {
        "sources": ("Catalogue de l’ANSSI", "✅ à jour", "veille assurée"),
        "historique secnumcloud": ("S3NS obtient la qualification SecNumCloud",),
    },
}
"""What each of them types after help, and what must be read in the reply."""


def conversation(memory: Path, texts: Sequence[str]) -> list[str]:
    """What is answered to each of some texts."""
    with team(memory) as people:
        shown = [people.say(text) for text in texts]
    assert [list(block_problems(one["blocks"])) for one in shown] == [[] for _ in texts]
    return [said(one).replace("\u00a0", " ").replace("\u202f", " ") for one in shown]


@pytest.mark.parametrize("who", TYPED)
def test_each_is_answered_on_slack_within_three_steps_of_help(memory: Path, who: str) -> None:
    with ThreadPoolExecutor(1) as elsewhere:  # Playwright keeps a loop running in the thread of the tests
        told = elsewhere.submit(conversation, memory, ["aide", *TYPED[who]]).result()
    assert len(told) <= 3
    for (text, expected), answer in zip(TYPED[who].items(), told[1:], strict=True):
        assert text.split()[0] in told[0]
        assert [one for one in expected if one not in answer] == []
