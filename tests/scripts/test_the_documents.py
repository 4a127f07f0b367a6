"""Every file, folder, module and name of ours that a document names in code letters is there."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest
import recipes

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
CODE = re.compile(r"`([^`\n]+)`")
BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
TOPS = "watcher|scrapers|notifiers|state|tests|docs|scripts|findings|benchmarks"
PLACE = re.compile(rf"(?:{TOPS})/[\w./*-]*")
MODULE = re.compile(r"[\w/]+\.(?:py|sh|po|html)")
FILES = [path.as_posix() for top in TOPS.split("|") for path in (ROOT / top).rglob("*.*")]
NAME = re.compile(r"(?:watcher|scrapers|notifiers|state)(?:\.\w+)+")


def missing(document: Path) -> list[str]:
    """What a document names and is nowhere; recipes make what they name."""
    text = document.read_text("utf-8")
    made = {block.path for steps in recipes.recipes(text).values() for block in steps}
    said = CODE.findall(BLOCK.sub("", text))
    return sorted(
        {one for one in said if PLACE.fullmatch(one) and not any(ROOT.glob(one)) and one not in made}
        | {one for one in said if MODULE.fullmatch(one) and one not in made and not ending(one)}
        | {one for one in said if NAME.fullmatch(one) and not named(one)}
    )


def ending(name: str) -> bool:
    """Whether a file is called so, in whatever folder."""
    return (ROOT / name).exists() or any(path.endswith(f"/{name}") for path in FILES)


def named(dotted: str) -> bool:
    """Whether a dotted name is a module of ours, or something in one."""
    module, found = dotted, list[str]()
    while "." in module:
        try:
            here: object = import_module(module)
        except ModuleNotFoundError:
            module, _, attribute = module.rpartition(".")
            found.insert(0, attribute)
            continue
        for attribute in found:
            if not hasattr(here, attribute):
                return attribute in getattr(here, "__annotations__", {})
            here = getattr(here, attribute)
        return True
    return False


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_a_document_names_is_there(document: Path) -> None:
    assert missing(document) == []


@pytest.mark.parametrize(
    "said", ["`watcher/gone.py`", "`docs/`, `tests/nowhere/`", "`state.model.Gone`", "`watcher.gone`"]
)
def test_what_is_gone_is_named(said: str, tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(
        f"See {said}, `watcher/cli.py`, `state.model.Event.kind` and `docs/*.md`."
    )
    assert len(missing(tmp_path / "page.md")) == 1


def test_decisions_are_numbered_without_a_gap_or_a_twin() -> None:
    numbers = [int(path.name[:4]) for path in sorted((ROOT / "docs" / "decisions").glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))
