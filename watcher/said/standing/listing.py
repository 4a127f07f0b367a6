"""Who holds a label, and all that is known of a provider: rows, and the looks they rest on. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from notifiers.said.named import (
    country_name,
    label_name,
    printed,
    ref_text,
    row_notes,
    scheme_text,
    subject_text,
    validity_text,
)
from notifiers.said.voice import Line, Span, clip, link
from state.model import Attestation, Provider, Version, day_of
from state.names import HOME, abroad, print_key
from state.words.labels import rank_of
from watcher.ask.history import news_first
from watcher.ask.past.was import Answer, Basis
from watcher.said.condition import trouble_text, unread_text
from watcher.said.news.event import event_items
from watcher.said.standing.race import state_word, together_text, verdict_lines
from watcher.said.told import LONG, SHORT, Hearer, Item, Told, bold, dotted, entries, labels_name, lines, some

if TYPE_CHECKING:
    from state.noted.documents import Kept
    from watcher.ask.holders import Edition, Holders
    from watcher.ask.past.daybook import Holding
    from watcher.ask.profile import Profile
    from watcher.ask.standing import together
    from watcher.ask.standing.race import Verdict
    from watcher.ask.watch.label_state import Sighted

REF = 40
ALIASES = 12
EDITIONS = 4
DOCUMENTS = 20


def row_item(version: Version, to: Hearer, head: Line, *register: str) -> Item:
    """A row in two short lines: `head`, then the service, its dates and decision, and who prints it."""
    row = version.known.attestation
    holder = printed(row.holder)
    other = holder.casefold() != printed(version.known.provider.name).casefold()
    dated = _dated(row)
    short, most = (LONG, LONG) if to.terminal else (SHORT, REF)
    return (
        head,
        dotted(
            clip(subject_text(row, to.lang), short),
            clip(entries(row.label, row.scope, to), LONG),
            validity_text(row, to.lang),
            Span(text=clip(ref_text(row, to.lang), most), url=link(row.url)),
            scheme_text(row, to.lang),
            to.say("row.printed_as", holder=clip(holder, short)) if other else "",
            *(note for name, note in row_notes(version, to.lang).items() if name not in dated),
            *register,
        ),
    )


def _dated(row: Attestation) -> Collection[str]:
    """The notes on a row that its dates say as well: an end that is announced."""
    return ("to_come",) if row.stands and row.last_day != row.valid_until else ()


def provider_name(provider: Provider, to: Hearer) -> str:
    """A provider; at a terminal with the slug that commands take."""
    name = printed(provider.name)
    return f"{name} ({provider.slug})" if to.terminal else name


def listing_told(
    found: Holders,
    labels: Sequence[str],
    on: date | None,
    to: Hearer,
    troubles: Iterable[Sighted],
) -> Told:
    """Who holds some labels, now or on a day."""
    name, registers = labels_name(labels, to), _registers(found.rows, to)
    return Told(
        head=to.say("listing.on", label=name, day=on) if on else name,
        intro=lines(_count(found, to), _documented(found, to)),
        items=(
            *(_holder(row, told, registers(row), labels, to) for row, told in _in_order(found)),
            *(_paper_item(one, labels, to) for one in found.documented),
        ),
        foot=(
            *(() if found.editions or not found.rows else (to.say("listing.told_later"),)),
            *_differences(found, to),
            *editions(found.editions, on, to),
            *trouble_notes(troubles, to),
        ),
    )


def together_told(found: together.Holders, on: date | None, to: Hearer, troubles: Iterable[Sighted]) -> Told:
    """Who has labels together, now or on a day, and how many have but one of them."""
    name, say = label_name(found.label, to.lang), to.say
    alone = [say("together.alone", label=label_name(label, to.lang), n=n) for label, n in found.alone.items()]
    return Told(
        head=say("listing.on", label=name, day=on) if on else name,
        intro=lines(together_count(found, to), say("phrase.semicolon").join(alone)),
        items=tuple(_together_item(one, on, to) for one in found.held),
        foot=(*editions(found.editions, on, to), *trouble_notes(troubles, to)),
    )


def together_count(found: together.Holders, to: Hearer) -> str:
    """How many have all now; those who are printed to have them later are counted apart."""
    ahead = sum(held.ahead for held in found.held)
    more = to.say("together.count_ahead", n=ahead) if ahead else ""
    return to.say("together.count", n=len(found.held) - ahead) + more


def _together_item(held: together.Held, on: date | None, to: Hearer) -> Item:
    """A provider: since when and until when it has all; then each label with its own dates."""
    answer = to.say.each("past.held", held.basis) if on else ""
    head = dotted(Span(text=provider_name(held.provider, to), bold=True), answer, together_text(held, to))
    return (head, *(_row(row, held, to) for row in held.rows))


def _row(version: Version, held: together.Held, to: Hearer) -> Line:
    row, own = version.known.attestation, version.known.provider.slug == held.provider.slug
    return dotted(
        "" if own else provider_name(version.known.provider, to),
        label_name(row.label, to.lang),
        clip(subject_text(row, to.lang), LONG if to.terminal else SHORT),
        validity_text(row, to.lang),
        Span(text=clip(ref_text(row, to.lang), LONG if to.terminal else REF), url=link(row.url)),
        *row_notes(version, to.lang).values(),
    )


def _count(found: Holders, to: Hearer) -> str:
    if not found.rows:
        return to.say("listing.none" if found.editions else "listing.unread")
    providers = len({row.known.provider.slug for row in found.rows})
    return to.say("listing.count", providers=providers, rows=len(found.rows))


def _documented(found: Holders, to: Hearer) -> str:
    """How many hold it by documents alone: counted apart."""
    providers = len({one.provider.slug for one in found.documented})
    return to.say.count("listing.documented", providers) if providers else ""


def _paper_item(one: Kept, labels: Sequence[str], to: Hearer) -> Item:
    """What a document says of a provider, under its name, with its basis; whose word it is."""
    label = label_name(one.label, to.lang) if len(labels) > 1 else ""
    basis = to.say.each("past.held", Basis.DOCUMENT)
    return (dotted(Span(text=provider_name(one.provider, to), bold=True), label, basis), _paper_line(one, to))


def _paper_line(one: Kept, to: Hearer) -> Line:
    from watcher.said.standing.documents import days_text, file_text, what_text, written_text

    told = (what_text(one, to), days_text(one, to), file_text(one, to), written_text(one, to))
    return dotted(*(clip(text, LONG) for text in told))


def _holder(
    row: Version, told: Holding | None, registers: Iterable[str], labels: Sequence[str], to: Hearer
) -> Item:
    """A row under its provider's name, with what is known of it on the day asked about; its label, state and
    register, where there are several."""
    name = Span(text=provider_name(row.known.provider, to), bold=True)
    label = label_name(row.known.attestation.label, to.lang) if len(labels) > 1 else ""
    head = dotted(name, label, holding(told, to) if told else "")
    return row_item(row, to, head, *registers)


def _registers(rows: Iterable[Version], to: Hearer) -> Callable[[Version], Iterator[str]]:
    """Whose list each of these rows is on: its state, and its register, as far as they differ in that."""
    of: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        of[_state(row)].add(row.source)

    def named(row: Version) -> Iterator[str]:
        if len(of) > 1:
            yield country_name(_state(row), to.lang)
        if len(of[_state(row)]) > 1:
            yield to.source(row.source)

    return named


def _state(row: Version) -> str:
    return row.known.attestation.country or HOME


def holding(told: Holding, to: Hearer) -> str:
    """What is known of a row on a day, in a word or two."""
    return to.say.each("past.held", told.basis)


def _in_order(found: Holders) -> Sequence[tuple[Version, Holding | None]]:
    """The rows as a reader looks for them: "É" is E. The memory, and so what programs get, has it after Z."""
    return sorted(
        found.listed,
        key=lambda pair: (
            pair[1] is not None and pair[1].answer is Answer.UNKNOWN,
            rank_of(pair[0].known.attestation.label),
            print_key(pair[0].known.provider.name),
        ),
    )


def editions(read: Sequence[Edition], on: date | None, to: Hearer) -> tuple[str, ...]:
    """The looks that an answer rests on."""
    return tuple(_edition(one, on, to) for one in read[:EDITIONS])


def _edition(edition: Edition, on: date | None, to: Hearer) -> str:
    source, say = to.source(edition.source), to.say
    if edition.edition_at:
        seen = say("edition.seen", source=source, day=day_of(edition.edition_at), seen=edition.at)
    else:
        seen = say("edition.look", source=source, seen=edition.at)
    if edition.fresh:
        return seen
    if on is None:
        return say("edition.old", seen=seen)
    return say("edition.to_come" if edition.to_come else "edition.far", seen=seen, day=on)


def trouble_notes(troubles: Iterable[Sighted], to: Hearer) -> tuple[str, ...]:
    """What is wrong today with the sources that say who holds some labels, each said once."""
    said = (clip(trouble_text(one, to.source(one.source), to.lang), LONG) for one in troubles)
    return tuple(dict.fromkeys(to.say("listing.trouble", what=one) for one in said))[:EDITIONS]


def _differences(found: Holders, to: Hearer) -> tuple[str, ...]:
    """Who stands in one register only, where several of one state speak of a label; one note a register.

    The lists of two states are never to agree: whoever one grants a label is on that one.
    """
    spoken: defaultdict[tuple[str, str], defaultdict[str, dict[str, str]]]
    spoken = defaultdict(lambda: defaultdict(dict))
    for row in found.rows:
        provider = row.known.provider
        of = (row.known.attestation.label, _state(row))
        spoken[of][row.source][provider.slug] = printed(provider.name)
    alone: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for sources in spoken.values():
        # Of a label that one register speaks of everybody is "everywhere": nobody is alone there.
        everywhere = set.intersection(*(set(names) for names in sources.values()))
        for source, names in sources.items():
            alone[source] |= {slug: name for slug, name in names.items() if slug not in everywhere}
    return tuple(
        # A name may end with a stop of its own ("S.A."), and the sentence has one.
        to.say(
            "listing.only_in", source=to.source(source), names=some([*names.values()], to).removesuffix(".")
        )
        for source, names in alone.items()
        if names
    )


def profile(
    known: Profile,
    answers: Sequence[Verdict],
    unread: Collection[str],
    today: date,
    to: Hearer,
    note: str = "",
) -> Told:
    """All that is known of a provider: the labels that everybody asks for, its rows now, then its timeline;
    `note` where it is on no list, and nothing can be answered."""
    names = some(known.aliases, to, len(known.aliases) if to.terminal else ALIASES)
    nothing = "" if known.rows else to.say("profile.no_row")
    shown = sorted(known.rows, key=lambda row: rank_of(row.known.attestation.label))
    heads = (bold(label_name(row.known.attestation.label, to.lang)) for row in shown)
    registers = _registers(known.rows, to)
    rows = (row_item(row, to, head, *registers(row)) for row, head in zip(shown, heads, strict=True))
    called = (to.say("profile.names", names=names),) if names else ()
    # A label that is answered below says so itself.
    untold = [label for label in unread if label not in {one.label for one in answers}]
    first = (*(called if to.terminal else ()), *_registered(known, to), note or nothing)
    first = (*first, unread_text(untold, to.lang))
    return Told(
        head=provider_name(known.provider, to),
        intro=lines(*first),
        items=(
            *(_answer(one, today, to) for one in answers),
            *rows,
            *(_document_item(one, to) for one in known.documents[-DOCUMENTS:]),
            *event_items(news_first(known.events), to, known.retracted),
        ),
        foot=() if to.terminal else called,
    )


def _registered(known: Profile, to: Hearer) -> Iterable[str]:
    if any(map(abroad, known.countries)):
        names = [country_name(one, to.lang) for one in known.countries]
        yield to.say("profile.countries", names=", ".join(names))
    if known.identifiers:
        yield to.say("profile.identifiers", numbers=some(known.identifiers, to, ALIASES))


def _document_item(one: Kept, to: Hearer) -> Item:
    """What a document says of a provider, under the label, with its basis; whose word it is."""
    basis = to.say.each("past.held", Basis.DOCUMENT)
    return (dotted(Span(text=label_name(one.label, to.lang), bold=True), basis), _paper_line(one, to))


def _answer(one: Verdict, today: date, to: Hearer) -> Item:
    """Where a provider stands with a label, as its page begins: the answer, its dates, on what it rests."""
    head = (label_name(one.label, to.lang), to.say("phrase.colon"), state_word(one.standing, to))
    if one.standing.each:  # the readings are those of each label, named with it above
        return (bold("".join(head)), *lines(*verdict_lines(one, today, to)))
    covered = entries(one.label, one.standing.scope, to) if one.standing.scope else ""
    told = lines(*verdict_lines(one, today, to), covered, *editions(one.editions, None, to))
    return (bold("".join(head)), *told)
