"""What an evidence file of an answer holds, checked from outside inwards. Pure: no memory, no network.

Of labels together it holds the proofs of each, in a folder of its own, and one chain for all.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from state.codec import instant, maybe_instant, pack_attestation, text
from state.model import Attestation, Evidence, Outcome, Run, day_of
from state.seen.looks import chain
from state.seen.taken_back import forgotten
from state.words.labels import TOGETHER
from watcher.errors import BadFile
from watcher.prove.answer.stated import Stated, StatedPart, StatedTogether, stated_in, together_in
from watcher.prove.evidence_file import ANSWER, CHAIN, SNAPSHOT, page_name
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
from watcher.prove.shown import picture_name

if TYPE_CHECKING:
    from state.model import Page

Json = dict[str, Any]
Files = Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A row of the answer, and where it stands: the document in the file, by its name; with the name of its
    picture, "" for none."""

    line: int
    row: Attestation
    name: str
    page: Page
    picture: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The rows of a label after one look by line of life, and those that the look did not show."""

    rows: Mapping[int, Attestation]
    missing: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The proof of one label, whose layers agree: what is stated, the chain, and the listings and documents
    of some looks. All names are those in the whole file, where it lies in `folder` if there are several.

    `links` are the numbers of the first and last link, `hashes` those of all; `facts` are what they say.
    """

    folder: str
    stated: Stated
    facts: Sequence[Json]
    hashes: Sequence[str]
    runs: Mapping[str, Sequence[Run]]
    shown: Mapping[int, Shown]
    pages: Mapping[int, Mapping[str, Page]]
    drawn: Sequence[str]
    provided: Sequence[str]

    @property
    def links(self) -> tuple[int, int]:
        """The numbers of the first and the last link."""
        return self.facts[0]["number"], self.facts[-1]["number"]

    @property
    def looked(self) -> Mapping[int, Json]:
        """What the chain says of each look, by the number of its run."""
        return {each["record"]: each["run"] for each in self.facts if each["kind"] == chain.RUN}

    @property
    def label(self) -> str:
        """The label that it is about."""
        return self.stated.asked.label

    @property
    def documents(self) -> Sequence[Document]:
        """The rows that the answer rests on, where they stand."""
        return [self._document(line, run) for line, run in self.stated.rows]

    def _document(self, line: int, run: int) -> Document:
        row, pages = self.shown[run].rows[line], list(self.pages[run].items())
        name, page = pages[min(row.page, len(pages) - 1)]
        picture = picture_name(line) if picture_name(line) in self.drawn else ""
        return Document(
            line=line, row=row, name=name, page=page, picture=picture and f"{self.folder}{picture}"
        )

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


def provided(files: Files) -> Sequence[str]:
    """The names of the documents that somebody provided."""
    return [name for name in files if name.startswith("documents/")]


