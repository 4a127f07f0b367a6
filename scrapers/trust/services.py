"""The services of a trusted list under their providers, the names of both, and the statuses printed of each.

Each element is looked at once: a list has up to ten thousand, and to find one by its path takes longer than
all that is then made of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from scrapers.source import LayoutChanged
from scrapers.trust.words import BEFORE_EIDAS, NO_USAGES, check_status, last_word, short_type
from scrapers.trust.xml import TSL, Parts, day_in, moment, need, part, parts_of, tag, text_of
from state.model import Reason
from state.names import print_key, tidy
from state.words.course import UNSTATED, Printed

if TYPE_CHECKING:
    from scrapers.trust import Register

LANG = "{http://www.w3.org/XML/1998/namespace}lang"
INFORMATION, HISTORY, INSTANCE = (
    tag(name) for name in ("ServiceInformation", "ServiceHistory", "ServiceHistoryInstance")
)
TYPE, NAME, EXTENSIONS = (
    tag(name) for name in ("ServiceTypeIdentifier", "ServiceName", "ServiceInformationExtensions")
)
ADDITIONAL, URI, NAMED = tag("AdditionalServiceInformation"), tag("URI"), tag("Name")
REGISTRATION = re.compile(
    r"((?:VAT|NTR|IDC|PAS|PNO|TIN|PSD|LEI|TVA)[A-Z]{2}) ?- ?(\S.*)|(EUID) ?[:-]? ?([A-Z]{2}\S.*)"
)
"""A legal identifier as TS 119 612 (5.4.2) wants it among the trade names, and as states print it: Hungary
with blanks around the hyphen, Luxembourg one in French."""
BREAK = re.compile(r"[\t\r\n]")
SIREN = re.compile(r"(?:VATFR-\w{2}|NTRFR-)(\d{9})")
STATUS, STARTS = tag("ServiceStatus"), tag("StatusStartingTime")
READ = (STATUS, STARTS, EXTENSIONS)
"""What is read of a status that is past: what else is printed of it may be that of another time."""
EIDAS = date(2016, 7, 1)
"""The day on which the regulation began to apply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """The provider of services: its name as printed, and what else the list prints of it."""

    name: str
    extra: Mapping[str, str]
    register: Register


class Service(NamedTuple):
    """One service of the list with the provider it stands under.

    `type` has not the common prefix ("CA/QC"). `usages` are what it is now printed to be for ("ForeSeals"),
    the last words of addresses; `extensions` the tags of what else is printed in that place.
    """

    holder: Holder
    place: str
    type: str
    usages: tuple[str, ...]
    extensions: tuple[str, ...]
    parts: Parts
    history: tuple[etree._Element, ...]

    @property
    def states_no_label(self) -> bool:
        """Whether all that is printed of what a service is for says nothing of a label.

        Romania's certSIGN is the root of certificates, nobody says of which: that is told to operators. What
        such a service was for before, it has a row for.
        """
        return bool(self.usages) and NO_USAGES.issuperset(self.usages)

    def printed(self) -> bytes:
        """All that is printed of it, status by status."""
        first = self.parts[TYPE].getparent()
        return b"".join(etree.tostring(one, with_tail=False) for one in (first, *self.history))


def services_in(root: etree._Element, register: Register) -> Iterator[Service]:
    """The services of the list under their providers, in printed order."""
    providers = root.findall("t:TrustServiceProviderList/t:TrustServiceProvider", TSL)
    if not providers:
        raise LayoutChanged("", Reason.of("no_providers"))
    for number, provider in enumerate(providers, 1):
        spot = f"provider {number}"
        holder = holder_of(need(provider, "t:TSPInformation", spot), spot, register)
        for index, service in enumerate(provider.iterfind("t:TSPServices/t:TSPService", TSL), 1):
            whole, place = parts_of(service), f"{spot} ({holder.name}), service {index}"
            parts, past = parts_of(part(whole, INFORMATION, place)), whole.get(HISTORY)
            history = () if past is None else tuple(past.iterchildren(INSTANCE))
            kind = short_type(text_of(parts, TYPE, place))
            yield Service(holder, place, kind, *extended(parts), parts, history)


