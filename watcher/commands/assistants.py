"""The command that answers assistants: mcp."""

from __future__ import annotations

import click

from watcher.call import Call, pass_call


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


COMMANDS = (mcp,)
