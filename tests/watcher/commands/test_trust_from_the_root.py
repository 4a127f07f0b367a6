"""The list of lists as an operator meets it: off, turned on, imported, refused, explained; and where it is
not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

import anyio
import httpx
import lists_of_lists
import pytest
import trusted_lists
import trusted_samples
from command_line import CommandLine
from own_signer import OwnSigner

from scrapers.eu_lotl.source import EuLotl
from scrapers.tl_fr.source import TlFr
from state.file.opening import open_store
from state.file.store import Store
from state.seen.looks import evidence, runs
from watcher.app import App
from watcher.look.apart.source import own
from watcher.prove.replay import rebuilt
from watcher.settings import load_settings
from watcher.web.app import make_app

MAY = "2026-05-02T08:00"


@pytest.fixture
def off(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """A watch of the two lists, as a new one has them: that of the EU is off."""
    monkeypatch.setattr("scrapers.SOURCES", (TlFr(), EuLotl()))
    cli.now = "2026-05-10T08:00"
    return cli


@pytest.fixture
def on(off: CommandLine, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    monkeypatch.setenv("VIGILABEL_SOURCES__EU_LOTL__ENABLED", "true")
    return off


def lotl(cli: CommandLine, number: int) -> str:
    return _saved(cli, f"lotl-{number}.xml", lists_of_lists.body(number))


def french(cli: CommandLine, number: int = 174) -> str:
    return _saved(cli, f"tl-fr-{number}.xml", trusted_lists.body(number))


def _saved(cli: CommandLine, name: str, body: bytes) -> str:
    (cli.room / name).write_bytes(body)
    return str(cli.room / name)


def test_the_list_of_lists_is_off_until_something_is_set_of_it(
    off: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def known() -> dict[str, object]:
        sources = App(load_settings(state=str(off.state)), lambda: datetime.now(UTC)).sources
        return {name: getattr(own(one), "root", None) for name, one in sources.items()}

    assert known() == {"tl-fr": None}
    assert off("import", "eu-lotl", lotl(off, 390)).exit_code == 2
    monkeypatch.setenv("VIGILABEL_SOURCES__EU_LOTL__EVERY", "0 5 * * *")
    assert known() == {"tl-fr": EuLotl().roots, "eu-lotl": None}
    monkeypatch.setenv("VIGILABEL_SOURCES__EU_LOTL__ENABLED", "false")
    assert set(known()) == {"tl-fr"}


def test_an_import_says_what_moved(on: CommandLine) -> None:
    assert "Nothing changed." in on("import", "eu-lotl", lotl(on, 385), "--seen-at", "2026-04-16").stdout
    said = on("import", "eu-lotl", lotl(on, 386), "--seen-at", "2026-05-01").stdout
    assert "Nothing changed." not in said
    assert (
        "FR: the address of its trusted list is now https://messervices.cyber.gouv.fr/visas/tl-fr_v6.xml, "
        "no longer https://messervices.cyber.gouv.fr/visas/tl-fr.xml"
    ) in " ".join(said.split())


def test_each_list_that_moved_has_a_line_of_its_own_in_the_log(
    on: CommandLine, caplog: pytest.LogCaptureFixture
) -> None:
    for number, day in ((385, "2026-04-16"), (390, "2026-08-10")):
        on("import", "eu-lotl", lotl(on, number), "--seen-at", day, now="2026-08-20")
    lines = [one.getMessage() for one in caplog.records if one.getMessage().startswith("trust: eu-lotl: ")]
    assert [one.split(": ")[2] for one in lines][:3] == ["AT", "BE", "DK"]
    assert not any("\n" in one for one in lines)


def test_a_list_whose_pivots_are_left_out_says_which_to_bring(on: CommandLine) -> None:
    refused = on("import", "eu-lotl", lotl(on, 384), "--seen-at", MAY)
    assert refused.exit_code == 1
    assert "eu-lotl-pivot-300.xml" in refused.stdout
    whole = [lotl(on, number) for number in (384, *lists_of_lists.pivots(384))]
    assert on("import", "eu-lotl", *whole, "--seen-at", "2026-05-03").exit_code == 0


def test_the_french_list_is_imported_beside_the_list_of_lists(on: CommandLine) -> None:
    """Nothing is fetched, and no signer is set."""
    assert on("import", "tl-fr", lotl(on, 385), french(on), "--seen-at", MAY).exit_code == 0
    [source] = [one for one in on.json("sources") if one["source"] == "tl-fr"]
    assert (source["state"], sum(source["rows"].values())) == ("stale", 356)
    proof = on("was", "s3ns", "eidas-timestamp", "2026-05-02", "--format", "json").stdout
    assert [one["url"] for one in json.loads(proof)[0]["evidence"]] == ["import:tl-fr-174.xml"]
    refused = on("import", "tl-fr", lotl(on, 385), french(on, 172), "--seen-at", "2026-05-03")
    assert (refused.exit_code, "the number of the list fell from 174 to 172" in refused.stdout) == (1, True)


@pytest.fixture
def states(on: CommandLine, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The same, with the list of Belgium."""
    monkeypatch.setenv("VIGILABEL_SOURCES__EU_TRUSTED_LISTS__STATES", "be")
    on.now = "2026-08-25T10:00"
    return on


def belgian(cli: CommandLine) -> str:
    return _saved(cli, "tl-be.xml", trusted_samples.body("tl-be-v6-seq81"))


