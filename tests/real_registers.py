"""A memory of real editions, as a watch of a few months would have it: good looks and bad ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from shutil import copyfile
from zoneinfo import ZoneInfo

from made_once import made_once
from trusted_lists import body as trusted_list

from scrapers.ans_hds.source import AnsHds
from scrapers.anssi_catalogue.source import AnssiCatalogue
from scrapers.source import Source
from scrapers.tl_fr.source import TlFr
from state.model import Page
from watcher.app import App
from watcher.look.check import look
from watcher.settings import Settings

FIXTURES = Path(__file__).parent / "fixtures"
GONE = ("4Saisons e-Santé", "CYCLAMIS")
"""Two hosts that the last look does not show."""


def paris(text: str) -> datetime:
    """An ISO time in Paris."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Paris"))


def catalogue(day: str) -> bytes:
    """ANSSI's catalogue of a day."""
    return (FIXTURES / "anssi_catalogue" / f"catalogue-{day}.pdf").read_bytes()


def hosts(gone: Sequence[str] = ()) -> bytes:
    """The guessed page of hosts, without those named in `gone`, who have one certificate each."""
    text = (FIXTURES / "ans_hds" / "guess-table" / "index.html").read_text(encoding="utf-8")
    for name in gone:
        text, cut = re.subn(rf"<tr[^>]*><td>{re.escape(name)}</td>.*</tr>\n", "", text)
        assert cut == 1, name
    return text.replace(">404<", f">{404 - len(gone)}<").encode()


MAINTENANCE = b"<html><body><h1>Site en maintenance</h1></body></html>"


def looks() -> Sequence[tuple[Source, str, bytes]]:
    """What was looked at, and when."""
    return (
        (TlFr(), "2024-04-17T09:00", trusted_list(130)),
        (AnssiCatalogue(), "2025-12-06T09:00", catalogue("2025-12-05")),
        (AnssiCatalogue(), "2025-12-20T09:00", catalogue("2025-12-05")),
        (AnssiCatalogue(), "2026-01-10T09:00", MAINTENANCE),
        (AnssiCatalogue(), "2026-01-28T09:00", catalogue("2026-01-27")),
        (TlFr(), "2026-02-11T09:00", trusted_list(170)),
        (AnssiCatalogue(), "2026-03-05T09:00", catalogue("2026-03-04")),
        (AnssiCatalogue(), "2026-04-01T09:00", catalogue("2026-03-04")),
        (TlFr(), "2026-04-17T09:00", trusted_list(174)),
        (AnsHds(), "2026-11-21T09:00", hosts()),
        (AnsHds(), "2026-11-22T09:00", hosts()),
        (AnsHds(), "2026-11-23T09:00", MAINTENANCE),
        (AnsHds(), "2026-11-24T09:00", hosts(GONE)),
    )


def watched(shared: Path, state: Path) -> None:
    """A memory of all the looks: a copy of the one of this session."""
    copyfile(made_once(shared / "real_registers.db", _watch), state)


def _watch(state: Path) -> None:
    app = App(Settings(state=str(state)), lambda: paris("2026-11-25T09:00"))
    with app.open_store() as store:
        for source, when, body in looks():
            at = paris(when)
            look(source, [Page(url=source.url, body=body, fetched_at=at)], app.watch(store), at)
