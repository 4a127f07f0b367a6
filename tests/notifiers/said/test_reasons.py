"""Reasons are codes with values: each has its text in each language, and nobody looks into a sentence."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from string import Formatter

import pytest
import texts
from our_code import MODULES, ROOT, name, nodes

from notifiers.said.reasons import said
from notifiers.said.texts import LANGUAGES
from notifiers.said.voice import voice
from notifiers.slack.codes import PERMANENT
from state.model import Reason, Value
from watcher.tell.want import Term

CATALOGUES = {lang: texts.read(texts.TEXTS / f"{lang}.po") for lang in LANGUAGES}
FRENCH = CATALOGUES["fr"]
KNOWN = {key.removeprefix("reason.") for key in CATALOGUES["en"] if key.startswith("reason.")}
GIVEN_LATER = {"label", "held"}
"""What a judge adds to the reasons that it gathers, one label after another."""
PROSE = {"why", "reason", "message", "error", "trouble", "refused", "mistake", "detail"}
"""Names that sentences of ours go by."""
ENGLISH = re.compile(
    r"\b(the|of|is|are|was|were|and|not|to|with|for|from|which|that|its|has|have|been|this|there|then|by)\b"
)


def literals(node: ast.expr) -> Iterator[str]:
    """The codes that an argument may be: a literal, or one of two."""
    match node:
        case ast.Constant(value=str(code)):
            yield code
        case ast.IfExp(body=one, orelse=other):
            yield from chain(literals(one), literals(other))


def reasons() -> Iterator[tuple[str, frozenset[str], str]]:
    """Every reason that is made by its code: the code, the names of its values, and where."""
    for path, node in calls():
        if called(node) == "Reason.of" and node.args:
            given = frozenset(word.arg or "**" for word in node.keywords)
            for code in literals(node.args[0]):
                yield code, given, f"{name(path)}:{node.lineno}"


def calls() -> Iterator[tuple[Path, ast.Call]]:
    """Every call in our code, and where."""
    return ((path, node) for path in MODULES for node in nodes(path) if isinstance(node, ast.Call))


def called(node: ast.Call) -> str:
    """What is called, where that is a name or a method of one; writing out every call takes seconds."""
    match node.func:
        case ast.Name(id=function):
            return function
        case ast.Attribute(value=ast.Name(id=of), attr=method):
            return f"{of}.{method}"
    return ""


@cache
def made() -> list[tuple[str, frozenset[str], str]]:
    return sorted(reasons(), key=lambda each: (each[0], each[2]))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_code_has_a_text_in_every_language(lang: str) -> None:
    codes = {code for code, _, _ in made()} | set(PERMANENT.values())
    assert len(codes) > 60
    assert [code for code in sorted(codes) if not voice(lang).knows("reason", code)] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_term_that_an_event_fails_has_a_text_in_every_language(lang: str) -> None:
    """But those that are said with what was wanted and what was found."""
    named = {Term.CAUSE, Term.LABELS, Term.KINDS, Term.NAMES}
    texts_of = {key.removeprefix("why_term.") for key in CATALOGUES[lang] if key.startswith("why_term.")}
    assert texts_of == set(Term) - named


def test_every_text_of_a_reason_is_that_of_a_code() -> None:
    """A code is a literal somewhere, or begins as a literal does that a word of ours completes."""
    parts = [node for path in MODULES for node in nodes(path)]
    written = "".join(path.read_text("utf-8") for path in (ROOT / "scripts" / "new_source").iterdir())
    whole = set(re.findall(r"\w+", written))
    whole |= {each.value for each in parts if isinstance(each, ast.Constant) and isinstance(each.value, str)}
    begun = tuple(
        first.value
        for node in parts
        if isinstance(node, ast.JoinedStr) and isinstance(first := node.values[0], ast.Constant)
        if isinstance(first.value, str) and re.fullmatch(r"[a-z]+_", first.value)
    )
    assert sorted(code for code in KNOWN - whole if not code.startswith(begun)) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_reason_is_made_with_all_values_that_its_text_names(lang: str) -> None:
    missing = [
        (where, code, gap)
        for code, given, where in made()
        for text in CATALOGUES[lang].get(f"reason.{code}", ())
        for _, gap, _, _ in Formatter().parse(text)
        if gap and "**" not in given and gap not in given | GIVEN_LATER
    ]
    assert missing == []


def test_no_value_of_a_reason_is_a_sentence_of_ours() -> None:
    """It would be English to every reader: what can be said in words of ours has a code."""
    given = [
        ast.unparse(each)
        for _, call in calls()
        if called(call) in ("Reason.of", "as_said", "Probe")
        for each in (*(word.value for word in call.keywords), *call.args)
        if any(
            isinstance(part, ast.Constant) and re.search(r"[a-z] [a-z]", str(part.value))
            for part in ast.walk(each)
        )
    ]
    assert given == []


QUOTED = re.compile(r"«[^»]*»|`[^`]*`|https?://\S+")
TYPED = re.compile(r"/vigilabel\b[^.;:]*|--[a-z-]+|\{[^}]*\}")
"""Commands, which stay as they are typed."""
COMMANDS = {"help.ask_1", "help.ask_2", "demo.next"}
VERBATIM = {"text", "error"}
"""Gaps for what somebody or a library said."""
SAMPLES = {"label": "hds", "mark": "hds", "kind": "lost", "before": "listed", "after": "archived"}


def test_no_english_in_a_french_text_but_what_is_quoted() -> None:
    said = {key: [TYPED.sub("", QUOTED.sub("", form)) for form in forms] for key, forms in FRENCH.items()}
    english = {key: form for key, forms in said.items() for form in forms if ENGLISH.search(form)}
    assert english.keys() <= COMMANDS


def said_of_samples(code: str, text: str) -> str:
    """A reason in French, with a value in each gap of its text."""
    values: dict[str, str | int] = {
        name: 3 if unit else SAMPLES.get(name, "the end of it" if name in VERBATIM else "X9")
        for _, name, unit, _ in Formatter().parse(text)
        if name
    }
    return said(Reason(code=code, values=values), "fr")


def test_a_reason_is_said_in_french_without_a_word_of_english() -> None:
    """Whatever its values are; what the network said, in English here, is quoted as such."""
    assert len(KNOWN) > 60
    for code in sorted(KNOWN):
        [text] = FRENCH[f"reason.{code}"]
        french = said_of_samples(code, text)
        assert not ENGLISH.search(QUOTED.sub("", french)), code
        assert ("{" in french) == ("{{" in text), code


def _named(node: ast.expr) -> str:
    """What a value goes by: its name, its attribute, or what `str()` is made of."""
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case ast.Call(func=ast.Name(id="str"), args=[inner]):
            return _named(inner)
    return ""


def looks_into_a_sentence(node: ast.AST) -> bool:
    """A part of a sentence sought in it, its beginning or end asked for, or a pattern tried on it."""
    match node:
        case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[where]):
            return _named(where) in PROSE
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="re"), attr="search" | "match" | "fullmatch" | "sub")
        ):
            return any(_named(each) in PROSE for each in node.args[1:])
        case ast.Call(func=ast.Attribute(value=text, attr="search" | "match" | "fullmatch")):
            return any(_named(each) in PROSE for each in node.args)
        case ast.Call(
            func=ast.Attribute(
                value=text,
                attr="startswith"
                | "endswith"
                | "removeprefix"
                | "removesuffix"
                | "partition"
                | "find"
                | "index",
            )
        ):
            return _named(text) in PROSE
    return False


def test_nothing_is_decided_by_looking_into_a_sentence() -> None:
    found = [
        (name(path), ast.unparse(node))
        for path in MODULES
        for node in nodes(path)
        if looks_into_a_sentence(node)
    ]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        '"ended" in refused.why',
        '"%%EOF" in failed.error',
        "SCRIPTS not in str(error)",
        'message.removeprefix(f"{source}: ")',
        'str(error).startswith("x")',
        'one.message.partition(": ")',
        're.fullmatch(r"x", run.message)',
        "PATTERN.search(str(error))",
    ],
)
def test_looking_into_a_sentence_is_found(code: str) -> None:
    assert any(looks_into_a_sentence(node) for node in ast.walk(ast.parse(code)))


ODD: tuple[Value, ...] = (
    "", "{x}", "{0}", "%s", "2026-02-30", "9999-99-99", "2026-13-01T99:99Z", "no such thing", 0, -1, 0.5, (),
    Reason.of("as_said", text="{y} %d"), (Reason.of("a code to come", label="hds"),),
)  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_a_reason_with_odd_values_is_said_all_the_same(odd: Value, lang: str) -> None:
    """They are what registers print, or what another version kept."""
    for code in sorted(KNOWN):
        gaps = {gap for _, gap, _, _ in Formatter().parse(CATALOGUES[lang][f"reason.{code}"][0]) if gap}
        assert isinstance(said(Reason(code=code, values=dict.fromkeys(gaps, odd)), lang), str)
        assert said(Reason(code=code), lang)


def test_a_day_that_is_none_is_said_as_printed() -> None:
    assert "2026-02-30" in said(Reason.of("a_status", status="2026-02-30"), "fr")


def test_a_reason_that_another_version_kept_is_quoted() -> None:
    kept = Reason.of("moon_eclipsed", of="hds", rows=3)
    assert said(kept, "fr").replace("\u00a0", " ") == "texte d’origine : « moon_eclipsed of=hds rows=3 »"
    assert said(kept, "en") == "moon_eclipsed of=hds rows=3"


def test_what_said_nothing_is_not_quoted_as_an_empty_text() -> None:
    assert said(Reason.of("as_said", text=" "), "fr").replace("\u00a0", " ") == "texte d’origine : « … »"


def test_when_nobody_saw_a_source_is_said_in_paris_time_to_people_and_kept_as_it_is() -> None:
    span = {"since": "2026-03-02T08:30Z", "until": "2026-07-04T09:00Z"}
    blind = Reason.of("blind_until", source="ans-hds", **span)
    paris = "du 02/03/2026 09:30 (heure de Paris) au 04/07/2026 11:00 (heure de Paris)"

    assert paris in said(blind, "fr")
    assert said(blind, "en") == "ans-hds from 2026-03-02 08:30 UTC to 2026-07-04 09:00 UTC"
