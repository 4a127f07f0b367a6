"""Listens to a vigilabel watch and prints events as they are written; begun again, it goes on where it was.

    pip install ./clients/python
    VIGILABEL=https://labels.example.org python follow.py
"""

import os
from pathlib import Path

from vigilabel_client import Vigilabel

LAST = Path(os.environ.get("LAST", "last-heard"))

with Vigilabel(os.environ["VIGILABEL"]) as labels:
    for heard in labels.follow(after=LAST.read_text() if LAST.exists() else ""):
        event = heard.event
        said = f"taken back: {event.retracted.reason}" if event.retracted else event.kind
        print(event.id, said, event.label, event.provider.name, flush=True)
        LAST.write_text(heard.id)
