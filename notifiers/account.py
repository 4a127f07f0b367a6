"""One event told in lines: the same account for Slack, the terminal and plain text."""

from __future__ import annotations

from dataclasses import dataclass, replace

from notifiers import wording
from notifiers.printed import link
from state.model import Attestation, Event, Kind

WHOLE_SHA = 64
SHA_SHOWN = 12
SAYS_ITS_END = (Kind.LOST, Kind.SERVICE_REMOVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of text, cleaned but not escaped; `url` is an address that may be followed."""

    text: str
    bold: bool = False
    url: str | None = None


Line = tuple[Span, ...]


def lines(event: Event, lang: str) -> tuple[Line, ...]:
    """Who, which service and scope, from when to when, what changed, and what must be said beside it."""
    head = [who(event, lang)] if who(event, lang) else []
    rows = [row(attestation, event, lang) for attestation in event.attestations]
    notes = [(Span(text=note),) for note in wording.notes(event, lang)]
    if event.kind is Kind.EXPIRING:
        notes.append((Span(text=wording.words(lang).notes["no_renewal"]),))
    return tuple(line for line in (*head, *rows, *changes(event, lang), *kept(event, lang), *notes) if line)


def who(event: Event, lang: str) -> Line:
    """The provider and how it is printed, where the title alone would not tell: else nothing."""
    name = wording.printed(event.provider.name)
    names = wording.printed_names(event, lang)
    return (Span(text=name, bold=True), Span(text=names.removeprefix(name))) if names != name else ()


def row(attestation: Attestation, event: Event, lang: str) -> Line:
    """One attestation on one line; in a list, each begins with a dash.

    Words of ours that open the line take a capital; a printed subject or scope stays as it is.
    """
    subject = wording.subject_text(attestation, lang)
    changed = event.changes
    ref = "" if "ref" in changed else wording.ref_text(attestation, lang)
    validity = "" if "valid_until" in changed else wording.validity_text(attestation, lang)
    spans = [
        Span(text=subject, bold=True),
        Span(text="" if "scope" in changed else wording.scope_text(attestation.scope, lang)),
        Span(text="" if "level" in changed else wording.level_text(attestation, lang)),
        Span(text=ref, url=link(attestation.url)),
        Span(text=wording.issuer_text(attestation, lang)),
        Span(text="" if event.kind in SAYS_ITS_END and event.one else validity),
    ]
    told = [span for span in spans if span.text]
    if told and not attestation.subject and (told[0] is not spans[1] or told[0].text[-1:].isdigit()):
        told[0] = replace(told[0], text=told[0].text[:1].upper() + told[0].text[1:])
    said = joined(told)
    return (Span(text="– "), *said) if said and event.one is None else said


def joined(spans: list[Span]) -> Line:
    """The spans with a middle dot between them."""
    dotted: list[Span] = []
    for span in spans:
        dotted += [Span(text=" · "), span] if dotted else [span]
    return tuple(dotted)


def changes(event: Event, lang: str) -> list[Line]:
    """Each changed field with before and after; a new decision keeps its link."""
    colon = wording.words(lang).phrases["colon"]
    said: list[Line] = []
    for field, name, change in wording.change_lines(event, lang):
        url = link(event.one.url) if event.one and field == "ref" else None
        said.append((Span(text=name + colon), Span(text=change, bold=True, url=url)))
    return said


def kept(event: Event, lang: str) -> list[Line]:
    """That the provider keeps the label, where a reader would fear the contrary."""
    if event.kind is not Kind.SERVICE_REMOVED:
        return []
    mark = wording.label_of(event.label, lang).mark
    text = wording.words(lang).notes["keeps"].format(who=wording.printed(event.provider.name), mark=mark)
    return [(Span(text=text),)]


def proof(event: Event, lang: str) -> Line:
    """Where it can be checked: the edition (with its document), the place, the hash, the event's number."""
    evidence, phrases = event.evidence, wording.words(lang).phrases
    sha = wording.printed(evidence.sha256)
    spans = [
        Span(text=wording.edition_text(event, lang), url=link(evidence.url)),
        Span(text=wording.printed(evidence.place)),
        Span(text=f"SHA-256 {sha[:SHA_SHOWN]}…" if sha else ""),
        Span(text=phrases["event"].format(number=event.id)),
    ]
    return joined([span for span in spans if span.text])


def line_text(line: Line) -> str:
    """A line as plain text, addresses in brackets."""
    return "".join(span.text + (f" <{span.url}>" if span.url else "") for span in line)
