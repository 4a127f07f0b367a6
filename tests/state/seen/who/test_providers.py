from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy_memory import Toy

from state.file.errors import StoreError
from state.file.opening import open_store
from state.file.store import Store
from state.model import Provider
from state.names import name_key, slug
from state.seen.looks import runs
from state.seen.rows import listings
from state.seen.who import providers, spellings
from state.seen.who.providers import Alias, Providers, Reviewed, add_alias, load_providers, remove_alias
from state.words.kept import Transition
from state.words.labels import LABELS, Family, in_family

SHIPPED = load_providers()
CATALOGUE, PENDING, HDS, TL = "anssi-catalogue", "anssi-pending", "ans-hds", "tl-fr"


@pytest.mark.parametrize(
    ("holder", "source", "label", "expected"),
    [
        ("Thales Cloud Sécurisé", CATALOGUE, "secnumcloud", "s3ns"),
        ("THALES CLOUD SECURISE", CATALOGUE, "secnumcloud", "s3ns"),
        ("Numspot", CATALOGUE, "secnumcloud", "numspot"),
        ("OVH SAS", CATALOGUE, "secnumcloud", "ovhcloud"),
        ("Cloud Solutions", CATALOGUE, "secnumcloud", "wimi"),
        ("Cegedim", CATALOGUE, "secnumcloud", "cegedim-cloud"),
        ("CEGEDIM.CLOUD", PENDING, "secnumcloud", "cegedim-cloud"),
        ("Docaposte ARKHINEO", TL, "eidas-timestamp", "docaposte"),
        ("Index Education", CATALOGUE, "secnumcloud", "index-education"),
        ("GIP Mipih", PENDING, "secnumcloud", "mipih"),
    ],
)
def test_a_holder_seen_on_a_register_is_its_provider(
    holder: str, source: str, label: str, expected: str
) -> None:
    assert SHIPPED.resolve(holder, source, label).slug == expected


@pytest.mark.parametrize(
    ("holder", "source", "label", "expected"),
    [
        ("BLEU SAS", HDS, "hds", "bleu"),
        ("S3NS", HDS, "hds", "s3ns"),
        ("Index Éducation", HDS, "hds", "index-education"),
        ("SCALINGO", HDS, "hds", "scalingo"),
    ],
)
def test_a_holder_named_as_the_provider_itself_is_it_under_any_label(
    holder: str, source: str, label: str, expected: str
) -> None:
    assert SHIPPED.resolve(holder, source, label).slug == expected


@pytest.mark.parametrize(
    ("holder", "source", "label", "never"),
    [
        ("BLUE", PENDING, "secnumcloud", "bleu"),
        ("Orange Cyberdefense", CATALOGUE, "passi", "orange-business"),
        ("Orange", CATALOGUE, "secnumcloud", "orange-business"),
        ("Thales", CATALOGUE, "passi", "s3ns"),
        ("Thales Cyber Solutions", CATALOGUE, "passi", "s3ns"),
        ("Cloud Solutions", HDS, "hds", "wimi"),
        ("Worldline France", TL, "eidas-timestamp", "worldline"),
        ("Cegedim Santé", HDS, "hds", "cegedim-cloud"),
        ("Docaposte IOT", HDS, "hds", "docaposte"),
        ("S3NSEN6", CATALOGUE, "cc", "s3ns"),
        ("Pronote", CATALOGUE, "secnumcloud", "index-education"),
        ("OVH Groupe", CATALOGUE, "secnumcloud", "ovhcloud"),
    ],
)
def test_likeness_products_and_other_labels_never_make_a_provider(
    holder: str, source: str, label: str, never: str
) -> None:
    assert SHIPPED.resolve(holder, source, label).slug != never


@pytest.mark.parametrize("label", [*in_family(Family.EIDAS), "hds"])
def test_one_key_under_two_labels_can_be_two_organisations(label: str) -> None:
    """Both fold to the key "cegedim"; only the label tells the trust services from the cloud."""
    cloud = SHIPPED.resolve("Cegedim", CATALOGUE, "secnumcloud")
    parent = SHIPPED.resolve("Cegedim SA", CATALOGUE, label)
    assert name_key("Cegedim SA") == name_key("Cegedim")
    assert (cloud.slug, parent.slug) == ("cegedim-cloud", "cegedim")


