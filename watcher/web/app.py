"""The pages, the API and the feeds, put together as one ASGI program.

What asks the memory is synchronous and runs in threads, each with a connection of its own; what asks nothing
is answered on the loop, which waits for none of them. Only this package reads requests; what an address holds
is looked up in the memory or in tables, never on the disk.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING

from anyio.to_thread import current_default_thread_limiter
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from state.codec import instant_text
from watcher.errors import Wait
from watcher.web.addresses import FILES, PAGES
from watcher.web.asked.parts import Parts
from watcher.web.asked.site import Screen, Served, Site
from watcher.web.data.checks import Checks, alive
from watcher.web.data.evidence import Evidence
from watcher.web.data.export import Export, latest
from watcher.web.data.live.stream import Stream
from watcher.web.data.scrapes import Scrapes
from watcher.web.drawing import ASSETS, draw
from watcher.web.edge.connections import STREAMS
from watcher.web.edge.guards import Guarded, Limit, tagged
from watcher.web.refusals import handlers, refused

if TYPE_CHECKING:
    from watcher.app import App
    from watcher.web.assistants.server import Assistants

THREADS = 4
QUEUE = 128
"""Requests that wait for a thread, some four seconds of work; whoever comes then is told so at once."""
BEHIND = "Vigilabel-As-Of"
"""Of when an answer is at least that a replica gave."""


def make_app(
    app: App,
    extra_routes: Sequence[BaseRoute] = (),
    *,
    limit: Limit | None = None,
    streams: int = STREAMS,
) -> Starlette:
    """The program that answers requests; `extra_routes` come first and are nobody's business here. So many
    may listen to what happens."""
    site = Site(app)
    stream = Stream(site, most=streams)
    live = Route("/api/v1/events/stream", stream, methods=["GET"])  # before the event of that number
    assistants = _assistants(app)
    web = Starlette(
        routes=[
            *extra_routes,
            live,
            *_at_mcp(assistants),
            *_at_install(app),
            *(Route(one.path, threaded(answering(site, one))) for one in (*PAGES, *FILES)),
            *_others(site),
        ],
        middleware=[
            # Level 9 takes twice the time, for three bytes in a hundred.
            Middleware(GZipMiddleware, minimum_size=1000, compresslevel=5),
            Middleware(Guarded, limit=limit or Limit(app.clock), refuse=refused),
        ],
        exception_handlers=handlers(),
        lifespan=partial(_lasting, assistants),
    )
    web.state.site, web.state.stream = site, stream
    web.router.redirect_slashes = False  # it would send a reader to the host that he named: see `unrouted`
    return web


def threaded(answer: Callable[[Request], Response]) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint that answers in one of the threads for it; raises `Wait` where too many wait for one."""

    async def endpoint(request: Request) -> Response:
        if current_default_thread_limiter().statistics().tasks_waiting >= QUEUE:
            raise Wait("crowded", 5)
        return await run_in_threadpool(answer, request)

    return endpoint


def _others(site: Site) -> list[Route]:
    """What is answered in its own way: a part at a time, without a memory, or after a look."""
    export, checks, evidence = Export(site), Checks(site), Evidence(site)
    return [
        Route("/history.csv", threaded(export.csv)),
        Route("/history.json", threaded(export.json)),
        Route("/api/v1/events/{number}/evidence", evidence, methods=["GET"]),
        Route("/was/{slug}/{label}/{day}/evidence", evidence, methods=["GET"]),
        Route("/api/v1/scrapes", Scrapes(site).look, methods=["POST"]),
        Route("/data/latest.zip", threaded(partial(latest, site))),
        Route("/healthz", alive),
        Route("/readyz", checks.ready),
        Route("/metrics", threaded(checks.metrics)),
        Route("/static/{name}", show_asset),
        Route("/favicon.ico", show_mark),
        Route("/robots.txt", show_robots),
    ]


def answering(site: Site, one: Served) -> Callable[[Request], Response]:

    def answer(request: Request) -> Response:
        asked = Parts(request.query_params)
        clean = asked.unmarked()
        if clean != asked:  # an address is shown and shared as ours alone
            return RedirectResponse(request.url.path + (f"?{clean}" if clean else ""), 302)
        asked.require(*one.known)
        with site.visit(request) as visit:
            found = one.answer(visit)
            answer = tagged(request, draw(visit, found) if isinstance(found, Screen) else found)
            if visit.behind is not None and visit.behind.of is not None:
                answer.headers[BEHIND] = instant_text(visit.behind.of)
            return answer

    return answer


@asynccontextmanager
async def _lasting(assistants: Assistants | None, app: Starlette) -> AsyncIterator[None]:
    """Answers a few requests at once: each has a connection of its own, and two cores do no more."""
    current_default_thread_limiter().total_tokens = THREADS  # of the loop, so it can be set no earlier
    async with assistants.run() if assistants else nullcontext():
        yield


def _assistants(app: App) -> Assistants | None:
    """What answers assistants; none where no token is set, and then nothing of it is loaded."""
    if not app.settings.api_tokens:
        return None
    from watcher.web.assistants.server import Assistants

    return Assistants(app)


def _at_mcp(assistants: Assistants | None) -> list[Route]:
    # By POST alone: nothing is told here unasked, so there is no stream to wait at.
    return [Route("/mcp", assistants, methods=["POST"])] if assistants else []


def _at_install(app: App) -> list[Route]:
    """Where workspaces install the app; nothing, and nothing of it loaded, where none may."""
    if not app.settings.many_workspaces:
        return []
    from watcher.web.install import BACK, INSTALL, Desk

    desk = Desk(app)
    return [
        Route(INSTALL, threaded(desk.show)),
        Route(BACK, threaded(desk.back)),
    ]


ROBOTS = """User-agent: *
Disallow: /api/
Disallow: /*.csv
Disallow: /*.json
Disallow: /*?
Allow: /*?lang=
Allow: /search?q=
Disallow: /search?q=*&
Crawl-delay: 2
"""
"""What search engines may read: every page as it stands, in each language, a search that somebody linked to,
and no list by somebody's filter, of which there is no end. What they are asked to leave is open to everybody
all the same."""


async def show_robots(_: Request) -> Response:
    return PlainTextResponse(ROBOTS, headers={"Cache-Control": "public, max-age=86400"})


async def show_mark(_: Request) -> Response:
    """Our mark where browsers, feed readers and Slack look for one that no page named."""
    mark = ASSETS["mark.svg"]
    return Response(mark.body, media_type=mark.type, headers={"Cache-Control": "public, max-age=86400"})


async def show_asset(request: Request) -> Response:
    """A file of the pages, by its name; its address changes with its content."""
    name = request.path_params["name"]
    if name not in ASSETS:
        raise HTTPException(404)
    asset = ASSETS[name]
    return Response(
        asset.body,
        media_type=asset.type,
        headers={"Cache-Control": "public, max-age=31536000, immutable"},
    )
