"""Pages kept in a directory, ready to be a fixture of a test, and read again from it.

`pages.json` is the index: what is needed to make the same pages again. A name in it is a plain file name, and
nothing outside the directory is ever read or written.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scrapers.wire.content import kind_of
from state.codec import instant_text
from state.model import Page
from watcher.doctor.examination import Findings

INDEX = "pages.json"
ENDINGS = {"pdf": "pdf", "json": "json", "xml": "xml", "html": "html", "markup": "html"}
NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,80}")
LONGEST = 40


def refuse_full(place: Path) -> None:
    """Raises `FileExistsError` unless the directory is new or empty: nothing is ever overwritten."""
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise FileExistsError(
            f"{place}: expected a new or empty directory; found something there; name another"
        )


def keep(place: Path, findings: Findings) -> Path:
    """The directory, with every page, the robots.txt in force, the index, and where they are from."""
    refuse_full(place)
    place.mkdir(parents=True, exist_ok=True)
    visit = findings.visit
    index = {
        "source": findings.source.name,
        "looked_at": instant_text(findings.at),
        "error": findings.error(),
        "pages": [_kept(place, _name(page, at), page) for at, page in enumerate(visit.pages, start=1)],
        "robots": [_kept(place, f"robots-{at}.txt", page) for at, page in enumerate(visit.robots, start=1)],
    }
    _write(place / INDEX, json.dumps(index, ensure_ascii=False, indent=2).encode() + b"\n")
    _write(place / "README.md", _word(findings).encode())
    return place


def _kept(place: Path, name: str, page: Page) -> dict[str, Any]:
    _write(place / name, page.body)
    return {
        "file": name,
        "url": page.url,
        "requested_url": page.requested_url,
        "status": page.status,
        "content_type": page.content_type,
        "sha256": hashlib.sha256(page.body).hexdigest(),
        "fetched_at": instant_text(page.fetched_at),
        "headers": [list(pair) for pair in page.headers],
    }


def _name(page: Page, number: int) -> str:
    """A safe name: nothing of an address but small letters, digits and hyphens gets into it."""
    parts = urlsplit(page.url)
    last = f"{parts.path.rstrip('/').rsplit('/', 1)[-1]} {parts.query}".lower()
    stem = re.sub(r"\.(html?|pdf|xml|json)\b", "", last)
    slug = re.sub(r"[^a-z0-9]+", "-", stem).strip("-")[:LONGEST].strip("-")
    return f"{number:02}-{slug or 'page'}.{ENDINGS.get(kind_of(page.body), 'txt')}"


def _write(file: Path, body: bytes) -> None:
    with file.open("xb") as out:  # never over what came there since the directory was looked at
        out.write(body)


def _word(findings: Findings) -> str:
    where = "from saved pages" if findings.visit.saved else f"from {findings.source.url}"
    return (
        f"Pages of `{findings.source.name}` ({findings.source.title}), as received on "
        f"{findings.at:%Y-%m-%d %H:%M} UTC {where}, by `vigilabel doctor`. Addresses, headers and SHA-256 "
        f"are in `{INDEX}`.\n"
    )


def load(files: Sequence[Path], url: str, at: datetime) -> tuple[Page, ...]:
    """The pages of saved files, as if fetched at `at`, or those of a directory that `keep` wrote.

    Raises `OSError` when one cannot be read or is not what its index says.
    """
    if len(files) == 1 and files[0].is_dir():
        return _indexed(files[0])
    return tuple(
        Page(url=f"import:{file.name}", requested_url=url, body=file.read_bytes(), fetched_at=at)
        for file in files
    )


def _indexed(place: Path) -> tuple[Page, ...]:
    try:
        index = json.loads((place / INDEX).read_text(encoding="utf-8"))
        return tuple(_page(place, entry) for entry in index["pages"])
    except (ValueError, KeyError, TypeError) as error:
        raise OSError(f"{place / INDEX}: expected the index that `--save` writes; found {error}") from error


def _page(place: Path, entry: Mapping[str, Any]) -> Page:
    name = entry["file"]
    # An index may come from anybody: a path in it would read any file of this machine.
    if not NAME.fullmatch(name):
        raise ValueError(f"the file name {name!r}")
    body = (place / name).read_bytes()
    if hashlib.sha256(body).hexdigest() != entry["sha256"]:
        raise ValueError(f"{name} with another SHA-256 than its index says")
    return Page(
        url=entry["url"],
        requested_url=entry["requested_url"],
        body=body,
        fetched_at=datetime.fromisoformat(entry["fetched_at"]),
        status=entry["status"],
        content_type=entry["content_type"],
        headers=tuple((name, value) for name, value in entry["headers"]),
    )
