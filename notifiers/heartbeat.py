"""The dead man's handle: an address that is called while all is well, and raises the alarm when it is not."""

from __future__ import annotations

import http.client
import logging
import urllib.error
import urllib.request
from dataclasses import dataclass, field

logger = logging.getLogger(__name__)

TIMEOUT = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """Calls one address, which is a secret: whoever knows it can keep the alarm silent."""

    url: str = field(repr=False)
    timeout: int = TIMEOUT
    proxy: str | None = field(default=None, repr=False)

    def ping(self) -> bool:
        """Whether the address answered; a call that failed is logged without the address, and made again
        at the next beat."""
        try:
            with self._opener().open(self.url, timeout=self.timeout) as reply:
                return bool(200 <= reply.status < 300)
        except (urllib.error.URLError, OSError, http.client.HTTPException, ValueError) as error:
            logger.warning("the heartbeat was not taken (%s)", type(error).__name__)
            return False

    def _opener(self) -> urllib.request.OpenerDirector:
        """Opens by the proxy that it is given, and by none of the environment's."""
        by = {} if self.proxy is None else {"http": self.proxy, "https": self.proxy}
        return urllib.request.build_opener(urllib.request.ProxyHandler(by))
