"""The one answer to a command, whatever door it came through; it never fails for what a person wrote."""

from __future__ import annotations

from collections.abc import Mapping

from watcher.errors import Mistyped
from watcher.slack.acts.operating import approve_reply, retract_reply
from watcher.slack.acts.wishes import ORDERS
from watcher.slack.command import Command
from watcher.slack.replies.accounts import ACCOUNTS
from watcher.slack.replies.asked import Asked
from watcher.slack.replies.mistakes import mistaken
from watcher.slack.replies.questions import QUESTIONS, Question
from watcher.slack.replies.reply import Reply
from watcher.slack.replies.wishes import list_reply

ANSWERS: Mapping[str, Question] = {
    **QUESTIONS,
    **ACCOUNTS,
    **ORDERS,
    "list": list_reply,
    "approve": approve_reply,
    "retract": retract_reply,
}


def answer(asked: Asked, command: Command) -> Reply:
    """The answer to a command, or what is wrong with it."""
    try:
        return ANSWERS[command.verb](asked, command)
    except Mistyped as mistake:
        return mistaken(asked, mistake)
