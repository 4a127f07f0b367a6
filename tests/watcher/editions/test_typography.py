"""A page printed in another way that nobody sees is no event, through the whole program."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
from printed_hosts import HDS_PAGE, few_hosts, seen_twice
from typography import REWRITINGS, Rewriting

from state.model import Attestation
from watcher.look.compare.change import respelling

pytestmark = pytest.mark.history

ROWS = re.compile(r'<tr class="(?:even|odd)">.*?</tr>', re.DOTALL)
TEXTS = re.compile(r">([^<>]+)<")


def rewritten(page: str, rewriting: Rewriting) -> str:
    """The page with every cell of the list printed anew: names, numbers, bodies, versions and dates."""

    def text(found: re.Match[str]) -> str:
        return f">{html.escape(rewriting(html.unescape(found[1])))}<"

    return ROWS.sub(lambda row: TEXTS.sub(text, row[0]), page)


@pytest.mark.parametrize("hosts", [40, pytest.param(418, marks=pytest.mark.soak)])
@pytest.mark.parametrize("rewriting", REWRITINGS)
def test_the_list_of_hosts_printed_in_another_way_is_no_event(rewriting: str, hosts: int) -> None:
    page = few_hosts(hosts)
    events, notices = seen_twice(rewritten(page, REWRITINGS[rewriting]), page)
    assert events == []
    assert len(notices) <= 1


@pytest.mark.parametrize("rewriting", ["decomposed letters", "capitals", "full-width letters", "en dashes"])
def test_many_rows_printed_in_another_way_are_one_remark_to_operators(rewriting: str) -> None:
    _, [notice] = seen_twice(rewritten(HDS_PAGE, REWRITINGS[rewriting]))
    [said] = notice.said
    assert (notice.kind, said.code) == ("news", "new_print")
    assert int(str(said.values["rows"])) > 100


def test_what_changes_beside_a_new_way_of_printing_is_told_all_the_same() -> None:
    row = "<td>1, 2, 3, 4, 5, 6</td><td>v2.0</td><td>LSTI</td><td>11516-rev4</td><td>17/03/2026</td>"
    assert row in HDS_PAGE
    changed = HDS_PAGE.replace(row, row.replace("5, 6", "5"))
    events, _ = seen_twice(rewritten(changed, str.upper))
    assert [(event.kind, event.attestations[0].holder) for event in events] == [
        ("scope_reduced", "1PACTE MÉDICAL")
    ]


@pytest.mark.parametrize(
    "spelling",
    [
        lambda name: f"{name}, société anonyme",
        lambda name: f"{name} (France)",
    ],
)
def test_many_names_spelt_anew_at_once_are_the_registers_doing_and_no_event(spelling: Rewriting) -> None:

    def renamed(row: re.Match[str]) -> str:
        return re.sub(
            r"<td>([^<]+)</td>",
            lambda cell: f"<td>{html.escape(spelling(html.unescape(cell[1])))}</td>",
            row[0],
            count=1,
        )

    events, notices = seen_twice(ROWS.sub(renamed, HDS_PAGE))
    assert events == []
    assert [said.code for notice in notices for said in notice.said].count("new_print") == 1


def test_a_few_hosts_that_change_their_name_are_told() -> None:
    names = re.findall(r'<tr class="(?:even|odd)"><td>([^<]+)</td>', HDS_PAGE)[:3]
    renamed = HDS_PAGE
    for name in names:
        renamed = renamed.replace(f"<td>{name}</td>", f"<td>{name} Cloud</td>")
    events, _ = seen_twice(renamed)
    assert {event.kind for event in events} == {"renamed"}
    assert {event.changes["holder"].before for event in events} == {html.unescape(name) for name in names}


def test_a_link_written_in_another_case_is_no_new_way_of_printing() -> None:
    before = Attestation(label="cc", holder="Bull", extra={"report_url": "https://r.test/A-Rapport.pdf"})
    after = replace(before, extra={"report_url": "https://r.test/A-rapport.pdf"})
    assert respelling(before, after) is None
    assert respelling(before, replace(before, holder="BULL")) == ("Bull", "BULL")
