"""What a mail says, how it is filed, and that nothing a register prints gets out of its place."""

from __future__ import annotations

import email.policy
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notifiers.mail.page import Letterhead
from notifiers.mail.post import Draft, drafts, written
from notifiers.said import wording
from state.model import Attestation, Event, Kind, Reason
from state.words.post import Message, Notice, Receipt

HEAD = Letterhead(
    channel="equipe",
    mailbox="veille@chu.example",
    name="Veille « étiquettes »",
    pages="https://labels.chu.example",
)
AT = datetime(2026, 3, 5, 8, 30, tzinfo=UTC)


def read(draft: Draft, head: Letterhead = HEAD) -> EmailMessage:
    """A mail as its recipient's program reads it."""
    mail = email.message_from_bytes(written(draft, head, "rssi@chu.example", AT), policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    assert mail.defects == []
    return mail


class Page(HTMLParser):
    """The words of a page, its tags and the addresses that it leads to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words, self.tags, self.links = "", list[str](), list[str]()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.words += data


def test_one_event_is_read_in_three_seconds(
    an_event: Callable[..., Event], a_message: Callable[..., Message]
) -> None:
    [draft] = drafts(a_message(an_event(Kind.GAINED), matched=("s3ns secnumcloud",)), HEAD)
    mail = read(draft)
    assert mail["Subject"] == (
        "S3NS obtient la qualification SecNumCloud — Catalogue de l’ANSSI du 04/03/2026"
    )
    assert draft.plain == (
        "S3NS obtient la qualification SecNumCloud\n\n"
        "S3NS (imprimé «\u00a0Thales Cloud Sécurisé\u00a0»)\n"
        "Cloud de confiance S3NS · PaaS, CaaS, IaaS\n"
        "Du 17/12/2025 au 17/12/2028 · décision n°\u00a02057 de 2025 "
        "<https://messervices.cyber.gouv.fr/visas/2025_2057_np.pdf>\n"
        "Catalogue de l’ANSSI du 04/03/2026 <https://messervices.cyber.gouv.fr/visas/catalogue.pdf>"
        " · p.\u00a088 · SHA-256\u00a03f2a9c1b8d00… · événement\u00a012 <https://labels.chu.example/events/12>\n\n"
        "Vos abonnements\u00a0: s3ns secnumcloud\n\n"
        "-- \n"
        "Message automatique de la veille des labels, canal «\u00a0equipe\u00a0».\n"
        "Pour ne plus recevoir ces messages, écrivez à veille@chu.example.\n"
    )


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_both_parts_say_the_same(
    cases: dict[str, Event], a_message: Callable[..., Message], lang: str
) -> None:
    events = [replace(event, id=number) for number, event in enumerate(cases.values(), 1)]
    for message in (a_message(*events, lang=lang), *(a_message(one, lang=lang) for one in events)):
        for draft in drafts(message, HEAD):
            text = re.sub(r" <https?://[^>]+>", "", draft.plain)
            shown = Page(draft.html.partition("<h1")[2]).words
            for line in filter(None, map(_bare, text.split("\n"))):
                assert line in _bare(shown), line


def _bare(text: str) -> str:
    return "".join(text.replace("\u2011", "-").casefold().split()).removeprefix("--")


def test_a_mail_is_an_alternative_of_plain_text_and_html_of_an_automaton(
    an_event: Callable[..., Event], a_message: Callable[..., Message]
) -> None:
    [draft] = drafts(a_message(an_event(Kind.LOST), lang="en"), HEAD)
    mail = read(draft)
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert {name: str(mail[name]) for name in ("From", "To", "Date", "Content-Language")} == {
        "From": "Veille « étiquettes » <veille@chu.example>",
        "To": "rssi@chu.example",
        "Date": "Thu, 05 Mar 2026 08:30:00 +0000",
        "Content-Language": "en",
    }
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == "<equipe.vigilabel.chu.example>"
    assert mail["List-Unsubscribe"] == "<mailto:veille@chu.example?subject=unsubscribe%20equipe>"
    assert "List-Unsubscribe-Post" not in mail, "nothing here unsubscribes in one click"


def test_a_page_fetches_nothing_and_leads_to_the_proof(
    an_event: Callable[..., Event], a_message: Callable[..., Message]
) -> None:
    event = an_event(Kind.GAINED)
    [draft] = drafts(a_message(event), HEAD)
    page = Page(draft.html)
    assert not {"img", "script", "link", "table", "form", "iframe"} & set(page.tags)
    assert set(page.links) == {
        "https://messervices.cyber.gouv.fr/visas/2025_2057_np.pdf",
        event.evidence.url,
        "https://labels.chu.example/events/12",
        HEAD.stop,
    }
    [unpaged] = drafts(a_message(event), replace(HEAD, pages=""))
    assert "labels.chu.example" not in unpaged.html + unpaged.plain


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "Bleu\r\nBcc: everybody@example.org",
    "{{ 7 * 7 }}{% raw %}",
    "=?utf-8?q?=0D=0ABcc=3A_x?=",
    "\u202egnp.exe\u0000\x1b[31m",
    "é" * 600,
    "株式会社" * 80,
)


@pytest.mark.parametrize("name", HOSTILE)
def test_what_a_register_prints_stays_text(
    an_event: Callable[..., Event], a_message: Callable[..., Message], name: str
) -> None:
    row = Attestation(label="hds", holder=name, subject=name, ref=name, url="javascript:alert(1)")
    plainly = Attestation(label="hds", holder="Bleu", subject="Bleu", ref="1")
    message = a_message(an_event(Kind.GAINED, row, name, label=name), matched=(name,))
    usual = a_message(an_event(Kind.GAINED, plainly, "Bleu"), matched=("all",))
    for draft, other in zip(drafts(message, HEAD), drafts(usual, HEAD), strict=True):
        mail, page = read(draft), Page(draft.html)
        assert set(page.tags) == set(Page(other.html).tags)
        assert not any(link.startswith("javascript") for link in page.links)
        assert mail.keys() == read(other).keys()
        assert "49" not in draft.html or "7 * 7" in page.words


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300), st.text(max_size=80))
@example("=?utf-8?q?Bcc?=", "[CHU] veille, <a@b.c>")
@example("x" * 300, "y" * 80)
def test_headers_are_folded_and_come_back_whole(subject: str, name: str) -> None:
    from notifiers.said.voice import clean

    draft = Draft(id="<a@b.c>", answers=(), subject=subject, plain="x", html="x", lang="fr")
    head = replace(HEAD, name=name.encode("utf-8", "replace").decode())
    raw = written(draft, head, "rssi@chu.example", AT)
    above, _, _ = raw.partition(b"\r\n\r\n")
    assert max(map(len, above.split(b"\r\n"))) <= 78
    assert above.isascii()
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert mail["Subject"] == clean(subject)
    assert mail["From"].addresses[0].addr_spec == HEAD.mailbox
    assert "Bcc" not in mail


def test_mails_about_one_provider_and_label_are_one_thread(
    an_event: Callable[..., Event], a_message: Callable[..., Message]
) -> None:
    gained, renewed = an_event(Kind.GAINED, id=1), an_event(Kind.RENEWED, id=2)
    first, later = (read(drafts(a_message(event, key=str(event.id)), HEAD)[0]) for event in (gained, renewed))
    assert first["Message-ID"] != later["Message-ID"]
    assert first["References"] == first["In-Reply-To"] == later["References"]
    elsewhere = read(drafts(a_message(gained, channel="autre"), HEAD)[0])
    other = read(drafts(a_message(replace(gained, label="hds")), HEAD)[0])
    assert len({mail["References"] for mail in (first, elsewhere, other)}) == 3
    [several] = drafts(a_message(gained, replace(renewed, label="hds")), HEAD)
    assert read(several)["References"] is None, "a digest joins no two threads"


def test_the_same_message_is_the_same_mail_at_every_attempt(
    an_event: Callable[..., Event], a_message: Callable[..., Message]
) -> None:
    message = a_message(an_event(Kind.GAINED))
    first, again = (written(drafts(message, HEAD)[0], HEAD, "rssi@chu.example", AT) for _ in range(2))
    assert first == again
    assert b"@chu.example>" in re.findall(rb"Message-ID: (\S+)", first)[0]


def test_a_recall_says_plainly_what_was_wrong_below_the_mail_that_said_it(
    an_event: Callable[..., Event],
    a_message: Callable[..., Message],
    a_retraction: Callable[[Message], Message],
) -> None:
    message = a_message(an_event(Kind.GAINED))
    [told] = drafts(message, HEAD)
    [back] = drafts(replace(a_retraction(message), follows=Receipt(id=f"{told.id},rssi@chu.example")), HEAD)
    mail = read(back)
    assert mail["Subject"] == "Alerte annulée\u00a0: S3NS obtient la qualification SecNumCloud"
    assert mail["In-Reply-To"] == told.id
    assert mail["References"] == f"{told.answers[0]} {told.id}"
    assert "Cette alerte n’aurait pas dû être envoyée. Raison\u00a0: page mal lue" in back.plain
    assert "https://labels.chu.example/events/12" in back.plain


def test_a_digest_says_first_whom_it_is_about(
    many: tuple[Event, ...], a_message: Callable[..., Message]
) -> None:
    [draft] = drafts(a_message(*many[:10]), HEAD)
    head, glance, *_ = draft.plain.split("\n\n")
    assert head == "10 changements, dont 6 importants · SecNumCloud"
    assert glance.startswith("SecNumCloud · changements importants\u00a0: Fournisseur 000, ")
    assert read(draft)["Subject"] == f"{head} — {wording.title(draft_first(many), 'fr')}"


def draft_first(events: tuple[Event, ...]) -> Event:
    """The event that ten of them begin with."""
    from notifiers.said import digest

    return digest.weightiest_first(events[:10])[0]


def test_a_mail_that_gmail_would_cut_is_several_and_no_event_is_lost(
    many: tuple[Event, ...], a_message: Callable[..., Message]
) -> None:
    events = [replace(event, id=number) for number, event in enumerate(many * 5, 1)]
    whole = drafts(a_message(*events), HEAD)
    assert len(whole) > 1
    assert all(len(draft.html.encode()) < 102_000 for draft in whole)
    assert len({draft.id for draft in whole}) == len(whole)
    found = [number for draft in whole for number in re.findall(r"/events/(\d+)>", draft.plain)]
    assert sorted(map(int, found)) == [event.id for event in events]
    assert f"(1/{len(whole)})" in whole[0].subject


def test_operators_read_what_is_wrong_with_their_sources_in_a_thread_of_its_own(
    a_notice: Callable[..., Notice], a_message: Callable[..., Message]
) -> None:
    trouble = a_message(notices=(replace(a_notice("trouble"), said=(Reason.of("mail_silent", host="x"),)),))
    [draft] = drafts(trouble, HEAD)
    [again] = drafts(a_message(notices=(a_notice("recovered"),), key="later"), HEAD)
    assert draft.subject == "Source illisible\u00a0: Catalogue de l’ANSSI"
    assert "le serveur de courrier x ne répond plus" in draft.plain
    assert draft.answers == again.answers
