"""The answer to a tool: asked as the API is asked, on a connection that can write nothing."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request

from notifiers.said.voice import voice
from state.codec import maybe_instant_text
from state.file.errors import Away, StoreError
from state.seen.looks import evidence, runs
from state.seen.rows import overview
from state.words.labels import ALWAYS, single
from state.words.meant import alike
from watcher.ask.news.editions import named
from watcher.ask.views.form import json_of
from watcher.ask.watch.label_state import unread_labels
from watcher.errors import BadQuestion, Trouble
from watcher.said.condition import unread_text
from watcher.web.asked.parts import Parts, mistaken
from watcher.web.assistants.tools import FEW, LEFT_OUT, MOST, TOOLS, Tool, argument

if TYPE_CHECKING:
    from watcher.web.asked.site import Site, Visit

logger = logging.getLogger(__name__)

Json = dict[str, Any]
Texts = Mapping[str, list[str]]
"""The arguments of a call as addresses have them."""

BY_NAME: Mapping[str, Tool] = {tool.name: tool for tool in TOOLS}
MOST_PROVEN = 20
"""Documents that are named beside an answer: one about trust services rests on thirty lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an assistant is given: words first, then the data; `wrong` where it is what to do better."""

    text: str
    data: Json
    wrong: bool = False

    @property
    def json(self) -> str:
        return json.dumps(self.data, ensure_ascii=False, separators=(",", ":"))


def answered(site: Site, tool: str, given: Mapping[str, Any], lang: str) -> Answer:
    """The answer to a call; what was mistaken is said with what may have been meant. A memory that does not
    answer is said so, and is no fault of who asked."""
    try:
        known = _known(tool, given)
        texts = {name: _texts(value) for name, value in given.items() if value is not None}
        limit = Parts({"limit": _one(texts, "limit")}).number("limit", MOST) or FEW
        with site.visit(_request(known, texts, limit, lang), reads_only=True) as visit:
            return _in(visit, known, texts, limit, lang)
    except Trouble as error:
        return _refused(error, lang)
    except StoreError as error:
        logger.warning("assistants: the memory does not answer: %s", error)
        return _refused(Trouble("away" if isinstance(error, Away) else "no_memory"), lang)


def _in(visit: Visit, tool: Tool, texts: Texts, limit: int, lang: str) -> Answer:
    try:
        return _found(visit, tool, texts, limit)
    except Trouble as error:
        return _refused(error, visit.lang if visit.chosen else lang, visit)


def _refused(error: Trouble, lang: str, visit: Visit | None = None) -> Answer:
    """What is wrong, and what to ask instead; of a name on no list also what that does not say."""
    say = voice(lang)
    close = [one for one in error.close if one]
    lines = [_wrong(error, lang), say("assistant.close", names=", ".join(close)) if close else ""]
    if error.code == "not_found" and visit is not None:
        lines += [say("assistant.unlisted"), unread_text(unread_labels(visit.archive), lang)]
    text = "\n".join(filter(None, lines))
    return Answer(text=text, data={"error": text, "code": error.code, "did_you_mean": close}, wrong=True)


def _wrong(error: Trouble, lang: str) -> str:
    """What is wrong, of arguments and not of an address."""
    say, values = voice(lang), dict(error.values)
    if not say.knows("assistant", f"wrong.{error.code}"):
        return mistaken(error, lang)
    if isinstance(error, BadQuestion):
        values["expected"] = say.each("expected", error.expected, **error.limits)
        values["field"] = argument(str(values["field"]))
    return say.each("assistant", f"wrong.{error.code}", **values)


def _known(name: str, given: Mapping[str, Any]) -> Tool:
    """The tool, once its arguments are such as it takes; raises `Trouble`."""
    tool = BY_NAME.get(name)
    if tool is None:
        raise Trouble("no_tool", *alike(name[:40], BY_NAME), name=name[:40], known=", ".join(BY_NAME))
    for one in given:
        if one not in tool.arguments:
            known = [*tool.arguments]
            raise Trouble("no_parameter", *alike(one[:40], known), name=one[:40], known=", ".join(known))
    for needed in tool.schema["required"]:
        if given.get(needed) in (None, "", []):
            raise Trouble("needed", name=needed)
    return tool


def _texts(value: object) -> list[str]:
    """A value as addresses have it."""
    return [str(one) for one in (value if isinstance(value, list) else [value])]


def _one(texts: Texts, name: str) -> str:
    return texts.get(name, [""])[0]


def _request(tool: Tool, texts: Texts, limit: int, lang: str) -> Request:
    """The same question as the API would be asked it."""
    parts = {part: texts[argument(part)][0] for part in tool.address.places}
    names = [one["name"] for one in tool.address.asked if one["name"] not in LEFT_OUT]
    asked = [(name, text) for name in names for text in texts.get(argument(name), ())]
    if tool.page:
        asked.append(("limit", str(limit)))
        asked += [(tool.page, text) for text in texts.get("cursor", ())]
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/api/v1" + tool.path,
        "path_params": parts,
        "query_string": urlencode([*asked, ("lang", texts.get("lang", [lang])[0])]).encode(),
        "headers": [],
    }
    return Request(scope)


def _found(visit: Visit, tool: Tool, texts: Texts, limit: int) -> Answer:
    visit.parts.require(*tool.address.parts, "limit", "before", "from")
    visit.parts.require_said()
    whole = tool.address.ask(visit)
    sentence = tool.says(visit, whole)
    shown, cursor, total = _window(tool, whole, limit, _one(texts, "cursor"))
    page = tool.shown.format(**{name: quote(values[0], safe="") for name, values in texts.items()})
    answer = json_of(shown)
    answer.pop("next", None)  # an address of the API: `next_cursor` says the same here
    left_out = _shorten(answer)
    data = {
        "sentence": sentence,
        "answer": answer,
        "left_out": left_out,
        "proof": list(_proof(visit, tool, answer)),
        "link": visit.site.address + page,
        "next_cursor": cursor,
        "total": total,
    }
    return Answer(text=sentence, data=data)


def _window(tool: Tool, whole: Any, limit: int, cursor: str) -> tuple[Any, str | None, int | None]:
    """A part of a long answer, the cursor of the next, and how many rows there are where that is known."""
    if tool.page:
        return whole, QueryParams((whole.next or "").partition("?")[2]).get(tool.page), None
    if not tool.rows:
        return whole, None, None
    rows: Sequence[Any] = getattr(whole, tool.rows)
    first = Parts({"cursor": cursor}).number("cursor") or 1
    last = first - 1 + limit
    cut = replace(whole, **{tool.rows: rows[first - 1 : last]})
    if hasattr(whole, "events"):
        cut = replace(cut, events=whole.events[:limit])
    return cut, str(last + 1) if len(rows) > last else None, len(rows)


def _shorten(value: object) -> int:
    """Cuts the long lists in an answer, and counts what is left out: with one event a maker of chips gains
    seven hundred rows."""
    if isinstance(value, list):
        left_out = max(len(value) - MOST, 0)
        del value[MOST:]
        return left_out + sum(map(_shorten, value))
    return sum(map(_shorten, value.values())) if isinstance(value, dict) else 0


def _proof(visit: Visit, tool: Tool, answer: Json) -> Iterator[Json]:
    """What an answer rests on: the documents that its events or its day point to, else the readings."""
    own = list(_evidence(answer, visit.site.address))
    yield from own[:MOST_PROVEN] if own and tool.places_own else _readings(visit, answer)


def _objects(value: object) -> Iterator[Json]:
    """All objects of an answer, however deep in it."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _objects(one)


