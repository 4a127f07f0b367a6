"""When a channel is told, in which language, and taking an event back: from the command line."""

from __future__ import annotations

import pytest
from command_line import CommandLine

OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24"
BLEU = "secnumcloud | Bleu | Cloud | 2026_1 | 2026-01-01 | 2029-01-01"
BLEU_2 = "secnumcloud | Bleu | Another cloud | 2026_2 | 2026-01-01 | 2029-01-01"


@pytest.fixture
def watched(cli: CommandLine) -> CommandLine:
    """A memory with one row, and a console that hears everything from 1 March on."""
    cli.saw(("2026-03-01", OVH))
    cli("subscribe", "all", "--channel", "console", now="2026-03-01T21:00")
    return cli


def why(cli: CommandLine, now: str) -> str:
    [gained] = cli.json("history", "--provider", "bleu", "--kind", "gained")
    return str(cli.json("why", str(gained["id"]), "--channel", "console", now=now)[0]["why"])


def test_a_digest_says_when_the_next_goes_and_keeps_until_then(watched: CommandLine) -> None:
    said = watched("digest", "console", "weekly", "mon", "9h", now="2026-03-02T12:00")
    watched.see("2026-03-02", OVH, BLEU)  # a Monday evening
    assert "one summary every Monday at 09:00.\nNext digest: 2026-03-09 09:00 (Paris time)." in said.stdout
    assert "Kept for the digest of 2026-03-09 08:00:00 UTC" in why(watched, "2026-03-03")
    assert watched("deliver", now="2026-03-08").stdout == ""
    assert "Bleu obtient" in watched("deliver", now="2026-03-09T09:00").stdout


def test_quiet_hours_hold_back_and_say_so(watched: CommandLine) -> None:
    said = watched("quiet", "console", "20:00-08:00", "--strict")
    watched.see("2026-03-02", OVH, BLEU)
    assert "from 20:00 to 08:00 (Europe/Paris)" in said.stdout
    assert "Events of high weight wait as well." in said.stdout
    assert "Kept for the end of the quiet hours, 2026-03-03 07:00:00 UTC" in why(watched, "2026-03-02T22:00")
    assert watched("deliver", now="2026-03-02T22:00").stdout == ""
    watched("quiet", "console", "off")
    assert "Bleu obtient" in watched("deliver", now="2026-03-02T22:00").stdout


def test_a_pause_keeps_and_says_how_to_end_it(watched: CommandLine) -> None:
    said = watched("pause", "1", "2w", now="2026-03-01T22:00")
    watched.see("2026-03-02", OVH, BLEU)
    assert "vigilabel pause 1 off" in said.stdout
    assert "Kept while the subscription is paused, until 2026-03-15 21:00:00 UTC" in why(
        watched, "2026-03-03"
    )
    [one] = watched.json("subscriptions")
    assert one["paused_until"] == "2026-03-15T21:00:00Z"
    assert watched("deliver", now="2026-03-03").stdout == ""
    watched("pause", "1", "off", now="2026-03-03")
    assert "Bleu obtient" in watched("deliver", now="2026-03-03").stdout


def test_a_language_is_that_of_the_channel(watched: CommandLine) -> None:
    watched("lang", "console", "en")
    watched.see("2026-03-02", OVH, BLEU)
    assert "Bleu gains the SecNumCloud qualification" in watched("deliver", now="2026-03-03").stdout


def test_what_was_told_is_taken_back_once_and_why_says_so(watched: CommandLine) -> None:
    watched.see("2026-03-02", OVH, BLEU)
    watched("deliver", now="2026-03-03")
    [gained] = watched.json("history", "--provider", "bleu")
    said = watched("retract", str(gained["id"]), "--reason", "page mal lue", now="2026-03-04")
    assert "Channels that were told of it, and hear this: 1." in said.stdout
    assert "Retracted 2026-03-04 11:00:00 UTC by cli: page mal lue. Taken back there: Due since" in why(
        watched, "2026-03-04"
    )
    told = watched("deliver", now="2026-03-05").stdout
    assert "Alerte annulée" in told
    assert "page mal lue" in told
    assert watched("deliver", now="2026-03-06").stdout == ""
    again = watched("retract", str(gained["id"]), "--reason", "another", now="2026-03-07")
    assert "already retracted by cli" in again.stderr


def test_what_was_not_told_yet_is_never_told(watched: CommandLine) -> None:
    watched.see("2026-03-02", OVH, BLEU)
    [gained] = watched.json("history", "--provider", "bleu")
    said = watched("retract", str(gained["id"]), "--reason", "page mal lue")
    assert "hear this: 0." in said.stdout
    assert watched("deliver").stdout == ""
    assert "retracted before it was sent" in why(watched, "2026-03-06")


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        (("digest", "console", "hourly"), 2, "daily 08:30"),
        (("quiet", "console", "20:00"), 2, "20:00-08:00"),
        (("pause", "1", "ever"), 2, "2w"),
        (("pause", "9", "2w"), 1, "no subscription 9 in force"),
        (("retract", "99", "--reason", "x"), 1, "no event 99"),
        (("retract", "1", "--reason", " "), 2, "needs a reason"),
        (("lang", "console", "de"), 2, "fr"),
    ],
)
def test_what_cannot_be_done_is_one_line_that_says_what_to_write(
    watched: CommandLine, words: tuple[str, ...], code: int, hint: str
) -> None:
    result = watched(*words)
    assert result.exit_code == code
    assert hint in result.stderr


def test_why_names_the_nearest_subscription_first(watched: CommandLine) -> None:
    watched("unsubscribe", "1")
    watched("subscribe", "hds", "--channel", "C1")
    watched("subscribe", "bleu", "hds", "--channel", "C1")
    watched.see("2026-03-02", OVH, BLEU)
    [gained] = watched.json("history", "--provider", "bleu")
    said = watched.json("why", str(gained["id"]), "--channel", "C1")[0]
    assert [one["words"] for one in said["subscriptions"]] == [["bleu", "hds"], ["hds"]]
    assert "it watches hds, not secnumcloud" in said["why"]
