"""The page of questions: "was this provider under that label on this day?", with bounds and proof."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from state.noted import documents
from state.words.labels import ALWAYS, LABELS, TOGETHER
from watcher.ask.find.found import near
from watcher.ask.standing.together import past
from watcher.ask.watch.label_state import unread_labels
from watcher.errors import BadQuestion, NotFound
from watcher.web.asked.named import day_asked, label_or_together, provider_asked
from watcher.web.asked.parts import day_named, labels_or_together, text_named
from watcher.web.edge.language import address
from watcher.web.pages.news.event import download

if TYPE_CHECKING:
    from watcher.web.asked.site import Screen, Visit

MOST_MEANT = 20


def askable() -> tuple[str, ...]:
    """What can be asked for: those that everybody names first, then those together, then all others."""
    return (*ALWAYS, *TOGETHER, *(label for label in LABELS if label not in ALWAYS))


def show_form(visit: Visit) -> Response | Screen:
    """The form; a filled one leads to the address of its answer, which can be cited."""
    asked = visit.request.query_params
    text, labels, on = text_named(asked, "provider"), labels_or_together(asked), day_named(asked, "on")
    if len(labels) > 1:  # a statement is about one
        raise BadQuestion(
            "label", text_named(asked, "label"), "one_of", close=labels, known=", ".join(askable())
        )
    meant = visit.archive.names.meant(text)[:MOST_MEANT] if text else ()
    if len(meant) == 1 and labels and on:
        there = f"/was/{quote(meant[0].slug)}/{labels[0]}/{on}"
        return RedirectResponse(address(there, {"lang": visit.lang if visit.chosen else None}), 303)
    screen = visit.screen(
        "question.html",
        labels=askable(),
        text=text,
        label=labels[0] if labels else ALWAYS[0],
        on=on or visit.today,
        meant=meant,
        close=near(visit.archive, text) if text and not meant else (),
        unread=unread_labels(visit.archive) if text and not meant else (),
    )
    return replace(screen, status=404) if text and not meant else screen


def show_answer(visit: Visit) -> Screen:
    """The answer, as a statement that prints on one page."""
    provider, label, on = provider_asked(visit), label_or_together(visit), day_asked(visit)
    return visit.screen("answer.html", past=past(visit.archive, provider, label, on), labels=askable())


def show_document(visit: Visit) -> Response:
    """A document that somebody provided, as a download; its address is the hash of its bytes."""
    sha256: str = visit.request.path_params["sha256"]
    try:
        given = download(documents.body(visit.store, sha256), f"vigilabel-document-{sha256[:12]}")
    except LookupError as error:
        raise NotFound(sha256[:80]) from error
    del given.headers["Cache-Control"]  # taken back, it is to be nowhere any more
    return given
