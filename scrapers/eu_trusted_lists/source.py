"""The trusted lists of the other states: each a source of its own, so that one's trouble touches no other.

All are read as the French one is. None is believed but by the EU's list of lists: that names where a state's
list is and who may sign it, and nothing of either is shipped here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import ClassVar

from scrapers.eu_trusted_lists.states import STATES
from scrapers.root import with_lists
from scrapers.source import Bounds, Doubtful, Expect, Explanation, Get, Misset
from scrapers.trust import Register, Root, Signers, Trusted, fingerprints
from scrapers.trust.words import STATED
from state.model import Listing, Page, Reason

ALL = "all"
# As others write them: Greece and the United Kingdom by ISO 3166.
ALSO = {"GR": "EL", "GB": "UK"}


@dataclass(frozen=True, slots=True, kw_only=True)
class StateList:
    """The list of one state, believed by the EU's list of lists alone.

    Its address is the one that is named there, as far as that is under one of `hosts`; `url` is asked where
    it is not, and the list doubted. `signers` are SHA-256 fingerprints that an operator adds to those named.
    """

    territory: str
    name: str
    title: str
    url: str = ""
    signers: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    every: str
    labels: tuple[str, ...] = STATED
    revision: int = 1
    expect: Expect | None = "xml"
    # A list says by when the next one comes, within six months; one that does not is looked after sooner.
    stale_after: timedelta = timedelta(days=45)
    # No floors: many states have one service of a label, or none. What goes at once is held by its share.
    bounds: Mapping[str, Bounds] = field(
        default_factory=lambda: {label: Bounds(floor=0) for label in STATED}, hash=False
    )
    root: Root | None = None
    rests_on: ClassVar[str] = "eu-lotl"
    # The list of lists is read to find this one.
    follows: ClassVar[bool] = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "signers", fingerprints(self.name, self.signers))

    @property
    def trusted(self) -> Trusted:
        """By whom the list is believed."""
        state = STATES[self.territory]
        return Trusted(
            register=Register(
                name=self.name, territory=self.territory, languages=state.languages, zone=state.zone
            ),
            root=self.root or Root(),
            pins=frozenset(self.signers),
            hosts=self.hosts,
            url=self.url,
        )

    def fetch(self, get: Get) -> tuple[Page, ...]:
        """The list from where the list of lists says it is, and that one."""
        from scrapers.root.follow import rooted_pages

        return rooted_pages(get, self.trusted)

    def alone(self, pages: Sequence[Page]) -> bool:
        """Whether the list of lists is not among these pages."""
        return not with_lists(pages)

    def read(self, pages: Sequence[Page]) -> Listing:
        """Reads every service of the labels we know, ended ones included; raises `Doubtful` for a list that
        the list of lists beside it does not vouch for, and for one without that."""
        from scrapers.root.reading import read_rooted

        if not with_lists(pages):
            raise Doubtful(Reason.of("list_alone", source=self.name), source=self.name)
        return read_rooted(pages, self.trusted)

    def explain(self, pages: Sequence[Page]) -> Explanation:
        """How far the trust reaches, link by link, and how the list is seen."""
        from scrapers.root.explained import explained_rooted
        from scrapers.trust.explained import explained

        if with_lists(pages):
            return explained_rooted(pages, self.trusted)
        seen = explained(pages, self.signers, Signers(pinned=frozenset(self.signers)))
        # Its signer set by hand would be believed by nobody: that the list of lists is missing is the point.
        return replace(seen, remedies=(), notes=(*seen.notes, Reason.of("list_alone", source=self.name)))


def state_list(territory: str) -> StateList:
    """The source of one state's list, not yet on its own."""
    code, rank = territory.lower(), list(STATES).index(territory)
    return StateList(
        territory=territory,
        name=f"tl-{code}",
        title=f"Trusted list of {territory} (qualified trust services, eIDAS)",
        hosts=(STATES[territory].host,),
        # Two minutes after another, once the list of lists was looked at: no two are read at a time.
        every=f"{25 + 2 * rank - 60 * (rank > 17)} {6 + (rank > 17)} * * *",
    )


def chosen(given: object) -> Sequence[str]:
    """The territories that a setting names, in their order: a list, a text with commas, or "all".

    Raises `Misset` naming those that are none.
    """
    parts = given.split(",") if isinstance(given, str) else given
    if not isinstance(parts, list | tuple) or not all(isinstance(part, str) for part in parts):
        raise Misset(Reason.of("setting_states", all=ALL, found=repr(given)))
    named = [part.strip().upper() for part in parts if part.strip()]
    if [ALL.upper()] == named:
        return tuple(STATES)
    wanted = [ALSO.get(name, name) for name in named]
    if unknown := sorted({name.lower() for name in wanted} - {code.lower() for code in STATES}):
        known = ", ".join(code.lower() for code in STATES)
        raise Misset(Reason.of("unknown_states", unknown=", ".join(unknown), known=f"{ALL}, {known}"))
    return tuple(code for code in STATES if code in wanted)


def state_lists(territories: Collection[str]) -> tuple[StateList, ...]:
    """The sources of these states but France, whose list has a source of its own."""
    return tuple(state_list(territory) for territory in territories if territory != "FR")
