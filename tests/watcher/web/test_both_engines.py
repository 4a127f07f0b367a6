"""Each page, list, feed, calendar and answer is the same to the byte whichever engine keeps the memory, also
where names are sorted, cut and looked for that two databases would take for different ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import anyio
import httpx
import pytest
from postgres_server import Server
from toy_register import ToyRegister, day, page

from benchmarks import walk
from watcher.app import App
from watcher.look.check import look
from watcher.settings import Settings
from watcher.web.app import make_app
from watcher.web.edge.guards import Limit

FIRST = day("2026-03-04")
NOW = FIRST + timedelta(days=6)
EACH = 2
"""How many addresses of one kind are asked."""
NAMES = (
    *(
        "Écurie",
        "ecurie",
        "ECURIE",
        "éclair",
        "Zèbre",
        "zebre",
        "œuvre",
        "Oeuvre",
        "ñ",
        "n",
        "Á",
        "á",
        "A",
        "a",
    ),
    *(
        "ß straße",
        "STRASSE",
        "İstanbul",
        "ı",
        "Ω",
        "ω",
        "日本",
        "ｆｕｌｌ",
        "ﬁn",
        "fin",
        "a\u0301",
        "\u00a0nbsp",
    ),
    *(
        "🦊 Renard",
        "😀",
        "\U0001f1eb\U0001f1f7 FR",
        "100% sûr",
        "a_b",
        "a%b",
        "_",
        "~",
        ":name",
        "? ?1",
        "$1",
    ),
    *(
        "\\ back",
        "'quote'",
        '"dq"',
        "::cast",
        "-- c",
        "/* x */",
        "x'00'",
        "<b>",
        "&amp;",
        "NULL",
        "true",
        "1e3",
    ),
    *("S3NS", "OVH", "ovh", "Ovh SAS"),
)
ASKED = ("É", "e", "%", "_", "a*", "'", '"', "\\", "OVH zèbre", "\0", *NAMES[::11])


def line(number: int, name: str, label: str) -> str:
    subject = "-" if number % 5 == 0 else f"{name} svc"
    ref = "-" if number % 4 == 0 else f"R%_:{number}é"
    end = "-" if number % 7 == 0 else f"202{6 + number % 4}-03-2{number % 9}"
    return f"{label} | {name} | {subject} | {ref} | 2025-0{number % 9 + 1}-24 | {end} | version=v{name}"


LINES = tuple(
    line(number, name, label)
    for number, name in enumerate(NAMES)
    for label in (("secnumcloud", "hds"), ("passi",), ("cc", "hds"))[number % 3]
)


def lived(url: str) -> App:
    """A watch that saw them come and go."""
    app = App(Settings(state=url), lambda: NOW)
    with app.open_store() as store:
        for nth in range(5):
            at = FIRST + timedelta(days=nth)
            rows = [row for number, row in enumerate(LINES) if nth == 0 or (number + nth) % 6]
            text = "\n".join((f"edition {at:%Y-%m-%d}", *rows, ""))
            look(ToyRegister(), [page(text, at)], app.watch(store), at)
    return app


def addresses() -> Iterator[str]:
    for path, known in walk.ADDRESSES.items():
        yield from known[: EACH if path != "/metrics" else 0]  # it says how many bytes the memory takes
    for label in ("hds", "passi", "secnumcloud+hds"):
        for part in ("", "?sort=end", "?letter=E", "?on=2026-03-05&sort=end", "/listing.csv", "/feed.atom"):
            yield f"/labels/{label}{part}"
    yield from ("/history.csv?all=1", "/expiries.csv", "/providers", "/api/v1/events?all=1&limit=200")
    for word in map(quote, ASKED):
        yield from (f"/search?q={word}", f"/api/v1/search?q={word}", f"/history.json?all=1&q={word}")


async def _asked(
    app: App, questions: Sequence[str]
) -> Mapping[str, tuple[int, list[tuple[str, str]], bytes]]:
    transport = httpx.ASGITransport(make_app(app, limit=Limit(app.clock, burst=1e9)))
    async with httpx.AsyncClient(transport=transport, base_url="http://pages.test") as client:
        found = {one: await client.get(one, headers={"Accept-Language": "fr"}) for one in questions}
    return {
        address: (answer.status_code, sorted(answer.headers.items()), answer.content)
        for address, answer in found.items()
    }


def test_every_address_gives_the_same_bytes_on_both(
    tmp_path: Path, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scrapers.SOURCES", (ToyRegister(),))
    served = postgres.memory()
    questions = tuple(addresses())
    ours, theirs = (anyio.run(_asked, lived(url), questions) for url in (str(tmp_path / "a.db"), served))
    postgres.done(served)
    assert [address for address in questions if ours[address] != theirs[address]] == []
    assert [address for address, (status, _, _) in ours.items() if status >= 500] == ["/readyz"]
    assert sum(status == 200 for status, _, _ in ours.values()) > len(questions) / 2
