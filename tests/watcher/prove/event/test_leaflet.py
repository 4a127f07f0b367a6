"""The leaflet of a proof is made again from what it speaks of, or nobody vouches for it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from command_line import CommandLine
from every_event import AWARE, every_case
from hypothesis import given, settings
from hypothesis import strategies as st

from notifiers.said.voice import voice
from state.model import Event, Page
from watcher.ask.views.form import json_of
from watcher.errors import BadFile
from watcher.prove.event.leaflet import ALONE, FORM, MARK, Proof, leaflet
from watcher.prove.event.testimony import claim_lines, verified_view
from watcher.prove.event.verify import verify
from watcher.prove.evidence_file import README, SIGNATURE, SUMS, pack, sums, unpack

OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24 | scope=IaaS"
BLEU = "secnumcloud | Bleu SAS | Cloud | 2026_1 | 2026-01-01 | 2029-01-01"
GIVEN_AWAY = Path(__file__).parents[3] / "contracts" / "evidence"
WORDS = {1: "fde4e5e8", 2: "4b1e6634"}
"""By form, what the leaflets of every kind of event say, as a digest."""


def rewritten(data: bytes, read_me: str) -> bytes:
    """The file with another leaflet and a list of hashes to match, as anybody could write it."""
    files = {name: body for name, body in unpack(data).items() if name not in (SUMS, SIGNATURE)}
    files[README] = read_me.encode()
    return pack(files | {SUMS: sums(files)})


def read_me_of(data: bytes) -> str:
    return unpack(data)[README].decode()


@pytest.fixture
def proof(cli: CommandLine) -> bytes:
    """The proof of a gain, as the command writes it."""
    cli.see("2026-03-02", OVH)
    cli.see("2026-03-04", OVH, BLEU)
    out = cli.room / "proof.zip"
    assert cli("evidence", "2", "--out", str(out)).exit_code == 0
    return out.read_bytes()


def test_a_leaflet_is_made_again_and_vouched_for(proof: bytes) -> None:
    claim = verify(proof)
    told = dict(claim_lines(claim, voice("en")))
    assert claim.vouched
    assert told["result"] == "whole: every byte is as it was written"
    assert told["leaflet"].startswith("README.txt is made again from the event")
    assert json_of(verified_view(claim))["leaflet_vouched"] is True


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Bleu", "Blue"),
        ("Cloud", "Clouds"),
        ("PREUVE", "Preuve"),
        ("2026-03-04", "2026-03-05"),
        ("p. 1", "p. 2"),
    ],
)
def test_one_changed_letter_in_a_leaflet_is_reported(proof: bytes, before: str, after: str) -> None:
    text = read_me_of(proof)
    assert before in text
    with pytest.raises(BadFile, match=r"README.txt: expected the leaflet of this event.* in line \d+ found"):
        verify(rewritten(proof, text.replace(before, after, 1)))


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_no_letter_of_a_leaflet_can_be_changed_in_silence(data: st.DataObject) -> None:
    """Wherever it stands: the file is refused, or said to have a leaflet that nobody vouches for."""
    given_away = (GIVEN_AWAY / "taken-back.zip").read_bytes()
    text = read_me_of(given_away)
    place = data.draw(st.integers(0, len(text) - 1).filter(lambda at: text[at].isalnum()))
    letter = "x" if text[place] != "x" else "y"
    assert not verify(rewritten(given_away, text[:place] + letter + text[place + 1 :])).vouched


@pytest.mark.parametrize("mark", ["", f"{MARK} {FORM + 1}\n", f"{MARK} 0\n", f"{MARK} {FORM}", "\n"])
def test_a_leaflet_that_hides_who_wrote_it_is_not_vouched_for(proof: bytes, mark: str) -> None:
    text = read_me_of(proof).replace("Bleu", "Blue").removesuffix(f"{MARK} {FORM}\n") + mark
    claim = verify(rewritten(proof, text))
    told = dict(claim_lines(claim, voice("en")))
    assert not claim.vouched
    assert told["result"] == "whole, but for the leaflet: every other byte is as it was written"
    assert told["leaflet"].startswith("NOBODY VOUCHES FOR README.txt")
    assert json_of(verified_view(claim))["leaflet_vouched"] is False


def test_the_command_ends_with_1_where_a_leaflet_was_rewritten_and_with_0_where_it_may_be_older(
    cli: CommandLine, proof: bytes
) -> None:
    text = read_me_of(proof).replace("Bleu", "Blue")
    bad, older = cli.room / "bad.zip", cli.room / "older.zip"
    bad.write_bytes(rewritten(proof, text))
    older.write_bytes(rewritten(proof, text.removesuffix(f"{MARK} {FORM}\n")))

    refused, doubted = cli("verify", str(bad)), cli("--lang", "fr", "verify", str(older))
    assert (refused.exit_code, doubted.exit_code) == (1, 0)
    assert "README.txt" in refused.stderr
    assert "PERSONNE NE RÉPOND DE README.txt" in doubted.stdout


@pytest.mark.parametrize("file", ["signed", "taken-back"])
def test_leaflets_of_older_programs_are_vouched_for_where_they_say_the_same(file: str) -> None:
    assert verify((GIVEN_AWAY / f"{file}.zip").read_bytes()).vouched


def test_what_a_file_does_not_prove_is_not_vouched_for(cli: CommandLine, proof: bytes) -> None:
    """Taken back after the head that was asked for: the leaflet says so, and no link of the file does."""
    head = verify(proof).head
    cli("retract", "2", "--reason", "misread")
    later, earlier = cli.room / "later.zip", cli.room / "earlier.zip"
    cli("evidence", "2", "--out", str(later))
    cli("evidence", "2", "--out", str(earlier), "--head", head)
    assert [verify(one.read_bytes()).vouched for one in (later, earlier)] == [True, False]
    assert all("misread" in read_me_of(one.read_bytes()) for one in (later, earlier))


@pytest.mark.parametrize(("form", "sheet"), [(ALONE, False), (FORM, True)])
def test_other_words_have_another_form(form: int, sheet: bool) -> None:
    """Else a file that the program of yesterday gave away would be called forged by that of today: raise
    `FORM`, and enter the new digest beside the old."""
    said = "".join(every_leaflet(event, sheet) for event in every_case().values())
    assert WORDS[form] == hashlib.sha256(said.encode()).hexdigest()[:8]
    assert len(set(WORDS.values())) == len(WORDS)


def every_leaflet(event: Event, sheet: bool) -> str:
    run = {"id": 1, "source": event.source, "revision": 1}
    shown = Page(url=event.evidence.url, body=b"received", fetched_at=AWARE)
    event = replace(event, evidence=replace(event.evidence, sha256=shown.sha256))
    pages = {"pages/1.pdf": shown}
    return "".join(
        leaflet(
            Proof(event=event, run=run, pages=pages, absent=absent, retracted=why, head="0" * 64, key=key),
            sheet=sheet,
        )
        for absent, why, key in ((False, None, None), (True, "misread", "KEY"))
    )
