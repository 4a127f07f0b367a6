"""The vocabulary is that of the code: its words are names there, settled ones name one thing, others none."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from our_code import MODULES, ROOT, nodes

PAGE = (ROOT / "docs" / "vocabulary.md").read_text("utf-8")
SMALL = {"of", "a", "to", "be"}
NEVER_HELD = {
    "Attestation",
    "Known",
    "Version",
    "Provider",
    "Channel",
    "Owed",
    "Subscription",
    "Message",
    "Delay",
}
"""What has words of its own: an attestation stands, a delivery is delayed; what is held is a removal."""


def rows(heading: str) -> list[list[str]]:
    """The rows of the table under a heading, by their cells."""
    part = PAGE.split(heading, 1)[1].split("\n## ", 1)[0]
    lines = [line for line in part.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def names(path: Path) -> Iterator[str]:
    """Every name that a module gives or uses, and its own."""
    yield from path.relative_to(ROOT).with_suffix("").parts
    for node in nodes(path):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.arg(arg=name) | ast.Name(id=name) | ast.Attribute(attr=name):
                yield name


def parts(name: str) -> Iterator[str]:
    """The words of a name: `delay_of` is delay and of, `SourceState` source and state."""
    return (word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name))


@cache
def words() -> frozenset[str]:
    """The words of all names."""
    return frozenset(
        word for name in {name for path in MODULES for name in names(path)} for word in parts(name)
    )


@pytest.mark.parametrize("term", [cells[0] for cells in rows("# Vocabulary")])
def test_a_word_of_the_vocabulary_is_a_name_in_the_code(term: str) -> None:
    assert {word for word in re.findall(r"[a-z]+", term)} - SMALL <= words()


def defined(name: str) -> set[str]:
    """The modules that define a class, function or method of that name."""
    return {
        path.relative_to(ROOT).as_posix()
        for path in MODULES
        for node in nodes(path)
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name
    }


@pytest.mark.parametrize(("name", "places"), [(row[0].strip("`"), row[2]) for row in rows("## Settled")])
def test_a_settled_name_is_defined_where_the_vocabulary_says_and_nowhere_else(name: str, places: str) -> None:
    assert defined(name) == set(re.findall(r"`([^`]+)`", places))


def fields(node: ast.ClassDef) -> Iterator[str]:
    """The names of what a class has: fields and properties."""
    for one in node.body:
        match one:
            case ast.FunctionDef(name=name) | ast.AnnAssign(target=ast.Name(id=name)):
                yield name


def test_held_is_said_of_no_attestation_and_no_delivery() -> None:
    classes = [node for path in MODULES for node in nodes(path) if isinstance(node, ast.ClassDef)]
    assert {node.name for node in classes} >= NEVER_HELD
    assert {node.name for node in classes if "held" in fields(node)} & NEVER_HELD == set()


def test_no_name_says_what_the_vocabulary_forbids() -> None:
    forbidden = set(re.findall(r"\w+", PAGE.rsplit("contains one of:", 1)[1]))
    assert len(forbidden) > 5
    assert forbidden & words() == set()
