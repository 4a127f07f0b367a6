"""A provider's page: a hospital's question first, what an operator noted apart, names as printed apart."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from toy_register import ToyRegister, page

from state.model import Provider
from state.noted.footings import Footing, note
from watcher.app import App
from watcher.look.check import look
from watcher.settings import Settings
from watcher.web.app import make_app

Get = Callable[..., httpx.Response]
HDS = ToyRegister(name="ans-hds", labels=("hds",), covers=frozenset({"hds"}))
WAITING = ToyRegister(name="anssi-pending", labels=("secnumcloud",), covers=frozenset({"secnumcloud"}))
ALL = "sites physiques+infrastructure matérielle+infrastructure virtuelle"
REST = "plateforme d'hébergement d'applications+administration et exploitation+sauvegarde"
CATALOGUE = """edition 2026-11-20
secnumcloud | OVH | Hosted Private Cloud | 2023_2279 | 2023-12-28 | 2026-12-29 | scope=IaaS
secnumcloud | Outscale | IaaS Cloud on Demand | 2023_2118 | 2023-11-30 | 2026-11-30 | scope=IaaS
"""
HOSTS = f"""edition -
hds | OVHcloud SAS | - | 40512-3 | 2024-03-01 | 2027-02-28 | scope={ALL} | version=v2.0 | issuer=LNE
hds | Toutes Activités | - | 2 | 2024-03-01 | 2027-02-28 | scope={ALL}+{REST}
hds | Autre Hébergeur | - | 1 | 2024-03-01 | 2027-02-28 | scope=sauvegarde+sites physiques
"""
CANDIDATES = """edition -
secnumcloud | Bleu SAS | Cloud de confiance Bleu | - | - | - | status=candidate
secnumcloud | OVH | SNC Cloud Platform | - | - | - | status=candidate
"""
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture
def app(tmp_path: Path, clock: Any) -> App:
    app = App(Settings(state=str(tmp_path / "provider.db")), clock)
    at = NOW - timedelta(hours=3)
    with app.open_store() as store:
        for source, text in ((ToyRegister(), CATALOGUE), (HDS, HOSTS), (WAITING, CANDIDATES)):
            look(source, [page(text, at)], app.watch(store), at)
    clock.now = NOW
    return app


@pytest.fixture
def get(app: App, get_of: Callable[[Starlette], Get]) -> Get:
    return get_of(make_app(app))


def plain(text: str) -> str:
    """What a reader sees of a part of a page."""
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text)).replace("\u00a0", " ").replace("\u202f", " ")
    return text.replace("&#39;", "'").strip()


def answers(get: Get, slug: str, **given: str) -> dict[str, str]:
    """What a page says first, by label."""
    text = get(f"/providers/{slug}", params=given).text
    assert text.index('class="answers"') < text.index("<h2 id=")
    found = re.findall(
        r'<section class="answer \w+" aria-labelledby="a-([\w-]+)">(.*?)</section>', text, re.S
    )
    return {label: plain(said) for label, said in found}


def test_every_part_of_a_page_names_secnumcloud_before_hds(get: Get) -> None:
    """The cards at the top did, and the timeline below them the other way round."""
    text = get("/providers/ovhcloud", headers={"Accept-Language": "fr"}).text
    lanes = re.findall(r'class="lane">([^<]+)<', text)
    services = [plain(one) for one in re.findall(r"<h3><a[^>]*>.*?</h3>", text)]
    assert [name.partition(" (")[0] for name in lanes] == ["SecNumCloud", "HDS"]
    assert [name.partition(" (")[0] for name in services] == ["SecNumCloud", "HDS"]
    assert "SecNumCloud, HDS" in plain(get("/providers", headers={"Accept-Language": "fr"}).text)
    chosen = re.findall(r'<option value="(\w+)"', get("/expiries").text)
    assert chosen.index("secnumcloud") < chosen.index("hds")


def test_a_page_answers_secnumcloud_and_hds_first_with_what_that_rests_on(get: Get) -> None:
    said = answers(get, "ovhcloud")
    assert list(said) == ["secnumcloud", "hds"]
    assert said["secnumcloud"].startswith("SecNumCloud Détient Depuis le 28/12/2023, jusqu’au 29/12/2026")
    assert "Figure parmi les candidats, avec « SNC Cloud Platform »." in said["secnumcloud"]
    assert (
        "D’après l’édition du 20/11/2026 du catalogue de l’ANSSI, vue le 24/11/2026 à 07:00."
        in said["secnumcloud"]
    )
    assert "1 sites physiques, 2 infrastructure matérielle, 3 infrastructure virtuelle" in said["hds"]
    assert "D’après la lecture de la liste HDS de l’ANS le 24/11/2026 à 07:00." in said["hds"]


def test_not_listed_and_candidate_claim_no_more_than_was_seen(get: Get) -> None:
    said = answers(get, "bleu", lang="en")
    assert said["secnumcloud"].startswith("SecNumCloud Candidate Among the candidates, with")
    assert said["hds"].startswith("HDS Not listed No row under this name among the holders that were read.")
    said = answers(get, "autre-hebergeur")
    assert "ne pas y être ne prouve pas l’absence de qualification" in said["secnumcloud"]
    assert "1 sites physiques, 6 sauvegarde" in said["hds"]
    assert "1 à 6 : toutes les activités" in answers(get, "toutes-activites")["hds"], "as its row says"


def test_an_end_that_passed_and_a_reading_too_old_are_said_and_never_as_held(get: Get, clock: Any) -> None:
    clock.now += timedelta(days=8)
    past = answers(get, "outscale")["secnumcloud"]
    assert past.startswith(
        "SecNumCloud Listé, échéance passée Échéance imprimée passée depuis 2 jours (30/11/2026)"
    )
    clock.now += timedelta(days=60)
    said = answers(get, "ovhcloud")
    assert said["hds"].startswith("HDS Listé, lecture ancienne")
    assert "Lecture trop ancienne : ce qui a changé depuis n’a pas été vu." in said["hds"]


def test_a_row_that_went_is_told_with_its_printed_end(get: Get, app: App, clock: Any) -> None:
    at = clock.now = NOW + timedelta(days=1)
    gone = CATALOGUE.replace("2026-11-20", "2026-11-25")
    gone = "\n".join(line for line in gone.splitlines() if "Outscale" not in line)
    with app.open_store() as store:
        look(ToyRegister(), [page(gone, at)], app.watch(store), at)
    said = answers(get, "outscale")["secnumcloud"]
    assert said.startswith("SecNumCloud Non listé")
    assert "échéance imprimée 30/11/2026 ; depuis le 25/11/2026, elle n’y est plus" in said


def test_before_its_register_was_read_a_label_is_unknown(
    tmp_path: Path, clock: Any, get_of: Callable[[Starlette], Get]
) -> None:
    app = App(Settings(state=str(tmp_path / "half.db")), clock)
    with app.open_store() as store:
        look(ToyRegister(), [page(CATALOGUE, NOW)], app.watch(store), NOW)
    clock.now = NOW
    said = answers(get_of(make_app(app)), "ovhcloud")["hds"]
    assert said == "HDS Inconnu Inconnu : aucun registre qui le dit n’a encore été lu."


def test_what_an_operator_noted_stands_apart_with_who_wrote_it(get: Get, app: App) -> None:
    bare = get("/providers/outscale").text
    assert "Ce qui tourne sur quoi" not in bare
    with app.open_store() as store:
        new = [
            Footing(
                provider=Provider(slug=slug, name=name),
                service=service,
                host=Provider(slug="outscale", name="Outscale"),
                reason="<b>leur</b> site",
                by="Léa",
            )
            for slug, name, service in (("bleu", "Bleu", ""), ("ma-boite", "Ma Boîte", "Coffre"))
        ]
        note(store, new, NOW)
    text = get("/providers/outscale").text
    apart = plain(text[text.index('id="hangs"') : text.index('id="timeline"')])
    assert "Écrit par un opérateur de cette veille, vu dans aucun registre." in apart
    assert "Noté par Léa le 24/11/2026" in apart
    assert "Coffre – Ma Boîte" in apart
    assert "<b>leur" not in text
    other = get("/providers/bleu").text
    apart = plain(other[other.index('id="hangs"') :])
    assert "Bleu tourne sur Outscale SecNumCloud : Détient." in apart


def test_names_as_printed_stand_apart_from_those_we_know(get: Get) -> None:
    text = get("/providers/ovhcloud").text
    printed = plain(text[text.index('id="names"') : text.index("Autres noms connus")])
    others = plain(text[text.index("Autres noms connus") :])
    assert "OVHcloud SAS Liste HDS de l’ANS" in printed
    assert "OVH Groupe" not in printed
    assert "OVH Groupe" in others
    assert "OVHcloud SAS" not in others


def test_many_rows_of_a_label_hide_no_other_label(get: Get, app: App, clock: Any) -> None:
    """They were cut after so many rows by the name of the label: a maker of chips lost its SecNumCloud."""
    at = clock.now = NOW + timedelta(days=1)
    rows = "".join(f"cc | OVHcloud | Chip {n} | 2020_{n} | 2020-01-01 | 2030-01-01\n" for n in range(200))
    with app.open_store() as store:
        look(ToyRegister(), [page(CATALOGUE.replace("11-20", "11-25") + rows, at)], app.watch(store), at)
    text = get("/providers/ovhcloud").text
    assert "Hosted Private Cloud" in text
    assert "Les 200 lignes" in plain(text)
    assert text.count("Chip ") < 20
