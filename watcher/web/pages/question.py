"""The pages of questions: a search, and "was this provider under that label on this day?", with proof."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from state.noted import documents
from state.words.labels import ALWAYS, LABELS, TOGETHER
from watcher.ask.day import past
from watcher.ask.find.found import Group, find, near
from watcher.ask.watch.label_state import unread_labels
from watcher.errors import BadQuestion, NotFound
from watcher.web.asked.searched import searched
from watcher.web.pages.news.event import download

if TYPE_CHECKING:
    from starlette.responses import Response

    from watcher.web.asked.site import Screen, Visit

MOST_MEANT = 20
PAGE = 25


def show_search(visit: Visit) -> Screen:
    """What a text finds, group by group, or all of one group, page by page."""
    asked = searched(visit, PAGE)
    found = find(visit.archive, asked.q, asked.window)
    return visit.screen(
        "search.html",
        found=found,
        groups=Group,
        only=asked.window.only,
        first=asked.window.skip + 1,
        after=asked.after(found),
        before=asked.before(),
    )


def askable() -> tuple[str, ...]:
    """What can be asked for: those that everybody names first, then those together, then all others."""
    return (*ALWAYS, *TOGETHER, *(label for label in LABELS if label not in ALWAYS))


def show_form(visit: Visit) -> Response | Screen:
    """The form; a filled one leads to the address of its answer, which can be cited."""
    text, labels, on = visit.parts.text("provider"), visit.parts.labels_or_together(), visit.parts.day("on")
    if len(labels) > 1:  # a statement is about one
        word, known = visit.parts.text("label"), ", ".join(askable())
        raise BadQuestion("label", word, "one_of", close=labels, known=known)
    meant = visit.archive.names.meant(text)[:MOST_MEANT] if text else ()
    if len(meant) == 1 and labels and on:
        return visit.leads(f"/was/{quote(meant[0].slug)}/{labels[0]}/{on}", 303)
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
    found = past(visit.archive, visit.provider(), visit.label(), visit.day())
    return visit.screen("answer.html", past=found, labels=askable())


def show_document(visit: Visit) -> Response:
    """A document that somebody provided, as a download; its address is the hash of its bytes."""
    sha256: str = visit.request.path_params["sha256"]
    try:
        given = download(documents.body(visit.store, sha256), f"vigilabel-document-{sha256[:12]}")
    except LookupError as error:
        raise NotFound(sha256[:80]) from error
    del given.headers["Cache-Control"]  # taken back, it is to be nowhere any more
    return given
