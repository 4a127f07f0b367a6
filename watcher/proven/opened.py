"""What an evidence file of an answer holds, checked from outside inwards. Pure: no memory, no network."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from state.codec import pack_attestation, text
from state.model import Attestation, Evidence
from state.seen.looks import chain
from state.words.documented import Documented  # noqa: TC001 -- a file is read by these types
from watcher.ask.past.was import Answer, Basis  # noqa: TC001 -- a file is read by these types
from watcher.errors import BadFile
from watcher.prove.evidence_file import ANSWER
from watcher.prove.opened import (
    drawn,
    hashes_of,
    lines_of,
    named,
    one_line,
    ours,
    pages_of,
    require_pages,
    rows_of,
    sha256,
)
from watcher.prove.proof import CHAIN, PUBLIC_KEY, README, SIGNATURE, SNAPSHOT, SUMS, page_name, sums
from watcher.prove.sheet import SHEET
from watcher.proven.remade import Question, Shown, looks_of

if TYPE_CHECKING:
    from state.model import Page, Run

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What the file says was answered, with the rows that the answer rests on: the number of each, and of the
    look that first showed it so. `remade`: that all of it follows from the file. `documents` are those that
    speak of the day: somebody's word."""

    asked: Question
    answer: Answer
    basis: Basis
    said: Mapping[str, str]
    rows: tuple[tuple[int, int], ...]
    remade: bool
    documents: tuple[Documented, ...] = ()

    @property
    def bodies(self) -> Sequence[str]:
        """The hashes of the documents, each once: one may say several things."""
        return list(dict.fromkeys(one.sha256 for one in self.documents))


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A row of the answer, and where it stands: the document in the file, by its name."""

    line: int
    row: Attestation
    name: str
    page: Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A file whose layers agree: what is stated, the chain, and the listings and documents of some looks.

    `links` are the numbers of the first and last link, `hashes` those of all; `facts` are what they say.
    """

    stated: Stated
    facts: Sequence[Json]
    hashes: Sequence[str]
    runs: Mapping[str, Sequence[Run]]
    shown: Mapping[int, Shown]
    counted: Mapping[int, int]
    pages: Mapping[int, Mapping[str, Page]]
    pictures: Sequence[str]
    provided: Sequence[str] = ()

    @property
    def links(self) -> tuple[int, int]:
        """The numbers of the first and the last link."""
        return self.facts[0]["number"], self.facts[-1]["number"]

    @property
    def documents(self) -> Sequence[Document]:
        """The rows that the answer rests on, where they stand."""
        return [self._document(line, run) for line, run in self.stated.rows]

    def _document(self, line: int, run: int) -> Document:
        row, pages = self.shown[run].rows[line], list(self.pages[run].items())
        name, page = pages[min(row.page, len(pages) - 1)]
        return Document(line=line, row=row, name=name, page=page)

    @property
    def proofs(self) -> Sequence[Evidence]:
        """Where the rows can be checked."""
        return [
            Evidence(snapshot=0, url=one.page.url, sha256=one.page.sha256, place=one.row.place)
            for one in self.documents
        ]


def listing_name(run: int) -> str:
    """Where the listing after a look lies in the file."""
    return f"listings/{run}.jsonl"


def folder_of(snapshot: int) -> str:
    """Where a snapshot lies in the file."""
    return f"snapshots/{snapshot}/"


def document_name(number: int, body: bytes) -> str:
    """Where a document that somebody provided lies in the file; its own name is only stated."""
    return page_name(number, body).replace("pages/", "documents/")


def provided(files: Mapping[str, bytes]) -> Sequence[str]:
    """The names of the documents that somebody provided."""
    return [name for name in files if name.startswith("documents/")]


def require_documents(files: Mapping[str, bytes], stated: Stated) -> None:
    """Every document that is stated must be there with its bytes, and no other."""
    found = [(name, sha256(files[name])) for name in provided(files)]
    if [digest for _, digest in found] != stated.bodies:
        raise BadFile(f"documents: expected those that {ANSWER} names, found other ones")
    for number, (name, _) in enumerate(found, 1):
        if name != document_name(number, files[name]):
            raise BadFile(f"{name[:80]}: expected the name {document_name(number, files[name])}")


