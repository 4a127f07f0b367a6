"""Answers as JSON values: the shapes that scripts rely on, the same for every door."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from state.codec import (
    attestation_json,
    date_text,
    event_json,
    evidence_json,
    instant_text,
    maybe_instant_text,
    provider_json,
)
from state.model import Event, Listing, Version
from state.seen.providers import Added, Providers
from state.words.post import Channel, Retraction, Subscription
from watcher.ask.answers import Health, Past, Profile
from watcher.ask.past.daybook import Holding
from watcher.ask.past.sighting import Sighting
from watcher.ask.race import Standing
from watcher.ask.why import Account, Reason
from watcher.look.compare.nameless import read_with_providers
from watcher.look.record import Checked

Json = dict[str, Any]

ATTESTATION = (
    "source", "label", "provider.slug", "provider.name", "holder", "subject", "version", "scope", "level",
    "status", "national_security", "recommendation", "issuer", "ref", "url", "valid_from", "valid_until",
    "extra", "missing_since",
)  # fmt: skip
EVENT = (
    "id", "kind", "weight", "provider.slug", "provider.name", "label", "source", "holder", "subject", "ref",
    "printed_ref", "valid_from", "valid_until", "changes", "expected", "by_rule", "probable_successor",
    "probable_predecessor", "seen_at", "edition_at", "cause", "evidence.snapshot", "evidence.url",
    "evidence.sha256", "evidence.place", "attestations", "retracted.at", "retracted.reason",
)  # fmt: skip
HOLDING = (*ATTESTATION, "answer", "basis")
SOURCE = (
    "source", "title", "url", "state", "message", "last_look", "last_good", "edition_at", "rows", "held",
    "coverage", "runs_failed", "unread",
)  # fmt: skip
LOOK = ("source", "outcome", "message", "run", "edition_at", "rows", "held", "events", "missing")
PAST = (
    "provider.slug", "provider.name", "label", "date", "answer", "basis", "sentence",
    "bounds.last_without.edition_at", "bounds.last_without.seen_at",
    "bounds.first_with.edition_at", "bounds.first_with.seen_at",
    "bounds.last_with.edition_at", "bounds.last_with.seen_at",
    "bounds.first_without.edition_at", "bounds.first_without.seen_at",
    "source", "evidence",
)  # fmt: skip
STANDING = ("provider.slug", "provider.name", "label", "state", "valid_until", "first_end", "attestations")
SUBSCRIPTION = (
    "id", "channel", "words", "names", "labels", "kinds", "floor", "created_by", "created_at", "state",
    "reason", "paused_until", "digest", "quiet", "lang",
)  # fmt: skip
REASON = (
    "event", "channel", "state", "why", "run", "message", "tries", "due", "sent_at", "receipt", "error",
    "subscriptions", "waits_for", "waits_until",
)  # fmt: skip
ALIAS = ("provider", "name", "source", "label", "reason", "added_at")


def row_json(version: Version) -> Json:
    """One row of a listing, in the shape of an attestation; `missing_since` is the first good look that did
    not show it, null for a row that the last one shows."""
    missing = version.known.missing_since if version.until is None else None
    return {
        **attestation_json(version.known.attestation, version.source, version.known.provider),
        "missing_since": maybe_instant_text(missing),
    }


def holding_json(version: Version, told: Holding | None) -> Json:
    """One row of who held a label on a day, with what is known of it then; without a day just the row."""
    said = {} if told is None else {"answer": told.answer.value, "basis": told.basis.value}
    return {**row_json(version), **said}


def listing_json(listing: Listing, providers: Providers) -> list[Json]:
    """The rows of a reading that is not stored."""
    return [
        attestation_json(one.attestation, listing.source, one.provider)
        for one in read_with_providers(listing, providers)
    ]


def look_json(checked: Checked) -> Json:
    """One look at one source, and the events it brought."""
    run = checked.run
    return {
        "source": run.source,
        "outcome": run.outcome.value,
        "message": run.message,
        "run": run.id,
        "edition_at": maybe_instant_text(run.edition_at),
        "rows": dict(run.rows),
        "held": list(run.held),
        "events": [event_json(event) for event in checked.events],
        "missing": [
            {
                **attestation_json(row.attestation, run.source, row.provider),
                "missing_since": maybe_instant_text(row.missing_since),
            }
            for row in checked.missing
        ],
    }


def source_json(health: Health, message: str) -> Json:
    """The health of one source; `message` is what its last look said, and what it lacks."""
    state = health.state
    return {
        "source": health.source.name,
        "title": health.source.title,
        "url": health.source.url,
        "state": health.condition.state.value,
        "message": message,
        "last_look": maybe_instant_text(state.last_look),
        "last_good": maybe_instant_text(state.last_good),
        "edition_at": maybe_instant_text(state.edition_at),
        "rows": dict(health.rows),
        "held": list(health.held),
        "coverage": health.coverage,
        "runs_failed": state.failures,
        "unread": dict(health.condition.unread),
    }


def past_json(past: Past, sentence: str) -> Json:
    """The answer about a day: what it rests on, and what bounds it."""
    bounds = past.finding.bounds
    return {
        "provider": provider_json(past.provider),
        "label": past.label,
        "date": date_text(past.day),
        "answer": past.finding.answer.value,
        "basis": past.finding.basis.value,
        "sentence": sentence,
        "bounds": {
            "last_without": sighting_json(bounds.last_without),
            "first_with": sighting_json(bounds.first_with),
            "last_with": sighting_json(bounds.last_with),
            "first_without": sighting_json(bounds.first_without),
        },
        "to_come": past.finding.to_come,
        "ended": date_text(past.ended) if past.ended else None,
        "source": past.source or None,
        "evidence": [evidence_json(one) for one in past.evidence],
        "attestations": [row_json(row) for row in past.finding.rows],
        "sources": {
            name: {"answer": one.answer.value, "basis": one.basis.value} for name, one in past.sources.items()
        },
    }


def sighting_json(sighting: Sighting | None) -> Json | None:
    """When something was seen: the edition's own date, the first and last look at it, and the first run."""
    if sighting is None:
        return None
    stretch = sighting.stretch
    return {
        "edition_at": maybe_instant_text(stretch.first.edition_at),
        "seen_at": maybe_instant_text(stretch.first.at),
        "last_seen_at": maybe_instant_text(stretch.last.at),
        "run": stretch.first.id,
    }


