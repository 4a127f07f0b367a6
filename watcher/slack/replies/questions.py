"""Questions asked on Slack: the same pure `answers` as on the command line, told for a telephone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from notifiers.said.account import Line, Span
from notifiers.said.printed import clean, clip, link
from notifiers.said.row import notes, to_come_text
from notifiers.said.wording import date_text, label_name, printed, source_title
from state.model import Cause, Event, Provider, Version, day_of
from state.seen import log
from state.words.labels import ALWAYS, LABELS
from watcher.ask import answers
from watcher.ask import race as racing
from watcher.ask.answers import Edition, Health, Holders, Past
from watcher.ask.days import news_first
from watcher.ask.label_state import conditions, sighted, troubled, unread_labels
from watcher.ask.past.daybook import Holding
from watcher.ask.race import Place, Standing
from watcher.errors import Mistyped
from watcher.look.condition import State
from watcher.said.condition import held_text, message_text, state_name, trouble_text, unread_text
from watcher.said.past import Tongue, bounds, said, told_text
from watcher.slack.command import Command, day_of_word, joined, labels_of_word, wish_of_words
from watcher.slack.replies.asked import Asked, event_items, provider_named, row_item, time_text, unlisted
from watcher.slack.replies.registers import differences, other_registers
from watcher.slack.replies.reply import Reply, bold, plain
from watcher.tell.want import Wish

MARKS = {State.OK: "✅", State.NEVER: "⚪"}
MOST_EVENTS = 400
"""How many events an answer pages through; older ones are in the web pages and on the command line."""


def help_reply(asked: Asked, command: Command) -> Reply:
    """What can be asked, by purpose."""
    groups = ("help_follow", 4), ("help_ask", 2), ("help_act", 2)
    lines: list[Line] = [plain(asked.say("help_intro"))]
    for group, count in groups:
        lines.append(bold(asked.say(group)))
        lines += [plain(asked.say(f"{group}_{n}")) for n in range(1, count + 1)]
    return Reply(
        head=asked.say("help_head"),
        lang=asked.lang,
        intro=tuple(lines),
        foot=(asked.say("help_names", labels=", ".join(LABELS)),),
        command=command.text,
    )


def history_reply(asked: Asked, command: Command) -> Reply:
    """What happened, newest first; first looks only where something is asked for."""
    names = joined(command.words, asked.archive.providers)
    wish = wish_of_words(names) if names else Wish()
    events = _events(asked, wish, filtered=bool(names))
    unknown = [unlisted(asked, name) for name in wish.names if not asked.archive.names.meant(name)]
    what = ", ".join(clip(clean(name), 60) for name in names)
    return Reply(
        head=asked.say("history_of", what=what) if names else asked.say("history_head"),
        lang=asked.lang,
        intro=tuple(plain(said) for said in unknown or ([] if events else [asked.say("history_none")])),
        items=event_items(events, asked),
        foot=() if names else (asked.say("first_looks_left_out"),),
        command=command.text,
    )


def _events(asked: Asked, wish: Wish, *, filtered: bool) -> Sequence[Event]:
    if not filtered:
        causes = [cause for cause in Cause if cause is not Cause.BASELINE]
        return log.events(asked.archive.store, causes=causes, newest_first=True, limit=MOST_EVENTS)
    found = answers.history(
        asked.archive, names=wish.names, labels=wish.labels or None, kinds=wish.kinds or None
    )
    return news_first(found[:MOST_EVENTS])


def provider_reply(asked: Asked, command: Command) -> Reply:
    """All that is known of a provider: its rows now, then its timeline."""
    if not command.words:
        raise Mistyped("no_name")
    who, note = provider_named(asked, " ".join(command.words))
    known = answers.profile(asked.archive, who)
    names = ", ".join(clip(clean(name), 60) for name in known.aliases[:12])
    unread = unread_text(unread_labels(asked.archive), asked.lang)
    rows = [row_item(row, asked, label_name(row.known.attestation.label, asked.lang)) for row in known.rows]
    return Reply(
        head=clean(who.name),
        lang=asked.lang,
        intro=tuple(plain(said) for said in (note or ("" if rows else asked.say("no_row")), unread) if said),
        items=(*rows, *event_items(news_first(known.events[:MOST_EVENTS]), asked)),
        foot=(asked.say("known_as", names=names),) if names else (),
        command=command.text,
    )


def listing_reply(asked: Asked, command: Command) -> Reply:
    """Who holds a label, now or on a day."""
    words = [word for word in command.words if word.casefold() not in ("on", "le")]
    if not words:
        raise Mistyped("no_label")
    labels, day = labels_of_word(words[0]), day_of_word(words[1]) if len(words) > 1 else None
    found = answers.holders(asked.archive, labels, day)
    name = label_name(labels[0], asked.lang) if len(labels) == 1 else words[0]
    head = asked.say("listing_on", label=name, day=date_text(day, asked.lang)) if day else name
    return Reply(
        head=head,
        lang=asked.lang,
        intro=(plain(_count(asked, found)),),
        items=tuple(_holder(asked, row, told, found) for row, told in found.listed),
        foot=(
            *differences(asked, found),
            *(_edition(asked, one, day) for one in found.editions[:4]),
            *(_troubles(asked, labels) if day is None else ()),
        ),
        command=command.text,
    )


def _troubles(asked: Asked, labels: Sequence[str]) -> tuple[str, ...]:
    """What is wrong today with the sources that say who holds these labels, each said once."""
    known = conditions(asked.archive)
    said = (
        "⚠️ " + clip(trouble_text(one, source_title(one.source, asked.lang), asked.lang), 300)
        for label in labels
        for one in troubled(sighted(asked.archive, label, known))
    )
    return tuple(dict.fromkeys(said))[:4]


def _holder(asked: Asked, row: Version, told: Holding | None, found: Holders) -> tuple[Line, ...]:
    """A row under its provider's name, with what is known of it on the day asked about; which register prints
    it, where several were read."""
    several = len({one.source for one in found.rows}) > 1
    source = source_title(row.source, asked.lang) if several else ""
    head, *rest = row_item(row, asked, printed(row.known.provider.name), source)
    return ((*head, Span(text=" · " + told_text(told, asked.lang))) if told else head, *rest)


def _count(asked: Asked, found: Holders) -> str:
    if not found.editions and not found.rows:
        return asked.say("listing_unread")
    if not found.rows:
        return asked.say("listing_none")
    providers = len({row.known.provider.slug for row in found.rows})
    return f"{asked.count('providers', providers)}, {asked.count('rows', len(found.rows))}"


def _edition(asked: Asked, edition: Edition, day: date | None = None) -> str:
    source, seen = source_title(edition.source, asked.lang), time_text(edition.at, asked.lang)
    if edition.edition_at:
        stamp = date_text(day_of(edition.edition_at), asked.lang)
        said = asked.say("edition_seen", source=source, day=stamp, seen=seen)
    else:
        said = asked.say("look_seen", source=source, seen=seen)
    if edition.fresh:
        return said
    if edition.to_come:
        return asked.say("edition_to_come", seen=said)
    return asked.say("edition_stale", seen=said, day=date_text(day or day_of(asked.archive.now), asked.lang))


def was_reply(asked: Asked, command: Command) -> Reply:
    """Whether a provider had a label on a day: yes, no or unknown, with bounds and proof."""
    if len(command.words) < 3:
        raise Mistyped("was_words")
    *name, label, day = command.words
    labels, on = labels_of_word(label), day_of_word(day)
    who, note = provider_named(asked, " ".join(name))
    found = [answers.past(asked.archive, who, one, on) for one in labels]
    first = label_name(labels[0], asked.lang) if len(labels) == 1 else label
    return Reply(
        head=asked.say("was_head", who=clean(who.name), label=first, day=date_text(on, asked.lang)),
        lang=asked.lang,
        items=tuple(_past(asked, one, named=len(labels) > 1) for one in found),
        foot=(note,) if note else (),
        command=command.text,
    )


def _past(asked: Asked, past: Past, *, named: bool) -> tuple[Line, ...]:
    tongue = Tongue(asked.lang)
    name = f"{label_name(past.label, asked.lang)} " if named else ""
    sides = (f"{asked.say(key)}{asked.say('colon')}{text}" for key, text in bounds(past.finding, tongue))
    proofs = (
        (
            Span(
                text=asked.say("evidence", place=_place(asked, one.place), sha=one.sha256[:12]),
                url=link(one.url),
            ),
        )
        for one in past.evidence[:3]
    )
    answer = bold(f"{name}{asked.say(f'was_{past.finding.answer}')}", " " + said(past, tongue))
    others = other_registers(asked, past)
    return (answer, *others, *(plain(side) for side in sides), *_today(asked, past), *proofs)


def _today(asked: Asked, past: Past) -> list[Line]:
    """What must stand today beside the rows that an answer about a day rests on."""
    standing = [row for row in past.finding.rows if row.until is None][:3]
    said = [", ".join(notes(row, asked.lang).values()) for row in standing]
    return [plain(asked.say("today") + asked.say("colon") + one) for one in said if one]


def _place(asked: Asked, place: str) -> str:
    return asked.say("not_listed_there") if place == "not listed" else printed(place)


def race_reply(asked: Asked, command: Command) -> Reply:
    """Each provider with what it holds, awaits, and is not listed for."""
    names = joined(command.words, asked.archive.providers)
    found = [provider_named(asked, name) for name in names or racing.USUAL]
    standings = racing.race(asked.archive, list(dict.fromkeys(who for who, _ in found)))
    read = answers.editions(asked.archive, dict.fromkeys(one.label for one in standings))
    return Reply(
        head=asked.say("race_head"),
        lang=asked.lang,
        items=race_items(asked, standings),
        foot=(*(note for _, note in found if note), *(_edition(asked, one) for one in read[:4])),
        command=command.text,
    )


def race_items(asked: Asked, standings: Sequence[Standing]) -> tuple[tuple[Line, ...], ...]:
    """A few lines for each provider, those who hold something first as they were asked for."""
    by_provider: dict[Provider, list[Standing]] = {}
    for one in standings:
        by_provider.setdefault(one.provider, []).append(one)
    return tuple((bold(printed(who.name)), *_standing_lines(asked, own)) for who, own in by_provider.items())


def _standing_lines(asked: Asked, own: Sequence[Standing]) -> list[Line]:
    lines = [plain(_held(asked, one)) for one in own if one.place is Place.HOLDS]
    lines += [
        plain(asked.say("race_candidate", label=label_name(one.label, asked.lang)) + _absent(asked, one))
        for one in own
        if one.place is Place.CANDIDATE
    ]
    for place, key in ((Place.NOT_LISTED, "race_not_listed"), (Place.UNKNOWN, "race_unknown")):
        labels = [
            label_name(one.label, asked.lang) for one in own if one.place is place and one.label in ALWAYS
        ]
        lines += [plain(asked.say(key, labels=", ".join(labels)))] if labels else []
    return lines


def _held(asked: Asked, standing: Standing) -> str:
    ends = [date_text(end, asked.lang) for end in standing.ends]
    sure = len(standing.missing) < len(standing.rows)
    key = "race_holds" if sure else "race_unsure"
    said = asked.say(key, label=label_name(standing.label, asked.lang))
    if ends:
        key = "race_until" if len(ends) == 1 else "race_between"
        said += asked.say(key, end=ends[0], first=ends[0], last=ends[-1])
    if len(standing.rows) > 1:
        said += asked.say("race_rows", count=len(standing.rows))
    said += _absent(asked, standing)
    come = to_come_text(standing.rows[0].known.attestation, asked.lang) if len(standing.rows) == 1 else ""
    return said + (f", {come}" if come else "")


def _absent(asked: Asked, standing: Standing) -> str:
    """How many of the rows the last reading does not show."""
    return asked.say("race_missing", count=len(standing.missing)) if standing.missing else ""


def sources_reply(asked: Asked, command: Command) -> Reply:
    """The health of each source."""
    return Reply(
        head=asked.say("sources_head"),
        lang=asked.lang,
        items=tuple(source_item(asked, one) for one in answers.health(asked.archive)),
        command=command.text,
    )


def source_item(asked: Asked, health: Health) -> tuple[Line, ...]:
    """A source in a few short lines: when it was read, how much, what is wrong, what is held."""
    state, how = health.state, health.condition
    when = state.last_good if how.last is State.OK else state.failing_since or state.last_look
    key = "source_good" if how.last is State.OK else "source_bad" if when else "source_never"
    said = asked.say(
        key,
        mark=MARKS.get(how.state, "⚠️"),
        state=state_name(how, asked.lang),
        when=time_text(when, asked.lang) if when else "",
    )
    facts = [said]
    if health.rows:
        facts.append(asked.count("rows", sum(health.rows.values())))
    if state.edition_at:
        facts.append(asked.say("source_edition", day=date_text(day_of(state.edition_at), asked.lang)))
    if health.coverage is not None:
        facts.append(asked.say("source_coverage", percent=health.coverage))
    name = Span(text=source_title(health.source.name, asked.lang), bold=True)
    lines: list[Line] = [(name, Span(text=f" · {health.source.name}")), plain(" · ".join(facts))]
    trouble = message_text(health, asked.lang)
    lines += [plain(clip(trouble, 300))] if trouble else []
    lines += [
        plain(asked.say("source_held", what=clip(what, 200))) for what in held_text(how, asked.lang)[:3]
    ]
    return tuple(lines)


Question = Callable[[Asked, Command], Reply]

QUESTIONS: Mapping[str, Question] = {
    "help": help_reply,
    "history": history_reply,
    "provider": provider_reply,
    "listing": listing_reply,
    "was": was_reply,
    "race": race_reply,
    "sources": sources_reply,
}
