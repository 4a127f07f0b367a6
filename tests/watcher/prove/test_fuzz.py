"""Whatever is given for an evidence file is verified or refused in clear words. `make soak`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import pytest
from fuzz import ODD, altered, edited, fuzzed
from hypothesis import strategies as st
from toy_register import ToyRegister, day, page

from state.file.opening import open_store
from state.model import Kind
from state.seen.events import log
from state.seen.who.providers import load_providers
from watcher.errors import BadFile
from watcher.look.check import look
from watcher.look.record import Watch
from watcher.prove.event.proof import prove
from watcher.prove.event.verify import verify
from watcher.prove.evidence_file import SUMS, pack, sums, unpack

pytestmark = pytest.mark.soak

OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24 | scope=IaaS"
S3NS = "secnumcloud | Thales Cloud Sécurisé | Cloud de confiance S3NS | 2025_2057 | 2025-12-17 | 2028-12-17"


@pytest.fixture(scope="module")
def files() -> Iterator[Mapping[str, bytes]]:
    """The files in the proof that S3NS came."""
    with open_store(":memory:") as store:
        watch = Watch(store=store, providers=load_providers(store))
        for when, rows in (("2026-03-04", (OVH,)), ("2026-03-05", (OVH, S3NS))):
            look(ToyRegister(), [page("\n".join([f"edition {when}", *rows]), day(when))], watch, day(when))
        gain = [event for event in log.events(store) if event.kind is Kind.GAINED][-1]
        yield unpack(prove(store, gain.id))


def test_evidence_files(files: Mapping[str, bytes]) -> None:
    inside = [name for name in files if name.endswith((".json", ".jsonl", ".txt", ".html"))]
    values = [name for name in inside if name.endswith(".json")]

    def tried(edit: tuple[str, bytes]) -> None:
        name, body = edit
        whole = {**files, name: body}
        listed = {each: kept for each, kept in whole.items() if each != SUMS}
        # Hashed anew: what is behind the sums is what is tried.
        for made in (whole, whole | {SUMS: sums(listed)}):
            try:
                verify(pack(made))
            except BadFile:
                continue
            assert made == files or name not in values, f"an altered {name} verifies"

    texts = st.sampled_from(inside).flatmap(
        lambda name: edited(st.just(files[name].decode()), ODD).map(lambda text: (name, text.encode()))
    )
    parts = st.sampled_from(values).flatmap(
        lambda name: altered(st.just(json.loads(files[name]))).map(
            lambda value: (name, json.dumps(value, ensure_ascii=False).encode())
        )
    )
    fuzzed(texts | parts, tried)
