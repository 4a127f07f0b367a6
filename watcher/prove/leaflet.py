"""The leaflet in an evidence file: what it proves and how to check it with `sha256sum` and a text editor."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent, fill
from typing import Any

from notifiers.said import wording
from notifiers.said.printed import clean
from state.model import Event, Page

WIDTH = 100
_RULE = "=" * WIDTH


def leaflet(
    event: Event,
    run: Mapping[str, Any],
    pages: Mapping[str, Page],
    *,
    absent: bool,
    retracted: str | None,
    head: str,
    key: str | None,
) -> str:
    """The text of README.txt, French first.

    `run` is what the chain says of the look that saw the event; `pages` are by their name in the file;
    `absent` says that no row of the event is listed after the look; `retracted` is the reason when the event
    was taken back; `key` is the public key of the signature.
    """
    parts = []
    for lang, text in (("fr", FRENCH), ("en", ENGLISH)):
        filled = dedent(text["body"]).format(
            event=event.id,
            sentence=_sentence(event, text, retracted, lang),
            facts=_facts(text, event, run, pages),
            absence=_folded(text["absence"]) + "\n" if absent else "",
            head=head,
            signature=dedent(text["signature"] if key else text["unsigned"]).strip().format(key=key),
        )
        parts.append(filled.strip())
    return f"\n\n{_RULE}\n\n".join(parts) + "\n"


def _sentence(event: Event, text: Mapping[str, str], retracted: str | None, lang: str) -> str:
    sentence = _folded(wording.sentence(event, lang))
    return f"{sentence}\n\n{_folded(text['retracted'] + retracted)}" if retracted else sentence


def _facts(text: Mapping[str, str], event: Event, run: Mapping[str, Any], pages: Mapping[str, Page]) -> str:
    name, shown = next(each for each in pages.items() if each[1].sha256 == event.evidence.sha256)
    edition = f"{event.edition_at:%Y-%m-%d %H:%M} UTC" if event.edition_at else text["undated"]
    told = {
        "seen": f"{event.seen_at:%Y-%m-%d %H:%M:%S} UTC (run {run['id']}, {run['source']})",
        "edition": edition,
        "received": f"{shown.fetched_at:%Y-%m-%d %H:%M:%S} UTC",
        "document": clean(event.evidence.url),
        "file": name,
        "place": clean(event.evidence.place) or "-",
        "sha256": event.evidence.sha256,
        "reader": str(run["revision"]),
    }
    return "\n".join(f"{text[name] + ' ':.<24} {value}" for name, value in told.items())


def _folded(sentence: str) -> str:
    return fill(clean(sentence), WIDTH, break_long_words=False, break_on_hyphens=False)


FRENCH = {
    "seen": "Vu le",
    "edition": "Édition datée du",
    "received": "Document reçu le",
    "document": "Adresse du document",
    "file": "Fichier",
    "place": "Endroit",
    "sha256": "SHA-256 du document",
    "reader": "Révision du lecteur",
    "undated": "non datée",
    "retracted": "ATTENTION : CET ÉVÉNEMENT A ÉTÉ RETIRÉ, il n’aurait pas dû être annoncé. Motif : ",
    "absence": "L’absence se prouve par le document entier : tout ce que le registre a envoyé ce jour-là est "
    "dans pages/, et la ligne n’y est plus. listing.jsonl est la "
    "liste retenue après cette consultation, en entier.",
    "signature": """
        5. La signature : openssl pkeyutl -verify -pubin -inkey public-key.pem -rawin \\
              -in SHA256SUMS -sigfile SHA256SUMS.sig
           Comparez la clé (la ligne du milieu de public-key.pem) à celle que publie la page « Sources » de
           cette veille : une clé trouvée dans ce fichier seul ne prouve pas qui l’a signé.
              {key}
        """,
    "unsigned": "5. Ce fichier n’est pas signé.",
    "body": """
        PREUVE DE L’ÉVÉNEMENT {event}                                         (English below)

        {sentence}

        {facts}
        {absence}
        CE QUE CONTIENT CE FICHIER
          event.json      l’événement, tel qu’inscrit au journal (les lignes concernées, l’endroit, la cause)
          snapshot.json   adresse, heure, en-têtes et SHA-256 de chaque document reçu
          pages/          les documents, octet pour octet tels que reçus
          listing.jsonl   la liste retenue après cette consultation : notre lecture, une ligne par inscription
          chain.jsonl     la chaîne : une ligne par consultation, de celle de l’événement à la tête
          SHA256SUMS      l’empreinte de chaque fichier

        VÉRIFIER, avec sha256sum et un éditeur de texte (ou : vigilabel verify FICHIER)
        1. Rien n’est abîmé :           sha256sum -c SHA256SUMS
        2. Les documents sont ceux du jour : les empreintes de `sha256sum pages/*` sont dans snapshot.json.
        3. L’événement, les documents et la liste sont scellés : les empreintes de
           `sha256sum event.json snapshot.json listing.jsonl` sont toutes les trois dans la première ligne
           de chain.jsonl, avec l’heure de la consultation (« at ») et la révision du lecteur.
        4. La chaîne est entière : l’empreinte de chaque ligne (avec sa fin de ligne) est le « previous »
           de la ligne suivante, et celle de la dernière est la tête de la chaîne :
              while IFS= read -r l; do printf '%s\\n' "$l" | sha256sum; done < chain.jsonl
              tail -n 1 chain.jsonl | sha256sum
              {head}
        {signature}

        CE QUE CELA PROUVE, ET NE PROUVE PAS
        Si la tête ci-dessus (ou celle d’une ligne de chain.jsonl) a été notée ailleurs (page d’accueil,
        résumé hebdomadaire, courriel), rien de ce qui précède n’a été changé depuis. Sans tête notée
        ailleurs ni signature vérifiée, le fichier prouve seulement qu’il est cohérent. Les heures sont
        celles de l’horloge de la veille ; les octets sont ceux qu’elle a reçus en HTTPS ou qu’on lui a
        importés (adresse « import: »).
        """,
}
ENGLISH = {
    "seen": "Seen on",
    "edition": "Edition dated",
    "received": "Document received",
    "document": "Document address",
    "file": "File",
    "place": "Place",
    "sha256": "Document SHA-256",
    "reader": "Reader revision",
    "undated": "undated",
    "retracted": "BEWARE: THIS EVENT WAS TAKEN BACK, it should not have been announced. Reason: ",
    "absence": "An absence is proven by the whole document: everything the register sent that day is in "
    "pages/, and the row is not there any more. listing.jsonl is the whole listing after that look.",
    "signature": """
        5. The signature: openssl pkeyutl -verify -pubin -inkey public-key.pem -rawin \\
              -in SHA256SUMS -sigfile SHA256SUMS.sig
           Compare the key (the middle line of public-key.pem) with the one that the Sources page of this
           watch publishes: a key found in this file alone does not prove who signed it.
              {key}
        """,
    "unsigned": "5. This file is not signed.",
    "body": """
        PROOF OF EVENT {event}

        {sentence}

        {facts}
        {absence}
        WHAT IS IN THIS FILE
          event.json      the event as the log has it (the rows concerned, the place, the cause)
          snapshot.json   address, time, headers and SHA-256 of every document received
          pages/          the documents, byte for byte as received
          listing.jsonl   the listing after that look: our reading, a line a row
          chain.jsonl     the chain: a line a look, from that of the event to the head
          SHA256SUMS      the hash of every file

        CHECK IT with sha256sum and a text editor (or: vigilabel verify FILE)
        1. Nothing is damaged:          sha256sum -c SHA256SUMS
        2. The documents are those of that day: the hashes that `sha256sum pages/*` prints are in
           snapshot.json.
        3. Event, documents and listing are sealed: the hashes that
           `sha256sum event.json snapshot.json listing.jsonl` prints are all three in the first line of
           chain.jsonl, with the time of the look ("at") and the revision of the reader.
        4. The chain is whole: the hash of every line (with its line feed) is the "previous" of the next
           line, and that of the last one is the head of the chain:
              while IFS= read -r l; do printf '%s\\n' "$l" | sha256sum; done < chain.jsonl
              tail -n 1 chain.jsonl | sha256sum
              {head}
        {signature}

        WHAT THIS PROVES, AND WHAT NOT
        If the head above (or that of any line of chain.jsonl) was noted elsewhere (home page, weekly
        summary, an e-mail), nothing before it was changed since. Without a head noted elsewhere or a
        signature that was checked, the file only proves that it is consistent. Times are those of the
        clock of the watch; the bytes are those it received over HTTPS, or that were imported (address
        "import:").
        """,
}
