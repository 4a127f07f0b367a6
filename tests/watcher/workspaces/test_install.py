"""A workspace installs the app: to Slack and back, in one browser, once; every way in which that fails."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import anyio
import httpx
import pytest
from cryptography.fernet import Fernet
from fake_slack import FakeSlack

from notifiers.given import Secret
from notifiers.slack.notifier import NEEDED, USEFUL
from state.file.opening import open_store
from state.owed import outbox
from state.workspaces import installations
from watcher.app import App
from watcher.settings import Settings, SlackSettings
from watcher.web.app import make_app
from watcher.web.install import COOKIE

TOKEN = "xoxb-acme-secret"
START = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)


def granted(token: str = TOKEN, **other: Any) -> dict[str, Any]:
    """What Slack answers to a good code."""
    return {
        "ok": True,
        "app_id": "A1",
        "token_type": "bot",
        "access_token": token,
        "scope": "chat:write,commands",
        "bot_user_id": "UBOT",
        "team": {"id": "T7", "name": "Acme & <b>Sons</b>"},
        "enterprise": None,
        "is_enterprise_install": False,
        "authed_user": {"id": "U9"},
        **other,
    }


@dataclass
class Site:
    """The pages of a watch that workspaces may install, and one browser before them."""

    app: App
    slack: FakeSlack
    now: datetime = START
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)
    lang: str = "fr"

    def get(self, address: str, **parts: str) -> httpx.Response:
        async def call() -> httpx.Response:
            transport = httpx.ASGITransport(app=make_app(self.app))
            headers = {"accept-language": self.lang}
            async with httpx.AsyncClient(
                transport=transport, base_url="https://labels.example", cookies=self.cookies, headers=headers
            ) as client:
                answer = await client.get(address, params=parts or None)
                self.cookies.update(client.cookies)
                return answer

        return anyio.run(call)

    def leave(self, **parts: str) -> str:
        """Goes to the first page; the ticket in the address that its button leads to."""
        page = self.get("/slack/install", **parts)
        assert page.status_code == 200
        [there] = re.findall(r'href="(http[^"]*/oauth/v2/authorize[^"]*)"', page.text)
        self.there = there.replace("&amp;", "&")
        return str(parse_qs(urlsplit(self.there).query)["state"][0])

    def come_back(self, ticket: str, code: str = "good", **parts: str) -> httpx.Response:
        return self.get("/slack/oauth", **{"state": ticket, "code": code, **parts})

    def installed(self) -> list[str]:
        with open_store(self.app.settings.state) as store:
            return [f"{one.id} {one.state}" for one in installations.everyone(store)]


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as slack:
        slack.codes["good"] = granted()
        yield slack


@pytest.fixture
def site(tmp_path: Path, slack: FakeSlack) -> Site:
    settings = Settings(
        state=str(tmp_path / "watch.db"),
        operators="COPS",
        address="https://labels.example",
        slack=SlackSettings(base_url=slack.api_url),
        slack_client_id=slack.client[0],
        slack_client_secret=Secret(slack.client[1]),
        slack_token_keys=(Secret(Fernet.generate_key().decode()),),
        slack_signing_secret=Secret("signing"),
    )
    with open_store(settings.state):
        made = Site(App(settings, lambda: made.now), slack)
    return made


def heading(page: httpx.Response) -> str:
    [found] = re.findall(r"<h1>(.*?)</h1>", page.text)
    return str(found).replace("\u00a0", " ").replace("\u202f", " ")


def test_a_workspace_installs_the_app_and_is_told_what_to_do_next(site: Site) -> None:
    page = site.come_back(site.leave())
    assert (page.status_code, heading(page)) == (
        200,
        "vigilabel est installé dans « Acme &amp; &lt;b&gt;Sons&lt;/b&gt; »",
    )
    assert "/vigilabel suivre secnumcloud" in page.text
    assert "/vigilabel opérateurs ici" in page.text
    assert f'href="{site.slack.url}/app_redirect?app=A1&amp;team=T7"' in page.text
    assert site.installed() == ["T7 active"]
    known = site.app.workspaces.of("T7")
    assert known is not None
    assert known.token is not None
    assert known.token.reveal() == TOKEN
    with open_store(site.app.settings.state) as store:
        [told] = outbox.owed(store)
        [notice] = outbox.notices(store)
    assert (told.channel, notice.kind) == ("COPS", "workspace_new")


def test_slack_is_asked_for_the_scopes_of_the_manifest_and_leads_back_here(site: Site) -> None:
    site.leave()
    asked = parse_qs(urlsplit(site.there).query)
    manifest = Path(__file__).parents[3] / "slack-manifest.yaml"
    scopes = manifest.read_text(encoding="utf-8").partition("scopes:")[2].partition("settings:")[0]
    listed = re.findall(r"^      - (\S+) #", scopes, re.MULTILINE)
    assert sorted(asked["scope"][0].split(",")) == sorted(listed) == sorted((*NEEDED, *USEFUL))
    assert asked["redirect_uri"] == ["https://labels.example/slack/oauth"]
    assert asked["client_id"] == ["1.2"]


def test_a_chosen_language_comes_back_from_slack(site: Site) -> None:
    page = site.come_back(site.leave(lang="en"))
    assert heading(page) == "vigilabel is installed in Acme &amp; &lt;b&gt;Sons&lt;/b&gt;"
    assert "/vigilabel operators here" in page.text


def test_the_cookie_is_for_this_way_alone(site: Site) -> None:
    first = site.get("/slack/install")
    said = first.headers["set-cookie"].lower()
    assert all(part in said for part in ("httponly", "secure", "samesite=lax", "path=/slack/", "max-age=600"))
    kept = site.cookies[COOKIE]
    site.leave()
    assert site.cookies[COOKIE] == kept, "a second tab does not make the first one void"
    assert first.headers["cache-control"] == "no-store"


NO_WAY_BACK = "Cette adresse n’est pas un retour de Slack", "This address is no way back from Slack"
OTHER = "Ce n’est pas le navigateur qui était parti", "This is not the browser that left"


@pytest.mark.parametrize(("lang", "retry"), [("fr", "Recommencer"), ("en", "Begin again")])
@pytest.mark.parametrize(
    ("what", "status", "said"),
    [
        ("denied", 403, ("Installation abandonnée", "Installation cancelled")),
        ("no code", 403, ("Installation abandonnée", "Installation cancelled")),
        (
            "no ticket",
            400,
            NO_WAY_BACK,
        ),
        (
            "changed",
            400,
            NO_WAY_BACK,
        ),
        (
            "prolonged",
            400,
            NO_WAY_BACK,
        ),
        (
            "signed by another",
            400,
            NO_WAY_BACK,
        ),
        (
            "other browser",
            400,
            OTHER,
        ),
        (
            "no cookie",
            400,
            OTHER,
        ),
        ("late", 410, ("Trop de temps a passé", "Too much time has passed")),
        ("refused", 502, ("Slack a refusé l’installation", "Slack refused the installation")),
        ("wrong secret", 502, ("Slack a refusé l’installation", "Slack refused the installation")),
        ("rotation", 502, ("Slack a refusé l’installation", "Slack refused the installation")),
        ("no token", 502, ("Slack a refusé l’installation", "Slack refused the installation")),
        ("silent", 503, ("Slack ne répond pas", "Slack does not answer")),
        ("garbled", 503, ("Slack ne répond pas", "Slack does not answer")),
    ],
)
def test_what_goes_wrong_is_said_and_installs_nothing(
    site: Site, what: str, status: int, said: tuple[str, str], lang: str, retry: str
) -> None:
    site.lang = lang
    page = WRONG[what](site, site.leave())
    assert (page.status_code, heading(page)) == (status, said[lang == "en"])
    assert retry in page.text
    assert site.installed() == []


def _by_another(site: Site) -> str:
    """A ticket that a watch with another secret gave to the same browser."""
    other = Site(App(_with(site, slack_client_secret=Secret("another")), lambda: site.now), site.slack)
    other.cookies = site.cookies
    return other.leave()


def _late(site: Site, ticket: str) -> httpx.Response:
    site.now += timedelta(minutes=10)
    return site.come_back(ticket)


def _in_browser(cookies: dict[str, str]) -> Callable[[Site, str], httpx.Response]:
    def come_back(site: Site, ticket: str) -> httpx.Response:
        site.cookies = httpx.Cookies(cookies)
        return site.come_back(ticket)

    return come_back


def _where_slack(does: Callable[[FakeSlack], object]) -> Callable[[Site, str], httpx.Response]:
    def come_back(site: Site, ticket: str) -> httpx.Response:
        does(site.slack)
        return site.come_back(ticket)

    return come_back


def _grants(**said: Any) -> Callable[[FakeSlack], object]:
    return lambda slack: slack.codes.update(good=granted(**said))


WRONG: dict[str, Callable[[Site, str], httpx.Response]] = {
    "denied": lambda site, ticket: site.come_back(ticket, error="access_denied"),
    "no code": lambda site, ticket: site.come_back(ticket, ""),
    "no ticket": lambda site, _: site.come_back(""),
    "changed": lambda site, ticket: site.come_back(ticket[:-1] + ("0" if ticket[-1] != "0" else "1")),
    "prolonged": lambda site, ticket: site.come_back(f"{int(ticket[:10]) + 999}{ticket[10:]}"),
    "signed by another": lambda site, _: site.come_back(_by_another(site)),
    "other browser": _in_browser({COOKIE: "x" * 43}),
    "no cookie": _in_browser({}),
    "late": _late,
    "refused": lambda site, ticket: site.come_back(ticket, "bad"),
    "wrong secret": _where_slack(lambda slack: setattr(slack, "client", ("1.2", "changed since"))),
    "rotation": _where_slack(_grants(refresh_token="xoxe-1-refresh", expires_in=43200)),
    "no token": _where_slack(_grants(token="")),
    "silent": _where_slack(lambda slack: slack.drop(accepted=False, method="oauth.v2.access")),
    "garbled": _where_slack(lambda slack: slack.garble(method="oauth.v2.access")),
}


def _with(site: Site, **changed: Any) -> Settings:
    return replace(site.app.settings, **changed)


def test_a_way_back_counts_once_though_slack_would_take_the_code_again(site: Site) -> None:
    ticket = site.leave()
    assert site.come_back(ticket).status_code == 200
    site.slack.codes["good"] = granted("xoxb-of-an-attacker")
    again = site.come_back(ticket)
    assert (again.status_code, heading(again)) == (409, "Ce retour de Slack a déjà servi")
    known = site.app.workspaces.of("T7")
    assert known is not None
    assert known.token == Secret(TOKEN)


def test_a_code_that_was_used_is_refused_by_slack_in_another_way_back(site: Site) -> None:
    site.come_back(site.leave())
    assert site.come_back(site.leave()).status_code == 502


def test_neither_code_nor_ticket_nor_token_stands_in_a_page_or_a_log(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ticket = site.leave()
    pages = [site.come_back(ticket), site.come_back(ticket), site.come_back(site.leave(), "bad-1")]
    secret = (ticket, "bad-1", TOKEN, site.slack.client[1], site.cookies[COOKIE])
    for page in pages:
        assert [one for one in (*secret, "code=", "state=") if one in page.text] == []
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "no-referrer"
        assert 'href="/slack/install?lang=en"' in page.text, "the other language is no second way back"
    # What the client of this test says of its own requests is not ours.
    ours = [one.getMessage() for one in caplog.records if one.name.split(".")[0] in ("watcher", "notifiers")]
    assert [one for one in secret if one in "\n".join(ours)] == []


def test_an_organisation_installs_the_app_for_all_of_its_own(site: Site) -> None:
    org: dict[str, Any] = {
        "team": None,
        "enterprise": {"id": "E5", "name": "Big"},
        "is_enterprise_install": True,
    }
    site.slack.codes["good"] = granted(**org)
    assert heading(site.come_back(site.leave())) == "vigilabel est installé dans « Big »"
    site.slack.codes["good"] = granted("xoxb-of-a-team", enterprise={"id": "E5", "name": "Big"})
    site.come_back(site.leave())
    assert site.installed() == ["E5 active", "T7 active"]


def test_the_workspace_of_the_settings_stays_as_it_is(site: Site) -> None:
    site.slack.team("xoxb-home", team_id="T7")
    site.app = App(_with(site, slack_bot_token=Secret("xoxb-home")), lambda: site.now)
    page = site.come_back(site.leave())
    assert heading(page).endswith("est déjà l’espace de travail de cette veille")
    assert site.installed() == []


def test_without_these_settings_there_is_no_such_page(site: Site) -> None:
    site.app = App(
        _with(site, slack_client_id="", slack_client_secret=None, slack_token_keys=()), lambda: site.now
    )
    assert [site.get(path).status_code for path in ("/slack/install", "/slack/oauth")] == [404, 404]


def test_who_asks_too_often_has_to_wait(site: Site) -> None:
    web = make_app(site.app)

    async def call() -> list[int]:
        transport = httpx.ASGITransport(app=web)
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            return [(await client.get("/slack/oauth?state=x")).status_code for _ in range(121)]

    assert anyio.run(call)[-1] == 429
