"""46 real editions of the trusted list, each imported on the day the mirror first saw it, and the days after.

What the watch says is held against `trusted_lists`, a reader of the tests' own: nothing told before its day,
nothing missed, nothing that did not happen, and no service missing from the listing while it is in force.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import pytest
from trusted_lists import PARIS, Edition, Service, day_of, editions, page, services

from notifiers.said.reasons import as_said, message_said
from scrapers.source import Unreachable
from scrapers.tl_fr.source import TlFr
from state.file.opening import open_store
from state.file.store import Store
from state.model import Cause, Event, Kind, Outcome, Page
from state.seen.rows import listings
from state.seen.who.providers import Providers, load_providers
from state.words.labels import Family, in_family
from watcher.ask.archive import Archive
from watcher.ask.day import past
from watcher.ask.holders import holders_of
from watcher.ask.past.was import Answer, Basis
from watcher.look.check import approve, check, look
from watcher.look.record import Watch
from watcher.prove.replay import rebuilt

Key = tuple[str, str]
"""A service under a label: the label, and the type with the certificate."""

OUT = (Kind.LOST, Kind.SERVICE_REMOVED)
IN = (Kind.GAINED, Kind.SERVICE_ADDED)
UNTIL = date(2029, 7, 1)
FEW = (126, 130, 137, 141, 142, 143, 144, 150, 151, 152, 155, 158, 163, 164, 165, 168, 171, 172, 174)
"""Editions by every signer, and next to each other where a certificate is replaced or an end is corrected."""

# They share one memory that takes a while to fill.
pytestmark = [pytest.mark.history, pytest.mark.xdist_group("trusted_lists")]


@dataclass(frozen=True)
class Look:
    """One look: when, at which edition, what was told, and the services listed as held after it."""

    at: datetime
    edition: int
    outcome: Outcome
    told: tuple[Event, ...]
    held: frozenset[Key]


class Years:
    """A replay: every edition at its time, and a failed look around every day that one prints."""

    def __init__(self, store: Store, shown: Sequence[Edition]) -> None:
        self.store, self.providers, self.source = store, load_providers(store), TlFr()
        self.shown, self.looks = shown, list[Look]()

    def live(self) -> None:
        following = [*self.shown[1:], None]
        for edition, after in zip(self.shown, following, strict=True):
            self._look(edition.first_seen, edition.number, page(edition.number, edition.first_seen))
            until = after.first_seen if after else datetime.combine(UNTIL, time(6), PARIS)
            for at in _days_printed(edition, until):
                self._look(at, edition.number, None)

    def _look(self, at: datetime, number: int, found: Page | None) -> None:
        watch = Watch(store=self.store, providers=self.providers)

        def nothing(_: str) -> Page:
            raise Unreachable(as_said("no answer"))

        checked = (
            look(self.source, [found], watch, at) if found else check(self.source, nothing, watch, lambda: at)
        )
        rows = listings.listing(self.store, self.source.name)
        held = frozenset(
            (row.attestation.label, row.attestation.ref or "") for row in rows if row.attestation.stands
        )
        told = tuple(event for event in checked.events if event.cause.told)
        self.looks.append(Look(at, number, checked.run.outcome, told, held))


def _days_printed(edition: Edition, until: datetime) -> list[datetime]:
    """Six in the morning of each day on which something printed ahead begins, of its eve, and twice a year: a
    watch that nobody woke for a year would doubt its clock."""
    begun = {begins for service in services(edition.number) for begins, _ in service.days}
    days = {day for begins in begun for day in (begins - timedelta(days=1), begins)}
    days |= {date(year, month, 15) for year in range(2024, UNTIL.year + 1) for month in (3, 9)}
    found = [datetime.combine(day, time(6), PARIS) for day in sorted(days)]
    return [at for at in found if edition.first_seen < at < until]


@pytest.fixture(scope="module", params=["few", pytest.param("all", marks=pytest.mark.soak)])
def years(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Years]:
    shown = [one for one in editions() if request.param == "all" or one.number in FEW]
    with open_store(str(tmp_path_factory.mktemp("years") / "years.db")) as store:
        told = Years(store, shown)
        told.live()
        yield told


def key(service: Service) -> Key:
    return (service.label, service.ref)


def truly_held(number: int, at: datetime) -> frozenset[Key]:
    return frozenset(key(service) for service in services(number) if service.held(day_of(at)))


def concerned(events: Sequence[Event], kinds: Sequence[Kind]) -> list[Key]:
    """The services that events of some kinds speak of; each row once."""
    return [
        (event.label, row.ref or "") for event in events if event.kind in kinds for row in event.attestations
    ]


def replaced(before: int, after: int) -> dict[Key, Key]:
    """Services that only change their certificate: the same holder, type and name, one of each."""

    def alone(number: int, others: int) -> dict[tuple[str, str, str, str], Key]:
        there = {key(service) for service in services(others)}
        own = [service for service in services(number) if key(service) not in there]
        named = [(s.label, s.holder, s.ref.split(" ")[0], s.name) for s in own]
        return {name: key(s) for name, s in zip(named, own, strict=True) if named.count(name) == 1}

    olds, news = alone(before, after), alone(after, before)
    return {olds[name]: news[name] for name in olds.keys() & news.keys()}


def test_every_edition_is_believed(years: Years) -> None:
    outcomes = [one.outcome for one in years.looks if one.edition and one.at in _first_seen(years)]
    assert outcomes == [Outcome.OK] * len(years.shown)
    assert {one.signer for one in years.shown} == {one.signer for one in editions()}


def _first_seen(years: Years) -> set[datetime]:
    return {edition.first_seen for edition in years.shown}


def test_no_service_is_missing_from_the_listing_while_in_force_and_none_is_too_many(years: Years) -> None:
    for one in years.looks:
        assert one.held == truly_held(one.edition, one.at), (one.edition, one.at)


def test_nothing_is_told_early_nothing_is_missed_and_nothing_false_is_told(years: Years) -> None:
    for before, now in zip(years.looks, years.looks[1:], strict=False):
        was_held, is_held = truly_held(before.edition, before.at), truly_held(now.edition, now.at)
        same = replaced(before.edition, now.edition) if before.edition != now.edition else {}
        gone = {old for old in was_held - is_held if same.get(old) not in is_held}
        come = {
            new for new in is_held - was_held if new not in {same[old] for old in same if old in was_held}
        }
        assert sorted(concerned(now.told, OUT)) == sorted(gone), (now.edition, now.at)
        assert sorted(concerned(now.told, IN)) == sorted(come), (now.edition, now.at)


def test_a_loss_was_expected_when_and_only_when_the_list_had_printed_its_day(years: Years) -> None:
    counted = {True: 0, False: 0}
    for before, now in zip(years.looks, years.looks[1:], strict=False):
        printed = truly_held(before.edition, now.at)
        for event in now.told:
            if event.kind in OUT:
                announced = all((event.label, row.ref) not in printed for row in event.attestations)
                assert (event.expected, event.cause is Cause.CALENDAR) == (announced, announced), event
                counted[announced] += 1
    assert counted[True] > 25
    assert counted[False] > 30


def test_an_end_printed_ahead_is_told_when_it_appears_moves_or_goes(years: Years) -> None:
    """Also where the certificate is replaced at once; a new service says its end with its arrival."""
    told = 0
    for before, now in zip(years.looks, years.looks[1:], strict=False):
        if before.edition == now.edition:
            continue
        olds = {key(one): _end(one, now.at) for one in services(before.edition) if one.held(day_of(now.at))}
        news = {key(one): _end(one, now.at) for one in services(now.edition) if one.held(day_of(now.at))}
        olds |= {new: olds[old] for old, new in replaced(before.edition, now.edition).items() if old in olds}
        sooner = {one for one in news if one in olds and news[one] < olds[one]}
        later = {one for one in news if one in olds and news[one] > olds[one]}
        assert set(concerned(now.told, [Kind.SHORTENED])) == sooner, now.edition
        assert set(concerned(now.told, [Kind.RENEWED])) == later, now.edition
        told += len(sooner) + len(later)
    assert told > 20


def _end(service: Service, at: datetime) -> date:
    ahead = [day for day, good in reversed(service.days) if day > day_of(at) and not good]
    return ahead[0] if ahead else date.max


def test_an_end_printed_for_2027_and_corrected_to_january_is_a_loss_of_the_day_it_was_corrected(
    years: Years,
) -> None:
    """CDC - LEGALIA: announced in 151 for 2027-01-08, corrected in 164."""
    told = [
        (event.kind, event.seen_at.date(), event.expected)
        for one in years.looks
        for event in one.told
        if any(row.subject == "CDC - LEGALIA" for row in event.attestations)
    ]
    assert told == [
        (Kind.SHORTENED, date(2025, 3, 29), None),
        (told[1][0], date(2025, 9, 30), False),
    ]
    assert told[1][0] in OUT


@pytest.fixture(scope="module")
def archive(years: Years) -> Archive:
    return Archive(
        store=years.store,
        providers=years.providers,
        sources={"tl-fr": years.source},
        now=years.looks[-1].at,
    )


def _holders_of(providers: Providers) -> list[tuple[str, str]]:
    return sorted(
        {(one.holder, one.label) for edition in editions()[::15] for one in services(edition.number)}
    )


@pytest.mark.parametrize("part", range(3))
def test_three_hundred_answers_about_days_are_those_of_the_list(
    years: Years, archive: Archive, part: int
) -> None:
    """Days before the watch, between editions, and after the last one; the last word of the list counts,
    unless a look of that very day saw a service listed."""
    dice, asked = random.Random(46 + part), _holders_of(years.providers)
    for _ in range(100):
        holder, label = dice.choice(asked)
        day = date(2016, 7, 1) + timedelta(days=dice.randrange(4500))
        who = years.providers.resolve(holder, "tl-fr", label)
        found = past(archive, who, label, day).finding
        true = _true(years, who.slug, label, day)
        if day <= day_of(editions()[-1].first_seen):
            assert (found.answer is Answer.YES) == true, (holder, label, day, found.basis)
            assert found.answer is not Answer.UNKNOWN
            assert found.basis in (Basis.OBSERVED, Basis.HISTORY, Basis.ABSENT)
        else:
            assert found.answer is not (Answer.NO if true else Answer.YES), (holder, label, day)


def _true(years: Years, slug: str, label: str, day: date) -> bool:
    last = editions()[-1].number
    on_the_day = [edition for edition in years.shown if _looked_on(edition, day)]
    return any(
        one.held(day)
        for number in (last, *(edition.number for edition in on_the_day))
        for one in services(number)
        if one.label == label and years.providers.resolve(one.holder, "tl-fr", label).slug == slug
    )


def _looked_on(edition: Edition, day: date) -> bool:
    return day_of(edition.issued) <= day <= day_of(edition.first_seen)


def test_the_listing_of_today_is_what_the_list_says_of_today(years: Years, archive: Archive) -> None:
    """Years after the last edition: what it printed ahead has come."""
    rows = holders_of(archive, in_family(Family.EIDAS)).rows
    found = {(row.known.attestation.label, row.known.attestation.ref) for row in rows}
    assert found == truly_held(174, archive.now)
    assert len(found) < len(truly_held(174, editions()[-1].issued))


@pytest.mark.usefixtures("really_read")
def test_a_list_by_a_new_signer_is_doubted_with_what_to_compare_and_believed_on_a_person_s_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    edition = editions()[-1]
    monkeypatch.setattr("scrapers.tl_fr.signers.NAMED", ())
    with open_store(":memory:") as store:
        watch, source = Watch(store=store, providers=load_providers(store)), TlFr()
        doubted = look(source, [page(edition.number, edition.first_seen)], watch, edition.first_seen).run
        assert (doubted.outcome, doubted.believed) == (Outcome.DOUBTFUL, False)
        assert edition.signer in doubted.message
        assert "le signataire n’est pas l’un des" in message_said(doubted, "fr")

        later = edition.first_seen + timedelta(hours=1)
        approved = approve(source, doubted, watch, "compared with the EU's list", later).run
        assert (approved.outcome, approved.believed) == (Outcome.OK, True)
        assert len(listings.listing(store, source.name)) > 300

        again = page(edition.number, later + timedelta(days=1))
        assert look(source, [again], watch, later + timedelta(days=1)).run.outcome is Outcome.OK
        renewed = replace(source, revision=source.revision + 1)
        reread = look(renewed, [again], watch, later + timedelta(days=2)).run
        assert reread.outcome is Outcome.OK


def test_the_whole_log_is_rebuilt_from_the_kept_lists_to_the_byte(years: Years) -> None:
    again = rebuilt(years.store, {"tl-fr": years.source})
    assert (again.difference, again.taken, again.runs) == ("", {}, len(years.looks))