def test_an_unknown_holder_is_a_provider_of_its_own_named_as_printed() -> None:
    assert SHIPPED.resolve("Clinique d'Été S.A.S.", HDS, "hds") == Provider(
        slug="clinique-d-ete", name="Clinique d'Été S.A.S."
    )


def test_whichever_spelling_comes_first_an_unknown_holder_has_one_slug() -> None:
    spellings = ("Clinique d'Été SAS", "CLINIQUE D'ETE", "Clinique d’Été", "clinique  d été")
    assert {SHIPPED.resolve(name, HDS, "hds").slug for name in spellings} == {"clinique-d-ete"}


reviewed = Reviewed(
    provider=Provider(slug="bleu", name="Bleu"),
    never=(Alias(name="Bleu SARL", label="hds"), Alias(name="BLEU", source=TL, label="eidas")),
)


@pytest.mark.parametrize(
    ("source", "label", "same"),
    [(HDS, "hds", False), (TL, "eidas-timestamp", False), (TL, "cc", True), (CATALOGUE, "passi", True)],
)
def test_a_vetoed_name_is_somebody_else_and_gets_a_slug_of_its_own(
    source: str, label: str, same: bool
) -> None:
    names = Providers({"bleu": reviewed})
    found = {names.resolve(name, source, label).slug for name in ("Bleu", "BLEU SARL")}
    assert len(found) == 1
    assert (found == {"bleu"}) == same
    assert all(each.startswith("bleu") for each in found)


def test_an_unknown_holder_never_takes_the_slug_of_a_reviewed_provider() -> None:
    names = Providers({"blue": Reviewed(provider=Provider(slug="blue", name="BLUE Candidate"))})
    stranger = names.resolve("Blue", HDS, "hds").slug
    assert stranger != "blue"
    assert stranger == names.resolve("BLUE SA", TL, "eidas-timestamp").slug


@given(st.text(min_size=1), st.sampled_from(["{}", "  {} ", "{} SAS", "{}."]), st.sampled_from(list(LABELS)))
def test_every_holder_has_a_provider_and_all_spellings_with_its_key_have_the_same(
    holder: str, spelt: str, label: str
) -> None:
    found = SHIPPED.resolve(holder, HDS, label).slug
    assert found
    other = spelt.format(holder)
    if name_key(other) == name_key(holder):
        assert SHIPPED.resolve(other, HDS, label).slug == found


def test_no_two_providers_may_share_an_alias() -> None:
    alias = Alias(name="Nuage", source=HDS, label="hds")
    two = {
        name: Reviewed(provider=Provider(slug=name, name=name), aliases=(alias,)) for name in ("one", "two")
    }
    with pytest.raises(StoreError, match="expected one provider for"):
        Providers(two)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("s3ns", "s3ns"),
        ("Thales Cloud Sécurisé", "s3ns"),
        ("premi3ns", "s3ns"),
        ("OVH", "ovhcloud"),
        ("3ds outscale", "outscale"),
        ("cegedim", "cegedim-cloud"),
        ("orange business services", "orange-business"),
        ("Amazon Web Services", "aws"),
        ("AWS SAS", "aws"),
        ("its-integra", "its-integra"),
    ],
)
def test_a_slug_a_name_or_any_spelling_names_a_provider(text: str, expected: str) -> None:
    found = SHIPPED.named(text)
    assert found is not None
    assert found.slug == expected


@pytest.mark.parametrize("text", ["", "EDT", "Cegedim SA", "S3NSEN6", "OVHclou", "Thales", "cloud"])
def test_what_names_nobody_names_nobody(text: str) -> None:
    assert SHIPPED.named(text) is None


def test_a_spelling_of_two_providers_names_neither_unless_it_is_the_name_of_one() -> None:
    def names(first: str) -> Providers:
        return Providers(
            {
                "one": Reviewed(provider=Provider(slug="one", name=first), also=("Nuage",)),
                "two": Reviewed(provider=Provider(slug="two", name="Two"), also=("Nuage",)),
            }
        )

    assert names("One").named("nuage") is None
    assert names("Nuage").named("nuage") == Provider(slug="one", name="Nuage")


