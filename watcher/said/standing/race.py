"""Where providers stand: side by side, as a table and as a few lines each; and one with a label, as its page
answers first, in words that claim only what was seen. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from notifiers.said.named import label_name, missing_text, printed, row_notes, source_of, subject_text
from state.model import PARIS, day_of
from state.words.labels import ALWAYS, TOGETHER
from watcher.ask.standing.race import Place, Sign, Standing
from watcher.said.drawn.table import Table
from watcher.said.told import SHORT, Hearer, Item, bold, plain

if TYPE_CHECKING:
    from notifiers.said.voice import Line, Voice
    from state.model import Provider, Version
    from state.noted.footings import Chain, Footing
    from watcher.ask.holders import Edition
    from watcher.ask.standing.race import Verdict
    from watcher.ask.standing.together import Held


NAMED = 3
"""How many candidacies and documents are told of one by one."""


def cell(standing: Standing, to: Hearer) -> str:
    """Where a provider stands with a label: "until 17 Dec 2028", "candidate", "not listed", "unknown"; by
    which reading, where that is too old to speak for today."""
    return ", ".join(filter(None, (_cell(standing, to), reading_text(standing, to))))


def reading_text(standing: Standing, to: Hearer) -> str:
    """By which reading somebody stands there, where that is too old to speak for today."""
    return to.say("race.by_reading", day=day_of(standing.stale)) if standing.stale else ""


def _cell(standing: Standing, to: Hearer) -> str:
    if standing.label in TOGETHER and standing.place is not Place.HOLDS:
        return to.say.each("together_place", standing.place)
    if standing.documents:
        return to.say("race.by_document", day=max(one.last_day for one in standing.documents if one.last_day))
    if standing.place is not Place.HOLDS:
        absent = (missing_text(row.known, to.lang) for row in standing.missing[:1])
        return ", ".join((to.say.each("race", standing.place), *absent))
    if standing.together:
        return together_text(standing.together, to)
    until = ends_text(standing, to)
    if len(standing.rows) == 1:
        return ", ".join((until, *row_notes(standing.rows[0], to.lang).values()))
    missing = to.say("race.missing", count=len(standing.missing)) if standing.missing else ""
    return to.say("race.rows", until=until, rows=len(standing.rows), missing=missing)


def ends_text(standing: Standing, to: Hearer) -> str:
    """Until when rows hold by what they print; from which day on, where that is to come, and that it is over
    where it is: a certificate is printed months before its first day, and shown for months after its last."""
    ends = standing.ends
    if standing.sign is Sign.PAST:
        return to.say("race.past", day=ends[-1])
    until = to.say("race.holds")
    if ends:
        until = to.say("race.until" if len(ends) == 1 else "race.between", first=ends[0], last=ends[-1])
    if standing.ahead and standing.began:
        until = ", ".join((to.say("verdict.from", day=standing.began), until))
    return until


def race_table(standings: Sequence[Standing], to: Hearer) -> Table:
    """A row for each provider, a column for each label."""
    labels = dict.fromkeys(one.label for one in standings)
    return Table(
        columns=(to.say("race.provider"), *(label_name(label, to.lang) for label in labels)),
        rows=[(who.name, *(cell(one, to) for one in own)) for who, own in _by_provider(standings).items()],
        empty=to.say("race.nobody"),
    )


def race_items(standings: Sequence[Standing], to: Hearer) -> tuple[Item, ...]:
    """A few lines for each provider, as they were asked for."""
    return tuple((bold(printed(who.name)), *_lines(own, to)) for who, own in _by_provider(standings).items())


def _by_provider(standings: Sequence[Standing]) -> Mapping[Provider, Sequence[Standing]]:
    found: dict[Provider, list[Standing]] = {}
    for one in standings:
        found.setdefault(one.provider, []).append(one)
    return found


def _lines(own: Sequence[Standing], to: Hearer) -> list[Line]:
    """What is held, then what is awaited, a line each; then in a line what everybody asks for and is not."""
    lines = []
    for place in (Place.HOLDS, Place.DOCUMENT, Place.CANDIDATE):
        for one in own:
            if one.place is place:
                label = label_name(one.label, to.lang)
                lines.append(plain(to.say.each("race_line", _mark(one), label=label, cell=cell(one, to))))
    for place in (Place.NOT_LISTED, Place.UNKNOWN):
        labels = [label_name(one.label, to.lang) for one in own if one.place is place and one.label in ALWAYS]
        lines += [plain(to.say.each("race_none", place, labels=", ".join(labels)))] if labels else []
    return lines


def _mark(one: Standing) -> str:
    if one.rows and len(one.missing) == len(one.rows):
        return "unsure"
    return "ahead" if one.ahead else one.place


def together_text(held: Held, to: Hearer) -> str:
    """Since when a provider has several labels at once, until when, and by whose note where by one."""
    since = since_text(held, to)
    until = to.say("together.cell_until", day=held.until) if held.until else ""
    note = note_text(held.noted, to) if held.noted else ""
    absent = next((missing_text(own.rows[0].known, to.lang) for own in held.each if own.missing), "")
    return to.say("list.comma").join(filter(None, (since, until, note, absent)))


def state_word(one: Standing, to: Hearer) -> str:
    """Where a provider stands, in a word or two; of labels together, whether it has all of them."""
    if one.label not in TOGETHER or one.sign in (Sign.LISTED, Sign.BEGINS, Sign.PAST, Sign.UNSURE):
        return to.say.each("verdict_sign", one.sign)
    if one.together:
        return to.say("together.yes_noted" if one.together.noted else "together.yes")
    return to.say.each("together_place", one.place)


def both_text(one: Standing, to: Hearer) -> str:
    """Where a provider stands with labels together, in a sentence: since when it has all and which one ends
    first, or which one it has alone and what is known of the others."""
    say, held = to.say, one.together
    if held is None:
        return _not_both(one, to)
    labels = say.both([label_name(label, to.lang) for label in held.first_to_end])
    over = "together.first_past" if one.sign is Sign.PAST else "together.first_end"
    told = (
        say.each("together_now", one.sign, since=since_text(held, to)),
        say(over, day=held.until, labels=labels) if held.until else "",
        note_text(held.noted, to) if held.noted else "",
        next((missing_text(own.rows[0].known, to.lang) for own in held.each if own.missing), ""),
        reading_text(one, to),
    )
    return say("phrase.semicolon").join(filter(None, told)) + "."


def _not_both(one: Standing, to: Hearer) -> str:
    say = to.say
    surely = [each for each in one.each if each.sign in (Sign.HOLDS, Sign.LISTED)]
    states = {
        each.label: say(
            "together.held_one" if each in surely else "together.state_one",
            label=label_name(each.label, to.lang),
            state=say.each("verdict_sign", each.sign).lower(),
        )
        for each in one.each
    }
    absent = [each for each in one.each if each.place in (Place.NOT_LISTED, Place.CANDIDATE)]
    if surely and len(surely) + len(absent) == len(one.each):
        alone = say.both([label_name(each.label, to.lang) for each in surely])
        lacking = say("list.comma").join(states[each.label] for each in absent)
        return say("together.one_alone", held=alone, lacking=lacking)
    known = say("list.comma").join(states.values())
    return say("together.known", state=state_word(one, to), states=known)


def since_text(held: Held, to: Hearer) -> str:
    """Since when, or since when at the latest where no register prints it; from which day on, where it is to
    come."""
    since = held.since
    if held.ahead:
        return to.say("verdict.from", day=since.day)
    return to.say("together.cell_since" if since.printed else "together.cell_seen", day=since.day)


def note_text(chain: Chain, to: Hearer) -> str:
    """Whose note says what runs on what."""
    return to.say("together.by", by=printed(chain[0].by), what=chain_text(chain, to))


def chain_text(chain: Chain, to: Hearer) -> str:
    """What runs on what, from note to note."""
    return to.say("phrase.semicolon").join(footing_text(one, to.say) for one in chain)


def footing_text(one: Footing, say: Voice) -> str:
    """What an operator's note says: "Whaller Donjon (Whaller) on OVHcloud"."""
    who = printed(one.provider.name)
    what = say("footing.service", service=printed(one.service), provider=who) if one.service else who
    return say("footing.runs_on", what=what, host=printed(one.host.name))


