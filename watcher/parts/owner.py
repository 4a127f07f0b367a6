"""Who holds a claim: a process, named so that people find it, and so that no other ever has its name.

Machine and pid do not do: two containers of one host may both be called after it and run as process 1, and a
pid is given anew. So the name ends with where pids are counted, and when the process began.
"""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from uuid import uuid4


def owner_of(pid: int) -> str:
    """The name of a process of this machine: `machine:pid:where-when`."""
    return f"{socket.gethostname()}:{pid}:{_place()}-{_begun(pid) or uuid4().hex[:8]}"


def gone(owner: str) -> bool:
    """Whether an owner was a process of this machine that is no more: killed, it gave nothing back."""
    host, pid, mark = (*owner.rsplit(":", 2), "", "")[:3]
    place, _, begun = mark.partition("-")
    if host != socket.gethostname() or place != _place() or not pid.isdigit():
        return False  # of another machine, or a container of its own, nothing can be told
    return _begun(int(pid)) != begun if _begun(os.getpid()) else not _runs(int(pid))


def spoken(owner: str) -> tuple[str, int]:
    """The machine and the process, as people look for them; 0 where the name says none."""
    host, pid, _ = (*owner.rsplit(":", 2), "", "")[:3]
    return (host, int(pid)) if pid.isdigit() else (owner, 0)


def _place() -> str:
    """Where pids are counted: this boot of this machine, and the room that a container has of its own."""
    with suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text()
        return sha256(f"{boot}{os.readlink('/proc/self/ns/pid')}".encode()).hexdigest()[:8]
    return "0"


def _begun(pid: int) -> str:
    """When a process began, in ticks since the machine did; "" where there is none, or nobody says."""
    with suppress(OSError, IndexError):
        # Behind the name in brackets, which may hold anything: the state, and 18 numbers before this one.
        state, *numbers = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return "" if state in "ZX" else numbers[18]  # a zombie holds nothing any more
    return ""


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # it is somebody else's, and alive
    return True
