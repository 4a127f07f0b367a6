"""One address of Apprise is one channel: whole texts within its service's limits, failures with reasons."""

from __future__ import annotations

import builtins
import json
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from fake_services import Answered, Asked, FakeService

from notifiers.apprise.notifier import Apprised, make
from notifiers.notifier import DeliveryError, Means, NamedChannel, Unset
from notifiers.said import parts, wording
from notifiers.wire.posted import Posted
from state.model import Event
from state.words.post import Message, Receipt, Retraction

SECRET = "hunter2secret"


class FakeJson(FakeService):
    """What Apprise calls `json://`: it takes anything."""

    @property
    def url(self) -> str:
        return self.root.replace("http", "json") + f"/{SECRET}"

    def take(self, asked: Asked) -> Answered:
        self.taken.append(asked.json)
        return Answered()


@pytest.fixture
def service() -> Iterator[FakeJson]:
    with FakeJson() as fake:
        yield fake  # type: ignore[misc]


def made(url: str) -> Apprised:
    named = NamedChannel(name="equipe", kind="apprise", url=url)
    notifier = make(Means(setting=lambda _: "", proxy_of=lambda _: None, named=named))
    assert isinstance(notifier, Apprised)
    return replace(notifier, posted=Posted(pause=lambda _: None))


def unset(url: str) -> Unset:
    named = NamedChannel(name="equipe", kind="apprise", url=url)
    notifier = make(Means(setting=lambda _: "", proxy_of=lambda _: None, named=named))
    assert isinstance(notifier, Unset)
    return notifier


def texts(service: FakeService) -> list[str]:
    return [f"{one['title']}\n{one['message']}" for one in service.taken]


def test_an_event_arrives_as_plain_text_with_all_that_it_says(
    service: FakeJson, cases: dict[str, Event], a_message: Callable[..., Message]
) -> None:
    message = a_message(cases["gained"], matched=("s3ns",))
    assert made(service.url).send(message) == Receipt()
    [told] = texts(service)
    assert set(parts.whole(message).split()) <= set(told.split())


def test_a_long_message_is_cut_between_events_within_the_limit_of_the_service(
    service: FakeJson, many: tuple[Event, ...], a_message: Callable[..., Message]
) -> None:
    notifier = made(service.url)
    notifier.server.body_maxlen = 2_000
    notifier.send(a_message(*many))
    told = texts(service)
    assert len(told) > 5
    assert all(len(one.encode()) <= 2_000 for one in told)
    for event in many:
        title = wording.title(event, "fr").replace("\u00a0", " ")
        assert sum(title in one.replace("\u00a0", " ") for one in told) == 1


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("mmost://{place}/3ccdd113474722377935511fc85d3dd4", lambda one: one["text"]),
        ("ntfy://{place}/veille?mode=private", lambda one: f"{one.get('title', '')}\n{one['message']}"),
        ("gotify://{place}/ABcdef1234567", lambda one: f"{one['title']}\n{one['message']}"),
    ],
    ids=["no title, 4,000 characters", "7,800 characters", "no small limit"],
)
def test_each_service_of_apprise_gets_all_within_what_apprise_says_that_it_takes(
    form: str,
    said: Callable[[Any], str],
    service: FakeJson,
    many: tuple[Event, ...],
    a_message: Callable[..., Message],
) -> None:
    notifier = made(form.format(place=service.root.removeprefix("http://")))
    notifier.send(a_message(*many))
    told = [said(one) for one in service.taken]
    assert all(len(one) <= notifier.server.body_maxlen for one in told)
    plain = "".join(told).replace("\u00a0", " ")
    for event in many:
        assert plain.count(f"{wording.title(event, 'fr')}\n".replace("\u00a0", " ")) == 1


@pytest.mark.parametrize("most", [70, 160, 500])
def test_a_service_of_short_messages_gets_every_word_in_messages_that_it_takes(
    most: int, service: FakeJson, cases: dict[str, Event], a_message: Callable[..., Message]
) -> None:
    notifier = made(service.url)
    notifier.server.body_maxlen, notifier.server.title_maxlen = most, 0
    message = a_message(cases["gained_several"], matched=("s3ns",))
    notifier.send(message)
    told = [one["message"] for one in service.taken]
    assert all(0 < len(one) <= most for one in told)
    assert len(told) > 1
    assert "".join("".join(told).split()) == "".join(parts.whole(message).split())


def test_text_that_a_service_would_take_for_its_own_marks_stays_text(
    service: FakeJson, an_event: Callable[..., Event], a_message: Callable[..., Message]
) -> None:
    from state.model import Kind

    made(service.url).send(a_message(an_event(Kind.GAINED, name=r"A & <b> \n :smile: {{app_id}}")))
    assert r"A & <b> \n :smile: {{app_id}}" in texts(service)[0]


