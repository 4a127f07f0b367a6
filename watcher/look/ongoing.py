"""The looks under way in this process: one at a source at a time, and whoever asks meanwhile joins it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import RLock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import Future

    from watcher.look.record import Checked


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A look that is under way: its outcome to come (None: overtaken by a newer one), and whether somebody
    else makes it."""

    outcome: Future[Checked | None]
    shared: bool

    def make(self, work: Callable[[], Checked | None]) -> Checked | None:
        """Makes the look, in this thread; whoever joined it hears what it raises as well."""
        try:
            checked = work()
        # Also what ends the program: whoever joined would wait for ever for a look that nobody makes.
        except BaseException as error:
            self.outcome.set_exception(error)
            raise
        self.outcome.set_result(checked)
        return checked


class Ongoing:
    """The looks under way, by source; `lock` keeps a question and what follows from it together."""

    def __init__(self) -> None:
        self.lock = RLock()
        self._looks: dict[str, Future[Checked | None]] = {}

    def at(self, source: str) -> bool:
        """Whether a look at a source is under way."""
        return source in self._looks and not self._looks[source].done()

    def join(self, source: str) -> Look:
        """The look at a source that is under way, or a new one, which the caller has to make."""
        with self.lock:
            shared = self.at(source)
            if not shared:
                from concurrent.futures import Future  # of all commands, few look

                self._looks[source] = Future()
            return Look(outcome=self._looks[source], shared=shared)
