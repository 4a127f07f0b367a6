"""What commands that act, look or prove leave behind, and the exit code of each in each of its outcomes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from contracts.asked import ACTS, HELD, WIMI
from contracts.pinned import Json, Text, head_and_first_row
from contracts.program import Program, Said, typed
from contracts.worlds import BEFORE, CATALOGUES, away
from syrupy.assertion import SnapshotAssertion

GIVEN_AWAY = Path(__file__).parent / "evidence"
Copy = Callable[[Program], Program]

WITHOUT_CSV = ("doctor", "doctor-of-a-saved-page", "doctor-of-hosts", "doctor-slack")


@pytest.mark.parametrize("act", ACTS)
def test_an_act_answers_json(small: Program, copy: Copy, snapshot: SnapshotAssertion, act: str) -> None:
    said = copy(small)(*ACTS[act].split(), "--format", "json")
    assert {"exit": said.code, "answer": json.loads(said.out)} == snapshot(extension_class=Json)


def test_acts_answer_csv(small: Program, copy: Copy, snapshot: SnapshotAssertion) -> None:
    said = {
        act: head_and_first_row(copy(small)(*ACTS[act].split(), "--format", "csv").out)
        for act in ACTS
        if act not in WITHOUT_CSV
    }
    assert "".join(f"{act}\n{lines}\n\n" for act, lines in said.items()) == snapshot(extension_class=Text)


def test_a_look_in_vain_answers_json(small: Program, copy: Copy, snapshot: SnapshotAssertion) -> None:
    with away():
        said = copy(small)("scrape", "anssi-pending", "--format", "json")
    assert {"exit": said.code, "answer": json.loads(said.out)} == snapshot(extension_class=Json)


@pytest.mark.parametrize("form", ["json", "csv"])
@pytest.mark.parametrize("file", ["signed", "taken-back"])
def test_evidence_given_away_is_still_proof(file: str, form: str, snapshot: SnapshotAssertion) -> None:
    """These files were written by the program of November 2026. They are never written anew."""
    said = typed("verify", str(GIVEN_AWAY / f"{file}.zip"), "--format", form)
    assert said.code == 0, said.err
    if form == "json":
        assert json.loads(said.out) == snapshot(extension_class=Json)
    else:
        assert head_and_first_row(said.out) + "\n" == snapshot(extension_class=Text)


def test_evidence_with_another_byte_is_none(tmp_path: Path) -> None:
    data = bytearray((GIVEN_AWAY / "signed.zip").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "altered.zip").write_bytes(data)
    assert typed("verify", str(tmp_path / "altered.zip")).code == 1


def test_evidence_has_one_form_whoever_asks(small: Program, tmp_path: Path) -> None:
    """The command and the API write the same bytes."""
    small.did("evidence", WIMI, "--out", str(tmp_path / "proof.zip"))
    answer = small.pages()(f"/api/v1/events/{WIMI}/evidence")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert answer.content == (tmp_path / "proof.zip").read_bytes()


KEPT = """
history
history --kind gone
history --label nothing
history --provider nobody
history --since 2026-13-01
history --source nowhere
listing secnumcloud
listing hds
listing secnumclod
listing secnumcloud --on yesterday
was wimi secnumcloud 2026-11-23
was nobody secnumcloud 2026-11-23
was wimi nothing 2026-11-23
was wimi secnumcloud yesterday
was wimi secnumcloud
provider wimi
provider nobody
race
race nobody
sources
sources --format yaml
subscriptions
subscriptions --channel #alerts
why {wimi}
why 999
why one
alias list
alias add bleu BLUE --source anssi-pending --label secnumcloud --reason told
alias add bleu Wimi --source anssi-pending --label secnumcloud --reason told
alias add bleu BLUE --source nowhere --label secnumcloud --reason told
alias add bleu BLUE --source anssi-pending --label secnumcloud
alias add nobody Nobody --source anssi-pending --label secnumcloud --reason told
alias remove bleu Bleu{nbsp}SAS --source anssi-pending --label secnumcloud --reason wrong
alias remove bleu Nobody --source anssi-pending --label secnumcloud --reason wrong
subscribe wimi --channel console
subscribe nobody --channel C0123ABCD
subscribe wimi
subscribe wimi --channel #alerts
subscribe lost gained low high --channel console
subscribe
unsubscribe 1
unsubscribe 99
pause 1 2w
pause 1 off
pause 1 for ever
pause 99 2w
digest console daily 08:30
digest console instant
digest console sometimes
quiet console 20:00-08:00 Europe/Paris
quiet console off
quiet console at night
lang console en
lang console de
bounced {page}
bounced nowhere.eml
bounced {page} {page}
redeliver siem --since 2026-01-01
redeliver console --since 2026-01-01
redeliver nowhere --since 2026-01-01
redeliver siem
resume webhook
resume console
deliver
retract {wimi} --reason wrong
retract 999 --reason wrong
retract {wimi}
approve {held} --reason seen
approve 1 --reason seen
approve 999 --reason seen
approve {held}
forget {held} --reason wrong
forget 1 --reason wrong
forget 999 --reason wrong
forget {held}
scrape
scrape anssi-pending
scrape nowhere
scrape anssi-pending --dry-run
run --once
run --twice
import anssi-pending {page}
import anssi-pending {page} --seen-at 2026-11-22
import anssi-pending {page} --seen-at 2026-12-24
import anssi-pending {catalogue}
import anssi-pending {catalogue} --keep
import anssi-pending nowhere.html
import nowhere {page}
read anssi-pending {page}
read anssi-pending {catalogue}
read nowhere {page}
doctor anssi-pending
doctor anssi-pending {page}
doctor anssi-pending {catalogue}
doctor nowhere
doctor slack
demo
evidence {wimi} --out new.zip
evidence {wimi} --out watch.toml
evidence 999 --out new.zip
evidence {wimi} --out new.zip --head 00
evidence {wimi}
verify {proof}
verify {proof} --reread
verify {proof} --head 00
verify {proof} --key 00
verify watch.toml
verify nowhere.zip
replay
backup new.db
backup watch.toml
restore {copy}
restore watch.toml
frobnicate
--version
"""
NONE = """
history
listing secnumcloud
was wimi secnumcloud 2026-11-23
provider wimi
race
sources
subscriptions
subscribe wimi --channel console
why 1
alias list
deliver
retract 1 --reason wrong
approve 1 --reason seen
replay
evidence 1 --out new.zip
backup new.db
import anssi-pending {page}
scrape anssi-pending
doctor anssi-pending
restore {copy}
"""
VAIN = """
scrape
scrape anssi-pending --dry-run
run --once
doctor anssi-pending
"""


def _said(program: Program, line: str) -> Said:
    places = {
        "page": BEFORE, "catalogue": CATALOGUES / "README.md", "proof": GIVEN_AWAY / "signed.zip",
        "copy": Path("small.db").resolve(), "wimi": WIMI, "held": HELD, "nbsp": "\u00a0",
    }  # fmt: skip
    return program(*(word.format(**places).replace("\u00a0", " ") for word in line.split()))


@pytest.mark.usefixtures("one_source", "tidy")
def test_exit_codes(small: Program, copy: Copy, tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    """0 done, 1 the work failed, 2 mistyped; each command is typed on a memory as it was before."""
    kept = [(line, _said(copy(small), line)) for line in KEPT.strip().splitlines()]
    none = [
        (line, _said(Program(state=tmp_path / f"none-{number}.db"), line))
        for number, line in enumerate(NONE.strip().splitlines())
    ]
    with away():
        vain = [(line, _said(copy(small), line)) for line in VAIN.strip().splitlines()]
    table = [
        "On a memory:", *_codes(kept), "", "On none:", *_codes(none), "",
        "While the register is away:", *_codes(vain), "",
    ]  # fmt: skip
    assert "\n".join(table) == snapshot(extension_class=Text)


def _codes(found: list[tuple[str, Said]]) -> list[str]:
    """Exit codes, and whether anything was answered."""
    return [f"{said.code}  {'answer' if said.out else '      '}  {line}" for line, said in found]


@pytest.fixture
def one_source(monkeypatch: pytest.MonkeyPatch) -> None:
    """The register of candidates alone: nobody asks the others over the network."""
    for name in ("ANSSI_CATALOGUE", "ANS_HDS", "TL_FR"):
        monkeypatch.setenv(f"VIGILABEL_SOURCES__{name}__ENABLED", "false")


@pytest.fixture
def tidy(small: Program, room: Path) -> Iterator[None]:
    """Leaves nothing that a command wrote."""
    before = set(room.iterdir())
    yield
    for left in set(room.iterdir()) - before:
        left.unlink()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VIGILABEL_STAET", "x"), ("VIGILABEL_LANG", "de"), ("PORT", "http"), ("VIGILABEL_SIGNING_KEY", "x"),
        ("VIGILABEL_HEARTBEAT_URL", "ftp://x"), ("VIGILABEL_API_TOKENS", "x"), ("VIGILABEL_ADDRESS", "x"),
        ("VIGILABEL_SOURCES__NOWHERE__URL", "https://x"), ("VIGILABEL_SOURCES__ANS_HDS__PACE", "-1"),
        ("VIGILABEL_SOURCES__ANS_HDS__NOTHING", "x"), ("HTTPS_PROXY", "gopher://x"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("one_source")
def test_a_setting_that_nobody_can_use_is_exit_code_1(
    small: Program, copy: Copy, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    said = copy(small)("run", "--once")
    assert (said.code, said.out) == (1, "")
    assert said.err.count("\n") == 1
