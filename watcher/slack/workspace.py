"""What the Slack doors ask of a workspace: who is in a channel, to show a view, to answer later."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from notifiers.notifier import DeliveryError
from notifiers.slack.call import BASE_URL, ask, hand_in, make_client, obstacle
from state.model import Reason

if TYPE_CHECKING:
    from notifiers.notifier import Installed
    from watcher.app import App

SLACK_HOSTS = ("slack.com", "slack-gov.com")
TIMEOUT = 5
MOST_PAGES = 20
PAGE = 200
WAITS = (1.0, 3.0)
LONGEST_WAIT = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a request comes from: a workspace, and the organisation of Enterprise Grid that it is of; `org`
    says that the app was installed for the whole of that. "" for what Slack does not name."""

    team: str = ""
    enterprise: str = ""
    org: bool = False

    @property
    def id(self) -> str:
        """The workspace as we know it."""
        return self.enterprise if self.org else self.team


@dataclass(frozen=True)
class Workspace:
    """One workspace, reached with a bot token (None: nothing that needs one can be done), by the proxy that
    `proxy_of` names for an address. `id` is "" for the one that the settings name."""

    token: str | None = field(repr=False)
    id: str = ""
    base_url: str = BASE_URL
    pause: Callable[[float], object] = lambda seconds: None
    proxy_of: Callable[[str], str | None] = lambda url: None

    def client(self) -> WebClient:
        proxy = self.proxy_of(self.base_url)
        return make_client(self.token, base_url=self.base_url, timeout=TIMEOUT, proxy=proxy)

    def ask(self, question: Callable[[WebClient], SlackResponse]) -> tuple[dict[str, Any], Mapping[str, str]]:
        """The data and headers of a reply that is `ok: true`; raises `DeliveryError`."""
        return ask(self.client(), question)

    def has_member(self, channel: str, user: str) -> bool:
        """Whether a user is in a channel now; raises `DeliveryError` when it cannot be found out."""
        cursor = ""
        for _ in range(MOST_PAGES):
            page, _ = self.ask(
                lambda client, at=cursor: client.conversations_members(channel=channel, cursor=at, limit=PAGE)  # type: ignore[misc]
            )
            if user in (page.get("members") or ()):
                return True
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return False
        return False

    def obstacle(self, channel: str) -> Reason | None:
        """What stands in the way of messages to a channel; a public one is joined where that is allowed."""
        return obstacle(lambda question: self.ask(question)[0], channel)

    def whose(self) -> Origin:
        """The workspace that the token is of; raises `DeliveryError`."""
        said, _ = self.ask(lambda client: client.auth_test())
        team, org = str(said.get("team_id") or ""), bool(said.get("is_enterprise_install"))
        return Origin(team="" if org else team, enterprise=str(said.get("enterprise_id") or ""), org=org)

    def publish(self, user: str, view: Mapping[str, Any]) -> None:
        """Shows a view as the user's Home tab of the app."""
        self.ask(lambda client: client.views_publish(user_id=user, view=dict(view)))

    def open_view(self, trigger: str, view: Mapping[str, Any]) -> None:
        """Opens a dialogue; a trigger lives three seconds."""
        self.ask(lambda client: client.views_open(trigger_id=trigger, view=dict(view)))

    def respond(self, url: str, body: Mapping[str, Any]) -> None:
        """Answers through a `response_url`, tried three times; raises `DeliveryError`.

        What the whole channel would see is not tried again when it may have arrived: whoever shared it can
        click once more, and nobody can take a second copy away.
        """
        public = body.get("response_type") == "in_channel"
        if not self.trusts(url):
            raise DeliveryError(Reason.of("foreign_address"), permanent=True)
        for wait in (*WAITS, None):
            try:
                return hand_in(url, body, timeout=TIMEOUT, proxy=self.proxy_of(url))
            except DeliveryError as error:
                if wait is None or error.permanent or error.unfit or (public and error.ambiguous):
                    raise
                self.pause(min(error.retry_after or wait, LONGEST_WAIT))
        return None

    def trusts(self, url: str) -> bool:
        """Whether an address is Slack's, or that of the configured test server."""
        try:
            parts, own = urlsplit(url), urlsplit(self.base_url)
        except ValueError:  # "https://[": no address at all
            return False
        if own.netloc == parts.netloc and own.scheme == parts.scheme and parts.netloc:
            return True
        host = parts.hostname or ""
        return parts.scheme == "https" and any(host == one or host.endswith(f".{one}") for one in SLACK_HOSTS)


def workspace_of(app: App, installed: Installed | None = None) -> Workspace:
    """The workspace that the settings name, or one that installed the app."""
    token = installed.token if installed else app.settings.slack_bot_token
    return Workspace(
        token=token.reveal() if token else None,
        id=installed.id if installed else "",
        base_url=app.settings.slack.base_url,
        pause=Event().wait,
        proxy_of=app.proxies.of,
    )
