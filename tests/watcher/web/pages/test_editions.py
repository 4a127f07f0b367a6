"""The pages of editions: each by label, with its document; any two compared; one entry each in a feed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import feedparser
import httpx
import pytest

from watcher.ask.news import looks
from watcher.web.asked import editions

Get = Callable[..., httpx.Response]
Read = Callable[[str, str], None]
SECOND = "/editions/anssi-catalogue/2"


def plain(answer: httpx.Response) -> str:
    assert answer.status_code == 200
    return answer.text.replace("\u00a0", " ").replace("&#39;", "'")


def test_an_edition_says_by_label_what_it_changed(get: Get) -> None:
    text = plain(get(SECOND))
    assert "<h1>Catalogue de l’ANSSI du 04/03/2026</h1>" in text
    assert text.index("SecNumCloud</a></h2>") < text.index("PASSI (audit)</a></h2>")
    assert "S3NS obtient la qualification SecNumCloud" in text
    assert "1 obtient un label, 1 n’est plus listé" in text


def test_an_edition_has_one_page_by_number_and_by_day(get: Get) -> None:
    assert "Catalogue de l’ANSSI du 04/03/2026" in plain(get("/editions/anssi-catalogue/2026-03-04"))
    for nothing in ("0", "77", "2020-01-01", "2026-02-30", "x", "9" * 30):
        assert get(f"/editions/anssi-catalogue/{nothing}").status_code == 404, nothing
    wrong = get("/editions/ansi-catalogue/2")
    assert wrong.status_code == 404
    assert "anssi-catalogue" in wrong.text


def test_the_document_of_an_edition_is_given_byte_for_byte_and_never_shown(get: Get) -> None:
    answer = get(f"{SECOND}/document")
    assert answer.content.startswith(b"edition 2026-03-04")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "attachment" in answer.headers["content-disposition"]
    assert get(f"{SECOND}/document?page=2").status_code == 404


def test_two_editions_are_compared_whichever_is_named_first(get: Get, read: Read) -> None:
    read("2025_2057 | 2025-12-17 | 2028-12-17", "2025_2057 | 2025-12-17 | 2029-12-17")
    one, other = (
        plain(get("/editions/anssi-catalogue/3?against=1")),
        plain(get("/editions/anssi-catalogue/1?against=3")),
    )
    for text in (one, other):
        assert "Catalogue de l’ANSSI du 05/12/2025 → 06/03/2026" in text
        assert "S3NS obtient la qualification SecNumCloud" in text  # gained and renewed: gained
        assert "S3NS, SecNumCloud renouvelé" not in text
        assert "vigilabel compare 1 3" in text
    assert get(f"{SECOND}?against=2020-01-01").status_code == 404


def test_editions_are_listed_newest_first_and_page_by_page(
    get: Get, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    read("2024-01-01 | 2027-02-01", "2024-01-01 | 2027-08-01")
    monkeypatch.setattr(editions, "PAGE", 2)
    first = plain(get("/editions"))
    assert first.index("06/03/2026") < first.index("04/03/2026")
    assert "05/12/2025" not in first
    assert "05/12/2025" in plain(get("/editions?before=2"))
    assert get("/editions?source=nobody").status_code == 400
    assert "Aucune édition" in plain(get("/editions?source=ans-hds"))


def test_a_feed_has_one_entry_for_each_edition(get: Get, read: Read) -> None:
    read("2024-01-01 | 2027-02-01", "2024-01-01 | 2027-08-01")
    feed: Any = feedparser.parse(get("/editions.atom").content)
    assert not feed.bozo
    titles = [entry.title.replace("\u00a0", " ") for entry in feed.entries]
    assert titles[0].startswith("Catalogue de l’ANSSI du 06/03/2026 : 1 renouvellement")
    assert titles[1].startswith("Catalogue de l’ANSSI du 04/03/2026 : 1 obtient un label, 1 n’est plus listé")
    assert len(feed.entries) == 3
    assert re.fullmatch(r"Catalogue .* du 05/12/2025 : \d+ lignes? lues? pour la première fois", titles[2])
    assert "S3NS obtient" in feed.entries[1].summary
    assert get(feed.entries[1].link).status_code == 200


def test_what_was_worked_out_is_never_older_than_the_memory(get: Get, read: Read) -> None:
    assert "06/03/2026" not in plain(get("/editions"))
    read("2024-01-01 | 2027-02-01", "2024-01-01 | 2027-08-01")
    assert "06/03/2026" in plain(get("/editions"))


def test_the_history_leads_to_each_edition_and_to_all_of_a_look(get: Get) -> None:
    text = get("/history").text
    assert f'href="{SECOND}"' in text
    assert "S3NS obtient" in get("/history?look=2").text
    assert looks.MOST_RUNS > 1
