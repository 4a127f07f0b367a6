"""What an operator wants on the first day, and the file of settings that says it. Pure."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifiers.given import Unfit
from scrapers.source import Misset
from scrapers.wire.fetch import make_client
from watcher.errors import BadSettings
from watcher.settings import Settings, unfit_reason

if TYPE_CHECKING:
    from notifiers.said.voice import Voice


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The answers: `channel` is told what matches the words of `follow`, `operators` what troubles the watch.

    An empty answer leaves the setting as it is by default.
    """

    state: str
    lang: str
    contact: str = ""
    operators: str = ""
    channel: str = ""
    follow: tuple[str, ...] = ()


SET = ("state", "lang", "contact", "operators")
"""What goes into the file, in its order. Tokens and webhook addresses stay in the environment."""


def settings_text(wanted: Wanted, say: Voice) -> str:
    """The file of settings: each with a word on what it is for; those left out are shown as comments.

    Raises `BadSettings` for what no watch could be run with.
    """
    lines = [f"# {say('begin.file_head')}", ""]
    for name in SET:
        value = str(getattr(wanted, name))
        lines += [
            f"# {say.each('begin_setting', name)}",
            ("" if value else "# ") + f"{name} = {_toml(value)}",
        ]
    text = "\n".join([*lines, "", *(f"# {line}" for line in say("begin.file_foot").splitlines())]) + "\n"
    try:
        Settings(**tomllib.loads(text))
        make_client(wanted.contact).close()  # what cannot stand in a header is said now, and not at a look
    except Unfit as error:
        raise BadSettings(unfit_reason(error)) from None
    except Misset as error:
        raise BadSettings(error.reason) from None
    return text


def _toml(value: str) -> str:
    """A text as TOML writes it: JSON's escapes are TOML's, and JSON leaves only DEL bare, which TOML bars."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
