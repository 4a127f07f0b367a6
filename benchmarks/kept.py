"""How much room the memory takes: two years of the French trusted list, a year of a page whose tokens move.

`PYTHONPATH=.:tests python benchmarks/kept.py [FOLDER]`. The lists are those of the tests, or every XML of
FOLDER in the order of its name, looked at one after the other; the page is the list of hosts, four times a
day, with its tokens drawn anew each time and the headers that are kept. Sizes are those of the file with
nothing left in its log. Every page is read again and must have the hash it came with.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import trusted_lists

from benchmarks import measured
from scrapers.ans_hds.source import AnsHds
from scrapers.source import Source
from scrapers.tl_fr.source import TlFr
from state.file.opening import open_store
from state.model import Page
from state.seen.looks import evidence
from state.seen.who.providers import load_providers
from watcher.look.check import look
from watcher.look.record import Watch

HOSTS = Path(__file__).parents[1] / "tests/fixtures/ans_hds/guess-table/index.html"
TOKEN = re.compile(r'(?<=name="form_build_id" value=")[^"]+|(?<="libraries": ")[^"]+')
A_YEAR = 4 * 365
BEGAN = datetime(2026, 1, 1, 6, tzinfo=UTC)
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
MOST_LISTS, MOST_YEAR = 3.0, 5.0
BEFORE_LISTS, BEFORE_YEAR = 19.66, 27.47
"""As 3d44010 kept them (the year with a few more headers a page); it takes twenty minutes to see it again."""


def lists(folder: Path | None) -> Iterator[Page]:
    if folder is None:
        yield from (trusted_lists.page(one.number, one.first_seen) for one in trusted_lists.editions())
        return
    for days, path in enumerate(sorted(folder.glob("*.xml"))):
        at = BEGAN + timedelta(days=days)
        yield Page(url=TlFr().url, body=path.read_bytes(), fetched_at=at)


def year() -> Iterator[Page]:
    chance, page = Random(1), HOSTS.read_text()
    for number in range(A_YEAR):
        at = BEGAN + timedelta(hours=6 * number)
        body = TOKEN.sub(lambda old: "".join(chance.choices(LETTERS, k=len(old[0]))), page)
        headers = {
            "date": f"{at:%a, %d %b %Y %H:%M:%S} GMT",
            "cache-control": "must-revalidate, no-cache, private",
            "etag": f'"{at.timestamp():.0f}"',
            "server": "nginx",
            "content-type": "text/html; charset=UTF-8",
            "content-encoding": "gzip",
        }
        yield Page(
            url=AnsHds().url,
            body=body.encode(),
            fetched_at=at,
            content_type=headers["content-type"],
            headers=tuple(headers.items()),
        )


def kept(source: Source, pages: Iterable[Page]) -> float:
    """The MiB that a memory takes which looked at these pages, each of which is read again."""
    with tempfile.TemporaryDirectory() as room:
        path, hashes = Path(room) / "state.db", []
        with open_store(str(path)) as store:
            watch = Watch(store=store, providers=load_providers(store))
            for page in pages:
                seen = look(source, [page], watch, page.fetched_at)
                assert seen.run.snapshot is not None
                hashes.append((seen.run.snapshot, page.sha256))
            assert all(evidence.pages(store, id)[0].sha256 == sha256 for id, sha256 in hashes)
            store.q("pragma wal_checkpoint(truncate)")
        return path.stat().st_size / (1 << 20)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    measured.head("room of the memory")
    works: tuple[tuple[str, Callable[[], float], float, float], ...] = (
        ("the trusted lists", lambda: kept(TlFr(), lists(folder)), MOST_LISTS, BEFORE_LISTS),
        ("a page whose tokens move, a year", lambda: kept(AnsHds(), year()), MOST_YEAR, BEFORE_YEAR),
    )
    for what, work, most, before in works:
        measured.row(what, now=work(), most=most, unit="MiB", before=before)


if __name__ == "__main__":
    main()
