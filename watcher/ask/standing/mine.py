"""My providers: a list of names that somebody pastes, each with where it stands with SecNumCloud and HDS."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from state.names import print_key, words
from state.seen.rows import overview
from state.words.labels import ALWAYS, TOGETHER
from watcher.ask.standing.race import Place, Sign, Standing, placed, with_together
from watcher.ask.watch.label_state import last_editions

if TYPE_CHECKING:
    from state.model import Provider, Version
    from watcher.ask.archive import Archive
    from watcher.ask.holders import Edition

MOST_NAMES = 200
MOST_NEAREST = 20
"""For how many names on no list near ones are sought: each is compared with all that registers print."""
BETWEEN = re.compile(r"[\n\r,;\t]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """Where one of them stands with a label; `also` says that it is a candidate too, beside what it holds."""

    standing: Standing
    also: bool = False

    @property
    def sign(self) -> Sign:
        """The answer."""
        return self.standing.sign

    @property
    def scope(self) -> tuple[str, ...]:
        """All that the rows cover; asked for by the page alone (`race.html`)."""
        rows = self.standing.rows if self.standing.place is Place.HOLDS else ()
        return tuple(dict.fromkeys(one for row in rows for one in row.known.attestation.scope))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """One name as it was asked for: the provider that it means, several that it may mean, or names like it.

    `stands` are the labels that everybody asks for, in their order, `together` those of them that are asked
    for at once; `akin` who is printed under a name of the
    provider without being known to be the same.
    """

    asked: str
    provider: Provider | None = None
    several: tuple[Provider, ...] = ()
    close: tuple[str, ...] = ()
    akin: tuple[Provider, ...] = ()
    stands: tuple[Stand, ...] = ()
    together: tuple[Standing, ...] = ()


def names_in(text: str) -> tuple[str, ...]:
    """The names of a pasted list: one a line, or between commas, semicolons or tabs; each once."""
    found: dict[str, str] = {}
    for part in BETWEEN.split(text):
        name = " ".join(part.split())
        if words(name):
            found.setdefault(print_key(name), name)
    return tuple(found.values())


def _each_once(archive: Archive, names: Sequence[str]) -> tuple[str, ...]:
    """The names, one of each provider: registers print some in several ways."""
    found: dict[object, str] = {}
    for name in names:
        found.setdefault(tuple(one.slug for one in archive.names.meant(name)) or name, name)
    return tuple(found.values())


def mine(archive: Archive, names: Sequence[str]) -> tuple[Mine, ...]:
    """Every name with where it stands, in the order of the list; none is left out."""
    meant = {name: archive.names.meant(name) for name in names}
    sure = {name: found[0] for name, found in meant.items() if len(found) == 1}
    stands = _stands(archive, list(dict.fromkeys(sure.values())))
    together = {
        slug: tuple(
            one for one in with_together(archive, [own.standing for own in each]) if one.label in TOGETHER
        )
        for slug, each in stands.items()
    }
    unknown = [name for name in names if not meant[name]][:MOST_NEAREST]
    close = {name: _each_once(archive, archive.names.close(name)) for name in unknown}
    return tuple(
        Mine(
            asked=name,
            provider=sure.get(name),
            several=meant[name] if len(meant[name]) > 1 else (),
            close=close.get(name, ()),
            akin=archive.names.akin(sure[name]) if name in sure else (),
            stands=stands[sure[name].slug] if name in sure else (),
            together=together[sure[name].slug] if name in sure else (),
        )
        for name in names
    )


def read_for(archive: Archive) -> tuple[Edition, ...]:
    """The readings that the answers rest on."""
    return tuple(dict.fromkeys(edition for label in ALWAYS for edition in last_editions(archive, label)))


def _stands(archive: Archive, providers: Sequence[Provider]) -> dict[str, tuple[Stand, ...]]:
    """Where providers stand, by their slugs; all of them asked for at once."""
    slugs = [one.slug for one in providers]
    now = overview.standing(archive.store, labels=ALWAYS, providers=slugs, status="any")
    awaited = _awaited(now)
    found: dict[str, tuple[Stand, ...]] = {}
    for one in placed(archive, providers, now):
        slug = one.provider.slug
        also = one.place is Place.HOLDS and (slug, one.label) in awaited
        found[slug] = (*found.get(slug, ()), Stand(standing=one, also=also))
    return found


def _awaited(now: Iterable[Version]) -> frozenset[tuple[str, str]]:
    rows = (row.known for row in now if row.known.attestation.status == "candidate")
    return frozenset((row.provider.slug, row.attestation.label) for row in rows)
