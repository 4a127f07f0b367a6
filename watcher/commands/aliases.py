"""Commands about who is who: the aliases that an operator reviewed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from watcher.call import Call, as_typed, pass_call, print_line, show
from watcher.commands.typed.values import Labels, format_option
from watcher.errors import Failed

if TYPE_CHECKING:
    from state.file.store import Store

SOURCE = click.option("--source", required=True, metavar="S", help="The source that prints the name.")
LABEL = click.option(
    "--label", "labels", required=True, type=Labels(), metavar="L", help="The label it is printed for."
)
REASON = click.option("--reason", required=True, metavar="TEXT", help="Why; kept on record.")


@click.group()
def alias() -> None:
    """Say which printed names are which provider.

    Reviewed judgements, reversible, never guesses.
    """


@alias.command()
@click.argument("provider")
@click.argument("name")
@SOURCE
@LABEL
@REASON
@pass_call
def add(call: Call, provider: str, name: str, source: str, labels: tuple[str, ...], reason: str) -> None:
    """Settle that NAME is PROVIDER, a slug.

    NAME is as a source prints it for a label. Every row it was printed in is PROVIDER's from now on; the log
    of events keeps the names it was written with.
    """
    from state.seen.who import providers

    register, now = call.source(source).name, call.clock()
    settled = {"provider": provider, "name": name, "source": register, "reason": reason}
    with call.app.open_store(create=False) as store, store.transaction():
        for label in labels:
            providers.add_alias(store, label=label, now=now, **settled)
        moved, say = _restamp(call, store), call.to.say
        print_line(say("alias.added", name=name, provider=provider, source=source, rows=moved))


@alias.command()
@click.argument("provider")
@click.argument("name")
@SOURCE
@LABEL
@REASON
@pass_call
def remove(call: Call, provider: str, name: str, source: str, labels: tuple[str, ...], reason: str) -> None:
    """Take back that NAME is PROVIDER.

    Both judgements stay on record.
    """
    from state.seen.who import providers

    settled = {"provider": provider, "name": name, "source": source, "reason": reason}
    with call.app.open_store(create=False) as store, store.transaction():
        try:
            for label in labels:
                providers.remove_alias(store, label=label, now=call.clock(), **settled)
        except LookupError as error:
            say = call.to.say
            where = {"provider": provider, "source": source, "label": label}
            raise Failed(say("failed.no_alias", found=as_typed(name, say), **where)) from error
        moved, say = _restamp(call, store), call.to.say
        print_line(say("alias.removed", name=name, provider=provider, source=source, rows=moved))


def _restamp(call: Call, store: Store) -> int:
    from state.noted import documents
    from state.seen.rows import listings
    from state.seen.who import registered
    from state.seen.who.providers import load_providers
    from watcher.commands.documents import whose

    known = load_providers(store)
    return listings.restamp(store, registered.whose(store, known)) + documents.restamp(
        store, whose(known, call.app.sources.values())
    )


@alias.command("list")
@format_option
@pass_call
def list_(call: Call, form: str) -> None:
    """List the aliases that operators added.

    The shipped ones are in `state/seen/who/providers.toml`.
    """
    from state.seen.who import providers
    from watcher.ask.views.form import columns, each_json
    from watcher.ask.views.owed import Alias, alias_view
    from watcher.said.drawn.table import Table

    with call.app.open_store(create=False) as store:
        found = providers.added_aliases(store)
    views, say = [alias_view(one) for one in found], call.to.say
    dated = (
        {**one, "added_at": say.moment(told.at)} for one, told in zip(each_json(views), found, strict=True)
    )
    heads = tuple(say.each("column", name) for name in columns(Alias))
    rows = [[*one.values()] for one in dated]
    show(
        form,
        lambda: views,
        Alias,
        lambda: Table(columns=heads, rows=rows, empty=say("alias.none")),
    )


COMMANDS = (alias,)
