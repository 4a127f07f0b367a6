"""What events were for labels together, as pages, feeds and answers tell them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from state.words.labels import TOGETHER
from watcher.tell.turned import joints_of, turned, undone

if TYPE_CHECKING:
    from state.file.store import Store
    from state.model import Event, Reason
    from state.words.post import Retraction
    from watcher.tell.want import Joint


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """What one event was for labels together; `gone`: that what it rests on was taken back."""

    joint: Joint
    gone: Retraction | None = None

    @property
    def reason(self) -> Reason:
        """What it says, as data."""
        return self.joint.reason


def joined(
    store: Store, labels: Collection[str], events: Sequence[Event]
) -> Mapping[int, tuple[Joined, ...]]:
    """What some events were for labels together, by their number; of those alone the log is opened."""
    shown, many = {event.id for event in events}, [label for label in labels if label in TOGETHER]
    found = [one for label in many for one in turned(store, label) if one.event in shown] if shown else []
    told, gone = joints_of(store, found), undone(store, found)
    by_event: defaultdict[int, tuple[Joined, ...]] = defaultdict(tuple)
    for one in found:
        by_event[one.event] = (*by_event[one.event], Joined(joint=told[one], gone=gone.get(one)))
    return by_event
