"""Slack says of a row that the last reading lacks it, wherever the row is told."""

from __future__ import annotations

from typing import Any

from fake_people import People, said
from toy_register import ToyRegister, day, page

from state.seen.who.providers import load_providers
from watcher.ask.archive import Archive
from watcher.look.check import look
from watcher.look.record import Checked, Watch
from watcher.said.news.look import look_items
from watcher.slack.command import Command
from watcher.slack.desk import Asked
from watcher.slack.replies.standing import listing_reply

HDS = ToyRegister(name="ans-hds", labels=("hds",), covers=frozenset({"hds"}))
OVH = "hds | OVH SAS | - | 40512-3 | 2024-03-01 | 2027-02-28"
OUTSCALE = "hds | Outscale SAS | - | 36741-6 | 2024-03-01 | 2027-01-31"
ARCHIVED = "hds | Scaleway SAS | - | 36999-1 | 2024-03-01 | 2027-01-31 | status=suspended"


def seen(watching: Any, when: str, *rows: str) -> Checked:
    text = "\n".join(("edition -", *rows))
    with watching.app.open_store() as store:
        watch = Watch(store=store, providers=load_providers(store))
        return look(HDS, (page(text, day(when)),), watch, day(when))


def test_what_waits_to_be_confirmed_is_said_in_every_answer(team: People, watching: Any) -> None:
    seen(watching, "2026-03-08", OVH, OUTSCALE, ARCHIVED)
    seen(watching, "2026-03-09", OVH, ARCHIVED)
    for text in ("listing hds", "provider outscale", "was outscale hds 2026-03-10"):
        assert "absent de la lecture du 09/03/2026, à confirmer" in said(team.say(text)), text
    assert "❔ HDS\u00a0: jusqu’au 31/01/2027, absent de la lecture du 09/03/2026, à confirmer" in said(
        team.say("race outscale")
    )
    assert "suspendu" in said(team.say("provider scaleway"))
    team.say("lang en")
    assert "not in the reading of 9\u00a0Mar\u00a02026, to be confirmed" in said(team.say("listing hds"))


def test_a_reading_names_what_it_lacks_instead_of_nothing_changed(watching: Any) -> None:
    seen(watching, "2026-03-08", OVH, OUTSCALE)
    looked = seen(watching, "2026-03-09", OVH)
    with watching.app.open_store() as store:
        archive = Archive(store=store, providers=load_providers(store), sources={}, now=day("2026-03-10"))
        asked = Asked(archive=archive, channel="C1", user="U1", lang="fr")
        [[[span]]] = look_items(looked, asked.to)
    assert span.text == (
        "⚠️ HDS\u00a0: 1 ligne absente de la lecture du 09/03/2026, à confirmer\u00a0: Outscale"
    )


def test_a_listing_says_how_its_register_is_read(watching: Any) -> None:
    seen(watching, "2026-03-08", OVH, OUTSCALE)
    seen(watching, "2026-03-09", OVH)
    with watching.app.open_store() as store:
        archive = Archive(
            store=store, providers=load_providers(store), sources={HDS.name: HDS}, now=day("2026-03-09")
        )
        asked = Asked(archive=archive, channel="C1", user="U1", lang="fr")
        foot = listing_reply(asked, Command(verb="listing", words=("hds",))).foot
    assert foot[-1] == ("⚠️ Liste HDS de l’ANS\u00a0: 1 ligne à confirmer par une autre lecture")


def test_an_end_that_is_announced_is_said_once_of_a_row(team: People, watching: Any) -> None:
    announced = "statuses=2026-07-01 withdrawn; 2024-03-01 granted"
    seen(watching, "2026-03-08", OVH, f"hds | Outscale SAS | Cloud | 36741-6 | - | - | {announced}")
    text = said(team.say("provider outscale"))
    assert text.count("fin annoncée pour le 01/07/2026") == 1
    assert "depuis le 01/03/2024" in text


def test_what_was_never_read_is_said_once_of_a_name_on_no_list(team: People, watching: Any) -> None:
    source = ToyRegister()
    watching.app.__dict__["sources"] = {source.name: source}
    text = said(team.say("provider zorg"))
    assert text.count("aucun registre lu ne le dit") == 1
