"""What a shell offers while a command is typed: names of providers, labels, kinds, sources and channels.

`eval "$(_VIGILABEL_COMPLETE=bash_source vigilabel)"` turns it on; there are `zsh_source` and `fish_source`.
Somebody waits with a finger on a key: no register is asked, and what cannot be read offers nothing and says
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from state.file.store import Store
    from watcher.settings import Settings

MOST = 100
"""How many names are offered: a screen holds fewer."""


def _settings(ctx: click.Context) -> Settings | None:
    """The settings in force; None where they cannot be used."""
    from watcher.errors import BadSettings
    from watcher.settings import load_settings

    given = ctx.find_root().params
    try:
        return load_settings(given["config"], state=given["state"])
    except BadSettings:
        return None


@contextmanager
def _memory(ctx: click.Context) -> Iterator[Store | None]:
    """The memory that the call would ask; None where there is none to be read."""
    from state.file.errors import StoreError
    from state.file.opening import open_store

    settings = _settings(ctx)
    if settings is None:
        yield None
        return
    try:
        with open_store(settings.state, create=False) as store:
            yield store
    except StoreError:
        yield None


def providers(ctx: click.Context, begun: str) -> Sequence[str]:
    """The slugs of providers, as commands take them: those that we know, on a list or not, and all listed."""
    from state.seen.who import spellings
    from state.seen.who.providers import load_providers

    with _memory(ctx) as store:
        listed = spellings.beginning(store, begun.lower(), MOST) if store else ()
        return sorted({*load_providers(store).reviewed, *listed})


def sources(_: click.Context, __: str) -> Iterable[str]:
    """The names of all sources, of states that are not watched too."""
    from scrapers import names

    return names()


def labels(_: click.Context, __: str) -> Iterable[str]:
    """The slugs of all labels, of those that are asked for together, and of families."""
    from state.words.labels import GROUPS, LABELS, TOGETHER

    return (*LABELS, *TOGETHER, *GROUPS)


def kinds(_: click.Context, __: str) -> Iterable[str]:
    """The kinds of events."""
    from state.model import Kind

    return (kind.value for kind in Kind)


def countries(_: click.Context, __: str) -> Iterable[str]:
    """The codes of the states that have a trusted list."""
    from state.words.countries import COUNTRIES

    return (code.lower() for code in COUNTRIES)


def channels(ctx: click.Context, _: str) -> Iterable[str]:
    """The channels that somebody subscribed to, those that the settings name, and those that need no id."""
    from notifiers.channels import KINDS
    from state.owed import subscriptions

    with _memory(ctx) as store:
        used = {one.channel for one in subscriptions.subscriptions(store)} if store else set()
    settings = _settings(ctx)
    used |= set(settings.channels) if settings else set()
    return (*sorted(used), *(kind.name for kind in KINDS if kind.takes(kind.name)))


def examined(ctx: click.Context, begun: str) -> Iterable[str]:
    """What `doctor` takes: sources, kinds of channels, all named channels, and each of them."""
    from notifiers.channels import KINDS

    settings = _settings(ctx)
    named = sorted(settings.channels) if settings else ()
    return (*sources(ctx, begun), *(kind.name for kind in KINDS), "channels", *named)


def words(ctx: click.Context, begun: str) -> Iterable[str]:
    """What a subscription takes: labels, kinds, providers."""
    return ("all", "high", "low", *labels(ctx, begun), *kinds(ctx, begun), *providers(ctx, begun))


Offer = Callable[[click.Context, str], Iterable[str]]
SAME = {
    "label": labels,
    "labels": labels,
    "kinds": kinds,
    "channel": channels,
    "operators": channels,
    "countries": countries,
}
OFFERED: dict[str, dict[str, Offer]] = {
    "alias": {"provider": providers, "source": sources},
    "doctor": {"name": examined},
    "documents": {"name": providers},
    "find": {"words": providers},
    "history": {"names": providers, "sources": sources},
    "import": {"source": sources},
    "provider": {"name": providers},
    "race": {"names": providers},
    "read": {"source": sources},
    "runs-on": {"provider": providers, "host": providers},
    "scrape": {"sources": sources},
    "subscribe": {"words": words},
    "was": {"provider": providers},
}
"""What is offered for the parameters of a command, beside those that mean the same in every one (`SAME`)."""


def completing(command: click.Command, name: str = "") -> click.Command:
    """The command, whose parameters offer what they take; of one with commands below it, all of them."""
    offered = SAME | OFFERED.get(name or command.name or "", {})
    for param in command.params:
        offer = offered.get(param.name or "")
        if offer is not None:
            param.shell_complete = _offering(offer)  # type: ignore[method-assign, assignment]
    for below in command.commands.values() if isinstance(command, click.Group) else ():
        completing(below, command.name or "")
    return command


def _offering(offer: Offer) -> Callable[[click.Context, str], list[CompletionItem]]:
    def complete(ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        found = (one for one in offer(ctx, incomplete) if one.lower().startswith(incomplete.lower()))
        return [CompletionItem(one) for one in dict.fromkeys(found)]

    return complete
