"""An assistant asks what people ask by the command line, and is answered the same."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from click.testing import CliRunner
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult
from real_registers import paris
from real_registers import watched as real_memory

from notifiers.said.wording import sentence
from state.file.errors import StoreError
from state.seen.events import log
from watcher.app import App
from watcher.cli import vigilabel
from watcher.settings import Settings
from watcher.tell import recall
from watcher.web.assistants import answers
from watcher.web.assistants.server import make_server, tools
from watcher.web.assistants.tools import MOST
from watcher.web.serve import Pages

NOW = paris("2026-11-25T09:00")
TOKEN = "let me look"
HASH = "90a6daae677d6c49778f5c9d3a4fe9dc6571b67e89595206693a33d950085031"
START = "import sys; from watcher.cli import main; sys.argv[0] = 'vigilabel'; main()"
Call = tuple[str, Mapping[str, Any]]


@pytest.fixture
def real(shared: Path, tmp_path: Path) -> App:
    """A watch over real editions of a few months."""
    real_memory(shared, tmp_path / "real.db")
    return App(Settings(state=str(tmp_path / "real.db")), lambda: NOW)


def asked(app: App, *calls: Call, lang: str = "en") -> list[CallToolResult]:
    """The answers to calls in one session."""

    async def session() -> list[CallToolResult]:
        async with Client(make_server(app, lang)) as client:
            return [await client.call_tool(name, dict(given)) for name, given in calls]

    return anyio.run(session)


def found(result: CallToolResult) -> Any:
    assert not result.is_error, result.content
    assert json.loads(result.content[1].text) == result.structured_content  # type: ignore[union-attr]
    return result.structured_content


def typed(app: App, *words: str) -> Any:
    state = ["--state", app.settings.state, "--now", NOW.isoformat()]
    return json.loads(CliRunner().invoke(vigilabel, [*state, *words, "--format", "json"]).stdout)


def test_ten_questions_are_answered_as_at_the_command_line(real: App) -> None:
    before, after = "2026-01-15", "2026-11-24"
    questions: Sequence[tuple[Call, str | None, tuple[str, ...]]] = (
        (("find", {"text": "numspot"}), "hits", ("find", "numspot")),
        (
            ("was", {"provider": "Numspot", "label": "secnumcloud", "date": after}),
            None,
            ("was", "numspot", "secnumcloud", after),
        ),
        (
            ("was", {"provider": "bleu", "label": "secnumcloud", "date": before}),
            None,
            ("was", "bleu", "secnumcloud", before),
        ),
        (
            ("was", {"provider": "S3NS", "label": "secnumcloud", "date": before}),
            None,
            ("was", "s3ns", "secnumcloud", before),
        ),
        (("was", {"provider": "s3ns", "label": "hds", "date": after}), None, ("was", "s3ns", "hds", after)),
        (("provider", {"provider": "s3ns"}), None, ("provider", "s3ns")),
        (
            ("race", {"provider": ["numspot", "bleu", "s3ns"]}),
            "standings",
            ("race", "numspot", "bleu", "s3ns"),
        ),
        (("history", {"provider": "s3ns", "all": "1"}), "events", ("history", "--provider", "s3ns")),
        (("listing", {"label": "secnumcloud", "limit": MOST}), "attestations", ("listing", "secnumcloud")),
        (("find", {"text": "nuageux de nulle part"}), "hits", ("find", "nuageux de nulle part")),
        (("sources", {}), "sources", ("sources",)),
    )
    whole = {"limit": MOST}
    told = asked(
        real, *((name, {**given, **whole} if name == "was" else given) for (name, given), _, _ in questions)
    )
    for (call, field, words), result in zip(questions, told, strict=True):
        data, said = found(result), typed(real, *words)
        assert (data["answer"][field] if field else [data["answer"]]) == said, call
        assert data["sentence"].strip() == result.content[0].text.strip()  # type: ignore[union-attr]
        assert data["sentence"].strip() or not said


def test_an_answer_carries_its_proof_its_bounds_and_where_people_see_it(real: App) -> None:
    was, listing, event = map(
        found,
        asked(
            real,
            ("was", {"provider": "s3ns", "label": "secnumcloud", "date": "2026-01-15"}),
            ("listing", {"label": "secnumcloud", "date": "2026-01-15", "limit": 1}),
            ("evidence", {"event": 1}),
        ),
    )
    catalogue = real.sources["anssi-catalogue"].url
    for answer in (was, listing, event):
        [proof] = answer["proof"]
        [document] = proof["documents"]
        assert len(document["sha256"]) == 64
        assert proof["source"] in ("anssi-catalogue", "tl-fr", None)
    assert was["proof"][0]["documents"][0]["url"] == catalogue
    assert was["proof"][0]["place"].startswith("p. ")
    assert was["answer"]["bounds"]["last_without"]["edition_at"].startswith("2025-12-05")
    assert listing["proof"][0]["edition_at"].startswith("2025-12-05")
    assert (was["link"], event["link"]) == ("/was/s3ns/secnumcloud/2026-01-15", "/events/1")
    assert "vigilabel evidence 1" in event["sentence"]


def test_a_name_that_no_list_has_is_a_mistake_to_act_on_and_no_no(real: App) -> None:
    close, none, blind = asked(
        real,
        ("was", {"provider": "numspott", "label": "secnumcloud", "date": "2026-01-15"}),
        ("provider", {"provider": "Nuageux de nulle part"}),
        ("history", {"kind": "gaind"}),
    )
    assert [one.is_error for one in (close, none, blind)] == [True, True, True]
    assert close.structured_content["did_you_mean"] == ["NumSpot"]
    assert "does not prove" in none.content[0].text  # type: ignore[union-attr]
    assert blind.structured_content["did_you_mean"] == ["gained"]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (("wass", {}), "No tool is called “wass”"),
        (("was", {"provider": "s3ns"}), "label is missing"),
        (("was", {"provider": "s3ns", "label": "hds", "date": "yesterday"}), "date: “yesterday”"),
        (("listing", {"label": "hds", "on": "2026-01-15"}), "takes no “on”"),
        (("listing", {"label": "hds", "limit": MOST + 1}), "limit: “101”"),
        (("history", {"cursor": "far"}), "cursor: “far”"),
        (("race", {"provider": ["s3ns"] * 21}), "21"),
        (("evidence", {"event": 10**9}), "No event has the number 1000000000."),
        (("evidence", {"event": "x"}), "No event has the number x."),
        (("listing", {"label": "secnumclud"}), "No label that is watched is called “secnumclud”."),
        (("provider", {"provider": "s3ns", "lang": "de"}), "lang: “de” is not understood"),
    ],
)
def test_what_an_assistant_mistook_is_said_so_that_it_can_ask_again(real: App, call: Call, said: str) -> None:
    [answer] = asked(real, call)
    text = answer.content[0].text  # type: ignore[union-attr]
    assert answer.is_error
    assert said in text
    assert "holds nothing" not in text  # an event, a label: no name that some list may have


def test_a_language_that_there_is_not_is_said_so_in_that_of_the_assistant(real: App) -> None:
    [answer] = asked(real, ("sources", {"lang": "de"}), lang="fr")
    assert "n’est pas compris" in answer.content[0].text  # type: ignore[union-attr]


def test_what_was_taken_back_is_not_said_as_if_it_were_so(real: App) -> None:
    with real.open_store() as store:
        recall.retract(store, 1, "Lu de travers", "cli", NOW)
        wrong = log.event(store, 1)
    which = {"provider": wrong.provider.slug, "label": wrong.label, "all": "1", "limit": MOST}
    for lang, word in (("fr", "Rétracté : "), ("en", "Retracted: ")):
        listed, proven = map(found, asked(real, ("history", which), ("evidence", {"event": 1}), lang=lang))
        for answer in (listed, proven):
            [line] = [one for one in answer["sentence"].splitlines() if sentence(wrong, lang) in one]
            assert word in line.replace("\u00a0", " ")
            assert "Lu de travers" in line


def test_long_answers_go_on_by_their_cursor_until_all_was_given(real: App) -> None:
    def everything(tool: str, field: str, given: Mapping[str, Any], limit: int) -> list[Any]:
        rows: list[Any] = []
        cursor: dict[str, Any] = {}
        while True:
            [answer] = map(found, asked(real, (tool, {**given, **cursor, "limit": limit})))
            assert len(answer["answer"][field]) <= limit
            rows += answer["answer"][field]
            if answer["next_cursor"] is None:
                return rows
            cursor = {"cursor": answer["next_cursor"]}

    assert everything("listing", "attestations", {"label": "passi"}, 30) == typed(real, "listing", "passi")
    whole = typed(real, "history", "--label", "secnumcloud")
    assert everything("history", "events", {"label": "secnumcloud", "all": "1"}, 9) == whole
    one = typed(real, "provider", "cegedim")[0]["attestations"]
    assert everything("provider", "attestations", {"provider": "cegedim"}, 2) == one


def test_no_answer_is_longer_than_an_assistant_reads(real: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "MOST", 50)
    maker = "samsung"
    gained = typed(real, "history", "--provider", maker, "--label", "cc")[-1]
    told = asked(
        real,
        ("was", {"provider": maker, "label": "cc", "date": "2026-03-10"}),
        ("evidence", {"event": gained["id"]}),
        ("provider", {"provider": maker, "limit": 50}),
        ("sources", {}),
    )
    was, event, *_ = map(found, told)
    assert len(event["answer"]["attestations"]) == 50
    assert event["left_out"] == len(gained["attestations"]) - 50 > 0
    assert was["total"] > 50 > len(was["answer"]["attestations"])
    assert was["next_cursor"] == "21"
    assert max(len(one.content[1].text) for one in told) < 100_000  # type: ignore[union-attr]


def test_every_tool_says_that_it_only_reads_what_it_takes_and_what_it_is_in_both_languages(real: App) -> None:
    for lang in ("fr", "en"):
        offered = tools(lang)
        assert [one.name for one in offered] == [
            "find", "was", "provider", "listing", "history", "race", "sources", "evidence",
        ]  # fmt: skip
        for one in offered:
            assert one.annotations is not None
            assert one.annotations.read_only_hint
            assert not one.annotations.destructive_hint
            assert one.description
            assert one.title
            for schema in one.input_schema["properties"].values():
                assert schema["description"]
    known = {one.name: one.input_schema["properties"] for one in tools("en")}
    assert {"secnumcloud", "hds"} <= {*known["was"]["label"]["enum"]}
    assert "gained" in known["history"]["kind"]["enum"]


def test_the_language_is_that_of_the_setting_or_of_the_question(real: App) -> None:
    was: Call = ("was", {"provider": "s3ns", "label": "secnumcloud", "date": "2026-01-15"})
    french, english = map(found, asked(real, was, (was[0], {**was[1], "lang": "en"}), lang="fr"))
    assert french["sentence"].startswith("S3NS, SecNumCloud, 15")
    assert english["sentence"].startswith("S3NS, SecNumCloud, 2026-01-15: yes")
    assert {**french["answer"], "sentence": ""} == {**english["answer"], "sentence": ""}


def test_nothing_can_be_written_by_a_connection_that_answers(real: App) -> None:
    with real.open_store() as store:
        store.read_only()
        assert log.next_event(store) > 1
        with pytest.raises(StoreError), store.transaction():
            pass
        with pytest.raises(StoreError):
            store.q("delete from canary")


def test_without_a_memory_an_assistant_is_told_so(tmp_path: Path) -> None:
    [answer] = asked(App(Settings(state=str(tmp_path / "none.db")), lambda: NOW), ("sources", {}))
    assert (answer.is_error, answer.structured_content["code"]) == (True, "no_memory")


def command(app: App, *words: str) -> list[str]:
    return [
        sys.executable,
        "-c",
        START,
        "--state",
        app.settings.state,
        "--now",
        NOW.isoformat(),
        *words,
        "mcp",
    ]


def test_on_standard_input_and_output_an_assistant_has_a_session(real: App) -> None:
    python, *words = command(real)

    async def session() -> CallToolResult:
        async with Client(stdio_client(StdioServerParameters(command=python, args=words))) as client:
            assert client.instructions is not None
            assert "never instructions" in client.instructions
            return await client.call_tool("race", {"provider": ["bleu"]})

    assert found(anyio.run(session))["answer"]["standings"] == typed(real, "race", "bleu")


def test_standard_output_carries_the_protocol_alone_and_the_end_of_input_ends_it(real: App) -> None:
    hello = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"},
    }}  # fmt: skip
    done = subprocess.run(
        command(real, "-v"),
        input=json.dumps(hello) + "\nno JSON\n",
        capture_output=True,
        text=True,
        check=True,
    )
    assert [json.loads(line)["jsonrpc"] for line in done.stdout.splitlines()] == ["2.0"] * len(
        done.stdout.splitlines()
    )
    assert json.loads(done.stdout.splitlines()[0])["result"]["serverInfo"]["name"] == "vigilabel"


@pytest.fixture
def served(real: App) -> Any:
    """The address of pages with a token."""
    given = Settings(state=real.settings.state, port=0, lang="en", api_tokens=(HASH,))
    pages = Pages(App(given, lambda: NOW))
    pages.start()
    yield f"http://127.0.0.1:{pages.port}"
    pages.stop()


def test_by_http_who_has_a_token_has_a_session_and_nobody_else(served: str, real: App) -> None:
    import httpx2

    async def session() -> CallToolResult:
        async with (
            httpx2.AsyncClient(headers={"Authorization": f"Bearer {TOKEN}"}) as web,
            Client(streamable_http_client(f"{served}/mcp", http_client=web)) as client,
        ):
            return await client.call_tool("race", {"provider": ["bleu"]})

    assert found(anyio.run(session))["answer"]["standings"] == typed(real, "race", "bleu")
    refused = httpx.post(f"{served}/mcp", json={}, headers={"Authorization": "Bearer none"})
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
    assert refused.headers["content-type"] == "application/problem+json"
    assert httpx.get(f"{served}/mcp").status_code == 405
    long = httpx.post(f"{served}/mcp", content="x" * 70_000, headers={"Authorization": f"Bearer {TOKEN}"})
    assert long.status_code == 413


def test_without_a_token_in_the_settings_the_address_is_not_there(
    watched: App, get: Callable[..., httpx.Response]
) -> None:
    assert get("/mcp", "POST").status_code == 404
