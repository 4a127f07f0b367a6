"""A message in parts for a channel that takes only so much in one go: cut between events, never within one.

Only an event that alone is more than a channel takes goes on in the next part, from a line to the next, under
its title again. What is retracted changes neither the number of parts nor which events each of them carries,
so that a part can be shown again in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import gt, sub
from typing import TYPE_CHECKING

from notifiers.said import account, digest, wording
from notifiers.said.voice import Line, Span, clip, line_text, size, voice
from state.model import Weight

if TYPE_CHECKING:
    from state.model import Event
    from state.words.post import Message, Notice

HEAD, TITLE = 150, 500
"""The longest headline, and the longest title of an event: what is longer is told in full below it."""
INDIVISIBLE = 40
"""A text so short is not halved: what makes its line too long is how many there are, or an address."""


Written = Callable[[Line], str]
Room = tuple[int, ...]
"""What a part takes at most, or a passage takes of it, in each way that a channel counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What is told of one event, or of one notice (`event` is None).

    `title` is "" where the headline says it; `over` heads the group that begins here, "" where none does.
    `weight` is the event's. `gone`: retracted, shown for the record.
    """

    title: str
    lines: tuple[Line, ...]
    proof: Line = ()
    event: int | None = None
    over: str = ""
    weight: Weight = Weight.NORMAL
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What is posted in one go: its headline, what was retracted in it, and what is told; `foot` says whose
    wish it was."""

    number: int
    of: int
    head: str
    passages: tuple[Passage, ...]
    notes: tuple[Line, ...] = ()
    foot: str = ""

    @property
    def weight(self) -> Weight:
        """That of its weightiest event."""
        weights = (one.weight for one in self.passages)
        return max(weights, key=lambda weight: weight.rank, default=Weight.NORMAL)

    @property
    def events(self) -> tuple[int, ...]:
        """The events that it carries, in its order."""
        return tuple(dict.fromkeys(one.event for one in self.passages if one.event is not None))


def parts(message: Message, cost: Callable[[Passage], int], room: int) -> tuple[Part, ...]:
    """A message in as many parts as `room` asks for, by what each passage takes of it."""
    if message.follows:
        return (_follow_up(message),)
    divided = (one for whole in passages(message) for one in _divided(whole, cost, room))
    return in_groups(message, packed(divided, lambda one: (cost(one),), (room,)))


def in_groups(message: Message, groups: Sequence[Sequence[Passage]]) -> tuple[Part, ...]:
    """A message in parts, each with what it is to tell."""
    return tuple(_part(message, n, len(groups), tuple(group)) for n, group in enumerate(groups, start=1))


def passages(message: Message, *, titled: bool = False) -> Iterator[Passage]:
    """What a message tells, as it is read: its events, the weightiest first, then words to operators.

    The title of the only one is left to the headline unless all are to be `titled`.
    """
    events = digest.ordered(message)
    # The headline says it, unless it is too long for one.
    alone = len(events) + len(message.notices) == 1 and size(digest.headline(message)) <= HEAD
    titled = titled or not alone
    mixed = len({digest.group(event) for event in events}) > 1
    for event in events:
        over = digest.heading(event, message.lang) if mixed else ""
        yield _told(event, message, over, titled=titled)
    for notice in message.notices:
        yield _noticed(notice, message.lang, titled=titled)


def whole(message: Message) -> str:
    """The whole message as plain text of several lines, for terminals and whatever takes all in one go."""
    if message.follows:
        return "\n".join(line_text(line) for line in digest.retracted_lines(message))
    told = [_indented(one) for one in passages(message, titled=True)]
    head = [digest.headline(message)] if len(told) > 1 else []
    return "\n\n".join(filter(None, (*head, *told, digest.matched(message))))


def _indented(passage: Passage) -> str:
    """A passage under its title; what operators are told begins where the title does."""
    margin = "" if passage.event is None else "  "
    lines = (*passage.lines, *((passage.proof,) if passage.proof else ()))
    return "\n".join((passage.title, *(margin + line_text(line) for line in lines)))


def around(message: Message) -> Part:
    """What stands in every part around what it tells: the longest headline, and the foot."""
    head, foot = head_of(message, 99, 99), digest.matched(message)
    return Part(number=99, of=99, head=head, passages=(), foot=foot)


def plain(part: Part) -> str:
    """A part as plain text, all that it says."""
    return "\n\n".join(filter(None, (part.head, body(part))))


def body(part: Part, written: Written = line_text) -> str:
    """The same below its headline; `written` makes a text of a line.

    Nothing is struck out in plain text: what was taken back is said to be, above, and no more.
    """
    notes = "\n".join(map(written, part.notes))
    told = (plain_passage(one, written) for one in _standing(part.passages))
    return "\n\n".join(filter(None, (notes, *told, part.foot)))


