"""A page printed in another way that nobody sees is no event, through the whole program."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hds_layouts import SEEN_AT
from typography import REWRITINGS, Rewriting

from scrapers.ans_hds import AnsHds
from state import listings, outbox
from state.model import Cause, Event, Notice, Page
from state.providers import load_providers
from state.store import Store, open_store
from watcher.check import look
from watcher.record import Watch

HDS_PAGE = Path(__file__).parents[1] / "fixtures" / "ans_hds" / "guess-table" / "index.html"
ROWS = re.compile(r'<tr class="(?:even|odd)">.*?</tr>', re.DOTALL)
TEXTS = re.compile(r">([^<>]+)<")
OPERATORS = "operators"


def rewritten(page: str, rewriting: Rewriting) -> str:
    """The page with every cell of the list printed anew: names, numbers, bodies, versions and dates."""

    def text(found: re.Match[str]) -> str:
        return f">{html.escape(rewriting(html.unescape(found[1])))}<"

    return ROWS.sub(lambda row: TEXTS.sub(text, row[0]), page)


def hds_page(text: str) -> list[Page]:
    return [Page(url="file:hds.html", body=text.encode(), fetched_at=SEEN_AT, content_type="text/html")]


def seen_twice(pages: Callable[[str], list[Page]], first: str, then: str) -> tuple[list[Event], list[Notice]]:
    """What subscribers and operators hear when a page is printed anew, and looked at twice."""
    with open_store(":memory:") as store:
        watch = Watch(store=store, providers=load_providers(store), operators=OPERATORS)
        look(AnsHds(), pages(first), watch, SEEN_AT)
        told = len(outbox.notices(store))
        looks = [look(AnsHds(), pages(then), watch, SEEN_AT + timedelta(days=day)) for day in (1, 2)]
        assert all(one.run.believed for one in looks), looks[0].run.message
        assert _lines(store) == 418
        events = [event for one in looks for event in one.events if event.cause is Cause.REGISTER]
        notices = sorted(outbox.notices(store), key=lambda notice: notice.id)
        return events, notices[told:]


def _lines(store: Store) -> int:
    return len(listings.listing(store, "ans-hds"))


@pytest.mark.parametrize("rewriting", REWRITINGS)
def test_the_list_of_hosts_printed_in_another_way_is_no_event(rewriting: str) -> None:
    page = HDS_PAGE.read_text(encoding="utf-8")
    events, notices = seen_twice(hds_page, page, rewritten(page, REWRITINGS[rewriting]))
    assert events == []
    assert len(notices) <= 1


@pytest.mark.parametrize("rewriting", ["decomposed letters", "capitals", "full-width letters", "en dashes"])
def test_many_rows_printed_in_another_way_are_one_remark_to_operators(rewriting: str) -> None:
    page = HDS_PAGE.read_text(encoding="utf-8")
    _, [notice] = seen_twice(hds_page, page, rewritten(page, REWRITINGS[rewriting]))
    [said] = notice.said
    assert (notice.kind, said.code) == ("news", "new_print")
    assert int(said.values["rows"]) > 100


def test_what_changes_beside_a_new_way_of_printing_is_told_all_the_same() -> None:
    page = HDS_PAGE.read_text(encoding="utf-8")
    row = "<td>1, 2, 3, 4, 5, 6</td><td>v2.0</td><td>LSTI</td><td>11516-rev4</td><td>17/03/2026</td>"
    assert row in page
    changed = page.replace(row, row.replace("5, 6", "5"))
    events, _ = seen_twice(hds_page, page, rewritten(changed, str.upper))
    assert [(event.kind, event.attestations[0].holder) for event in events] == [
        ("scope_reduced", "1PACTE MÉDICAL")
    ]


@pytest.mark.parametrize(
    "spelling",
    [
        lambda name: f"{name}, société anonyme",
        lambda name: f"{name} (France)",
        lambda name: re.sub(r"[^\x00-\x7f]", "?", name),
    ],
)
def test_many_names_spelt_anew_at_once_are_the_registers_doing_and_no_event(spelling: Rewriting) -> None:
    page = HDS_PAGE.read_text(encoding="utf-8")

    def renamed(row: re.Match[str]) -> str:
        return re.sub(
            r"<td>([^<]+)</td>",
            lambda cell: f"<td>{html.escape(spelling(html.unescape(cell[1])))}</td>",
            row[0],
            count=1,
        )

    events, notices = seen_twice(hds_page, page, ROWS.sub(renamed, page))
    assert events == []
    assert [said.code for notice in notices for said in notice.said].count("new_print") == 1


def test_a_few_hosts_that_change_their_name_are_told() -> None:
    page = HDS_PAGE.read_text(encoding="utf-8")
    names = re.findall(r'<tr class="(?:even|odd)"><td>([^<]+)</td>', page)[:3]
    renamed = page
    for name in names:
        renamed = renamed.replace(f"<td>{name}</td>", f"<td>{name} Cloud</td>")
    events, _ = seen_twice(hds_page, page, renamed)
    assert {event.kind for event in events} == {"renamed"}
    assert {event.changes["holder"].before for event in events} == {html.unescape(name) for name in names}
