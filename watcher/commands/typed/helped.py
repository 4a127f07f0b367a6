"""What `--help` shows: commands by what people come for, in the language of the call.

In English a command says of itself what its code says, and nothing is loaded; another language has the same
in its catalogue: `command.alias.add`, `option.history.since`, or `option.form` for all that have the option.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from inspect import cleandoc
from typing import TYPE_CHECKING

import click

from watcher.commands.typed.values import ENGLISH, lang_of, voice_in

if TYPE_CHECKING:
    from notifiers.said.voice import Voice

GROUPS = (
    ("helped.ask", "Ask:", "find was provider listing race history compare why sources mcp"),
    (
        "helped.act",
        "Act:",
        "subscribe subscriptions unsubscribe pause digest quiet lang resume redeliver retract approve forget"
        " alias runs-on documents",
    ),
    (
        "helped.watch",
        "Watch:",
        "init demo run scrape deliver bounced doctor read import backup restore copy",
    ),
    ("helped.prove", "Prove:", "evidence verify replay bundle"),
)
"""Every command in the group of what it is for, the one that most people want first."""


class Sheet(click.HelpFormatter):
    """Headings as they are given: where a colon stands depends on the language."""

    def write_heading(self, heading: str) -> None:
        self.write(f"{'':>{self.current_indent}}{heading}\n")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of help in one language; `said` is None for English, which the code holds."""

    path: str
    said: Voice | None

    def __call__(self, key: str, english: str, /, **gaps: object) -> str:
        if self.said is None or key not in self.said.texts:
            return english.format(**gaps) if gaps else english
        return self.said(key, **gaps)

    def command(self, command: click.Command, below: str = "") -> str:
        """What a command says of itself; `below` names one of a group."""
        key = ".".join(filter(None, (self.path, below)))
        return self(f"command.{key or command.name}", cleandoc(command.help or ""))

    def option(self, name: str, english: str) -> str:
        shared = self(f"option.{name}", english)
        return self(f"option.{self.path or 'vigilabel'}.{name}", shared)


def help_text(ctx: click.Context) -> str:
    """The help of a command."""
    lang = lang_of(ctx)
    words = Words(".".join(ctx.command_path.split()[1:]), None if lang == ENGLISH else voice_in(ctx))
    out = Sheet(width=ctx.terminal_width, max_width=ctx.max_content_width)
    usage = " ".join(ctx.command.collect_usage_pieces(ctx))
    out.write_usage(ctx.command_path, usage, prefix=words("helped.usage", "Usage: "))
    out.write_paragraph()
    with out.indentation():
        out.write_text(words.command(ctx.command))
    with out.section(words("helped.options", "Options:")):
        out.write_dl(list(_options(ctx, words)))
    if isinstance(ctx.command, click.Group):
        _write_commands(ctx.command, ctx, out, words)
    return out.getvalue().rstrip("\n")


def _options(ctx: click.Context, words: Words) -> Iterator[tuple[str, str]]:
    for param in ctx.command.get_params(ctx):
        record = param.get_help_record(ctx)
        if record is not None and isinstance(param, click.Option):
            name = "help" if param in (ctx.command.get_help_option(ctx),) else str(param.name)
            said = (words.option(name, param.help or ""), _more(param, ctx, words))
            yield record[0], "  ".join(filter(None, said))


def _more(option: click.Option, ctx: click.Context, words: Words) -> str:
    extra = option.get_help_extra(ctx)
    found = (
        words("helped.default", "default: {value}", value=extra["default"]) if "default" in extra else "",
        extra.get("range", ""),
        words("helped.required", "required") if "required" in extra else "",
    )
    shown = "; ".join(filter(None, found))
    return f"[{shown}]" if shown else ""


def _write_commands(group: click.Group, ctx: click.Context, out: Sheet, words: Words) -> None:
    names = group.list_commands(ctx)
    widest = max(map(len, names))
    groups = [(key, english, said.split()) for key, english, said in GROUPS if ctx.parent is None]
    grouped = {name for _, _, those in groups for name in those}
    # one that nobody grouped is shown as well
    rest = ("helped.commands", "Commands:", [name for name in names if name not in grouped])
    for key, english, those in (*groups, rest):
        if those:
            with out.section(words(key, english)):
                out.write_dl([(name.ljust(widest), _short(group, name, ctx, words)) for name in those])


def _short(group: click.Group, name: str, ctx: click.Context, words: Words) -> str:
    command = group.get_command(ctx, name)
    assert command is not None  # noqa: S101 -- a test holds that every name is one
    return words.command(command, name).partition("\n\n")[0].replace("\n", " ")
