"""Conditions of a query: SQL of ours, values kept apart from it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any


class Conditions:
    """A `where` clause under construction, and its parameters.

    Column names and texts are written in our modules; what comes from outside travels as parameters only.
    """

    def __init__(self) -> None:
        self._texts: list[str] = []
        self.params: dict[str, Any] = {}

    def copy(self) -> Conditions:
        """The same conditions, to be added to apart."""
        made = Conditions()
        made._texts, made.params = list(self._texts), dict(self.params)
        return made

    def add(self, text: str, **params: Any) -> None:
        """Requires `text`, whose parameters are given by name."""
        self._texts.append(text)
        self.params.update(params)

    def compare(self, column: str, sign: str, value: object) -> None:
        """Requires `column sign value`; None asks for nothing."""
        if value is not None:
            self._texts.append(f"{column} {sign} {self._name(value)}")

    def among(self, column: str, values: Collection[object] | None) -> None:
        """Requires one of `values`: None asks for nothing, an empty collection lets nothing through."""
        if values is not None:
            self._texts.append(self.one_of(column, values))

    def one_of(self, column: str, values: Collection[object]) -> str:
        """The text of the same condition, for use inside a larger one (`in ()` is an error in PostgreSQL)."""
        if not values:
            return "1 = 0"
        names = ", ".join(self._name(value) for value in values)
        return f"{column} in ({names})"

    def _name(self, value: object) -> str:
        name = f"p{len(self.params)}"
        self.params[name] = value
        return f":{name}"

    def after(self, select: str, order: str, limit: int | None = None) -> str:
        """The whole statement: `select`, these conditions, `order by order`, and at most `limit` rows."""
        parts = [select]
        if self._texts:
            parts += ["where", " and ".join(self._texts)]
        parts += ["order by", order]
        if limit is not None:
            self.params["limit"] = limit
            parts.append("limit :limit")
        return " ".join(parts)
