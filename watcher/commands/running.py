"""Commands that go on until they are ended: run, the watch or parts of it, and mcp."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from contextlib import suppress
from threading import Timer
from typing import TYPE_CHECKING

import click

from watcher.call import Call, pass_call, say
from watcher.commands.looks import require_good, show_looks
from watcher.commands.typed.values import OneOf
from watcher.errors import BadSettings, Failed
from watcher.parts.named import DELIVER, PARTS, SLACK, WATCH, WEB

if TYPE_CHECKING:
    from watcher.schedule import Door


@click.command()
@click.option("--once", is_flag=True, help="Look once at every source, deliver once, and end.")
@click.option("--web/--no-web", default=True, help="Serve the pages and the API at VIGILABEL_HOST and PORT.")
@click.option(
    "--only",
    "chosen",
    type=OneOf(PARTS),
    multiple=True,
    help="Run this part alone; repeatable.",
)
@pass_call
def run(call: Call, once: bool, web: bool, chosen: tuple[str, ...]) -> None:
    """Watch: look now and on schedule, deliver, serve, answer.

    Serves the pages and the API, and answers on Slack where it is set up. Ends cleanly on SIGTERM or Ctrl-C.
    With --once, exits with 1 when a source could not be read or was not fully believed, or a delivery failed.

    All in one process, or apart: --only web serves, watch looks, deliver sends, slack holds Slack's Socket
    Mode. Each may run several times on one memory.
    """
    from watcher.schedule import run_for_ever

    parts = _parts(call, chosen, web=web, once=once)
    if once:
        _run_once(call, parts)
        return
    _require_memory(call)
    failed = True
    try:
        run_for_ever(call.app, _doors(call, parts), parts)
        failed = False
    finally:
        if call.app.stopping.is_set():
            _end_soon(int(failed))


def _require_memory(call: Call) -> None:
    """Nothing where a memory is, or may begin; raises `StoreError` before any part of the watch begins.

    One that cannot be reached now is waited for: it passes by itself.
    """
    from state.file.errors import Away

    with suppress(Away):
        call.app.open_store().close()


def _parts(call: Call, chosen: Sequence[str], *, web: bool, once: bool) -> Collection[str]:
    """The parts that this process runs; a usage error where none is left to run."""
    chosen = chosen or PARTS
    parts = [one for one in PARTS if one in chosen and (one in (WATCH, DELIVER) or not once)]
    parts = [one for one in parts if web or one != WEB]
    if not parts:
        raise click.BadParameter(call.to.say("usage.no_part"), param_hint="--only")
    if call.app.settings.slack_app_token is None:
        parts = [one for one in parts if one != SLACK]
    if not parts:
        from state.model import Reason

        raise BadSettings(Reason.of("setting_socket"))
    return parts


def _run_once(call: Call, parts: Collection[str]) -> None:
    from watcher.commands.posts import sent_text
    from watcher.schedule import run_once

    looked, sent = run_once(call.app, parts)
    if WATCH in parts:
        show_looks(call, "table", looked)
    if DELIVER in parts:
        say(sent_text(sent, call.to))
    require_good(call, looked, len(call.app.sources) if WATCH in parts else 0)
    if sent.put_off or sent.given_up or sent.suspended:
        raise Failed(call.to.say("failed.owed"))


def _end_soon(code: int) -> None:
    """Ends the process in half a second although threads are at work that nobody waits for any more.

    Python waits for all of them: for a register that sends a byte a second, for a page that takes a minute.
    What they leave half-way is what a killed process leaves.
    """
    watch = Timer(0.5, os._exit, (code,))
    watch.daemon = True
    watch.start()


def _doors(call: Call, parts: Collection[str]) -> tuple[Door, ...]:
    """What people come in by: the pages with Slack's HTTP beside them, and Slack's socket."""
    from watcher.slack.doors.socket import socket_doors

    doors: tuple[Door, ...] = socket_doors(call.app) if SLACK in parts else ()
    if WEB not in parts:
        return doors
    from watcher.slack.doors.http import http_doors
    from watcher.web.serve import Pages

    slack = http_doors(call.app)
    return (Pages(call.app, [route for one in slack for route in one.routes]), *slack, *doors)


@click.command()
@pass_call
def mcp(call: Call) -> None:
    """Answer an assistant on standard input and output.

    Speaks the Model Context Protocol, read-only: who holds what, since when, until when, and how one knows.
    An assistant begins it and ends it by closing its input; standard output carries nothing but the protocol.
    """
    import anyio

    from watcher.web.assistants.server import serve_stdio

    call.app.open_store(create=False).close()  # a mistyped address is said before an assistant waits
    anyio.run(serve_stdio, call.app, call.lang)


COMMANDS = (run, mcp)
