"""Whom a name means, for every provider that real editions name."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import pytest
from real_registers import paris, watched
from toy_register import ToyRegister, page

from state.file.opening import open_store
from state.file.store import Store
from state.model import Provider
from state.names import name_key, nameless, print_key, words
from state.names import slug as slug_of
from state.seen.events import bunched, log
from state.seen.looks import runs
from state.seen.rows import life, listings
from state.seen.who import providers, spellings
from state.seen.who.providers import Providers, load_providers
from watcher.app import App
from watcher.ask.archive import SIGN, Names
from watcher.look.check import look
from watcher.look.forget import forget
from watcher.look.record import Watch
from watcher.settings import Settings

Holders = tuple[tuple[Provider, str], ...]
NOW = datetime(2026, 3, 4, 18, tzinfo=UTC)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Iterator[Store]:
    state = tmp_path_factory.mktemp("naming") / "watch.db"
    app = App(Settings(state=str(state)), lambda: paris("2026-11-25T09:00"))
    watched(shared, state)
    with app.open_store() as store:
        yield store


@pytest.fixture(scope="module")
def holders(store: Store) -> Holders:
    return printed(store)


def printed(store: Store) -> Holders:
    """Every provider with every holder that stands for it, those of the newest rows last: by reading all
    versions."""
    rows = store.q("select provider, provider_name, holder from attestation order by id")
    found = {(row["provider"], row["provider_name"], row["holder"]): None for row in rows[::-1]}
    return tuple((Provider(slug=who, name=name), holder) for who, name, holder in list(found)[::-1])


@pytest.fixture(scope="module")
def names(store: Store) -> Names:
    return Names(load_providers(), store)


class Reread:
    """Whom a name means, by reading every version ever written: what the kept keys must agree with."""

    def __init__(self, known: Providers, store: Store) -> None:
        self._reviewed = known
        self._holders = printed(store)
        self._spelt = {
            (version.known.row, who, row.holder, row.subject or "", row.printed_ref): _spaced(
                who.name, who.slug, row.holder, row.subject or "", row.printed_ref or ""
            )
            for version in listings.versions(store)
            for row, who in [(version.known.attestation, version.known.provider)]
        }
        self._said = {
            (who, _spaced(name))
            for _, one, holder, subject, _ in self._spelt
            for who in [one.slug]
            for name in (holder, subject)
        }
        self.known = {one.slug: one for one, _ in self._holders} | {one.slug: one for one in known.all()}
        pairs = [pair for one, holder in self._holders for pair in ((one.name, one.slug), (holder, one.slug))]
        self.names = [*pairs, *((one.name, one.slug) for one in known.all())]
        self._printed = self._grouped(self.names)
        self._alike = self._grouped(
            [(print_key(name), who) for name, who in (*self.names, *((one, one) for one in self.known))]
        )
        self._keyed = self._grouped([(name_key(name), who) for name, who in self.names])

    def meant(self, text: str) -> tuple[Provider, ...]:
        said = text.strip()
        named = self._reviewed.named(said)
        readings: Sequence[Iterable[str]] = (
            [said] if said in self.known else (),
            self._printed.get(said, ()),
            self._alike.get(print_key(said), ()),
            [named.slug] if named else (),
            self._keyed.get(name_key(said), ()),
            [slug_of(said)] if slug_of(said) in self.known else (),
            self._with(said),
        )
        if SIGN.match(
            text
        ):  # a cell of a sheet is a name only where it is printed so, or the same to the eye
            readings = readings[:3]
        found = next((set(slugs) for slugs in readings if slugs), set()) if words(text) else set()
        return tuple(self.known[one] for one in sorted(found))

    def close(self, text: str) -> tuple[str, ...]:
        return self._reviewed.suggest(text, sorted({name for name, _ in self.names if not nameless(name)}))

    def lines(self, text: str) -> tuple[int, ...]:
        wanted = words(text)
        if not wanted:  # a search without a word is for nothing, not for everything
            return ()
        found = self._lines([f" {one} " for one in wanted]) or self._lines([f" {one}" for one in wanted])
        return tuple(sorted(found, reverse=True)[: spellings.MOST_LINES])

    def _lines(self, parts: Sequence[str]) -> set[int]:
        return {one[0] for one, text in self._spelt.items() if all(part in text for part in parts)}

    def _with(self, said: str) -> set[str]:
        phrase = _spaced(said)
        return {who for who, text in self._said if phrase in text}

    @staticmethod
    def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
        found: defaultdict[str, set[str]] = defaultdict(set)
        for key, who in pairs:
            found[key].add(who)
        return dict(found)


def _spaced(*texts: str) -> str:
    return f" {' '.join(words(' '.join(texts)))} "


def agree(store: Store, known: Providers, texts: Iterable[str]) -> None:
    """The kept keys say of these texts, and of the spelling table as a whole, what every version says."""
    names, whole = Names(known, store), Reread(known, store)
    for text in texts:
        assert names.meant(text) == whole.meant(text), text
        assert spellings.lines(store, text) == whole.lines(text), text
    own: defaultdict[str, list[str]] = defaultdict(list)
    for version in listings.versions(store):
        own[version.known.provider.slug].append(version.known.attestation.holder)
    for one, provider in whole.known.items():
        assert names.known(one) == provider
        assert spellings.holders(store, one, in_order=True) == tuple(dict.fromkeys(own[one]))
        assert spellings.holders(store, one) == tuple(sorted(set(own[one])))
    assert names.known("nobody-at-all") is None


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


def test_a_provider_is_called_what_its_newest_row_calls_it(tmp_path: Path) -> None:
    with open_store(str(tmp_path / "acme.db")) as store:
        read(store, 1, "hds | ACME | - | 1 | - | -")
        read(store, 2, "hds | ACME | - | 1 | - | -", "hds | Acme | B | 2 | - | -")

        assert [one.name for one in Names(load_providers(), store).meant("ACME")] == ["Acme"]


def misread(*names: str) -> Iterator[str]:
    """Names as people write them, with a letter too few, and with a word too few."""
    for name in names:
        middle, several = len(name) // 2, name.split()
        yield from rewritten(name)
        yield from (name[:middle] + name[middle + 1 :], " ".join(several[:-1]), " ".join(several[1:]))


TOY = ToyRegister(name="ans-hds", labels=("hds",), covers=frozenset({"hds"}))


def read(store: Store, day: int, *rows: str) -> int:
    """One look at the toy register on a day of March 2026; returns its run."""
    at = NOW.replace(day=day)
    watch = Watch(store=store, providers=load_providers(store), operators="")
    text = "\n".join((f"edition 2026-03-{day:02}", *rows))
    return look(TOY, [page(text, at)], watch, at).run.id


@pytest.mark.parametrize("draw", [250, pytest.param(800, marks=pytest.mark.soak)])
def test_kept_keys_mean_what_every_version_means_for_all_real_names_and_near_misses(
    store: Store, holders: Holders, draw: int
) -> None:
    """Every real name and slug as people write it, and each with a letter or a word too few."""
    chance = Random(11)
    texts = {text for one, holder in holders for text in misread(one.slug, one.name, holder)}
    subjects = {v.known.attestation.subject or "" for v in listings.versions(store)}
    texts |= set(chance.sample(sorted(subjects), 100))
    known = load_providers()
    names, whole = Names(known, store), Reread(known, store)

    assert len(texts) > 4_000
    agree(store, known, [*chance.sample(sorted(texts), draw), "", "—", "sas", "100%", "' or 1 = 1", "cloud"])
    assert all(names.close(text) == whole.close(text) for text in chance.sample(sorted(texts), 8))


@pytest.mark.soak  # thousands of texts, each sought in every version: the test above takes a draw of them
def test_kept_keys_mean_what_every_version_means_for_each_of_them(store: Store, holders: Holders) -> None:
    known = load_providers()
    agree(store, known, {text for one, holder in holders for text in misread(one.slug, one.name, holder)})


def test_what_is_kept_at_hand_follows_whatever_is_written_changed_and_taken_back(tmp_path: Path) -> None:
    """Renamed, gone, an alias given and taken back, a look forgotten: by another process each time."""
    path = str(tmp_path / "toy.db")
    texts = ("acme", "ACME SAS", "Acmé", "beta", "Zeta Cloud", "zeta", "outscale", "one", "2-1", "b")
    with open_store(path) as asked:
        for step in STEPS:
            with open_store(path) as writer:
                step(writer)
            agree(asked, load_providers(asked), texts)
            assert {(one.day, one.provider): one.change for one in life.moves(asked, "hds")} == moved(asked)
            counted = Counter((event.kind.value, event.cause.value) for event in log.events(asked))
            assert bunched.events_counted(asked) == counted
        assert [one.slug for one in Names(load_providers(asked), asked).meant("Zeta Cloud")] == []


def moved(store: Store) -> dict[tuple[date, str], int]:
    """On which days providers had more rows or fewer, by every version."""
    found: Counter[tuple[date, str]] = Counter()
    for version in listings.versions(store, label="hds"):
        if version.known.attestation.stands:
            found[(version.since_edition or version.since).date(), version.known.provider.slug] += 1
            if end := version.until_edition or version.until:
                found[end.date(), version.known.provider.slug] -= 1
    return {place: change for place, change in found.items() if change}


def _alias(store: Store, given: bool) -> None:
    where = {"name": "Beta SARL", "source": "ans-hds", "label": "hds", "reason": "said so", "now": NOW}
    change = providers.add_alias if given else providers.remove_alias
    change(store, provider="acme", **where)  # type: ignore[arg-type]
    listings.restamp(store, load_providers(store).resolve)


STEPS = (
    lambda store: read(store, 1, "hds | ACME SAS | One | 1-1 | - | -", "hds | Beta SARL | - | 2-1 | - | -"),
    lambda store: read(store, 2, "hds | Acmé | One | 1-1 | - | -", "hds | Beta SARL | - | 2-1 | - | -"),
    lambda store: _alias(store, given=True),
    lambda store: read(store, 3, "hds | Acmé | One B | 1-1 | - | -", "hds | Beta SARL | - | 2-1 | - | -"),
    lambda store: _alias(store, given=False),
    lambda store: read(store, 4, "hds | Acmé | One B | 1-1 | - | -", "hds | Zeta Cloud | - | 2-1 | - | -"),
    lambda store: forget(store, TOY, runs.run(store, 4), "misread", NOW),
)


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


@pytest.mark.parametrize("text", ["=cmd", "+33", "-1", "=HYPERLINK(1)", "|cmd", "@ovh", "#s3ns", "..ovh"])
def test_what_begins_with_a_sign_is_no_name_by_the_words_in_it(store: Store, text: str) -> None:
    """A cell of a pasted sheet: "=cmd" stood for ETSI, whose profile has the word CMD."""
    assert Names(load_providers(store), store).meant(text) == ()