def _standing(passages: Iterable[Passage]) -> Iterator[Passage]:
    """What was not taken back; a group keeps its heading where its first event was."""
    over = ""
    for one in passages:
        over = one.over or over
        if not one.gone:
            yield replace(one, over=over, lines=tuple(filter(None, map(_unstruck, one.lines))))
            over = ""


def _unstruck(line: Line) -> Line:
    return tuple(span for span in line if not span.struck)


def plain_passage(passage: Passage, written: Written = line_text) -> str:
    """A passage as plain text."""
    lines = filter(None, (passage.title, *map(written, (*passage.lines, passage.proof))))
    return "\n\n".join(filter(None, (passage.over.upper(), "\n".join(lines))))


def _follow_up(message: Message) -> Part:
    """What takes back: its first line says so, wherever it is read."""
    head, *lines = digest.retracted_lines(message)
    [event] = message.events  # each is taken back in a message of its own
    told = Passage(title="", lines=tuple(lines), event=event.id, weight=event.weight)
    return Part(number=1, of=1, head=line_text(head), passages=(told,))


def _part(message: Message, number: int, of: int, passages: tuple[Passage, ...]) -> Part:
    whole = Part(
        number=number,
        of=of,
        head=head_of(message, number, of),
        passages=passages,
        foot=digest.matched(message),
    )
    gone, touched = message.gone & set(whole.events), message.touched & set(whole.events)
    if not touched:
        return whole
    if len(message.events) == 1 and gone:
        whole = replace(whole, head=digest.retracted_title(message.events[0], message.lang))
    struck = tuple(replace(one, gone=one.event in gone) for one in passages)
    return replace(whole, passages=struck, notes=digest.retracted_lines(message, touched))


def head_of(message: Message, number: int, of: int, longest: int = HEAD) -> str:
    """The headline of a part, which says which one it is."""
    suffix = ""
    if of > 1:
        key = "phrase.part" if number > 1 else "phrase.first_part"
        suffix = voice(message.lang)(key, part=number, parts=of)
    return clip(digest.headline(message), longest - size(suffix)) + suffix


def _told(event: Event, message: Message, over: str, *, titled: bool) -> Passage:
    lang = message.lang
    unsaid = digest.unsaid(message, event.id)
    return Passage(
        title=clip(wording.title(event, lang), TITLE) if titled else "",
        lines=account.lines(event, lang, message.because.get(event.id, ()), unsaid),
        proof=account.proof(event, lang),
        event=event.id,
        over=over,
        weight=event.weight,
    )


def _noticed(notice: Notice, lang: str, *, titled: bool) -> Passage:
    title = wording.notice_title(notice, lang) if titled else ""
    lines = tuple((Span(text=text),) for text in digest.notice_lines(notice, lang))
    return Passage(title=title, lines=lines)


# Packing


def packed(passages: Iterable[Passage], cost: Callable[[Passage], Room], room: Room) -> list[list[Passage]]:
    """Passages in as few groups as they fit in; what heads several neighbours is said above the first."""
    groups: list[list[Passage]] = [[]]
    left, under = room, ""
    for one in passages:
        given = replace(one, over="") if one.over == under else one
        if groups[-1] and any(map(gt, cost(given), left)):
            groups.append([])
            left, given = room, one  # a part is read alone: it says which group goes on
        under = one.over
        groups[-1].append(given)
        left = tuple(map(sub, left, cost(given)))
    return groups


def _divided(passage: Passage, cost: Callable[[Passage], int], room: int) -> Iterator[Passage]:
    """The passage, in several where it alone is more than a part takes; the proof stands below the last."""
    if cost(passage) <= room:
        yield passage
        return
    taken: tuple[Line, ...] = ()
    lines = list(passage.lines)
    while lines:
        line = lines.pop(0)
        if cost(replace(passage, lines=(*taken, line))) <= room:
            taken = (*taken, line)
        elif taken:
            yield replace(passage, lines=taken, proof=())
            taken = ()
            lines.insert(0, line)
        elif halves := _halved(line):
            lines[:0] = halves
        else:
            # Too long even so: the service may refuse it, and nothing is lost in silence.
            taken = (line,)
    yield replace(passage, lines=taken)


def _halved(line: Line) -> tuple[Line, ...]:
    """A line that is too long for a part, in two: within its longest text, at a blank where it has one.

    Without its address where that is what is long; nothing where it is as short as lines get.
    """
    at = max(range(len(line)), key=lambda n: len(line[n].text))
    text = line[at].text
    if len(text) < INDIVISIBLE and len(line) > 1:
        return line[: len(line) // 2], line[len(line) // 2 :]
    if len(text) < INDIVISIBLE:
        return ((replace(line[at], url=None),),) if line[at].url else ()
    middle = len(text) // 2
    cut = text.rfind(" ", 1, middle) + 1 or middle
    front, back = replace(line[at], text=text[:cut]), replace(line[at], text=text[cut:])
    return (*line[:at], front), (back, *line[at + 1 :])
