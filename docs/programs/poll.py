"""Asks a vigilabel watch what is new since the last time, and prints it: for a timer, every few minutes.

    pip install ./clients/python
    VIGILABEL=https://labels.example.org python poll.py
"""

import os
from pathlib import Path

from vigilabel_client import Vigilabel

LAST = Path(os.environ.get("LAST", "last-event"))

with Vigilabel(os.environ["VIGILABEL"]) as labels:
    if LAST.exists():
        fresh = labels.events_after(int(LAST.read_text()))
    else:  # the first time: from here on
        newest = next(labels.events(), None)
        LAST.write_text(str(newest.id if newest else 0))
        fresh = []
    for event in fresh:
        print(event.id, event.kind, event.label, event.provider.name, event.valid_until or "")
        LAST.write_text(str(event.id))  # after each: what was printed is not printed twice
