"""Begins a source: a folder that type-checks, the page as a fixture, and a test that fails until it is read.

    make new-source NAME=ans_demo URL=https://…      fetches the page once, as politely as the watch would
    make new-source NAME=ans_demo URL=https://… FILE=saved.html      takes a page that a person saved

Nothing that exists is overwritten.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from notifiers.said.reasons import spoken
from scrapers.source import SourceError
from scrapers.wire.content import kind_of
from scrapers.wire.fetch import Fetcher, make_client
from watcher.doctor.glance import glance
from watcher.errors import BadSettings
from watcher.settings import load_proxies, load_settings

ROOT = Path(__file__).parents[1]
TEMPLATES = Path(__file__).with_suffix("")
ENDINGS = {"pdf": "pdf", "json": "json", "xml": "xml", "html": "html", "markup": "html"}
LONGEST = 40


class Refused(Exception):
    """What was asked for cannot be done; the text says why and what to give instead."""


def main(args: Sequence[str], root: Path, now: datetime) -> int:
    """Writes the source under `root`; the exit code: 0, 1 when the page could not be had, 2 for misuse."""
    parser = argparse.ArgumentParser(description="Begin a source.")
    parser.add_argument("--name", required=True, help="a module name, such as ans_demo")
    parser.add_argument("--url", required=True, help="where the register is")
    parser.add_argument("--file", default="", help="a saved page, instead of fetching it")
    given = parser.parse_args(args)
    try:
        places = _places(root, given.name, given.url)
        body = Path(given.file).read_bytes() if given.file else _fetched(given.url)
    except Refused as error:
        print(f"new-source: {error}", file=sys.stderr)
        return 2
    except SourceError as error:
        print(f"new-source: {spoken(error)}", file=sys.stderr)
        return 1
    except (BadSettings, OSError) as error:
        print(f"new-source: {error}", file=sys.stderr)
        return 1
    _write(places, given.name, given.url, body, now)
    _tell(places, given.name, body, root)
    return 0


def _places(root: Path, name: str, url: str) -> tuple[Path, Path, Path]:
    """Module, directory of the fixture, and test; refused where one exists or a name cannot be one."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name) or len(name) > LONGEST:
        raise Refused(f"NAME={name!r}: expected small letters, digits and underscores, such as ans_demo")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"[\s\"\\$]", url):
        raise Refused(f"URL={url!r}: expected an http or https address, percent-encoded")
    fixture = root / "tests" / "fixtures" / name
    test = root / "tests" / "scrapers" / name / "test_source.py"
    places = (root / "scrapers" / name / "source.py", fixture, test)
    for place in (*(place.parent for place in places if place != fixture), fixture):
        if place.exists():
            raise Refused(f"{place}: it exists, and nothing is overwritten; choose another NAME")
    return places


def _fetched(url: str) -> bytes:
    """The page, asked for once: robots.txt is obeyed, and the User-Agent says who asks."""
    with make_client(load_settings().contact, proxy_of=load_proxies().of) as client:
        fetcher = Fetcher(
            client,
            now=lambda: datetime.now(UTC),  # noqa: TID251 - an entry point reads the clock
            sleep=time.sleep,
            monotonic=time.monotonic,
        )
        return fetcher.get(url).body


def _write(places: tuple[Path, Path, Path], name: str, url: str, body: bytes, now: datetime) -> None:
    module, fixture, test = places
    kind = kind_of(body)
    page = f"page.{ENDINGS.get(kind, 'txt')}"
    expect = {"markup": "html"}.get(kind, kind)
    words = {
        "name": name,
        "dashed": name.replace("_", "-"),
        "cls": "".join(part.capitalize() for part in name.split("_")),
        "title": name.replace("_", " ").capitalize(),
        "url": url,
        "expect": f'"{expect}"' if expect != "text" else "None",
        "page": page,
        "at": f"{now.year}, {now.month}, {now.day}",
    }
    for place, template in ((module, "source.txt"), (test, "test.txt")):
        place.parent.mkdir(parents=True)
        place.write_text(Template((TEMPLATES / template).read_text("utf-8")).substitute(words), "utf-8")
    (module.parent / "__init__.py").write_text("", "utf-8")
    fixture.mkdir(parents=True)
    (fixture / page).write_bytes(body)
    digest = hashlib.sha256(body).hexdigest()
    (fixture / "README.md").write_text(
        f"`{page}` as received from <{url}> on {now:%Y-%m-%d}, SHA-256 `{digest}`.\n", "utf-8"
    )


def _tell(places: tuple[Path, Path, Path], name: str, body: bytes, root: Path) -> None:
    module, fixture, test = (place.relative_to(root) for place in places)
    cls = "".join(part.capitalize() for part in name.split("_"))
    print(f"The page is {glance(body)}.")
    print(f"Written: {module}, {fixture}/, {test}")
    print("Add to scrapers/__init__.py, when the reader is written:")
    print(f"    from scrapers.{name}.source import {cls}")
    print(f"    return (…, {cls}())")
    print(f"Next: write the rows you see on the page into {test}, and make it pass:")
    print(f"    uv run pytest {test}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], ROOT, datetime.now(UTC)))  # noqa: TID251 - an entry point reads the clock
