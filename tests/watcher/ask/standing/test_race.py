"""Who holds SecNumCloud and who is a candidate: the edition of March 2026 beside pages drawn for tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import CommandLine
from pending_layouts import CANDIDATES, LAYOUTS, Candidate

EDITION = Path(__file__).parents[3] / "fixtures/anssi_catalogue/catalogue-2026-03-04.pdf"
QUALIFIED: tuple[Candidate, ...] = (
    ("S3NS", "Cloud de confiance S3NS (IaaS, PaaS, CaaS)", "1 boulevard X, 92800 Puteaux"),
    ("Numspot", "Numspot Cloud Platform (IaaS, PaaS)", "1 rue X, 75001 Paris"),
)


def ask(cli: CommandLine, *args: str) -> str:
    result = cli(*args)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandLine]:
    """The catalogue and the candidates, both seen on the day after the edition."""
    room = tmp_path_factory.mktemp("race")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(room)
        for name in ("VIGILABEL_STATE", "VIGILABEL_OPERATORS", "SLACK_BOT_TOKEN", "SLACK_WEBHOOK_URL"):
            patch.delenv(name, raising=False)
        cli = CommandLine(room, now="2026-03-05T08:00")
        page = room / "candidates.html"
        page.write_text(LAYOUTS["cards"]((*CANDIDATES, *QUALIFIED)), encoding="utf-8")
        ask(cli, "import", "anssi-catalogue", str(EDITION))
        ask(cli, "import", "anssi-pending", str(page))
        yield cli


def test_the_race_has_holders_and_candidates_in_one_table(seen: CommandLine) -> None:
    lines = {line.split("  ")[0]: line for line in ask(seen, "race").splitlines()}
    assert {name: "candidate" in line for name, line in lines.items() if name != "provider"} == {
        "NumSpot": True,
        "Bleu": True,
        "S3NS": False,
        "Outscale": False,
        "OVHcloud": False,
        "Scaleway": True,
        "Cloud Temple": False,
    }
    assert "2028-12-17" in lines["S3NS"]


def test_a_candidate_that_holds_the_label_is_a_holder(seen: CommandLine) -> None:
    cells = seen.json("race", "s3ns", "ovhcloud", "wimi", "outscale")
    held = {cell["provider"]["slug"]: cell["state"] for cell in cells if cell["label"] == "secnumcloud"}
    assert held == {"s3ns": "holds", "ovhcloud": "holds", "wimi": "candidate", "outscale": "holds"}


def test_candidates_are_no_holders_in_the_listing(seen: CommandLine) -> None:
    holders = {row["provider"]["slug"] for row in seen.json("listing", "secnumcloud")}
    assert {"s3ns", "ovhcloud"} <= holders
    assert not holders & {"bleu", "numspot", "scaleway", "wimi"}


def test_a_candidate_has_not_the_label_and_is_shown_with_its_offer(seen: CommandLine) -> None:
    [answer] = seen.json("was", "bleu", "secnumcloud", "2026-03-05")
    assert answer["answer"] == "no"
    assert "Cloud de Confiance Bleu" in ask(seen, "provider", "bleu")


def test_blue_is_not_bleu(seen: CommandLine) -> None:
    assert "Sovereign" not in ask(seen, "provider", "bleu")
    assert "BLUE Sovereign" in ask(seen, "provider", "blue")


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_every_dress_of_the_page_names_the_same_candidates(layout: str, seen: CommandLine) -> None:
    page = seen.room / f"{layout}.html"
    page.write_text(LAYOUTS[layout]((*CANDIDATES, *QUALIFIED)), encoding="utf-8")
    rows = seen.json("read", "anssi-pending", str(page))
    assert {row["provider"]["slug"] for row in rows} >= {"bleu", "numspot", "s3ns", "ovhcloud", "wimi"}
    assert len(rows) == len(CANDIDATES) + len(QUALIFIED)
