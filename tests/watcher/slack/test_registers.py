"""Two registers speak of one label: Slack shows what each says, and where they contradict each other."""

from __future__ import annotations

from typing import Any

from fake_people import People, said
from toy_register import ToyRegister, day, page

from state.seen.who.providers import load_providers
from watcher.look.check import look
from watcher.look.record import Watch

S3NS = "secnumcloud | S3NS | Cloud de confiance S3NS | 2025_2057 | 2025-12-17 | 2028-12-17"
OUTSCALE = "secnumcloud | Outscale | IaaS Cloud on Demand | 2023_2118 | 2023-11-30 | 2026-11-30 | scope=IaaS"


def other_register(watching: Any, edition: str, *rows: str) -> None:
    """Another register, of the same labels, sees an edition."""
    text = "\n".join((f"edition {edition}", *rows))
    with watching.app.open_store() as store:
        watch = Watch(store=store, providers=load_providers(store))
        look(ToyRegister(name="tl-fr"), (page(text, day(edition)),), watch, day(edition))


def test_a_contradiction_between_registers_is_shown_beside_the_answer(team: People, watching: Any) -> None:
    other_register(watching, "2026-03-04", S3NS, OUTSCALE)
    told = said(team.say("was outscale secnumcloud 2026-03-04")).replace("\u00a0", " ")
    assert "⚠️ Catalogue de l’ANSSI : non. Les deux registres se contredisent." in told
    told = said(team.say("was s3ns secnumcloud 2026-03-04")).replace("\u00a0", " ")
    assert "Liste de confiance française : oui, sans contradiction." in told
    team.say("lang en")
    assert "The two registers contradict each other" in said(team.say("was outscale secnumcloud 2026-03-04"))


def test_a_listing_says_which_register_prints_each_row_and_who_is_in_one_only(
    team: People, watching: Any
) -> None:
    other_register(watching, "2026-03-04", S3NS, OUTSCALE)
    told = said(team.say("listing secnumcloud")).replace("\u00a0", " ")
    assert "3 prestataires, 4 lignes" in told
    assert "⚠️ Seulement dans « Catalogue de l’ANSSI » : OVHcloud." in told
    assert "⚠️ Seulement dans « Liste de confiance française » : Outscale." in told
    assert "du 30/11/2023 au 30/11/2026 · décision n° 2118 de 2023 · Liste de confiance française" in told


def test_a_provider_is_shown_with_the_register_that_prints_each_row(team: People, watching: Any) -> None:
    assert "· Catalogue de l’ANSSI\n" not in said(team.say("provider s3ns")).split("obtient")[0]
    other_register(watching, "2026-03-04", S3NS, OUTSCALE)
    rows = said(team.say("provider s3ns")).split("obtient")[0]
    assert "décision n° 2057 de 2025 · Liste de confiance française" in rows.replace("\u00a0", " ")
    assert "« Thales Cloud Sécurisé » · Catalogue de l’ANSSI" in rows.replace("\u00a0", " ")


def test_one_register_is_not_named_in_every_row(team: People) -> None:
    told = said(team.say("listing secnumcloud"))
    assert "Seulement dans" not in told
    assert "· Catalogue de l’ANSSI" not in told
