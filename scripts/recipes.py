"""Does the recipes of CONTRIBUTING.md to the letter, on a copy of the tree, and shows that they work.

A recipe is a section "## Add a …". Its fenced blocks are done in order: `sh` lines are run; a `diff` block is
applied to the file it names, where a line "…" skips any lines; any other block that names a file is added to
its end, or makes it. What came of it is asked from outside: commands, pages over HTTP, a signed request as
Slack sends it. A recipe that touches more places than it may has failed as well.

    make recipes
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from recipes_proved import PROOFS, Failed, Place, prepare

ROOT = Path(__file__).parents[1]
LEFT = shutil.ignore_patterns(".*", "__pycache__", "*.db*", "node_modules")
BLOCK = re.compile(r"^```(?P<kind>\w+)(?: (?P<path>\S+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
SECTION = re.compile(r"^## Add (?P<what>an? \w+)\n(?P<text>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
SKIP = "…"
MOST: Mapping[str, int] = {"a label": 3, "a language": 2, "a notifier": 2, "a migration": 1}
"""The files of the product that a recipe may touch, new ones counted: its tests and fixtures are beside."""
PRODUCT = ("watcher/", "scrapers/", "notifiers/", "state/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One step of a recipe: what to do with `text`, and to which file."""

    kind: str
    path: str
    text: str


def recipes(guide: str) -> dict[str, tuple[Block, ...]]:
    """The steps of every recipe of a guide, by what is added: "a label"."""
    return {found["what"]: tuple(_blocks(found["text"])) for found in SECTION.finditer(guide)}


def _blocks(text: str) -> Iterator[Block]:
    for found in BLOCK.finditer(text):
        yield Block(kind=found["kind"], path=found["path"] or "", text=found["text"])


def changed(before: str, diff: str) -> str:
    """A file after a diff without line numbers; raises `Failed`, naming the lines that it lacks."""
    done, rest = "", before
    for hunk in re.split(rf"^ ?{SKIP}\n", diff, flags=re.MULTILINE):
        lines = [(line[:1] or " ", line[1:] + "\n") for line in hunk.splitlines()]
        old = "".join(text for sign, text in lines if sign in " -")
        new = "".join(text for sign, text in lines if sign in " +")
        ahead, found, rest = f"\n{rest}".partition(f"\n{old}")
        if not found:
            raise Failed(f"the file has no such lines:\n{old}")
        done += f"{ahead}\n{new}"[1:]
    return done + rest


def do(place: Place, block: Block) -> None:
    """Does one step; raises `Failed` when it cannot be done as written."""
    if not block.path:
        if block.kind == "sh":
            for line in block.text.splitlines():
                place.run("bash", "-c", line)
        return
    file = place.root / block.path
    if block.kind == "diff":
        try:
            file.write_text(changed(file.read_text("utf-8"), block.text), "utf-8")
        except (OSError, Failed) as error:
            raise Failed(f"{block.path}: {error}") from None
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as end:
        end.write(block.text)


def touched(place: Place, before: Mapping[str, bytes]) -> list[str]:
    """The files that are new or no longer as they were."""
    return sorted(name for name, body in files(place.root).items() if before.get(name) != body)


def files(root: Path) -> dict[str, bytes]:
    """Everything in a tree that a person may have written."""
    paths = (path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}


def follow(place: Place, what: str, steps: Sequence[Block]) -> str:
    """Does a recipe; what it touched. Raises `Failed` when that is more than it may, or there is none."""
    if not steps:
        raise Failed(f"CONTRIBUTING.md has no recipe to add {what}")
    before = files(place.root)
    for block in steps:
        do(place, block)
    # an empty file that makes a folder a package is not a place where anybody has to think
    ours = [n for n in touched(place, before) if n.startswith(PRODUCT) and (place.root / n).stat().st_size]
    if len(ours) > MOST.get(what, len(ours)):
        raise Failed(f"it touches {len(ours)} files, at most {MOST[what]} expected: {', '.join(ours)}")
    return f"{len(ours)} of our files: {', '.join(ours)}"


def main() -> int:
    """Does every recipe, then proves every one; 1 when one of them is not true."""
    known = recipes((ROOT / "CONTRIBUTING.md").read_text("utf-8"))
    wrong = 0
    with tempfile.TemporaryDirectory() as room:
        place = Place(root=Path(room) / "copy")
        shutil.copytree(ROOT, place.root, ignore=LEFT)
        prepare(place)
        steps: list[tuple[str, Callable[[], object]]] = []
        for what in sorted(PROOFS, key=list(known).index):
            steps.append((f"add {what}", partial(follow, place, what, known.get(what, ()))))
        steps += [(f"{what} that was added", partial(proof, place)) for what, proof in PROOFS.items()]
        for said, step in steps:
            try:
                print(f"{said}: {step() or 'works'}", flush=True)
            except Failed as error:
                wrong = 1
                print(f"{said}: NOT TRUE: {error}", flush=True)
    return wrong


if __name__ == "__main__":
    sys.exit(main())
