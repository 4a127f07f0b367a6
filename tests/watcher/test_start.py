"""A command loads what it needs: start-up is felt at every call."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest
from command_line import CommandLine

from watcher import commands
from watcher.cli import ROOMS

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "tests/fixtures"
PACKAGES = ("watcher", "scrapers", "notifiers", "state")
HEAVY = (
    "apprise", "apscheduler", "babel", "bs4", "cryptography", "httpx", "jinja2", "lxml",
    "mcp", "mcp_types", "prometheus_client", "protego", "pydantic", "pydantic_core", "pypdfium2", "rapidfuzz",
    "rich", "signxml", "slack_sdk", "soupsieve", "sqlite_utils", "sse_starlette", "stamina", "starlette",
    "uvicorn", "zstandard",
)  # fmt: skip
"""What other work needs, and what takes longer to load than an answer."""
MOST = {"was": 74, "subscriptions": 87, "read": 66, "keeper": 29}
"""Modules of ours that a question, a reading or a keeper loads, of some three hundred. A reading loads what
reads too, and begins no keeper that would. A source more is a module more."""
MOST_IN_ALL = 130
ASKED = (
    ("was", "numspot", "secnumcloud", "2025-12-06"),
    ("provider", "numspot"),
    ("history",),
    ("history", "--provider", "numspot"),
    ("race",),
    ("find", "numspot"),
    ("listing", "secnumcloud"),
    ("listing", "secnumcloud", "--on", "2025-12-06"),
    ("sources",),
    ("subscriptions",),
    ("why", "1"),
)
LOADED = """
import json, sys
from watcher.cli import vigilabel
for words in json.loads(sys.argv[1]):
    vigilabel(words, standalone_mode=False)
print(*sys.modules, file=sys.stderr)
"""


def loaded(cli: CommandLine, form: str, *asked: Sequence[str]) -> set[str]:
    """The modules that these questions load, asked one after the other in a process of its own."""
    before = ("--state", str(cli.state), "--now", cli.now)
    words = [(*before, *each, *(("--format", form) if form else ())) for each in asked]
    command = [sys.executable, "-c", LOADED, json.dumps(words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.splitlines()[-1].split())


def libraries(modules: Iterable[str]) -> set[str]:
    return {module.split(".")[0] for module in modules}


def ours(modules: Iterable[str]) -> list[str]:
    """Our modules among these; a folder holds no code, so how the house is cut into rooms does not count."""
    mine = (module for module in modules if module.split(".")[0] in PACKAGES)
    return [module for module in mine if not (ROOT / module.replace(".", "/")).is_dir()]


@pytest.fixture
def seen(cli: CommandLine) -> CommandLine:
    offer = "secnumcloud | Numspot | IaaS | 2023_1 | 2023-11-30 | 2026-11-30"
    cli.see("2025-12-05", offer)
    cli.see("2026-03-04", offer, "secnumcloud | Bleu | Cloud | 2026_1 | 2026-01-30 | 2029-01-30")
    assert cli("subscribe", "ovh", "--channel", "console").exit_code == 0
    return cli


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_questions_load_neither_the_watch_nor_a_library_they_do_not_need(
    seen: CommandLine, form: str
) -> None:
    modules = loaded(seen, form, *ASKED)
    assert sorted(libraries(modules) & set(HEAVY)) == []
    assert len(ours(modules)) <= MOST_IN_ALL
    assert [
        module for module in modules if module.startswith(("watcher.look.record", "watcher.tell.deliver"))
    ] == []


@pytest.mark.parametrize("words", [ASKED[0], ("subscriptions",)], ids=" ".join)
def test_a_question_loads_its_own_rooms_alone(seen: CommandLine, words: tuple[str, ...]) -> None:
    modules = loaded(seen, "", words)
    assert len(ours(modules)) <= MOST[words[0]]


EDITION = FIXTURES / "anssi_catalogue" / "catalogue-2026-01-27.pdf"
NOT_FOR_READING = {"sqlite3", "concurrent.futures", "tempfile"}
"""What a reading that is not stored needs neither in its own process nor where the document is read."""


def test_a_reading_loads_neither_the_memory_nor_what_answers_for_days(cli: CommandLine) -> None:
    modules = loaded(cli, "json", ("read", "anssi-catalogue", str(EDITION)))
    assert sorted(libraries(modules) & set(HEAVY)) == []
    assert modules & NOT_FOR_READING == set()
    assert [each for each in modules if each.startswith(("watcher.ask.past", "state.file.opening"))] == []
    assert len(ours(modules)) <= MOST["read"]


def test_a_keeper_loads_what_reads_and_nothing_else() -> None:
    """Every watch and every `read` waits for it once."""
    code = "import sys; from watcher.look.apart.keeper import warm; warm(sys.argv[1]); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code, "scrapers.anssi_catalogue"], capture_output=True, text=True, check=True
    )
    modules = set(done.stdout.split())
    assert "scrapers.anssi_catalogue.reading" in modules
    assert [each for each in modules if each.startswith(("scrapers.ans_hds", "scrapers.tl_fr"))] == []
    assert sorted(libraries(modules) & set(HEAVY)) == []
    assert modules & {*NOT_FOR_READING, "_hashlib", "html.entities"} == set()
    assert len(ours(modules)) <= MOST["keeper"]


def test_every_command_is_in_the_room_that_is_said() -> None:
    for room in iter_modules(commands.__path__):
        known = getattr(import_module(f"watcher.commands.{room.name}"), "COMMANDS", ())
        assert sorted(command.name for command in known) == sorted(ROOMS.get(room.name, ()))