def require_documents(files: Files, stated: Stated) -> None:
    """Every document that is stated must be there with its bytes, and no other."""
    found = [(name, sha256(files[name])) for name in provided(files)]
    if [digest for _, digest in found] != stated.bodies:
        raise BadFile(f"documents: expected those that {ANSWER} names, found other ones")
    for number, (name, _) in enumerate(found, 1):
        if name != document_name(number, files[name]):
            raise BadFile(f"{name[:80]}: expected the name {document_name(number, files[name])}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A whole file: the proofs of the labels in their order, and what is stated of these together, None where
    one label was asked for. `hashes` are those of the chain."""

    each: tuple[Opened, ...]
    together: StatedTogether | None
    hashes: Sequence[str]
    first_link: int

    @property
    def stated(self) -> Stated | StatedTogether:
        """What the file says was asked and answered."""
        return self.together or self.each[0].stated

    @property
    def links(self) -> tuple[int, int]:
        """The numbers of the first and the last link."""
        return self.first_link, self.first_link + len(self.hashes) - 1


def opened(files: Files) -> Whole:
    """The content of a file, each part checked against the chain; raises `BadFile`."""
    if files.get(ANSWER, b"").startswith(b'{"together":'):
        return _opened_together(files)
    one = opened_part(files)
    return Whole(each=(one,), together=None, hashes=one.hashes, first_link=one.links[0])


def opened_part(files: Files, folder: str = "") -> Opened:
    """The same of the files that prove one label; `folder` is where they lie in the whole file."""
    stated, lines = stated_in(one_line(files, ANSWER)), lines_of(files, CHAIN)
    require_documents(files, stated)
    hashes = hashes_of(lines)
    with ours():
        facts = [json.loads(line) for line in lines]
        by_run = {each["record"]: each for each in facts if each["kind"] == chain.RUN}
        shown, pages = {}, {}
        for run in stated.looks:
            if run not in by_run:
                raise BadFile(f"{CHAIN}: expected a link for the look {run}, found none")
            shown[run] = _listing(files, by_run[run], stated.asked.label)
            kept = _pages(files, by_run[run])
            pages[run] = {f"{folder}{name}": page for name, page in kept.items()}
        return Opened(
            folder=folder,
            stated=stated,
            facts=facts,
            hashes=hashes,
            runs=_looks_of(facts),
            shown=shown,
            pages=pages,
            drawn=drawn(files),
            provided=[f"{folder}{name}" for name in provided(files)],
        )


_ROW: TypeAdapter[Attestation] = TypeAdapter(Attestation)


def _looks_of(facts: Iterable[Json]) -> Mapping[str, Sequence[Run]]:
    """The good looks that a chain seals, by source and in order of time; those forgotten later left out."""
    facts = list(facts)
    gone = {each["record"] for each in facts if each["kind"] == forgotten.KIND}
    good: defaultdict[str, list[Run]] = defaultdict(list)
    for each in facts:
        if each["kind"] == chain.RUN and each["record"] not in gone and (run := _run_of(each["run"])).good:
            good[run.source].append(run)
    return {source: sorted(runs, key=lambda run: (run.at, run.id)) for source, runs in good.items()}


def _run_of(facts: Json) -> Run:
    """A look as its link tells it, as far as a question about a day asks."""
    return Run(
        id=facts["id"],
        source=facts["source"],
        at=instant(facts["at"]),
        outcome=Outcome(facts["outcome"]),
        snapshot=facts["snapshot"],
        edition_at=maybe_instant(facts["edition_at"]),
        rows=facts["rows"],
        believed=facts["believed"],
    )


def _listing(files: Files, link: Json, label: str) -> Shown:
    """The rows of a label after a look, sealed by its link."""
    name = listing_name(link["record"])
    if name not in files or sha256(files[name]) != link["listing"]:
        raise BadFile(f"{name}: expected the listing that link {link['number']} seals, found another")
    rows = {
        each["row"]: _row(each["stated"], name)
        for each in rows_of(files, name)
        if each["stated"]["label"] == label
    }
    return Shown(rows=rows, missing=frozenset(each["row"] for each in link["missing"]))


def _row(stated: Json, name: str) -> Attestation:
    row = _ROW.validate_json(text(stated))
    # Written again and compared: a field of another type, or one too many, would be read without a word.
    if pack_attestation(row) != stated:
        raise BadFile(f"{name}: expected rows as vigilabel writes them, found another record")
    return row


def _pages(files: Files, link: Json) -> Mapping[str, Page]:
    """The documents of a look by their names in the file, sealed by its link."""
    folder = folder_of(link["run"]["snapshot"])
    line = one_line(files, f"{folder}{SNAPSHOT}")
    found = {"id": link["run"]["snapshot"], "sha256": chain.sealed(line)}
    if found not in link["snapshots"]:
        raise BadFile(f"{folder}{SNAPSHOT}: expected the one that link {link['number']} seals, found another")
    snapshot = json.loads(line)
    require_pages(files, snapshot, folder)
    return dict(zip(named(files, folder), pages_of(files, snapshot, folder), strict=True))


def _opened_together(files: Files) -> Whole:
    line, lines = one_line(files, ANSWER), lines_of(files, CHAIN)
    hashes = hashes_of(lines)
    stated, first = together_in(line), json.loads(lines[0])["number"]
    _require_asked(stated)
    if min(part.first_link for part in stated.parts) != first:
        raise BadFile(f"{CHAIN}: expected the first link that a part needs, found link {first}")
    each = tuple(opened_part(part_of(files, part, first), f"{part.label}/") for part in stated.parts)
    for part, own in zip(stated.parts, each, strict=True):
        _require_of(stated, part, own)
    return Whole(each=each, together=stated, hashes=hashes, first_link=first)


def body_of(files: Files, found: Opened) -> Sequence[str]:
    """The names of the files that prove one label, in order: all but the chain, leaflets and hashes."""
    runs, looked = found.stated.looks, found.looked
    expected = [ANSWER, *map(listing_name, runs)]
    for snapshot in dict.fromkeys(looked[run]["snapshot"] for run in runs):
        expected += [f"{folder_of(snapshot)}{SNAPSHOT}", *named(files, folder_of(snapshot))]
    return [*expected, *provided(files), *drawn(files)]


def part_of(files: Files, part: StatedPart, first: int) -> Files:
    """The files that prove one of the labels; `first` is the first link of the chain in the file."""
    folder = f"{part.label}/"
    own = {name.removeprefix(folder): body for name, body in files.items() if name.startswith(folder)}
    links = files[CHAIN].splitlines(keepends=True)[part.first_link - first :]
    return {**own, CHAIN: b"".join(links)}


def part_files(files: Files, whole: Whole) -> Sequence[Files]:
    """The files that prove each of the labels."""
    if whole.together is None:
        return [files]
    return [part_of(files, part, whole.first_link) for part in whole.together.parts]


def _require_asked(stated: StatedTogether) -> None:
    many = TOGETHER.get(stated.label)
    found = tuple(part.label for part in stated.parts)
    if many is None or found != many.labels:
        expected = many.labels if many else tuple(TOGETHER)
        raise BadFile(f"{ANSWER}: expected the labels {', '.join(expected)}, found {', '.join(found)[:200]}")


def _require_of(stated: StatedTogether, part: StatedPart, own: Opened) -> None:
    """The proof of a label must be of the same question: of its provider, or of what that runs on by notes
    written by then."""
    asked, who = own.stated.asked, _host(stated, part)
    found = (asked.label, asked.day, asked.asked_at, asked.provider.slug)
    expected = (part.label, stated.day, stated.asked_at, who)
    if found != expected:
        raise BadFile(f"{part.label}/{ANSWER}: expected an answer about {expected}, found one about {found}")


def _host(stated: StatedTogether, part: StatedPart) -> str:
    """Whose label it is: the provider's, or that of the last host of a chain of notes."""
    if not part.noted:
        return stated.provider.slug
    whole = part.noted[0].provider.slug == stated.provider.slug and all(
        one.host.slug == following.provider.slug for one, following in pairwise(part.noted)
    )
    then = all(day_of(note.at) <= stated.day for note in part.noted)
    if not (whole and then and part.label in TOGETHER[stated.label].carried):
        raise BadFile(f"{ANSWER}: expected notes that lead from the provider to its host, written by the day")
    return part.noted[-1].host.slug
