"""What a person wrote after `/vigilabel`, as a command: pure, the same for every door.

The words are those of the command line. Slack sends `&`, `<` and `>` as entities, telephones write quotes as
“ ” or « »; all of these are read as the person meant them.
"""

from __future__ import annotations

import html
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from notifiers.said.voice import clean, clip
from scrapers.print.french import french_date
from state.names import print_key, tidy
from state.words.labels import GROUPS, LABELS, TOGETHER, meant, stem, unknown_together
from state.words.meant import alike, all_meant, day_meant, glue, kind_meant, weight_meant
from state.words.verbs import VERBS
from watcher.errors import Mistyped, UnknownWord
from watcher.tell.want import Wish, understand

if TYPE_CHECKING:
    from watcher.ask.archive import Archive

CHANGING = ("subscribe", "unsubscribe", "pause", "resume", "digest", "quiet", "lang", "operators")
OPERATING = ("approve", "retract")
ASKING = tuple(verb for verb in VERBS if verb not in (*CHANGING, *OPERATING, "scrape"))
_TERMINAL = (
    "alias backup bounced bundle compare copy deliver demo doctor documents forget import init mcp read"
    " redeliver replay restore run runs-on verify"
)
ELSEWHERE = frozenset(_TERMINAL.split())
"""Commands that are typed at a terminal alone."""
# "résumé" is a digest and "resume" takes a channel up again: accents may be left out of all other words.
_EXACT = {word: verb for verb, said in VERBS.items() for word in said.words}
_SAID = {stem(word): verb for word, verb in _EXACT.items()} | {stem(verb): verb for verb in VERBS}
FLAGS, MEANINGLESS = frozenset({"strict"}), frozenset({"format", "out", "lang", "state"})
"""Options of the command line that are words here, and those that say nothing here, with their value."""
LANGUAGE = {"francais": "fr", "french": "fr", "anglais": "en", "english": "en"}
QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'"})
EXAMPLES = ("secnumcloud", "hds", "passi", "cc", "eidas")
"""Labels that are named to who wrote another word: all two dozen of them fill a telephone."""
WISH_FAULTS = ("nothing_to_watch", "together_kinds", "no_such_together")
"""What is wrong with a subscription and has a text of its own here."""
MOST_WORDS = 40
MOST_TEXT = 1_000
ENGLISH = re.compile(r"(?P<day>\d{1,2})(?:st|nd|rd|th)? (?P<month>[A-Za-z]{3,9})\.?,? (?P<year>\d{4})")
MONTHS = "january february march april may june july august september october november december"
LINK = re.compile(r"<?(?:https?://)(?:www\.)?(?P<host>[^/|>\s]+)[^|>\s]*(?:\|(?P<shown>[^>]*))?>?")
MENTIONS = {
    "a_channel": re.compile(r"<#[CGD][A-Z0-9]+(?:\|(?P<shown>[^>]*))?>|(?<!\S)(?P<raw>#[^\W\d][\w-]*)"),
    "a_member": re.compile(r"<@[UW][A-Z0-9]+(?:\|(?P<shown>[^>]*))?>|(?<!\S)(?P<raw>@\w[\w.-]*)"),
    "an_address": re.compile(r"<?(?:mailto:)?(?P<raw>[^\s<>|@\"]+@[\w.-]+\.\w+)(?:\|[^>]*)?>?"),
}
"""What Slack makes of a channel, a member and an address of mail: no name of a provider, in any command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A verb and the words after it, quotes taken off; `sure`: its names are meant as they are written.
    `first` are the labels that the answer begins with."""

    verb: str
    words: tuple[str, ...] = field(default=())
    sure: bool = False
    first: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The command as one could write it again."""
        return " ".join((self.verb, *(shlex.quote(word) for word in self.words)))

    def instead(self, text: str, other: str) -> Command:
        """The command with other words where some of its words say `text`."""
        size = len(text.split())
        for at in range(len(self.words)):
            for end in range(at + 1, min(at + size, len(self.words)) + 1):
                if " ".join(self.words[at:end]) == text:
                    return replace(self, words=(*self.words[:at], other, *self.words[end:]))
        return replace(self, words=(other,))


def parse(text: str) -> Command:
    """The command in a text; nothing at all asks for help. Raises `Mistyped`."""
    plain = _plain(text)
    given = _split(plain) or ["help"]
    # The second word is tried too: "se désabonner" is one command in two words.
    verb, taken = next(((verb, n) for n in (1, 2) if (verb := verb_meant(" ".join(given[:n])))), ("", 1))
    if not verb:
        raise Mistyped("typed_elsewhere" if given[0] in ELSEWHERE else "unknown_verb", verb=given[0])
    if verb in OPERATING:  # a reason is free text, links and names of colleagues among it
        given = [word for word in given if word != "--reason"]
    else:
        given = _split(_unwrapped(plain))
        given = [*given[:taken], *_dated(list(_without_options(given[taken:])))]
    if len(given) > MOST_WORDS + taken:
        raise Mistyped("too_long")
    return Command(verb=verb, words=tuple(given[taken:]))


def unled(text: str) -> tuple[str, ...]:
    """The words of a text that begins with no command. Raises `Mistyped`."""
    return tuple(_dated(_split(_unwrapped(_plain(text)))))[:MOST_WORDS]


def _plain(text: str) -> str:
    """The text as its writer saw it, without a `/vigilabel` written once more."""
    # Phones type curly quotes and no-break spaces; Slack sends `&`, `<` and `>` as entities.
    plain = html.unescape(text).translate(QUOTES).replace("\u00a0", " ").strip()
    if len(plain) > MOST_TEXT:
        raise Mistyped("too_long")
    return re.sub(r"^(/?vigilabel\s+)+", "", plain)


def verb_meant(word: str) -> str | None:
    """The command that a word names, in French or in English."""
    return _EXACT.get(tidy(word).casefold()) or _SAID.get(stem(word))


def _without_options(words: Sequence[str]) -> Iterator[str]:
    """The words of a line that was written for a terminal: values without their options, and flags as words;
    raises `Mistyped` for another channel."""
    rest = iter(words)
    for word in rest:
        option = word.removeprefix("--")
        if option == word or not option:
            yield word
        elif option in FLAGS:
            yield option
        elif option == "channel":
            raise Mistyped("a_channel", found=clip(clean(next(rest, word)), 80))
        elif option in MEANINGLESS:
            next(rest, None)


def _dated(words: Sequence[str]) -> Iterator[str]:
    """The words, a day that takes three of them as one: "1er mars 2025"."""
    at = 0
    while at < len(words):
        written = words[at : at + 3]
        # a day begins with a digit, whatever it is: names and labels keep their words
        day = _day(" ".join(written)) if len(written) == 3 and written[0][:1].isdigit() else None
        yield day.isoformat() if day else words[at]
        at += 3 if day else 1


def _day(text: str) -> date | None:
    """The day of three words: "1er mars 2025", "1 March 2025", "4 Mar 2026"."""
    english = ENGLISH.fullmatch(text)
    if english is None:
        return french_date(text)
    number = next(
        (n for n, name in enumerate(MONTHS.split(), 1) if name.startswith(english["month"].lower())), 0
    )
    try:
        return date(int(english["year"]), number, int(english["day"])) if number else french_date(text)
    except ValueError:
        return None


def _unwrapped(text: str) -> str:
    """The text with links as what they show; raises `Mistyped` for what Slack knows as something else."""
    for key, pattern in MENTIONS.items():
        if found := pattern.search(text):
            shown = next((said for said in found.groups() if said), "")
            raise Mistyped(key if shown else f"{key}_unnamed", found=clip(clean(shown), 80))
    return LINK.sub(_shown, text)


def _shown(link: re.Match[str]) -> str:
    """What a reader sees of a link: its text, or where it leads."""
    shown = (link["shown"] or "").strip()
    return shown if shown and "://" not in shown else link["host"]


def _split(text: str) -> list[str]:
    """The words; double quotes keep several together, an apostrophe is a letter."""
    reader = shlex.shlex(text, posix=True, punctuation_chars=False)
    reader.whitespace_split, reader.quotes, reader.commenters, reader.escape = True, '"', "", ""
    # 'cloud temple' is quoted, l'hds is not: single quotes count where they stand around whole words.
    if re.search(r"(^|\s)'[^']*'(\s|$)", text):
        reader.quotes = "\"'"
    try:
        return list(reader)
    except ValueError:  # a quote that nobody closed
        return text.replace('"', " ").split()


def day_of_word(text: str) -> date:
    """The day of a word: 2026-03-04, or 04/03/2026. Raises `Mistyped`."""
    french = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text)
    iso = f"{french[3]}-{int(french[2]):02}-{int(french[1]):02}" if french else text
    try:
        return day_meant(iso)
    except ValueError:
        raise Mistyped("bad_day", found=text) from None


def days_among(words: Sequence[str]) -> tuple[tuple[date, ...], tuple[str, ...]]:
    """The days that words name, and the other words."""
    days, others = list[date](), list[str]()
    for word in words:
        try:
            days.append(day_of_word(word))
        except Mistyped:
            others.append(word)
    return tuple(days), tuple(others)


def language_meant(word: str) -> str:
    """The code of the language that a word names, or the word as it is."""
    return LANGUAGE.get(print_key(word), word.casefold())


def labels_of_word(text: str) -> tuple[str, ...]:
    """The labels a word means; `eidas` means all of its family. Raises `Mistyped`."""
    found = meant(text)
    if unknown_together(text):
        offered = [(slug, slug) for slug in TOGETHER]
        raise Mistyped("no_such_together", instead=offered, found=text, known=", ".join(TOGETHER))
    if not found:
        near = alike(text, (*LABELS, *GROUPS, *(word for one in LABELS.values() for word in one.said.words)))
        instead = dict.fromkeys(slug for word in near for slug in meant(word)[:1])
        key, known = ("near_label", instead) if instead else ("bad_label", EXAMPLES)
        raise Mistyped(key, instead=[(slug, slug) for slug in instead], found=text, known=", ".join(known))
    return found


def number_of_word(words: Sequence[str], missing: str) -> int:
    """The number that a command wants first; raises `Mistyped` with the key `missing`."""
    plain = words[0].lstrip("#") if words else ""
    if not plain.isdecimal() or len(plain) > 15:
        raise Mistyped(missing, found=words[0] if words else "")
    return int(plain)


def wish_of_words(words: Sequence[str]) -> Wish:
    """What the words of a subscription ask for; raises `Mistyped`."""
    try:
        return understand(words)
    except UnknownWord as error:
        key = error.reason.code if error.reason.code in WISH_FAULTS else "bad_word"
        gaps: dict[str, Any] = {
            name: clip(clean(str(value)), 80) for name, value in error.reason.values.items()
        }
        raise Mistyped(key, **gaps) from None


def joined(words: Sequence[str], archive: Archive) -> tuple[str, ...]:
    """The words, those put together that say something only together (`cloud temple`, `produit qualifié`),
    without those that only glue others together."""
    said: list[str] = []
    rest = [part for word in words for part in _elided(word, archive)]
    while rest:
        size = next((n for n in range(min(len(rest), 5), 1, -1) if _one_thing(rest[:n], archive)), 1)
        said.append(" ".join(rest[:size]))
        del rest[:size]
    return tuple(bare for word in said if not glue(word) and (bare := word.strip(",;")))


def both_named(words: Sequence[str]) -> tuple[str, ...]:
    """The words, two labels side by side that are asked for together as one: where but one label can be asked
    about, "secnumcloud et hds" means both."""
    said: list[str] = []
    for word in words:
        both = meant(f"{said[-1]}+{word}") if said and meant(said[-1]) and meant(word) else ()
        said[len(said) - len(both) :] = both or (word,)
    return tuple(said)


def _elided(word: str, archive: Archive) -> tuple[str, ...]:
    """The word without the article that elides before it, which is a word of its own: "l'hds"."""
    found = re.fullmatch(r"([ld]')(\w\S+)", word, re.IGNORECASE)
    return (word,) if found is None or archive.names.meant(word) else found.groups()


def _one_thing(words: Sequence[str], archive: Archive) -> bool:
    """Whether words are one label, one kind or one name, though none of them is all of it."""
    if any(" " in word for word in words) or (glue(words[0]) and glue(words[-1])):
        return False
    together = " ".join(words)
    if meant(together) or kind_meant(together) or unknown_together(together):
        return True
    if any(known_word(word) for word in words) or not archive.names.meant(together):
        return False
    return not all(archive.reviewed(word) for word in words)


def known_word(word: str) -> bool:
    """Whether a word names a label, a kind, a weight or everything: all but a provider."""
    return bool(meant(word) or kind_meant(word) or weight_meant(word)) or all_meant(word)
