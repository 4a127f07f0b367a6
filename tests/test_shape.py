"""The shape of the house: who may import whom, where SQL lives, who reads the clock and the environment."""

from __future__ import annotations

import ast
import builtins
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from our_code import MODULES, PACKAGES, ROOT, name, nodes, text

WORDS = {"state.model", "state.names"}
SQL = re.compile(r"(?i)\b(select .+ from|insert into|update \w+ set|delete from|create table)\b")
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("time", "time")}
ENVIRONMENT = {("os", "environ"), ("os", "getenv")}
MAY_READ_THE_CLOCK = {"watcher/cli.py"}
MAY_READ_THE_ENVIRONMENT = {"watcher/settings.py"}


def imported(path: Path) -> Iterator[str]:
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


ALLOWED = {
    "watcher": set(PACKAGES),
    "scrapers": {"scrapers", "state"},
    "notifiers": {"notifiers", "state"},
    "state": {"state"},
}


def wrong_arrows(path: Path) -> set[str]:
    """What a module imports of ours that it may not."""
    package = path.relative_to(ROOT).parts[0]
    ours = {module for module in imported(path) if module.split(".")[0] in PACKAGES}
    above = {module for module in ours if module.split(".")[0] not in ALLOWED[package]}
    if package not in ("scrapers", "notifiers"):
        return above
    memory = {module for module in ours if module.startswith("state") and module not in WORDS}
    return above | {module for module in memory if not module.startswith("state.words.")}


def test_arrows_point_downwards() -> None:
    assert {name(path): wrong for path in MODULES if (wrong := wrong_arrows(path))} == {}


def test_no_import_runs_in_a_circle() -> None:
    """Those inside functions and for type checking are counted."""
    paths = {
        name(path).removesuffix(".py").removesuffix("/__init__").replace("/", "."): path for path in MODULES
    }
    needed = {module: set(_modules(path, paths)) - {module} for module, path in paths.items()}
    try:
        TopologicalSorter(needed).prepare()
    except CycleError as circle:
        pytest.fail(" -> ".join(circle.args[1]))


def _modules(path: Path, known: Collection[str]) -> Iterator[str]:
    """The modules that a module imports: of `from watcher.look import health`, `watcher.look.health`."""
    for node in nodes(path):
        if isinstance(node, ast.ImportFrom) and node.module in known:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            yield from inner & set(known) or {str(node.module)}


def _source_of(module: str) -> str | None:
    parts = module.split(".")
    folder = ROOT / "/".join(parts[:2])
    return parts[1] if parts[0] == "scrapers" and (folder / "source.py").exists() else None


def test_one_source_never_imports_another() -> None:
    mine = {path: source for path in MODULES if (source := _source_of(name(path).replace("/", ".")))}
    assert len(set(mine.values())) >= 4
    others = {
        name(path): wrong
        for path, source in mine.items()
        if (wrong := {_source_of(other) for other in imported(path)} - {None, source})
    }
    assert others == {}


def wrong_channels(path: Path) -> set[str]:
    """What a module of the notifiers imports of another channel, or from above."""
    below = {"given", "notifier", "said", "wire"}
    mine = path.relative_to(ROOT / "notifiers").with_suffix("").parts[0]
    others = {module.split(".")[1] for module in imported(path) if module.startswith("notifiers.")}
    return others - below if mine in below else others - {mine, *below}


def test_a_channel_is_known_to_the_table_of_channels_alone() -> None:
    channels = [path for path in MODULES if name(path).startswith("notifiers/")]
    assert [path for path in channels if name(path) == "notifiers/channels.py"]
    wrong = {name(path): wrong_channels(path) for path in channels if path.stem != "channels"}
    assert {path: others for path, others in wrong.items() if others} == {}


def test_sql_lives_in_state_only() -> None:
    found = [
        (name(path), node.lineno)
        for path in MODULES
        if "state/" not in name(path)
        for node in nodes(path)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.search(node.value)
    ]
    assert found == []


