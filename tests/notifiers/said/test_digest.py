"""In which order a reader meets the events of one message."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from notifiers.said import digest, parts
from state.model import Attestation, Event, Kind, Reason
from state.words.post import Message, Notice

Build = Callable[..., Event]


def test_events_are_read_by_weight_then_by_label_as_it_matters_then_by_provider(
    an_event: Build, a_message: Callable[..., Message]
) -> None:
    def event(number: int, kind: Kind, label: str, name: str) -> Event:
        return an_event(kind, Attestation(label=label, holder=name), name, id=number)

    message = a_message(
        event(1, Kind.RENEWED, "hds", "Zèbre"),
        event(2, Kind.GAINED, "cspn", "Alpha"),
        event(3, Kind.LOST, "secnumcloud", "Outscale"),
        event(4, Kind.LOST, "hds", "Scalingo"),
        event(5, Kind.SERVICE_REMOVED, "secnumcloud", "OVHcloud"),
        event(6, Kind.GAINED, "a-label-of-tomorrow", "Alpha"),
        event(7, Kind.EXPIRED, "secnumcloud", "Outscale"),
        event(8, Kind.RENEWED, "hds", "Alpha"),
    )
    assert [one.id for one in digest.ordered(message)] == [3, 7, 5, 4, 2, 6, 8, 1]


SUMMARY = """Coverage: anssi-catalogue 71.1 %
Blind: never
Events: 5 gained, 1 lost
Messages: 10 sent
Ends printed for the next 90 days: lost SAS HDS on 2026-05-01
Head of the log: 12:abc"""

WEEK = (
    Reason.of("week_coverage", sources=(Reason.of("covered", source="anssi-catalogue", share=71.1),)),
    Reason.of("week_blind", spans=(Reason.of("never"),)),
    Reason.of(
        "week_events",
        counts=(
            Reason.of("count_kind", times=5, kind="gained"),
            Reason.of("count_kind", times=1, kind="lost"),
        ),
    ),
    Reason.of("week_messages", counts=(Reason.of("count_sent", times=10),)),
    Reason.of("week_ends", rows=(Reason.of("row_ends", name="lost SAS", mark="hds", day="2026-05-01"),)),
    Reason.of("week_head", head="12:abc"),
)


def test_a_summary_is_read_line_by_line_in_the_language_of_its_reader(
    a_message: Callable[..., Message],
) -> None:
    at = datetime(2026, 3, 9, tzinfo=UTC)
    notice = Notice(id=1, kind="summary", subject="2026-03-02", text=SUMMARY, at=at, said=WEEK)
    assert parts.whole(a_message(notices=(notice,))).replace("\u00a0", " ").splitlines() == [
        "Bilan de la semaine du 02/03/2026",
        "Couverture : anssi-catalogue 71,1 %",
        "Sans vue : jamais",
        "Événements : label obtenu (5), n’est plus listé (1)",
        "Messages : 10 envoyés",
        "Échéances imprimées dans les 90 jours : lost SAS, HDS, le 01/05/2026",
        "Tête du journal : 12:abc",
    ]
    assert parts.whole(a_message(lang="en", notices=(notice,))).splitlines()[1:] == SUMMARY.splitlines()


def test_a_lock_screen_shows_what_a_notice_found(a_message: Callable[..., Message]) -> None:
    found = Reason.of("many_lost", label="hds", lost=180, holders=302, most=60.4, held=181)
    lines, at = (found, Reason.of("approve_held", run=7)), datetime(2026, 3, 9, tzinfo=UTC)
    notice = Notice(id=1, kind="held", subject="ans-hds", text="kept", at=at, said=lines)
    said = digest.preview(a_message(notices=(notice,))).replace("\u00a0", " ").replace("\u202f", " ")
    assert said == (
        "Lecture retenue en partie : Liste HDS de l’ANS. HDS : 180 titulaires sur 302 disparaîtraient d’un "
        "coup, la limite est 60,4 ; 181 disparitions retenues"
    )
