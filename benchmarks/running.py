"""The memory of `vigilabel run` with 1,000,000 events behind it, when every page was asked for once.

`PYTHONPATH=.:tests python benchmarks/running.py [FOLDER]`: FOLDER keeps the memory for another run. The
schedule runs as it does for anybody, with one register, on the loopback; the children that read its page are
processes of their own, and are not counted.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from http.client import HTTPConnection
from pathlib import Path

from benchmarks.attacked import Watch, watching
from benchmarks.long_life import long_life
from benchmarks.measured import head, row
from benchmarks.pages import BEFORE_MIB, MOST_MIB, PAGES, SIZES


def ask_everything(watch: Watch) -> None:
    for path in PAGES:
        line = HTTPConnection("127.0.0.1", watch.port, timeout=120)
        line.request("GET", path)
        answer = line.getresponse()
        answer.read()
        assert answer.status in (200, 503), (path, answer.status)
        line.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as room:
        kept, place = Path(sys.argv[1] if len(sys.argv) > 1 else room), Path(room)
        path, _ = long_life(kept / f"{max(SIZES)}.db", max(SIZES))
        shutil.copy(path, place / "watch.db")  # whoever runs writes to it
        with watching(place) as watch:
            began = watch.figure("VmHWM")
            ask_everything(watch)
            peak = watch.figure("VmHWM")
        head("`vigilabel run` at 1,000,000 events")
        row("memory before anybody asked", now=began, most=MOST_MIB, unit="MiB")
        row("memory after every page", now=peak, most=MOST_MIB, unit="MiB", before=BEFORE_MIB)


if __name__ == "__main__":
    main()
