"""The bundle of the night, as the pages give it."""

from __future__ import annotations

import io
from collections.abc import Callable
from zipfile import ZipFile

import httpx

from watcher.app import App
from watcher.upkeep import nightly

Get = Callable[..., httpx.Response]
THERE = "/data/latest.zip"


def test_before_the_first_night_there_is_none_and_no_page_leads_there(get: Get) -> None:
    answer = get(THERE, headers={"Accept-Language": "fr"})
    assert (answer.status_code, answer.json()["title"]) == (404, "Le paquet n’est pas encore fait")
    assert THERE not in get("/sources").text


def test_it_is_a_file_that_caches_can_keep_and_ask_about(get: Get, watched: App) -> None:
    assert nightly(watched)
    answer = get(THERE)
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-length"] == str(len(answer.content))
    assert ZipFile(io.BytesIO(answer.content)).testzip() is None
    tag, written = answer.headers["etag"], answer.headers["last-modified"]
    assert get(THERE, headers={"If-None-Match": tag}).status_code == 304
    assert get(THERE, headers={"If-Modified-Since": written}).status_code == 304
    assert get(THERE, headers={"If-None-Match": '"another"', "If-Modified-Since": written}).status_code == 200
    assert get(THERE, headers={"If-Modified-Since": "yesterday"}).status_code == 200
    assert THERE in get("/sources").text


def test_it_takes_no_part_of_an_address(get: Get, watched: App) -> None:
    nightly(watched)
    assert get(f"{THERE}?file=/etc/passwd").status_code == 400
