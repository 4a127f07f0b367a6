"""A message as posts of a Mattermost incoming webhook: a headline, and an attachment for each event. Pure.

Mattermost knows no Block Kit: the attachments are those of
https://docs.mattermost.com/developers/integrate/reference/message-attachments. Titles stand in their text, as
some clients show the field `title` with its backslashes; proofs too, as a `footer` ends after 300 characters.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from notifiers.said.parts import Part, Passage, around
from notifiers.said.parts import parts as in_parts
from notifiers.said.voice import JOINER, Line, Span, merged, unbroken
from notifiers.wire.call import encoded
from state.model import Weight

if TYPE_CHECKING:
    from state.words.post import Message

MOST = 7_600
"""Characters of a post, as JSON. Servers of before 2018 refuse attachments of more than 7,900
(https://gitlab.com/gitlab-org/gitlab-foss/-/issues/37555); later ones take 760,000, and cut in silence what
is longer, as they do with a `text`, which is but the headline here, at 16,383 or 4,000 (`SplitWebhookPost` of
https://github.com/mattermost/mattermost/blob/master/server/channels/app/webhook.go)."""
HIGH, OTHER = "#b35900", "#5c6f82"
MARKS = re.compile(r"[\\`*_\[\]|~>]")
BEGINS = re.compile(r"^(\s*)([-+=#])|^(\s*\d{1,9})([.)])")
"""What makes a list, a heading or a rule of a line that begins with it."""
ENTITY = re.compile(r"&(?=#?\w+;)")
ACTS = re.compile(r"@|[#~](?=\S)|(?<!\d)[:;](?=\S)|www(?=\.)", re.IGNORECASE)
"""What acts by what follows it: `@all`, `#topic`, `~channel`, `:smile:`, `;)`, `http://`, `www.`."""
Json = dict[str, Any]


def parts(message: Message) -> tuple[Part, ...]:
    """A message in as many parts as posts."""
    return in_parts(message, _cost, MOST - len(encoded(post(_around(message))).decode()))


def _around(message: Message) -> Part:
    """What stands around what is told: the headline, once more for a telephone's preview, and the foot."""
    frame = around(message)
    return replace(frame, passages=(Passage(title="", lines=()),))


def post(part: Part) -> Json:
    """What is posted for a part."""
    told = [_attachment(one, part.head) for one in part.passages]
    if part.foot and told:
        told[-1]["text"] += f"\n\n*{markdown(part.foot)}*"
    return {"text": f"**{markdown(part.head)}**", "attachments": told}


def _cost(passage: Passage) -> int:
    return len(encoded(_attachment(passage, passage.title)).decode())


def _attachment(passage: Passage, head: str) -> Json:
    lines = [f"**{markdown(passage.over)}**", ""] if passage.over else []
    lines += [f"**{markdown(passage.title)}**"] if passage.title else []
    lines += [_line(line) for line in (*passage.lines, passage.proof) if line]
    color = HIGH if passage.weight is Weight.HIGH else OTHER
    return {"fallback": inert(passage.title or head), "color": color, "text": "\n".join(lines)}


def _line(line: Line) -> str:
    return BEGINS.sub(r"\1\3\\\2\4", "".join(_piece(span) for span in merged(line)))


def _piece(span: Span) -> str:
    text = markdown(span.text)
    inner = text.strip(" ")
    if not inner:
        return text
    front, back = text[: len(text) - len(text.lstrip(" "))], text[len(text.rstrip(" ")) :]
    if span.url:
        inner = f"[{inner}]({span.url.replace('(', '%28').replace(')', '%29')})"
    for mark, on in (("**", span.bold), ("~~", span.struck)):
        inner = f"{mark}{inner}{mark}" if on else inner
    return f"{front}{inner}{back}"


def markdown(text: str) -> str:
    """The text, of which Markdown makes nothing, and which mentions nobody.

    `<` becomes an entity: before any Markdown the server makes mentions of `<!channel>` and links of
    `<address|name>`, as Slack would (`expandAnnouncement` and `linkWithTextRegex` of its `app` package).
    """
    safe = ENTITY.sub("&amp;", inert(text)).replace("<", "&lt;").replace("$", "&#36;")
    return MARKS.sub(lambda mark: "\\" + mark[0], safe)


def inert(text: str) -> str:
    """The text with an invisible joiner behind each sign that would act on what follows it."""
    return ACTS.sub(lambda sign: sign[0] + JOINER, unbroken(text))
