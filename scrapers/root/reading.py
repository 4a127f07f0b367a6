"""The list of a state, believed by the list of lists beside it: the same documents give the same listing.
Pure.

Both are documents of the look, so that whoever has its evidence can walk from the Official Journal to the
row.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from scrapers.root import Lists, Pointer, is_of_lists, lapse_of
from scrapers.root.chain import Step, believed
from scrapers.root.follow import asked_at, official, refused
from scrapers.source import Doubtful, LayoutChanged
from scrapers.trust import Register, Root, Signers, Trusted, in_the_name_of
from scrapers.trust.reading import read_list
from state.model import Attestation, Lapse, Listing, Page, Reason, Remark


def read_rooted(pages: Sequence[Page], trusted: Trusted, step: Step = lambda _: None) -> Listing:
    """The listing of a state's list beside the list of lists and its pivots, in any order.

    Raises `Doubtful` naming the link that is broken, with the listing where a person's word may stand for it.
    """
    with in_the_name_of(trusted.register.name):
        lists = believed(pages, trusted.root, step)
        pointer = _pointer(lists, trusted.register.territory)
        step(pointer.told(step=True))
        own = [one for one in pages if not is_of_lists(one)]
        if len(own) != 1:
            raise LayoutChanged("", Reason.of("not_one_document", found=len(own)))
        [page] = own
        astray = tuple(_astray(page, trusted, lists, pointer))
        if not astray:
            step(Reason.of("step_address" if asked_at(page) else "step_saved"))
        signed, remarks = _signed(own, trusted, lists, pointer)
        if signed.number is None:
            raise LayoutChanged("", Reason.of("no_sequence_number"))
        own_lapse = _lapse(signed, pointer.territory)
        listing = replace(
            signed,
            next_update=own_lapse.at if own_lapse else None,
            attestations=_placed(signed.attestations, pages.index(page)),
            lapses=(*([own_lapse] if own_lapse else []), lists.lapse),
            remarks=(*signed.remarks, *remarks, *_followed(page, trusted)),
        )
        step(Reason.of("step_signed", territory=pointer.territory, number=listing.number or 0))
        if astray:
            raise Doubtful(*astray, listing=listing)
        return listing


def _placed(rows: tuple[Attestation, ...], place: int) -> tuple[Attestation, ...]:
    """The rows as they stand in the page with that place among the documents."""
    return tuple(replace(row, page=place) for row in rows) if place else rows


def _lapse(listing: Listing, territory: str) -> Lapse | None:
    """When the list of a state lapses; None of one that closes its series, and promises nothing."""
    if listing.edition_at is None or listing.next_update is None:
        return None
    return lapse_of(territory, listing.number or 0, listing.edition_at, listing.next_update)


def _pointer(lists: Lists, territory: str) -> Pointer:
    if territory not in lists.pointers:
        raise Doubtful(Reason.of("no_pointer", territory=territory, number=lists.number))
    return lists.pointers[territory]


def _signed(
    own: Sequence[Page], trusted: Trusted, lists: Lists, pointer: Pointer
) -> tuple[Listing, tuple[Remark, ...]]:
    """The list as one of those named signed it, or else one of the operator's; and a word of the latter."""
    register = trusted.register
    try:
        return read_list(own, register, Signers(pinned=frozenset(pointer.signers))), ()
    except Doubtful as error:
        signer = error.reason.values.get("signer")
        if error.listing is None or signer is None:
            raise
        stranger, listing = signer, error.listing
    if trusted.pins:
        # Read again and not looked up: of several certificates in a list, any one may have signed it.
        try:
            pinned = read_list(own, register, Signers(pinned=trusted.pins))
        except Doubtful:
            pass
        else:
            why = Reason.of("pinned_signer", territory=register.territory, number=lists.number)
            return pinned, (Remark(topic=f"pinned:{listing.number}", reason=why, kind="trust"),)
    territory, named = register.territory, len(pointer.signers)
    unnamed = Reason.of(
        "signer_unnamed", territory=territory, number=lists.number, named=named, signer=stranger
    )
    raise Doubtful(unnamed, listing=listing)


def _astray(page: Page, trusted: Trusted, lists: Lists, pointer: Pointer) -> Iterator[Reason]:
    """Why a list is not to be believed for where it came from. A saved file came from nowhere that is
    known."""
    asked = asked_at(page)
    if not asked or asked in pointer.addresses:
        return
    territory, named = trusted.register.territory, ", ".join(pointer.addresses)
    yield Reason.of("address_unnamed", territory=territory, number=lists.number, address=asked, named=named)
    if not any(official(one, trusted.hosts) for one in pointer.addresses):
        yield from refused(pointer.addresses, trusted)


def _followed(page: Page, trusted: Trusted) -> Iterator[Remark]:
    asked = asked_at(page)
    if asked and trusted.url and asked != trusted.url:  # of another state nothing was thought before
        why = Reason.of("address_followed", territory=trusted.register.territory, address=asked)
        yield Remark(topic=f"followed:{asked}", reason=why, kind="trust")


def read_pinned(pages: Sequence[Page], register: Register, signers: Signers, root: Root | None) -> Listing:
    """The listing of a state's list by itself; see `read_list`. Where the list of lists is read as well
    (`root`), but nothing of it is believed yet, that is said."""
    try:
        return _by_pins(read_list(pages, register, signers), root)
    except Doubtful as doubt:
        if doubt.listing is None:
            raise
        listing = _by_pins(doubt.listing, root)
        raise Doubtful(*doubt.reasons, source=doubt.source, listing=listing) from doubt


def _by_pins(listing: Listing, root: Root | None) -> Listing:
    """A listing that pins alone vouch for: nothing tells whether a newer one is withheld."""
    told: Collection[Remark] = ()
    if root is not None:
        why = Reason.of("by_pins_alone", source=root.name)
        told = (Remark(topic="no_root", reason=why, kind="trust"),)
    return replace(listing, number=None, remarks=(*listing.remarks, *told))
