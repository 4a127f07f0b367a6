"""The proof of an answer: any of the three can be given away, and nobody can turn one into another."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from command_line import CommandLine

from notifiers.said.voice import voice
from state.codec import text
from watcher.errors import BadFile
from watcher.prove.answer.leaflet import FORM
from watcher.prove.answer.testimony import answer_lines
from watcher.prove.answer.verify import Answered, verify_answer
from watcher.prove.evidence_file import ANSWER, CHAIN, README, SHEET, SIGNATURE, SUMS, pack, sums, unpack

OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24 | scope=IaaS"
BLEU = "secnumcloud | Bleu SAS | Cloud | 2026_1 | 2026-01-01 | 2029-01-01"
S3NS = "secnumcloud | Thales Cloud Sécurisé | Cloud de confiance S3NS | 2025_2057 | 2026-03-01 | 2028-12-17"
OVER = "secnumcloud | Oodrive | Share | 2023_9 | 2023-02-01 | 2026-02-10"
STATED = "passi | Devoteam | - | 2023_77 | - | - | statuses=2026-02-20 withdrawn; 2024-01-01 granted"
Write = Callable[..., bytes]


@pytest.fixture
def write(cli: CommandLine) -> Write:
    """Writes the proof of an answer, and gives its bytes; the register was watched with a gap in spring."""
    cli.saw(
        ("2026-01-10", OVH, OVER, STATED),
        ("2026-02-01", OVH, OVER, STATED),
        ("2026-02-25", OVH, S3NS, STATED),
        ("2026-03-10", OVH, S3NS, STATED),
        ("2026-06-10", OVH, BLEU),
    )

    def written(*asked: str, now: str = "2026-06-12") -> bytes:
        out = cli.room / f"{'-'.join(asked)}.zip"
        result = cli("evidence", "--was", *asked, "--out", str(out), now=now)
        assert result.exit_code == 0, result.output
        return out.read_bytes()

    return written


def checked(data: bytes, **given: str) -> Answered:
    return verify_answer(unpack(data), head=given.get("head"), key=given.get("key"))


def rewritten(data: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The file with other contents and sums to match, its leaflets such as no program owns."""
    files = {name: body for name, body in unpack(data).items() if name not in (SUMS, SIGNATURE)}
    change(files)
    files |= {README: b"A leaflet.\n", SHEET: b"<p>A leaflet.</p>\n"}
    return pack(files | {SUMS: sums(files)})


def without(data: bytes, name: str) -> bytes:
    """The file without one of its parts, its sums to match."""

    def change(files: dict[str, bytes]) -> None:
        del files[name]

    return rewritten(data, change)


def stating(data: bytes, **other: Any) -> bytes:
    """The file with something else in what it states."""

    def change(files: dict[str, bytes]) -> None:
        stated = json.loads(files[ANSWER])
        asked = {name: other.pop(name) for name in list(other) if name in stated["asked"]}
        files[ANSWER] = f"{text(stated | other | {'asked': stated['asked'] | asked})}\n".encode()

    return rewritten(data, change)


ASKED = {
    "yes, of the day": ("ovhcloud", "2026-02-01", "yes", "observed"),
    "yes, on both sides": ("ovhcloud", "2026-02-10", "yes", "observed"),
    "yes, by a decision seen later": ("bleu", "2026-02-10", "yes", "decision"),
    "no, on neither side": ("s3ns", "2026-01-20", "no", "absent"),
    "no, of the day": ("bleu", "2025-12-20", "unknown", "not_watched"),
    "no, ended as printed": ("oodrive", "2026-02-20", "no", "printed_end"),
    "unknown, nobody looked": ("s3ns", "2026-04-20", "unknown", "not_watched"),
    "unknown, before the watch": ("s3ns", "2025-06-01", "unknown", "not_watched"),
    "unknown, a day to come": ("ovhcloud", "2027-06-01", "unknown", "printed"),
    "unknown, a name on no list": ("zorglub", "2026-02-01", "unknown", "unknown_name"),
}


@pytest.mark.parametrize("case", ASKED, ids=str)
def test_any_answer_can_be_proven_and_is_made_again_by_who_checks(
    cli: CommandLine, write: Write, case: str
) -> None:
    who, day, answer, basis = ASKED[case]
    found = checked(write(who, "secnumcloud", day))
    [told] = cli.json("was", who, "secnumcloud", day, now="2026-06-12")
    stated = found.opened.stated
    assert (stated.answer, stated.basis) == (answer, basis) == (told["answer"], told["basis"])
    assert found.past is not None
    assert stated.remade
    assert found.vouched


