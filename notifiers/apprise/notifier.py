"""Telling people through Apprise: one address of one of its services is one channel (`vigilabel[apprise]`).

Apprise knows how each service is spoken to, and how long a message may be there. What it does beside that is
not wanted: it hands 800,000 characters to a service as one message, tries again by itself, and calls a
message taken that nobody took where its address says `optional=yes`. What became of a message it tells as yes
or no; the status stands in what it logs, as data.
"""

from __future__ import annotations

import json
import logging
import threading
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from notifiers.notifier import DeliveryError, Means, OnlyTakes, Probe, Unset, tested
from notifiers.said.digest import matched
from notifiers.said.parts import HEAD, Part, body, parts, plain, plain_passage
from notifiers.said.voice import size, unbroken
from notifiers.wire.call import Answer, refusal
from notifiers.wire.posted import Posted
from state.model import Reason

if TYPE_CHECKING:
    from apprise.plugins.base import NotifyBase

    from state.words.post import Message, Receipt

INSTALL = "pip install 'vigilabel[apprise]'"
DEADLINE = 30.0
"""Seconds for one part: a service that answers no more holds its thread, and nobody who waits for it."""
BUSY = 60.0
"""Seconds until the next attempt where a service asks to wait: Apprise does not say for how long."""
SHORT, WHOLE = 1_000, 10**6
"""Below so much room for a message no event fits whole; and room for all of them."""
GAP = "\n\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Apprised(OnlyTakes):
    """Hands messages to one service, part by part, each within the service's own limits.

    No service of Apprise gives a receipt that can be asked for: after an ambiguous failure a part goes again.
    """

    server: NotifyBase = field(repr=False)
    pace: float
    deadline: float = DEADLINE
    posted: Posted = field(default_factory=Posted, repr=False, compare=False)

    def send(self, message: Message) -> Receipt:
        """Hands in the parts of a message that this process has not handed in yet."""
        return self.posted.in_turn(message.key, self._parts(message), self._post)

    def _parts(self, message: Message) -> tuple[Part, ...]:
        # The title counts as a part of the body where a service has none.
        room = self.server.body_maxlen - HEAD * 4 - self._cost(matched(message))
        cost = lambda passage: self._cost(plain_passage(passage))  # noqa: E731 - of one line
        if room >= SHORT:
            return parts(message, cost, room)
        # A service of short messages (SMS) takes no event in one go: its words go on in the next.
        whole = GAP.join(map(plain, parts(message, cost, WHOLE)))
        texts = list(pieces(unbroken(whole), self._fits))
        return tuple(
            Part(number=number, of=len(texts), head="", passages=(), foot=text)
            for number, text in enumerate(texts, 1)
        )

    def _fits(self, text: str) -> bool:
        return self._cost(text) - len(GAP) <= self.server.body_maxlen

    def _cost(self, text: str) -> int:
        from apprise.conversion import convert_between

        # As the service gets it: where it takes HTML, each "&" has become five characters. Some count bytes,
        # and Apprise itself those of the JSON, where "é" is six: what is too long arrives as a file at ntfy.
        form = self.server.resolve_format("text")
        drawn = convert_between("text", form, unbroken(text) + GAP)  # type: ignore[no-untyped-call]
        return len(json.dumps(drawn))

    def _post(self, part: Part) -> str:
        said = _Said()
        # A thread of its own: `requests` begins its timeout anew with every byte, and nobody can end it.
        threading.Thread(target=said.hear, args=(self.server, part), name="apprise", daemon=True).start()
        if not said.ended.wait(self.deadline):
            raise DeliveryError(Reason.of("call_silent"), ambiguous=True)
        if not said.taken:
            raise _refusal(said)
        return ""


def _worded(server: NotifyBase, part: Part) -> tuple[str, str]:
    """The title and the body of a part. A title too long for the service would be cut, and an empty body
    refused: then all is in the body."""
    title, text = unbroken(part.head), unbroken(body(part))
    if not text or size(title) > server.title_maxlen:
        return "", GAP.join(filter(None, (title, text)))
    return title, text


