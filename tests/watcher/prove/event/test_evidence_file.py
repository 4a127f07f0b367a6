"""The evidence file: what it proves to somebody who has nothing else, and what no forger gets past."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy_register import ToyRegister, day, page

from notifiers.said.voice import voice
from state.codec import text
from state.file.opening import open_store
from state.file.store import Store
from state.model import Kind
from state.seen.events import log
from state.seen.looks import chain
from state.seen.who.providers import load_providers
from watcher.ask.views.form import json_of
from watcher.errors import BadFile, UnknownHead
from watcher.look.check import look
from watcher.look.record import Watch
from watcher.prove.event.proof import prove
from watcher.prove.event.testimony import claim_lines, found_again, verified_view
from watcher.prove.event.verify import Claim, verify
from watcher.prove.evidence_file import (
    CHAIN,
    EVENT,
    LISTING,
    MOST_FILES,
    PUBLIC_KEY,
    README,
    SHEET,
    SIGNATURE,
    SNAPSHOT,
    SUMS,
    pack,
    sums,
    unpack,
)
from watcher.prove.signature import Signer
from watcher.tell.recall import retract

OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24 | scope=IaaS"
OODRIVE = "secnumcloud | Oodrive | Oodrive_Work | 2025_241 | 2025-01-20 | 2028-01-25 | scope=SaaS"
S3NS = "secnumcloud | Thales Cloud Sécurisé | Cloud de confiance S3NS | 2025_2057 | 2025-12-17 | 2028-12-17"
SIGNER = Signer("5e" * 32)
GAIN, LOSS = 4, 3


@pytest.fixture(scope="module")
def memory() -> Iterator[Store]:
    """A first look, an edition in which Oodrive goes and S3NS comes, and two looks at the same bytes."""
    with open_store(":memory:") as store:
        watch = Watch(store=store, providers=load_providers(store))
        for when, edition, rows in (
            ("2025-12-06", "2025-12-05", (OVH, OODRIVE)),
            ("2026-03-05", "2026-03-04", (OVH, S3NS)),
            ("2026-03-06", "2026-03-04", (OVH, S3NS)),
            ("2026-03-07", "2026-03-04", (OVH, S3NS)),
        ):
            shown = page("\n".join([f"edition {edition}", *rows]), day(when))
            look(ToyRegister(), [shown], watch, day(when))
        yield store


@pytest.fixture(scope="module")
def gain(memory: Store) -> bytes:
    return prove(memory, GAIN)


@pytest.fixture(scope="module")
def signed(memory: Store) -> bytes:
    return prove(memory, LOSS, signer=SIGNER)


def forged(data: bytes, **bodies: bytes) -> bytes:
    """The file with other contents and a list of hashes to match, as anybody could write it."""
    names = {"event": EVENT, "snapshot": SNAPSHOT, "listing": LISTING, "chain": CHAIN}
    names |= {"readme": README, "sheet": SHEET}
    files = dict(unpack(data)) | {names[name]: body for name, body in bodies.items()}
    listed = {name: body for name, body in files.items() if name not in (SUMS, SIGNATURE)}
    return pack(files | {SUMS: sums(listed)})


def line(value: Mapping[str, Any]) -> bytes:
    return f"{text(value)}\n".encode()


def test_it_says_what_was_listed_when_and_where(gain: bytes, memory: Store) -> None:
    claim = verify(gain)
    assert claim.event == log.event(memory, GAIN)
    assert claim.run["at"] == "2026-03-05T12:00:00Z"
    assert S3NS.encode() in claim.shown.body
    assert (claim.rows, claim.listed) == (2, {3: "listed"})
    assert (claim.links, claim.head) == ((2, 4), chain.head(memory))
    assert (claim.noted, claim.key) == (None, None)


def test_a_loss_is_proven_by_the_whole_document_in_which_the_row_is_not(signed: bytes) -> None:
    claim = verify(signed)
    assert claim.event.kind is Kind.LOST
    assert b"Oodrive" not in claim.shown.body
    assert claim.listed == {1: None}
    assert (
        "row 1 not there; the proof is the whole document" in dict(claim_lines(claim, voice("en")))["listing"]
    )
    read_me = unpack(signed)[README].decode()
    assert "L’absence se prouve par le document entier" in read_me
    assert "An absence is proven by the whole document" in read_me


def test_a_proof_of_what_was_taken_back_says_so() -> None:
    with open_store(":memory:") as store:
        watch = Watch(store=store, providers=load_providers(store))
        look(ToyRegister(), [page(f"edition 2025-12-05\n{OVH}", day("2025-12-06"))], watch, day("2025-12-06"))
        first = chain.head(store)
        retract(store, 1, "we misread the page", "U1", day("2025-12-07"))
        data, earlier = prove(store, 1), prove(store, 1, head=first)
    claim = verify(data)
    assert claim.retracted == "we misread the page (2025-12-07T12:00:00Z)"
    assert claim.links == (1, 2)
    assert ("TAKEN BACK", claim.retracted) in claim_lines(claim, voice("en"))
    for each in (data, earlier):
        assert (
            "WAS TAKEN BACK, it should not have been announced. Reason: we" in unpack(each)[README].decode()
        )


def test_a_first_look_can_be_proven_too(memory: Store) -> None:
    assert verify(prove(memory, 1)).links == (1, 4)


def test_the_leaflet_of_a_first_look_claims_no_gain(memory: Store) -> None:
    said = " ".join(unpack(prove(memory, 1))[README].decode().split())
    assert "Première lecture : Oodrive est déjà listé" in said.replace("\u00a0", " ")
    assert "Avant : pas encore lu." in said.replace("\u00a0", " ")
    assert "obtient" not in said
    assert " gains " not in said


def test_the_same_proof_has_the_same_bytes(memory: Store, gain: bytes) -> None:
    assert prove(memory, GAIN) == gain


def test_any_zip_reader_opens_it(gain: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(gain)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == list(unpack(gain))
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="this machine has no sha256sum")
def test_a_stranger_can_follow_the_leaflet_with_sha256sum(tmp_path: Path, gain: bytes) -> None:
    """The commands are those printed in README.txt; what they print is compared by eye, that is, by `in`."""
    with zipfile.ZipFile(io.BytesIO(gain)) as archive:
        archive.extractall(tmp_path)
    read_me = (tmp_path / README).read_text(encoding="utf-8")

    def run(command: str) -> str:
        assert command in read_me
        done = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=True)
        return done.stdout

    assert run("sha256sum -c SHA256SUMS").count(": OK") == 7
    hashes = re.findall("[0-9a-f]{64}", run("sha256sum event.json snapshot.json listing.jsonl"))
    links = (tmp_path / CHAIN).read_text(encoding="utf-8").splitlines()
    assert all(found in links[0] for found in hashes)
    [document] = re.findall("[0-9a-f]{64}", run("sha256sum pages/*"))
    assert document in (tmp_path / SNAPSHOT).read_text(encoding="utf-8")
    chained = re.findall(
        "[0-9a-f]{64}", run("while IFS= read -r l; do printf '%s\\n' \"$l\" | sha256sum; done < chain.jsonl")
    )
    assert all(f'"previous":"{hash}"' in after for hash, after in zip(chained, links[1:], strict=False))
    assert run("tail -n 1 chain.jsonl | sha256sum").split()[0] in read_me


@pytest.mark.skipif(shutil.which("openssl") is None, reason="this machine has no openssl")
def test_a_stranger_can_check_the_signature_with_openssl(tmp_path: Path, signed: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(signed)) as archive:
        archive.extractall(tmp_path)
    command = (
        "openssl pkeyutl -verify -pubin -inkey public-key.pem -rawin -in SHA256SUMS -sigfile SHA256SUMS.sig"
    )
    done = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, text=True, check=False)
    if "rawin" in done.stderr:
        pytest.skip("this openssl is too old to verify Ed25519")
    assert done.returncode == 0, done.stderr
    assert SIGNER.public in (tmp_path / README).read_text(encoding="utf-8")
    assert SIGNER.public in (tmp_path / PUBLIC_KEY).read_text(encoding="ascii")


def test_every_single_byte_counts(gain: bytes) -> None:
    for at in range(len(gain)):
        flipped = bytearray(gain)
        flipped[at] ^= 1
        with pytest.raises(BadFile):
            verify(bytes(flipped))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_flipped_byte_ever_verifies(signed: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(signed) - 1))
    flipped = bytearray(signed)
    flipped[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(BadFile):
        verify(bytes(flipped))


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_cut_and_no_insertion_ever_verifies(gain: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(gain)))
    cut = data.draw(st.integers(0, 40))
    put = data.draw(st.binary(max_size=40))
    altered = gain[:at] + put + gain[at + cut :]
    if altered != gain:
        with pytest.raises(BadFile):
            verify(altered)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_rubbish_is_refused_and_nothing_else(rubbish: bytes) -> None:
    for data in (
        rubbish,
        b"PK\x03\x04" + rubbish,
        pack({README: rubbish}),
        pack({EVENT: rubbish, CHAIN: rubbish}),
    ):
        with pytest.raises(BadFile):
            verify(data)


def test_a_page_that_was_altered_and_hashed_anew_is_seen(gain: bytes) -> None:
    files = dict(unpack(gain))
    [name] = [name for name in files if name.startswith("pages/")]
    files[name] = files[name].replace("Thales Cloud Sécurisé".encode(), "Bleu Cloud Sécurisé".encode())
    listed = {each: body for each, body in files.items() if each != SUMS}
    with pytest.raises(BadFile, match=r"pages: expected the documents that snapshot\.json names"):
        verify(pack(files | {SUMS: sums(listed)}))


@pytest.mark.parametrize(
    ("name", "before", "after", "said"),
    [
        ("event", b"S3NS", b"Bleu", "event.json: expected the one that the first link seals"),
        ("snapshot", b"2026", b"2025", "snapshot.json: expected the one that the first link seals"),
        ("listing", b"OVH", b"OHV", "listing.jsonl: expected the one that the first link seals"),
        ("chain", b"2026-03-07", b"2026-03-08", "expected a chain that goes through the head"),
        ("chain", b"2026-03-06", b"2026-03-01", "line 3: expected previous"),
        ("chain", b'"number":3', b'"number":7', "line 2: expected number 3, found 7"),
    ],
)
def test_a_record_that_was_altered_and_hashed_anew_is_seen(
    gain: bytes, memory: Store, name: str, before: bytes, after: bytes, said: str
) -> None:
    body = unpack(gain)[{"event": EVENT, "snapshot": SNAPSHOT, "listing": LISTING, "chain": CHAIN}[name]]
    assert before in body
    with pytest.raises(BadFile, match=re.escape(said)):
        verify(forged(gain, **{name: body.replace(before, after)}), head=chain.head(memory))


@pytest.fixture
def invented(gain: bytes) -> bytes:
    """A file that agrees with itself: event, listing and the whole chain were made anew."""
    event = unpack(gain)[EVENT].replace(b"S3NS", b"Bleu")
    lines = unpack(gain)[CHAIN].decode().splitlines()
    first = json.loads(lines[0])
    for each in first["events"]:
        if each["id"] == GAIN:
            each["sha256"] = hashlib.sha256(event).hexdigest()
    chained, previous = [text(first)], chain.sealed(text(first))
    for each in lines[1:]:
        chained.append(text(json.loads(each) | {"previous": previous}))
        previous = chain.sealed(chained[-1])
    bodies = {"event": event, "chain": "".join(f"{one}\n" for one in chained).encode()}
    # Whoever invents the rest writes a leaflet to match, as an older program would have.
    return forged(gain, **bodies, readme=b"PROOF OF EVENT 4\n", sheet=b"<p>Proof of event 4</p>\n")


def test_a_file_that_was_invented_as_a_whole_has_another_head(invented: bytes, memory: Store) -> None:
    claim = verify(invented)
    assert claim.head != chain.head(memory)
    assert "or this proves agreement only" in dict(claim_lines(claim, voice("en")))["chain"]
    with pytest.raises(BadFile, match="or history was rewritten"):
        verify(invented, head=chain.head(memory))


def test_a_file_that_was_invented_is_not_signed(invented: bytes) -> None:
    with pytest.raises(BadFile, match="found one without a signature"):
        verify(invented, key=SIGNER.public)


def test_a_head_noted_at_any_time_since_the_event_is_found_in_the_chain(gain: bytes, memory: Store) -> None:
    for link in chain.links(memory, 2):
        assert verify(gain, head=link.hash).noted == link.number
    with pytest.raises(BadFile, match="noted before this event"):
        verify(gain, head=chain.link_of(memory, 1).hash)


def test_the_chain_can_end_at_a_head_noted_earlier(memory: Store) -> None:
    earlier = chain.link_of(memory, 3).hash
    claim = verify(prove(memory, GAIN, head=earlier))
    assert (claim.links, claim.head) == ((2, 3), earlier)


@pytest.mark.parametrize(("run", "said"), [(1, "it is link 1"), (None, "is not in the chain")])
def test_a_head_that_does_not_follow_the_event_is_refused(memory: Store, run: int | None, said: str) -> None:
    head = chain.link_of(memory, run).hash if run else "f" * 64
    with pytest.raises(UnknownHead, match=said):
        prove(memory, GAIN, head=head)


def test_a_signature_names_its_key(signed: bytes) -> None:
    assert verify(signed).key == SIGNER.public
    assert verify(signed, key=SIGNER.public).key == SIGNER.public


def test_the_signature_of_somebody_else_is_no_signature(signed: bytes) -> None:
    other = Signer("07" * 32)
    with pytest.raises(BadFile, match="expected a file signed by"):
        verify(signed, key=other.public)
    with pytest.raises(BadFile, match="expected the signature of SHA256SUMS"):
        verify(pack(dict(unpack(signed)) | {SIGNATURE: other.sign(b"something else")}))
    listed = {**unpack(signed), PUBLIC_KEY: other.pem}
    bodies = {name: body for name, body in listed.items() if name not in (SUMS, SIGNATURE)}
    with pytest.raises(BadFile, match="expected the signature of SHA256SUMS"):
        verify(pack(listed | {SUMS: sums(bodies)}))


def test_a_leaflet_that_was_rewritten_does_not_keep_the_signature(signed: bytes) -> None:
    with pytest.raises(BadFile, match="expected the signature of SHA256SUMS"):
        verify(forged(signed, readme=b"Everything is fine.\n"))


@pytest.mark.parametrize("secret", ["", "zz", "5e" * 31, "5e" * 33])
def test_a_secret_that_cannot_sign_is_refused_without_repeating_it(secret: str) -> None:
    with pytest.raises(ValueError, match="expected 64 hex digits") as caught:
        Signer(secret)
    assert not secret or secret not in str(caught.value)


def deflated(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return out.getvalue()


@pytest.mark.parametrize(
    "spoil",
    [
        deflated,
        lambda files: pack({**files, "pages/../../etc/cron.d/x": b"x"}),
        lambda files: pack({"/etc/passwd": b"x", **files}),
        lambda files: pack({**files, "extra.txt": b"x"}),
        lambda files: pack(dict(reversed(files.items()))),
        lambda files: pack({name: body for name, body in files.items() if name != SUMS}),
        lambda files: pack({name: body for name, body in files.items() if name != LISTING}),
        lambda files: pack({**files, **{f"pages/{n}": b"" for n in range(MOST_FILES + 1)}}),
        lambda files: pack(files) + b"\0",
        lambda files: b"\0" + pack(files),
        lambda files: pack(files) + pack(files),
    ],
)
def test_an_archive_of_another_making_is_refused(
    gain: bytes, spoil: Callable[[Mapping[str, bytes]], bytes]
) -> None:
    with pytest.raises(BadFile):
        verify(spoil(dict(unpack(gain))))


def test_a_bomb_is_never_unpacked(gain: bytes) -> None:
    bomb = deflated(dict(unpack(gain)) | {LISTING: b"0" * 50_000_000})
    assert len(bomb) < 100_000
    with pytest.raises(BadFile):
        verify(bomb)


DEEP = b"[" * 100_000 + b"]" * 100_000 + b"\n"


@pytest.mark.parametrize(
    "bodies",
    [
        {"event": b'{"id":' + DEEP[:-1] + b"}\n"},
        {"chain": b'{"number":1,"previous":' + DEEP[:-1] + b"}\n"},
        {"listing": DEEP},
        {"chain": b""},
        {"chain": b"\xff\n"},
        {"chain": b'{"number":1}\n'},
        {"chain": b'{"number":1,"previous":"0"}\n'},
        {"chain": b'{"number":' + b"9" * 10_000 + b',"previous":"0"}\n'},
        {"event": b"{}\n"},
        {"event": b"null\n"},
        {"event": b'{"id": 4}\n'},
        {"snapshot": b'{"id":[]}\n'},
        {"listing": b"no line feed"},
    ],
)
def test_records_that_make_no_sense_are_refused(gain: bytes, bodies: dict[str, bytes]) -> None:
    with pytest.raises(BadFile):
        verify(forged(gain, **bodies))


@pytest.mark.parametrize(
    "change",
    [
        {"attestations": [], "rows": []},
        {"rows": ["x"]},
        {"kind": "exploded"},
        {"evidence": {"snapshot": 2, "url": "https://elsewhere.test", "sha256": "0" * 64, "place": "p. 1"}},
        {"seen_at": "2020-01-01T00:00:00Z"},
        {"source": "ans-hds"},
        {"provider": None},
    ],
)
def test_an_event_that_does_not_fit_is_refused_even_when_it_is_sealed(
    gain: bytes, change: dict[str, Any]
) -> None:
    """By a forger who makes a chain of his own: what is said must still be what the records show."""
    event = line(json.loads(unpack(gain)[EVENT]) | change)
    first = json.loads(unpack(gain)[CHAIN].decode().splitlines()[0])
    first["events"] = [{"id": GAIN, "sha256": hashlib.sha256(event).hexdigest()}]
    with pytest.raises(BadFile):
        verify(forged(gain, event=event, chain=line(first)))


def test_the_leaflet_lets_nothing_from_a_register_act() -> None:
    with open_store(":memory:") as store:
        watch = Watch(store=store, providers=load_providers(store))
        hostile = "secnumcloud | Evil\x1b[2J\u202e Corp {key} %s | {0} | 1 | 2025-03-24 | 2028-03-24"
        for when, rows in (("2025-12-06", (OVH,)), ("2026-03-05", (OVH, hostile))):
            look(ToyRegister(), [page("\n".join([f"edition {when}", *rows]), day(when))], watch, day(when))
        read_me = unpack(prove(store, 2))[README].decode()
    assert "\x1b" not in read_me
    assert "\u202e" not in read_me
    assert "Corp {key} %s" in read_me


def test_todays_reader_finds_the_rows_again(gain: bytes, signed: bytes) -> None:
    def again(claim: Claim) -> tuple[bool, str]:
        found = found_again(claim, ToyRegister().read(claim.pages), voice("en"))
        return found.agrees, found.text

    assert again(verify(gain)) == (True, "row 3 is there, p. 1")
    assert again(verify(signed)) == (True, "row 1 is not there")


def test_programs_get_the_same_as_people(gain: bytes, memory: Store) -> None:
    record = json_of(verified_view(verify(gain)))
    assert record["head"] == chain.head(memory)
    assert record["listed"] == {"3": "listed"}
    assert "S3NS" in record["sentence_fr"]
