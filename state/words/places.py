"""Where a message goes, or who a person is, on Slack: an id, and the workspace in which it means something.

Slack gives ids of channels and members that are one of a kind within a workspace, or within an organisation
of Enterprise Grid, and promises no more. So whatever is not of the workspace that the settings name is
written with it, `T0123/C0456`; an app that was installed for a whole organisation knows one place for all of
its workspaces, `E0123/C0456`. This is the one module that puts such a text together or takes it apart.
"""

from __future__ import annotations

import re

WORKSPACE = re.compile(r"[TE][A-Z0-9]{1,30}")
"""A workspace, or an organisation."""
SLACK_USER = re.compile(r"[UW][A-Z0-9]+")
"""A member, whose channel is the talk with them; as Slack writes them, without their workspace."""
_APART = re.compile(rf"({WORKSPACE.pattern})/([^/]+)", re.DOTALL)


def place(workspace: str, id: str) -> str:
    """A place of a workspace; in that of the settings ("") and for no place at all, the id alone.

    An id that names a workspace itself is refused: it would lead to somebody else's.
    """
    if "/" in id:
        raise ValueError(f"expected an id of Slack, found {id!r}")
    return f"{workspace}/{id}" if workspace and id else id


def workspace_of(place: str) -> str:
    """The workspace of a place; "" for that of the settings, and for what is no place on Slack."""
    found = _APART.fullmatch(place)
    return found[1] if found else ""


def bare(place: str) -> str:
    """The id as Slack knows it in its workspace."""
    found = _APART.fullmatch(place)
    return found[2] if found else place


def is_member(place: str) -> bool:
    """Whether a place is the talk with a member, of whatever workspace."""
    return SLACK_USER.fullmatch(bare(place)) is not None
