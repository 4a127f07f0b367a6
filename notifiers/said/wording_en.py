"""English: every text that a subscriber or an operator reads, for channels that ask for it."""

from __future__ import annotations

from datetime import date

from notifiers.said.words import Label, Register, Words
from state.model import Kind

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec")


def _service(name: str, mark: str) -> Label:
    return Label(name=name, mark=mark, thing="service", things="services", paper="decision")


def _firm(name: str) -> Label:
    return Label(
        name=name,
        mark=f"the {name} qualification",
        thing="qualification",
        things="qualifications",
        paper="decision",
    )


def _eidas(what: str) -> Label:
    return _service(f"eIDAS ({what})", f"the eIDAS qualification for {what}")


def _product(name: str, mark: str, thing: str = "product", things: str = "products") -> Label:
    return Label(name=name, mark=mark, thing=thing, things=things, paper="certificate")


LABELS = {
    "hds": Label(
        name="HDS",
        mark="the HDS certification",
        thing="certificate",
        things="certificates",
        paper="certificate",
    ),
    "secnumcloud": _service("SecNumCloud", "the SecNumCloud qualification"),
    "pams": _service("PAMS (managed services)", "the PAMS qualification (managed services)"),
    "passi": _firm("PASSI (audit)"),
    "pacs": _firm("PACS (advice)"),
    "pris": _firm("PRIS (incident response)"),
    "pdis": _firm("PDIS (incident detection)"),
    "pvid": _service("PVID (identity verification)", "the PVID certification (identity verification)"),
    "mie": _service("MIE (electronic identity)", "the MIE certification (electronic identity)"),
    "eidas-esign-cert": _eidas("signature certificates"),
    "eidas-eseal-cert": _eidas("seal certificates"),
    "eidas-web-cert": _eidas("website certificates"),
    "eidas-timestamp": _eidas("time stamps"),
    "eidas-esign-validation": _eidas("signature validation"),
    "eidas-eseal-validation": _eidas("seal validation"),
    "eidas-esign-preservation": _eidas("signature preservation"),
    "eidas-eseal-preservation": _eidas("seal preservation"),
    "eidas-registered-delivery": _eidas("registered delivery"),
    "qualified-product": Label(
        name="Qualified product",
        mark="a product qualification",
        thing="product",
        things="products",
        paper="decision",
    ),
    "cc": _product("Common Criteria", "the Common Criteria certification"),
    "cspn": _product("CSPN", "the CSPN certification"),
    "protection-profile": _product(
        "Protection profile", "a protection profile certification", "profile", "profiles"
    ),
    "site": _product("Certified site", "a site certification", "site", "sites"),
}

KINDS = {
    Kind.GAINED: "label gained",
    Kind.LOST: "no longer listed",
    Kind.SERVICE_REMOVED: "service no longer listed",
    Kind.SCOPE_REDUCED: "scope reduced",
    Kind.SHORTENED: "end date brought forward",
    Kind.EXPIRED: "past its end date, still listed",
    Kind.SERVICE_ADDED: "service added",
    Kind.SCOPE_EXTENDED: "scope extended",
    Kind.LEVEL_CHANGED: "level changed",
    Kind.RENEWED: "renewed",
    Kind.REISSUED: "new decision, same end date",
    Kind.RENAMED: "printed name changed",
    Kind.EXPIRING: "end date near",
    Kind.CANDIDATE_LISTED: "new candidate",
    Kind.CANDIDATE_DELISTED: "no longer among the candidates",
    Kind.RECOMMENDATION_CHANGED: "recommendation changed",
    Kind.AMENDED: "entry amended",
}

