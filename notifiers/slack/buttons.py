"""Buttons below Slack messages: what each does when it is clicked is told by its value. Pure.

Slack's limits: 25 buttons a row, 75 characters on each, 2,000 in a value, every `action_id` once in its row
(https://docs.slack.dev/reference/block-kit/block-elements/button-element).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from notifiers.said.printed import clean, clip, literal
from notifiers.said.voice import voice
from state.model import Event
from state.words.post import Notice

Block = dict[str, Any]
Value = Mapping[str, str | int]

PREFIX = "vigilabel"
MOST, LABEL, VALUE = 25, 75, 2_000
PAUSE = "2w"
"""How long the button on an alert pauses a provider."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button: `action` says what a click does, `value` what it does it to.

    `confirm` is asked before it acts; `style` is primary, danger or "".
    """

    action: str
    text: str
    value: Value
    style: str = ""
    confirm: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clicks:
    """Which buttons messages carry: none unless somebody hears the clicks (`heard`), and those of operators
    in their channel alone."""

    heard: bool = False
    operators: str = ""


UNHEARD = Clicks()
"""No door of Slack is open: a button would do nothing."""


def event_buttons(event: Event, lang: str, *, retract: bool = False) -> Block:
    """The buttons below an alert: its provider's history, its proof, a pause, and for operators `retract`."""
    say, slug, name = voice(lang), literal(event.provider.slug), clip(clean(event.provider.name), 80)
    buttons = [
        Button(action="open", text=say("button.history"), value={"command": f"history {slug}"}),
        Button(action="open", text=say("button.proof"), value={"command": f"proof {event.id}"}),
        Button(
            action="pause",
            text=say("button.pause"),
            value={"slug": slug, "length": PAUSE},
            confirm=say("button.pause_confirm", name=name),
        ),
    ]
    return actions([*buttons, retract_button(event.id, lang)] if retract else buttons, lang)


def retract_button(event: int, lang: str) -> Button:
    """The button that asks an operator why an event is taken back, and then takes it back."""
    return Button(
        action="retract", text=voice(lang)("button.retract"), value={"event": event}, style="danger"
    )


def held_buttons(notice: Notice, lang: str) -> Block:
    """The buttons below a word to operators that a reading waits: they name its source and the time of it."""
    say, value = voice(lang), {"source": notice.subject, "at": notice.at.isoformat()}
    return actions(
        [
            Button(
                action="approve",
                text=say("button.approve"),
                value=value,
                style="primary",
                confirm=say("button.approve_confirm"),
            ),
            Button(action="hold", text=say("button.hold"), value=value),
        ],
        lang,
    )


def actions(buttons: Sequence[Button], lang: str) -> Block:
    """A row of buttons; those that carry more than Slack takes are left out."""
    fitting = [one for one in buttons if len(value_text(one.value)) <= VALUE][:MOST]
    return {"type": "actions", "elements": [_element(one, n, lang) for n, one in enumerate(fitting)]}


def value_text(value: Value) -> str:
    """What a button carries, as text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _element(button: Button, number: int, lang: str) -> Block:
    say = voice(lang)
    made: Block = {
        "type": "button",
        "action_id": f"{PREFIX}.{button.action}.{number}",
        "text": _text(button.text, LABEL),
        "value": value_text(button.value),
    }
    if button.style:
        made["style"] = button.style
    if button.confirm:
        made["confirm"] = {
            "title": _text(button.text, LABEL),
            "text": _text(button.confirm, 300),
            "confirm": _text(say("button.yes"), 30),
            "deny": _text(say("button.no"), 30),
        }
    return made


def _text(text: str, limit: int) -> Block:
    return {"type": "plain_text", "text": clip(literal(text), limit), "emoji": False}