def test_where_no_register_was_read_all_of_the_chain_says_so(write: Write) -> None:
    found = checked(write("s3ns", "hds", "2026-02-01"))
    assert found.opened.stated.answer == "unknown"
    assert found.opened.links == (1, 5)
    assert "The chain, whole, has no look" in str(answer_lines(found, voice("en")))


def test_rows_that_print_their_history_answer_for_a_day_that_nobody_watched(write: Write) -> None:
    yes = checked(write("devoteam", "passi", "2025-03-01")).opened.stated
    assert (yes.answer, yes.basis, yes.remade) == ("yes", "history", True)


def test_an_answer_is_proven_by_few_looks(write: Write) -> None:
    found = checked(write("s3ns", "secnumcloud", "2026-01-20"))
    assert sorted(found.opened.each[0].pages) == [1, 2]
    assert found.opened.links == (1, 5)


def test_every_day_of_a_watch_can_be_proven(cli: CommandLine, write: Write) -> None:
    """Whatever `was` says, the file shows it."""
    for who in ("ovhcloud", "oodrive", "s3ns", "bleu"):
        day = date(2025, 12, 28)
        while day < date(2026, 7, 1):
            found = checked(write(who, "secnumcloud", str(day)))
            assert found.opened.stated.remade, (who, day)
            day += timedelta(days=17)


@pytest.mark.parametrize("other", ["no", "unknown"])
def test_an_answer_cannot_be_turned(write: Write, other: str) -> None:
    data = write("ovhcloud", "secnumcloud", "2026-02-10")
    with pytest.raises(
        BadFile, match=f"expected yes .observed., as the looks in this file say, found {other}"
    ):
        checked(stating(data, answer=other))


def test_a_day_cannot_be_exchanged(write: Write) -> None:
    data = write("s3ns", "secnumcloud", "2026-01-20")
    with pytest.raises(BadFile, match=r"as the looks in this file say|next to the day"):
        checked(stating(data, day="2026-03-05"))


def test_a_look_next_to_the_day_cannot_be_left_out(write: Write) -> None:
    """Without the look of 1 February the day lies between two looks that are far enough apart to say less."""
    data = write("s3ns", "secnumcloud", "2026-01-20")
    later = unpack(write("s3ns", "secnumcloud", "2026-03-01"))

    def change(files: dict[str, bytes]) -> None:
        stated = json.loads(files[ANSWER])
        stated["asked"]["voices"][0]["looks"] = [1, 3]
        told = {ANSWER: f"{text(stated)}\n".encode(), "listings/1.jsonl": files["listings/1.jsonl"]}
        told |= {name: body for name, body in later.items() if name == "listings/3.jsonl"}
        told |= {name: body for name, body in files.items() if name.startswith("snapshots/1/")}
        told |= {name: body for name, body in later.items() if name.startswith("snapshots/3/")}
        told[CHAIN] = files[CHAIN]
        files.clear()
        files.update({README: b"", SHEET: b""} | told)

    with pytest.raises(
        BadFile, match="expected the listing of the look 2, which is next to the day; found none"
    ):
        checked(rewritten(data, change))


def test_a_chain_that_begins_late_does_not_show_that_nobody_looked_before(write: Write) -> None:
    data = write("s3ns", "secnumcloud", "2025-06-01")

    def change(files: dict[str, bytes]) -> None:
        lines = files[CHAIN].splitlines(keepends=True)
        files[CHAIN] = b"".join(lines[1:])
        stated = json.loads(files[ANSWER])
        stated["asked"]["voices"][0]["looks"] = []
        files[ANSWER] = f"{text(stated)}\n".encode()
        for name in [name for name in files if name.startswith(("listings/", "snapshots/"))]:
            del files[name]

    with pytest.raises(BadFile, match=r"next to the day|expected all of the chain"):
        checked(rewritten(data, change))


@pytest.mark.parametrize("folder", ["listings/", "snapshots/"])
def test_one_changed_byte_is_found_whatever_the_sums_say(write: Write, folder: str) -> None:
    data = write("s3ns", "secnumcloud", "2026-01-20")

    def change(files: dict[str, bytes]) -> None:
        name = next(name for name in files if name.startswith(folder))
        files[name] = files[name].replace(b"OVH", b"OHV") if b"OVH" in files[name] else files[name] + b" "

    with pytest.raises(BadFile, match=r"expected (the listing that link|a line feed|the one that)"):
        checked(rewritten(data, change))


