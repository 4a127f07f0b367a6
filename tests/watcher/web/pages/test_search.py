"""The search in the head of every page, what it shows, and the one address of each page."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import httpx
import pytest

from watcher.web.addresses import PAGES

Get = Callable[..., httpx.Response]
SPELT = (
    ("/providers/S3NS", "/providers/s3ns"),
    ("/providers/Thales%20Cloud%20S%C3%A9curis%C3%A9?lang=en", "/providers/s3ns?lang=en"),
    ("/providers/Bleu%20SAS", "/providers/bleu"),
    ("/providers/NUMSPOT", "/providers/numspot"),
    ("/labels/SecNumCloud", "/labels/secnumcloud"),
    ("/labels/PASSI?on=2026-01-15", "/labels/passi?on=2026-01-15"),
    ("/was/S3NS/SecNumCloud/2026-01-15", "/was/s3ns/secnumcloud/2026-01-15"),
    ("/providers?provider=S3NS", "/providers/s3ns"),
    ("/expiries?provider=3DS+OUTSCALE&lang=fr", "/providers/outscale?lang=fr"),
    ("/feed.atom?provider=S3NS", "/providers/s3ns/feed.atom"),
    ("/expiries.ics?provider=Ovh", "/providers/ovhcloud/expiries.ics"),
)


def shown(answer: httpx.Response) -> str:
    """What the page says, its markup left out."""
    text = re.sub(r"<(style|script|head)\b.*?</\1>", "", answer.text, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


@pytest.mark.parametrize(("path", "own"), SPELT)
def test_a_name_written_otherwise_leads_to_the_one_address_of_the_page(get: Get, path: str, own: str) -> None:
    answer = get(path)
    assert (answer.status_code, answer.headers["location"]) == (302, own)
    assert get(own).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/history?provider=S3NS", "/history.csv?provider=S3NS", "/history.json?provider=S3NS",
        "/history.atom?provider=S3NS", "/api/v1/events?provider=S3NS", "/api/v1/attestations?provider=S3NS",
        "/api/v1/race?provider=S3NS", "/api/v1/providers/S3NS", "/api/v1/labels/SecNumCloud",
        "/api/v1/was/S3NS/SecNumCloud/2026-01-15", "/providers/S3NS/feed.atom",
        "/providers/S3NS/expiries.ics", "/labels/SecNumCloud/feed.atom", "/labels/SecNumCloud/expiries.ics",
        "/expiries?label=SecNumCloud",
    ],
)  # fmt: skip
def test_a_name_in_a_question_is_understood_where_it_stands(get: Get, path: str) -> None:
    plain = path.replace("S3NS", "s3ns").replace("SecNumCloud", "secnumcloud")
    answer, usual = get(path), get(plain)
    assert answer.status_code == usual.status_code == 200
    if "/expiries?" not in path and "history?" not in path:  # pages name their own address
        assert answer.text == usual.text.replace(plain, path)


@pytest.mark.parametrize(
    "path", ["/providers/s3nss", "/was/s3nss/hds/2026-01-15", "/providers?provider=s3nss"]
)
def test_a_name_on_no_list_is_said_so_and_the_nearest_is_offered(get: Get, path: str) -> None:
    answer = get(path)
    assert answer.status_code == 404
    assert 'href="/search?q=S3NS"' in answer.text
    assert get("/api/v1/providers/s3nss").json()["did_you_mean"][0] == "S3NS"


def test_the_question_about_a_day_says_when_a_name_is_on_no_list(get: Get) -> None:
    answer = get("/was?provider=s3nss&label=secnumcloud&on=2026-01-15")
    assert answer.status_code == 404
    assert "Ce nom ne figure sur aucune liste lue" in shown(answer)
    assert 'href="/was/s3ns/secnumcloud/2026-01-15"' in answer.text
    assert 'href="/search?q=s3nss"' in answer.text


@pytest.mark.parametrize(
    "path", [one.path for one in PAGES if "{" not in one.path and one.path != "/public-key.pem"]
)
def test_every_page_has_one_search(get: Get, path: str) -> None:
    assert get(path).text.count('action="/search"') == 1
    assert get(f"{path}?lang=en").text.count('action="/search"') == 1


def test_a_page_that_says_what_is_wrong_has_the_search_too(get: Get) -> None:
    assert get("/nowhere").text.count('action="/search"') == 1


def test_a_provider_is_shown_first_with_its_state_and_how_it_is_printed(get: Get) -> None:
    said = shown(get("/search?q=s3ns"))
    assert "Prestataires (1) S3NS imprimé Thales Cloud Sécurisé SecNumCloud : jusqu’au 17/12/2028" in said
    assert (
        said.index("Prestataires (1)") < said.index("Services et produits (1)") < said.index("Événements (1)")
    )
    assert "S3NSEN6" not in said


@pytest.mark.parametrize("text", ["2057", "2025_2057", "décision n° 2057 de 2025"])
def test_a_decision_is_found_by_its_number(get: Get, text: str) -> None:
    said = shown(get("/search", params={"q": text}))
    assert "Décisions et certificats (1) Cloud de confiance S3NS S3NS , SecNumCloud" in said
    assert "décision n° 2057 de 2025" in said


def test_what_is_mistyped_is_offered_with_its_state(get: Get) -> None:
    said = shown(get("/search?q=outscal"))
    assert "Rien de ce qui a été lu ne porte ces mots." in said
    assert "Vouliez-vous dire Outscale SecNumCloud : jusqu’au 30/11/2026" in said


def test_a_search_for_nothing_says_what_can_be_searched(get: Get) -> None:
    for path in ("/search", "/search?q=", "/search?q=%F0%9F%99%82"):
        assert get(path).status_code == 200
        assert "Écrivez un mot" in shown(get(path))


def test_what_was_typed_stays_in_the_field_as_text(get: Get) -> None:
    answer = get("/search", params={"q": '"><script>alert(1)</script>'})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert 'value="&#34;&gt;&lt;script&gt;' in answer.text


@pytest.mark.parametrize(
    "path", ["/search?q=a&in=everything", "/search?q=a&in=services&from=x", "/search?word=a"]
)
def test_what_nobody_can_understand_is_refused(get: Get, path: str) -> None:
    assert get(path).status_code == 400


def test_a_text_that_no_name_comes_near_in_length_is_refused_with_a_reason(get: Get) -> None:
    answer = get("/search?q=" + "x" * 300)
    assert answer.status_code == 400
    assert "200" in shown(answer)


def test_all_of_a_group_are_shown_page_by_page(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watcher.web.pages.question.PAGE", 1)
    first = get("/search?q=thales&in=providers")
    assert 'rel="next" class="onward" href="/search?q=thales&amp;in=providers&amp;from=2"' in first.text
    second = get("/search?q=thales&in=providers&from=2")
    assert 'rel="prev" href="/search?q=thales&amp;in=providers"' in second.text
    found = [re.findall(r'class="what"><a href="(/providers/[^"]+)"', page.text) for page in (first, second)]
    assert sorted(link for own in found for link in own) == ["/providers/s3ns", "/providers/thales-dis"]


def test_the_history_of_what_was_found_shows_the_same_events(get: Get) -> None:
    answer = get("/search?q=s3ns")
    [history] = re.findall(r'href="(/history\?[^"]+)"', answer.text)
    found = set(re.findall(r'href="(/events/\d+)"', answer.text))
    assert found == set(re.findall(r'href="(/events/\d+)"', get(html.unescape(history)).text)) != set()


def test_the_pages_of_the_api_are_one_list(get: Get) -> None:
    whole = get("/api/v1/search?q=thales&in=providers").json()
    path, names = "/api/v1/search?q=thales&in=providers&limit=1", []
    while path:
        page = get(path).json()
        names += [hit["name"] for hit in page["hits"]]
        path = page["next"]
    assert names == [hit["name"] for hit in whole["hits"]]
    assert len(names) == whole["found"]["providers"]["total"] == 2


def test_a_search_sees_what_another_process_wrote_a_moment_ago(
    get: Get, read: Callable[[str, str], None]
) -> None:
    assert "Rien de ce qui a été lu" in shown(get("/search?q=rapide"))
    read("Cloud de confiance S3NS", "Nuage Rapide")
    assert "Nuage Rapide" in shown(get("/search?q=rapide"))
