"""The command `doctor`: what an operator runs on day one, and when something breaks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from watcher.call import Call, data, pass_call, print_line, say, working
from watcher.commands.typed.values import FilePath, OneOf
from watcher.errors import Failed


@click.command()
@click.argument("name", metavar="SOURCE")
@click.argument("files", metavar="[FILE]...", nargs=-1, type=FilePath(exists=True, path_type=Path))
@click.option(
    "--save",
    metavar="DIR",
    type=FilePath(file_okay=False, path_type=Path),
    help="Keep the pages in a new directory, as a fixture ready for a test.",
)
@click.option(
    "--format",
    "form",
    type=OneOf(["table", "json"]),
    default="table",
    show_default=True,
    help="A report for people; one JSON array of one object for programs.",
)
@pass_call
def doctor(call: Call, name: str, files: tuple[Path, ...], save: Path | None, form: str) -> None:
    """Show what a register answers and what is understood of it.

    Step by step, and with what to do. With FILE, or a directory that --save wrote, the same for saved pages.
    Nothing is stored or told. Exits with 1 when the reading would not be believed as it is. `doctor slack`
    checks the doors of Slack instead: tokens, scopes, channels, and a test message to operators; `doctor
    webhook` and `doctor console` the other ways to tell people; `doctor channels` sends a test message to
    each channel that the settings name, and `doctor NAME` to one of them. `doctor parts` says which processes
    run which part of the watch; `doctor state` what keeps the memory, who is at it, and what is wrong.
    """
    from notifiers import channels
    from watcher.doctor.channels import examine_channels, examine_named
    from watcher.doctor.parts import examine_parts
    from watcher.doctor.probes import examine_memory

    _tell_of_open_memory(call)
    named = call.app.settings.channels
    if name == "state":
        examine_memory(call, form)
    elif name == "parts":
        examine_parts(call, form)
    elif name == "channels":
        examine_named(call, form, sorted(named))
    elif name in named and name not in call.app.sources:
        examine_named(call, form, [name])
    elif kind := next((one for one in channels.KINDS if one.name == name), None):
        examine_channels(call, kind, form)
    else:
        _examine_source(call, name, files, save, form)


def _examine_source(call: Call, name: str, files: Sequence[Path], save: Path | None, form: str) -> None:
    from state.seen.who.providers import load_providers
    from watcher.ask.views.form import json_of
    from watcher.doctor.report import report
    from watcher.doctor.shape import examination_view
    from watcher.doctor.visit import examine
    from watcher.said.drawn.table import json_text

    with working(call, "asking", source=name):
        examination = examine(call, name, save, files)
    if form == "json":
        data(json_text([json_of(examination_view(examination, load_providers()))]) + "\n")
    else:
        print_line(report(examination, call.to).removesuffix("\n"))
    if not examination.findings.good:
        raise Failed(call.to.say("failed.doubted", name=name))


def _tell_of_open_memory(call: Call) -> None:
    """Says on standard error that anybody on this machine may read who subscribed to what."""
    from state.file.opening import file_of, open_to_others

    state = call.app.settings.state
    if open_to_others(state):
        say(call.to.say("told.open_memory", state=file_of(state)))


COMMANDS = (doctor,)
