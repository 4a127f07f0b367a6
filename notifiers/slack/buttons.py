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
from state.model import Event
from state.words.post import Notice

Block = dict[str, Any]
Value = Mapping[str, str | int]

PREFIX = "vigilabel"
MOST, LABEL, VALUE = 25, 75, 2_000
PAUSE = "2w"
"""How long the button on an alert pauses a provider."""

ENGLISH = {
    "history": "History",
    "proof": "Proof",
    "pause": "Pause 2 weeks",
    "pause_confirm": "Keep back events about {name} in this channel for two weeks? They arrive after that.",
    "approve": "Approve",
    "approve_confirm": "Believe this reading as it is? What it removes is then told to subscribers.",
    "hold": "Keep holding",
    "retract": "Retract…",
    "yes": "Yes",
    "no": "Cancel",
}
FRENCH = {
    "history": "Historique",
    "proof": "Preuve",
    "pause": "Pause 2 semaines",
    "pause_confirm": "Retenir les événements sur {name} dans ce canal pendant deux semaines\u202f? "
    "Ils arrivent ensuite.",
    "approve": "Approuver",
    "approve_confirm": "Croire cette lecture telle quelle\u202f? Ce qu’elle retire sera dit aux abonnés.",
    "hold": "Garder retenu",
    "retract": "Rétracter…",
    "yes": "Oui",
    "no": "Annuler",
}


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


def words(lang: str) -> Mapping[str, str]:
    """The texts of the buttons: English for "en", French for all else."""
    return ENGLISH if lang == "en" else FRENCH


def event_buttons(event: Event, lang: str, *, retract: bool = False) -> Block:
    """The buttons below an alert: its provider's history, its proof, a pause, and for operators `retract`."""
    texts, slug, name = words(lang), literal(event.provider.slug), clip(clean(event.provider.name), 80)
    buttons = [
        Button(action="open", text=texts["history"], value={"command": f"history {slug}"}),
        Button(action="open", text=texts["proof"], value={"command": f"proof {event.id}"}),
        Button(
            action="pause",
            text=texts["pause"],
            value={"slug": slug, "length": PAUSE},
            confirm=texts["pause_confirm"].format(name=name),
        ),
    ]
    return actions([*buttons, retract_button(event.id, lang)] if retract else buttons, lang)


def retract_button(event: int, lang: str) -> Button:
    """The button that asks an operator why an event is taken back, and then takes it back."""
    return Button(action="retract", text=words(lang)["retract"], value={"event": event}, style="danger")


def held_buttons(notice: Notice, lang: str) -> Block:
    """The buttons below a word to operators that a reading waits: they name its source and the time of it."""
    texts, value = words(lang), {"source": notice.subject, "at": notice.at.isoformat()}
    return actions(
        [
            Button(
                action="approve",
                text=texts["approve"],
                value=value,
                style="primary",
                confirm=texts["approve_confirm"],
            ),
            Button(action="hold", text=texts["hold"], value=value),
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
    texts = words(lang)
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
            "confirm": _text(texts["yes"], 30),
            "deny": _text(texts["no"], 30),
        }
    return made


def _text(text: str, limit: int) -> Block:
    return {"type": "plain_text", "text": clip(literal(text), limit), "emoji": False}
