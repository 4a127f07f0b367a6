"""Whatever workspaces do in whatever order, each receives what it would have received alone."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from fake_slack import FakeSlack
from many_workspaces import ACME, BETA, HOME, ORG, World, world_in
from toy_register import ToyRegister

FIRMS = ("OVH", "Outscale", "Numspot", "Scalingo", "Cegedim", "Oodrive", "Whaller")
WORDS = ("secnumcloud", "hds", "numspot", "oodrive", "secnumcloud perdu", "tout")
ALL = (HOME, ACME, BETA, ORG)
LENGTH, END = 40, "arrêter"


@dataclass(frozen=True)
class Step:
    """Something that happens: to one workspace, or (`edition`) to the register."""

    what: str
    workspace: str = ""
    text: str = ""
    channel: str = "C1"
    edition: tuple[str, ...] = ()


def steps(chance: random.Random) -> Iterator[Step]:
    """A life of some weeks; nobody does what Slack would not let them do."""
    inside = {HOME}
    yield Step("see", edition=_edition(chance))
    for _ in range(LENGTH):
        workspace, channel = chance.choice(ALL), chance.choice(("C1", "C2"))
        what = chance.choice(("say", "say", "say", "see", "see", "deliver", "come or go", "share"))
        if what == "come or go" and workspace != HOME:
            inside ^= {workspace}
            yield Step("install" if workspace in inside else chance.choice(("uninstall", "die")), workspace)
        elif what in ("say", "share") and workspace in inside:
            yield Step(what, workspace, _words(chance), channel)
        elif what == "see":
            yield Step("see", edition=_edition(chance))
        elif what == "deliver":
            yield Step("deliver")
    yield from (Step("install", workspace) for workspace in ALL[1:] if workspace not in inside)
    yield Step("deliver")


def _words(chance: random.Random) -> str:
    return chance.choice(
        (
            *(f"suivre {word}" for word in WORDS),
            "rythme daily 8:30",
            "rythme instant",
            "langue anglais",
            "pause 2 jours",
            "reprendre",
            END,
        )
    )


def _edition(chance: random.Random) -> tuple[str, ...]:
    firms = chance.sample(FIRMS, chance.randint(5, len(FIRMS)))
    return tuple(
        f"{chance.choice(('secnumcloud', 'hds'))} | {firm} | Cloud {firm} | 2025_{FIRMS.index(firm)}"
        " | 2025-03-24 | 2028-03-24"
        for firm in firms
    )


def live(world: World, life: Sequence[Step]) -> None:
    """What happens, one after the other."""
    for step in life:
        if step.what == "see":
            world.see(*step.edition)
        elif step.what == "deliver":
            world.deliver()
        elif step.what == "install":
            world.install(step.workspace)
            _dead(world, step.workspace, "")
        elif step.what == "die":
            _dead(world, step.workspace, "token_revoked")
        elif step.what == "uninstall":
            _dead(world, step.workspace, "account_inactive")
            world.event(step.workspace, "app_uninstalled")
        elif step.text == END:
            _end_first(world, step)
        else:
            world.people(step.workspace).say(step.text, channel=step.channel)


def _end_first(world: World, step: Step) -> None:
    """Ends the first subscription of a channel by its button: numbers are those of the whole memory."""
    people = world.people(step.workspace)
    shown = people.say("abonnements", channel=step.channel)
    buttons = [one for block in shown["blocks"] if block["type"] == "actions" for one in block["elements"]]
    if ends := [one["text"]["text"] for one in buttons if one["text"]["text"].startswith(("Arrêter", "End"))]:
        people.click(shown, ends[0], channel=step.channel)


def _dead(world: World, workspace: str, name: str) -> None:
    team = world.team(workspace)
    assert team is not None
    team.dead = name


def ledger(world: World, workspace: str) -> dict[str, list[str]]:
    return {channel: [post["text"] for post in world.shown(workspace, channel)] for channel in ("C1", "C2")}


def lived(folder: Path, life: Sequence[Step], of: Sequence[str]) -> dict[str, dict[str, list[str]]]:
    folder.mkdir()
    with FakeSlack() as slack:
        world = world_in(folder, slack)
        try:
            live(world, [step for step in life if step.what in ("see", "deliver") or step.workspace in of])
            return {workspace: ledger(world, workspace) for workspace in of}
        finally:
            world.close()


MANY = [pytest.param(seed, marks=pytest.mark.soak) for seed in range(2, 25)]


@pytest.mark.parametrize("seed", [0, 1, *MANY])
def test_each_workspace_receives_what_it_would_have_received_alone(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scrapers.SOURCES", (ToyRegister(),))
    life = [*steps(random.Random(seed))]
    together = lived(tmp_path / "together", life, ALL)
    for workspace in ALL:
        assert together[workspace] == lived(tmp_path / f"alone-{workspace}", life, [workspace])[workspace]
    assert sum(len(posts) for one in together.values() for posts in one.values()) > 0, "something was told"