def test_every_spelling_is_told_verbatim_and_products_are_not_spellings() -> None:
    assert SHIPPED.aliases("s3ns")[:2] == ("S3NS", "Thales Cloud Sécurisé")
    assert "PREMI3NS" in SHIPPED.aliases("s3ns")
    assert "EDT" not in SHIPPED.aliases("index-education")
    assert SHIPPED.aliases("nobody") == ()


def test_close_names_are_suggested_and_never_decide() -> None:
    assert "Outscale" in SHIPPED.suggest("outscal", ())
    assert "Hopital de Lyon" in SHIPPED.suggest("hopital lyon", ["Hopital de Lyon", "Mairie de Brest"])
    assert "Cloud Avenue SecNum" in SHIPPED.suggest("cloud avenue", ())
    assert SHIPPED.suggest("zzzzqqqq", ()) == ()


def test_the_shipped_names_are_in_order() -> None:
    table = tomllib.loads(Path(providers.SHIPPED).read_text(encoding="utf-8"))
    slugs = [each["slug"] for each in table["provider"]]
    assert slugs == sorted(set(slugs)) == [each.slug for each in SHIPPED.all()]
    for each in table["provider"]:
        assert set(each) <= {"slug", "name", "siren", "aliases", "also", "subjects", "not"}
        assert slug(each["slug"]) == each["slug"]
        assert all(
            {"name"} <= set(other) <= {"name", "source", "label", "why"} for other in each.get("not", [])
        )
        for alias in each.get("aliases", []):
            assert set(alias) == {"name", "source", "label", "kind"}
            assert alias["source"] in (CATALOGUE, PENDING, HDS, TL)
            assert alias["label"] in (*LABELS, "eidas")
            found = SHIPPED.resolve(
                alias["name"], alias["source"], alias["label"].replace("eidas", in_family(Family.EIDAS)[0])
            )
            assert found.slug == each["slug"]


def luhn(siren: str) -> int:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(siren))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10


def test_every_siren_passes_its_check_digit_and_belongs_to_one_provider() -> None:
    sirens = [each.siren for each in SHIPPED.reviewed.values() if each.siren]
    assert [luhn(siren) for siren in sirens] == [0] * len(sirens)
    assert len(set(sirens)) == len(sirens)


def give(
    store: Store, toy: Toy, provider: str = "bleu", name: str = "Bleu Cloud", reason: str = "seen"
) -> None:
    add_alias(store, provider=provider, name=name, source=HDS, label="hds", reason=reason, now=toy.now)


def take(store: Store, toy: Toy, provider: str = "bleu", name: str = "Bleu Cloud") -> None:
    remove_alias(store, provider=provider, name=name, source=HDS, label="hds", reason="an error", now=toy.now)


def test_an_operator_can_say_who_is_who_and_take_it_back(store: Store, toy: Toy) -> None:
    give(store, toy)
    give(store, toy, name="BLEU CLOUD")
    names = load_providers(store)
    assert names.resolve("Bleu Cloud SAS", HDS, "hds").slug == "bleu"
    assert names.resolve("Bleu Cloud", CATALOGUE, "secnumcloud").slug == "bleu-cloud"
    assert "Bleu Cloud" in names.aliases("bleu")
    take(store, toy)
    assert load_providers(store).resolve("Bleu Cloud", HDS, "hds").slug == "bleu-cloud"
    assert store.q("select reason, removed_reason from alias") == [
        {"reason": "seen", "removed_reason": "an error"}
    ]
    give(store, toy)
    assert load_providers(store).resolve("Bleu Cloud", HDS, "hds").slug == "bleu"


def test_two_providers_nobody_reviewed_can_become_one(store: Store, toy: Toy) -> None:
    bull = Provider(slug="bull", name="Bull SAS")
    with store.transaction():
        runs.record(store, toy.run(1, source=HDS))
        row = toy.known(1, bull, holder="Bull SAS")
        listings.accept(store, HDS, 1, toy.now, None, Transition(added=(row,)))
    give(store, toy, provider="bull", name="Eviden France")
    names = load_providers(store)
    assert names.resolve("Eviden France", HDS, "hds") == names.resolve("BULL", HDS, "hds") == bull
    assert names.named("eviden france") == bull