def sign_name(one: Sign, to: Hearer) -> str:
    """The answer in a word or two."""
    return to.say.each("verdict_sign", one)


def verdict_lines(one: Verdict, today: date, to: Hearer) -> tuple[str, ...]:
    """The answer, most telling first: dates, what is over or waits, candidacies, what was held before."""
    if one.standing.each:
        return (both_text(one.standing, to),)
    said = [*_own(one, today, to), *(_candidacy(row, to) for row in one.also[:NAMED]), _former(one, to)]
    return tuple(filter(None, said))


def _own(one: Verdict, today: date, to: Hearer) -> Sequence[str]:
    standing, say = one.standing, to.say
    match one.sign:
        case Sign.HOLDS | Sign.LISTED | Sign.BEGINS:
            missing = say("verdict.some_missing", n=len(standing.missing)) if standing.missing else ""
            ends = (row.known.attestation.last_day for row in standing.rows)
            past = sum(end < today for end in ends if end)
            over = say.count("verdict.some_past", past) if past else ""
            return (_sentence(dates_text(standing, today, to)), over, missing)
        case Sign.PAST:
            last = max(standing.ends)
            dates = _sentence(dates_text(standing, today, to))
            return (say("verdict.past", day=last, n=(today - last).days), dates)
        case Sign.UNSURE:
            absent = [missing_text(row.known, to.lang) for row in standing.missing[:1]]
            return tuple(_sentence(text) for text in (*absent, dates_text(standing, today, to)))
        case Sign.CANDIDATE:
            return (*(_candidacy(row, to) for row in standing.rows[:NAMED]), say("verdict.no_row_held"))
        case Sign.NOT_LISTED:
            absence = say.each("absence", one.label) if say.knows("absence", one.label) else ""
            return (say("verdict.no_row"), absence)
        case Sign.UNKNOWN:
            return (say("verdict.unlisted" if one.editions else "page.state_unknown_why"),)
        case Sign.DOCUMENT:
            from watcher.said.standing.documents import paper_text  # few stand by one

            told = say("phrase.semicolon").join(paper_text(each, to) for each in standing.documents[:NAMED])
            return (say("verdict.document", papers=told),)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def dates_text(one: Standing, today: date, to: Hearer) -> str:
    """Since when and until when by what is printed; of several rows, how many and the first and last end."""
    say = to.say
    if one.began is None:
        since = say("page.seen_since", day=day_of(min(row.since for row in one.rows)))
    else:
        since = say("verdict.from" if one.began > today else "page.since", day=one.began)
    key = "verdict.ends" if len(one.ends) > 1 else "race.until"
    until = say(key, first=one.ends[0], last=one.ends[-1]) if one.ends else say("verdict.no_end")
    several = say("verdict.services", n=len(one.rows)) + say("phrase.colon") if len(one.rows) > 1 else ""
    return several + say("list.comma").join((since, until))


def _candidacy(row: Version, to: Hearer) -> str:
    """What is waited for, as the page of candidates prints it."""
    offer = subject_text(row.known.attestation, to.lang)
    absent = missing_text(row.known, to.lang)
    text = to.say("verdict.candidate", offer=offer[:SHORT]) if offer else to.say("verdict.candidate_bare")
    return f"{text} ({absent})" if absent else text


def _former(one: Verdict, to: Hearer) -> str:
    """The last row that is no longer there: until when it was seen, and which end it printed."""
    if one.last is None or one.last.until is None:
        return ""
    gone = day_of(one.last.until_edition or one.last.until)
    end = one.last.known.attestation.valid_until
    if end is None:
        return to.say("verdict.former", gone=gone)
    return to.say("verdict.former_until", gone=gone, end=end)


def edition_basis(one: Edition, to: Hearer) -> str:
    """The look that an answer about today rests on."""
    say, of, at = to.say, source_of(one.source, to.lang), one.at.astimezone(PARIS)
    seen = say("page.moment", day=at.date(), time=f"{at:%H:%M}")
    if one.edition_at:
        return say("page.by_edition", of=of, edition=day_of(one.edition_at), seen=seen)
    return say("page.by_look", of=of, seen=seen)