def test_a_list_that_is_given_alone_is_believed_by_the_list_of_lists_in_the_memory(
    states: CommandLine,
) -> None:
    """Of the same instant too: whoever imports both in one go, by one `--now`, has one time for both."""
    alone = belgian(states)
    before = states("import", "tl-be", alone, "--seen-at", "2026-08-20")
    assert (before.exit_code, "the list came without the EU's list" in before.stdout) == (1, True)
    assert states("import", "eu-lotl", lotl(states, 390)).exit_code == 0
    for name, file in (("tl-be", alone), ("tl-fr", french(states))):
        assert json.loads(states("read", name, file, "--format", "json").stdout)
        assert "1. " in states("doctor", name, file).stdout
        told = states("import", name, file)
        assert (told.exit_code, "eu-lotl" in told.stderr) == (0, False), told.stderr
    with open_store(str(states.state)) as store:
        [lists] = evidence.pages(store, _snapshot(store, "eu-lotl"))
        for name in ("tl-be", "tl-fr"):
            own_list, beside = evidence.pages(store, _snapshot(store, name))
            assert (own_list.url[:9], beside) == ("import:tl", lists)
        chosen = App(load_settings(state=str(states.state)), lambda: datetime.now(UTC)).sources
        assert rebuilt(store, chosen).difference == ""


def test_a_list_of_lists_that_was_read_later_judges_no_list_of_before(states: CommandLine) -> None:
    assert states("import", "eu-lotl", lotl(states, 390), "--seen-at", "2026-08-20").exit_code == 0
    told = states("import", "tl-be", belgian(states), "--seen-at", "2026-08-19")
    assert (told.exit_code, "the list came without the EU's list" in told.stdout) == (1, True)


def _snapshot(store: Store, source: str) -> int:
    found = runs.state_of(store, source).snapshot
    assert found is not None
    return found


def test_a_reading_of_the_list_of_lists_shows_what_it_names(on: CommandLine) -> None:
    read = on("read", "eu-lotl", lotl(on, 390))
    assert read.exit_code == 0
    assert "FR: its list is at https://messervices.cyber.gouv.fr/visas/tl-fr_v6.xml" in read.stderr
    assert on.json("read", "eu-lotl", lotl(on, 390)) == []  # no row


@pytest.mark.parametrize(
    ("files", "links", "broken"),
    [
        (("385", "174"), 7, ""),
        (("384", "174"), 1, "pivot 300"),
        (("385", "162"), 4, "signed by none of the 2 signers that EU list 385 names for FR"),
    ],
)
def test_the_doctor_walks_the_chain_and_names_the_broken_link(
    on: CommandLine, files: Sequence[str], links: int, broken: str
) -> None:
    given = (lotl(on, int(files[0])), french(on, int(files[1])))
    told = on("doctor", "tl-fr", *given)
    assert told.exit_code == (1 if broken else 0)
    said = " ".join(told.stdout.split())
    assert f" {links}. " in said
    assert (f"{links + 1}. BROKEN: " in said) is bool(broken)
    assert broken in said
    assert ("The broken link above says what is missing" in said) is bool(broken)
    [report] = json.loads(on("doctor", "tl-fr", *given, "--format", "json").stdout)
    assert any("1. " in str(step) for step in report["steps"])


def test_the_doctor_names_the_list_of_a_state_in_the_language_of_its_reader(states: CommandLine) -> None:
    told = states("--lang", "fr", "doctor", "tl-be", belgian(states)).stdout.replace("\u00a0", " ")
    assert told.startswith("tl-be : Liste de confiance (Belgique)\n")
    assert states("doctor", "tl-be", belgian(states)).stdout.startswith("tl-be: Trusted list (Belgium)\n")


def test_the_doctor_of_a_stranger_says_that_the_list_of_lists_can_be_turned_on(
    off: CommandLine,
) -> None:
    forged = OwnSigner("Somebody").signs(trusted_lists.body(174), lambda root: None)
    told = off("doctor", "tl-fr", _saved(off, "forged.xml", forged))
    assert "VIGILABEL_SOURCES__EU_LOTL__ENABLED=true" in told.stdout


def test_pages_feeds_and_lists_for_readers_do_not_show_it(on: CommandLine) -> None:
    for number, day in ((385, "2026-04-16"), (386, "2026-05-01")):
        assert on("import", "eu-lotl", lotl(on, number), "--seen-at", day).exit_code == 0
    assert on("import", "tl-fr", lotl(on, 386), french(on), "--seen-at", MAY).exit_code == 0
    app = make_app(
        App(load_settings(state=str(on.state)), lambda: datetime(2026, 5, 4, 9, tzinfo=UTC), stated=True)
    )

    def get(path: str) -> str:
        async def ask() -> str:
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url="http://labels.test") as client:
                answer = await client.get(path, headers={"accept-language": "fr"})
                assert answer.status_code == 200, path
                return answer.text

        return anyio.run(ask)

    for path in (
        "/",
        "/labels",
        "/providers",
        "/history",
        "/feed.atom",
        "/history.csv",
        "/race",
        "/editions.atom",
    ):
        assert "lotl" not in get(path), path
    assert "/editions/eu-lotl/" not in get("/editions")
    assert "des listes de confiance" in get("/sources")  # how well it is watched is shown
    assert "n’atteste aucun label" in get("/editions/eu-lotl/2")
    assert {one["source"] for one in on.json("history", "--limit", "5000")} <= {"tl-fr"}
    refused = on("compare", "2026-04-16", "2026-05-01", "--source", "eu-lotl")
    assert (refused.exit_code, "eu-lotl has no rows to compare" in refused.output) == (2, True)
    assert "against" not in get("/editions/eu-lotl/2")
    # Of one source alone editions of these days can be compared, though the list of lists has some as well.
    assert "French trusted list" in on("compare", "2026-04-16", "2026-05-01").stdout
