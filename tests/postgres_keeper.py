"""Runs a server until whoever began this program closes its pipe, which their death does too; then nothing of
the server is left.

Called with the folder of the server, the user and the group that it runs as ("" for ours), and the command.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any


def keep(room: str, user: str, group: str, *command: str) -> None:
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)  # meant for the tests, which still need it
    as_whom: dict[str, Any] = {"user": int(user), "group": int(group), "extra_groups": []} if user else {}
    with Path(room, "log").open("wb") as log:
        server = subprocess.Popen(
            command, cwd=room, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **as_whom
        )
    sys.stdin.buffer.read()
    server.send_signal(signal.SIGQUIT)  # at once: nothing of it is kept
    server.wait()
    shutil.rmtree(room, ignore_errors=True)


if __name__ == "__main__":
    keep(*sys.argv[1:])
