"""Whom a name means, for every provider that real editions name."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator

import pytest
from real_registers import paris, watch

from state.model import Provider
from state.names import print_key
from state.seen import overview
from state.seen.overview import Spelling
from state.seen.providers import load_providers
from watcher.app import App
from watcher.ask.naming import Names
from watcher.settings import Settings

Holders = tuple[tuple[Provider, str], ...]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> tuple[Holders, tuple[Spelling, ...]]:
    state = tmp_path_factory.mktemp("naming") / "watch.db"
    app = App(Settings(state=str(state)), lambda: paris("2026-11-25T09:00"))
    watch(app)
    with app.open_store() as store:
        return overview.holders(store), overview.spellings(store)


@pytest.fixture(scope="module")
def holders(real: tuple[Holders, tuple[Spelling, ...]]) -> Holders:
    return real[0]


@pytest.fixture(scope="module")
def names(real: tuple[Holders, tuple[Spelling, ...]]) -> Names:
    return Names(load_providers(), real[0], lambda: real[1])


def prints(holders: Holders) -> dict[str, set[str]]:
    """Every name and holder of each provider, as printed."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for provider, holder in holders:
        found[provider.slug] |= {provider.name} | ({holder} - {"—"})  # a placeholder is no name
    return found


def rewritten(name: str) -> Iterator[str]:
    """The name as people write it: shouted, in small letters, without accents, by hand with blanks."""
    bare = "".join(one for one in unicodedata.normalize("NFKD", name) if not unicodedata.combining(one))
    yield from (name, name.upper(), name.lower(), bare, bare.upper(), f"  {name} ")


def test_a_slug_means_the_provider_it_was_printed_for(names: Names, holders: Holders) -> None:
    slugs = {provider.slug for provider, _ in holders}
    wrong = {slug: names.meant(slug) for slug in slugs if [one.slug for one in names.meant(slug)] != [slug]}

    assert len(slugs) > 600
    assert wrong == {}


def test_every_name_that_a_register_prints_means_its_provider_however_it_is_written(
    names: Names, holders: Holders
) -> None:
    """A spelling that stands for two providers names them both, and never one alone; a slug is a slug."""
    printed = prints(holders)
    sharing: defaultdict[str, set[str]] = defaultdict(set)
    for slug, own in printed.items():
        for name in (*own, slug):
            sharing[print_key(name)].add(slug)
    wrong = {
        text: (slug, found)
        for slug, own in printed.items()
        for name in own
        for text in rewritten(name)
        if text.strip() not in printed
        and (found := {one.slug for one in names.meant(text)}) != {slug}
        and found != sharing[print_key(text)]
    }
    two = {key: sorted(slugs) for key, slugs in sharing.items() if len(slugs) > 1}

    assert wrong == {}
    assert two == {
        "cegedim": ["cegedim", "cegedim-cloud"],
        "orange business services": ["orange-business", "orange-business-services"],
    }


def test_one_slug_is_one_provider_whatever_the_casing_of_its_prints(names: Names) -> None:
    for text in ("BULL", "bull", "Bull", "GEMALTO", "thales dis", "Thales-DIS", "ministere de l'interieur"):
        assert len(names.meant(text)) == 1, text


def test_a_provider_is_called_what_its_newest_row_calls_it() -> None:
    holders = tuple((Provider(slug="acme", name=name), name) for name in ("ACME", "Acme"))

    assert [one.name for one in Names(load_providers(), holders, tuple).meant("ACME")] == ["Acme"]


@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        ("cegedim", ["cegedim"]),
        ("Cegedim", ["cegedim-cloud"]),
        ("Cegedim SA", ["cegedim"]),
        ("CEGEDIM", ["cegedim", "cegedim-cloud"]),
        ("GIP Mipih", ["gip-mipih"]),
        ("Mipih", ["mipih"]),
        ("google", ["google"]),
        ("google-cloud", ["google-cloud"]),
        ("OVH SAS", ["ovhcloud"]),
        ("Outscales", []),
        ("—", []),
        ("", []),
    ],
)
def test_a_slug_that_is_printed_comes_before_every_other_reading(
    names: Names, text: str, slugs: list[str]
) -> None:
    assert [one.slug for one in names.meant(text)] == slugs


def test_names_that_look_alike_are_suggested(names: Names) -> None:
    assert "Outscale" in names.close("Outscales")
    assert names.close("zzzzqqqq") == ()
    assert "renewed" in names.close("renewd", also_words=True)


def test_a_placeholder_is_no_name_that_anybody_meant(names: Names, holders: Holders) -> None:
    assert "—" in {holder for _, holder in holders}
    assert "—" not in names.close("—")
    assert not names.meant("—")
