"""What the command line says in plain words: the sentences of answers, all in this place. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from notifiers.said.printed import clean, clip
from notifiers.said.row import missing_lines, missing_text, notes
from notifiers.said.wording import event_status, label_name, title
from state.model import Cause, Event, Known, Weight, day_of
from state.words.post import Channel, Owed, Retraction, Subscription
from watcher.ask.answers import Edition, Past
from watcher.ask.past.was import contradict
from watcher.ask.race import Place, Standing
from watcher.ask.waiting import Waiting
from watcher.ask.why import Account, Reason
from watcher.look.condition import word_of
from watcher.look.record import Checked
from watcher.said import past as past_text
from watcher.said.condition import unread_lines
from watcher.tell.plan import Hold

MOST = 40
"""How many events of one look are shown to people; JSON and CSV hold all."""

SHORT = 90
"""How much of a subject fits in a line; some products are named in a paragraph."""
MARKS = {
    Cause.BASELINE: " [first look: told to nobody]",
    Cause.REREADING: " [our reader changed: told to nobody]",
}


def english(label: str) -> str:
    """The name of a label as the command line says it."""
    return label_name(label, "en")


def wish_sentence(subscription: Subscription) -> str:
    """What a subscription hears of, in one sentence."""
    names = _either([clean(name) for name in subscription.names])
    labels = _either([english(label) for label in subscription.labels])
    about = (f" about {names}" if names else "") + (f" under {labels}" if labels else "")
    if subscription.kinds:
        told = f"events of kind {_either(subscription.kinds)}"
    elif subscription.floor is Weight.LOW:
        told = "all events"
    else:
        told = f"events of weight {subscription.floor} and above"
    return f"{subscription.channel} is told of {told}{about or ' about any provider under any label'}."


def _either(words: Sequence[str]) -> str:
    """ "S3NS, Bleu or NumSpot"."""
    return " or ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def reason_sentence(account: Account, reason: Reason) -> str:
    """Why a channel was told of an event, or was not, in a sentence or two."""
    if reason.owed is not None:
        words = "; ".join(f"subscription {one.id} ({' '.join(one.words)})" for one in reason.matched)
        fate = _waiting(reason.hold) if reason.hold else _fate(reason.owed, reason.suspended)
        return f"Wanted by {words or 'a subscription'}. {fate}{_taken_back(account, reason)}"
    if not account.event.cause.told:
        return f"Told to nobody: its cause is {account.event.cause}."
    if not reason.refused:
        return "No subscription was ever made for this channel."
    return "Not owed: " + "; ".join(
        f"subscription {one.subscription.id} ({' '.join(one.subscription.words)}): {one.why}"
        for one in reason.refused
    )


def waiting_sentence(one: Waiting) -> str:
    """What was read and is not believed yet, since when, and what would believe it."""
    names = [row.provider.name + _service(row) for row in one.rows]
    listed = ", ".join(clean(name) for name in names[:5])
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    gone = f"; not shown since, and still counted as listed: {listed}{more}" if names else ""
    begun = f"Not yet believed, {one.source}, since {_time(one.since)}: "
    if not one.why:
        return f"{begun}a second look will tell{gone}."
    way_out = (
        f"`vigilabel approve {one.run} --reason TEXT` believes it"
        if one.approvable
        else f"no approval helps: check the address, or `vigilabel import {one.source} FILE`"
    )
    return f"{begun}{'; '.join(clean(why) for why in one.why)}{gone}; {way_out}."


def _service(row: Known) -> str:
    subject = row.attestation.subject
    return f" ({clip(subject, SHORT)})" if subject else ""


HOLDS = {
    "paused": "Kept while the subscription is paused, until {until}",
    "digest": "Kept for the digest of {until}",
    "quiet": "Kept for the end of the quiet hours, {until}",
}


def _waiting(hold: Hold) -> str:
    return HOLDS[hold.why].format(until=_time(hold.until)) + "."


def _taken_back(account: Account, reason: Reason) -> str:
    """That the event was wrong, and what became of the word about it."""
    if account.retracted is None:
        return ""
    said = f" Retracted {_time(account.retracted.at)} by {account.retracted.by}: {account.retracted.reason}."
    if reason.taken_back is None:
        return said
    return f"{said} Taken back there: {_fate(reason.taken_back, reason.suspended)}"


def _fate(owed: Owed, suspended: Channel | None) -> str:
    tried = f" after {owed.tries} attempts" if owed.tries > 1 else ""
    if owed.state == "sent":
        receipt = f", receipt {owed.receipt}" if owed.receipt else ""
        return f"Sent {_time(owed.sent_at)}{tried} in message {owed.message}{receipt}."
    if owed.state == "given_up":
        return f"Given up{tried}: {owed.error}."
    if owed.state == "suspended":
        way_out = f"when it is mended, `vigilabel resume {owed.channel}`"
        why = suspended.reason if suspended else owed.error
        return f"Kept, since the channel takes no messages: {why}; {way_out}."
    if owed.state == "sending":
        return f"Being sent now, in message {owed.message}."
    if owed.error:
        return f"Put off to {_time(owed.due)}{tried}: {owed.error}."
    return f"Due since {_time(owed.due)}; `vigilabel deliver` or a running `vigilabel run` sends it."


def _time(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC" if at else "at an unknown time"


def counted(rows: Mapping[str, int]) -> str:
    """Rows by label: "secnumcloud 21, passi 61"."""
    return ", ".join(f"{label} {count}" for label, count in sorted(rows.items())) or "none"


def look_lines(checked: Checked) -> list[tuple[str, str, str, str]]:
    """One look as lines of a table: its run, source and state, then each event it brought."""
    run = checked.run
    edition = f"edition of {day_of(run.edition_at)}, " if run.edition_at else ""
    seen = f"{edition}{counted(run.rows)}" if run.believed else run.message
    lines = [(str(run.id), run.source, str(word_of(run)), seen)]
    first = [event for event in checked.events if event.cause is Cause.BASELINE]
    lines += [("", "", "", said) for said in _silent_lines(first)]
    brought = [event for event in checked.events if event.cause is not Cause.BASELINE]
    heavy = sorted(brought, key=lambda event: -event.weight.rank)
    lines += [("", "", f"event {event.id}", event_line(event)) for event in heavy[:MOST]]
    if len(brought) > MOST:
        lines.append(("", "", "", f"and {len(brought) - MOST} more: `vigilabel history`"))
    if run.believed:
        lines += [("", "", "missing", said) for said in missing_lines(checked.missing, "en")]
    lines += [("", "", "unread", said) for said in unread_lines(run.unread, "en")]
    lines += [("", "", "held", why) for why in run.held]
    lines += [("", "", "", run.message)] if run.held and run.message else []
    if run.believed and len(lines) == 1:
        lines.append(("", "", "", "nothing changed"))
    return lines


def _silent_lines(first: Sequence[Event]) -> Iterator[str]:
    """What a look recorded in silence: a first look, or ends that a doubted clock saw first."""
    if any(event.step is None for event in first):
        yield f"first look: {_many(len(first), 'event')} recorded, told to nobody"
    elif first:
        yield f"{_many(len(first), 'end')} recorded, told to nobody: first seen while the clock was doubted"


def _many(count: int, thing: str) -> str:
    return f"{count} {thing}{'s' if count > 1 else ''}"


def first_look_line(events: Sequence[Event], one: Event) -> str:
    """The events of a first look in a line, of which `one` is one."""
    same = [
        e for e in events if e.cause is Cause.BASELINE and (e.source, e.seen_at) == (one.source, one.seen_at)
    ]
    rows = sum(len(event.rows) for event in same if event.step is None)
    return (
        f"first look: {rows} rows recorded ({same[-1].id}–{same[0].id}); a filter or --format json shows them"
    )


def edition_text(edition: Edition, on: date | None) -> str:
    """The look that a listing rests on, and whether it still speaks for the day."""
    seen = f"edition of {day_of(edition.edition_at)}, seen" if edition.edition_at else "seen"
    said = f"{edition.source}: {seen} {edition.at:%Y-%m-%d %H:%M} UTC"
    if edition.fresh:
        return said
    if edition.to_come:
        return f"{said}; {on} has not come yet: what is printed for it may still change"
    if on is not None:
        return f"{said}; the next look is too far from {on}: what came and went in between was not seen"
    return f"{said}; unknown for today: that look is too long ago, what changed was not seen"


def standing_text(standing: Standing) -> str:
    """One cell of the race: "until 2028-12-17", "candidate", "not listed", "unknown"."""
    if standing.place is not Place.HOLDS:
        absent = (missing_text(row.known, "en") for row in standing.missing[:1])
        return ", ".join((standing.place.replace("_", " "), *absent))
    ends = standing.ends
    until = f"until {ends[0]}" if len(ends) == 1 else f"until {ends[0]} to {ends[-1]}" if ends else "holds"
    if len(standing.rows) == 1:
        return ", ".join((until, *notes(standing.rows[0], "en").values()))
    missing = f", {len(standing.missing)} to be confirmed" if standing.missing else ""
    return f"{until} ({len(standing.rows)} rows{missing})"


def other_register(past: Past, source: str) -> str:
    """What another register of the same label says of the day, and whether that is something else."""
    other = past.sources[source]
    verdict = "they disagree" if contradict(other.answer, past.finding.answer) else "no contradiction"
    return f"{source} says {other.answer} ({other.basis}): {verdict}"


def past_lines(past: Past) -> list[tuple[str, str]]:
    """The answer about a day as lines of two columns."""
    lines = [(str(past.finding.answer), past_text.sentence(past)), ("basis", str(past.finding.basis))]
    sides = past_text.bounds(past.finding, past_text.PLAIN)
    lines += [(name.replace("_", " "), one) for name, one in sides]
    standing = [row for row in past.finding.rows if row.until is None]
    lines += [("today", said) for row in standing if (said := ", ".join(notes(row, "en").values()))]
    lines += [("also", other_register(past, name)) for name in past.sources if name != past.source]
    lines += [("evidence", f"{one.url} {one.place} SHA-256 {one.sha256}") for one in past.evidence]
    return lines


def event_line(event: Event, retraction: Retraction | None = None) -> str:
    """An event in a line, who moved where it was not the authority, and why it was taken back if it was."""
    said = title(event, "en")
    row = event.one
    about = (clip(clean(row.subject or ""), SHORT), event_status(event, "en")) if row else ()
    subject = f" ({', '.join(filter(None, about))})" if any(about) else ""
    taken_back = f" [RETRACTED {retraction.at:%Y-%m-%d}: {clean(retraction.reason)}]" if retraction else ""
    return f"{said}{subject}{MARKS.get(event.cause, '')}{taken_back}"


def did_you_mean(name: str, close: Sequence[str]) -> str:
    """That a name is on no list, and which ones look like it."""
    hint = f" Did you mean {', '.join(clean(one) for one in close)}?" if close else ""
    return f"{clip(clean(name), SHORT)!r} is on no list that was read.{hint}"