def standing_json(standing: Standing) -> Json:
    """One cell of the race."""
    return {
        "provider": provider_json(standing.provider),
        "label": standing.label,
        "state": standing.place.value,
        "valid_until": date_text(standing.ends[-1]) if standing.ends else None,
        "first_end": date_text(standing.ends[0]) if standing.ends else None,
        "attestations": [row_json(row) for row in standing.rows],
    }


def profile_json(profile: Profile, unread: Sequence[str]) -> Json:
    """All that is known of a provider; `unknown` are the labels that no register that was read tells of."""
    return {
        "provider": provider_json(profile.provider),
        "aliases": list(profile.aliases),
        "attestations": [row_json(row) for row in profile.rows],
        "unknown": list(unread),
        "events": events_json(profile.events, profile.retracted),
    }


def subscription_json(subscription: Subscription, channel: Channel) -> Json:
    """One subscription, and whether its channel takes messages."""
    return {
        "id": subscription.id,
        "channel": subscription.channel,
        "words": list(subscription.words),
        "names": list(subscription.names),
        "labels": list(subscription.labels),
        "kinds": list(subscription.kinds),
        "floor": subscription.floor.value,
        "created_by": subscription.created_by,
        "created_at": maybe_instant_text(subscription.created_at),
        "state": channel.state,
        "reason": channel.reason,
        "paused_until": maybe_instant_text(subscription.paused_until),
        "digest": channel.digest,
        "quiet": channel.quiet,
        "lang": channel.lang,
    }


def reason_json(account: Account, reason: Reason, sentence: str) -> Json:
    """What became of an event for one channel; `state` is `not_owed` where it was never due."""
    owed = reason.owed
    return {
        "event": account.event.id,
        "channel": reason.channel,
        "state": owed.state if owed else "not_owed",
        "why": sentence,
        "run": account.run,
        "message": owed.message if owed else None,
        "tries": owed.tries if owed else 0,
        "due": maybe_instant_text(owed.due) if owed else None,
        "sent_at": maybe_instant_text(owed.sent_at) if owed else None,
        "receipt": owed.receipt if owed else "",
        "error": owed.error if owed else "",
        "subscriptions": [
            *({"id": one.id, "words": list(one.words), "refusal": ""} for one in reason.matched),
            *(
                {"id": one.subscription.id, "words": list(one.subscription.words), "refusal": one.why}
                for one in reason.refused
            ),
        ],
        "waits_for": reason.hold.why if reason.hold else "",
        "waits_until": maybe_instant_text(reason.hold.until) if reason.hold else None,
    }


def alias_json(added: Added) -> dict[str, str]:
    """An alias that an operator added."""
    return {
        "provider": added.provider,
        "name": added.alias.name,
        "source": added.alias.source,
        "label": added.alias.label,
        "reason": added.reason,
        "added_at": instant_text(added.at),
    }


def events_json(events: Iterable[Event], retracted: Mapping[int, Retraction]) -> list[Json]:
    """Events in the shape of the contract; those that were taken back have `retracted` with when and why."""
    return [
        {
            **event_json(event),
            **({"retracted": _retracted(retracted[event.id])} if event.id in retracted else {}),
        }
        for event in events
    ]


def _retracted(retraction: Retraction) -> Json:
    """Who took it back is the operators' own business."""
    return {"at": instant_text(retraction.at), "reason": retraction.reason}
