"""Compares two states of one row, and names what happened to it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from state.model import PRINTED_REF, TAKEN_OVER_BY, Attestation, FieldChange, Kind, Provider
from state.names import name_key, nameless, number_key, same_body, squeeze, tidy, tight_key, version_key
from state.words.labels import Paper, paper_of

_ALWAYS = ("holder", "status")
_OPTIONAL = (
    "subject", "ref", "scope", "version", "level", "national_security", "recommendation", "issuer",
    "valid_from", "valid_until",
)  # fmt: skip
_EMPTY = (None, "", ())
_LEVELS = ("level", "agreement_level")
_ANNOUNCED = frozenset({"valid_from", "valid_until", "status_to_come", "status_to_come_on"})
"""What the first row to announce something fills: a fact about that row, not a new column of the register."""
_COURSE = ("statuses", "history")
"""The whole course of statuses, and its past: they move with the status, and are a change only where nothing
else moved."""
_LISTS = ("other_names", "trade_names", "registration")

OVER = frozenset({"archived", "unmaintained"})
"""Statuses of certificates that are over, printed for the record."""

Value = str | bool | tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of life across the look: `before` is None when it arrives, `after` None when it leaves.

    `owned` says of either side whether anybody is known to hold it: nobody gains or loses a label by a row
    that names no one.
    """

    row: int
    provider: Provider
    before: Attestation | None = None
    after: Attestation | None = None
    changed: Mapping[str, FieldChange] = field(default_factory=dict)
    owned: tuple[bool, bool] = (True, True)

    @property
    def latest(self) -> Attestation:
        """The row as it is now, or as it was last."""
        row = self.after or self.before
        assert row is not None  # noqa: S101 -- a row has at least one side
        return row

    @property
    def entered(self) -> bool:
        """Whether somebody holds the label by it who did not before."""
        return self._stands(self.after, 1) and not self._stands(self.before, 0)

    @property
    def exited(self) -> bool:
        """Whether nobody holds the label by it any more."""
        return self._stands(self.before, 0) and not self._stands(self.after, 1)

    @property
    def shelved(self) -> bool:
        """Whether the row was over before, and is over after."""
        sides = (self.before, self.after)
        return all(side is not None and side.status in OVER for side in sides)

    def _stands(self, side: Attestation | None, index: int) -> bool:
        return side is not None and side.stands and self.owned[index]


def printed(rows: Iterable[Attestation], among: Collection[str]) -> frozenset[str]:
    """The names of those optional fields, `extra` ones too, that some row fills; addresses are no facts."""
    # What is compared as the ref counts under that name alone.
    wanted = {name for name in among if name != PRINTED_REF and not name.endswith("_url")}
    found = set[str]()
    for row in rows:
        if not wanted:  # most are filled in one of the first rows
            break
        filled = {name for name in wanted if _fills(row, name)}
        found |= filled
        wanted -= filled
    return frozenset(found)


def _fills(row: Attestation, name: str) -> bool:
    return name in row.extra or (name in _OPTIONAL and getattr(row, name) not in _EMPTY)


def differing(before: Attestation, after: Attestation) -> frozenset[str]:
    """The names of the optional fields, `extra` ones too, of which two rows state different values."""
    names = {*_OPTIONAL, *before.extra, *after.extra}
    return frozenset(name for name in names if _value(before, name) != _value(after, name))


def facts(row: Attestation) -> Attestation:
    """The row without what only says where it stands: addresses and places."""
    extra = {name: value for name, value in row.extra.items() if not name.endswith("_url")}
    return replace(row, extra=extra, url=None, page=0, place="")


def print_facts(row: Attestation) -> Hashable:
    """All that a row states, by what a person sees of it: two prints of the same are equal."""
    plain = facts(row)
    names = (*_ALWAYS, *_OPTIONAL, *sorted(plain.extra))
    return (
        row.label,
        *((name, _seen(value)) for name in names if (value := _value(plain, name)) is not None),
    )


def _seen(value: Value) -> Value:
    if isinstance(value, tuple):
        return tuple(sorted(map(tight_key, value)))
    return tight_key(value) if isinstance(value, str) else value


def changes(before: Attestation, after: Attestation, compared: Collection[str]) -> dict[str, FieldChange]:
    """Every field that differs, by name, among the `compared` optional ones and those always printed.

    Addresses and places never differ, nor do two prints of one name, number or word that a person cannot tell
    apart. A candidate's spelling wavers between readings of the same page, so only its key is compared.
    """
    loose = after.status == "candidate"
    announces = "status_to_come" in before.extra or "status_to_come" in after.extra
    names = {*compared, *(_ANNOUNCED if announces else ()), TAKEN_OVER_BY}
    found = {
        name: FieldChange(before=old, after=new)
        for name, old, new in _values(before, after, names)
        if not _same(name, old, new, after, loose=loose)
    }
    moved = {name: change for name, change in found.items() if name not in _COURSE}
    return moved or {name: found[name] for name in _COURSE[:1] if name in found}


