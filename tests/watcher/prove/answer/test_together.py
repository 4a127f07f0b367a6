"""The proof of an answer about labels together: both proofs in one file, and what follows from them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from command_line import CommandLine

from state.codec import text
from watcher.errors import BadFile
from watcher.prove.answer.leaflet import FORM
from watcher.prove.answer.verify import Answered, verify_answer
from watcher.prove.evidence_file import ANSWER, CHAIN, README, SHEET, SIGNATURE, SUMS, pack, sums, unpack

BOTH = "secnumcloud+hds"
ROWS = (
    "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24 | scope=IaaS",
    "hds | OVHcloud | - | 36741 | 2025-09-01 | 2027-02-28",
    "secnumcloud | Oodrive | Oodrive_Work | 2025_241 | 2025-01-20 | 2028-01-25",
)
WHALLER = "hds | Whaller | - | 4242 | - | 2027-05-01"
S3NS = "secnumcloud | Thales Cloud Sécurisé | Cloud de confiance S3NS | 2025_2057 | 2026-02-20 | 2028-12-17"
Write = Callable[..., bytes]


@pytest.fixture
def write(cli: CommandLine) -> Write:
    """Writes the proof of an answer about both, and gives its bytes."""
    cli.saw(("2026-01-10", *ROWS), ("2026-02-01", *ROWS, WHALLER), ("2026-02-25", *ROWS, WHALLER, S3NS))
    cli("runs-on", "add", "whaller", "ovhcloud", "--reason", "contract", "--by", "Anne", now="2026-02-20")

    def written(who: str, day: str, now: str = "2026-02-28", label: str = BOTH) -> bytes:
        out = cli.room / f"{who}-{day}.zip"
        result = cli("evidence", "--was", who, label, day, "--out", str(out), now=now)
        assert result.exit_code == 0, result.output
        return out.read_bytes()

    return written


def checked(data: bytes, **given: str) -> Answered:
    found = verify_answer(unpack(data), head=given.get("head"), key=given.get("key"))
    assert found.opened.together is not None
    return found


def rewritten(data: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The file with other contents and sums to match, its leaflets such as no program owns."""
    files = {name: body for name, body in unpack(data).items() if name not in (SUMS, SIGNATURE)}
    change(files)
    files |= {README: b"A leaflet.\n", SHEET: b"<p>A leaflet.</p>\n"}
    return pack(files | {SUMS: sums(files)})


def stating(data: bytes, **other: Any) -> bytes:
    """The file with something else in what it states of both."""

    def change(files: dict[str, bytes]) -> None:
        stated = json.loads(files[ANSWER])["together"]
        files[ANSWER] = f"{text({'together': stated | other})}\n".encode()

    return rewritten(data, change)


ASKED: dict[str, tuple[str, str, str, str, dict[str, Any]]] = {
    "yes": ("ovhcloud", "2026-02-01", "yes", "observed", {"second": "hds", "since": "2025-09-01"}),
    "no, one is missing": ("s3ns", "2026-02-25", "no", "absent", {"missing": ["hds"]}),
    "no, the other is": ("oodrive", "2026-02-01", "no", "absent", {"missing": ["hds"]}),
    "unknown, before the watch": ("oodrive", "2024-06-01", "unknown", "not_watched", {}),
    "yes, by a note": ("whaller", "2026-02-25", "yes", "noted", {"second": ""}),
    "no, before the note": ("whaller", "2026-02-10", "no", "absent", {"missing": ["secnumcloud"]}),
    "unknown, a day to come": ("ovhcloud", "2026-12-01", "unknown", "printed", {}),
    "unknown, a name on no list": ("zorglub", "2026-02-01", "unknown", "unknown_name", {}),
}


@pytest.mark.parametrize("case", ASKED, ids=str)
def test_any_answer_about_both_can_be_proven_and_is_made_again(
    cli: CommandLine, write: Write, case: str
) -> None:
    who, day, answer, basis, held = ASKED[case]
    found = checked(write(who, day))
    [told] = cli.json("was", who, BOTH, day, now="2026-02-28")
    stated = found.opened.together
    assert stated is not None
    assert (stated.answer, stated.basis) == (answer, basis) == (told["answer"], told["basis"])
    assert (found.past is not None, stated.remade, found.vouched) == (True, True, True)
    known = json.loads(json.dumps({name: getattr(stated.held, name) for name in held}, default=str))
    assert known == held
    assert [own.stated.asked.label for own in found.opened.each] == ["secnumcloud", "hds"]


