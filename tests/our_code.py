"""Our own modules and what they are made of: parsed once in a process, and only when a test asks."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("watcher", "scrapers", "notifiers", "state")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


@cache
def text(path: Path) -> str:
    return path.read_text("utf-8")


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """All of a module, in the order of `ast.walk`."""
    return tuple(ast.walk(ast.parse(text(path))))


def name(path: Path) -> str:
    """A module as a test that fails should name it."""
    return path.relative_to(ROOT).as_posix()
