"""The commands that people type on Slack, and their words in each language."""

from __future__ import annotations

from collections.abc import Mapping

from state.words.labels import Spoken

VERBS: Mapping[str, Spoken] = {
    "help": Spoken(("aide", "?"), ("help",)),
    "subscribe": Spoken(
        ("suivre", "abonner", "s'abonner", "suis", "abonne"), ("subscribe", "follow", "watch")
    ),
    "unsubscribe": Spoken(
        ("arrêter", "désabonner", "se désabonner", "arrête", "stop"), ("unsubscribe", "unfollow")
    ),
    "list": Spoken(("abonnements", "liste"), ("list", "subscriptions")),
    "pause": Spoken(("pause", "suspendre"), ("pause",)),
    "resume": Spoken(("reprendre", "reprise"), ("resume",)),
    "digest": Spoken(("rythme", "résumé"), ("digest",)),
    "quiet": Spoken(("silence", "calme"), ("quiet",)),
    "lang": Spoken(("langue",), ("lang", "language")),
    "find": Spoken(("chercher", "cherche", "recherche", "trouver"), ("find", "search")),
    "provider": Spoken(("prestataire", "fournisseur", "fiche"), ("provider",)),
    "history": Spoken(("historique", "événements"), ("history", "events")),
    "listing": Spoken(("titulaires", "détenteurs"), ("listing", "holders")),
    "race": Spoken(("course",), ("race",)),
    "was": Spoken(("était", "avait"), ("was",)),
    "why": Spoken(("pourquoi",), ("why",)),
    "proof": Spoken(("preuve",), ("proof", "evidence")),
    "sources": Spoken(("sources", "registres"), ("sources",)),
    "scrape": Spoken(("lire", "relire"), ("scrape",)),
    "operators": Spoken(("opérateurs",), ("operators",)),
    "approve": Spoken(("approuver",), ("approve",)),
    "retract": Spoken(("rétracter",), ("retract",)),
}
"""Every command, and the words for it, accents or not: those of the command line are among the English ones.
`help` shows the first of the reader's language, and all of them are understood."""