def extended(parts: Parts) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a service is stated to be for ("ForeSeals"), and the tags of other extensions."""
    if (extensions := parts.get(EXTENSIONS)) is None:
        return (), ()
    usages: list[str] = []
    others: list[str] = []
    for extension in extensions:
        for one in extension:
            if (name := one.tag) == ADDITIONAL:
                usages += [last_word(uri.text or "") for uri in one.iterchildren(URI)]
            else:
                others.append(name)
    return tuple(usages), tuple(others)


def holder_of(info: etree._Element, place: str, register: Register) -> Holder:
    """The provider's printed name, and what else the list prints of it: English name, SIREN, other names."""
    parts = parts_of(info)
    named = names_in(parts.get(tag("TSPName")))
    name, _ = names_of(named, "TSPName", place, register.languages)
    english = next((text for language, text in named if language == "en"), name)
    trade_names = once(text for _, text in names_in(parts.get(tag("TSPTradeName"))))
    registrations = once(filter(None, map(registration, trade_names)))
    extra = {
        "name_en": english if print_key(english) != print_key(name) else "",
        "siren": next((match[1] for match in map(SIREN.fullmatch, registrations) if match), ""),
        "registration": "; ".join(registrations),
        "trade_names": "; ".join(text for text in trade_names if not registration(text)),
    }
    return Holder(name=name, extra={key: value for key, value in extra.items() if value}, register=register)


def names_of(
    found: Sequence[tuple[str, str]], element: str, place: str, languages: Sequence[str]
) -> tuple[str, tuple[str, ...]]:
    """The name in the first language that there is, else the first; then the other spellings."""
    if not found:
        raise LayoutChanged("", Reason.of("no_element", element=element), place)
    chosen = best_name(found, languages)
    others = [text for _, text in found if text != chosen]  # mostly none, and a key takes long
    return chosen, once(text for text in others if print_key(text) != print_key(chosen))


def best_name(found: Sequence[tuple[str, str]], languages: Sequence[str]) -> str:
    """The name in the first of the languages that there is, else the first printed; "" of none."""
    if not found or all(text == found[0][1] for _, text in found):
        return found[0][1] if found else ""
    by_language = {language.lower().partition("-")[0]: text for language, text in reversed(found)}
    spoken = (by_language[language] for language in languages if language in by_language)
    return next(spoken, found[0][1])


def once(texts: Iterable[str]) -> tuple[str, ...]:
    """The texts, each as it is first printed."""
    return tuple({print_key(text): text for text in reversed([*texts])}.values())[::-1]


def registration(text: str) -> str:
    """A legal identifier without what nobody sees of its print, "" for any other name."""
    found = REGISTRATION.fullmatch(tidy(text).upper())
    return "-".join(part for part in found.groups() if part) if found else ""


def names_in(names: etree._Element | None) -> list[tuple[str, str]]:
    """Language and text of every non-empty name of an element, in printed order; line breaks are spaces
    (schema)."""
    if names is None:
        return []
    found = [(one.get(LANG, ""), (one.text or "").strip()) for one in names.iterchildren(NAMED)]
    return [
        (language, text if text.isprintable() else BREAK.sub(" ", text)) for language, text in found if text
    ]


# The first status printed is called current, and yet it may begin on a day still to come, up to years ahead:
# which one is in force on a day, `state.words.course` says. We count in days of the state, a status holding
# from its day on: lists date some entries a few seconds or hours after their own issue.


class Entry(NamedTuple):
    """One printed status of a service: when and on which day it begins, its word, and for which uses."""

    began: datetime
    day: date
    word: str
    usages: tuple[str, ...]


def entries(service: Service) -> list[Entry]:
    """All statuses printed of a service, the latest to begin first; among equals the first printed.

    Raises `UnreadableRow` for a day without its zone, and for a word that nobody knows under the regulation.
    """
    printed = [_entry(service, service.parts, service.usages)]
    if service.history:
        parts = [{one.tag: one for one in past.iterchildren(*READ)} for past in service.history]
        printed += [_entry(service, past, extended(past)[0]) for past in parts]
        printed.sort(key=itemgetter(0), reverse=True)
    check_status(printed[0].word)
    for entry in printed[1:]:
        if entry.day >= EIDAS:
            check_status(entry.word)
    return printed


def _entry(service: Service, parts: Parts, usages: tuple[str, ...]) -> Entry:
    began, day = _begins(text_of(parts, STARTS, service.place), service.holder.register.zone)
    return Entry(began, day, last_word(text_of(parts, STATUS, service.place)), usages)


@lru_cache(maxsize=1 << 12)  # a third of all statuses began on the day of the regulation
def _begins(printed: str, zone: str) -> tuple[datetime, date]:
    at = moment(printed)
    return at, day_in(zone, at)


def under(printed: Sequence[Entry], usage: str) -> tuple[Printed, ...]:
    """The statuses as far as they concern a use ("" where the type of the service alone says the label).

    Until 2016 nothing was stated but of certificates for signatures, and that without saying so.
    """
    found = []
    for entry in printed:
        silent = not entry.usages and entry.word in BEFORE_EIDAS and usage == "ForeSignatures"
        concerned = not usage or usage in entry.usages or silent
        found.append((entry.day, entry.word if concerned else UNSTATED))
    return tuple(found)