def read_outside(path: Path) -> set[tuple[str, str]]:
    """The clocks and the environment that a module reads though it may not."""
    read = {
        (node.value.id, node.attr)
        for node in nodes(path)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    clocks = set() if name(path) in MAY_READ_THE_CLOCK else CLOCKS
    return read & (clocks | (set() if name(path) in MAY_READ_THE_ENVIRONMENT else ENVIRONMENT))


def test_time_and_environment_are_arguments() -> None:
    assert {name(path): read for path in MODULES if (read := read_outside(path))} == {}


FLAT = {"watcher": 7, "scrapers": 3, "state": 4, "notifiers": 4}
MOST_IN_A_FOLDER, MOST_LINES, MOST_OF_A_FUNCTION, MOST_NEEDED = 12, 500, 40, 30
"""What the floor plan is held to (docs/decisions/0062-what-the-floor-plan-is-held-to.md)."""


def test_folders_hold_few_modules() -> None:
    folders = Counter(name(path.parent) for path in MODULES if text(path))
    assert {folder: n for folder, n in folders.items() if n > FLAT.get(folder, MOST_IN_A_FOLDER)} == {}


def test_modules_are_short_and_need_few_of_ours() -> None:
    """Needed is what a module loads; what it names in types alone is not."""
    assert {name(path): n for path in MODULES if (n := len(text(path).splitlines())) > MOST_LINES} == {}
    known = {name(path).removesuffix(".py").replace("/", ".") for path in MODULES}
    needed = {name(path): len(set(_loaded(ast.parse(text(path)).body, known))) for path in MODULES}
    assert {module: n for module, n in needed.items() if n > MOST_NEEDED} == {}


def _loaded(body: Collection[ast.stmt], known: Collection[str]) -> Iterator[str]:
    """The modules of ours that are there once these lines ran."""
    for node in body:
        if isinstance(node, ast.ImportFrom):
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            yield from inner & set(known) or {str(node.module)} & set(known)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            yield from _loaded(node.orelse, known)


def test_functions_are_short() -> None:
    long = [
        f"{name(path)} {node.name}: {node.end_lineno - node.lineno + 1}"
        for path in MODULES
        for node in nodes(path)
        if isinstance(node, ast.FunctionDef)
        and node.end_lineno
        and node.end_lineno - node.lineno >= MOST_OF_A_FUNCTION
    ]
    assert long == []


def test_nine_functions_in_ten_are_under_thirty_lines() -> None:
    lengths = [
        (node.end_lineno or node.lineno) - node.lineno + 1
        for path in MODULES
        for node in nodes(path)
        if isinstance(node, ast.FunctionDef)
    ]
    assert sum(length < 30 for length in lengths) >= 0.9 * len(lengths)


def errors(bases: dict[str, list[str]], of: str) -> bool:
    """Whether a name is that of an exception, of whoever made it."""
    own = getattr(builtins, of, None)
    if isinstance(own, type):
        return issubclass(own, BaseException)
    inner = (errors(bases, base.split(".")[-1]) for base in bases.get(of, []))
    return any(inner) or (of not in bases and of.endswith(("Error", "Exception")))


def test_errors_are_at_most_five_trees_each_drawn_in_its_module() -> None:
    """A root is an error of ours that is made of somebody else's."""
    classes = [
        (node.name, [ast.unparse(base) for base in node.bases], path)
        for path in MODULES
        for node in nodes(path)
        if isinstance(node, ast.ClassDef)
    ]
    bases: dict[str, list[str]] = defaultdict(list)
    for error, given, _ in classes:
        bases[error] += given
    ours = [each for each in classes if any(errors(bases, base.split(".")[-1]) for base in each[1])]
    roots = {error: path for error, given, path in ours if not any(base in bases for base in given)}
    assert len(roots) <= 5
    homes = set(roots.values())
    assert {path for _, _, path in ours} <= homes
    assert all("├──" in path.read_text(encoding="utf-8") for path in homes if _several(ours, path))


def _several(ours: list[tuple[str, list[str], Path]], home: Path) -> bool:
    return sum(path == home for _, _, path in ours) > 2


def test_one_place_says_with_which_code_the_program_ends() -> None:
    ends = {
        name(path)
        for path in MODULES
        for node in nodes(path)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func)
        in ("sys.exit", "exit", "os._exit", "ctx.exit", "SystemExit", "click.ClickException")
    }
    # A child that reads a document is no program: its code is read by nobody but the watch.
    assert ends - {"watcher/look/apart/child.py"} == {"watcher/cli.py"}