def respelling(before: Attestation, after: Attestation) -> tuple[str, str] | None:
    """The first text that two rows which state the same print in two ways, line breaks aside."""
    for _, old, new in _values(before, after, printed((before,), {*_OPTIONAL, *before.extra})):
        if isinstance(old, str) and isinstance(new, str) and squeeze(old) != squeeze(new):
            return old, new
    return None


def _values(
    before: Attestation, after: Attestation, compared: Collection[str]
) -> Iterator[tuple[str, Value, Value]]:
    for name in dict.fromkeys((*_ALWAYS, *sorted(compared))):
        old, new = _value(before, name), _value(after, name)
        if old != new:
            yield name, old, new


def _value(row: Attestation, name: str) -> Value:
    if name == "ref":
        return row.printed_ref
    if name in _ALWAYS or name in _OPTIONAL:
        value = getattr(row, name)
        return value.isoformat() if isinstance(value, date) else value
    return row.extra.get(name)


_KEYS: Mapping[str, Callable[[str], str]] = {
    "holder": lambda name: squeeze(name_key(name)),
    "version": version_key,
}


def _same(name: str, old: Value, new: Value, row: Attestation, *, loose: bool) -> bool:
    if isinstance(old, tuple) and isinstance(new, tuple):
        return {tight_key(entry) for entry in old} == {tight_key(entry) for entry in new}
    if not isinstance(old, str) or not isinstance(new, str):
        return old == new
    if name == "issuer":
        return same_body(old, new)
    if name in _LISTS:  # of which the order says nothing
        return {*map(tight_key, tidy(old).split("; "))} == {*map(tight_key, tidy(new).split("; "))}
    if name == "holder" and (nameless(old) or nameless(new)):
        return True  # a name that is left out, or filled in, is nobody's change
    if name == "ref" and paper_of(row.label) is Paper.CERTIFICATE:
        return number_key(old) == number_key(new)
    if name == "subject" and loose:
        return name_key(old) == name_key(new)
    key = _KEYS.get(name, tight_key)
    return key(old) == key(new)


def kind_of(changed: Mapping[str, FieldChange], before: Attestation, after: Attestation) -> Kind:
    """The weightiest kind that the changed fields of a row amount to; among equals the first of the table."""
    return weightiest(set(_kinds(changed, before, after)) or {Kind.AMENDED})


def weightiest(kinds: Collection[Kind]) -> Kind:
    """The kind that names an event in which several things happened."""
    order = list(Kind)
    return min(kinds, key=lambda kind: (-kind.weight.rank, order.index(kind)))


def _kinds(changed: Mapping[str, FieldChange], before: Attestation, after: Attestation) -> list[Kind]:
    kinds = []
    if end_moved(before, after):
        kinds.append(Kind.RENEWED if _end(after) > _end(before) else Kind.SHORTENED)
    elif "valid_until" not in changed and _issued_anew(changed, after):
        kinds.append(Kind.REISSUED)
    if "scope" in changed:
        fewer = {*map(tight_key, before.scope)} - {*map(tight_key, after.scope)}
        kinds.append(Kind.SCOPE_REDUCED if fewer else Kind.SCOPE_EXTENDED)
    if any(name in changed for name in _LEVELS):
        kinds.append(Kind.LEVEL_CHANGED)
    if "holder" in changed or "subject" in changed:
        kinds.append(Kind.RENAMED)
    if "recommendation" in changed:
        kinds.append(Kind.RECOMMENDATION_CHANGED)
    return kinds


def _issued_anew(changed: Mapping[str, FieldChange], row: Attestation) -> bool:
    """Whether another paper stands behind the row: another decision, or another print of its certificate."""
    marks = ("ref", "valid_from", "version") if paper_of(row.label) is Paper.CERTIFICATE else ("ref",)
    return any(changed[name].before and changed[name].after for name in marks if name in changed)


def is_taken_over(changed: Mapping[str, FieldChange]) -> bool:
    """Whether the register now prints who has taken a service over, which its customers act on."""
    return TAKEN_OVER_BY in changed and bool(changed[TAKEN_OVER_BY].after)


def is_version_news(changed: Mapping[str, FieldChange], row: Attestation) -> bool:
    """Whether a certificate moved to another version of its référentiel, which readers act on."""
    return paper_of(row.label) is Paper.CERTIFICATE and "version" in changed


def end_moved(before: Attestation, after: Attestation) -> bool:
    """Whether the end is another: a printed date that moved, an end that is announced, or one taken back."""
    announced = any(row.valid_until and "status_to_come" in row.extra for row in (before, after))
    both = before.valid_until is not None and after.valid_until is not None
    return before.valid_until != after.valid_until and (both or announced)


def _end(row: Attestation) -> date:
    return row.valid_until or date.max


def tick_by_rule(valid_until: date | None, edition_day: date) -> str | None:
    """The recommendation that ANSSI's own date rule predicts on a day; None without an end date.

    Source: foreword of the catalogue, "end in less than 2 months: critique; less than 6 months: modéré";
    both real editions count them as 60 and 180 days.
    """
    if valid_until is None:
        return None
    days = (valid_until - edition_day).days
    return "red" if days < 60 else "orange" if days < 180 else "green"
