"""SecNumCloud and HDS asked for together: was, listing, race, pages, the API and Slack agree."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest
from command_line import CommandLine

from watcher.app import App
from watcher.settings import Settings
from watcher.web.app import make_app

BOTH = "secnumcloud+hds"
ROWS = (
    "secnumcloud | OVHcloud | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24",
    "hds | OVHcloud | - | 36741 | 2024-03-01 | 2027-02-28",
    "secnumcloud | Oodrive | Oodrive_Work | 2025_241 | 2025-01-20 | 2028-01-25",
    "hds | Whaller | - | 4242 | - | 2027-05-01",
)


@pytest.fixture
def cli(cli: CommandLine) -> CommandLine:
    cli.saw(("2026-03-04", *ROWS))
    return cli


def answered(cli: CommandLine, provider: str, day: str, label: str = BOTH) -> dict[str, object]:
    [one] = cli.json("was", provider, label, day)
    return dict(one)


def test_who_has_both_has_them_since_the_later_until_the_earlier_end(cli: CommandLine) -> None:
    [held] = cli.json("listing", BOTH)
    assert held["provider"]["slug"] == "ovhcloud"
    assert (held["since"], held["valid_until"]) == ("2025-03-24", "2027-02-28")
    assert {row["label"] for row in held["attestations"]} == {"secnumcloud", "hds"}


def test_those_with_one_of_them_are_counted_apart(cli: CommandLine) -> None:
    shown = cli("--lang", "fr", "listing", BOTH).stdout
    assert "SecNumCloud seul\u00a0: 1\u202f; HDS seul\u00a0: 1" in shown


@pytest.mark.parametrize(
    ("provider", "answer"), [("ovhcloud", "yes"), ("oodrive", "no"), ("whaller", "no"), ("nobody", "unknown")]
)
def test_yes_needs_both_and_one_no_is_a_no(cli: CommandLine, provider: str, answer: str) -> None:
    assert answered(cli, provider, "2026-03-04")["answer"] == answer


def test_the_answer_names_what_is_missing(cli: CommandLine) -> None:
    assert "Il manque HDS." in cli("--lang", "fr", "was", "oodrive", BOTH, "2026-03-04").stdout


def test_before_the_watch_it_is_unknown_for_want_of_either(cli: CommandLine) -> None:
    one = answered(cli, "oodrive", "2020-01-01")
    assert one["answer"] == "unknown"


@pytest.mark.parametrize("word", ["hds+secnumcloud", "SecNumCloud + HDS", "snc+hds"])
def test_every_spelling_asks_the_same(cli: CommandLine, word: str) -> None:
    assert answered(cli, "ovhcloud", "2026-03-04", word) == answered(cli, "ovhcloud", "2026-03-04")


def test_by_a_note_it_is_never_observed_and_says_whose(cli: CommandLine) -> None:
    cli("runs-on", "add", "whaller", "ovhcloud", "--reason", "contract", "--by", "Anne")
    one = answered(cli, "whaller", cli.json("runs-on", "list")[0]["at"][:10])
    assert (one["answer"], one["basis"]) == ("yes", "noted")
    assert "By a note of Anne, Whaller runs on OVHcloud" in str(one["sentence"])
    states = {row["provider"]["slug"]: row["basis"] for row in cli.json("listing", BOTH)}
    assert states == {"ovhcloud": "observed", "whaller": "noted"}


def test_a_note_says_nothing_of_the_time_before_it(cli: CommandLine) -> None:
    cli("runs-on", "add", "whaller", "ovhcloud", "--reason", "contract", "--by", "Anne")
    assert answered(cli, "whaller", "2026-03-03")["answer"] != "yes"


def test_race_has_both_beside_each(cli: CommandLine) -> None:
    cells = {cell["label"]: cell for cell in cli.json("race", "ovhcloud")}
    assert list(cells) == ["secnumcloud", "hds", BOTH]
    assert (cells[BOTH]["state"], cells[BOTH]["since"]) == ("holds", "2025-03-24")
    shown = cli("--lang", "fr", "race", "ovhcloud").stdout
    assert "depuis le 24/03/2025" in " ".join(shown.split())


@pytest.mark.anyio
async def test_pages_and_the_api_say_the_same(cli: CommandLine) -> None:
    at = datetime(2026, 3, 5, 8, tzinfo=UTC)
    made = make_app(App(Settings(state=str(cli.state), address="https://v.test"), lambda: at))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(made), base_url="https://v.test") as pages:
        page = await pages.get(f"/labels/{BOTH}?lang=fr")
        assert page.status_code == 200
        assert "OVHcloud" in page.text
        assert "HDS seul\u00a0: 1" in page.text
        was = await pages.get(f"/was/oodrive/{BOTH}/2026-03-04?lang=fr")
        assert "Il manque HDS." in was.text
        api = (await pages.get(f"/api/v1/labels/{BOTH}")).json()
        assert [one["provider"]["slug"] for one in api["together"]] == ["ovhcloud"]
        assert api["alone"] == {"secnumcloud": 1, "hds": 1}
        moved = await pages.get("/labels/HDS%2BSecNumCloud")
        assert moved.headers["location"].endswith("/labels/secnumcloud%2Bhds")
        asked = await pages.get("/was?provider=ovhcloud&label=secnumcloud+hds&on=2026-03-04")
        assert asked.headers["location"].startswith(f"/was/ovhcloud/{BOTH}/")
        assert (await pages.get(f"/labels/{BOTH}/feed.atom")).status_code == 200


def test_what_begins_later_is_not_counted_among_those_who_have_both(cli: CommandLine) -> None:
    later = (
        "secnumcloud | Outscale | IaaS | 2023_1 | 2023-11-30 | 2026-11-30",
        "hds | Outscale | - | 36742 | 2026-08-27 | 2029-08-26",
    )
    cli.see("2026-03-05", *ROWS, *later)
    listed = cli("--lang", "fr", "listing", BOTH, now="2026-03-06").stdout.replace("\u00a0", " ")
    assert "Prestataires qui ont les deux : 1. De plus, à compter d’un jour à venir : 1." in listed
    assert "à compter du 27/08/2026" in listed
    assert "depuis le 27/08/2026" not in listed


@pytest.mark.parametrize(
    "words",
    [
        ("listing", "secnumcloud+passi"),
        ("was", "ovhcloud", "hds+passi", "2026-03-04"),
        ("history", "--label", "passi + hds"),
        ("subscribe", "secnumcloud+passi", "--channel", "console"),
        ("subscribe", "passi", "+", "secnumcloud", "--channel", "console"),
    ],
)
def test_labels_that_nobody_counts_together_are_refused_with_those_that_are(
    cli: CommandLine, words: tuple[str, ...]
) -> None:
    """A subscription for them was taken for a name, which could never fire."""
    result = cli("--lang", "fr", *words)
    assert result.exit_code == 2
    assert "ensemble" in result.stderr
    assert BOTH in result.stderr


def test_history_of_both_is_when_they_came_together_and_parted(cli: CommandLine) -> None:
    cli.see("2026-03-05", *ROWS, "hds | Oodrive | - | 38111 | - | 2028-08-22")
    cli.see("2026-03-06", *ROWS[1:], "hds | Oodrive | - | 38111 | - | 2028-08-22")
    told = cli.json("history", "--label", BOTH, now="2026-03-07")
    assert [(one["kind"], one["provider"]["slug"], one["label"]) for one in told] == [
        ("lost", "ovhcloud", "secnumcloud"),
        ("gained", "oodrive", "hds"),
    ]
    shown = cli("--lang", "fr", "history", "--label", BOTH, now="2026-03-07").stdout.replace("\u00a0", " ")
    assert "OVHcloud ne détient plus les deux à la fois : SecNumCloud et HDS" in shown
    assert "Oodrive détient désormais les deux : SecNumCloud et HDS" in shown


def test_a_provider_is_answered_for_both(cli: CommandLine) -> None:
    shown = " ".join(cli("--lang", "fr", "provider", "oodrive").stdout.split()).replace("\u00a0", " ")
    assert "SecNumCloud et HDS : Pas les deux" in shown
    assert "SecNumCloud seul : HDS non listé." in shown
    held = " ".join(cli("--lang", "fr", "provider", "ovhcloud").stdout.split())
    assert "Détient les deux depuis le 24/03/2025 ; première échéance le 28/02/2027 (HDS)." in held.replace(
        "\u202f;", " ;"
    )


def test_both_by_different_products_and_services_are_held_by_the_organisation(cli: CommandLine) -> None:
    """The last end of each label, the first of both; and the first days of each."""
    more = ("secnumcloud | OVHcloud | Hosted | 2023_9 | 2023-12-28 | 2026-12-29",)
    cli.see("2026-03-05", *ROWS, *more)
    [held] = cli.json("listing", BOTH, now="2026-03-06")
    assert (held["since"], held["valid_until"]) == ("2024-03-01", "2027-02-28")
    assert len(held["attestations"]) == 3
