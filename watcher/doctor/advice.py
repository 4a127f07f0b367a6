"""What an operator should do about what was found: one line, and commands to copy. Pure."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import assert_never
from urllib.parse import urljoin, urlsplit

from scrapers.wire.fetch import moved_to
from state.model import Outcome
from watcher.doctor.examination import Advice, Exchange, Findings, Request
from watcher.doctor.glance import instead_of, is_cut

REDIRECTS = range(300, 400)
GONE = (404, 410)
REST = "…"


def advise(findings: Findings) -> Advice:
    """What to do now, most likely first."""
    failed = next((one for one in findings.visit.requests if one.error), None)
    if findings.visit.error:
        return _unfetched(findings, failed) if failed else _reported(findings, "The look could not be made.")
    if findings.judgement is None or findings.judgement.run is None:
        return Advice(
            text="Mend the memory first: it is needed to say whether this reading would be believed.",
            commands=("vigilabel verify",),
        )
    if findings.good:
        return _good(findings)
    match findings.judgement.run.outcome:
        case Outcome.BLOCKED:
            return _by_hand(findings, "What stands here is a wall, not the register.")
        case Outcome.LAYOUT_CHANGED:
            return _another_shape(findings)
        case Outcome.CRASHED:
            return _reported(findings, "Our reader has a fault: nothing is believed until it is mended.")
        case Outcome.OK | Outcome.DOUBTFUL | Outcome.UNREACHABLE:
            return _doubted(findings)
    assert_never(findings.judgement.run.outcome)


def _unfetched(findings: Findings, failed: Request) -> Advice:
    """A page could not be had: what stands in the way says what to do."""
    last = failed.last
    if failed.robots == "closed":
        return _by_hand(
            findings,
            "robots.txt closes this address to programs, and the watch obeys. Ask the register to open it to "
            "vigilabel; meanwhile a person may save the page.",
        )
    if last is None or last.status is None:
        return Advice(
            text="No answer came. Look at the address in a browser: if it opens there, this machine cannot "
            "reach it (proxy, firewall, DNS, certificates); if not, the register is down, and the watch asks "
            "again by itself.",
            commands=(f"vigilabel doctor {findings.patient.name}",),
        )
    return _answered(findings, failed, last)


def _answered(findings: Findings, failed: Request, last: Exchange) -> Advice:
    name, status = findings.patient.name, last.status or 0
    if status in REDIRECTS:
        there = urljoin(last.url, last.header("location"))
        return Advice(
            text=f"The register sends us to {there}. Look at it in a browser: if that is its new home, set "
            "the address; if it is a login or a notice, wait, or import a saved page.",
            commands=(_set_address(findings, failed, there), *_import(name)),
        )
    if failed.outcome is Outcome.BLOCKED and failed.tells("only_scripts"):
        return _by_script(findings)
    if failed.outcome is Outcome.BLOCKED:
        return _by_hand(
            findings, "The site refuses programs. It is not worked around: a person saves the page."
        )
    if status in GONE:
        return Advice(
            text="The page is gone from this address. Find the register's page in a browser, set its address "
            "and run the doctor again.",
            commands=(_set_address(findings, failed, "https://" + REST),),
        )
    if status >= 400:
        return Advice(
            text=f"The register is in trouble: its server answers {status}. Nothing to mend here: the watch "
            "asks again by itself, and tells operators after three failures.",
            commands=(f"vigilabel doctor {name}",),
        )
    if failed.tells("pdf_cut_off"):
        return Advice(
            text="The document came cut off before its end. What is known stands: look again; if it goes on, "
            "download it with a browser, and import that.",
            commands=(f"vigilabel doctor {name}", *_import(name)),
        )
    wanted = f"the {findings.patient.expect.upper()}" if findings.patient.expect else "the document"
    return Advice(
        text=f"Something else stands where {wanted} should be. Open the address in a browser: a notice of "
        "maintenance passes by itself; if the register moved, set its address.",
        commands=(_set_address(findings, failed, "https://" + REST), *_import(name)),
    )


def _by_hand(findings: Findings, why: str) -> Advice:
    binary = findings.patient.expect in ("pdf", "xml")
    how = "Download the document with a browser" if binary else "Save the page in a browser as “complete”"
    return Advice(
        text=f"{why} {how}, see that it reads, then import it.", commands=_import(findings.patient.name)
    )


def _by_script(findings: Findings) -> Advice:
    """A browser runs the script of the page: what it shows then can be saved, and what it fetches be set."""
    advice = _by_hand(findings, "A script fills this page; without a browser it is empty.")
    if "data_url" not in findings.patient.settings:
        return advice
    setting = findings.patient.setting("data_url")
    fetched = f"export {setting}='https://{REST}'"
    return replace(
        advice,
        commands=(*advice.commands, f"{fetched}   # what the script fetches (developer tools, Network)"),
    )


def _import(name: str) -> tuple[str, ...]:
    return (f"vigilabel doctor {name} FILE{REST}", f"vigilabel import {name} FILE{REST}")


def _set_address(findings: Findings, failed: Request, address: str) -> str:
    """The setting that holds the address that failed."""
    patient = findings.patient
    if failed.url != patient.url and "pages" in patient.settings:
        path = urlsplit(failed.url).path.rstrip("/").rsplit("/", 1)[-1]
        return (
            f"in vigilabel.toml, [sources.{patient.name}] pages: correct or leave out the entry of {path!r}"
        )
    return f"export {patient.setting('url')}={shlex.quote(address)}"


def _another_shape(findings: Findings) -> Advice:
    """The page came and is not understood: a setting may do, else its reader must learn it."""
    bodies = [page.body for page in findings.visit.pages]
    passing = next(("A notice stands in place of the register" for body in bodies if instead_of(body)), "")
    passing = passing or next(("A page was cut off before its end" for body in bodies if is_cut(body)), "")
    if passing:
        return Advice(
            text=f"{passing}: wait, and look again. What is known stands.",
            commands=(f"vigilabel doctor {findings.patient.name}",),
        )
    if findings.explanation and (missing := findings.explanation.missing):
        return _part(findings, missing)
    if (recipe := _recipe(findings)) is not None:
        return recipe
    if remedies := _remedies(findings):
        return Advice(
            text="The page has a shape this source does not know; a setting may be all it needs. Try them "
            "one at a time and run the doctor again; if none helps, keep the pages and report the layout.",
            commands=(*remedies, _save(findings)),
        )
    return _reported(findings, "The page has a shape this source does not know.")


def _recipe(findings: Findings) -> Advice | None:
    """A recipe to set, or the one that is set and does not fit; None where there is neither."""
    seen = findings.explanation
    if seen is None or not (seen.proposal or seen.recipe):
        return None
    proposal = tuple(seen.proposal.splitlines())
    if seen.recipe is not None:
        return Advice(
            text="The recipe does not fit this page: correct the field that is named above (vigilabel.toml) "
            "and run the doctor again." + (" Or take this one, and check it:" if proposal else ""),
            commands=(*proposal, _save(findings)),
        )
    return Advice(
        text="The page has a shape this source does not know. A recipe may read it: copy this into "
        "vigilabel.toml, check each field against the page, and run the doctor again. Or try a setting:",
        commands=(*proposal, *_remedies(findings), _save(findings)),
    )


def _part(findings: Findings, missing: Sequence[str]) -> Advice:
    """The pages lead to others that are not among them."""
    some = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
    if not findings.visit.saved:
        return _reported(findings, f"The page leads to others that could not be had ({some}).")
    return Advice(
        text=f"These are a part of the list: save the other pages as well ({some}) and give all at once.",
        commands=_import(findings.patient.name),
    )


def _remedies(findings: Findings) -> tuple[str, ...]:
    explanation = findings.explanation
    return tuple(
        f"export {findings.patient.setting(one.setting)}={shlex.quote(one.value)}   # {one.when}"
        for one in (explanation.remedies if explanation else ())
    )


def _save(findings: Findings) -> str:
    return f"vigilabel doctor {findings.patient.name} --save {findings.patient.name}-pages"


def _reported(findings: Findings, why: str) -> Advice:
    return Advice(
        text=f"{why} Keep the pages and report them: they are ready for a test. What is known stands.",
        commands=(_save(findings),),
    )


def _doubted(findings: Findings) -> Advice:
    """The reading is whole and is not believed, or not fully: a person decides."""
    name = findings.patient.name
    listing, judgement = findings.listing, findings.judgement
    look = f"vigilabel import {name} FILE{REST}" if findings.visit.saved else f"vigilabel scrape {name}"
    believe = (look, "vigilabel approve RUN --reason 'compared with the site'")
    run = judgement.run if judgement else None
    if listing is None:  # the source itself doubts the page, and a setting may be its remedy
        remedies = _remedies(findings) or (believe if run and run.waits else ())
        said = "The source does not trust this page. " + (
            "If you have checked that it is right to:"
            if remedies
            else "A later look may; if it goes on, report it."
        )
        return Advice(text=said, commands=remedies or (f"vigilabel doctor {name}", _save(findings)))
    before = judgement.known.edition_at if judgement else None
    if before and listing.edition_at and listing.edition_at < before:
        return Advice(
            text="An old copy of the register: ignored. A newer one will come; if the publisher put the old "
            "one back, record it and approve the run it names.",
            commands=believe,
        )
    short = "; ".join(shortfalls(findings)) or "; ".join(findings.held) or findings.error
    return Advice(
        text=f"Compare with the register in a browser ({short}). If the page is whole and this is true, "
        "record it and approve the run it names; if not, leave it: nothing is lost.",
        commands=believe,
    )


def shortfalls(findings: Findings) -> list[str]:
    """The labels with fewer rows than their source's bounds allow."""
    rows = held_rows(findings)
    return [
        f"{label}: {rows.get(label, 0)} rows, at least {bound.floor} expected"
        for label, bound in sorted(findings.patient.bounds.items())
        if findings.listing is not None
        and label in findings.listing.covers
        and rows.get(label, 0) < bound.floor
    ]


def held_rows(findings: Findings) -> Mapping[str, int]:
    """Rows in force by label: archived and withdrawn ones do not count for the bounds."""
    rows = findings.listing.attestations if findings.listing else ()
    return Counter(row.label for row in rows if row.stands)


def _good(findings: Findings) -> Advice:
    name = findings.patient.name
    moved = next((there for page in findings.visit.pages if (there := moved_to(page))), None)
    if moved and len(findings.visit.pages) == 1:
        return Advice(
            text="All is well, but the register says it moved for good: set its new address before the old "
            "one ends.",
            commands=(f"export {findings.patient.setting('url')}={shlex.quote(moved)}",),
        )
    if findings.visit.saved:
        return Advice(
            text="These pages read well. To record them as what the register shows:",
            commands=(f"vigilabel import {name} FILE{REST}",),
        )
    unknown = [
        head for head, field in (findings.explanation.heads if findings.explanation else ()) if field is None
    ]
    also = f" Columns it does not know are kept as printed: {', '.join(unknown[:5])}." if unknown else ""
    return Advice(
        text=f"All is well: nothing to set.{also} The schedule records what is new; to record it now:",
        commands=(f"vigilabel scrape {name}",),
    )
