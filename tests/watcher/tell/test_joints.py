"""Labels together: told once when the second arrives, once when the first goes, and for nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from toy_register import day
from toy_story import Story, only

from notifiers.said import digest, parts
from notifiers.said.reasons import said
from state.file.opening import open_store
from state.model import Provider
from state.noted.footings import Footing, note
from state.owed import outbox
from state.words.post import Message
from watcher.errors import UnknownWord
from watcher.look.forget import forget
from watcher.tell.want import understand

BOTH = "secnumcloud+hds"
SNC = "secnumcloud | OVHcloud | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24 | scope=IaaS"
POD = "secnumcloud | OVHcloud | Other Pod | 2025_560 | 2025-03-24 | 2028-03-24 | scope=IaaS"
HDS = "hds | OVHcloud | - | 36741 | - | 2027-05-01"
OTHERS = (
    "secnumcloud | Oodrive | Oodrive_Work | 2025_241 | 2025-01-20 | 2028-01-25",
    "hds | Whaller | - | 4242 | - | 2027-05-01",
)


@pytest.fixture
def story() -> Iterator[Story]:
    with open_store(":memory:") as store:
        yield Story(store)


def because(story: Story, channel: str = "C1") -> list[str]:
    """What the channel is told beside the events, in order."""
    owed = outbox.owed(story.store, channel=channel)
    return [said(reason, "fr").replace("\u00a0", " ") for one in owed for reason in one.because]


def look(story: Story, when: str, *rows: str) -> list[str]:
    """The events of an edition: kind, provider and label."""
    events = story.edition(when, *OTHERS, *rows).events
    return [f"{event.kind} {event.provider.slug} {event.label}" for event in events]


@pytest.mark.parametrize(("first", "second"), [(SNC, HDS), (HDS, SNC)])
def test_the_second_to_arrive_is_told_and_the_first_is_not(story: Story, first: str, second: str) -> None:
    story.subscribe(labels=(BOTH,))
    look(story, "2026-03-01")
    look(story, "2026-03-02", first)
    assert story.told() == []
    event = only(story.edition("2026-03-03", *OTHERS, first, second))
    assert story.told() == [event.id]
    assert because(story) == ["OVHcloud détient désormais les deux : SecNumCloud et HDS"]


def test_a_look_that_gains_both_tells_once(story: Story) -> None:
    story.subscribe(labels=(BOTH,))
    look(story, "2026-03-01")
    events = story.edition("2026-03-02", *OTHERS, SNC, HDS).events
    assert len(events) == 2
    assert story.told() == [events[-1].id]


def test_more_services_of_both_are_no_news(story: Story) -> None:
    story.subscribe(labels=(BOTH,))
    look(story, "2026-03-01", SNC, HDS)
    assert look(story, "2026-03-02", SNC, HDS, POD) == ["service_added ovhcloud secnumcloud"]
    assert story.told() == []


def test_what_was_there_at_the_first_look_is_told_to_nobody(story: Story) -> None:
    story.subscribe(labels=(BOTH,))
    look(story, "2026-03-01", SNC, HDS)
    assert story.told() == []


def test_the_first_to_go_is_told_and_the_second_is_not(story: Story) -> None:
    story.subscribe(labels=(BOTH,))
    look(story, "2026-03-01", SNC, HDS)
    gone = only(story.edition("2026-03-02", *OTHERS, HDS))
    assert story.told() == [gone.id]
    assert because(story) == ["OVHcloud ne détient plus les deux à la fois : SecNumCloud et HDS"]
    assert look(story, "2026-03-03") == ["lost ovhcloud hds"]
    assert story.told() == [gone.id]


def test_both_gone_in_one_look_are_told_once(story: Story) -> None:
    story.subscribe(labels=(BOTH,))
    look(story, "2026-03-01", SNC, HDS)
    events = story.edition("2026-03-02", *OTHERS).events
    assert len(events) == 2
    assert story.told() == [events[0].id]


def test_coming_back_is_told_again(story: Story) -> None:
    story.subscribe(labels=(BOTH,))
    look(story, "2026-03-01", SNC, HDS)
    look(story, "2026-03-02", HDS)
    back = only(story.edition("2026-03-03", *OTHERS, SNC, HDS))
    assert story.told()[-1] == back.id
    assert len(story.told()) == 2
    assert because(story)[-1].startswith("OVHcloud détient désormais les deux")


def test_an_end_that_passes_takes_nothing_away(story: Story) -> None:
    story.subscribe(labels=(BOTH,))
    ended = HDS.replace("2027-05-01", "2026-03-05")
    look(story, "2026-03-01", SNC, ended)
    assert "expired ovhcloud hds" in look(story, "2026-03-09", SNC, ended)
    assert story.told() == []


def test_a_removal_that_is_held_takes_nothing_away(story: Story) -> None:
    """Of an undated page a removal waits for a second look; until then the row counts as listed."""
    story.subscribe(labels=(BOTH,))
    rows = [*OTHERS, SNC, HDS]
    story.see("2026-03-01", "\n".join(["edition -", *rows]))
    held = story.see("2026-03-02", "\n".join(["edition -", *rows[:-1]]))
    assert held.missing
    assert story.told() == []
    story.see("2026-03-03", "\n".join(["edition -", *rows]))
    assert story.told() == []


def test_a_doubtful_reading_tells_nothing(story: Story) -> None:
    story.subscribe(labels=(BOTH,))
    look(story, "2026-03-01", SNC)
    story.see("2026-03-02", "no edition at all")
    assert story.told() == []
    assert look(story, "2026-03-03", SNC, HDS) == ["gained ovhcloud hds"]
    assert len(story.told()) == 1


def test_a_second_register_of_a_label_neither_brings_nor_takes_it(story: Story) -> None:
    story.subscribe(labels=(BOTH,))
    look(story, "2026-03-01", SNC, HDS)
    story.see("2026-03-01", "\n".join(("edition 2026-03-01", *OTHERS)), name="other-register")
    story.see("2026-03-02", "\n".join(("edition 2026-03-02", *OTHERS, SNC)), name="other-register")
    assert story.told() == []
    gone = story.see("2026-03-03", "\n".join(("edition 2026-03-03", *OTHERS)), name="other-register")
    assert [event.kind for event in gone.events] == ["lost"]
    assert story.told() == []


def test_labels_of_two_registers_come_together(story: Story) -> None:
    story.subscribe(labels=(BOTH,))
    health, cloud = frozenset({"hds"}), frozenset({"secnumcloud"})
    story.see("2026-03-01", f"edition 2026-03-01\n{OTHERS[0]}", covers=cloud, labels=("secnumcloud",))
    story.see("2026-03-02", f"edition 2026-03-02\n{OTHERS[0]}\n{SNC}")
    hds = {"name": "ans-hds", "covers": health, "labels": ("hds",)}
    story.see("2026-03-01", f"edition 2026-03-01\n{OTHERS[1]}", **hds)
    assert story.told() == []
    second = only(story.see("2026-03-03", f"edition 2026-03-03\n{OTHERS[1]}\n{HDS}"))
    assert story.told() == [second.id]


def test_who_follows_each_label_too_gets_one_delivery(story: Story) -> None:
    for labels in ((BOTH,), ("secnumcloud",), ("hds",)):
        story.subscribe(labels=labels)
    look(story, "2026-03-01", SNC)
    event = only(story.edition("2026-03-02", *OTHERS, SNC, HDS))
    [owed] = outbox.owed(story.store, channel="C1")
    assert (owed.event, owed.matched) == (event.id, (1, 3))
    assert len(because(story)) == 1


def test_who_follows_a_label_alone_hears_nothing_of_both(story: Story) -> None:
    story.subscribe(labels=("hds",))
    look(story, "2026-03-01", SNC)
    look(story, "2026-03-02", SNC, HDS)
    assert len(story.told()) == 1
    assert because(story) == []


def test_one_provider_is_followed_by_its_name(story: Story) -> None:
    story.subscribe(names=("oodrive",), labels=(BOTH,))
    look(story, "2026-03-01", SNC)
    look(story, "2026-03-02", SNC, HDS)
    assert story.told() == []
    event = only(
        story.edition("2026-03-03", *OTHERS, SNC, HDS, HDS.replace("OVHcloud", "Oodrive").replace("367", "9"))
    )
    assert story.told() == [event.id]


def test_what_runs_on_another_has_its_secnumcloud_by_a_note(story: Story) -> None:
    ovh, whaller = Provider(slug="ovhcloud", name="OVHcloud"), Provider(slug="whaller", name="Whaller")
    story.subscribe(names=("whaller",), labels=(BOTH,))
    look(story, "2026-03-01")
    runs_on = Footing(provider=whaller, host=ovh, reason="contract", by="Anne")
    note(story.store, [runs_on], day("2026-03-01"))
    event = only(story.edition("2026-03-02", *OTHERS, SNC))
    assert story.told() == [event.id]
    [text] = because(story)
    assert text.startswith("Whaller détient désormais les deux : SecNumCloud et HDS, selon une note de Anne")
    gone = only(story.edition("2026-03-03", *OTHERS))
    assert story.told() == [event.id, gone.id]


def test_who_has_both_by_itself_loses_nothing_with_its_host(story: Story) -> None:
    """The loss of its own label is told, and not that of a host in the same look."""
    ovh, whaller = Provider(slug="ovhcloud", name="OVHcloud"), Provider(slug="whaller", name="Whaller")
    own = SNC.replace("OVHcloud", "Whaller").replace("559", "9")
    story.subscribe(names=("whaller",), labels=(BOTH,))
    look(story, "2026-03-01", SNC, own)
    note(story.store, [Footing(provider=whaller, host=ovh, reason="contract", by="Anne")], day("2026-03-01"))
    events = story.edition("2026-03-02", OTHERS[0], own).events
    assert story.told() == [next(one.id for one in events if one.label == "hds")]
    assert because(story) == ["Whaller ne détient plus les deux à la fois : SecNumCloud et HDS"]


def test_one_of_two_hosts_that_goes_takes_nothing_away(story: Story) -> None:
    whaller = Provider(slug="whaller", name="Whaller")
    hosts = [Provider(slug="ovhcloud", name="OVHcloud"), Provider(slug="oodrive", name="Oodrive")]
    story.subscribe(names=("whaller",), labels=(BOTH,))
    look(story, "2026-03-01", SNC)
    on_two = [
        Footing(provider=whaller, service=name, host=host, reason="contract", by="Anne")
        for name, host in zip(("Donjon", "Forum"), hosts, strict=True)
    ]
    note(story.store, on_two, day("2026-03-01"))
    look(story, "2026-03-02")
    assert story.told() == []
    gone = only(story.edition("2026-03-03", OTHERS[1]))
    assert story.told() == [gone.id]


def test_hds_is_nobodys_by_what_it_runs_on(story: Story) -> None:
    ovh, oodrive = Provider(slug="ovhcloud", name="OVHcloud"), Provider(slug="oodrive", name="Oodrive")
    story.subscribe(names=("oodrive",), labels=(BOTH,))
    look(story, "2026-03-01")
    note(story.store, [Footing(provider=oodrive, host=ovh, reason="contract", by="Anne")], day("2026-03-01"))
    look(story, "2026-03-02", HDS)
    assert story.told() == []


def test_a_look_that_is_taken_back_owes_nothing_more(story: Story) -> None:
    story.subscribe(labels=(BOTH,))
    look(story, "2026-03-01", SNC)
    second = story.edition("2026-03-02", *OTHERS, SNC, HDS)
    forget(story.store, story.source, second.run, "wrong page", day("2026-03-02"))
    [owed] = outbox.owed(story.store, channel="C1")
    assert owed.state == "given_up"


def test_the_message_says_that_both_are_held(story: Story) -> None:
    story.subscribe(labels=(BOTH,))
    look(story, "2026-03-01", SNC)
    event = only(story.edition("2026-03-02", *OTHERS, SNC, HDS))
    [owed] = outbox.owed(story.store, channel="C1")
    message = Message(key="k", channel="C1", lang="fr", events=(event,), because={event.id: owed.because})
    text = "OVHcloud détient désormais les deux : SecNumCloud et HDS."
    assert parts.whole(message).replace("\u00a0", " ").splitlines()[1].strip() == text
    assert digest.preview(message).replace("\u00a0", " ").startswith(text)


@pytest.mark.parametrize(
    "words",
    [
        ("secnumcloud+hds",),
        ("HDS+SecNumCloud",),
        ("secnumcloud", "+", "hds"),
        ("secnumcloud+", "hds"),
        ("snc + hds",),
        ("cloud de confiance santé",),
    ],
)
def test_all_ways_to_write_it_are_one_wish(words: tuple[str, ...]) -> None:
    assert understand(words).labels == (BOTH,)
    assert understand(("S3NS", *words, "perdu")).names == ("S3NS",)


def test_two_labels_side_by_side_are_not_together() -> None:
    assert understand(("secnumcloud", "hds")).labels == ("secnumcloud", "hds")
    assert understand(("canal+", "hds")).names == ("canal+",)


def test_a_kind_that_never_comes_is_refused() -> None:
    with pytest.raises(UnknownWord) as refused:
        understand((BOTH, "expiring"))
    assert "ne peut être suivi" in said(refused.value.reason, "fr")


def test_a_second_that_is_printed_to_begin_later_is_told_with_that_day(story: Story) -> None:
    story.subscribe(labels=(BOTH,))
    look(story, "2026-03-01", SNC)
    only(story.edition("2026-03-02", *OTHERS, SNC, "hds | OVHcloud | - | 36741 | 2026-08-27 | 2029-08-26"))
    assert because(story) == [
        "OVHcloud détiendra les deux à compter du 27/08/2026, d’après les dates imprimées : "
        "SecNumCloud et HDS"
    ]