TITLES = {
    "gained": "{who} gains {mark}",
    "gained_after": "{who} is now listed: {label}",
    "gained_baseline": "{who}, already listed at the first reading: {label}",
    "gained_rereading": "{who}, listed, read again by us: {label}",
    "lost": "{who} is no longer listed: {label}",
    "lost_rereading": "{who}, not listed, read again by us: {label}",
    "lost_withdrawn": "{who}, {label}: printed as “withdrawn” in the register",
    "lost_suspended": "{who}, {label}: printed as “suspended” in the register",
    "lost_archived": "{who}, {label}: now among the archived certificates",
    "service_removed": "{who}, {label}: one {thing} no longer listed",
    "service_removed_withdrawn": "{who}, {label}: one {thing} printed as “withdrawn”",
    "service_removed_suspended": "{who}, {label}: one {thing} printed as “suspended”",
    "service_removed_archived": "{who}, {label}: one certificate now archived",
    "scope_reduced": "{who}, {label}: scope reduced",
    "shortened": "{who}, {label}: end date brought forward to {until}",
    "shortened_announced": "{who}, {label}: end announced for {until}",
    "shortened_sooner": "{who}, {label}: announced end brought forward to {until}",
    "expired": "{who}, {label}: past its end date of {until}, still listed",
    "gained_late": "{who} is now listed: {label}, {certified} since {since}",
    "service_added": "{who}, {label}: one more {thing}",
    "service_added_late": "{who}, {label}: one more {thing} on the register, {certified} since {since}",
    "service_added_baseline": "{who}, {label}: one {thing} already listed at the first reading",
    "service_added_rereading": "{who}, {label}: one {thing} listed, read again by us",
    "scope_extended": "{who}, {label}: scope extended",
    "level_changed": "{who}, {label}: level changed",
    "renewed": "{who}, {label} renewed until {until}",
    "renewed_put_off": "{who}, {label}: announced end put off to {until}",
    "renewed_taken_back": "{who}, {label}: no end announced any more",
    "reissued": "{who}, {label}: new decision, same end date",
    "reissued_certificate": "{who}, {label}: certificate issued anew, same end date",
    "reissued_key": "{who}, {label}: a service’s certificate was replaced",
    "renamed": "{who}, {label}: printed name changed",
    "renamed_holder": "{who}, {label}: the printed holder changes from {old_holder} to {new_holder}",
    "expiring": "{who}, {label}: ends on {until} ({days})",
    "candidate_listed": "{who} is among the candidates: {label}",
    "candidate_listed_baseline": "{who}, already a candidate at the first reading: {label}",
    "candidate_delisted": "{who} is no longer among the candidates: {label}",
    "recommendation_changed": "{who}, {label}: recommendation level “{after}”",
    "amended": "{who}, {label}: entry amended",
    "amended_baseline": "{who}, {label}: already {status} at the first reading",
}

_SAID = "{whom}, {label}: "
_RETIRED = "is now printed as “withdrawn” {where}"
_PAUSED = "is now printed as “suspended” {where}"
_FIRST = "First reading: "
_BEFORE = " Before that: not yet read."
_READ_AGAIN = " Our reader changed, not the register."
_KEEPS = " {who} keeps {mark}."

SENTENCES = {
    "gained": "{whom} gains {mark}{items}.",
    "gained_after": "{whom} is now listed {where} for {mark}{items}.",
    "gained_baseline": _FIRST + "{whom} is already listed {where} for {mark}{items}." + _BEFORE,
    "gained_rereading": "{whom} is listed {where} for {mark}{items}." + _READ_AGAIN,
    "lost": "{whom} is no longer listed {where} for {mark}{items}.",
    "lost_rereading": "{whom} is not listed {where} for {mark}{items}." + _READ_AGAIN,
    "lost_withdrawn": "{whom}: {mark} " + _RETIRED + "{about}.",
    "lost_suspended": "{whom}: {mark} " + _PAUSED + "{about}.",
    "lost_archived": "{whom}: {mark} is only among the archives {where}{about}.",
    "service_removed": _SAID + "{what} is no longer listed {where}{about}." + _KEEPS,
    "service_removed_withdrawn": _SAID + "{what} " + _RETIRED + "{about}." + _KEEPS,
    "service_removed_suspended": _SAID + "{what} " + _PAUSED + "{about}." + _KEEPS,
    "service_removed_archived": _SAID + "{what} is only among the archives {where}{about}." + _KEEPS,
    "scope_reduced": _SAID + "scope reduced{about}. {change}",
    "shortened": _SAID + "end date brought forward{about}. {change}",
    "shortened_announced": _SAID + "end announced for {until}{about}. Until then: {status}.",
    "shortened_sooner": _SAID + "announced end brought forward{about}. {change}",
    "expired": _SAID + "past its end date of {until}, still listed {where}{about}.",
    "gained_late": _SAID + "listed on {listed_on}, {certified} since {since}{listed}.",
    "service_added": _SAID + "one more {thing}{listed}.",
    "service_added_late": _SAID
    + "one more {thing}, listed on {listed_on}, {certified} since {since}{listed}.",
    "service_added_baseline": _FIRST + _SAID + "one {thing} already listed {where}{listed}." + _BEFORE,
    "service_added_rereading": _SAID + "one {thing} listed {where}{listed}." + _READ_AGAIN,
    "scope_extended": _SAID + "scope extended{about}. {change}",
    "level_changed": _SAID + "level changed{about}. {change}",
    "renewed": "{whom}, {label} renewed{about}. {change}",
    "renewed_put_off": _SAID + "announced end put off{about}. {change}",
    "renewed_taken_back": _SAID + "the end announced for {ended} is no longer printed{about}.",
    "reissued": _SAID + "new decision, same end date{about}. {change}",
    "reissued_certificate": _SAID + "certificate issued anew, same end date{about}. {change}",
    "reissued_key": _SAID + "the certificate of the service was replaced{about}. {change}",
    "renamed": _SAID + "printed name changed{about}. {change}",
    "renamed_holder": _SAID + "printed holder changed{about}. {change}",
    "expiring": _SAID + "ends on {until}, {days}{about}. No renewal published so far.",
    "candidate_listed": "{whom} is now among the candidates for {mark}{items}.",
    "candidate_listed_baseline": _FIRST
    + "{whom} is already among the candidates for {mark} {where}{items}."
    + _BEFORE,
    "candidate_delisted": "{whom} is no longer among the candidates for {mark}{items}.",
    "recommendation_changed": _SAID
    + "ANSSI’s recommendation level goes from “{before}” to “{after}”{about}.",
    "amended": _SAID + "entry amended{about}. {change}",
    "amended_baseline": _FIRST + _SAID + "already {status} {where}{about}." + _BEFORE,
}

