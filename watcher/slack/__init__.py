"""The doors of Slack: what people ask there, answered by the same functions as on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from starlette.routing import Route

    from watcher.app import App


class Stoppable(Protocol):
    """Something that runs beside the watch."""

    def stop(self) -> None:
        """Ends it; returns when it has ended."""
        ...


def routes(app: App) -> list[Route]:
    """The routes of the HTTP door; none when SLACK_SIGNING_SECRET is not set, or Socket Mode is used."""
    secret = app.settings.slack_signing_secret
    if secret is None or app.settings.slack_app_token is not None:
        return []
    from watcher.slack.door import Door
    from watcher.slack.http import routes_of

    return routes_of(Door(app), secret.get_secret_value())


def start(app: App) -> Stoppable | None:
    """The Socket Mode door, open; None when SLACK_APP_TOKEN is not set."""
    token = app.settings.slack_app_token
    if token is None:
        return None
    from watcher.slack.door import Door
    from watcher.slack.socket import SocketDoor

    return SocketDoor(Door(app), token.get_secret_value()).start()
