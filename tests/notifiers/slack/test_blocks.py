"""Whatever a register prints, a message stays within Slack's limits and says only text."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from fake_slack import FakeSlack
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from slack_limits import block_problems
from slack_sdk.models.blocks import Block
from syrupy.assertion import SnapshotAssertion

from notifiers.said import digest, parts
from notifiers.said.voice import clean, clip, link, size
from notifiers.slack import post as drawn
from notifiers.slack.kit import literal, mrkdwn
from notifiers.slack.post import Clicks
from state.model import Attestation, Cause, Event, Evidence, FieldChange, Kind, Neighbour, Provider, Weight
from state.words.labels import LABELS
from state.words.post import Message, Notice, Retraction

HEARD = Clicks(heard=True, operators="COPS")
HOSTILE = (
    "<!channel>",
    "<!here|x>",
    "<@U123>",
    "<#C123>",
    "<https://evil.example|ANSSI>",
    "&lt;!channel&gt;",
    "*bold* _it_ ~no~ `code`",
    "\x1b[31mred\x1b[0m",
    "\u202egnol\u202c",
    "a\nb\r\nc\u2028d",
    "[bold]rich[/bold]",
    "\ud800",
    "{who} {0} %s",
    "",
    " ",
    "🏥" * 2_000,
    "<" * 500,
    "&" * 500,
)
TEXTS = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30))
VALUES = st.one_of(st.none(), st.booleans(), TEXTS, st.lists(TEXTS, max_size=4).map(tuple))
FIELDS = st.sampled_from(
    ["scope", "ref", "valid_until", "status", "recommendation", "extra.<!here>", "level"]
)
URLS = st.sampled_from(["https://x.example/a b|c>d", "javascript:alert(1)", "http://[", "", "https://é.fr/"])
ATTESTATIONS = st.builds(
    Attestation,
    label=st.sampled_from(list(LABELS)) | TEXTS,
    holder=TEXTS,
    subject=st.none() | TEXTS,
    version=st.none() | TEXTS,
    scope=st.lists(TEXTS, max_size=3).map(tuple),
    level=st.none() | TEXTS,
    issuer=st.none() | TEXTS,
    status=st.sampled_from(["listed", "withdrawn", "archived", "suspended", "<!channel>"]),
    ref=st.none() | TEXTS,
    url=st.none() | URLS,
    valid_from=st.none() | st.just(date(2025, 1, 1)),
    valid_until=st.none() | st.dates(date(2000, 1, 1), date(2100, 1, 1)),
)
EVENTS = st.builds(
    Event,
    id=st.integers(1, 10**9),
    kind=st.sampled_from(Kind),
    weight=st.sampled_from(Weight),
    provider=st.builds(Provider, slug=st.just("x"), name=TEXTS),
    label=st.sampled_from(list(LABELS)) | TEXTS,
    source=st.sampled_from(["anssi-catalogue", "toy"]) | TEXTS,
    attestations=st.lists(ATTESTATIONS, min_size=1, max_size=5).map(tuple),
    rows=st.just((1,)),
    seen_at=st.just(datetime(2026, 3, 4, tzinfo=UTC)),
    edition_at=st.none() | st.just(datetime(2026, 3, 4, tzinfo=UTC)),
    cause=st.sampled_from(Cause),
    evidence=st.builds(Evidence, snapshot=st.just(1), url=URLS, sha256=TEXTS, place=TEXTS),
    changes=st.dictionaries(FIELDS, st.builds(FieldChange, before=VALUES, after=VALUES), max_size=3),
    expected=st.none() | st.booleans(),
    by_rule=st.none() | st.booleans(),
    step=st.none() | st.just(30),
    probable_successor=st.none() | st.builds(Neighbour, event=st.just(3), slug=st.just("y"), name=TEXTS),
)
NOTICES = st.builds(
    Notice,
    id=st.just(1),
    kind=st.sampled_from(["trouble", "held", "odd"]),
    subject=TEXTS,
    text=TEXTS,
    at=st.just(datetime(2026, 3, 4, tzinfo=UTC)),
)
MESSAGES = st.builds(
    Message,
    key=st.just("k"),
    channel=st.just("C1"),
    lang=st.sampled_from(["fr", "en"]),
    events=st.lists(EVENTS, max_size=3).map(tuple),
    notices=st.lists(NOTICES, max_size=2).map(tuple),
    matched=st.lists(TEXTS, max_size=3).map(tuple),
)
ANY_PRINT = settings(
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),  # a whole message shrinks for minutes and tells no more
    suppress_health_check=list(HealthCheck),
)
OURS = re.compile(r"<https?://[^<>|\s]+\|[^<>]*>")
MARKS = re.compile(r"<[!@#]|(?<!\u2060)[*_~`]")


def leaves(thing: Any) -> Iterator[dict[str, Any]]:
    """Every text and link of a message, wherever it stands."""
    if isinstance(thing, dict):
        if thing.get("type") in ("text", "link", "plain_text", "mrkdwn"):
            yield thing
        for value in thing.values():
            yield from leaves(value)
    elif isinstance(thing, list | tuple):
        for value in thing:
            yield from leaves(value)


def interpreted(text: str) -> str:
    """What Slack would interpret in a text, our own links and headings aside."""
    return re.sub(r"^\*(.*)\*$", r"\1", OURS.sub("", text), flags=re.DOTALL)


@settings(ANY_PRINT, max_examples=80)
@given(message=MESSAGES)
def test_no_printed_text_breaks_a_limit_or_acts(message: Message) -> None:
    for part in drawn.parts(message):
        assert not list(block_problems(list(part.blocks)))
        assert len(part.blocks) <= 45
        assert 1 <= len(part.text) <= 40_000
        json.dumps(part.blocks, ensure_ascii=False).encode()
        for text in (part.text, part.plain):
            assert "<" not in OURS.sub("", text)
            assert not MARKS.search(OURS.sub("", text))
        for leaf in leaves(part.blocks):
            assert not re.search(
                r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", leaf["text"]
            )
            if leaf["type"] == "mrkdwn":
                assert leaf["verbatim"] is True
                assert not MARKS.search(interpreted(leaf["text"]))
                assert "<" not in interpreted(leaf["text"])
            else:
                assert not re.search(r"<[!@#]", leaf["text"])


@settings(ANY_PRINT, max_examples=40)
@given(message=MESSAGES)
def test_no_printed_text_reaches_a_terminal_as_an_escape(message: Message) -> None:
    told = parts.whole(message)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", told)
    assert "\n" not in digest.preview(message)


def test_a_hostile_name_arrives_in_a_real_post_as_text(
    fake_slack: FakeSlack, an_event: Callable[..., Event], a_message: Callable[..., Message]
) -> None:
    from notifiers.slack.bot import Slack

    for name in HOSTILE:
        row = Attestation(label="secnumcloud", holder=name, subject=name, ref=name, scope=(name,), level=name)
        Slack(token="x", base_url=fake_slack.api_url).send(a_message(an_event(Kind.GAINED, row, name)))
    told = json.dumps(fake_slack.received("C1"), ensure_ascii=False)
    assert len(fake_slack.received("C1")) == len(HOSTILE)
    assert not re.search(r"<[!@#]|<https://evil", told)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_digest_reads_high_first_with_counts(
    lang: str,
    cases: dict[str, Event],
    a_message: Callable[..., Message],
    snapshot: SnapshotAssertion,
) -> None:
    events = [
        dataclasses.replace(cases[name], id=number)
        for number, name in enumerate(
            ("renamed", "amended", "expiring", "lost", "gained", "recommendation_changed"), 20
        )
    ]
    message = a_message(*events, lang=lang, matched=("secnumcloud", "hds"))
    assert "\n".join((digest.preview(message), "", parts.whole(message))) == snapshot
    assert [unit["text"]["text"] for unit in drawn.blocks(message)[0] if unit["type"] == "header"] == [
        "6 changements, dont 2 importants" if lang == "fr" else "6 changes, 2 of them important"
    ]


def test_a_long_message_is_complete_over_its_parts(
    many: tuple[Event, ...], a_message: Callable[..., Message]
) -> None:
    parts = drawn.parts(a_message(*many))
    assert len(parts) > 2
    assert sorted(event for part in parts for event in part.events) == [event.id for event in many]
    for number, part in enumerate(parts, 1):
        head = part.blocks[0]["text"]["text"]
        assert ("suite" in head) == (number > 1)
        assert not list(block_problems(list(part.blocks)))
    told = json.dumps([part.blocks for part in parts], ensure_ascii=False)
    assert all(event.provider.name in told for event in many)


def test_many_short_notices_stay_under_fifty_blocks(a_message: Callable[..., Message]) -> None:
    short = Notice(id=1, kind="odd", subject="s", text="t", at=datetime(2026, 3, 4, tzinfo=UTC))
    parts = drawn.parts(a_message(notices=(short,) * 120))
    assert [len(part.blocks) for part in parts] == [42, 42, 39]


def test_what_is_told_to_operators_after_groups_of_events_is_under_no_heading(
    an_event: Callable[..., Event], a_message: Callable[..., Message], a_notice: Callable[..., Notice]
) -> None:
    events = (an_event(Kind.GAINED), an_event(Kind.RENEWED, id=13))
    (part,) = drawn.parts(a_message(*events, notices=(a_notice("held"),)))
    headings = [block["text"]["text"] for block in part.blocks if block["type"] == "section"]
    assert headings == ["*SecNumCloud · changements importants*", "*SecNumCloud · autres changements*"]
    assert "\n\n\n" not in part.plain


def test_a_gain_of_many_services_names_them_all(
    an_event: Callable[..., Event], a_message: Callable[..., Message]
) -> None:
    rows = tuple(
        Attestation(label="secnumcloud", holder="Index Education", subject=f"Service {n:03d} " + "x" * 150)
        for n in range(200)
    )
    message = a_message(an_event(Kind.GAINED, attestations=rows, rows=tuple(range(200))))
    told = json.dumps(drawn.blocks(message), ensure_ascii=False)
    assert all(f"Service {n:03d}" in told for n in range(200))
    for part in drawn.parts(message, HEARD):
        assert [block["type"] for block in part.blocks[-2:]] == ["context", "actions"], "each has its proof"


def buttons_of(message: Message, clicks: Clicks) -> list[str]:
    return [
        element["text"]["text"]
        for part in drawn.blocks(message, clicks)
        for block in part
        if block["type"] == "actions"
        for element in block["elements"]
    ]


ALERT = ["Historique", "Preuve", "Pause 2 semaines"]


def test_an_alert_can_be_retracted_where_operators_read_it_and_nowhere_else(
    cases: dict[str, Event], a_message: Callable[..., Message]
) -> None:
    told = a_message(cases["gained"])
    assert buttons_of(told, HEARD) == ALERT
    assert buttons_of(dataclasses.replace(told, channel="COPS"), HEARD) == [*ALERT, "Rétracter…"]
    assert buttons_of(dataclasses.replace(told, channel="COPS"), Clicks(heard=True)) == ALERT


def test_what_is_retracted_already_has_no_button_for_it(
    cases: dict[str, Event], a_message: Callable[..., Message]
) -> None:
    gone = Retraction(event=12, reason="misread", by="UOPS", at=datetime(2026, 3, 5, tzinfo=UTC))
    told = a_message(cases["gained"], channel="COPS", retracted=(gone,))
    assert buttons_of(told, HEARD) == ALERT


def test_no_button_is_shown_that_nobody_would_hear(
    cases: dict[str, Event], a_message: Callable[..., Message], a_notice: Callable[..., Notice]
) -> None:
    deaf = Clicks(operators="COPS")
    assert buttons_of(a_message(cases["gained"], channel="COPS"), deaf) == []
    assert buttons_of(a_message(channel="COPS", notices=(a_notice("held"),)), deaf) == []
    assert buttons_of(a_message(channel="COPS", notices=(a_notice("held"),)), HEARD) == [
        "Approuver",
        "Garder retenu",
    ]


def test_a_message_has_the_same_parts_with_and_without_buttons(
    an_event: Callable[..., Event], a_message: Callable[..., Message]
) -> None:
    rows = tuple(Attestation(label="cc", holder="X", subject="y" * 2_000) for _ in range(90))
    message = a_message(an_event(Kind.GAINED, attestations=rows, rows=tuple(range(90))))
    units = [[part.events, part.of] for part in drawn.parts(message)]
    assert units == [[part.events, part.of] for part in drawn.parts(message, HEARD)]


def test_the_sdks_own_models_accept_every_block(
    cases: dict[str, Event], a_message: Callable[..., Message]
) -> None:
    for event in cases.values():
        for part in drawn.blocks(a_message(event, matched=("x",))):
            for block in part:
                parsed = Block.parse(block)
                assert parsed is not None
                assert parsed.to_dict()["type"] == block["type"]


def test_an_empty_message_is_still_postable(a_message: Callable[..., Message]) -> None:
    (part,) = drawn.parts(a_message())
    assert not list(block_problems(list(part.blocks)))


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("Thales\u00a0Cloud\nSécurisé", "Thales\u00a0Cloud Sécurisé"),
        ("soft\u00adhyphen\u200b", "softhyphen"),
        ("\x1b[31mred", "\ufffd[31mred"),
        ("\u202eabc", "\ufffdabc"),
        ("  a   b ", "a b"),
    ],
)
def test_printed_text_is_shown_on_one_line_and_harmless(printed: str, shown: str) -> None:
    assert clean(printed) == shown


def test_text_without_marks_is_left_alone() -> None:
    for text in ("Cloud de confiance S3NS", "a < b", "Qualité & sûreté"):
        assert literal(text) == text
    assert mrkdwn("R&D <b>") == "R&amp;D &lt;b&gt;"


def test_clipping_counts_as_slack_does() -> None:
    assert clip("🏥🏥🏥", 5) == "🏥🏥…"
    assert size("🏥") == 2
    assert clip("abc", 3) == "abc"


@pytest.mark.parametrize(
    ("url", "followed"),
    [
        ("https://messervices.cyber.gouv.fr/visas/2025_2057_np.pdf",) * 2,
        ("https://x.fr/a b|c>d", "https://x.fr/a%20b%7Cc%3Ed"),
        ("https://x.fr/é?a=1&b=2", "https://x.fr/%C3%A9?a=1&b=2"),
        ("javascript:alert(1)", None),
        ("ftp://x.fr/", None),
        ("https://anssi.fr@evil.example/", None),
        ("https://", None),
        ("http://[", None),
        ("https://x.fr/\n<!channel>", "https://x.fr/%3C!channel%3E"),
        ("https://x.fr/" + "a" * 3_000, None),
        (None, None),
    ],
)
def test_only_plain_web_addresses_are_linked(url: str | None, followed: str | None) -> None:
    assert link(url) == followed
