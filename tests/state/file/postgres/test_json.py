"""JSON in texts is asked on PostgreSQL as on SQLite."""

from __future__ import annotations

import json
import random
import sqlite3
from typing import Any

import psycopg
import pytest
from both_engines import Server

KEYS = ("status", "extra", "été", "x")


def value(any: random.Random, depth: int = 0) -> Any:
    kinds = ["text", "number", "truth", "null", *(["list", "object"] * (depth < 3))]
    kind = any.choice(kinds)
    if kind == "text":
        return any.choice(
            ("", "true", "false", "null", "1", "held", 'Un "nuage" \\ \n', "Cœur\t<é>", "🙂", "{}")
        )
    if kind == "number":
        return any.choice((0, 1, -7, 2**53, 0.5, -12.25))
    if kind in ("truth", "null"):
        return {"truth": any.choice((True, False)), "null": None}[kind]
    if kind == "list":
        return [value(any, depth + 1) for _ in range(any.randrange(4))]
    return {key: value(any, depth + 1) for key in KEYS if any.random() < 0.6}


WAYS = ("-> '{}'", "->> '{}'", "-> '{}' ->> 'status'", "-> '{}' -> 'x'")


@pytest.mark.parametrize("ascii", [True, False], ids=["escaped", "as it is"])
def test_any_text_gives_what_sqlite_gives(ours: sqlite3.Connection, theirs: Server, ascii: bool) -> None:
    drawn = random.Random(7)
    texts = [json.dumps(value(drawn), ensure_ascii=ascii, separators=(",", ":")) for _ in range(1_500)]
    found = 0
    for asked in (way.format(key) for way in WAYS for key in KEYS if key.isascii() or not ascii):
        expected = [(as_text(ours, text, asked),) for text in texts]
        rows = theirs.execute(
            f"select text {asked} from unnest(%s::text[]) with ordinality t (text, n) order by n", [texts]
        ).fetchall()
        assert rows == expected, asked
        found += sum(kept is not None for (kept,) in rows)
    assert found > 500


def as_text(ours: sqlite3.Connection, text: str, asked: str) -> str | None:
    """What SQLite gives, as a text; of a truth, of which it makes a number, what is written."""
    way, _, key = asked.rpartition("'")[0].rpartition("'")
    written = f"{way.rstrip().removesuffix('->>').removesuffix('->')} -> '{key}'"
    kept, whole = ours.execute(f"select ? {asked}, ? {written}", [text, text]).fetchone()
    return whole if whole in ("true", "false") else kept if kept is None else str(kept)


def test_a_path_leads_to_what_sqlite_finds(ours: sqlite3.Connection, theirs: Server) -> None:
    text = '{"provider":{"name":"Été","slug":null,"all":[1,{"a":2}]},"extra":{"n":{"m":true}}}'
    for path in ("provider.name", "provider.slug", "provider.all", "provider.none", "none.name", "extra.n"):
        for way in ("->", "->>"):
            asked = f"select '{text}' {way} '$.{path}'"
            assert theirs.execute(asked).fetchall() == ours.execute(asked).fetchall(), asked


def test_what_is_no_json_is_refused(ours: sqlite3.Connection, theirs: Server) -> None:
    for text in ("{", "", "held"):
        with pytest.raises(sqlite3.OperationalError, match="malformed JSON"):
            ours.execute("select ? ->> 'a'", [text]).fetchall()
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            theirs.execute("select %s::text ->> 'a'", [text])


def test_the_elements_of_an_array(ours: sqlite3.Connection, theirs: Server) -> None:
    for text in ("[]", '["a","é",null,1,"2"]', "[[1],{}]"):
        asked = f"select key, cast(value as text) from json_each('{text}') order by key"
        assert theirs.execute(asked).fetchall() == ours.execute(asked).fetchall()
    numbers = """select sum(n) from (select 2 as n union all select 3) s
        where n in (select cast(value as bigint) from json_each('[3, 4]'))"""
    assert (
        [int(*row) for row in theirs.execute(numbers)] == [3] == [int(*row) for row in ours.execute(numbers)]
    )


def test_where_a_part_begins(ours: sqlite3.Connection, theirs: Server) -> None:
    for whole, part in (("héllo", "l"), ("héllo", "x"), ("", "x"), ("a", "")):
        expected = ours.execute("select instr(?, ?)", [whole, part]).fetchone()
        assert theirs.execute("select instr(%s::text, %s::text)", [whole, part]).fetchone() == expected


def test_several_paths_are_one_list(ours: sqlite3.Connection, theirs: Server) -> None:
    text = '{"status":"held","scope":["a","é"],"extra":{"family":null,"n":7},"country":true}'
    asked = "'$.status', '$.scope', '$.extra.family', '$.extra.n', '$.none', '$.none.n', '$.country'"
    found, expected = (
        [json.loads(listed) for (listed,) in ask(f"select json_extract('{text}', {asked})")]
        for ask in (theirs.execute, ours.execute)
    )
    assert found == expected == [["held", ["a", "é"], None, 7, None, None, True]]


def test_the_texts_of_a_group_are_one_list(ours: sqlite3.Connection, theirs: Server) -> None:
    asked = """select n, json_group_array(distinct t) from (select 1 as n, 'é"' as t union all select 1, 'a'
        union all select 1, 'a' union all select 2, null) s group by n order by n"""
    found, expected = (
        [(n, sorted(json.loads(listed), key=repr)) for n, listed in ask(asked).fetchall()]
        for ask in (theirs.execute, ours.execute)
    )
    assert found == expected == [(1, ["a", 'é"']), (2, [None])]
