"""Which language a reader is answered in, and addresses that keep it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from starlette.requests import Request

from notifiers.said.texts import LANGUAGES


def language_of(request: Request) -> tuple[str, bool]:
    """The language of the answer, and whether the address names it. Programs are answered in English, people
    in what their browser likes best, unless the address says which."""
    named = request.query_params.get("lang")
    if named in LANGUAGES:
        return named, True
    if request.url.path.startswith("/api/"):
        return "en", False
    return preferred(request.headers.get("accept-language", "")), False  # absent header: no preference


def preferred(header: str) -> str:
    """The one of our languages that an Accept-Language header likes best; the house's first one among equals
    and for all else."""
    liked: dict[str, float] = {}
    # A header may be as long as a server lets it; nobody reads twenty languages.
    for part in header.split(",")[:20]:
        name, _, weight = part.partition(";")
        code = name.strip().lower().split("-")[0]
        if code in LANGUAGES:
            liked[code] = max(liked.get(code, 0.0), _quality(weight))
    return max(LANGUAGES, key=lambda code: liked.get(code, 0.0))


def _quality(text: str) -> float:
    name, _, value = text.strip().partition("=")
    if not name:
        return 1.0
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0


def address(path: str, given: Mapping[str, object]) -> str:
    """The path with a query; values that are None or "" are left out, lists repeat their name."""
    pairs: list[tuple[str, str]] = []
    for name, value in given.items():
        values = value if isinstance(value, list | tuple) else (value,)
        pairs += [(name, str(one)) for one in values if one not in (None, "")]
    return f"{path}?{urlencode(pairs)}" if pairs else path


def same_address(request: Request, **changes: object) -> str:
    """The address of this request with some parts of its query changed."""
    given: dict[str, object] = {}
    for name in request.query_params:
        given[name] = request.query_params.getlist(name)
    # One slash in front: two would be the address of another host.
    return address("/" + quote(request.url.path.lstrip("/")), {**given, **changes})
