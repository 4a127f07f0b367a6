"""How long the list of hosts takes to read in every layout that it may have, beside lxml alone on the same.

Usage: PYTHONPATH=.:tests python benchmarks/read_hosts.py [ROWS…]. The 404 hosts of the fixture, then the same
many times under other names. Printed are processor times, the best of some rounds; growth is the time per row
beside that of the first size: 1.0 is a reading whose time grows with its rows and no faster.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace

from hds_layouts import LAYOUTS, Certificate, hosts
from lxml import etree

from benchmarks import measured
from scrapers.ans_hds.source import AnsHds
from state.model import Page

SIZES = (404, 3000)
BOUNDS = {404: 0.2, 3000: 1.5}
ROUNDS = 3


def many(count: int) -> list[Certificate]:
    """The certificates of about this many hosts: those of the fixture under ever new names and numbers."""
    fixture = hosts()
    times = max(round(count / len({row.host for row in fixture})), 1)
    return fixture + [
        replace(row, host=f"{row.host} {n}", number=f"{n}{row.number}")
        for n in range(1, times)
        for row in fixture
    ]


def best(task: Callable[[], object]) -> float:
    """The least processor time that a piece of work takes."""
    (cost,) = measured.in_turns(lambda: measured.work(task), rounds=ROUNDS)
    return cost.seconds


def parsed(pages: Sequence[Page]) -> list[object]:
    """The pages as lxml alone makes trees of them; JSON is not for it."""
    parser = etree.HTMLParser()
    return [etree.fromstring(page.body, parser) for page in pages if page.body[:1] not in (b"{", b"[")]


def measure(name: str, sizes: Sequence[int]) -> bool:
    """Prints the figures of one layout; whether each is within its bound."""
    first, within = 0.0, True
    for size in sizes:
        rows = many(size)
        site = LAYOUTS[name](rows)
        pages = [site.page(address) for address in site.bodies]
        read = len(AnsHds().read(pages).attestations)
        assert read == len(rows), (name, read, len(rows))
        ours, alone = best(lambda p=pages: AnsHds().read(p)), best(lambda p=pages: parsed(p))  # type: ignore[misc]
        each = ours / len(rows)
        first = first or each
        slow = ours > BOUNDS.get(size, float("inf"))
        within &= not slow
        ratio = f"{ours / alone:4.0f}" if alone > 0.0005 else "   -"
        size_kib = sum(len(page.body) for page in pages) >> 10
        print(
            f"{name:20} {len(rows):5} rows {size_kib:5} KiB {ours:6.2f} s  lxml {alone:6.3f} s  ratio {ratio}"
            f"  {1e6 * each:5.0f} µs a row  growth {each / first:4.1f}{'  SLOW' if slow else ''}"
        )
    return within


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or list(SIZES)
    within = [measure(name, sizes) for name in LAYOUTS]
    print(f"{sum(within)} of {len(within)} layouts within {BOUNDS}")


if __name__ == "__main__":
    main()
