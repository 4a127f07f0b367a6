"""The sources that a watch reads: those that its settings choose, with what is set of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, get_type_hints

from state.model import Reason
from watcher.errors import BadSettings
from watcher.settings import SourceSettings

if TYPE_CHECKING:
    from scrapers.eu_trusted_lists.source import StateList
    from scrapers.source import Source

STATE_LISTS = "eu-trusted-lists"
"""What the lists of states are set under, which are sources each."""


@dataclass(frozen=True)
class Choice:
    """What is set of sources, by their names."""

    given: Mapping[str, SourceSettings]

    @cached_property
    def enabled(self) -> Mapping[str, Source]:
        """The sources that are on, by name, with their settings applied; raises `BadSettings`."""
        from scrapers import SOURCES

        known = {source.name: source for source in (*SOURCES, *self._state_lists)}
        if unknown := sorted(set(self.given) - {*known, STATE_LISTS}):
            raise _unknown(unknown, (*known, STATE_LISTS))
        chosen = {name: configured(source, self.settings_of(name)) for name, source in known.items()}
        on = rooted([source for name, source in chosen.items() if self._enabled(name, source)])
        return {source.name: source for source in on}

    def _enabled(self, name: str, source: Source) -> bool:
        # One that is off by itself is on where anything is set of it, or others are believed by it alone.
        needed = any(one.rests_on == name for one in self._state_lists)
        if needed and not self.settings_of(name).enabled:
            raise _at(f"sources.{STATE_LISTS}.states", Reason.of("root_is_off"))
        wanted = bool(getattr(source, "enabled", True)) or name in self.given or needed
        return wanted and self.settings_of(name).enabled

    @cached_property
    def _state_lists(self) -> Sequence[StateList]:
        """The lists of the states that the settings choose; none is loaded where they choose none."""
        chosen = self.given.get(STATE_LISTS)
        if chosen is None or not chosen.enabled:
            return ()
        from scrapers.eu_trusted_lists.source import chosen as territories
        from scrapers.eu_trusted_lists.source import state_lists
        from scrapers.source import Misset

        if chosen.url is not None or (unknown := sorted(chosen.options.keys() - {"states"})):
            name = "url" if chosen.url is not None else unknown[0]
            raise _at(f"sources.{STATE_LISTS}.{name}", Reason.of("states_alone"))
        try:
            found = state_lists(territories(chosen.options.get("states", ())))
        except Misset as error:
            raise _at(f"sources.{STATE_LISTS}.states", error.reason) from None
        return found if chosen.every is None else [replace(one, every=chosen.every) for one in found]

    def settings_of(self, source: str) -> SourceSettings:
        """What is set for one source, or the defaults."""
        if source in self.given:
            return self.given[source]
        shared = self.given.get(STATE_LISTS)
        if shared is None or all(one.name != source for one in self._state_lists):
            return SourceSettings()
        return SourceSettings(pace=shared.pace, deadline=shared.deadline)


def rooted(sources: Sequence[Source]) -> tuple[Source, ...]:
    """The sources, those that trust by a root knowing it where the source that reads it is among them."""
    from scrapers.source import Rooted, Roots

    root = next((one.roots for one in sources if isinstance(one, Roots)), None)
    return tuple(_with(one, root) if isinstance(one, Rooted) else one for one in sources)


def _with(source: Any, root: object | None) -> Any:
    return replace(source, root=root)


def configured(source: Source, settings: SourceSettings) -> Source:
    """A source with its settings applied; raises `BadSettings` for keys and values it cannot use."""
    given: dict[str, Any] = dict(settings.options)
    given |= {key: value for key in ("url", "every") if (value := getattr(settings, key)) is not None}
    known = {field.name for field in fields(source)}  # type: ignore[arg-type]  # sources are dataclasses
    for key, value in given.items():
        place = f"sources.{source.name}.{key}"
        if key not in known:
            listed = ", ".join(("pace", "deadline", "enabled", *sorted(known)))
            raise _at(place, Reason.of("setting_unknown", known=listed))
        given[key] = _as_field(source, key, value, place)
    from scrapers.source import Misset

    try:
        return replace(source, **given)  # type: ignore[type-var]  # sources are dataclasses
    except Misset as error:
        raise _at(f"sources.{source.name}", error.reason) from None


def _unknown(found: Sequence[str], known: Sequence[str]) -> BadSettings:
    """Sources that are none; of one that is the list of a state, how it comes to be one."""
    from scrapers.eu_trusted_lists.states import STATES

    for name in found:
        if (state := name.removeprefix("tl-")) != name and state.upper() in STATES:
            return _at(f"sources.{name}", Reason.of("state_of_list", state=state))
    return BadSettings(Reason.of("settings_source", found=", ".join(found), known=", ".join(known)))


def _at(place: str, why: Reason) -> BadSettings:
    return BadSettings(Reason.of("setting_at", at=place, why=why))


def _as_field(source: Source, key: str, value: Any, place: str) -> Any:
    """A value as the field of a source holds it; raises `BadSettings` for one of another kind."""
    kind = get_type_hints(type(source))[key]
    if kind is type(value) is str:
        return value  # an address, a rhythm: what most set, and pydantic takes 70 ms to load
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        said = str(error.errors()[0]["msg"])
        raise _at(place, Reason.of("setting_of_source", text=said, found=repr(value))) from None
