"""What follows from what is written, what is refused: the same on both engines after every statement."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Callable

import psycopg
import pytest
from both_engines import Both, Server

from state.model import NOT_STANDING

FOLLOW = (
    "select line, source, label, provider, provider_name, holder, subject, ref, versions from spelling",
    "select label, day, provider, change from move",
    "select kind, cause, counted from event_count",
    "select provider, name, spellings, documented, called from name",
    "select channel, state, counted from owed_count where counted <> 0",
)
RUNS, LINES, MESSAGES = range(1, 6), range(1, 9), ("m1", "m2", "m3")
CLOSED = {"sent", "given_up"}
INSERT = """insert into attestation
    (id, line, source, label, provider, provider_name, holder, facts, page, place, end_seen_at, missing_looks,
    since_run, since_at, since_edition, until_run, until_at) values """
DOCUMENTED = """insert into documented
    (id, label, provider, provider_name, holder, service, ref, scope, issuer, valid_from, file, sha256, note,
    "by", at) values (?, 'hds', ?, ?, ?, '', '', '[]', 'LSTI', ?, 'a.pdf', ?, '', 'ops', '2026')"""


@pytest.fixture
def both(ours: sqlite3.Connection, theirs: Server) -> Both:
    told = Both(ours=ours, theirs=theirs)
    for run in RUNS:
        told.tell(
            """insert into run (id, source, at, outcome, message, revision, counts, held, believed)
                values (?, 'ans', '2026', 'ok', '', 1, '{}', '[]', 1)""",
            run,
        )
    told.tell("insert into page (sha256, size, body) values (?, 1, ?)", "a" * 64, b"\x00x")
    for id in range(1, 4):
        told.tell(
            "insert into notice (id, kind, subject, text, at) values (?, 'k', 's', 'é', ?)", id, str(id)
        )
    for key in MESSAGES:
        told.tell(
            """insert into message (key, channel, state, due, tries, interrupted, error, receipt)
                values (?, 'c1', 'due', '2026', 0, 0, '', '')""",
            key,
        )
    return told


class Told:
    """What may be told, drawn at random: rows that come, change and go, most of them rightly."""

    def __init__(self, seed: int) -> None:
        self.any = random.Random(seed)
        self.number = 0

    def next(self) -> int:
        self.number += 1
        return self.number

    def who(self) -> tuple[str, str]:
        return self.any.choice(
            (("bleu", "Bleu"), ("bleu", "Bleu SAS"), ("ete", "Été"), ("ete", "Été & Cie"), ("zoé", "Zoé"))
        )

    def day(self) -> str:
        return f"2026-03-{self.any.randrange(1, 6):02}T00:00:00Z"

    def facts(self) -> str:
        one = self.any
        facts = {
            "subject": one.choice((None, "Coffre", 'Un "nuage"', "true")),
            "ref": one.choice((None, "1-1", "2-1")),
            "status": one.choice(("held", "qualified", *sorted(NOT_STANDING)))
            if one.random() < 0.6
            else "held",
            "extra": one.choice(({}, {"certificate_number": "N° 7"}, {"certificate_number": None})),
        }
        some = {key: value for key, value in facts.items() if one.random() < 0.9}
        return json.dumps(some, ensure_ascii=False, separators=(",", ":"))

    def attestation(self) -> list[object]:
        line, (slug, name) = self.any.choice(LINES), self.who()
        what = (self.any.choice(("ans", "anssi")), self.any.choice(("hds", "secnumcloud")))
        run = self.any.choice((*RUNS, *RUNS, 99))  # there is no run 99
        edition = self.any.choice((None, self.day()))
        facts = self.any.choice((self.facts(), '{"status":"held"}'))
        until = self.any.choice(((None, None), (1, "2026-03-05T00:00:00Z")))
        printed = (facts, 1, "p. 1", "", 0)
        return [
            self.next(),
            line,
            *what,
            slug,
            name,
            name.upper(),
            *printed,
            run,
            self.day(),
            edition,
            *until,
        ]

    def rows_begin(self, both: Both) -> None:
        rows = [self.attestation() for _ in range(self.any.choice((1, 1, 2, 5)))]
        # Spelt like the first: what follows is added up.
        rows += [
            [self.next(), *row[1:-2], 1, "2026-03-05T00:00:00Z"] for row in rows[: self.any.randrange(2)]
        ]
        places = ", ".join(f"({', '.join('?' * len(row))})" for row in rows)
        both.tell(INSERT + places, *(value for row in rows for value in row))

    def rows_come_again(self, both: Both) -> None:
        same = "line, source, label, provider, provider_name, holder, facts, page, place"
        both.tell(
            f"""insert into attestation
                    (id, {same}, end_seen_at, missing_looks, since_run, since_at, until_run, until_at)
                select id + ?, {same}, '', 0, since_run, since_at, 1, '2026-03-05T00:00:00Z'
                from attestation where line = ? and id < 1000""",
            self.next() * 1000, self.any.choice(LINES),
        )  # fmt: skip

    def rows_end(self, both: Both) -> None:
        both.tell(
            """update attestation set until_run = ?, until_edition = ?,
                until_at = case when since_at > ? then since_at else ? end
                where line <= ? and line >= ? and until_at is null""",
            self.any.choice(RUNS), self.any.choice((None, self.day())), *[self.day()] * 2,
            *sorted(self.any.choices(LINES, k=2), reverse=True),
        )  # fmt: skip

    def rows_are_touched(self, both: Both) -> None:
        both.tell(
            """update attestation set place = ?, provider = provider, facts = facts where line = ?
                and until_at is null""",
            str(self.number), self.any.choice(LINES),
        )  # fmt: skip

    def rows_are_judged_anew(self, both: Both) -> None:
        who, (slug, name) = self.who()[0], self.who()
        both.tell(
            "update attestation set provider = ?, provider_name = ? where provider = ?", slug, name, who
        )

    def facts_change(self, both: Both) -> None:
        both.tell("update attestation set facts = ? where line = ?", self.facts(), self.any.choice(LINES))

    def a_look_is_forgotten(self, both: Both) -> None:
        run = self.any.choice(RUNS)
        both.tell("insert into forgotten (run, reason, at, last_run) values (?, 'x', '2026', ?)", run, run)
        both.tell("delete from attestation where since_run = ?", run)
        both.tell(
            """update attestation set until_run = null, until_at = null, until_edition = null
                where until_run = ?""",
            run,
        )

    def what_is_gone_is_deleted(self, both: Both) -> None:
        both.tell("delete from spelling where versions = 0")
        both.tell("delete from name where spellings = 0 and called = 0 and documented = 0")

    def events_come(self, both: Both) -> None:
        rows = []
        for _ in range(self.any.choice((1, 3))):
            slug, name = self.who()
            kind, cause = (
                self.any.choice(("gained", "lost", "odd")),
                self.any.choice(("baseline", "register")),
            )
            body = json.dumps({"attestations": [{"holder": name}], "provider": {"name": name, "slug": slug}})
            run = self.any.choice(RUNS)
            rows.append([self.next(), run, kind, "high", cause, slug, "hds", "ans", "2026", body])
        places = ", ".join(f"({', '.join('?' * 10)})" for _ in rows)
        both.tell(f"insert into event values {places}", *(value for row in rows for value in row))

    def deliveries_come(self, both: Both) -> None:
        rows = []
        for _ in range(self.any.choice((1, 4))):
            message = self.any.choice((None, None, *MESSAGES))
            gone = self.any.choice((None, None, None, "why"))
            channel = self.any.choice(("c1", "c2", "é3"))
            rows.append([self.next(), channel, self.any.choice((1, 2, 3, 4)), message, gone])
        places = ", ".join("(?, ?, ?, ?, ?, '2026', '[]')" for _ in rows)
        both.tell(
            f"""insert into delivery (id, channel, notice, message, withdrawn, due, matched) values {places}
                on conflict do nothing""",
            *(value for row in rows for value in row),
        )

    def deliveries_move(self, both: Both) -> None:
        change = self.any.choice(("message = 'm1'", "message = null", "withdrawn = 'why'", "withdrawn = null",
            "channel = 'c4'", "matched = '[1]'"))  # fmt: skip
        both.tell(f"update delivery set {change} where id % ? = 0", self.any.choice((1, 2, 3)))

    def a_message_fares(self, both: Both) -> None:
        state = self.any.choice(("due", "sending", "sent", "given_up"))
        both.tell(
            "update message set state = ?, lease_until = ?, closed_at = ? where key >= ?",
            state, "2027" if state == "sending" else None, "2027" if state in CLOSED else None,
            self.any.choice(MESSAGES),
        )  # fmt: skip

    def a_document_says(self, both: Both) -> None:
        (slug, name), dated = self.who(), self.any.choice(("2020-01-01", "2020-01-01", None))
        holder = self.any.choice((name, name.upper()))
        both.tell(DOCUMENTED, self.next(), slug, name, holder, dated, "a" * 64)

    def documents_are_judged_anew(self, both: Both) -> None:
        (slug, name), who = self.who(), self.who()[0]
        both.tell("update documented set provider = ?, provider_name = ? where provider = ?", slug, name, who)

    def a_document_is_taken_back(self, both: Both) -> None:
        both.tell(
            """update documented set removed_at = '2026', removed_by = 'ops', removed_reason = ?
                where id = (select min(id) from documented where removed_at is null)""",
            self.any.choice(("wrong", "wrong", "")),
        )


DOES: tuple[Callable[[Told, Both], None], ...] = tuple(
    does
    for name, does in vars(Told).items()
    if "both" in getattr(getattr(does, "__code__", None), "co_varnames", ())
)


@pytest.mark.parametrize("seed", [1, 2])
def test_what_follows_is_the_same_after_every_statement(both: Both, seed: int) -> None:
    told, seen = Told(seed), set[str]()
    for _ in range(160):
        told.any.choice(DOES)(told, both)
        seen |= {sql for sql in FOLLOW if both.asked(sql)}
    assert seen == set(FOLLOW)
    for table in ("attestation", "event", "forgotten", "delivery", "message", "documented"):
        both.asked(f"select {'key, state' if table == 'message' else '*'} from {table}")


LOGS = {
    "event": "update event set body = body",
    "event_row": "update event_row set line = line",
    "link": "update link set kind = 'x'",
    "retraction": "update retraction set reason = 'x'",
    "forgotten": "update forgotten set reason = 'x'",
    "footing": "update footing set reason = 'x'",
    "documented": "update documented set holder = 'x'",
}
LINK = "insert into link (number, kind, record, hash, body) values (?, 'run', ?, ?, ?)"


@pytest.fixture
def logged(both: Both) -> Both:
    """A line in every log."""
    for sql in (
        """insert into event values (1, 1, 'gained', 'high', 'register', 'b', 'hds', 's', '2026',
            '{"provider":{"name":"B"}}')""",
        "insert into event_row values (1, 1)",
        "insert into retraction values (1, 'why', 'ops', '2026')",
        "insert into forgotten values (1, 'why', '2026', 1)",
        """insert into footing (id, provider, provider_name, service, host, host_name, reason, "by", at)
            values (1, 'b', 'B', '', 'o', 'O', 'said so', 'ops', '2026')""",
    ):
        assert both.tell(sql)
    assert both.tell(DOCUMENTED, 1, "b", "B", "B SAS", "2020", "a" * 64)
    assert both.tell(LINK, 1, 1, "c" * 64, f'{{"previous":"{"0" * 64}"}}')
    return both


@pytest.mark.parametrize("table", LOGS)
def test_no_log_is_changed_or_shortened_in_any_way(logged: Both, table: str) -> None:
    kept = logged.asked(f"select * from {table}")

    assert not logged.tell(LOGS[table])
    assert not logged.tell(f"delete from {table}")
    with pytest.raises(psycopg.errors.RaiseException, match="never deleted"):
        logged.theirs.execute(f"truncate {table} cascade")
    # What names no row changes none.
    assert logged.tell(f"{LOGS[table]} where 1 = 0")
    assert logged.tell(f"delete from {table} where 1 = 0")
    assert logged.asked(f"select * from {table}") == kept


def test_a_link_names_the_last(logged: Both) -> None:
    assert not logged.tell(LINK, 2, 2, "d" * 64, f'{{"previous":"{"0" * 64}"}}')
    assert not logged.tell(LINK, 2, 2, "d" * 64, "{}")
    assert logged.tell(LINK, 2, 2, "d" * 64, f'{{"previous":"{"c" * 64}"}}')
    logged.theirs.execute("create temp table more as select * from link limit 0")
    links = [
        [3, "run", 3, "e" * 64, f'{{"previous":"{"d" * 64}"}}'],
        [4, "run", 4, "f" * 64, f'{{"previous":"{"e" * 64}"}}'],
    ]
    assert logged.tell(
        LINK + ", (?, 'run', ?, ?, ?)", *(value for link in links for value in (link[0], *link[2:]))
    )
    assert [row[0] for row in logged.asked("select number, previous from link")] == [1, 2, 3, 4]


def test_what_was_noted_is_taken_back_once(logged: Both) -> None:
    taken = "set removed_at = '2027', removed_by = 'ops', removed_reason = 'over'"
    for table in ("footing", "documented"):
        assert logged.tell(f"update {table} {taken}")
        assert not logged.tell(f"update {table} set removed_reason = 'another'")
        assert not logged.tell(
            f"update {table} set removed_at = null, removed_by = null, removed_reason = null"
        )
    assert logged.tell("update documented set provider = 'o', provider_name = 'O'")
    logged.asked(FOLLOW[3])


def owe(theirs: Server, first: int, last: int) -> None:
    theirs.cursor().executemany(
        "insert into delivery (id, channel, notice, due, matched) values (%s, %s, %s, '2026', '[]')",
        [(notice, f"c{notice % 3}", notice) for notice in range(first, last + 1)],
    )


NOTICES = """insert into notice (id, kind, subject, text, at)
    select i, 'k', '', '', i from generate_series(1, 6000) i"""


def test_thousands_of_changes_are_added_up_and_nothing_is_lost(theirs: Server) -> None:
    theirs.execute(NOTICES)
    with theirs.transaction():
        owe(theirs, 1, 5000)
    assert theirs.execute("select count(*) from owed_change").fetchall() == [(5000 - 4096,)]
    assert theirs.execute("select sum(counted) from owed_kept").fetchall() == [(4096,)]
    assert theirs.execute("select channel, counted from owed_count order by 1").fetchall() == [
        ("c0", 1666),
        ("c1", 1667),
        ("c2", 1667),
    ]


def test_while_one_adds_up_others_owe_and_wait_for_nobody(theirs: Server, address: str) -> None:
    theirs.execute(NOTICES)
    owe(theirs, 1, 4090)
    with psycopg.connect(address, autocommit=True) as other:
        other.execute("set search_path = vigilabel; set lock_timeout = '5s'")
        with theirs.transaction():
            owe(theirs, 4091, 4100)  # adds up what there is
            # The number at which one would add up too, were nobody at it.
            other.execute("select setval(pg_get_serial_sequence('owed_change', 'number'), 8190)")
            with other.transaction():
                owe(other, 4101, 4110)
        assert other.execute("select sum(counted)::bigint from owed_count").fetchall() == [(4110,)]
    assert theirs.execute("select count(*) from owed_change").fetchall() == [(14,)]


WAKES = (
    ("insert into delivery (id, channel, notice, due, matched) values (1, 'c1', 1, '2026', '[]')", True),
    ("update message set state = 'sending', lease_until = '2027' where key = 'm1'", False),
    ("update message set error = 'x'", False),
    ("update message set due = '2027' where key = 'm2'", False),
    ("update message set state = 'due', lease_until = null, due = '2027' where key = 'm1'", True),
    ("update message set due = '2025' where key = 'm2'", True),
    ("insert into channel (id, state, reason, lang) values ('c1', 'suspended', '', 'fr')", False),
    ("update channel set lang = 'en', state = 'suspended'", False),
    ("update channel set state = 'active'", True),
)


def test_who_delivers_is_woken_by_what_becomes_due(both: Both, address: str) -> None:
    with psycopg.connect(address, autocommit=True) as waiting:
        waiting.execute("listen vigilabel")
        for sql, wakes in WAKES:
            both.theirs.execute(sql)
            # What was said before it is said too: a word of our own ends the waiting.
            both.theirs.execute("notify vigilabel, 'end'")
            said = [one.payload for one in waiting.notifies(timeout=20, stop_after=1 + wakes)]
            assert said == [""] * wakes + ["end"], sql


def test_words_go_with_what_they_are_the_words_of(both: Both) -> None:
    theirs = both.theirs
    theirs.execute("insert into name (id, provider, name) values (7, 'b', 'B'), (8, 'o', 'O')")
    theirs.execute("insert into name_words values (7, '''b'':1A'), (8, '''o'':1A')")
    theirs.execute("insert into spelling values (9, 1, 's', 'l', 'b', 'B', 'h', '', '', 0)")
    theirs.execute("insert into row_words values (9, '''h'':1A')")

    theirs.execute("delete from name where id = 7")
    theirs.execute("delete from spelling")

    assert theirs.execute("select rowid from name_words where words @@ 'o:A'").fetchall() == [(8,)]
    assert theirs.execute("select count(*) from row_words").fetchall() == [(0,)]
