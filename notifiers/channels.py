"""The kinds of channels: one entry each, which commands, settings, delivery and `doctor` read.

A new kind is a module (`notifiers.notifier.Maker`) and its entry here: in `KINDS` where its channels need no
name, in `NAMED` where operators name them in their settings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from notifiers.given import Reader, Unfit, address, one_of, require_known, secret, signing, switch
from state.model import Reason
from state.words.post import WORKSPACE

if TYPE_CHECKING:  # commands read this table to say what they take, and load nothing else of a channel
    from notifiers.notifier import Maker, NamedChannel

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
"""How a channel is named in settings: as it is typed, and no Slack id, which are of capitals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelKind:
    """One kind of channel: `doctor NAME` examines it.

    A channel of this kind is written as `pattern` says; `form` and `hint` tell a person how. `load` gives
    the module of its notifier, which is loaded only where something is sent or examined.
    """

    name: str
    pattern: str
    form: str
    load: Callable[[], Maker]
    hint: str = ""

    def takes(self, channel: str) -> bool:
        """Whether a channel is written as one of this kind."""
        return re.fullmatch(self.pattern, channel) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedKind:
    """One kind of channel that operators name: `[channels.NAME]` with this `kind`.

    `url` reads its address, None where it has none. `options` are its other keys with what reads them. Of
    each of `needs` one must be there: "url", or "url|to" for either. `load` gives the module whose `make` and
    `probe` take it as `Means.named`. `check` raises `Unfit` for keys that do not go together. `singly`: its
    channels are programs, which get one event a message, each only after the one before it.
    """

    name: str
    load: Callable[[], Maker]
    url: Reader | None = None
    options: Mapping[str, Reader] = field(default_factory=dict)
    needs: tuple[str, ...] = ("url",)
    check: Callable[[NamedChannel], None] = lambda _: None
    singly: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """All that can be set of a channel of this kind."""
        return ("kind", *(("url",) if self.url else ()), *self.options)


def _console() -> Maker:
    from notifiers.console import notifier

    return notifier


def _webhook() -> Maker:
    from notifiers.slack import webhook

    return webhook


def _hook() -> Maker:
    from notifiers.webhook import notifier

    return notifier


def _slack() -> Maker:
    from notifiers.slack import notifier

    return notifier


def _apprise() -> Maker:
    from notifiers.apprise import notifier

    return notifier


def _mail() -> Maker:
    from notifiers.mail import notifier

    return notifier


KINDS = (
    ChannelKind(name="console", pattern="console", form="`console`", load=_console),
    ChannelKind(name="webhook", pattern="webhook", form="`webhook`", load=_webhook),
    ChannelKind(
        name="slack",
        pattern=f"(?:{WORKSPACE.pattern}/)?[CGD][A-Z0-9]+",
        form="a Slack channel id",
        hint="such as C0123ABCD, which stays when a channel is renamed (in Slack: at the bottom of the "
        "channel's details)",
        load=_slack,
    ),
)
"""Every kind; the last one takes what is written like none of them, since settings may name any channel."""


def _teams() -> Maker:
    from notifiers.teams import notifier

    return notifier


def _mattermost() -> Maker:
    from notifiers.mattermost import notifier

    return notifier


def _matrix() -> Maker:
    from notifiers.matrix import notifier

    return notifier


def _ntfy() -> Maker:
    from notifiers.ntfy import notifier

    return notifier


def _workflow(given: object) -> str:
    """The webhook of a workflow; a connector of before says 200 to what it drops, and nobody would know."""
    found = address("https", "http")(given)
    if found.split("/")[2].endswith((".webhook.office.com", "outlook.office.com")):
        raise Unfit.of("setting_connector")
    return str(found)


def _written(pattern: str, refused: str) -> Reader:
    """Reads what is written so: the group of the pattern, where it has one. What was found is not repeated:
    the name of an open topic, or an address, is a secret."""

    def read(given: object) -> str:
        found = re.fullmatch(pattern, str(given).strip())
        if found is None:
            raise Unfit.of(refused)
        return found[found.re.groups]

    return read


_SLACK_PLACE = _written(r"(?:https://\S+/archives/)?([CGDUW][A-Z0-9]+)/?", "setting_slack_place")
"""The id of a channel or member, alone or at the end of the link that Slack copies."""


def _over_tls(channel: NamedChannel) -> None:
    """Events go in the clear only where an operator allows what is no part of the internet."""
    if not channel.url.startswith("https:") and not channel.options.get("allow_private"):
        raise Unfit({"url": Reason.of("setting_https")})