def test_a_file_without_one_of_its_parts_is_refused_whatever_the_sums_say(write: Write) -> None:
    data = write("s3ns", "secnumcloud", "2026-01-20")
    for name in set(unpack(data)) - {SUMS, README, SHEET}:
        with pytest.raises(BadFile, match="expected"):
            checked(without(data, name))


def test_who_states_an_answer_without_showing_it_is_told_apart(write: Write) -> None:
    """Nobody can call an answer proven that the looks do not give; who does not call it so is said to."""
    found = checked(stating(write("ovhcloud", "secnumcloud", "2026-02-10"), answer="no", remade=False))
    told = dict(answer_lines(found, voice("en")))
    assert found.past is None
    assert told["made again"].startswith("THIS FILE DOES NOT SHOW THE ANSWER BY ITSELF")


def test_a_name_left_out_is_seen_among_the_holders(write: Write) -> None:
    """That a provider goes by no other name nobody can prove: the leaflet lists all holders, and says so."""
    data = write("s3ns", "secnumcloud", "2026-01-20")
    text_of = unpack(data)[README].decode()
    assert "Que le fournisseur ne porte aucun autre nom" in text_of
    assert "- OVH" in text_of
    assert "- Thales Cloud Sécurisé" in text_of


@pytest.mark.parametrize("body", [b"[]\n", b"{}\n", b'{"asked":1}\n', b"\xff\n", b'{"a":' * 2000 + b"\n"])
def test_what_a_stranger_wrote_is_refused_in_one_line(write: Write, body: bytes) -> None:
    data = write("s3ns", "secnumcloud", "2026-01-20")

    def change(files: dict[str, bytes]) -> None:
        files[ANSWER] = body

    with pytest.raises(BadFile):
        checked(rewritten(data, change))


def test_the_command_says_what_is_shown_and_what_is_not(cli: CommandLine, write: Write) -> None:
    write("s3ns", "secnumcloud", "2026-01-20")
    file = str(cli.room / "s3ns-secnumcloud-2026-01-20.zip")
    people, again = cli("--lang", "fr", "verify", file), cli("verify", file, "--reread")
    assert (people.exit_code, again.exit_code) == (0, 0)
    assert "2 lignes pour SecNumCloud, aucune sous l’un des noms ci-dessous." in people.stdout
    assert "non montré" in people.stdout
    assert "Look 2, read again (reader 1): 0 rows under these names." in again.output
    [told] = cli.json("verify", file)
    assert (told["answer"], told["shown"], told["looks"]) == ("no", True, {"1": 0, "2": 0})
    assert told["leaflet_vouched"] is True


@pytest.mark.parametrize("args", [(), ("2", "--was", "s3ns", "secnumcloud", "2026-01-20")])
def test_one_thing_is_proven_at_a_time(cli: CommandLine, write: Write, args: tuple[str, ...]) -> None:
    result = cli("evidence", *args, "--out", str(cli.room / "x.zip"))
    assert result.exit_code == 2
    assert "expected EVENT, or --was PROVIDER LABEL DATE, and not both" in result.stderr


def test_a_head_noted_elsewhere_is_found_and_another_is_not(write: Write) -> None:
    data = write("s3ns", "secnumcloud", "2026-01-20")
    head = checked(data).head
    assert checked(data, head=head).noted == 5
    with pytest.raises(BadFile, match="history was rewritten"):
        checked(data, head="f" * 64)


def test_what_was_forgotten_speaks_for_no_day(cli: CommandLine, write: Write) -> None:
    cli("forget", "5", "--reason", "wrong file", now="2026-06-12")
    found = checked(write("bleu", "secnumcloud", "2026-06-11", now="2026-06-13"))
    assert found.opened.stated.remade
    assert found.opened.stated.answer == "unknown"


def test_a_removal_that_waits_is_proven_as_unknown(cli: CommandLine) -> None:
    cli.see_undated("2026-01-10", OVH, BLEU)
    cli.see_undated("2026-01-12", OVH)
    out = cli.room / "waits.zip"
    cli("evidence", "--was", "bleu", "secnumcloud", "2026-01-12", "--out", str(out), now="2026-01-13")
    stated = checked(out.read_bytes()).opened.stated
    assert (stated.answer, stated.basis, stated.remade) == ("unknown", "unconfirmed", True)


