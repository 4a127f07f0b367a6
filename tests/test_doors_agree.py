"""One answer in every door: command line, API, page, Slack and the listing of the day, on real editions."""

from __future__ import annotations

import html
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import anyio
import engines
import httpx
import pytest
from click.testing import CliRunner
from real_registers import paris, watched

from notifiers.said.voice import counted_together, unbroken, voice
from state.file.store import Store
from state.kept.carried import carry
from state.model import Version
from state.seen.rows import listings
from watcher.app import App
from watcher.ask.archive import Archive
from watcher.cli import vigilabel
from watcher.settings import Settings
from watcher.slack.command import parse
from watcher.slack.desk import Asked
from watcher.slack.dispatch import answer
from watcher.slack.reply import Reply
from watcher.web.app import make_app
from watcher.web.edge.guards import Limit

pytestmark = pytest.mark.history

NOW = "2026-11-25T09:00"
TODAY = date(2026, 11, 25)
FEW, MANY = 150, 500
DAYS = [
    date.fromisoformat(day)
    for day in (
        *("2015-06-01", "2024-04-17", "2024-09-01", "2025-12-05", "2025-12-10", "2025-12-25", "2026-01-15"),
        *("2026-03-03", "2026-03-04", "2026-06-01", "2026-11-22", "2026-11-23", "2026-11-24", "2026-11-25"),
        *("2026-11-26", "2027-01-15", "2028-06-01", "2035-01-01"),
    )
]
"""Before the watch, in its gaps, on its editions, today, and to come."""
ANSWERS = {"yes": "Oui.", "no": "Non.", "unknown": "On ne sait pas."}
Json = dict[str, Any]


@dataclass(frozen=True)
class Question:
    """A name as somebody writes it, whom it should mean ("" for nobody), and what is asked."""

    text: str
    slug: str
    label: str
    day: date


class Doors:
    """Every way to ask, on one memory."""

    def __init__(self, app: App, store: Store) -> None:
        self.app, self.store = app, store
        archive = Archive(
            store=store, providers=app.watch(store).providers, sources=app.sources, now=app.clock()
        )
        self.asked = Asked(archive=archive, channel="C1", user="U1", lang="fr")
        self.web = make_app(app, limit=Limit(app.clock, burst=1e9))

    def command(self, *words: str) -> list[Json]:
        options = ["--state", self.app.settings.state, "--now", NOW]
        result = CliRunner().invoke(vigilabel, [*options, *words, "--format", "json"])
        assert result.exit_code == 0, (words, result.output)
        read: list[Json] = json.loads(result.stdout)
        return read

    def get(self, paths: Sequence[str]) -> list[httpx.Response]:
        async def ask() -> list[httpx.Response]:
            transport = httpx.ASGITransport(self.web, raise_app_exceptions=False)
            client = httpx.AsyncClient(transport=transport, base_url="http://pages.test")
            client.follow_redirects = True  # a name leads to the address of whom it means
            async with client:
                return [await client.get(path) for path in paths]

        return anyio.run(ask)

    def slack(self, text: str) -> Reply:
        return answer(self.asked, parse(text))


@pytest.fixture(scope="module", params=engines.ENGINES)
def doors(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, shared: Path
) -> Iterator[Doors]:
    """The doors of a watch on each engine: the memory in a file, and the same one carried to a server."""
    file: Path = tmp_path_factory.mktemp("doors") / "watch.db"
    watched(shared, file)
    state = str(file)
    if request.param != "sqlite":
        server = request.getfixturevalue("postgres")
        state = server.url(server.database())
        carry(str(file), state)
    app = App(Settings(state=state), lambda: paris(NOW))
    with app.open_store() as store:
        yield Doors(app, store)


def rewrite(text: str, chance: random.Random) -> str:
    """The name as people write it: as printed, shouted, in small letters, or misspelt."""
    if chance.random() < 0.08:
        return text[:3] + "q" + text[3:]
    return chance.choice((str, str.upper, str.lower))(text)


