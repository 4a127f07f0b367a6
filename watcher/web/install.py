"""How a workspace installs the app: to Slack with a ticket, and back with a code that is good for its token.

Whatever comes back is believed only with the ticket of the same browser, once. The code, the ticket and the
token stand in no page, no log and no address that a reader is sent to.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin

from slack_sdk import WebClient
from slack_sdk.oauth import AuthorizeUrlGenerator
from starlette.requests import Request
from starlette.responses import Response

from notifiers.given import Secret
from notifiers.notifier import DeliveryError
from notifiers.slack.call import ask, make_client
from notifiers.slack.notifier import NEEDED, USEFUL
from state.workspaces import installations
from watcher.web.drawing import draw_for
from watcher.web.edge.language import language_of
from watcher.workspaces.grant import id_of, installing, keep
from watcher.workspaces.shut import DEAD
from watcher.workspaces.ticket import BROWSER, LIFE, Returned, check, issue

if TYPE_CHECKING:
    from slack_sdk.oauth.installation_store import Installation

    from watcher.app import App

logger = logging.getLogger(__name__)

INSTALL, BACK = "/slack/install", "/slack/oauth"
COOKIE = "vigilabel-install"
TIMEOUT = 10
MOST_CODE = 512
SCOPES = (*NEEDED, *USEFUL)
STATUS = {
    "done": 200,
    "home": 200,
    "denied": 403,
    "forged": 400,
    "other_browser": 400,
    "expired": 410,
    "used": 409,
    "refused": 502,
    "unreachable": 503,
}
"""How it can end, and the status by which that is answered."""
UNKEPT = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


class Desk:
    """What sends people to Slack, and takes them back."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._secret = app.settings.slack_client_secret or Secret("")

    def show(self, request: Request) -> Response:
        """The page that says what the app does, and leads to Slack."""
        lang, chosen = language_of(request)
        browser = _kept_by(request) or secrets.token_urlsafe(32)
        mark, now = secrets.token_urlsafe(24), self._app.clock()
        ticket = issue(self._secret, mark, browser, lang if chosen else "", now)
        page = draw_for(request, "install.html", 200, there=self._authorize(ticket), scopes=SCOPES)
        page.headers.update(UNKEPT)
        page.set_cookie(
            COOKIE,
            browser,
            max_age=int(LIFE.total_seconds()),
            path="/slack/",
            secure=self._app.settings.address.startswith("https:"),
            httponly=True,
            samesite="lax",  # Slack's page leads back here: "strict" would leave it out on the way
        )
        return page

    def back(self, request: Request) -> Response:
        """How it ended, for who comes back from Slack."""
        asked = request.query_params
        returned = check(self._secret, asked.get("state", ""), _kept_by(request), self._app.clock())
        end, made, why = self._ended(request, returned)
        shown = {"end": end, "name": _name(made), "why": why, "there": self._opens(made)}
        page = draw_for(_begun(request, returned.lang), "installed.html", STATUS[end], **shown)
        page.headers.update(UNKEPT)
        return page

    def _ended(
        self, request: Request, returned: Returned
    ) -> tuple[str, Installation | None, DeliveryError | None]:
        """The word for how it ended, what was installed, and what Slack said where it refused."""
        asked, app = request.query_params, self._app
        if returned.wrong:
            return returned.wrong, None, None
        code = asked.get("code", "")
        if asked.get("error") or not 0 < len(code) <= MOST_CODE:
            return "denied", None, None
        with app.open_store() as store:
            # Spent before Slack is asked: of two who come with it at once, one gets on.
            if not installations.spend(store, returned.mark, returned.until, app.clock()):
                return "used", None, None
        try:
            return self._install(code)
        except DeliveryError as refused:
            logger.warning("slack: an installation did not come about: %s", refused)
            told = refused.permanent or refused.reason.code == "slack_error"
            return ("refused" if told else "unreachable"), None, refused

    def _install(self, code: str) -> tuple[str, Installation, None]:
        app, settings = self._app, self._app.settings
        said = self._asked(
            None,
            lambda client: client.oauth_v2_access(
                client_id=settings.slack_client_id,
                client_secret=self._secret.reveal(),
                code=code,
                redirect_uri=settings.address + BACK,
            ),
        )
        made = installing(said)
        if self._at_home(made):
            return "home", made, None
        with app.open_store() as store:
            keep(store, app.workspaces.seal, made, settings.operators, app.clock())
        app.stirred.set()  # what waited for a workspace that came back goes out now
        return "done", made, None

    def _at_home(self, made: Installation) -> bool:
        """Whether it is the workspace of the settings' own token, whose places bear no workspace's name."""
        token = self._app.settings.slack_bot_token
        if token is None:
            return False
        try:
            own = self._asked(token.reveal(), lambda client: client.auth_test())
        except DeliveryError as refused:
            if str(refused.reason.values.get("name")) in DEAD:
                return False
            raise
        org = bool(own.get("is_enterprise_install"))
        home = id_of(str(own.get("enterprise_id") or ""), str(own.get("team_id") or ""), org=org)
        return home == _id(made)

    def _asked(self, token: str | None, question: Callable[[WebClient], object]) -> dict[str, object]:
        base_url = self._app.settings.slack.base_url
        proxy = self._app.proxies.of(base_url)
        client = make_client(token, base_url=base_url, timeout=TIMEOUT, proxy=proxy)
        data, _ = ask(client, question)  # type: ignore[arg-type]  # what the SDK calls a response
        return data

    def _authorize(self, ticket: str) -> str:
        """The address of Slack's own page, which asks for consent."""
        settings = self._app.settings
        return AuthorizeUrlGenerator(
            client_id=quote(settings.slack_client_id, safe=""),
            redirect_uri=quote(settings.address + BACK, safe=""),
            scopes=SCOPES,
            authorization_url=urljoin(settings.slack.base_url, "/oauth/v2/authorize"),
        ).generate(ticket)

    def _opens(self, made: Installation | None) -> str:
        """Where Slack opens the app in that workspace; "" where Slack did not say which app it is."""
        if made is None or not made.app_id:
            return ""
        there = f"/app_redirect?app={made.app_id}&team={_id(made)}"
        return urljoin(self._app.settings.slack.base_url, there)


def _id(made: Installation) -> str:
    return id_of(made.enterprise_id, made.team_id, org=made.is_enterprise_install)


def _name(made: Installation | None) -> str:
    if made is None:
        return ""
    return str((made.enterprise_name if made.is_enterprise_install else made.team_name) or "")


def _kept_by(request: Request) -> str:
    """What the browser kept of us, "" for nothing that we gave."""
    found = request.cookies.get(COOKIE, "")
    return found if BROWSER.fullmatch(found) else ""


def _begun(request: Request, lang: str) -> Request:
    """The request as if it were for the first page: what leads on from here must not bear the code again."""
    query = f"lang={lang}".encode() if lang else b""
    return Request({**request.scope, "path": INSTALL, "raw_path": INSTALL.encode(), "query_string": query})
