"""Which workspaces there are, as of now; and that what they are reached with is readable to nobody else."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from slack_sdk.oauth.installation_store import Installation as Installing

from notifiers.given import Secret
from state.file.opening import open_store
from state.file.store import Store
from state.kept.backup import back_up
from state.model import Reason
from state.owed import outbox, subscriptions
from state.words.post import Channel, Subscription
from state.workspaces import installations
from watcher.workspaces.directory import Directory, seal_anew
from watcher.workspaces.grant import keep
from watcher.workspaces.seal import Seal
from watcher.workspaces.shut import open_again, shut

OLD, NEW = (Secret(Fernet.generate_key().decode()) for _ in range(2))
TOKEN = "xoxb-1-very-secret"
NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
WHY = Reason.of("slack_token", name="token_revoked")


@pytest.fixture
def url(tmp_path: Path) -> str:
    with open_store(str(tmp_path / "watch.db")):
        return str(tmp_path / "watch.db")


def install(
    url: str, team: str = "T1", token: str = TOKEN, *, org: str = "", keys: tuple[Secret, ...] = (OLD,)
) -> None:
    given = Installing(
        team_id=None if org else team,
        team_name=f"Team {team}",
        enterprise_id=org or None,
        enterprise_name=f"Org {org}",
        is_enterprise_install=bool(org),
        bot_token=token,
        bot_user_id="UBOT",
        bot_scopes="chat:write,commands",
        user_id="U1",
    )
    with open_store(url) as store:
        keep(store, Seal(keys), given, "COPS", NOW)


def directory(url: str, *keys: Secret) -> Directory:
    return Directory(lambda: open_store(url), keys or (OLD,))


def token(found: Directory, workspace: str = "T1") -> str | None:
    known = found.of(workspace)
    return known.token.reveal() if known and known.token else None


def test_what_another_process_writes_is_known_at_the_next_question(url: str) -> None:
    found = directory(url)
    assert found.of("T1") is None
    install(url)
    assert token(found) == TOKEN
    install(url, token="xoxb-2")
    assert token(found) == "xoxb-2"
    with open_store(url) as store:
        assert shut(store, "T1", WHY, "COPS", NOW)
    assert found.of("T1") is not None
    assert token(found) is None


def test_many_threads_ask_at_once_and_all_hear_what_is_so_now(url: str) -> None:
    install(url)
    found = directory(url)
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: token(found), range(100))) == {TOKEN}
        install(url, token="xoxb-2")
        assert set(pool.map(lambda _: token(found), range(100))) == {"xoxb-2"}


def test_a_lost_connection_is_made_anew(url: str) -> None:
    install(url)
    opened: list[Store] = []

    def open_one() -> Store:
        opened.append(open_store(url))
        return opened[-1]

    found = Directory(open_one, (OLD,))
    assert token(found) == TOKEN
    opened[0].moved = lambda: 1 // 0  # type: ignore[method-assign]
    assert token(found) == TOKEN
    assert len(opened) == 2
    found.close()


def test_a_token_is_readable_nowhere_but_with_a_key(
    url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    install(url)
    copy = tmp_path / "copy.db"
    back_up(url, copy)
    with open_store(url) as store:
        shut(store, "T1", WHY, "COPS", NOW)
        [one] = installations.everyone(store)
        said = [notice.text for notice in outbox.notices(store)]
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert TOKEN.encode() not in written
    found = directory(str(copy))
    assert TOKEN not in f"{found.of('T1')!r} {one!r} {said} {caplog.text}"
    assert token(found) == TOKEN, "the copy is whole for who has the key"
    assert token(directory(str(copy), NEW)) is None


def test_a_token_that_was_moved_to_another_workspace_opens_nothing_there(url: str) -> None:
    install(url)
    install(url, "T2", "xoxb-2")
    with open_store(url) as store:
        store.q(
            "update workspace set sealed = (select sealed from workspace where id = 'T1') where id = 'T2'"
        )
    assert token(directory(url), "T2") is None


def test_keys_are_rotated_without_anybody_installing_anew(url: str) -> None:
    install(url)
    install(url, "T2", "xoxb-2")
    with open_store(url) as store:
        assert seal_anew(store, Seal([NEW, OLD])) == (2, ())
        assert seal_anew(store, Seal([NEW, OLD])) == (0, ()), "once is enough"
    assert [token(directory(url, NEW), one) for one in ("T1", "T2")] == [TOKEN, "xoxb-2"]
    assert token(directory(url, OLD)) is None
    with open_store(url) as store:
        assert seal_anew(store, Seal([OLD])) == (0, ("T1", "T2"))


def test_an_organisation_and_a_workspace_of_it_are_two(url: str) -> None:
    install(url, "T1")
    install(url, org="E1", token="xoxb-org")
    found = directory(url)
    assert (token(found, "T1"), token(found, "E1"), found.of("T9")) == (TOKEN, "xoxb-org", None)


def test_what_was_installed_is_found_until_it_is_taken_away(url: str) -> None:
    install(url)
    install(url, org="E1", token="xoxb-org")
    found = directory(url)
    assert (token(found, "T1"), token(found, "E1"), found.of("T7")) == (TOKEN, "xoxb-org", None)
    with open_store(url) as store:
        bot, org = (installations.find(store, id) for id in ("T1", "E1"))
        assert bot is not None
        assert org is not None
        assert (bot.id, bot.enterprise, list(bot.scopes)) == ("T1", "", ["chat:write", "commands"])
        assert (org.id, org.enterprise) == ("E1", "E1")
        shut(store, "T1", Reason.of("slack_token", name="app_uninstalled"), "", NOW, forget=True)
    assert token(found, "T1") is None
    with open_store(url) as store:
        gone = installations.find(store, "T1")
    assert gone is not None
    assert (gone.state, gone.sealed) == ("suspended", "")


def follow(url: str, *channels: str) -> None:
    with open_store(url) as store:
        for channel in channels:
            subscriptions.subscribe(
                store, Subscription(id=0, channel=channel, words=("hds",), labels=("hds",))
            )


def states(url: str) -> dict[str, str]:
    with open_store(url) as store:
        return {one.id: one.state for one in subscriptions.channels(store) if one.id != "COPS"}


def test_a_workspace_that_is_gone_takes_its_own_channels_with_it_and_no_others(url: str) -> None:
    for team in ("T1", "T10"):
        install(url, team)
    follow(url, "T1/C1", "T1/C2", "T10/C1", "C1", "E1/C1", "console")
    with open_store(url) as store:
        subscriptions.save_channel(store, Channel(id="T1/C2", state="suspended", reason="archived"))
        assert shut(store, "T1", WHY, "COPS", NOW)
        assert not shut(store, "T1", WHY, "COPS", NOW), "said once"
        told = [(one.kind, one.subject) for one in outbox.notices(store)]
    assert told[0] == ("workspace_gone", "Team T1 (T1)")
    assert len(told) == 3, "two that came, one that went"
    others = {"T10/C1": "active", "C1": "active", "E1/C1": "active", "console": "active"}
    assert states(url) == {"T1/C1": "suspended", "T1/C2": "suspended", **others}
    with open_store(url) as store:
        open_again(store, "T1", NOW)
    assert states(url) == {"T1/C1": "active", "T1/C2": "suspended", **others}, "what was archived stays so"


def test_a_workspace_that_comes_back_keeps_where_its_operators_listen(url: str) -> None:
    install(url)
    with open_store(url) as store:
        known = installations.find(store, "T1")
        assert known is not None
        installations.save(store, replace(known, operators="C7"))
        shut(store, "T1", WHY, "COPS", NOW, forget=True)
    install(url, token="xoxb-2")
    with open_store(url) as store:
        back = installations.find(store, "T1")
        [first, *_] = outbox.notices(store)
    assert back is not None
    assert (back.state, back.operators, back.reasons, first.kind) == ("active", "C7", (), "workspace_back")