@pytest.mark.parametrize(
    ("answer", "how", "code"),
    [
        (Answered(status=500), {"ambiguous"}, "call_error"),
        (Answered(status=429), {"retry_after"}, "call_busy"),
        (Answered(status=401), {"permanent"}, "call_gone"),
        (Answered(status=404), {"permanent"}, "call_gone"),
        (Answered(status=410), {"permanent"}, "call_gone"),
        (Answered(status=413), {"unfit"}, "call_unfit"),
        (Answered(status=302, headers={"Location": "/elsewhere"}), {"permanent"}, "call_gone"),
        (Answered(drop=True), {"ambiguous"}, "apprise_silent"),
    ],
)
def test_what_is_not_taken_is_a_failure_with_its_reason_and_without_the_address(
    answer: Answered,
    how: set[str],
    code: str,
    service: FakeJson,
    cases: dict[str, Event],
    a_message: Callable[..., Message],
    caplog: pytest.LogCaptureFixture,
) -> None:
    service.fail(answer)
    url = service.url + "?optional=yes&retry=3&wait=0&overflow=split"
    with caplog.at_level(logging.DEBUG), pytest.raises(DeliveryError) as refused:
        made(url).send(a_message(cases["gained"]))
    found = refused.value
    flags = {name for name in ("permanent", "unfit", "ambiguous", "retry_after") if getattr(found, name)}
    assert (found.reason.code, flags) == (code, how)
    assert len(service.asked) == 1, "the outbox tries again, and nobody else"
    assert SECRET not in str(found) + repr(found.reason) + caplog.text


def test_a_silent_service_is_left_at_its_deadline(
    service: FakeJson, cases: dict[str, Event], a_message: Callable[..., Message]
) -> None:
    service.fail(Answered(hang=True))
    begun = time.monotonic()
    with pytest.raises(DeliveryError) as silent:
        replace(made(service.url + "?rto=9"), deadline=0.2).send(a_message(cases["gained"]))
    assert (silent.value.reason.code, silent.value.ambiguous) == ("call_silent", True)
    assert time.monotonic() - begun < 5


def test_what_broke_off_goes_on_where_it_stopped(
    service: FakeJson, many: tuple[Event, ...], a_message: Callable[..., Message]
) -> None:
    notifier = made(service.url)
    notifier.server.body_maxlen = 4_000
    service.fail(*[Answered(accepted=True)] * 2, Answered(status=503))
    with pytest.raises(DeliveryError):
        notifier.send(a_message(*many))
    assert len(service.taken) == 2
    notifier.send(a_message(*many))
    heads = [one["title"] for one in service.taken]
    assert len(heads) == len(set(heads)) == int(heads[0].rpartition("/")[2].rstrip(")"))


def test_what_takes_too_long_in_all_goes_on_with_the_next_attempt(
    service: FakeJson, many: tuple[Event, ...], a_message: Callable[..., Message]
) -> None:
    clock = iter(range(0, 10_000, 30))
    posted = Posted(pause=lambda _: None, elapsed=lambda: float(next(clock)))
    notifier = replace(made(service.url), posted=posted)
    notifier.server.body_maxlen = 2_000
    with pytest.raises(DeliveryError) as slow:
        notifier.send(a_message(*many))
    assert (slow.value.reason.code, slow.value.ambiguous, len(service.taken)) == ("parts_slow", False, 2)


def test_a_recall_follows_what_cannot_be_edited(
    service: FakeJson, cases: dict[str, Event], a_message: Callable[..., Message]
) -> None:
    gone = Retraction(event=12, reason="mal lu", by="cli", at=cases["gained"].seen_at)
    message = a_message(cases["gained"], retracted=(gone,), follows=Receipt())
    made(service.url).revise(message, Receipt())
    assert service.taken == []
    made(service.url).send(message)
    assert "Alerte annulée" in texts(service)[0]
    assert "mal lu" in texts(service)[0]


@pytest.mark.parametrize("url", ["nobody://hunter2secret@host/x", "slack://hunter2secret", "json://"])
def test_an_address_of_no_service_is_refused_without_being_repeated(
    url: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(DeliveryError) as refused:
        unset(url).send(Message(key="k", channel="equipe", lang="fr"))
    assert (refused.value.permanent, refused.value.reason.code) == (True, "apprise_address")
    assert SECRET not in str(refused.value) + caplog.text + "".join(capfd.readouterr())


def test_an_address_of_several_recipients_is_refused() -> None:
    several = unset("mailto://u:p@example.org/a@b.fr/c@d.fr")
    assert several.reach("").code == "apprise_several"


def test_where_apprise_is_not_installed_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *more: Any) -> Any:
        if name.partition(".")[0] == "apprise":
            raise ImportError(name)
        return real(name, *more)

    monkeypatch.setattr(builtins, "__import__", without)
    why = unset("json://host").reach("")
    assert why.code == "apprise_missing"
    assert "vigilabel[apprise]" in json.dumps(dict(why.values))
