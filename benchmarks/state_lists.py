"""What the trusted lists of the states cost: to read, to hold in memory, to look at when nothing moved.

Usage: PYTHONPATH=.:tests python benchmarks/state_lists.py [PYTHON], the second an interpreter that has
`pyhanko[etsi]` in its environment: the EU reader of pyHanko is the peer that reads the same lists.

The eight real lists are read and their signatures checked beside lxml, which parses them and writes them in
canonical form: the exclusive one that they were signed in, and the plain one. Then one process reads them,
each beside the list of lists; and each is looked at again unmoved, beside a plain page that did not move.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import lists_of_lists
import trusted_lists
import trusted_samples
from lxml import etree
from trusted_samples import SAMPLES

from benchmarks import measured
from benchmarks.looks import unread
from scrapers.eu_trusted_lists.source import state_list
from scrapers.source import Source
from scrapers.trust import Root, Signers
from scrapers.trust.reading import read_list
from scrapers.trust.signature import named_signers
from state.model import Page
from watcher.app import App
from watcher.look.apart.source import own
from watcher.look.check import check
from watcher.look.trust import trusting
from watcher.settings import Settings, SourceSettings

NOW = datetime(2026, 8, 20, 8, tzinfo=UTC)
TERRITORIES = tuple(dict.fromkeys(SAMPLES.values()))
CURRENT = tuple({territory: sample for sample, territory in SAMPLES.items()}.values())
"""One list of each state."""
PEER = """
import base64, io, json, sys, tarfile, time, warnings
warnings.simplefilter("ignore")
from asn1crypto import x509
from lxml import etree
from pyhanko.sign.validation.qualified import eutl_parse

CERTIFICATE = "{*}Signature/{*}KeyInfo/{*}X509Data/{*}X509Certificate"
taken, found = 0.0, 0
with tarfile.open(sys.argv[1]) as pack:
    for member in pack:
        body = pack.extractfile(member).read()
        named = [base64.b64decode(one.text) for one in etree.fromstring(body).iterfind(CERTIFICATE)]
        signers = [x509.Certificate.load(one) for one in named]
        best = 9.0
        for _ in range(3):
            begun = time.process_time()
            try:
                registry, _ = eutl_parse.trust_list_to_registry(body.decode(), signers)
            except Exception:  # it judges by today, when the signer's certificate may be out of date
                registry, _ = eutl_parse.trust_list_to_registry_unsafe(body.decode())
            best = min(best, time.process_time() - begun)
        taken += best
        found += sum(1 for _ in registry.known_certificate_authorities)
        found += sum(1 for _ in registry.known_timestamp_authorities)
