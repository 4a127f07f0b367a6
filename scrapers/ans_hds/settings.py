"""What an operator may set for the HDS list. Its words and recipe load where it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scrapers.page.recipe import Recipe
    from scrapers.page.vocabulary import Vocabulary


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an operator may set without touching code; see `AnsHds`."""

    letter_url: str = ""
    letters: tuple[str, ...] = ()
    data_url: str = ""
    selector: str = ""
    heads: tuple[tuple[str, str], ...] = ()
    repeated: tuple[str, ...] = ()
    recipe: Mapping[str, Any] = field(default_factory=dict)

    @property
    def names_attributes(self) -> bool:
        """Whether an operator names elements by their attributes: then any of them may be asked for."""
        return bool(self.selector or self.recipe)

    @property
    def steps(self) -> Recipe | None:
        """The recipe of an operator, None without one; `Misset` for one that nobody can use."""
        if not self.recipe:
            return None
        from scrapers.ans_hds.recipe import steps_of

        return steps_of(self.recipe)

    @property
    def vocabulary(self) -> Vocabulary:
        """The words of the list, with those an operator taught."""
        from scrapers.ans_hds.words import WORDS

        return replace(WORDS, given=self.heads)