def pieces(text: str, fits: Callable[[str], bool]) -> Iterator[str]:
    """A text in pieces that fit, cut at the end of a line, else of a word, else anywhere."""
    rest = text.strip()
    while rest and not fits(rest):
        most = bisect_left(range(1, len(rest) + 1), True, key=lambda n: not fits(rest[:n])) or 1
        cut = next((at for mark in ("\n", " ") if (at := rest.rfind(mark, 1, most + 1)) > 0), most)
        yield rest[:cut].rstrip()
        rest = rest[cut:].lstrip()
    if rest:
        yield rest


class _Said:
    """What Apprise says while it hands in one part: whether it was taken, and the status where it was not."""

    def __init__(self) -> None:
        self.ended = threading.Event()
        self.taken = False
        self.status = 0
        self.fault = ""

    def hear(self, server: NotifyBase, part: Part) -> None:
        """Hands in one part, in the thread that calls this."""
        HEARD.set(self)
        try:
            title, text = _worded(server, part)
            self.taken = (
                server.notify(body=text, title=title, body_format="text", overflow="upstream") is True
            )
        except Exception as error:  # noqa: BLE001 - the boundary of 170 services; their texts hold addresses
            self.fault = type(error).__name__
        finally:
            self.ended.set()


LOGS = ("apprise", "urllib3.connectionpool")
HEARD: ContextVar[_Said | None] = ContextVar("heard", default=None)
"""What the thread hands in that Apprise logs about."""


def _overhear(record: logging.LogRecord) -> bool:
    """False: nothing that is logged goes anywhere, for whole addresses are written, even as errors.

    Of what it says of a refusal the status is kept: the last number like one of which a warning is made.
    """
    said = HEARD.get()
    if said is not None and isinstance(record.args, tuple):
        for given in record.args:
            if isinstance(given, int) and 300 <= given < 600:
                said.status = given
    return False


def _refusal(said: _Said) -> DeliveryError:
    """The error for what was not taken: by its status; without one, whether it arrived is unknown."""
    if not said.status:
        return DeliveryError(
            Reason.of("apprise_broken", fault=said.fault) if said.fault else Reason.of("apprise_silent"),
            ambiguous=True,
        )
    error = refusal(Answer(status=said.status, headers={}, body=b""))
    return DeliveryError(error.reason, retry_after=BUSY) if said.status == 429 else error


def make(means: Means) -> Apprised | Unset:
    """The service whose address an operator named; else what to install, or what is wrong with it."""
    try:
        import apprise
    except ImportError:
        return Unset(Reason.of("apprise_missing", command=INSTALL))
    for log in LOGS:
        logging.getLogger(log).addFilter(_overhear)
    asset = apprise.AppriseAsset(app_id="vigilabel", app_desc="vigilabel", app_url="", image_url_mask="")
    asset.image_url_logo = asset.image_url_mask = ""  # no picture from somebody else's server
    server = apprise.Apprise.instantiate(means.channel.url, asset=asset)
    if server is None:
        return Unset(Reason.of("apprise_address"))
    pace = max(float(server.request_rate_per_sec), 0.0)
    _restrain(server)
    if len(server) != 1:  # one of several may fail alone: each is a channel, with a fate of its own
        return Unset(Reason.of("apprise_several", count=len(server)))
    return Apprised(server=server, pace=pace)


def _restrain(server: Any) -> None:
    """Leaves to the outbox what is the outbox's, whatever the address asks for."""
    server.request_rate_per_sec = 0  # it would sleep between two messages of its own; ours have their pace
    server.retry, server.optional = 0, False
    server.verify_certificate = True
    server.redirects = False  # a redirected POST becomes a GET, and what answers that took nothing


def probe(means: Means, channels: Sequence[str]) -> Iterator[Probe]:
    """Whether it is installed and knows the address; then a test message."""
    notifier, what = make(means), Reason.of("probe_address")
    if not isinstance(notifier, Apprised):
        fix = Reason.of("fix_channel_setting")
        yield Probe(what=what, good=False, found=notifier.reach(""), fix=fix)
        return
    service = str(notifier.server.service_name)
    yield Probe(what=what, good=True, found=Reason.of("apprise_service", name=service))

    def post(text: str) -> Reason:
        notifier._post(Part(number=1, of=1, head=text, passages=()))
        return Reason.of("test_taken")

    yield tested(post, means, "vigilabel doctor channels", fix="fix_channel_setting")
