"""The doors of Slack: what people ask there, answered by the same functions as on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.routing import Route

    from watcher.app import App
    from watcher.slack.doors.socket import SocketDoor


def routes(app: App) -> list[Route]:
    """The routes of the HTTP door; none when SLACK_SIGNING_SECRET is not set, or Socket Mode is used."""
    secret = app.settings.slack_signing_secret
    if secret is None or app.settings.slack_app_token is not None:
        return []
    from watcher.slack.doors.door import Door
    from watcher.slack.doors.http import routes_of

    return routes_of(Door(app), secret.get_secret_value())


def socket_doors(app: App) -> tuple[SocketDoor, ...]:
    """The Socket Mode door, closed; none when SLACK_APP_TOKEN is not set."""
    token = app.settings.slack_app_token
    if token is None:
        return ()
    from watcher.slack.doors.door import Door
    from watcher.slack.doors.socket import SocketDoor

    return (SocketDoor(Door(app), token.get_secret_value()),)
