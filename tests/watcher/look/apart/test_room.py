"""The reading room: what a document does to its reader is said, and the watch reads on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Event

import pytest
from ill_register import IllRegister
from processes import children_of, soon
from toy_register import ToyRegister, day, page

from scrapers.source import Blocked, Doubtful, LayoutChanged
from state.model import Listing, Reason
from watcher.errors import Stopped
from watcher.look.apart.keeper import alone
from watcher.look.apart.limits import ENDED, Limits
from watcher.look.apart.room import Room
from watcher.settings import forget_environment

LIMITS = Limits(seconds=20, processor=1, memory=64)
WELL = "edition 2026-03-04\nsecnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24"
ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc, or limits that others lack")
pytestmark = pytest.mark.usefixtures("reading_room")


class Reading:
    """A room, and pages that are read in it."""

    def __init__(self, limits: Limits = LIMITS, *, brief: bool = False) -> None:
        self.stopping = Event()
        self.room = Room(
            environment={},
            limits=limits,
            monotonic=time.monotonic,
            stopping=self.stopping,
            brief=brief,
            forget=forget_environment,
        )

    def of(self, said: str) -> Listing:
        pages = (page(said, day("2026-03-05")),)
        listing = self.room.ask("ill", Listing, IllRegister().read, pages)
        assert isinstance(listing, Listing)
        return listing

    def refusal(self, said: str) -> Reason:
        with pytest.raises(LayoutChanged) as error:
            self.of(said)
        assert error.value.source == "ill"
        return error.value.reason

    @property
    def keeper(self) -> int:
        keeper = self.room._keeper
        assert keeper is not None
        return keeper[0].pid


def reading_still(reading: Reading) -> list[int]:
    """The children of a room that are still there, whoever forked them."""
    if not reading.room.brief:
        return children_of(reading.keeper)
    ours = command_of(os.getpid())  # a keeper of another test is begun by another command
    return [child for child in children_of(os.getpid()) if command_of(child) == ours]


def command_of(process: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_bytes()
    return b""


WORKER = "PYTEST_XDIST_WORKER"
ALONE = pytest.mark.skipif(WORKER in os.environ, reason="a worker has threads: see the test of one thread")


@pytest.fixture(
    scope="module", params=[False, pytest.param(True, marks=[ON_LINUX, ALONE])], ids=["kept", "forked"]
)
def brief(request: pytest.FixtureRequest) -> bool:
    """Whether the process reads once and ends, and so forks by itself."""
    return bool(request.param)


@pytest.fixture(scope="module")
def reading(brief: bool) -> Iterator[Reading]:
    found = Reading(brief=brief)
    yield found
    assert (found.room._keeper is None) == brief


@pytest.fixture(autouse=True)
def one_thread(request: pytest.FixtureRequest) -> None:
    """A thread that was waited for is counted a moment longer, and a process with two does not fork."""
    if "brief" in request.fixturenames and request.getfixturevalue("brief"):
        soon(alone)


def test_a_document_is_read_as_it_would_be_here(reading: Reading) -> None:
    here = ToyRegister().read((page(WELL, day("2026-03-05")),))
    assert reading.of(WELL) == here


ENDS = {
    "sleep": Reason.of("reading_late", seconds=1),
    "spin": Reason.of("reading_over_processor", seconds=1),
    "allocate": Reason.of("reading_over_memory", memory=64),
    "allocate_and_abort": Reason.of("reading_over_memory", memory=64),
    "abort": Reason.of("reading_killed", signal="SIGABRT"),
    "fall": Reason.of("reading_killed", signal="SIGSEGV"),
    "leave": Reason.of("reading_left", status=3),
    "quit_python": Reason.of("reading_left", status=1),
    "babble": Reason.of("reading_garbled"),
}


@ON_LINUX
@pytest.mark.parametrize("ill", ENDS)
def test_each_end_of_a_child_has_a_reason_and_the_next_document_is_read(reading: Reading, ill: str) -> None:
    quick = Limits(seconds=1, processor=LIMITS.processor, memory=LIMITS.memory)
    reading.room.limits = quick if ill == "sleep" else LIMITS
    try:
        assert reading.refusal(f"ill: {ill}") == ENDS[ill]
        assert ENDS[ill].code in ENDED
    finally:
        reading.room.limits = LIMITS
    assert reading.of(WELL).attestations
    soon(lambda: not reading_still(reading))


def test_an_answer_without_end_is_not_taken() -> None:
    reading = Reading(Limits(memory=512))
    assert reading.refusal("ill: talk") == Reason.of("reading_wordy", memory=64)


def test_what_a_reader_raises_comes_back_as_it_was(reading: Reading) -> None:
    with pytest.raises(Blocked) as blocked:
        reading.of("ill: wall")
    assert blocked.value.reason == Reason.of("wall_by_title", title="Just a moment")
    with pytest.raises(Doubtful) as doubtful:
        reading.of("ill: doubt")
    assert doubtful.value.listing is not None
    assert len(doubtful.value.listing.attestations) == 1
    with pytest.raises(LayoutChanged, match="line 1"):
        reading.of("nothing of the kind")


def test_a_fault_of_a_reader_keeps_its_name_and_says_where_it_was(reading: Reading) -> None:
    with pytest.raises(Exception, match="a bug in the reader") as error:
        reading.of("ill: fail")
    assert type(error.value).__name__ == "ZeroDivisionError"
    assert "in fail" in str(error.value.__cause__)
    with pytest.raises(Exception, match="surrogates") as error:
        reading.of("ill: mumble")
    assert type(error.value).__name__ == "UnicodeEncodeError"


@ON_LINUX
def test_nothing_of_the_watch_reaches_a_child(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, brief: bool
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-secret")
    monkeypatch.chdir(tmp_path)
    with (tmp_path / "memory.db").open("w") as memory:
        os.set_inheritable(memory.fileno(), True)
        seen = [row.holder for row in Reading(brief=brief).of("ill: look_around").attestations]
    files = sorted(one for one in seen if one.startswith("file "))
    assert [one.partition(":")[0] for one in files] == [
        "file /dev/null",
        "file /dev/null",
        "file /dev/null",
        "file pipe",
        "file socket",
    ]
    assert [one for one in seen if "secret" in one or "memory.db" in one or str(tmp_path) in one] == []
    assert "in /" in seen
    # what Python itself sets in a locale without letters
    assert [one for one in seen if one.startswith("variable ")] in ([], ["variable LC_CTYPE=C.UTF-8"])


BREEDING = """
import os
from watcher.look.apart.child import bound
from watcher.look.apart.limits import Limits
if os.getuid() == 0:
    os.setuid(65534)  # nobody bounds the processes of root
