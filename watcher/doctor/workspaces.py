"""The workspaces that installed the app, as `doctor slack` tells them: from the memory, asking nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from notifiers.notifier import Probe
from state.file.errors import StoreError
from state.model import Reason, day_of
from state.owed import subscriptions
from state.workspaces import installations

if TYPE_CHECKING:
    from state.file.store import Store
    from state.workspaces.installations import Installation
    from watcher.app import App


def workspaces(app: App) -> Iterator[Probe]:
    """Each workspace: what it follows and where it hears of trouble, or why it cannot be reached."""
    if not app.settings.many_workspaces:
        return
    where = Reason.of("workspaces_at", address=f"{app.settings.address}/slack/install")
    yield Probe(what=Reason.of("probe_workspaces"), good=True, found=where)
    try:
        with app.open_store(create=False) as store:
            yield from [_found(app, store, one) for one in installations.everyone(store)]
    except StoreError:
        return  # no memory yet: nobody installed anything


def _found(app: App, store: Store, one: Installation) -> Probe:
    what = Reason.of("probe_workspace", name=one.name, workspace=one.id)
    if one.state != "active":
        why = one.reasons[0] if one.reasons else Reason.of("workspace_shut", workspace=one.name)
        fix = Reason.of("fix_workspace", address=f"{app.settings.address}/slack/install")
        return Probe(what=what, good=None, found=why, fix=fix)
    if app.workspaces.seal.open(one.id, one.sealed) is None:
        return Probe(what=what, good=False, found=Reason.of("workspace_sealed"), fix=Reason.of("fix_seal"))
    channels = subscriptions.channels_of(store, one.id)
    followed = sum(len(subscriptions.subscriptions(store, channel=each.id)) for each in channels)
    since = day_of(one.installed_at).isoformat()
    found = Reason.of("workspace_open", since=since, followed=followed, hears=one.hears)
    return Probe(what=what, good=True, found=found)
