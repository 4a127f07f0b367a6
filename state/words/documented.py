"""What a document says that a person holds: a label that a provider had in the past, never observed. Pure.

A document speaks of the days that it prints and of no other. One without an end does not vouch for today,
and one without a beginning vouches for nothing before the day on which it was made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from state.model import Provider
from state.names import print_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Documented:
    """An attestation as a document prints it, where in the document, and who vouches for the document.

    `dated` is the day on which the document was made, as it prints it; `withdrawn_on` the first day on which
    the attestation no longer held. `file` is the document's name, `sha256` says which bytes it has, `page` is
    counted from 1.
    """

    label: str
    provider: Provider
    holder: str
    service: str = ""
    ref: str = ""
    scope: tuple[str, ...] = ()
    issuer: str
    valid_from: date | None = None
    valid_until: date | None = None
    withdrawn_on: date | None = None
    dated: date | None = None
    file: str
    sha256: str
    page: int | None = None
    note: str = ""
    by: str

    @property
    def first_day(self) -> date | None:
        """The first day that the document vouches for; None where it only says that something ended."""
        return self.valid_from or self.dated

    @property
    def last_day(self) -> date | None:
        """The last one: the printed end, or the day before a withdrawal; without either, the day on which the
        document was made."""
        ends = [self.valid_until, self.withdrawn_on - timedelta(days=1) if self.withdrawn_on else None]
        return min(filter(None, ends), default=self.dated or self.valid_from)

    @property
    def begins(self) -> date:
        """The earliest day that it prints, for an order in time."""
        days = (self.valid_from, self.dated, self.withdrawn_on, self.valid_until)
        return min(filter(None, days), default=date.min)

    @property
    def span(self) -> tuple[date, date] | None:
        """The days that it vouches for, the first and the last; None for no day."""
        first, last = self.first_day, self.last_day
        return (first, last) if first and last and first <= last else None

    def covers(self, day: date) -> bool:
        """Whether the document says that the label was held on a day."""
        return self.span is not None and self.span[0] <= day <= self.span[1]

    def denies(self, other: Documented, day: date) -> bool:
        """Whether it says that what the other one vouches for had been withdrawn by a day."""
        return self.withdrawn_on is not None and self.withdrawn_on <= day and self.same_thing(other)

    def same_thing(self, other: Documented) -> bool:
        """Whether both are about one attestation: the same number where both print one, else one service."""
        if (self.provider.slug, self.label) != (other.provider.slug, other.label):
            return False
        if self.ref and other.ref:
            return print_key(self.ref) == print_key(other.ref)
        return print_key(self.service) == print_key(other.service)

    @property
    def key(self) -> tuple[object, ...]:
        """What it says and where: two with one key say the same, whoever wrote them down."""
        said = (self.holder, self.service, self.ref, self.issuer)
        days = (self.valid_from, self.valid_until, self.withdrawn_on, self.dated)
        return (self.label, *map(print_key, said), *sorted(self.scope), *days, self.sha256, self.page)