def body_of(files: Mapping[str, bytes], stated: Stated, facts: Sequence[Json]) -> Sequence[str]:
    """The names of the files that prove an answer, in order: all but the chain, leaflets and hashes."""
    by_run = {each["record"]: each for each in facts if each["kind"] == chain.RUN}
    runs = looks_in(stated)
    if missing := [run for run in runs if run not in by_run]:
        raise BadFile(f"{CHAIN}: expected a link for the look {missing[0]}, found none")
    expected = [ANSWER, *map(listing_name, runs)]
    for snapshot in dict.fromkeys(by_run[run]["run"]["snapshot"] for run in runs):
        expected += [f"{folder_of(snapshot)}{SNAPSHOT}", *named(files, folder_of(snapshot))]
    return [*expected, *provided(files), *drawn(files)]


def require_sums(files: Mapping[str, bytes], body: Sequence[str]) -> None:
    """Every file must be there, in order, and nothing else; and the list of hashes must be theirs."""
    expected = [README, SHEET, *body, CHAIN]
    expected += [PUBLIC_KEY, SUMS, SIGNATURE] if SIGNATURE in files else [SUMS]
    if list(files) != expected:
        raise BadFile(f"expected the files {', '.join(expected)[:500]}; found {', '.join(files)[:500]}")
    listed = {name: body for name, body in files.items() if name not in (SUMS, SIGNATURE)}
    if files[SUMS] != sums(listed):
        raise BadFile(f"{SUMS}: expected the hashes of the files beside it, found other ones")


def looks_in(stated: Stated) -> Sequence[int]:
    """The looks whose listings and documents are in the file."""
    voices = (run for voice in stated.asked.voices for run in voice.looks)
    return sorted({*voices, *(run for _, run in stated.rows)})


_STATED: TypeAdapter[Stated] = TypeAdapter(Stated)
_ROW: TypeAdapter[Attestation] = TypeAdapter(Attestation)


def stated_in(files: Mapping[str, bytes]) -> Stated:
    """What the file says was asked and answered: a stranger wrote it."""
    line = one_line(files, ANSWER)
    with ours():
        return _STATED.validate_json(line)


def opened(files: Mapping[str, bytes]) -> Opened:
    """The content of a file, each part checked against the chain; raises `BadFile`."""
    stated, lines = stated_in(files), lines_of(files, CHAIN)
    require_documents(files, stated)
    hashes = hashes_of(lines)
    with ours():
        facts = [json.loads(line) for line in lines]
        by_run = {each["record"]: each for each in facts if each["kind"] == chain.RUN}
        shown, counted, pages = {}, {}, {}
        for run in looks_in(stated):
            if run not in by_run:
                raise BadFile(f"{CHAIN}: expected a link for the look {run}, found none")
            shown[run], counted[run] = _listing(files, by_run[run], stated.asked.label)
            pages[run] = _pages(files, by_run[run])
        return Opened(
            stated=stated,
            facts=facts,
            hashes=hashes,
            runs=looks_of(facts),
            shown=shown,
            counted=counted,
            pages=pages,
            pictures=drawn(files),
            provided=provided(files),
        )


def _listing(files: Mapping[str, bytes], link: Json, label: str) -> tuple[Shown, int]:
    """The rows of a label after a look, sealed by its link, and how many rows there are in all."""
    name = listing_name(link["record"])
    if name not in files or sha256(files[name]) != link["listing"]:
        raise BadFile(f"{name}: expected the listing that link {link['number']} seals, found another")
    rows: dict[int, Attestation] = {}
    count = 0
    for each in rows_of(files, name):
        count += 1
        if each["stated"]["label"] == label:
            rows[each["row"]] = _row(each["stated"], name)
    missing = frozenset(each["row"] for each in link["missing"])
    return Shown(rows=rows, missing=missing), count


def _row(stated: Json, name: str) -> Attestation:
    row = _ROW.validate_json(text(stated))
    # Written again and compared: a field of another type, or one too many, would be read without a word.
    if pack_attestation(row) != stated:
        raise BadFile(f"{name}: expected rows as vigilabel writes them, found another record")
    return row


def _pages(files: Mapping[str, bytes], link: Json) -> Mapping[str, Page]:
    """The documents of a look by their names in the file, sealed by its link."""
    folder = folder_of(link["run"]["snapshot"])
    line = one_line(files, f"{folder}{SNAPSHOT}")
    found = {"id": link["run"]["snapshot"], "sha256": chain.sealed(line)}
    if found not in link["snapshots"]:
        raise BadFile(f"{folder}{SNAPSHOT}: expected the one that link {link['number']} seals, found another")
    snapshot = json.loads(line)
    require_pages(files, snapshot, folder)
    return dict(zip(named(files, folder), pages_of(files, snapshot, folder), strict=True))
