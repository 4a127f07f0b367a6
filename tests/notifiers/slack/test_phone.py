"""A message as somebody reads it on a telephone: the lock screen first, then the first lines of each part."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from notifiers.slack import post as drawn
from state.model import Attestation, Event, FieldChange, Kind, Neighbour, Weight
from state.words.post import Message, Notice

BULL = Attestation(label="pdis", holder="Bull", level="Sans objet", ref="2025_664")
STAMP = Attestation(label="eidas-timestamp", holder="Certigna", subject="TSA", ref="TSA/QTST " + "cd" * 32)
Tell = Callable[..., Message]
Build = Callable[..., Event]


def plain(said: str) -> str:
    """The text with ordinary spaces."""
    return re.sub("[\u00a0\u202f]", " ", said)


def lines(message: Message) -> list[str]:
    """What the blocks of the first part say, line by line."""
    said: list[str] = []
    for block in drawn.blocks(message)[0]:
        if block["type"] == "rich_text":
            leaves = block["elements"][0]["elements"]
            said += "".join(leaf.get("text", "") for leaf in leaves).split("\n")
        elif block["type"] in ("header", "section"):
            said.append(block["text"]["text"])
    return [plain(line) for line in said]


def text(message: Message) -> str:
    """The line of the lock screen."""
    return plain(drawn.parts(message)[0].text)


@pytest.mark.parametrize(
    ("lang", "successor"),
    [
        ("fr", "Successeur probable : Eviden France, désormais listé (événement 434)."),
        ("en", "Probable successor: Eviden France, now listed (event 434)."),
    ],
)
def test_the_successor_comes_first_and_a_level_that_says_nothing_never(
    lang: str, successor: str, an_event: Build, a_message: Tell
) -> None:
    eviden = Neighbour(event=434, slug="eviden-france", name="Eviden France")
    lost = an_event(Kind.LOST, BULL, "Bull", probable_successor=eviden, expected=False)
    said = lines(a_message(lost, lang=lang))
    assert said[1] == successor
    assert not re.search("Sans objet|[Nn]iveau|[Ll]evel", "\n".join(said) + text(a_message(lost, lang=lang)))


def test_a_level_that_came_or_went_is_said_whatever_it_says(an_event: Build, a_message: Tell) -> None:
    changes = {"level": FieldChange(before="Elevé", after="Sans objet")}
    said = lines(a_message(an_event(Kind.LEVEL_CHANGED, BULL, "Bull", changes=changes)))
    assert "Niveau : Elevé → Sans objet" in said


def test_every_part_of_several_has_its_number_and_the_only_one_has_none(
    many: tuple[Event, ...], a_message: Tell
) -> None:
    parts = drawn.parts(a_message(*many))
    heads = [plain(part.blocks[0]["text"]["text"]) for part in parts]
    assert heads[0].endswith(f"(1/{len(parts)})")
    assert heads[1].endswith(f"(suite, 2/{len(parts)})")
    assert "(1/1)" not in plain(drawn.parts(a_message(many[0]))[0].blocks[0]["text"]["text"])


def test_a_group_is_headed_by_its_label_and_so_is_each_part_that_goes_on_with_it(
    an_event: Build, a_message: Tell
) -> None:
    hds = Attestation(label="hds", holder="X", ref="1-1")
    events = [an_event(Kind.GAINED, BULL, f"Firme {n:02}", id=n) for n in range(1, 60)]
    events.append(an_event(Kind.GAINED, hds, "Zz", id=90))
    first, *others = drawn.blocks(a_message(*events))
    assert [heads(first)[0], heads(first)[1]] == [
        "*HDS · changements importants*",
        "*PDIS (détection d’incidents) · changements importants*",
    ]
    assert others
    assert all(heads(part)[0] == heads(first)[1] for part in others)


def heads(part: list[dict[str, Any]]) -> list[str]:
    return [plain(block["text"]["text"]) for block in part if block["type"] == "section"]


def test_one_group_needs_no_heading(an_event: Build, a_message: Tell) -> None:
    events = [an_event(Kind.GAINED, BULL, name, id=n) for n, name in enumerate("AB", 1)]
    assert heads(drawn.blocks(a_message(*events))[0]) == []
    assert lines(a_message(*events))[0] == "2 changements importants · PDIS (détection d’incidents)"


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_lock_screen_shows_no_number_of_ours(lang: str, an_event: Build, a_message: Tell) -> None:
    bull = Neighbour(event=432, slug="bull", name="Bull")
    after = an_event(Kind.GAINED, BULL, "Eviden France", id=434, probable_predecessor=bull)
    changes = {"ref": FieldChange(before="TSA/QTST " + "ab" * 32, after=STAMP.ref)}
    another = an_event(Kind.REISSUED, STAMP, "Certigna", source="tl-fr", changes=changes)
    for event in (after, another, replace(another, kind=Kind.GAINED, changes={}, weight=Weight.HIGH)):
        seen = text(a_message(event, lang=lang))
        assert not re.search(r"43[24]|(?:ab|cd){4}|SHA", seen), seen
    assert "Bull" in text(a_message(after, lang=lang))


def test_a_word_about_a_channel_shows_its_name_and_never_its_id(
    a_notice: Callable[..., Notice], a_message: Tell
) -> None:
    suspended = a_message(notices=(a_notice("suspended", "C0123ABCD"),))
    assert text(suspended).startswith("Envois suspendus : <#C0123ABCD>.")
    assert lines(suspended)[0] == "Envois suspendus : un canal de Slack"
    assert drawn.blocks(suspended)[0][1]["elements"][0]["elements"][0] == {
        "type": "channel",
        "channel_id": "C0123ABCD",
    }
    private = a_message(notices=(a_notice("given_up", "D0123ABCD"),))
    assert "D0123ABCD" not in text(private) + "".join(lines(private))


def test_a_decision_is_numbered_in_one_way_whatever_its_version(an_event: Build, a_message: Tell) -> None:
    row = replace(BULL, ref="2025_20070v4")
    assert "Décision n° 20070v4 de 2025" in lines(a_message(an_event(Kind.LOST, row, "Bull")))
