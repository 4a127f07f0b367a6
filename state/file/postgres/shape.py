"""The memory as PostgreSQL keeps it: statements in files beside this one, for whoever makes a new memory."""

from __future__ import annotations

from importlib.resources import files

PARTS = ("start", "follow", "views")
"""In this order: what is kept, what follows from it and what is refused, and what people ask with SQL."""


def statements() -> str:
    """All of it as one text, to be run within one transaction of whoever owns the database."""
    return "\n".join(files(__package__).joinpath(f"{part}.sql").read_text("utf-8") for part in PARTS)