def test_the_file_holds_the_documents_of_both_at_their_place_and_holders_as_printed(write: Write) -> None:
    files = unpack(write("ovhcloud", "2026-02-01"))
    for label in ("secnumcloud", "hds"):
        assert any(name.startswith(f"{label}/snapshots/") for name in files)
        assert any(name.startswith(f"{label}/listings/") for name in files)
    read_me = files[README].decode().replace("\u00a0", " ").replace("\u202f", " ")
    assert "SecNumCloud : OVH · Bare Metal Pod" in read_me
    assert "HDS : OVHcloud · certificat 36741" in read_me
    assert "HDS est venu en second" in read_me
    assert "Que les deux couvrent un seul et même service" in " ".join(read_me.split())


def test_what_is_missing_and_what_nobody_knows_is_said_in_the_file(write: Write) -> None:
    missing = unpack(write("s3ns", "2026-02-25"))[README].decode()
    assert "Il manque HDS." in missing
    unknown = unpack(write("oodrive", "2024-06-01"))[README].decode()
    assert "Sans réponse pour" in unknown


def test_a_note_is_told_apart_from_what_is_proven(cli: CommandLine, write: Write) -> None:
    found = checked(write("whaller", "2026-02-25"))
    assert found.opened.together is not None
    [note] = found.opened.together.parts[0].noted
    assert (note.by, note.host.slug) == ("Anne", "ovhcloud")
    shown = cli("--lang", "fr", "verify", str(cli.room / "whaller-2026-02-25.zip")).stdout
    told = " ".join(shown.replace("\u00a0", " ").replace("\u202f", " ").split())
    assert "non montré Que Whaller tourne sur OVHcloud : c’est une note de Anne" in told
    [view] = cli.json("verify", str(cli.room / "whaller-2026-02-25.zip"))
    assert [part["provider"] for part in view["parts"]] == ["ovhcloud", "whaller"]


@pytest.mark.parametrize("other", ["no", "unknown"])
def test_an_answer_about_both_cannot_be_turned(write: Write, other: str) -> None:
    data = write("ovhcloud", "2026-02-01")
    with pytest.raises(BadFile, match=f"as the proofs of the labels say, found {other}"):
        checked(stating(data, answer=other))


@pytest.mark.parametrize(
    "other", [{"second": "secnumcloud"}, {"since": "2024-01-01"}, {"missing": ["hds"]}, {"until": None}]
)
def test_what_both_come_to_cannot_be_turned_either(write: Write, other: dict[str, object]) -> None:
    data = write("ovhcloud", "2026-02-01")
    held = json.loads(unpack(data)[ANSWER])["together"]["held"] | other
    with pytest.raises(BadFile, match="as the proofs of the labels say"):
        checked(stating(data, held=held))


def test_the_proof_of_one_label_cannot_be_of_somebody_else_or_another_day(write: Write) -> None:
    data, others = write("s3ns", "2026-02-25"), unpack(write("ovhcloud", "2026-02-25"))

    def change(files: dict[str, bytes]) -> None:
        told = {name: body for name, body in files.items() if not name.startswith("hds/")}
        del told[CHAIN]
        stated, other = (json.loads(one[ANSWER])["together"] for one in (told, others))
        stated["parts"][1] = other["parts"][1]
        stated["parts"][0]["first_link"] = other["parts"][0]["first_link"]
        told[ANSWER] = f"{text({'together': stated})}\n".encode()
        told |= {name: body for name, body in others.items() if name.startswith("hds/")}
        told[CHAIN] = others[CHAIN]
        files.clear()
        files.update(told)

    with pytest.raises(BadFile, match=r"hds/answer.json: expected an answer about .*'s3ns'"):
        checked(rewritten(data, change))


def test_a_host_needs_notes_that_lead_to_it(write: Write) -> None:
    data = write("whaller", "2026-02-25")
    parts = json.loads(unpack(data)[ANSWER])["together"]["parts"]
    bare = [parts[0] | {"noted": []}, parts[1]]
    late = [parts[0] | {"noted": [parts[0]["noted"][0] | {"at": "2026-02-27T00:00:00Z"}]}, parts[1]]
    for other in (bare, late):
        with pytest.raises(BadFile, match=r"expected (notes that lead|an answer about)"):
            checked(stating(data, parts=other))