def day_asked(row: Version, chance: random.Random) -> date:
    """Any day, or one next to a day that the row prints."""
    printed = [one for one in (row.known.attestation.valid_from, row.known.attestation.valid_until) if one]
    near = [day + timedelta(days=step) for day in printed for step in (-1, 0, 1)]
    return chance.choice(near if near and chance.random() < 0.3 else DAYS)


@pytest.fixture(scope="module", params=[FEW, pytest.param(MANY, marks=pytest.mark.soak)])
def questions(request: pytest.FixtureRequest, doors: Doors) -> list[Question]:
    """As many as wanted, always the same ones: of days and labels at random, who has a row of the label and
    who has none, by slug, name or holder."""
    chance, count = random.Random(20261125), int(request.param)
    names, rows = doors.asked.archive.names, listings.versions(doors.store)
    by_label: defaultdict[str, list[Version]] = defaultdict(list)
    for row in rows:
        by_label[row.known.attestation.label].append(row)
    asked: list[Question] = []
    while len(asked) < count:
        label = chance.choice(sorted(by_label))
        day = day_asked(chance.choice(by_label[label]), chance)
        for row in (*chance.choices(by_label[label], k=6), *chance.choices(rows, k=2)):
            known = row.known
            name = chance.choice((known.provider.slug, known.provider.name, known.attestation.holder))
            text = rewrite(name, chance)
            meant = names.meant(text)
            if len(meant) < 2 and "/" not in text:  # what stands for two is refused; a slash parts an address
                asked.append(Question(text=text, slug=meant[0].slug if meant else "", label=label, day=day))
    return asked[:count]


@pytest.fixture(scope="module")
def answers(doors: Doors, questions: list[Question]) -> list[Json]:
    """What the command line says to each question."""
    return [doors.command("was", one.text, one.label, str(one.day))[0] for one in questions]


def verdict(page: str) -> str:
    found = re.search(r'<p class="verdict (\w+)">', page)
    assert found
    return found[1]


def test_every_door_gives_the_same_answer(
    doors: Doors, questions: list[Question], answers: list[Json]
) -> None:
    """The same provider, answer, basis, dates and proofs; a misspelt name is nowhere a no."""
    paths = [
        f"{base}/was/{quote(one.text)}/{one.label}/{one.day}" for one in questions for base in ("/api/v1", "")
    ]
    got = iter(doors.get(paths))
    for one, told, api, page in zip(questions, answers, got, got, strict=True):
        reply = doors.slack(f'was "{one.text}" {one.label} {one.day}')
        line = "".join(span.text for span in reply.items[0][0])
        assert line.startswith(ANSWERS[told["answer"]]), one
        if not one.slug:
            assert (told["answer"], told["basis"], told["evidence"]) == ("unknown", "unknown_name", []), one
            assert (api.status_code, page.status_code) == (404, 404), one
            continue
        assert told["provider"]["slug"] == one.slug, one
        assert api.json() == told, one
        assert verdict(page.text) == told["answer"], one
        said = counted_together(unbroken(line.removeprefix(ANSWERS[told["answer"]]).strip()))
        assert html.unescape(page.text).count(said), one


def test_the_questions_are_of_every_kind(questions: list[Question], answers: list[Json]) -> None:
    kinds = Counter((told["answer"], told["basis"]) for told in answers)

    assert len(questions) in (FEW, MANY)
    assert {one.slug in ("", one.text) for one in questions} == {True, False}
    assert set(kinds) >= {
        ("yes", "observed"), ("yes", "decision"), ("no", "absent"), ("unknown", "printed"),
        ("unknown", "printed_end"), ("unknown", "not_watched"), ("unknown", "unknown_name"),
    }  # fmt: skip
    assert min(kinds.values()) > 2


