"""A kind of channel is one entry: commands take its channels, delivery reaches and `doctor` examines them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from command_line import CommandLine
from toy_register import ToyRegister

from notifiers import channels
from notifiers.channels import KINDS, NAMED, ChannelKind, kind_of, known, read_channel
from notifiers.given import Unfit
from notifiers.notifier import Maker, Means, Notifier

OVH = "secnumcloud | OVH | Bare Metal Pod | 2025_559 | 2025-03-24 | 2028-03-24"
BLEU = "secnumcloud | Bleu | Cloud | 2026_1 | 2026-01-01 | 2029-01-01"


def _pigeon() -> Maker:
    import pigeon

    return pigeon


PIGEON = ChannelKind(
    name="pigeon",
    pattern="pigeon:[a-z]+",
    form="`pigeon:RING`",
    hint="with the letters of its ring",
    load=_pigeon,
)


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """A watch that has a notifier more: its module, and its entry."""
    monkeypatch.setattr("scrapers.SOURCES", (ToyRegister(),))
    monkeypatch.setattr(channels, "KINDS", (PIGEON, *KINDS))
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    monkeypatch.chdir(tmp_path)
    watch = CommandLine(room=tmp_path)
    watch.see("2026-03-01", OVH)
    return watch


def test_a_new_kind_is_subscribed_and_delivered_to(
    cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIGEON_LOFT", str(tmp_path))
    assert cli("subscribe", "bleu", "--channel", "pigeon:rue").exit_code == 0
    cli.see("2026-03-02", OVH, BLEU)
    told = cli("deliver", now="2026-03-02T21:00")
    assert told.exit_code == 0, told.output
    assert "Bleu" in (tmp_path / "rue").read_text("utf-8")


def test_where_its_secret_is_not_set_the_channel_is_suspended_and_says_so(cli: CommandLine) -> None:
    cli("subscribe", "bleu", "--channel", "pigeon:rue")
    cli.see("2026-03-02", OVH, BLEU)
    assert cli("deliver", now="2026-03-02T21:00").exit_code == 1
    assert "PIGEON_LOFT is not set" in cli("subscriptions").output


def test_what_is_no_channel_of_any_kind_is_refused_with_all_forms(cli: CommandLine) -> None:
    refused = cli("subscribe", "all", "--channel", "pigeon:12")
    assert refused.exit_code == 2
    said = " ".join(refused.output.replace("│", "").split())
    assert (
        "expected `pigeon:RING` with the letters of its ring, `console`, `webhook` or a Slack channel id"
        in said
    )


def test_doctor_examines_it_with_its_channels_in_use(
    cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIGEON_LOFT", str(tmp_path / "nowhere"))
    cli("subscribe", "bleu", "--channel", "pigeon:rue")
    wrong = cli("doctor", "pigeon")
    assert wrong.exit_code == 1
    assert "WRONG  loft: no such room" in wrong.output
    assert "pigeon: to be fixed: loft" in wrong.output
    monkeypatch.setenv("PIGEON_LOFT", str(tmp_path))
    assert "-      rings: pigeon:rue" in cli("doctor", "pigeon").output


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_each_kind_is_made_and_examined_without_any_setting(kind: ChannelKind) -> None:
    nothing = Means(setting=lambda name: "", proxy_of=lambda url: None)
    maker = kind.load()
    notifier: Notifier = maker.make(nothing)
    assert notifier.pace >= 0
    assert list(maker.probe(nothing, ()))


def test_every_kind_is_a_folder_whose_notifier_is_found_under_the_same_name() -> None:
    made = {kind.load().__name__ for kind in (*KINDS, *NAMED)}  # type: ignore[attr-defined]
    assert {name for name in made if not re.fullmatch(r"notifiers\.[a-z]+\.notifier", name)} == {
        "notifiers.slack.webhook"  # the second kind of one service, which draws its posts as the first does
    }


def test_a_channel_is_of_one_kind_and_what_is_none_goes_to_slack() -> None:
    written = {"console": "console", "webhook": "webhook", "C0123ABCD": "slack", "G01": "slack"}
    assert {name: kind_of(name).name for name in written} == written
    assert all(known(name) for name in written)
    assert not known("#general")
    assert kind_of("#general").name == "slack"


def test_every_example_of_the_documents_is_a_channel() -> None:
    text = (Path(__file__).parents[2] / "docs" / "channels.md").read_text("utf-8")
    blocks = re.findall(r"^```toml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    read = [
        read_channel(name, given)
        for block in blocks
        for name, given in tomllib.loads(block)["channels"].items()
    ]
    assert {one.kind for one in read} >= {"teams", "mattermost", "matrix", "ntfy"}


@pytest.mark.parametrize(
    ("kind", "given", "wrong"),
    [
        ("matrix", {"to": "#salon:example.org", "secret": "x"}, "to"),
        ("matrix", {"secret": "x"}, "to"),
        ("matrix", {"to": "!salon:example.org"}, "secret"),
        ("ntfy", {"to": "sujet secret"}, "to"),
        ("ntfy", {}, "to"),
        ("teams", {"secret": "x"}, "secret"),
        ("teams", {"url": "https://chu.webhook.office.com/webhookb2/salon"}, "url"),
    ],
)
def test_what_a_service_needs_is_asked_for_by_its_key_and_not_repeated(
    kind: str, given: dict[str, str], wrong: str
) -> None:
    with pytest.raises(Unfit) as refused:
        read_channel("equipe", {"kind": kind, "url": "https://example.org", **given})
    assert list(refused.value.problems) == [wrong]
    assert "salon" not in repr(refused.value.problems)
    assert "sujet" not in repr(refused.value.problems)
