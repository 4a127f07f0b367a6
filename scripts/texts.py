"""Keeps the catalogues of texts in order: every text that is asked for has an entry in every language.

`make texts` rewrites `notifiers/said/texts/*.po`: sorted by key, missing keys added with an empty text for a
translator to fill. Texts that nothing asks for are named, and left for a person to remove.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
TEXTS = ROOT / "notifiers" / "said" / "texts"
PACKAGES = ("watcher", "notifiers")
KEY = re.compile(r"[a-z]+(\.[\w’-]+)+")
CODED = ("counted", "each", "each_of", "knows")
"""Calls that take a prefix of ours and a code, which is data."""
IN_CODE = ("command", "helped", "option")
"""Texts that English has in code, where click looks for them; a language without them shows the English."""
UNIT = re.compile(r"\{\w+:(\w+)\}")
CALL = re.compile(r"""say(?:\.(?P<how>each|count))?\(\s*["'](?P<key>[\w.-]+)["']""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked for: keys in calls, prefixes of codes, and all literals that may be keys."""

    keys: frozenset[str]
    prefixes: frozenset[str]
    literals: frozenset[str]


def asked(root: Path) -> Asked:
    """Everything that the packages and their templates ask for."""
    keys: set[str] = set()
    prefixes: set[str] = set()
    literals: set[str] = set()
    for package in PACKAGES:
        for path in (root / package).rglob("*.py"):
            nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
            literals.update(_text([node]) for node in nodes)
            for call in (node for node in nodes if isinstance(node, ast.Call)):
                first = _text(call.args[:1])
                if first and _name(call.func) in CODED:
                    prefixes.add(first)
                elif _says(call.func) and KEY.fullmatch(first):
                    keys.add(first)
        for path in (root / package).rglob("*.html"):
            for found in CALL.finditer(path.read_text("utf-8")):
                (prefixes if found["how"] in CODED else keys).add(found["key"])
    return Asked(
        keys=frozenset(keys), prefixes=frozenset(prefixes), literals=frozenset(literals - prefixes | keys)
    )


def _text(nodes: Sequence[ast.AST]) -> str:
    node = nodes[0] if nodes else None
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _says(node: ast.expr) -> bool:
    """Whether a call is made to a voice: `say(…)`, `one.say(…)`, `voice(lang)(…)`, `say.count(…)`."""
    if isinstance(node, ast.Attribute) and node.attr == "count":
        return _says(node.value)
    if isinstance(node, ast.Call):
        return _name(node.func) == "voice"
    return _name(node) == "say"


def read(path: Path) -> dict[str, tuple[str, ...]]:
    """The texts of a catalogue by key, each with all its forms."""
    with path.open("rb") as file:
        catalog = read_po(file)
    texts = {}
    for message in catalog:
        if message.id:
            forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
            texts[message.id if isinstance(message.id, str) else message.id[0]] = forms
    return texts


def unused(texts: dict[str, tuple[str, ...]], said: Asked) -> list[str]:
    """The keys of a catalogue that nothing asks for: no code, no template, no text as its unit."""
    units = {f"count.{unit}" for forms in texts.values() for text in forms for unit in UNIT.findall(text)}
    begun = tuple(f"{prefix}." for prefix in (*said.prefixes, *IN_CODE))
    return sorted(key for key in texts.keys() - said.literals - units if not key.startswith(begun))


def missing(texts: dict[str, tuple[str, ...]], wanted: Iterable[str]) -> list[str]:
    """The keys that a catalogue should have and has not, or without a text."""
    return [key for key in wanted if not any(texts.get(key, ())) and key.partition(".")[0] not in IN_CODE]


def arranged(path: Path, wanted: Iterable[str]) -> bytes:
    """A catalogue in order: its header as it stands, its entries by key, empty ones for missing keys."""
    body = path.read_bytes()
    with BytesIO(body) as file:
        known = read_po(file)
    made = Catalog(locale="en")
    for message in known:
        if message.id:
            made.add(message.id, message.string, flags=message.flags, user_comments=message.user_comments)
    for key in wanted:
        if key not in {m.id if isinstance(m.id, str) else m.id[0] for m in known if m.id}:
            made.add(key, "")
    out = BytesIO()
    write_po(out, made, width=0, sort_output=True, omit_header=True, no_location=True)
    return body.partition(b"\n\n")[0] + b"\n\n" + out.getvalue().strip() + b"\n"


def main() -> int:
    """Rewrites the catalogues; 1 when a text is missing or unused, which are named."""
    said = asked(ROOT)
    catalogues = {path: read(path) for path in sorted(TEXTS.glob("*.po"))}
    everywhere = {key for texts in catalogues.values() for key in texts}
    wanted = sorted(everywhere | {key for key in said.keys if "." in key})
    wrong = 0
    for path, texts in catalogues.items():
        lacking = missing(texts, wanted)
        path.write_bytes(arranged(path, [key for key in lacking if key not in texts]))
        for what, found in (("missing", lacking), ("unused", unused(texts, said))):
            wrong += len(found)
            print(*(f"{path.name}: {what}: {key}" for key in found), sep="\n", end="\n" if found else "")
    print(f"{len(everywhere)} texts in {len(catalogues)} languages, {wrong} to look at")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
