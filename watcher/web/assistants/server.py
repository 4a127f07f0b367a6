"""The server of the Model Context Protocol: on standard input and output, or below the pages.

Only what speaks the protocol loads its library, which takes as long as all the rest.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from mcp.server import Server, ServerRequestContext
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp_types import (
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
    ToolAnnotations,
)
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from notifiers.said.voice import voice
from watcher.errors import Trouble
from watcher.web.asked.site import Site
from watcher.web.assistants.answers import answered
from watcher.web.assistants.tools import ANSWER, TOOLS
from watcher.web.data.scrapes import require_token

if TYPE_CHECKING:
    from watcher.app import App


THREADS = 2
"""Questions answered at one time: pages keep their threads."""
LONGEST = 2**16
"""Bytes of a request: a question is a line."""
READS = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
Context = ServerRequestContext[Any]


def make_server(app: App, lang: str) -> Server[Any]:
    """The server, which speaks a language unless a question names another."""
    site, threads = Site(app), CapacityLimiter(THREADS)

    async def listed(_: Context, __: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=tools(lang))

    async def called(_: Context, asked: CallToolRequestParams) -> CallToolResult:
        found = await run_sync(answered, site, asked.name, asked.arguments or {}, lang, limiter=threads)
        texts = [found.text] if found.wrong else [found.text, found.json]
        content = [TextContent(text=text) for text in texts]
        return CallToolResult(content=[*content], structured_content=found.data, is_error=found.wrong)

    return Server(
        "vigilabel",
        version=version("vigilabel"),
        title="vigilabel",
        instructions=voice(lang)("assistant.instructions"),
        website_url=app.settings.address or None,
        on_list_tools=listed,
        on_call_tool=called,
    )


def tools(lang: str) -> list[Tool]:
    return [
        Tool(
            name=one.name,
            title=one.title(lang),
            description=one.description(lang),
            input_schema=one.schema,
            output_schema=ANSWER,
            annotations=READS.model_copy(update={"title": one.title(lang)}),
        )
        for one in TOOLS
    ]


async def serve_stdio(app: App, lang: str) -> None:
    """Answers on standard input and output until the input ends."""
    server = make_server(app, lang)
    async with stdio_server() as (reads, writes):
        await server.run(reads, writes, server.create_initialization_options())


class Assistants:
    """The endpoint `/mcp`: each request is answered by itself, and nothing is kept of it."""

    def __init__(self, app: App) -> None:
        self._tokens = app.settings.api_tokens
        self._server = make_server(app, app.settings.lang)
        self._sessions: StreamableHTTPSessionManager | None = None

    @asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """Answers as long as this lasts."""
        self._sessions = StreamableHTTPSessionManager(
            self._server, json_response=True, stateless=True, max_request_body_size=LONGEST
        )
        async with self._sessions.run():
            yield

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        require_token(Request(scope), self._tokens)
        if self._sessions is None:
            raise Trouble("fault")
        await self._sessions.handle_request(scope, receive, send)