NOTES = {
    "end_passed": "Printed end date: {until}, already past.",
    "end_ahead": "Printed end date: {until}, not reached yet. The register gives no reason.",
    "ends_passed": "Printed end dates: {until}, already past.",
    "ends_ahead": "Printed end dates: {until}, not all reached yet. The register gives no reason.",
    "ends_plain": "Printed end dates: {until}.",
    "end_none": "No end date was printed. The register gives no reason.",
    "end_plain": "Printed end date: {until}.",
    "as_announced": "The register had announced it for this day.",
    "status_only": "The register prints this status and gives no reason.",
    "successor": "Probable successor: {name}, now listed (event {number}).",
    "predecessor": "Probable predecessor: {name}, no longer listed (event {number}).",
    "means_optimal": "To ANSSI: recommended without reservation.",
    "means_moderate": "To ANSSI: acceptable where already deployed, not recommended for new projects.",
    "means_critical": "To ANSSI: no longer recommended, taking it out of service is advised.",
    "by_rule": "As the end date foretold.",
    "by_hand": "Changed by ANSSI’s own hand: the end date does not explain it, and no reason is published.",
    "lagging": "This page may lag the catalogue, which alone decides.",
    "no_outcome": "This says nothing of the outcome: the catalogue alone decides.",
    "no_renewal": "No renewal published so far.",
    "keeps": "{who} keeps {mark}.",
}

FIELDS = {
    "holder": "Holder",
    "subject": "Subject",
    "version": "Version",
    "scope": "Scope",
    "level": "Level",
    "status": "Status",
    "national_security": "National security",
    "recommendation": "Recommendation level",
    "issuer": "Body",
    "ref": "Reference",
    "status_to_come": "Status to come",
    "status_to_come_on": "From",
    "statuses": "Printed statuses",
    "valid_from": "Start",
    "valid_until": "End date",
    "validity": "Valid",
    "certificate": "Certificate",
    "family": "Family",
    "oid": "OID",
    "agreement_level": "Approval level",
    "incident_contact": "Incident contact",
    "sponsor": "Sponsor",
    "cesti": "Evaluation facility",
    "product_type": "Product type",
}

VALUES = {
    "true": "yes",
    "false": "no",
    "none": "none",
    "Elevé": "high (Elevé)",
    "Élevé": "high (Élevé)",
    "Substantiel": "substantial (Substantiel)",
    "Sans objet": "not applicable (Sans objet)",
    "Standard": "standard",
    "Renforcé": "reinforced (Renforcé)",
    "Elémentaire": "elementary (Elémentaire)",
    "Audit organisationnel et physique": "Organisational and physical audit",
    "Audit d'architecture": "Architecture audit",
    "Audit d’architecture": "Architecture audit",
    "Audit de configuration": "Configuration audit",
    "Audit de code source": "Source code audit",
    "Tests d'intrusion": "Penetration tests",
    "Tests d’intrusion": "Penetration tests",
    "Recherche d'indicateurs de compromission": "Search for indicators of compromise",
    "Investigation numérique": "Digital forensics",
    "Analyse de codes malveillants": "Malware analysis",
    "Pilotage et coordination des investigations": "Steering of investigations",
}

STATUSES = {
    "listed": "listed",
    "granted": "granted",
    "withdrawn": "withdrawn",
    "suspended": "suspended",
    "archived": "archived",
    "candidate": "candidate",
    "unmaintained": "not maintained",
    "announced": "announced",
    "unstated": "no longer stated for this use",
    "optimal": "optimal",
    "moderate": "moderate",
    "critical": "critical",
}

SOURCES = {
    "anssi-catalogue": Register(title="ANSSI catalogue", of="of the ANSSI catalogue"),
    "anssi-pending": Register(title="Candidates, ANSSI website", of="of ANSSI’s page of candidates"),
    "ans-hds": Register(title="HDS list of the ANS", of="of the HDS list of the ANS"),
    "tl-fr": Register(title="French trusted list", of="of the French trusted list"),
}