print(json.dumps([taken, found]))
"""
ALL = """
from benchmarks.state_lists import hold
hold()
"""


def page(sample: str, address: str = "import:a.xml") -> Page:
    return Page(url=address, requested_url="", body=trusted_samples.body(sample), fetched_at=NOW)


def reading() -> tuple[Callable[[], int], Callable[[bool], None]]:
    """Reads all samples, and parses and writes them by lxml alone, in the exclusive form or the plain one."""
    given = []
    for sample, territory in SAMPLES.items():
        register = replace(state_list(territory), root=Root()).trusted.register
        signers = named_signers(etree.fromstring(trusted_samples.body(sample)))
        pinned = frozenset(one.fingerprint for one in signers)
        given.append(([page(sample)], register, Signers(pinned=pinned)))

    def ours() -> int:
        return sum(len(read_list(*one).attestations) for one in given)

    def alone(exclusive: bool) -> None:
        for sample in SAMPLES:
            etree.tostring(etree.fromstring(trusted_samples.body(sample)), method="c14n", exclusive=exclusive)

    return ours, alone


def hold() -> int:
    """Reads one list of each state beside the list of lists, as a look does; for the memory that it takes."""
    read = 0
    for sample in CURRENT:
        source = replace(state_list(SAMPLES[sample]), root=Root())
        read += len(source.read([page(sample), *lists_of_lists.pages(390, NOW)]).attestations)
    return read


def peer(python: str) -> tuple[float, int]:
    """The seconds that pyHanko takes for the samples, and the authorities that it finds in them."""
    done = subprocess.run(
        [python, "-c", PEER, str(trusted_samples.PACK)], stdout=subprocess.PIPE, check=True, text=True
    )
    seconds, found = json.loads(done.stdout.splitlines()[-1])
    return float(seconds), int(found)


@contextmanager
def watching() -> Iterator[Callable[[str], object]]:
    """Looks at a source again, every page as it was; all were looked at once."""
    states = SourceSettings(options={"states": [*map(str.lower, TERRITORIES)]})
    bodies = {next(iter(lists_of_lists.named(390)[SAMPLES[one]][0])): one for one in CURRENT}
    times = iter(NOW + timedelta(minutes=n) for n in range(1 << 20))

    def get(url: str) -> Page:
        if url in bodies:
            return replace(page(bodies[url], url), requested_url=url)
        return trusted_lists.page(174, NOW)

    with tempfile.TemporaryDirectory() as room:
        app = App(Settings(state=str(Path(room, "a.db")), sources={"eu-trusted-lists": states}), lambda: NOW)
        with app.open_store() as store:
            lists, french = app.sources["eu-lotl"], plain(app)
            check(lists, lambda _: lists_of_lists.page(390, NOW), app.watch(store), lambda: next(times))

            def again(name: str) -> None:
                source = french if name == "tl-fr" else app.sources[name]
                at = next(times)
                found = check(source, trusting(source, get, store), app.watch(store), lambda: at)
                assert found.run.believed, found.run.message

            yield again


def plain(app: App) -> Source:
    """The French list believed by pins: one page, and nothing beside it."""
    from watcher.look.apart.source import kept_apart

    return kept_apart(replace(own(app.sources["tl-fr"]), root=None), app.room)  # type: ignore[type-var]


def quiet() -> tuple[float, float]:
    """The seconds that a look takes at a state's list that did not move, on average, and at a plain page."""
    with watching() as again:
        names = [f"tl-{territory.lower()}" for territory in TERRITORIES]
        for name in (*names, "tl-fr"):
            again(name)
        turns = [lambda name=name: measured.work(lambda: again(name)) for name in (*names, "tl-fr")]
        *lists, page_alone = measured.in_turns(*turns)
    return sum(one.seconds for one in lists) / len(lists), page_alone.seconds


def apart(task: Callable[[], object]) -> measured.Cost:
    """What work costs where documents are read: nobody collects garbage there, for all of it soon ends."""
    gc.collect()
    gc.disable()
    try:
        return measured.work(task)
    finally:
        gc.enable()


def main() -> None:
    measured.head("trusted lists")
    ours, alone = reading()

    def anew() -> measured.Cost:
        unread()
        return apart(ours)

    warm, cold, exclusive, plainly = measured.in_turns(
        lambda: apart(ours),
        anew,
        lambda: apart(lambda: alone(True)),
        lambda: apart(lambda: alone(False)),
    )
    for what, taken in (("eight lists", warm), ("the same by a process that has read nothing yet", cold)):
        for form, written in (("exclusive", exclusive), ("plain", plainly)):
            times = taken.seconds / written.seconds
            measured.row(f"{what}, in {form} forms by lxml", now=times, most=2, unit="times")
    if len(sys.argv) > 1:
        seconds, found = peer(sys.argv[1])
        measured.row("the same, in readings by pyHanko", now=warm.seconds / seconds, most=1, unit="times")
        print(f"rows: {ours()}, of which pyHanko knows {found} authorities")
    held = measured.run(
        [sys.executable, "-c", ALL], more={"PYTHONPATH": f"{measured.ROOT}:{measured.ROOT}/tests"}
    )
    measured.row("all states, each beside the list of lists", now=held.mib, most=250, unit="MiB")
    each, page_alone = quiet()
    measured.row(
        "a list that did not move, in pages that did not", now=each / page_alone, most=1, unit="pages"
    )


if __name__ == "__main__":
    main()
