"""Sets right what a clock ahead of time left behind: claims, leases and times that cannot be.

While such a clock ran, slots were claimed, messages leased and deliveries owed for days to come. Left alone,
they would stop the schedule and the sending until those days come.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from state.codec import instant_text

if TYPE_CHECKING:
    from state.file.store import Store

SOON = timedelta(hours=2)
"""No lease is longer; what is owed, claimed or planned afresh is so by the present time."""
PUT_OFF = timedelta(days=14)
"""No channel asks to be left alone for longer."""

FOUND = """select 1 from slot where planned > :soon
    union all select 1 from lease where until > :soon
    union all select 1 from delivery where message is null and withdrawn is null and due > :soon
    union all select 1 from message where state = 'sending' and lease_until > :soon
    union all select 1 from message where state = 'due' and (due > :far or (tries = 0 and due > :soon))
    union all select 1 from channel where not_before > :far limit 1"""
MENDED = (
    "delete from slot where planned > :soon",
    "delete from lease where until > :soon",
    "update delivery set due = :now where message is null and withdrawn is null and due > :soon",
    "update message set lease_until = :now where state = 'sending' and lease_until > :soon",
    """update message set due = :now
        where state = 'due' and (due > :far or (tries = 0 and due > :soon))""",
    "update channel set not_before = null where not_before > :far",
)


def set_right(store: Store, now: datetime) -> bool:
    """Frees what is claimed, leased or due beyond what `now` allows; whether there was any."""
    times = {"now": now, "soon": now + SOON, "far": now + PUT_OFF}
    texts = {name: instant_text(at) for name, at in times.items()}
    if not store.q(FOUND, **{name: texts[name] for name in ("soon", "far")}):
        return False
    with store.transaction():
        for statement in MENDED:
            store.q(statement, **{name: text for name, text in texts.items() if f":{name}" in statement})
    return True
