"""What an operator should do about what was found: reasons to read, and commands to copy. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never
from urllib.parse import urljoin, urlsplit

from scrapers.wire.address import moved_to
from state.model import Outcome, Reason
from watcher.doctor.examination import Advice, Exchange, Findings, Request
from watcher.look.apart.limits import ENDED
from watcher.look.apart.source import own

REDIRECTS = range(300, 400)
GONE = (404, 410)
REST = "…"


def advise(findings: Findings) -> Advice:
    """What to do now, most likely first."""
    failed = next((one for one in findings.visit.requests if one.trouble), None)
    if findings.visit.trouble is not None:
        return _unfetched(findings, failed) if failed else _reported(findings, Reason.of("advice_no_look"))
    if findings.run is None:
        return _do(Reason.of("advice_mend_memory"), "vigilabel verify")
    if findings.good:
        return _good(findings)
    match findings.run.outcome:
        case Outcome.BLOCKED:
            return _by_hand(findings, Reason.of("advice_wall"))
        case Outcome.LAYOUT_CHANGED:
            return _another_shape(findings)
        case Outcome.CRASHED:
            return _reported(findings, Reason.of("advice_fault"))
        case Outcome.OK | Outcome.DOUBTFUL | Outcome.UNREACHABLE:
            return _doubted(findings)
    assert_never(findings.run.outcome)


def _do(why: Reason, *commands: str | Reason) -> Advice:
    return Advice(said=(why,), commands=commands)


def _unfetched(findings: Findings, failed: Request) -> Advice:
    """A page could not be had: what stands in the way says what to do."""
    last = failed.last
    # Before all else: what robots.txt forbids was not asked for, so there is no answer to judge.
    if failed.robots == "closed":
        return _by_hand(findings, Reason.of("advice_closed"))
    if last is None or last.status is None:
        return _again(findings, Reason.of("advice_no_answer"))
    return _answered(findings, failed, last)


def _answered(findings: Findings, failed: Request, last: Exchange) -> Advice:
    name, status = findings.source.name, last.status or 0
    if status in REDIRECTS:
        there = urljoin(last.url, last.header("location"))
        why = Reason.of("advice_sent_on", address=there)
        return _do(why, _set_address(findings, failed, there), *_import(name))
    if failed.outcome is Outcome.BLOCKED and failed.tells("only_scripts"):
        return _by_script(findings)
    if failed.outcome is Outcome.BLOCKED:
        return _by_hand(findings, Reason.of("advice_refused"))
    if status in GONE:
        return _do(Reason.of("advice_gone"), _set_address(findings, failed, "https://" + REST))
    if status >= 400:
        return _again(findings, Reason.of("advice_in_trouble", status=status))
    if failed.tells("pdf_cut_off"):
        return _do(Reason.of("advice_came_cut"), f"vigilabel doctor {name}", *_import(name))
    form = findings.source.expect
    wanted = Reason.of("wanted_form", form=form.upper()) if form else Reason.of("wanted_document")
    why = Reason.of("advice_something_else", wanted=wanted)
    return _do(why, _set_address(findings, failed, "https://" + REST), *_import(name))


def _again(findings: Findings, why: Reason) -> Advice:
    return _do(why, f"vigilabel doctor {findings.source.name}")


def _by_hand(findings: Findings, why: Reason) -> Advice:
    binary = findings.source.expect in ("pdf", "xml")
    how = Reason.of("advice_download") if binary else Reason.of("advice_save")
    return Advice(said=(why, how), commands=_import(findings.source.name))


def _by_script(findings: Findings) -> Advice:
    """A browser runs the script of the page: what it shows then can be saved, and what it fetches be set."""
    advice = _by_hand(findings, Reason.of("advice_script"))
    if not hasattr(own(findings.source), "data_url"):
        return advice
    fetched = f"export {_setting(findings, 'data_url')}='https://{REST}'"
    noted = Reason.of("command_noted", command=fetched, note=Reason.of("when_script_fetches"))
    return replace(advice, commands=(*advice.commands, noted))


def _import(name: str) -> tuple[str, ...]:
    return (f"vigilabel doctor {name} FILE{REST}", f"vigilabel import {name} FILE{REST}")


def _set_address(findings: Findings, failed: Request, address: str) -> str | Reason:
    """The setting that holds the address that failed."""
    source = findings.source
    if failed.url != source.url and hasattr(own(source), "pages"):
        path = urlsplit(failed.url).path.rstrip("/").rsplit("/", 1)[-1]
        return Reason.of("command_entry", source=source.name, path=path)
    return f"export {_setting(findings, 'url')}={shlex.quote(address)}"


def _setting(findings: Findings, name: str) -> str:
    """The environment variable of one of the settings of a source."""
    return f"VIGILABEL_SOURCES__{findings.source.name.upper().replace('-', '_')}__{name.upper()}"


def _another_shape(findings: Findings) -> Advice:
    """The page came and is not understood: a setting may do, else its reader must learn it."""
    # First what explains all else: a reading that ended says nothing of the shape, a notice nothing of the
    # page that it stands for, half a document nothing of the other half.
    if any(one.code in ENDED for one in findings.whys):
        return _do(Reason.of("advice_ended"), _save(findings))
    if any(one.instead for one in findings.glances):
        return _again(findings, Reason.of("advice_notice"))
    if any(one.cut for one in findings.glances):
        return _again(findings, Reason.of("advice_cut"))
    if findings.explanation and (missing := findings.explanation.missing):
        return _part(findings, missing)
    if (recipe := _recipe(findings)) is not None:
        return recipe
    if remedies := _remedies(findings):
        return _do(Reason.of("advice_settings"), *remedies, _save(findings))
    return _reported(findings, Reason.of("advice_shape"))


def _recipe(findings: Findings) -> Advice | None:
    """A recipe to set, or the one that is set and does not fit; None where there is neither."""
    seen = findings.explanation
    if seen is None or not (seen.proposal or seen.recipe):
        return None
    proposal = tuple(seen.proposal.splitlines())
    if seen.recipe is not None:
        return Advice(
            said=(Reason.of("advice_misfit"), *((Reason.of("advice_or_this"),) if proposal else ())),
            commands=(*proposal, _save(findings)),
        )
    return Advice(
        said=(Reason.of("advice_shape"), Reason.of("advice_recipe")),
        commands=(*proposal, *_remedies(findings), _save(findings)),
    )


def _part(findings: Findings, missing: Sequence[str]) -> Advice:
    """The pages lead to others that are not among them."""
    names, more = ", ".join(missing[:5]), len(missing) - 5
    some = Reason.of("names_and_more", names=names, more=more) if more > 0 else names
    if not findings.visit.saved:
        return _reported(findings, Reason.of("advice_not_had", names=some))
    return _do(Reason.of("advice_part", names=some), *_import(findings.source.name))


def _remedies(findings: Findings) -> tuple[Reason, ...]:
    found = []
    for one in findings.explanation.remedies if findings.explanation else ():
        command = f"export {_setting(findings, one.setting)}={shlex.quote(one.value)}"
        found.append(Reason.of("command_noted", command=command, note=one.when))
    return tuple(found)


def _save(findings: Findings) -> str:
    return f"vigilabel doctor {findings.source.name} --save {findings.source.name}-pages"


def _reported(findings: Findings, why: Reason) -> Advice:
    return Advice(said=(why, Reason.of("advice_report")), commands=(_save(findings),))


def _doubted(findings: Findings) -> Advice:
    """The reading is whole and is not believed, or not fully: a person decides."""
    name = findings.source.name
    listing, judgement = findings.listing, findings.judgement
    links = findings.explanation.notes if findings.explanation else ()
    look = f"vigilabel import {name} FILE{REST}" if findings.visit.saved else f"vigilabel scrape {name}"
    believe = (look, "vigilabel approve RUN --reason 'compared with the site'")
    run = findings.run
    if any(link.code == "link" and link.tells("step_broken") for link in links):
        go_on = believe if run and run.waits else (f"vigilabel doctor {name}", _save(findings))
        return _do(Reason.of("advice_broken_link"), *go_on)
    if listing is None:  # the source itself doubts the page, and a setting may be its remedy
        remedies = _remedies(findings) or (believe if run and run.waits else ())
        then = Reason.of("advice_if_checked" if remedies else "advice_later")
        return Advice(
            said=(Reason.of("advice_no_trust"), then),
            commands=remedies or (f"vigilabel doctor {name}", _save(findings)),
        )
    before = judgement.known.edition_at if judgement else None
    if before and listing.edition_at and listing.edition_at < before:
        return _do(Reason.of("advice_old_copy"), *believe)
    found = _shortfalls(findings) or findings.held or (findings.whys if run else ())
    return _do(Reason.of("advice_compare", found=found), *believe)


def _shortfalls(findings: Findings) -> tuple[Reason, ...]:
    """The labels with fewer rows than their source's bounds allow."""
    return tuple(
        Reason.of("advice_short", label=one.label, rows=one.rows, floor=one.floor)
        for one in findings.bounds
        if one.covered and one.rows < one.floor
    )


def _good(findings: Findings) -> Advice:
    name = findings.source.name
    moved = next((there for page in findings.visit.pages if (there := moved_to(page))), None)
    if moved and len(findings.visit.pages) == 1:
        return _do(Reason.of("advice_moved"), f"export {_setting(findings, 'url')}={shlex.quote(moved)}")
    if findings.visit.saved:
        return _do(Reason.of("advice_record_pages"), f"vigilabel import {name} FILE{REST}")
    heads = findings.explanation.heads if findings.explanation else ()
    unknown = [head for head, field in heads if field is None]
    columns = (Reason.of("advice_columns", heads=", ".join(unknown[:5])),) if unknown else ()
    return Advice(
        said=(Reason.of("advice_well"), *columns, Reason.of("advice_scheduled")),
        commands=(f"vigilabel scrape {name}",),
    )