def _evidence(answer: Json, here: str) -> Iterator[Json]:
    """The places in documents that are pointed to, wherever in an answer."""
    for value in _objects(answer):
        found = value.get("evidence", [])
        for one in found if isinstance(found, list) else [found]:
            yield {
                "source": value.get("source"),
                "edition_at": value.get("edition_at"),
                "seen_at": value.get("seen_at"),
                "documents": [{"url": one["url"], "sha256": one["sha256"]}],
                "place": one["place"],
                "link": f"{here}/events/{value['id']}" if "id" in value else None,
            }


def _readings(visit: Visit, answer: Json) -> Iterator[Json]:
    """The last readings of the registers that an answer names, or that would name what it does not."""
    here = visit.site.address
    day = visit.parts.day("on") or visit.today
    labels = single([answer["label"]]) if "label" in answer else ALWAYS
    stating = (source for label in labels for source in overview.sources_stating(visit.store, label))
    named_here = (one["source"] for one in _objects(answer) if isinstance(one.get("source"), str))
    for source in sorted({*named_here, *stating} & {*visit.archive.sources})[:MOST_PROVEN]:
        edition = named(visit.archive, source, day)
        run = runs.run(visit.store, edition.last) if edition else None
        if edition is None or run is None or run.snapshot is None:
            continue
        kept = evidence.snapshot(visit.store, run.snapshot)
        documents = zip(kept.urls, kept.sha256s, strict=True)
        yield {
            "source": source,
            "edition_at": maybe_instant_text(edition.edition_at),
            "seen_at": maybe_instant_text(run.at),
            "documents": [{"url": url, "sha256": sha256} for url, sha256 in documents],
            "place": None,
            "link": f"{here}/editions/{source}/{edition.number}",
        }
