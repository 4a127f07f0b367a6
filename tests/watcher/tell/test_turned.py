"""What the log tells of labels together: the very same that was told then, and on what it rests."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from toy_register import day
from toy_story import Story, only

from notifiers.said.reasons import said
from state.file.opening import open_store
from state.model import Provider
from state.noted.footings import Footing, note
from state.owed import outbox
from watcher.look.forget import forget
from watcher.tell import recall
from watcher.tell.turned import joints_of, turned, undone

BOTH = "secnumcloud+hds"
NAMES = ("OVHcloud", "Oodrive", "Whaller", "Outscale")
SNC = "secnumcloud | OVHcloud | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24"
HDS = "hds | OVHcloud | - | 36741 | - | 2027-05-01"
OTHERS = (
    "secnumcloud | Numspot | Socle | 2025_241 | 2025-01-20 | 2028-01-25",
    "hds | Wimi | - | 4242 | - | 2027-05-01",
)


@pytest.fixture
def story() -> Iterator[Story]:
    with open_store(":memory:") as store:
        yield Story(store)


def rows_of(holding: set[tuple[str, str]]) -> list[str]:
    known = [(label, name) for label in ("secnumcloud", "hds") for name in NAMES]
    return [
        f"{label} | {name} | S | {n} | 2025-01-01 | 2029-01-01"
        for n, (label, name) in enumerate(known)
        if (label, name) in holding
    ]


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5, 6])
def test_the_log_tells_what_was_told_when_it_happened(story: Story, seed: int) -> None:
    """Years of comings and goings, one of them by what it runs on: the same events, in the same words."""
    chance = Random(seed)
    who = [Provider(slug=name.casefold(), name=name) for name in NAMES]
    story.subscribe(labels=(BOTH,))
    holding: set[tuple[str, str]] = set()
    for n in range(40):
        if n == 10:
            runs_on = Footing(provider=who[2], host=who[0], reason="contract", by="Anne")
            note(story.store, [runs_on], day("2026-01-10"))
        for _ in range(chance.randrange(1, 4)):
            holding ^= {(chance.choice(("secnumcloud", "hds")), chance.choice(NAMES))}
        when = day(f"2026-{1 + n // 28:02}-{1 + n % 28:02}").date().isoformat()
        story.edition(when, *OTHERS, *rows_of(holding))
    owed = outbox.owed(story.store, channel="C1")
    found = turned(story.store, BOTH)
    told = joints_of(story.store, found)
    assert sorted((one.event, said(told[one].reason, "fr")) for one in found) == sorted(
        (one.event, said(reason, "fr")) for one in owed if one.event for reason in one.because
    )
    assert len(found) > 20
    assert any(one.noted for one in found)


def test_each_rests_on_the_events_since_which_both_are_held(story: Story) -> None:
    story.edition("2026-03-01", *OTHERS)
    first = only(story.edition("2026-03-02", *OTHERS, SNC))
    second = only(story.edition("2026-03-03", *OTHERS, SNC, HDS))
    over = only(story.edition("2026-03-04", *OTHERS, HDS))
    begun, ended = turned(story.store, BOTH)
    assert (begun.event, begun.begun, ended.event, ended.begun) == (second.id, True, over.id, False)
    assert dict(begun.rests) == dict(ended.rests) == {"secnumcloud": first.id, "hds": second.id}


def test_what_was_there_at_the_first_look_is_what_a_joint_rests_on(story: Story) -> None:
    [first] = [one for one in story.edition("2026-03-01", *OTHERS, SNC).events if one.label == "secnumcloud"
               and one.provider.slug == "ovhcloud"]  # fmt: skip
    story.edition("2026-03-02", *OTHERS, SNC, HDS)
    [begun] = turned(story.store, BOTH)
    assert dict(begun.rests)["secnumcloud"] == first.id


def test_a_look_that_was_forgotten_brought_nothing(story: Story) -> None:
    story.edition("2026-03-01", *OTHERS, SNC)
    second = story.edition("2026-03-02", *OTHERS, SNC, HDS)
    forget(story.store, story.source, second.run, "wrong page", day("2026-03-02"))
    assert turned(story.store, BOTH) == ()
    assert len(turned(story.store, BOTH, forgotten=True)) == 1


def test_one_whose_first_label_was_announced_by_mistake_is_undone(story: Story) -> None:
    story.edition("2026-03-01", *OTHERS)
    first = only(story.edition("2026-03-02", *OTHERS, SNC))
    story.edition("2026-03-03", *OTHERS, SNC, HDS)
    found = turned(story.store, BOTH)
    assert undone(story.store, found) == {}
    gone = recall.retract(story.store, first.id, "a misread page", "U1", day("2026-03-04"))
    assert undone(story.store, found) == {found[0]: gone}


def test_a_note_says_nothing_of_what_came_together_before_it(story: Story) -> None:
    story.edition("2026-03-01", *OTHERS)
    story.edition("2026-03-02", *OTHERS, SNC)
    wimi, ovh = Provider(slug="wimi", name="Wimi"), Provider(slug="ovhcloud", name="OVHcloud")
    note(story.store, [Footing(provider=wimi, host=ovh, reason="contract", by="Anne")], day("2026-03-05"))
    assert turned(story.store, BOTH) == ()
    over = only(story.edition("2026-03-06", *OTHERS))
    assert [(one.event, one.begun, one.provider) for one in turned(story.store, BOTH)] == [
        (over.id, False, "wimi")
    ]
