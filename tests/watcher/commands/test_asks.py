"""Questions put to the command line, and the shapes of the answers that scripts rely on."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from command_line import SOURCE, CommandLine
from toy_register import ToyRegister, page

from state.file.opening import open_store
from state.seen.who.providers import load_providers
from watcher.look.check import look
from watcher.look.record import Watch

OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24 | scope=IaaS"
S3NS = "secnumcloud | Thales Cloud Sécurisé | Cloud de confiance S3NS | 2025_2057 | 2025-12-17 | 2028-12-17"
BLEU = "secnumcloud | Bleu SAS | Cloud | - | - | - | status=candidate"
PASSI = "passi | Amossys | - | 2025_423 | 2025-01-01 | 2026-01-20"
DECEMBER, MARCH = "2025-12-05", "2026-03-04"

EVENT = {
    "id", "kind", "weight", "provider", "label", "source", "holder", "subject", "ref", "valid_from",
    "valid_until", "changes", "expected", "by_rule", "probable_successor", "probable_predecessor", "seen_at",
    "edition_at", "cause", "evidence",
}  # fmt: skip
ATTESTATION = {
    "source", "label", "provider", "holder", "subject", "version", "scope", "level", "status",
    "national_security", "recommendation", "issuer", "ref", "url", "valid_from", "valid_until", "extra",
}  # fmt: skip
SOURCES = {
    "source", "title", "url", "state", "message", "last_look", "last_good", "edition_at", "rows", "held",
    "coverage", "runs_failed", "unread",
}  # fmt: skip


@pytest.fixture
def two(cli: CommandLine) -> CommandLine:
    """Two editions, three months apart: S3NS comes, Amossys ends and goes, Bleu is a candidate."""
    cli.saw((DECEMBER, OVH, PASSI, BLEU), (MARCH, OVH, S3NS, BLEU))
    return cli


def test_an_event_has_the_fields_of_the_contract(two: CommandLine) -> None:
    events = two.json("history")
    gained = next(event for event in events if event["provider"]["slug"] == "s3ns")

    assert set(gained) == EVENT | {"attestations"}
    assert set(gained["evidence"]) == {"snapshot", "url", "sha256", "place"}
    assert gained["provider"] == {"slug": "s3ns", "name": "S3NS"}
    assert gained["holder"] == "Thales Cloud Sécurisé"
    assert gained["valid_until"] == "2028-12-17"
    assert [set(row) for row in gained["attestations"]] == [ATTESTATION]


def test_history_is_newest_first_and_holds_the_first_look(two: CommandLine) -> None:
    events = two.json("history")

    assert [event["id"] for event in events] == sorted((event["id"] for event in events), reverse=True)
    assert {event["cause"] for event in events} == {"baseline", "register", "calendar"} - {"calendar"}
    assert {
        (event["kind"], event["provider"]["slug"]) for event in events if event["cause"] == "register"
    } == {
        ("gained", "s3ns"),
        ("lost", "amossys"),
    }


def test_a_retracted_event_is_marked_in_every_format(two: CommandLine) -> None:
    gained = next(event for event in two.json("history") if event["provider"]["slug"] == "s3ns")
    two("retract", str(gained["id"]), "--reason", "a misread page", now=MARCH)
    for told in (two.json("history"), two.json("provider", "s3ns")[0]["events"]):
        marked = [event for event in told if "retracted" in event]
        assert [(event["id"], event["retracted"]["reason"]) for event in marked] == [
            (gained["id"], "a misread page")
        ]
    told = two("history").stdout
    assert "! Retracted: S3NS gains the SecNumCloud qualification" in told
    assert f"Retracted on {MARCH} 12:00 (Paris time). Reason: a misread page" in told
    assert two("history", "--format", "csv").stdout.count("a misread page") == 1


def test_history_tells_a_first_look_as_one_thing(two: CommandLine) -> None:
    table = two("history").stdout

    assert [line for line in table.splitlines() if not line.startswith("  ")] == [
        "ANSSI catalogue of 4 Mar 2026",
        "ANSSI catalogue of 5 Dec 2025",
    ]
    assert "first look: 3 rows" in table
    assert "OVH" not in table
    shown = two("history", "--label", "secnumcloud").stdout
    assert "OVHcloud, already listed at the first reading: SecNumCloud" in shown
    assert "OVHcloud gains" not in shown


def test_history_is_filtered_by_what_a_subscription_would_name(two: CommandLine) -> None:
    assert {e["provider"]["slug"] for e in two.json("history", "--provider", "S3NS")} == {"s3ns"}
    assert {e["provider"]["slug"] for e in two.json("history", "--provider", "bare metal")} == {"ovhcloud"}
    assert {e["label"] for e in two.json("history", "--label", "passi")} == {"passi"}
    assert {e["kind"] for e in two.json("history", "--kind", "lost", "--kind", "gained")} == {
        "gained",
        "lost",
    }
    assert two.json("history", "--since", "2026-03-05") == []
    assert len(two.json("history", "--since", MARCH, "--until", MARCH)) == 2


def test_a_name_on_no_list_is_said_so(two: CommandLine) -> None:
    result = two("history", "--provider", "Outscales")

    assert result.exit_code == 0
    assert result.stdout == "“Outscales” is on no list that was read.\n"
    assert "on no list" in result.stderr
    assert "Outscale" in result.stderr


def test_csv_has_one_stable_head_and_one_line_an_event(two: CommandLine) -> None:
    read = list(csv.DictReader(io.StringIO(two("history", "--format", "csv").stdout)))
    empty = two("history", "--since", "2027-01-01", "--format", "csv").stdout

    assert len(read) == len(two.json("history"))
    assert read[0]["provider_slug"] in {"s3ns", "amossys"}
    assert list(csv.reader(io.StringIO(empty))) == [list(read[0])]


def test_listing_holds_who_holds_it_and_no_candidate(two: CommandLine) -> None:
    rows = two.json("listing", "secnumcloud")

    assert [row["provider"]["slug"] for row in rows] == ["ovhcloud", "s3ns"]
    assert all(set(row) == ATTESTATION | {"missing_since"} for row in rows)


BARE = "hds | OVH SAS | - | 40512-3 | 2024-03-01 | 2027-02-28"
HOST = "hds | Clinea Hosting | - | 36741-6 | 2024-03-01 | 2027-02-28"
ARCHIVED = "cc | Thales DIS | Card | 2019_1 | 2019-01-01 | 2024-01-01 | status=archived"


def test_a_row_that_an_undated_page_lacks_once_is_shown_as_such_by_every_command(cli: CommandLine) -> None:
    cli.see_undated("2026-11-23", BARE, HOST, ARCHIVED)
    ran = cli.see_undated("2026-11-24", BARE, ARCHIVED)
    said = "not in the reading of 24 Nov 2026, to be confirmed"

    assert (
        ran.exit_code,
        "HDS: 1 row not in the reading of 24 Nov 2026, to be confirmed: Clinea" in ran.stdout,
    ) == (
        0,
        True,
    )
    assert "nothing changed" not in ran.stdout
    now = "2026-11-24"
    for asked in (["provider", "clinea"], ["listing", "hds"], ["race", "clinea", "ovhcloud"]):
        told = cli(*asked, now=now).stdout
        assert told.count(said) == 1, asked
        assert "linea" in told.partition(said)[0].splitlines()[-2 if asked[0] == "listing" else -1] + asked[1]
    for asked in (["listing", "hds"], ["race", "clinea"]):
        told = cli(*asked, now=now).stderr
        assert f"{SOURCE}: 1 row to be confirmed by another reading" in told
    assert said in cli("was", "clinea", "hds", now, now=now).stdout
    rows = {row["holder"]: row["missing_since"] for row in cli.json("listing", "hds", now=now)}
    assert rows == {"OVH SAS": None, "Clinea Hosting": "2026-11-24T19:00:00Z"}
    [profile] = cli.json("provider", "clinea", now=now)
    assert [row["missing_since"] for row in profile["attestations"]] == ["2026-11-24T19:00:00Z"]
    assert "2026-11-24T19:00:00Z" in cli("listing", "hds", "--format", "csv", now=now).stdout


def test_a_provider_is_not_denied_a_label_that_nobody_read(cli: CommandLine) -> None:
    cli.see("2026-03-04", OVH)
    text = cli("provider", "ovhcloud").stdout
    assert "\nHDS: Unknown\n  Unknown: no register that says so was read yet.\n" in text
    assert "SecNumCloud: Holds\n" in text
    for asked in (["provider", "Nobody"], ["history", "--provider", "Nobody"], ["race", "Nobody"]):
        assert "Unknown, no register that was read says so: HDS" in cli(*asked).stderr, asked
    [profile] = cli.json("provider", "ovhcloud")
    assert "hds" in profile["unknown"]
    told = cli("listing", "hds").stdout.splitlines()
    unknown = "Unknown: no register that says who holds it was read."
    assert told[1:] == [unknown]
    assert unknown in cli("listing", "hds", "--format", "json").stderr


def test_a_provider_is_said_to_be_archived_or_a_candidate(cli: CommandLine) -> None:
    cli.see("2026-03-04", ARCHIVED, BLEU)
    for who, status in (("thales-dis", "archived"), ("bleu", "candidate")):
        lines = cli("provider", who).stdout.splitlines()
        at = next(at for at, line in enumerate(lines) if line in ("Common Criteria", "SecNumCloud"))
        assert status in lines[at + 1].split(" · ")


def test_listing_on_a_day_is_everybody_to_whom_was_does_not_say_no(two: CommandLine) -> None:
    """And says so when the next look is too far away for the day to be known."""
    rows = two.json("listing", "secnumcloud", "--on", "2025-12-20")
    early = two("listing", "secnumcloud", "--on", "2025-12-05")
    late = two("listing", "secnumcloud", "--on", "2026-01-20")

    assert [(row["provider"]["slug"], row["answer"], row["basis"]) for row in rows] == [
        ("ovhcloud", "yes", "observed"),
        ("s3ns", "yes", "decision"),
    ]
    assert all(set(row) == ATTESTATION | {"missing_since", "answer", "basis"} for row in rows)
    heads = [line for line in late.stdout.splitlines()[2:] if not line.startswith("  ")]
    assert heads == ["OVHcloud (ovhcloud) · yes", "S3NS (s3ns) · by decision"]
    assert "s3ns" not in early.stdout
    assert "edition of 2025-12-05" in early.stderr
    assert "too far from 2026-01-20" in late.stderr


def test_listing_before_the_watch_is_unknown(two: CommandLine) -> None:
    result = two("listing", "secnumcloud", "--on", "2024-01-01")

    assert "Unknown" in result.stderr


def test_was_says_yes_by_a_decision_that_was_seen_later(two: CommandLine) -> None:
    [answer] = two.json("was", "s3ns", "secnumcloud", "2026-01-15")

    assert (answer["answer"], answer["basis"]) == ("yes", "decision")
    assert answer["bounds"]["last_without"]["edition_at"].startswith(DECEMBER)
    assert answer["bounds"]["first_with"]["edition_at"].startswith(MARCH)
    assert answer["attestations"][0]["ref"] == "2025_2057"
    assert answer["evidence"][0]["place"] == "p. 1"
    assert "since" not in answer["sentence"].split("2025-12-17")[0]


def test_was_is_unknown_where_nobody_looked_and_names_both_editions(two: CommandLine) -> None:
    result = two("was", "bleu", "secnumcloud", "2026-01-15")

    assert result.exit_code == 0
    assert result.stdout.splitlines()[1].startswith("Unknown.")
    assert "edition of 2025-12-05" in result.stdout
    assert "edition of 2026-03-04" in result.stdout


def test_was_says_no_on_a_day_that_was_looked_at(two: CommandLine) -> None:
    [answer] = two.json("was", "bleu", "secnumcloud", MARCH)

    assert (answer["answer"], answer["basis"]) == ("no", "absent")


def test_was_says_yes_between_two_sightings(two: CommandLine) -> None:
    [answer] = two.json("was", "OVH", "secnumcloud", "2026-01-15")

    assert (answer["answer"], answer["basis"]) == ("yes", "observed")
    assert answer["provider"]["slug"] == "ovhcloud"


def test_was_of_a_label_that_no_register_was_read_for_is_unknown(two: CommandLine) -> None:
    [answer] = two.json("was", "bleu", "hds", "2026-01-15")

    assert (answer["answer"], answer["basis"], answer["evidence"]) == ("unknown", "not_watched", [])


def test_a_misspelt_name_never_begins_an_answer_with_no(two: CommandLine) -> None:
    """Whoever is meant may hold what is asked about under the name that was meant."""
    assert two("provider", "Outscales").stdout == "“Outscales” is on no list that was read.\n"
    assert {one["state"] for one in two.json("race", "Outscales")} == {"unknown"}
    assert "Outscale" in two("race", "Outscales").stderr
    for words in (
        ("was", "Outscales", "secnumcloud", MARCH),
        ("provider", "Outscales"),
        ("race", "Outscales"),
    ):
        lines = two(*words).stdout.casefold().splitlines()
        assert not any(line.startswith(("no ", "no.", "not ")) or line == "no" for line in lines), words


def test_was_of_a_name_on_no_list_warns_and_answers(two: CommandLine) -> None:
    result = two("was", "Nobody", "secnumcloud", MARCH)

    assert "on no list" in result.stderr
    assert result.stdout.splitlines()[1].startswith("Unknown.")
    assert "“Nobody” is on no list that was read." in result.stdout


def test_a_name_of_a_thousand_letters_is_not_repeated_in_full(two: CommandLine) -> None:
    warning = two("was", "x" * 1000, "secnumcloud", MARCH).stderr.splitlines()[0]
    assert len(warning) < 200
    assert warning.endswith("is on no list that was read.")


def test_a_provider_begins_with_where_it_stands_with_what_everybody_asks_for(cli: CommandLine) -> None:
    """In the words of its page, with the look that says so; programs are answered as before."""
    cli.see("2026-03-04", OVH, BLEU)
    held = cli("provider", "ovhcloud", now="2026-03-05").stdout.splitlines()
    assert held[0] == "OVHcloud (ovhcloud)"
    first = held.index("SecNumCloud: Holds")
    assert held[first + 1] == "  Since 2025-03-24, until 2028-03-24"
    assert held[first + 2] == "  IaaS"
    assert held[first + 3].startswith(f"  {SOURCE}, edition of 2026-03-04, read on 2026-03-04")
    assert first < held.index("HDS: Unknown") < held.index("SecNumCloud")
    assert "SecNumCloud: Candidate\n" in cli("provider", "bleu", now="2026-03-05").stdout
    old = cli("provider", "ovhcloud", now="2026-11-05").stdout
    assert "SecNumCloud: Listed, reading too old\n" in old
    french = cli("--lang", "fr", "provider", "ovhcloud", now="2026-03-05").stdout
    assert "SecNumCloud\u00a0: Détient\n  Depuis le 24/03/2025, jusqu’au 24/03/2028\n" in french
    assert "SecNumCloud:" not in cli("provider", "Nobody").stdout


def test_provider_tells_rows_names_and_timeline(two: CommandLine) -> None:
    [known] = two.json("provider", "s3ns")
    table = two("provider", "Thales Cloud Sécurisé").stdout

    assert [row["ref"] for row in known["attestations"]] == ["2025_2057"]
    assert [event["kind"] for event in known["events"]] == ["gained"]
    assert "Thales Cloud Sécurisé" in known["aliases"]
    assert "S3NS (s3ns)" in table
    assert "S3NS gains" in table


def test_a_name_that_may_mean_several_providers_is_refused(cli: CommandLine) -> None:
    cli.see(
        DECEMBER, "passi | Alpha Conseil | - | 2025_1 | - | -", "passi | Beta Conseil | - | 2025_2 | - | -"
    )
    result = cli("provider", "conseil")

    assert result.exit_code == 2
    assert "alpha-conseil, beta-conseil" in result.stderr


def test_race_tells_four_states(two: CommandLine) -> None:
    cells = two.json("race", "s3ns", "bleu", "numspot")
    states = {(cell["provider"]["slug"], cell["label"]): cell["state"] for cell in cells}

    assert states == {
        ("s3ns", "secnumcloud"): "holds",
        ("s3ns", "hds"): "unknown",
        ("s3ns", "secnumcloud+hds"): "unknown",
        ("bleu", "secnumcloud"): "candidate",
        ("bleu", "hds"): "unknown",
        ("bleu", "secnumcloud+hds"): "unknown",
        ("numspot", "secnumcloud"): "not_listed",
        ("numspot", "hds"): "unknown",
        ("numspot", "secnumcloud+hds"): "not_listed",
    }
    assert cells[0]["valid_until"] == "2028-12-17"


def test_race_without_names_compares_the_usual_ones(two: CommandLine) -> None:
    table = two("race").stdout

    assert table.splitlines()[0].split()[:2] == ["provider", "SecNumCloud"]
    assert [line.split()[0] for line in table.splitlines()[1:4]] == ["NumSpot", "Bleu", "S3NS"]


def test_sources_has_the_fields_of_the_contract(two: CommandLine) -> None:
    [source] = two.json("sources")

    assert set(source) == SOURCES
    assert (source["source"], source["state"], source["runs_failed"]) == (SOURCE, "ok", 0)
    assert source["rows"] == {"secnumcloud": 3}
    assert source["edition_at"].startswith(MARCH)
    assert source["held"] == []


def test_sources_tells_a_failure_and_the_time_nobody_saw(cli: CommandLine) -> None:
    cli.see("2026-03-01", OVH)
    cli.see("2026-03-02", OVH)
    at = datetime(2026, 3, 3, 19, tzinfo=UTC)
    with open_store(str(cli.state)) as store:
        look(
            ToyRegister(), [page("maintenance", at)], Watch(store=store, providers=load_providers(store)), at
        )
    [source] = cli.json("sources", now="2026-03-05T20:00")

    assert (source["state"], source["runs_failed"]) == ("layout_changed", 1)
    assert source["last_good"].startswith("2026-03-02")
    assert source["coverage"] == 50.0


def test_a_source_never_looked_at_is_never(two: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scrapers.SOURCES", (ToyRegister(), ToyRegister(name="other")))
    states = {source["source"]: (source["state"], source["coverage"]) for source in two.json("sources")}

    assert states["other"] == ("never", None)


def test_sources_before_the_first_look_are_never_and_begin_no_memory(cli: CommandLine) -> None:
    [source] = cli.json("sources")

    assert (source["state"], source["rows"], source["last_good"]) == ("never", {}, None)
    assert "no memory" in cli("sources").stderr
    assert not cli.state.exists()


def test_race_says_when_its_edition_is_too_old(two: CommandLine) -> None:
    assert "unknown for today" in two("race", now="2026-06-01").stderr
    assert "unknown" not in two("race", now="2026-03-05").stderr


def test_the_edges_of_the_calendar_are_refused_in_one_line(two: CommandLine) -> None:
    for day in ("0001-01-01", "9999-12-31"):
        result = two("was", "ovh", "secnumcloud", day)
        assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)


def test_a_history_may_be_asked_for_its_newest_alone(two: CommandLine) -> None:
    every = two.json("history")
    assert two.json("history", "--limit", "2") == every[:2]
    assert len(two("history", "--limit", "1").stdout.splitlines()) <= 5
    assert two("history", "--limit", "0").exit_code == 2


def test_two_editions_are_compared_by_number_or_day(two: CommandLine) -> None:
    found = two.json("compare", "1", "2")
    assert {(one["kind"], one["provider"]["slug"]) for one in found} >= {("gained", "s3ns")}
    assert two.json("compare", "2", "1") == found
    assert two.json("compare", "2025-12-05", MARCH) == found
    gained = next(one for one in found if one["provider"]["slug"] == "s3ns")
    assert (gained["before"]["number"], gained["after"]["number"]) == (1, 2)
    [number] = gained["events"]
    told = next(event for event in two.json("history") if event["id"] == number)
    assert (told["kind"], told["provider"]) == ("gained", gained["provider"])
    assert "S3NS gains the SecNumCloud qualification" in two("compare", "1", "2").stdout
    assert two("compare", "1", "2", "--format", "csv").stdout.startswith("kind,weight,provider_slug,")


def test_editions_that_nobody_read_are_a_usage_error(two: CommandLine) -> None:
    for pair in (("1", "77000"), ("2001-01-01", MARCH), ("yesterday", "2"), ("1",)):
        result = two("compare", *pair)
        assert (result.exit_code, result.stderr[:11]) == (2, "vigilabel: "), pair


def test_names_stand_where_a_reader_looks_for_them(cli: CommandLine) -> None:
    """A fold of case alone has É after Z; programs get the order of the memory, as before."""
    rows = [
        f"hds | {name} | Host {n} | {n} | 2025-01-01 | 2028-01-01"
        for n, name in enumerate(("Zelia", "Évia", "Azur"))
    ]
    cli.see("2026-03-04", *rows)
    said = cli("listing", "hds").stdout
    assert said.index("Azur") < said.index("Évia") < said.index("Zelia")
    kept = [one["provider"]["name"] for one in cli.json("listing", "hds")]
    assert kept == ["Azur", "Zelia", "Évia"]