def test_the_listing_of_a_day_is_everybody_to_whom_was_does_not_say_no(
    doors: Doors, questions: list[Question], answers: list[Json]
) -> None:
    """With yes where it says yes: of all that ever had the label, and nobody else."""

    @cache
    def listing(label: str, day: date) -> Mapping[str, str]:
        best: dict[str, str] = {}
        for row in doors.command("listing", label, "--on", str(day)):
            slug = row["provider"]["slug"]
            best[slug] = "yes" if "yes" in (row["answer"], best.get(slug)) else row["answer"]
        return best

    @cache
    def ever(label: str) -> frozenset[str]:
        rows = listings.versions(doors.store, label=label)
        return frozenset(row.known.provider.slug for row in rows if row.known.attestation.stands)

    for one, told in zip(questions, answers, strict=True):
        listed = listing(one.label, one.day).get(one.slug)
        if one.slug in ever(one.label):
            assert listed == (None if told["answer"] == "no" else told["answer"]), one
        else:
            assert listed is None, one
            assert told["answer"] != "yes", one


def rows_of_pages(doors: Doors, label: str, day: str) -> Iterator[tuple[str, str]]:
    """The provider of each row on all pages of a label on a day, with the word on that day."""
    for number in count(1):
        [page] = doors.get([f"/labels/{label}?on={day}&page={number}"])
        rows = re.findall(
            r'<tr.*?href="/providers/([^"/?]+).*?data-head="Ce jour-là">([^<]*)<', page.text, re.DOTALL
        )
        yield from rows
        if f"page={number + 1}" not in page.text:
            return


@pytest.mark.parametrize("label", ["secnumcloud", "passi", "eidas-timestamp", "mie"])
@pytest.mark.parametrize("day", ["2024-09-01", "2026-01-15", "2026-11-24", "2027-01-15"])
def test_every_door_lists_the_same_rows_with_the_same_words(doors: Doors, label: str, day: str) -> None:
    told = doors.command("listing", label, "--on", day)
    [api] = doors.get([f"/api/v1/labels/{label}?on={day}"])
    reply = doors.slack(f"listing {label} {day}")
    words = [voice("fr").each("past.held", row["basis"]) for row in told]

    assert api.json()["attestations"] == told
    assert sorted(rows_of_pages(doors, label, day)) == sorted(
        (row["provider"]["slug"], word) for row, word in zip(told, words, strict=True)
    )
    assert ["".join(span.text for span in item[0]).rsplit(" · ", 1)[1] for item in reply.items] == words
    assert len(told) > 0


def test_the_example_of_the_readme_shows_s3ns(doors: Doors) -> None:
    rows = doors.command("listing", "secnumcloud", "--on", "2026-01-15")
    [s3ns] = [row for row in rows if row["provider"]["slug"] == "s3ns"]

    assert (s3ns["answer"], s3ns["basis"]) == ("yes", "decision")


def test_what_the_last_look_lacks_is_nowhere_observed(doors: Doors) -> None:
    """And the bounds name the last look with it, and the first without."""
    [told] = doors.command("was", "cyclamis", "hds", str(TODAY))
    listed = doors.command("listing", "hds", "--on", str(TODAY))
    [row] = [row for row in listed if row["provider"]["slug"] == "cyclamis"]

    assert (told["answer"], told["basis"]) == (row["answer"], row["basis"]) == ("unknown", "unconfirmed")
    assert told["bounds"]["last_with"]["seen_at"].startswith("2026-11-22")
    assert told["bounds"]["first_without"]["seen_at"].startswith("2026-11-24")


def test_the_evidence_of_an_answer_fits_it(answers: list[Json]) -> None:
    """A yes is proved by rows; "not listed" stands only under a sentence that says so."""
    for told in answers:
        places = [proof["place"] for proof in told["evidence"]]
        if told["answer"] == "yes":
            assert places, told
            assert "not listed" not in places, told
        if "not listed" in places:
            assert re.search(r"[Nn]ot listed|[Nn]o longer|neither|Absent|not list it", told["sentence"]), told
        if re.search(r"lists it|\bListed in", told["sentence"]):
            assert set(places) != {"not listed"}, told


def test_after_a_printed_end_the_end_is_named(questions: list[Question], answers: list[Json]) -> None:
    over = [told for told in answers if told["ended"] is not None]

    assert len(over) > len(questions) / 25
    for told in over:
        assert told["ended"] < told["date"], told
        assert told["ended"] in told["sentence"], told