def test_an_operator_overrules_a_shipped_alias_in_its_place_only(store: Store, toy: Toy) -> None:
    add_alias(
        store,
        provider="worldline",
        name="Cegedim",
        source=CATALOGUE,
        label="secnumcloud",
        reason="bought",
        now=toy.now,
    )
    names = load_providers(store)
    assert names.resolve("Cegedim", CATALOGUE, "secnumcloud").slug == "worldline"
    assert names.resolve("Cegedim.cloud", PENDING, "secnumcloud").slug == "cegedim-cloud"


def test_a_name_known_to_be_somebody_elses_is_not_given(store: Store, toy: Toy) -> None:
    with pytest.raises(StoreError, match=r"'Cegedim Santé' of cegedim-cloud: providers\.toml says"):
        give(store, toy, provider="cegedim-cloud", name="Cegedim Santé")


def test_a_name_that_was_given_is_not_given_to_another(store: Store, toy: Toy) -> None:
    give(store, toy)
    with pytest.raises(StoreError, match="it is bleu for ans-hds and hds; remove that first"):
        give(store, toy, provider="s3ns")
    with pytest.raises(LookupError, match="no operator said"):
        take(store, toy, provider="s3ns")


def test_an_alias_needs_a_known_provider_and_a_reason(store: Store, toy: Toy) -> None:
    with pytest.raises(StoreError, match=r"provider outscal: expected .* close names: .*Outscale"):
        give(store, toy, provider="outscal")
    with pytest.raises(StoreError, match="expected a name, a source, a label and a reason"):
        give(store, toy, reason="")


ODD = [
    "",
    "—",
    "n/a",
    "OVH SAS",
    "ovh",
    "Bleu",
    "BLEU SAS",
    "Ünïted Clöud",
    "日本クラウド",
    "A & B",
    "S3NS",
    "x-1",
]
# No NUL: `watcher.look.fitting` takes it out of a row before any name is settled.
PRINTED = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from(ODD) | PRINTED, min_size=1, max_size=8),
    st.lists(st.sampled_from(["", "ovhcloud", "bleu"]), min_size=8, max_size=8),
)
def test_a_holder_that_is_settled_has_the_provider_that_its_name_says(
    holders: list[str], kept_as: list[str]
) -> None:
    with open_store(":memory:") as store:
        toy = Toy(store)
        before = [toy.known(n, holder=holder) for n, holder in enumerate(holders, 1)]
        for n, (known, slug_) in enumerate(zip(before, kept_as, strict=False)):
            who = SHIPPED.resolve(known.attestation.holder, HDS, "hds")
            before[n] = replace(known, provider=Provider(slug=slug_, name="Other") if slug_ else who)
        with store.transaction():
            runs.record(store, toy.run(1))
            listings.accept(store, HDS, 1, toy.later(), None, Transition(added=tuple(before)))
        unsettled = spellings.unsettled(store, HDS, SHIPPED)
        for known in before:
            row = known.attestation
            if (row.label, row.holder) not in unsettled:
                assert known.provider == SHIPPED.resolve(row.holder, HDS, row.label)
        assert spellings.unsettled(store, CATALOGUE, SHIPPED) == frozenset()


def test_nearly_every_holder_is_settled_until_somebody_reviews_it(store: Store, toy: Toy) -> None:
    accept_holders(store, toy, "Établissement de santé 7 SAS", "Hôpital du Nord", "OVH SAS")
    assert spellings.unsettled(store, HDS, SHIPPED) == {("hds", "OVH SAS")}
    reviewed = Reviewed(
        provider=Provider(slug="chu-nord", name="CHU Nord"), aliases=(Alias(name="Hopital du nord"),)
    )
    assert ("hds", "Hôpital du Nord") in spellings.unsettled(store, HDS, Providers({"chu-nord": reviewed}))


def accept_holders(store: Store, toy: Toy, *holders: str) -> None:
    rows = [toy.known(n, SHIPPED.resolve(one, HDS, "hds"), holder=one) for n, one in enumerate(holders, 1)]
    with store.transaction():
        runs.record(store, toy.run(1))
        listings.accept(store, HDS, 1, toy.later(), None, Transition(added=tuple(rows)))