def test_a_file_without_one_of_its_parts_is_refused(write: Write) -> None:
    data = write("ovhcloud", "2026-02-01")
    for gone in sorted(set(unpack(data)) - {SUMS, README, SHEET}):

        def change(files: dict[str, bytes], gone: str = gone) -> None:
            del files[gone]

        with pytest.raises(BadFile, match="expected"):
            checked(rewritten(data, change))


def test_one_changed_byte_is_found_whatever_the_sums_say(write: Write) -> None:
    data = write("ovhcloud", "2026-02-01")
    for folder in ("secnumcloud/listings/", "hds/listings/", "secnumcloud/snapshots/", "hds/snapshots/"):

        def change(files: dict[str, bytes], folder: str = folder) -> None:
            name = next(name for name in files if name.startswith(folder))
            files[name] = files[name].replace(b"OVH", b"OHV") if b"OVH" in files[name] else files[name] + b" "

        with pytest.raises(BadFile, match=r"expected (the listing that link|a line feed|the one that)"):
            checked(rewritten(data, change))


@pytest.mark.parametrize(
    "body", [b'{"together":1}\n', b'{"together":{}}\n', b'{"together":[]}\n', b'{"together":{"parts":[]}}\n']
)
def test_what_a_stranger_wrote_is_refused_in_one_line(write: Write, body: bytes) -> None:
    def change(files: dict[str, bytes]) -> None:
        files[ANSWER] = body

    with pytest.raises(BadFile):
        checked(rewritten(write("ovhcloud", "2026-02-01"), change))


def test_who_states_an_answer_without_showing_it_is_told_apart(write: Write) -> None:
    found = checked(stating(write("ovhcloud", "2026-02-01"), answer="no", remade=False))
    assert found.past is None


def test_todays_reader_finds_the_rows_of_both_again(cli: CommandLine, write: Write) -> None:
    write("ovhcloud", "2026-02-01")
    again = cli("verify", str(cli.room / "ovhcloud-2026-02-01.zip"), "--reread")
    assert again.exit_code == 0, again.output
    found = re.findall(r"read again \(reader 1\): one row", again.output)
    assert len(found) == again.output.count("read again") > 1, "each look of each label"


def test_every_spelling_of_both_is_one_proof(write: Write) -> None:
    data = write("ovhcloud", "2026-02-01", label="HDS + SecNumCloud")
    assert checked(data).opened.stated.asked.label == BOTH


FORMS = {1: "eea14377", 2: "994c464d"}
"""By form, what the leaflets of some answers about both say and how they look, as a digest."""
HASH = re.compile(r"[0-9a-f]{16,64}")


def test_other_words_have_another_form(write: Write) -> None:
    """Else a file of yesterday would be called forged today: raise `FORM`, and enter the digest."""
    said = ""
    for case in ("yes", "no, one is missing", "unknown, before the watch", "yes, by a note"):
        who, day, *_ = ASKED[case]
        files = unpack(write(who, day))
        said += HASH.sub("#", files[README].decode() + files[SHEET].decode())
    assert FORMS[FORM] == hashlib.sha256(said.encode()).hexdigest()[:8]


def test_a_document_of_the_time_before_the_watch_is_in_the_proof_of_its_label(
    cli: CommandLine, write: Write
) -> None:
    (cli.room / "agrement.pdf").write_bytes(b"%PDF-1.4\nan old paper")
    (cli.room / "old.csv").write_text(
        "label;provider;issuer;document;valid_from;valid_until\n"
        "hds;OVHcloud;Ministère;agrement.pdf;2012-01-02;2015-01-01\n"
        "secnumcloud;OVHcloud;ANSSI;agrement.pdf;2013-01-02;2016-01-01\n",
        encoding="utf-8",
    )
    write("ovhcloud", "2026-02-01")
    taken = cli("documents", "import", str(cli.room / "old.csv"), "--by", "Léa", now="2026-02-27")
    assert taken.exit_code == 0, taken.output
    found = checked(write("ovhcloud", "2014-03-01"))
    stated = found.opened.together
    assert stated is not None
    assert (stated.answer, stated.basis, stated.remade, found.vouched) == ("yes", "document", True, True)
    assert (str(stated.held.since), stated.held.second, str(stated.held.until)) == (
        "2013-01-02",
        "secnumcloud",
        "2015-01-01",
    )
    assert all(own.provided for own in found.opened.each)
