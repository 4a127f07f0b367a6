"""One answer, drawn where it is heard: the same words at a terminal and on Slack, and nothing that acts."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pytest

from notifiers.said.voice import Span, line_text
from state.model import Provider
from state.words.post import Channel, Subscription
from watcher.said.drawn.table import draw, told_text
from watcher.said.told import Told, bold, dotted, hearer, plain, programs, some, terminal
from watcher.said.wish import list_told, quieted_told, wish_text

NOW = datetime(2026, 3, 4, 7, 30, 15, tzinfo=UTC)
S3NS = Provider(slug="s3ns", name="S3NS")
WISH = Subscription(id=3, channel="C1", words=("s3ns", "hds"), names=("s3ns",), labels=("hds",), kinds=())
SUSPENDED = Channel(id="C1", state="suspended", reason="Slack refused (is_archived)", digest="daily 08:30")


class Screen(io.StringIO):
    """A terminal, eighty columns wide."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def text(told: Told) -> str:
    return told_text(told).replace("\u00a0", " ").replace("\u202f", " ")


def test_a_command_is_written_as_one_types_it_where_the_answer_is_heard() -> None:
    assert terminal().typed("approve", 12, reason=True) == "`vigilabel approve 12 --reason TEXT`"
    assert hearer("fr").typed("approve", 12, reason=True) == "/vigilabel approuver 12 motif"
    assert hearer("en").typed("resume") == "/vigilabel resume"


def test_a_terminal_is_told_days_as_programs_write_them_and_every_door_times_in_paris() -> None:
    times = [one.say.moment(NOW) for one in (terminal(), programs(), hearer("fr"))]
    assert times == [
        "2026-03-04 08:30 (Paris time)",
        "2026-03-04 07:30:15 UTC",
        "04/03/2026 08:30 (heure de Paris)",
    ]
    assert (terminal().seen(NOW), hearer("fr").seen(NOW)) == ("2026-03-04 08:30 (Paris time)", "04/03/2026")


def test_an_item_begins_at_the_margin_and_its_other_lines_below_it() -> None:
    told = Told(
        head="Who", intro=(plain("Two."), ()), items=((bold("S3NS", " yes"), plain("row")), (plain("Bleu"),))
    )
    assert told_text(told) == "Who\nTwo.\nS3NS yes\n  row\nBleu\n"


def test_an_address_is_printed_only_where_it_is_asked_for() -> None:
    told = Told(intro=((Span(text="p. 3", url="https://register.test/"),),))
    assert told_text(told) == "p. 3\n"
    assert told_text(told, addresses=True) == "p. 3 <https://register.test/>\n"


@pytest.mark.parametrize("stream", [Screen, io.StringIO])
def test_rows_of_one_provider_stand_under_one_head(stream: type[io.StringIO]) -> None:
    oodrive, written = plain("Oodrive yes"), stream()
    rows = ((oodrive, plain("Work")), (oodrive, plain("Meet")), (plain("OVH"), plain("Bare Metal")))
    draw(Told(items=(*rows, (oodrive, plain("Share")), (plain("one"),), (plain("one"),))), written)
    lines = [line.rstrip() for line in written.getvalue().splitlines()]
    under = ["Oodrive yes", "  Work", "  Meet", "OVH", "  Bare Metal"]
    assert lines == [*under, "Oodrive yes", "  Share", "one", "one"]


@pytest.mark.parametrize(
    ("lang", "first"), [("en", "until 29 Dec 2026, then"), ("fr", "jusqu’au 29/12/2026, puis")]
)
def test_two_ends_are_no_span(lang: str, first: str) -> None:
    said = hearer(lang).say("race.between", first=date(2026, 12, 29), last=date(2028, 3, 24))
    assert said.startswith(first)


def test_text_alone_has_no_pictures() -> None:
    told = Told(head="⚠️ Retracted", items=((plain("✅ up to date"), plain("⚠️ stale"), plain("⚪ never")),))
    assert told_text(told) == "! Retracted\nup to date\n  ! stale\n  never\n"


@pytest.mark.parametrize("stream", [Screen, io.StringIO])
def test_what_a_register_prints_cannot_act_on_a_screen(stream: type[io.StringIO]) -> None:
    hostile = "Evil\x1b[2J [bold]name[/bold] \u202egpj"
    written = stream()
    draw(Told(head=hostile, intro=(bold(hostile, hostile),), items=((plain(hostile),),)), written)
    said = written.getvalue()
    assert "\x1b[2J" not in said
    assert "\u202e" not in said
    assert "[bold]name[/bold]" in said


def test_lines_are_wrapped_on_a_screen_below_their_item(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    screen = Screen()
    draw(Told(items=((plain("S3NS"), plain("word " * 20)),)), screen)
    first, *others = screen.getvalue().splitlines()
    assert first == "S3NS"
    assert len(others) > 2
    assert all(line.startswith("  word") and len(line) <= 40 for line in others)


def test_the_subscriptions_of_a_channel_are_told_in_the_words_of_whoever_asks() -> None:
    found = [(WISH, SUSPENDED)]

    def named(name: str) -> Provider | None:
        return S3NS if name == "s3ns" else None

    here = list_told(found, named, NOW, hearer("fr"), SUSPENDED)
    there = list_told(found, named, NOW, terminal())
    assert text(here) == "Abonnements de ce canal\nn° 3 · s3ns hds\n" + (
        "  Ce canal est prévenu de tout changement notable concernant S3NS pour HDS.\n"
    )
    assert here.foot[1:] == ("Rythme du canal\u00a0: un résumé chaque jour à 08:30",)
    assert "Une fois réparé\u00a0: /vigilabel reprendre." in here.foot[0]
    assert there.foot == ()
    assert "C1 is told of every notable change about S3NS under HDS." in text(there)
    assert "Once mended: `vigilabel resume C1`." in text(there)
    assert "one summary a day at 08:30" in text(there)


def test_a_channel_without_subscriptions_hears_all_the_same_why_it_takes_nothing() -> None:
    told = list_told([], lambda _: None, NOW, hearer("fr"), SUSPENDED)
    assert "Aucun abonnement ici" in text(told)
    assert "Une fois réparé\u00a0: /vigilabel reprendre." in told.foot[0]


def test_words_that_name_nobody_are_quoted_as_they_were_written() -> None:
    said = wish_text(WISH, lambda _: None, hearer("fr"))
    assert said.replace("\u00a0", " ") == (
        "Ce canal est prévenu de tout changement notable concernant « s3ns » pour HDS."
    )


@pytest.mark.parametrize(("to", "word"), [(terminal(), "add `--strict`."), (hearer("en"), "add strict.")])
def test_quiet_hours_say_how_to_hold_all_where_they_are_set(to: object, word: str) -> None:
    known = Channel(id="C1", quiet="20:00-08:00 Europe/Paris", quiet_lets_high=True)
    assert word in text(quieted_told(known, to))  # type: ignore[arg-type]


def test_many_names_are_counted_and_pieces_that_say_nothing_leave_no_dot() -> None:
    assert some([str(n) for n in range(10)], hearer("fr")) == "0, 1, 2, 3, 4, 5, 6, 7 et 2 autres"
    assert line_text(dotted("a", "", Span(text="b"), Span(text=""))) == "a · b"