bound(Limits())
try:
    os.fork()
except BlockingIOError:
    print("none")
"""


@ON_LINUX
def test_a_child_has_no_children() -> None:
    told = subprocess.run(
        [sys.executable, "-c", BREEDING],
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        check=True,
    )
    assert told.stdout == b"none\n"


@ON_LINUX
def test_a_child_writes_no_file(reading: Reading, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="too large"):
        reading.of(f"ill: write {tmp_path / 'more'}")


@ON_LINUX
def test_several_threads_read_at_once_each_what_it_asked_for(brief: bool) -> None:
    reading = Reading(brief=brief)

    def rows(number: int) -> int:
        said = WELL + "".join(f"\npassi | Firm {n} | - | n{n} | - | -" for n in range(number))
        return len(reading.of(said).attestations)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(rows, range(12))) == [number + 1 for number in range(12)]
    assert len(children_of(os.getpid())) >= 1
    soon(lambda: not children_of(reading.keeper))


def test_one_document_that_never_ends_keeps_no_other_waiting(brief: bool) -> None:
    reading = Reading(brief=brief)
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(reading.refusal, "ill: spin")
        assert reading.of(WELL).attestations
        assert slow.result() == ENDS["spin"]


@ON_LINUX
def test_a_reading_is_given_up_soon_after_the_watch_is_asked_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watcher.look.apart.room.GRACE", 0.1)
    reading = Reading()
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(reading.of, "ill: sleep")
        soon(lambda: reading.room._keeper and children_of(reading.keeper))
        reading.stopping.set()
        with pytest.raises(Stopped):
            asked.result(timeout=60)
    soon(lambda: not children_of(reading.keeper))


def test_a_reading_that_is_nearly_done_is_done_when_the_watch_is_asked_to_end() -> None:
    reading = Reading()
    reading.stopping.set()
    assert reading.of(WELL).attestations


@ON_LINUX
def test_a_keeper_that_was_killed_is_begun_again() -> None:
    reading = Reading()
    assert reading.of(WELL).attestations
    before = reading.keeper
    os.kill(before, signal.SIGKILL)
    assert reading.of(WELL).attestations
    assert reading.keeper != before


@ON_LINUX
def test_a_keeper_that_is_killed_with_its_child_is_begun_again_and_the_document_read() -> None:
    reading = Reading(Limits(seconds=4, processor=60, memory=64))
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(reading.refusal, "ill: sleep")
        soon(lambda: reading.room._keeper and children_of(reading.keeper))
        before = reading.keeper
        [child] = children_of(before)
        os.kill(before, signal.SIGKILL)
        assert asked.result(timeout=60) == Reason.of("reading_late", seconds=4)
    assert reading.keeper != before
    soon(lambda: not Path(f"/proc/{child}").exists())


WATCH = """
import threading, time
from ill_register import IllRegister
from processes import children_of, soon
from toy_register import day, page
from state.model import Listing
from watcher.look.apart.limits import Limits
from watcher.look.apart.room import Room
room = Room(environment={}, limits=Limits(), monotonic=time.monotonic, stopping=threading.Event())
room.ask("ill", Listing, IllRegister().read, (page("ill: sleep", day("2026-03-05")),))
"""


@ON_LINUX
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_reads_on_when_the_watch_is_killed(end: signal.Signals) -> None:
    places = os.pathsep.join(sys.path)
    watch = subprocess.Popen([sys.executable, "-c", WATCH], env={"PYTHONPATH": places})
    try:
        soon(lambda: children_of(watch.pid) and children_of(children_of(watch.pid)[0]))
        [keeper] = children_of(watch.pid)
        [child] = children_of(keeper)
    finally:
        watch.send_signal(end)
        watch.wait()
    soon(lambda: not Path(f"/proc/{keeper}").exists() and not Path(f"/proc/{child}").exists())


@ON_LINUX
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_reads_on_when_a_command_that_reads_once_is_killed(end: signal.Signals) -> None:
    code = WATCH.replace("environment={}", "environment={}, brief=True")
    command = subprocess.Popen([sys.executable, "-c", code], env={"PYTHONPATH": os.pathsep.join(sys.path)})
    try:
        soon(
            lambda: (
                [os.getpgid(child) for child in children_of(command.pid)] == children_of(command.pid) != []
            )
        )
        [child] = children_of(command.pid)
    finally:
        command.send_signal(end)
        command.wait()
    soon(lambda: not Path(f"/proc/{child}").exists())


@ON_LINUX
def test_a_room_that_nobody_uses_any_more_leaves_no_process() -> None:
    reading = Reading()
    assert reading.of(WELL).attestations
    keeper = reading.keeper
    del reading
    assert not Path(f"/proc/{keeper}").exists()


def test_a_room_that_reads_nothing_begins_no_process() -> None:
    assert Reading().room._keeper is None


@pytest.mark.skipif(WORKER not in os.environ, reason="the tests of a forked child ran in this process")
@pytest.mark.parametrize(
    "which",
    [
        "forked and (sleep or allocate or babble or not each_end)",
        pytest.param("forked", marks=pytest.mark.soak),
    ],
    ids=["some ends", "all"],
)
def test_a_process_with_one_thread_forks_its_child_and_all_holds_of_it_too(which: str) -> None:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    bare["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # they need none, and loading all takes two seconds
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", which, __file__]
    done = subprocess.run(command, env=bare, capture_output=True, text=True, check=False, timeout=300)

    assert done.returncode == 0, done.stdout
    assert "skipped" not in done.stdout