def _of_mail(reader: str) -> Callable[[Any], Any]:
    """A reader of the mail room, which is loaded where a mail channel is set and nowhere else."""

    def read(given: Any) -> Any:
        from notifiers.mail import server

        return getattr(server, reader)(given)

    return read


NAMED: tuple[NamedKind, ...] = (
    NamedKind(
        name="slack",
        url=_SLACK_PLACE,
        options={"to": _SLACK_PLACE, "secret": secret},
        needs=("url|to",),
        load=_slack,
    ),
    NamedKind(name="slack-webhook", url=address("https", "http"), load=_webhook),
    NamedKind(
        name="webhook",
        url=address("https", "http"),
        options={"secret": signing, "allow_private": switch},
        needs=("url", "secret"),
        check=_over_tls,
        singly=True,
        load=_hook,
    ),
    NamedKind(name="teams", url=_workflow, load=_teams),
    NamedKind(name="mattermost", url=address("https", "http"), load=_mattermost),
    NamedKind(
        name="matrix",
        url=address("https", "http"),
        # The identifier of a room: an alias can be made to lead to another.
        options={"to": _written(r"!\S{1,254}", "setting_room"), "secret": secret},
        needs=("url", "to", "secret"),
        load=_matrix,
    ),
    NamedKind(
        name="ntfy",
        url=address("https", "http"),
        # https://docs.ntfy.sh/publish/#picking-a-topic
        options={"to": _written(r"[-_A-Za-z0-9]{1,64}", "setting_topic"), "secret": secret},
        needs=("url", "to"),
        load=_ntfy,
    ),
    # As far as the form tells: Apprise itself is asked when it is used.
    NamedKind(
        name="apprise", url=_written(r"[A-Za-z][A-Za-z0-9+.-]*://\S+", "setting_apprise"), load=_apprise
    ),
    NamedKind(
        name="mail",
        url=_of_mail("read_url"),
        options={
            "from": _of_mail("read_author"),
            "to": _of_mail("read_recipients"),
            "starttls": one_of(("offered", "required", "never")),
        },
        needs=("url", "from", "to"),
        check=_of_mail("check"),
        load=_mail,
    ),
)
"""Every kind that settings can name."""


def kind_of(channel: str) -> ChannelKind:
    return next((kind for kind in KINDS if kind.takes(channel)), KINDS[-1])


def known(channel: str) -> bool:
    """Whether a channel is written as one of some kind."""
    return any(kind.takes(channel) for kind in KINDS)


def looks_named(channel: str) -> bool:
    """Whether a channel is written as one that settings name, and could be of no other kind."""
    return NAME.fullmatch(channel) is not None and not known(channel)


def named_kind(name: str) -> NamedKind:
    return next(kind for kind in NAMED if kind.name == name)


def read_channel(name: str, given: object) -> NamedChannel:
    """A channel as the settings name it; raises `Unfit`, naming all that its kind cannot use."""
    from notifiers.notifier import NamedChannel

    if isinstance(given, NamedChannel):
        return given
    _check_name(name)
    if not isinstance(given, Mapping):
        raise Unfit.of("channel_table")
    kind = _kind_in(given)
    require_known(given, kind.keys)
    readers = {**({"url": kind.url} if kind.url else {}), **kind.options}
    read: dict[str, Any] = {}
    problems = {
        keys.partition("|")[0]: Reason.of("setting_missing", kind=kind.name, keys=keys.replace("|", ", "))
        for keys in kind.needs
        if given.keys().isdisjoint(keys.split("|"))
    }
    for key in given.keys() & readers.keys():
        try:
            read[key] = readers[key](given[key])
        except Unfit as error:
            problems |= error.under(key)
    if problems:
        raise Unfit(problems)
    channel = NamedChannel(name=name, kind=kind.name, url=read.pop("url", ""), options=read)
    kind.check(channel)
    return channel


def _check_name(name: str) -> None:
    if known(name) or name in {kind.name for kind in KINDS}:
        raise Unfit.of("channel_name_taken", found=name)
    if not NAME.fullmatch(name):
        raise Unfit.of("channel_name", found=name)


def _kind_in(given: Mapping[str, Any]) -> NamedKind:
    kinds = [kind.name for kind in NAMED]
    if "kind" not in given:
        raise Unfit({"kind": Reason.of("setting_kind_missing", known=", ".join(kinds))})
    try:
        return named_kind(one_of(kinds)(given["kind"]))
    except Unfit as error:
        raise Unfit(error.under("kind")) from None
