"""What a person wrote after `/vigilabel`, as a command: pure, the same for every door.

The words are those of the command line. Slack sends `&`, `<` and `>` as entities, telephones write quotes as
“ ” or « »; all of these are read as the person meant them.
"""

from __future__ import annotations

import html
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from notifiers.said.printed import clean, clip
from state.names import print_key
from state.words.labels import GROUPS, LABELS, meant
from state.words.meant import day_meant
from watcher.errors import Mistyped, UnknownWord
from watcher.tell.want import Wish, understand

if TYPE_CHECKING:
    from state.seen.providers import Providers

ASKING = ("list", "history", "provider", "listing", "was", "race", "sources", "why", "proof", "help")
CHANGING = ("subscribe", "unsubscribe", "pause", "resume", "digest", "quiet", "lang")
OPERATING = ("approve", "retract")
VERBS = (*ASKING, *CHANGING, *OPERATING, "scrape")
FRENCH_VERBS = {"aide": "help"}
QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'"})
MOST_WORDS = 40
MOST_TEXT = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A verb and the words after it, quotes taken off."""

    verb: str
    words: tuple[str, ...] = field(default=())

    @property
    def text(self) -> str:
        """The command as one could write it again."""
        return " ".join((self.verb, *(shlex.quote(word) for word in self.words)))


def parse(text: str) -> Command:
    """The command in a text; nothing at all asks for help. Raises `Mistyped`."""
    plain = html.unescape(text).translate(QUOTES).replace("\u00a0", " ").strip()
    if len(plain) > MOST_TEXT:
        raise Mistyped("too_long")
    first, *words = _split(plain) or ["help"]
    verb = FRENCH_VERBS.get(print_key(first), print_key(first))
    if verb not in VERBS:
        raise Mistyped("unknown_verb", verb=first)
    if len(words) > MOST_WORDS:
        raise Mistyped("too_long")
    return Command(verb=verb, words=tuple(words))


def _split(text: str) -> list[str]:
    """The words; double quotes keep several together, an apostrophe is a letter."""
    reader = shlex.shlex(text, posix=True, punctuation_chars=False)
    reader.whitespace_split, reader.quotes, reader.commenters, reader.escape = True, '"', "", ""
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


def labels_of_word(text: str) -> tuple[str, ...]:
    """The labels a word means; `eidas` means all of its family. Raises `Mistyped`."""
    found = meant(text)
    if not found:
        raise Mistyped("bad_label", found=text, known=", ".join((*LABELS, *GROUPS)))
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
        if error.reason.code == "nothing_to_watch":
            raise Mistyped("nothing_to_watch") from None
        raise Mistyped("bad_word", found=clip(clean(str(error.reason.values["found"])), 80)) from None


def joined(words: Sequence[str], providers: Providers) -> tuple[str, ...]:
    """The words, those put together that name one provider only together: `cloud temple` without quotes."""
    said: list[str] = []
    rest = list(words)
    while rest:
        size = next((n for n in range(min(len(rest), 5), 1, -1) if _one_name(rest[:n], providers)), 1)
        said.append(" ".join(rest[:size]))
        del rest[:size]
    return tuple(said)


def _one_name(words: Sequence[str], providers: Providers) -> bool:
    if any(" " in word for word in words):
        return False
    return providers.named(" ".join(words)) is not None and not all(
        providers.named(word) is not None for word in words
    )