NOTICES = {
    "trouble": (
        "Source out of sight: {subject}",
        "Nothing is announced until it is read again. To understand: “vigilabel doctor {name}”.",
    ),
    "doubted": (
        "Reading doubted: {subject}",
        "Nothing of it is announced. To do: compare with the register.",
    ),
    "recovered": ("Source read again: {subject}", "Nothing to do."),
    "held": (
        "Reading held back in part: {subject}",
        "Nobody was told. To do: compare with the register.",
    ),
    "released": ("No longer held back: {subject}", "Nothing to do."),
    "news": ("Something new in the register: {subject}", "Read and kept. To do: teach the reader."),
    "stale": (
        "No new edition for too long: {subject}",
        "To do: check that the register is still published at this address.",
    ),
    "clock": ("A clock in doubt: {subject}", "What the register shows is told as ever."),
    "canary": ("Canary: the way is open", "Nothing to do."),
    "summary": ("The watch in the week of {subject}", ""),
    "given_up": (
        "A message was given up: {subject}",
        "To do: “vigilabel why” says what became of an event.",
    ),
    "suspended": (
        "Sending suspended: {subject}",
        "What is owed is kept. Then: “/vigilabel resume” in that channel, or “vigilabel resume {name}”.",
    ),
    "baseline": ("First reading: {subject}", "The watch begins here: this reading announces nothing."),
}

PHRASES = {
    "colon": ": ",
    "quoted": "“{text}”",
    "printed": " (printed {text})",
    "edition_of": "in the edition of {date} {of}",
    "reading_of": "in the reading of {date} {of}",
    "last_reading_of": "in the last reading {of}",
    "unknown_of": "of {text}",
    "source_edition": "{title} of {date}",
    "source_reading": "{title}, read on {date}",
    "from_to": "from {start} to {end}",
    "from": "since {start}",
    "until": "until {end}",
    "between": "from {start} to {end}",
    "decision_of_year": "decision no. {number} of {year}",
    "number_of_year": "no. {number} of {year}",
    "decision": "decision {ref}",
    "certificate": "certificate {ref}",
    "certified": "certified",
    "qualified": "qualified",
    "event": "event {number}",
    "removed": "Removed from the scope",
    "added": "Added to the scope",
    "and_more": "and {count} more",
    "and_one_more": "and 1 more",
    "level": "level {level}",
    "version": "framework {version}",
    "of_issuer": "issued by {issuer}",
    "national_security": "national security",
    "some": "one {thing}",
    "renewed_by": "{before} → {after}",
    "activities": "activities {numbers}",
    "fingerprint": "fingerprint {start}…",
    "activity": "activity {number}",
    "day": "in 1 day",
    "days": "in {count} days",
    "today": "today",
    "past": "past",
    "undated": "(date not printed)",
    "first_reading": "first reading",
    "read_again": "read again",
    "missing_one": "not in the reading of {day}, to be confirmed",
    "missing_many": "not in {count} readings since {day}, to be confirmed",
    "shown_as": "printed as “{status}” in the reading of {day}, to be confirmed",
    "row_shown": "1 row printed as “{status}” in the reading of {day}, to be confirmed",
    "rows_shown": "{count} rows printed as “{status}” in the reading of {day}, to be confirmed",
    "row_missing": "1 row not in the reading of {day}, to be confirmed",
    "rows_missing": "{count} rows not in the reading of {day}, to be confirmed",
    "one_lacks": "1 row to be confirmed by another reading",
    "many_lack": "{count} rows to be confirmed by another reading",
    "end_to_come": "end announced for {day}",
    "start_to_come": "start announced for {day}",
    "matched": "Your subscriptions: {items}",
    "changes": "{count} changes",
    "change": "1 change",
    "important": ", {count} of them important",
    "one_important": ", 1 of them important",
    "all_important": "{count} important changes",
    "notices": "{count} notices about the watch",
    "heading_high": "Important",
    "heading_normal": "Other changes",
    "heading_low": "Details",
    "part": " (continued, {part}/{parts})",
    "retracted": "Alert cancelled: {title}",
    "retracted_why": "This alert should not have been sent. Reason: {reason}",
    "unknown_notice": "Notice: {subject}",
    "semicolon": "; ",
}


def date_text(day: date) -> str:
    """The day so that no reader takes it for the month: 4 Mar 2026."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


ENGLISH = Words(
    labels=LABELS,
    kinds=KINDS,
    titles=TITLES,
    sentences=SENTENCES,
    notes=NOTES,
    fields=FIELDS,
    values=VALUES,
    statuses=STATUSES,
    sources=SOURCES,
    notices=NOTICES,
    phrases=PHRASES,
    date=date_text,
)
