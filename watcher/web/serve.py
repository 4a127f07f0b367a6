"""Serves the pages beside the schedule, in one process: a server in a thread of its own."""

from __future__ import annotations

import gc
import logging
import socket
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

import uvicorn
from starlette.routing import BaseRoute

from watcher.web.app import make_app

if TYPE_CHECKING:
    from watcher.app import App
    from watcher.web.edge.guards import Limit

logger = logging.getLogger(__name__)

GRACE = 5
"""Seconds that answers under way have to finish when the server stops."""


class Pages:
    """The server of one process; `start` returns when it listens, `stop` when the last answer is sent."""

    def __init__(
        self, app: App, extra_routes: Sequence[BaseRoute] = (), *, limit: Limit | None = None
    ) -> None:
        settings = app.settings
        self._place = (settings.host, settings.port)
        config = uvicorn.Config(
            make_app(app, extra_routes, limit=limit),
            access_log=False,
            # uvicorn would set up logging anew, over that of the watch.
            log_config=None,
            server_header=False,
            forwarded_allow_ips=settings.proxies,
            timeout_graceful_shutdown=GRACE,
        )
        self._server = uvicorn.Server(config)
        self._thread: threading.Thread | None = None
        self.port = settings.port

    def start(self) -> None:
        """Listens and serves; raises `OSError` where the port is taken or the host is not ours."""
        family = socket.AF_INET6 if ":" in self._place[0] else socket.AF_INET
        # Made here and not by uvicorn, which would end the process, and in a thread, where a port is taken.
        listening = socket.create_server(self._place, family=family, backlog=128)
        self.port = listening.getsockname()[1]
        spare_what_stays()
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listening]}, name="pages", daemon=True
        )
        self._thread.start()
        logger.info("pages at http://%s:%s/", self._place[0], self.port)

    def stop(self) -> None:
        """Takes no new request, and ends when those under way are answered, after `GRACE` seconds at most."""
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(timeout=GRACE + 5)


def spare_what_stays() -> None:
    """Leaves modules and templates, which stay to the end, out of the searches for cycles that pages set off.

    A page makes thousands of small values; to look through all that was ever loaded meanwhile took a fifth of
    its time.
    """
    gc.collect()
    gc.freeze()