FORMS = {1: "3d7bc0ec", 2: "7bcd17ca"}
"""By form, what the leaflets of some answers say and how they look, as a digest."""
HASH = re.compile(r"[0-9a-f]{16,64}")


def test_other_words_have_another_form(write: Write) -> None:
    """Else a file of yesterday would be called forged today: raise `FORM`, and enter the digest."""
    said = ""
    for case in ("yes, on both sides", "no, on neither side", "unknown, before the watch"):
        who, day, _, _ = ASKED[case]
        files = unpack(write(who, "secnumcloud", day))
        said += HASH.sub("#", files[README].decode() + files[SHEET].decode())
    assert FORMS[FORM] == hashlib.sha256(said.encode()).hexdigest()[:8]


PAPERS = (
    "label;provider;reference;valid_from;valid_until;withdrawn_on;issuer;document;page",
    "secnumcloud;OVH;2021_1;2021-01-10;2024-01-10;;ANSSI;paper.pdf;3",
    "secnumcloud;Ancien;2019_7;2019-01-01;2022-01-01;;ANSSI;paper.pdf;1",
    "secnumcloud;Ancien;2019_7;;;2021-06-01;ANSSI;letter.txt;",
    "secnumcloud;Thales Cloud Sécurisé;2026_1;2026-01-01;2029-01-01;;ANSSI;paper.pdf;9",
)


@pytest.fixture
def papers(cli: CommandLine, write: Write) -> Write:
    """The same, where somebody provided documents of the time before the watch."""
    (cli.room / "paper.pdf").write_bytes(b"%PDF-1.4 old decisions")
    (cli.room / "letter.txt").write_bytes(b"a letter")
    (cli.room / "papers.csv").write_text("\n".join(PAPERS), encoding="utf-8")
    assert cli("documents", "import", str(cli.room / "papers.csv"), now="2026-06-11").exit_code == 0
    return write


@pytest.mark.parametrize(
    ("asked", "answer", "basis", "held"),
    [
        (("ovhcloud", "secnumcloud", "2022-05-05"), "yes", "document", ["pdf"]),
        (("ancien", "secnumcloud", "2020-05-05"), "yes", "document", ["pdf"]),
        (("ancien", "secnumcloud", "2021-06-01"), "unknown", "document", ["pdf", "txt"]),
        (("s3ns", "secnumcloud", "2026-02-01"), "no", "absent", ["pdf"]),
        (("ovhcloud", "secnumcloud", "2020-05-05"), "unknown", "not_watched", []),
    ],
)
def test_the_proof_of_an_answer_carries_the_documents_that_speak_of_the_day(
    papers: Write, asked: tuple[str, ...], answer: str, basis: str, held: list[str]
) -> None:
    data = papers(*asked)
    found = checked(data)
    stated = found.opened.stated
    assert (stated.answer, stated.basis, found.past is not None, found.vouched) == (answer, basis, True, True)
    names = [name for name in unpack(data) if name.startswith("documents/")]
    assert [name.rpartition(".")[2] for name in names] == held
    assert ("it is the word of cli" in str(answer_lines(found, voice("en")))) == bool(held)


def test_no_other_document_passes_for_the_one_that_was_provided(papers: Write) -> None:
    data = papers("ovhcloud", "secnumcloud", "2022-05-05")
    [name] = [name for name in unpack(data) if name.startswith("documents/")]

    def change(files: dict[str, bytes]) -> None:
        files[name] = b"%PDF-1.4 a forgery"

    with pytest.raises(BadFile, match="expected those that answer"):
        checked(rewritten(data, change))
    with pytest.raises(BadFile, match="expected those that answer"):
        checked(without(data, name))


def test_what_documents_are_said_to_say_makes_the_answer_again_or_none(papers: Write) -> None:
    data = papers("ovhcloud", "secnumcloud", "2022-05-05")
    stated = json.loads(unpack(data)[ANSWER])
    earlier = [{**one, "valid_until": "2022-05-04"} for one in stated["documents"]]
    with pytest.raises(BadFile, match="expected unknown"):
        checked(stating(data, documents=earlier))


def test_no_document_makes_a_no_of_the_register_a_yes(papers: Write) -> None:
    data = papers("s3ns", "secnumcloud", "2026-02-01")
    with pytest.raises(BadFile, match="expected no"):
        checked(stating(data, answer="yes", basis="document"))
