"""All addresses that are answered from one visit: what shows them, and what may be named beside their path.

`watcher.web.app` knows the few that are answered in another way.
"""

from __future__ import annotations

from watcher.web.asked.filter import CONDITIONS
from watcher.web.asked.parts import EXCEL
from watcher.web.asked.rows import ENDS, FILTER, PARTS, PASTED
from watcher.web.asked.searched import SEARCHED
from watcher.web.asked.site import Page, Served
from watcher.web.data import api, calendars, feeds, lists
from watcher.web.data.badges import show_badge
from watcher.web.data.openapi import ADDRESSES, API, show_document
from watcher.web.pages import question, sources
from watcher.web.pages.home import show_home
from watcher.web.pages.news import editions, event, history
from watcher.web.pages.standing import tables
from watcher.web.pages.standing.label import show_label
from watcher.web.pages.standing.provider import show_provider

PAGES = (
    Page(path="/", show=show_home),
    Page(path="/search", show=question.show_search, parts=SEARCHED),
    Page(path="/expiries", show=tables.show_expiries, parts=ENDS, of_one=""),
    Page(path="/race", show=tables.show_race, parts=PASTED),
    Page(path="/providers", show=tables.show_providers, parts=("letter", "page"), of_one=""),
    Page(path="/providers/{slug}", show=show_provider),
    Page(path="/labels", show=tables.show_labels),
    Page(path="/labels/{label}", show=show_label, parts=("on", *PARTS)),
    Page(path="/events/{number}", show=event.show_event),
    Page(path="/events/{number}/proof", show=event.show_proof),
    Page(path="/history", show=history.show_history, parts=(*CONDITIONS, "after")),
    Page(path="/editions", show=editions.show_editions, parts=("source", "before")),
    Page(path="/editions/{source}/{which}", show=editions.show_edition, parts=("against",)),
    Page(path="/editions/{source}/{which}/document", show=editions.show_document, parts=("page",)),
    Page(path="/sources", show=sources.show_sources),
    Page(path="/public-key.pem", show=sources.show_key),
    Page(path="/was", show=question.show_form, parts=("provider", "label", "on")),
    Page(path="/was/{slug}/{label}/{day}", show=question.show_answer),
    Page(path="/documents/{sha256}", show=question.show_document),
)
FILES = (
    Served(path="/badges/{slug}/{label}.svg", show=show_badge),
    Served(path="/labels/{label}/listing.csv", show=lists.show_listing, parts=("on", *FILTER, EXCEL)),
    Served(path="/expiries.csv", show=lists.show_expiries, parts=("label", "month", EXCEL)),
    Served(path="/race.csv", show=lists.show_race, parts=(*PASTED, EXCEL)),
    Served(path="/feed.atom", show=feeds.show_all, parts=("country", "before"), of_one="/feed.atom"),
    Served(path="/history.atom", show=feeds.show_search, parts=CONDITIONS),
    Served(path="/editions.atom", show=feeds.show_editions, parts=("source", "before")),
    Served(path="/providers/{slug}/feed.atom", show=feeds.show_provider, parts=("before",)),
    Served(path="/labels/{label}/feed.atom", show=feeds.show_label, parts=("country", "before")),
    Served(path="/expiries.atom", show=feeds.show_ends, parts=("country", "before"), of_one="/expiries.atom"),
    Served(path="/providers/{slug}/expiries.atom", show=feeds.show_ends_of_provider, parts=("before",)),
    Served(path="/labels/{label}/expiries.atom", show=feeds.show_ends_of_label, parts=("country", "before")),
    Served(path="/expiries.ics", show=calendars.show_all, of_one="/expiries.ics"),
    Served(path="/providers/{slug}/expiries.ics", show=calendars.show_provider),
    Served(path="/labels/{label}/expiries.ics", show=calendars.show_label),
    *(Served(path=API + one.path, show=api.answering(one.ask), parts=one.parts) for one in ADDRESSES),
    Served(path=f"{API}/openapi.json", show=show_document),
)
