"""One event told in lines: the same account for Slack, the terminal and plain text."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from notifiers.said import named, wording
from notifiers.said.named import evidence_place
from notifiers.said.reasons import said
from notifiers.said.variant import change_lines
from notifiers.said.voice import Line, Span, capital, joined, link, voice
from state.model import Attestation, Event, Kind, Reason

SAYS_ITS_END = (Kind.LOST, Kind.SERVICE_REMOVED)


def lines(
    event: Event, lang: str, because: Iterable[Reason] = (), unsaid: Collection[Reason] = ()
) -> tuple[Line, ...]:
    """Who, which service and scope, from when to when, what changed, and what must be said beside it; first
    of all what else it means to who asked, struck out where that is `unsaid`."""
    told = tuple(
        (Span(text=capital(said(one, lang)) + ".", bold=True, struck=one in unsaid),) for one in because
    )
    return (*told, *_lines(event, lang))


def _lines(event: Event, lang: str) -> tuple[Line, ...]:
    head = [who(event, lang)] if who(event, lang) else []
    # Before the row itself: to a reader of "Bull is no longer listed" the successor is the news.
    head += [(Span(text=text),) for text in wording.kin(event, lang)]
    notes = [(Span(text=note),) for note in wording.notes(event, lang)]
    if event.kind is Kind.EXPIRING:
        notes.append((Span(text=voice(lang)("note.no_renewal")),))
    return tuple(
        line
        for line in (*head, *rows(event, lang), *changes(event, lang), *kept(event, lang), *notes)
        if line
    )


def who(event: Event, lang: str) -> Line:
    """The provider and how it is printed, where the title alone would not tell: else nothing."""
    name = named.printed(event.provider.name)
    names = wording.printed_names(event, lang)
    return (Span(text=name, bold=True), Span(text=names.removeprefix(name))) if names != name else ()


def rows(event: Event, lang: str) -> list[Line]:
    """What the event is about: one row in two short lines, several in a list of one line each."""
    told = [(service(row, event, lang), paper(row, event, lang)) for row in event.attestations]
    if event.one:
        return [joined(spans) for spans in told[0] if spans]
    return [(Span(text="– "), *joined([*front, *back])) for front, back in told if front or back]


def service(row: Attestation, event: Event, lang: str) -> list[Span]:
    """Which service or product, in which scope, at which level; without what the event says has changed."""
    subject, changed = named.subject_text(row, lang), event.changes
    scope = "" if "scope" in changed else named.scope_text(row.scope, lang)
    spans = [
        Span(text=subject, bold=bool(row.subject)),
        Span(text=scope),
        Span(text="" if "level" in changed else named.level_text(row, lang)),
    ]
    said = [span for span in spans if span.text]
    if said and not row.subject:  # words of ours, or a printed scope: a line begins with a capital
        said[0] = replace(said[0], text=capital(said[0].text))
    return said


def paper(row: Attestation, event: Event, lang: str) -> list[Span]:
    """From when to when, by which decision or certificate, issued by whom."""
    silent = "valid_until" in event.changes or (event.kind in SAYS_ITS_END and event.one is not None)
    spans = [
        Span(text="" if silent else named.validity_text(row, lang)),
        Span(text="" if "ref" in event.changes else named.ref_text(row, lang), url=link(row.url)),
        Span(text=named.issuer_text(row, lang)),
    ]
    said = [span for span in spans if span.text]
    if said and event.one:
        said[0] = replace(said[0], text=capital(said[0].text))
    return said


def changes(event: Event, lang: str) -> list[Line]:
    """Each changed field with before and after; a new decision keeps its link."""
    colon = voice(lang)("phrase.colon")
    said: list[Line] = []
    for field, name, change in change_lines(event, lang):
        url = link(event.one.url) if event.one and field == "ref" else None
        said.append((Span(text=name + colon), Span(text=change, bold=True, url=url)))
    return said


def kept(event: Event, lang: str) -> list[Line]:
    """That the provider keeps the label, where a reader would fear the contrary."""
    if event.kind is not Kind.SERVICE_REMOVED:
        return []
    mark = named.label_of(event.label, lang).mark
    text = voice(lang)("note.keeps", who=named.printed(event.provider.name), mark=mark)
    return [(Span(text=text),)]


def proof(event: Event, lang: str) -> Line:
    """Where it can be checked: the edition (with its document), the place, the hash, the event's number."""
    evidence, say = event.evidence, voice(lang)
    sha = named.printed(evidence.sha256)
    spans = [
        Span(text=wording.edition_text(event, lang), url=link(evidence.url)),
        Span(text=evidence_place(event, lang)),
        Span(text=f"SHA-256 {sha[: named.SHA_SHOWN]}…" if sha else ""),
        Span(text=say("phrase.event", number=event.id)),
    ]
    return joined([span for span in spans if span.text])
