"""`vigilabel doctor slack`: whether Slack's doors can open, step by step, and what to fix."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from watcher.call import Call, data
from watcher.errors import Failed

if TYPE_CHECKING:
    from watcher.slack.doors.checkup import Step

MARKS = {True: "ok", False: "WRONG", None: "-"}


def examine_slack(call: Call, form: str) -> None:
    """Prints what was found; fails when something must be fixed."""
    from notifiers.said.printed import clean
    from watcher.said.table import json_text

    steps = _steps(call)
    if form == "json":
        data(json_text([asdict(step) for step in steps]) + "\n")
    else:
        for step in steps:
            click.echo(f"{MARKS[step.good]:5}  {step.what}: {clean(step.found)}")
            if step.fix:
                click.echo(f"       -> {step.fix}")
    if wrong := [step.what for step in steps if step.good is False]:
        raise Failed(f"slack: to be fixed: {', '.join(wrong)}")


def _steps(call: Call) -> tuple[Step, ...]:
    from state.file.errors import StoreError
    from watcher.slack.doors.checkup import checkup
    from watcher.slack.workspace import workspace_of

    workspace = workspace_of(call.app)
    try:
        store = call.app.open_store(create=False)
    except StoreError:  # no memory yet: only the channels of subscriptions are unknown
        return checkup(call.app.settings, None, workspace)
    with store:
        return checkup(call.app.settings, store, workspace)
