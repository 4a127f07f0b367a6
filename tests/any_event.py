"""Values of the model as hypothesis draws them: any attestation, any event."""

from __future__ import annotations

from datetime import UTC

from hypothesis import strategies as st

from state.model import Attestation, Cause, Event, Evidence, FieldChange, Kind, Neighbour, Provider, Weight

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
maybe_words = st.none() | words
instants = st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0))
providers = st.builds(Provider, slug=words, name=words)
attestations = st.builds(
    Attestation,
    label=words,
    holder=words,
    subject=maybe_words,
    version=maybe_words,
    scope=st.lists(words, max_size=3).map(tuple),
    level=maybe_words,
    status=words,
    national_security=st.none() | st.booleans(),
    recommendation=maybe_words,
    issuer=maybe_words,
    ref=maybe_words,
    url=maybe_words,
    valid_from=st.none() | st.dates(),
    valid_until=st.none() | st.dates(),
    extra=st.dictionaries(words, words, max_size=3),
    page=st.integers(0, 900),
    place=words,
    country=maybe_words,
)
sides = st.none() | words | st.booleans() | st.lists(words, max_size=3).map(tuple)
neighbours = st.none() | st.builds(
    Neighbour, event=st.integers(1), slug=words, name=words, printed=st.booleans()
)
events = st.builds(
    Event,
    id=st.integers(1),
    kind=st.sampled_from(Kind),
    weight=st.sampled_from(Weight),
    provider=providers,
    label=words,
    source=words,
    attestations=st.lists(attestations, min_size=1, max_size=3).map(tuple),
    rows=st.lists(st.integers(1), max_size=3).map(tuple),
    seen_at=instants,
    edition_at=st.none() | instants,
    cause=st.sampled_from(Cause),
    evidence=st.builds(Evidence, snapshot=st.integers(1), url=words, sha256=words, place=words),
    changes=st.dictionaries(words, st.builds(FieldChange, before=sides, after=sides), max_size=3),
    expected=st.none() | st.booleans(),
    by_rule=st.none() | st.booleans(),
    step=st.none() | st.integers(0, 180),
    probable_successor=neighbours,
    probable_predecessor=neighbours,
)
