"""What people write in French, in English or in haste is understood, asked about, or clearly refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from fake_people import People, said
from slack_limits import block_problems
from typography import unaccented

from state.model import Kind
from state.owed import subscriptions
from state.words.labels import LABELS, Family, in_family, meant
from state.words.meant import ALL, KINDS, WEIGHTS, kind_meant, weight_meant
from state.words.post import Subscription
from state.words.verbs import VERBS
from watcher.cli import ROOMS
from watcher.errors import Mistyped
from watcher.slack.command import ELSEWHERE, parse
from watcher.slack.doors.door import Door


def kept(door: Door) -> list[Subscription]:
    with door.desk.app.open_store() as store:
        return list(subscriptions.subscriptions(store))


def told(team: People, text: str, **who: str) -> str:
    shown = team.say(text, **who)
    assert not list(block_problems(shown["blocks"]))
    return said(shown).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("text", "names", "labels", "kinds"),
    [
        ("suivre hds perdu", (), ("hds",), ("lost",)),
        ("abonner HDS et SecNum perdus ou renouvelées", (), ("hds", "secnumcloud"), ("lost", "renewed")),
        ("s'abonner hébergeur de données de santé", (), ("hds",), ()),
        ("SUIVRE hebergement de donnees de sante pour s3ns", ("s3ns",), ("hds",), ()),
        ("subscribe loss of the hds", (), ("hds",), ("lost",)),
        ("suivre gagné secnumcloud", (), ("secnumcloud",), ("gained",)),
        ("suivre les échéances de l'hds", (), ("hds",), ("expiring",)),
        ("suivre service ajouté chez cloud temple", ("cloud temple",), (), ("service_added",)),
        ("suivre eidas horodatage", (), in_family(Family.EIDAS), ()),
        ("suivre <https://www.s3ns.io/fr|S3NS>", ("S3NS",), (), ()),
        ("suivre secnumcloud+hds", (), ("secnumcloud+hds",), ()),
        ("suivre s3ns hds + SecNumCloud perdu", ("s3ns",), ("secnumcloud+hds",), ("lost",)),
        ("suivre le cloud de confiance santé", (), ("secnumcloud+hds",), ()),
    ],
)
def test_words_are_understood_in_both_languages_accents_or_not(
    team: People,
    door: Door,
    text: str,
    names: tuple[str, ...],
    labels: tuple[str, ...],
    kinds: tuple[str, ...],
) -> None:
    assert "Abonnement créé" in told(team, text)
    [one] = kept(door)
    assert (one.names, set(one.labels), one.kinds) == (names, set(labels), kinds)


@pytest.mark.parametrize("word", [word for said in KINDS.values() for word in said.words])
def test_no_word_has_two_meanings(word: str) -> None:
    assert kind_meant(word) is not None
    assert not meant(word)
    assert weight_meant(word) is None


def test_every_label_and_kind_has_its_words_and_help_shows_the_usual_one(team: People) -> None:
    assert set(KINDS) == set(Kind)
    for lang in ("fr", "en"):
        team.say(f"lang {lang}")
        shown = told(team, "aide")
        usual = [each.usual(lang) for each in (*KINDS.values(), *WEIGHTS.values(), *VERBS.values(), ALL)]
        said_of = {slug: label.said.usual(lang) for slug, label in LABELS.items()}
        usual += [f"{slug} ({word})" if word else slug for slug, word in said_of.items()]
        assert [word for word in usual if word not in shown] == [VERBS["help"].usual(lang)]


@pytest.mark.parametrize(("verb", "word"), [(verb, word) for verb in VERBS for word in VERBS[verb].words])
def test_every_word_for_a_command_is_understood(verb: str, word: str) -> None:
    assert parse(f"{word.upper()} 3").verb == verb
    assert parse(f"{word} 3").words == ("3",)
    if word != "résumé":  # without its accents it is an English command
        assert parse(f"{unaccented(word)} 3").verb == verb


def test_the_commands_of_the_terminal_are_understood_or_said_to_be_typed_there(team: People) -> None:
    assert ELSEWHERE & set(VERBS) == set()
    typed = {name for names in ROOMS.values() for name in names}
    assert {parse(name).verb for name in typed - ELSEWHERE} <= set(VERBS)
    for name in typed & ELSEWHERE:
        shown = told(team, name)
        assert f"« {name} » se tape dans un terminal : vigilabel {name}." in shown
        assert "Toutes les commandes" not in shown
    assert "Preuve de l’événement n° 3" in told(team, "evidence 3")
    assert "Abonnements de ce canal" in told(team, "subscriptions")


@pytest.mark.parametrize("text", ["histry", "zzzzzz", "abonnner s3ns", "s3nss", "s3ns zzzzz"])
def test_an_unknown_command_is_answered_with_one_hint(team: People, text: str) -> None:
    shown = told(team, text)
    assert shown.count("Vouliez-vous dire") + shown.count("Toutes les commandes") == 1


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("suivre s3ns #cloud", "« #cloud » est un canal"),
        ("suivre s3ns dans <#C0123|cloud-veille>", "« cloud-veille » est un canal"),
        ("suivre <@U123|camille>", "« camille » est une personne"),
        ("suivre hds @camille", "« @camille » est une personne"),
        ("suivre <mailto:rssi@chu.fr|rssi@chu.fr>", "« rssi@chu.fr » est une adresse de courriel"),
        ("prestataire rssi@chu.fr", "« rssi@chu.fr » est une adresse de courriel"),
    ],
)
def test_what_is_no_name_is_refused_with_a_clear_word(
    team: People, door: Door, text: str, refused: str
) -> None:
    assert refused in told(team, text)
    assert kept(door) == []


def test_numbers_and_the_reasons_of_operators_may_hold_marks(team: People) -> None:
    assert parse("why #42").words == ("#42",)
    reason = "retract 3 lu par <@U1> sur https://x.example/a dans #veille"
    assert parse(reason).words[1:] == ("lu", "par", "<@U1>", "sur", "https://x.example/a", "dans", "#veille")


def test_an_unknown_name_is_asked_about_and_followed_only_when_somebody_says_so(
    people: People, door: Door
) -> None:
    shown = people.say("suivre seknumcloud perdu")
    assert kept(door) == []
    text = said(shown).replace("\u00a0", " ")
    assert "Je ne connais pas « seknumcloud ». Vouliez-vous dire secnumcloud" in text
    [made] = people.click(shown, "secnumcloud")
    assert "Abonnement créé" in said(made)
    assert made["replace_original"] is True
    assert [(one.labels, one.kinds) for one in kept(door)] == [(("secnumcloud",), ("lost",))]

    shown = people.say("suivre licorne")
    [made] = people.click(shown, "Suivre «\u00a0licorne\u00a0» quand même")
    assert "vous serez prévenus s’il apparaît" in said(made)
    assert [one.names for one in kept(door)] == [(), ("licorne",)]
    people.say("unsubscribe 2")
    assert "Abonnement créé" in said(people.click(people.say("suivre licorne"), ANYWAY)[0])


ANYWAY = "Suivre «\u00a0licorne\u00a0» quand même"


def test_each_of_several_unknown_names_can_be_replaced_and_the_rest_is_asked_again(
    team: People, door: Door
) -> None:
    shown = team.say("suivre outscal numspo")
    [again] = team.click(shown, "NumSpot")
    assert "numspo »" not in said(again).replace("\u00a0", " ")
    assert "outscal »" in said(again).replace("\u00a0", " ")
    [made] = team.click(again, "Outscale")
    assert "Abonnement créé" in said(made)
    assert [set(one.names) for one in kept(door)] == [{"Outscale", "NumSpot"}]


def test_a_confirmed_name_is_taken_up_again_by_the_button_of_its_end(team: People, door: Door) -> None:
    team.click(team.say("suivre licorne"), ANYWAY)
    [back] = team.click(team.say("arrêter 1"), "Annuler")
    assert "Abonnement créé" in said(back)
    assert [one.names for one in kept(door)] == [("licorne",)]


@dataclass(frozen=True)
class Spelt:
    """Two ways to ask for one thing."""

    first: str
    again: str


@pytest.mark.parametrize(
    "spelt",
    [
        Spelt("subscribe s3ns hds", "suivre HDS et S3NS"),
        Spelt("subscribe hds lost", "suivre perte d’hébergement de données de santé"),
        Spelt("subscribe cloud temple", "suivre Cloud-Temple"),
        Spelt("subscribe s3ns", 'suivre "Thales Cloud Sécurisé"'),
        Spelt("subscribe eidas high", "suivre les eidas importants"),
    ],
)
def test_the_same_terms_are_the_same_subscription(team: People, door: Door, spelt: Spelt) -> None:
    assert "Abonnement créé" in told(team, spelt.first)
    assert "Abonnement déjà en place" in told(team, spelt.again)
    assert len(kept(door)) == 1


@pytest.mark.parametrize(
    ("order", "bare", "shown"),
    [
        ("digest weekly mon 08:30", "digest", "un résumé chaque lundi à 08:30"),
        ("silence de 20h à 8h", "quiet", "Silence de 20:00 à 08:00 (Europe/Paris)"),
        ("quiet 20:00-08:00 strict", "silence", "Les événements importants attendent aussi"),
        ("langue français", "lang", "Ce canal est servi en français"),
        ("pause jusqu’au 31/12/2026", "pause", "n° 1 · en pause jusqu’au 31/12/2026 00:00 (heure de Paris)"),
    ],
)
def test_asking_is_not_erasing(team: People, door: Door, order: str, bare: str, shown: str) -> None:
    team.say("subscribe s3ns")
    team.say(order)
    before = _settings(door)
    for _ in range(2):
        answer = told(team, bare)
        assert shown in answer
        assert f"Pour changer : /vigilabel {VERBS[parse(bare).verb].usual('fr')}" in answer
    assert _settings(door) == before


def _settings(door: Door) -> object:
    with door.desk.app.open_store() as store:
        return subscriptions.channel(store, "C1"), subscriptions.subscriptions(store)


def test_strict_alone_makes_the_hours_that_there_are_strict(team: People, door: Door) -> None:
    team.say("quiet 20:00-08:00")
    assert "attendent aussi" in told(team, "silence strict")
    with door.desk.app.open_store() as store:
        assert subscriptions.channel(store, "C1").quiet == "20:00-08:00 Europe/Paris"


def test_a_long_list_ends_on_each_page_what_that_page_shows(team: People, door: Door) -> None:
    for label in list(LABELS)[:11]:
        team.say(f"subscribe {label}")
    shown = team.say("liste")
    assert "Arrêter n° 8" in said(shown).replace("\u00a0", " ")
    assert "Arrêter n° 9" not in said(shown).replace("\u00a0", " ")
    [later] = team.click(shown, "Suite")
    assert "Arrêter n° 8" not in said(later).replace("\u00a0", " ")
    team.click(later, "Arrêter n°\u00a011")
    assert [one.id for one in kept(door)] == list(range(1, 11))


def test_who_names_no_number_is_shown_what_can_be_ended(team: People) -> None:
    team.say("subscribe s3ns")
    team.say("subscribe hds")
    assert "Arrêter n° 2" in told(team, "désabonner")
    only = told(team, "arrêter S3NS")
    assert "Arrêter n° 1" in only
    assert "Arrêter n° 2" not in only


def test_an_ambiguous_name_is_offered_by_names_on_buttons(team: People, watching: object) -> None:
    rows = [
        "hds | Orange Business | - | 1-1 | 2025-09-12 | 2028-09-11",
        "hds | Orange Santé | - | 2-1 | 2025-09-12 | 2028-09-11",
    ]
    watching.see("2026-03-05", *rows)  # type: ignore[attr-defined]
    for text in ("prestataire orange", "was orange hds 2026-03-05", "race orange"):
        shown = team.say(text)
        assert "peut désigner Orange Business ou Orange Santé. Lequel" in said(shown)
        [answer] = team.click(shown, "Orange Santé")
        assert "Orange Santé" in said(answer)
        assert "Orange Business" not in said(answer)


@pytest.mark.parametrize(
    ("text", "button", "heard"),
    [
        ("titulaires seknumcloud", "secnumcloud", "# SecNumCloud"),
        ("was s3ns seknumcloud 04/03/2026", "secnumcloud", "S3NS, SecNumCloud, 04/03/2026"),
        ("fiche outscal", "Outscale", "# Outscale"),
        ("historique numspo hds", "NumSpot", "Historique : NumSpot, hds"),
    ],
)
def test_a_question_about_something_unknown_offers_what_was_meant(
    team: People, text: str, button: str, heard: str
) -> None:
    shown = team.say(text)
    [answer] = team.click(shown, button)
    assert heard in said(answer).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("titulaires de l’hébergement de données de santé le 20/02/2026", "# HDS, le 20/02/2026"),
        ("était scalingo hébergeur de données de santé le 20/02/2026", "Scalingo, HDS, 20/02/2026"),
        ("fiche de cloud temple", "Cloud Temple"),
        ("course entre s3ns et cloud temple", "Cloud Temple"),
    ],
)
def test_questions_are_asked_in_phrases(team: People, text: str, heard: str) -> None:
    assert heard in told(team, text)


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("history --label secnumcloud --kind lost", "Historique : secnumcloud, lost"),
        ("listing hds --on 2026-02-20 --format json", "# HDS, le 20/02/2026"),
        ("evidence 3 --out proof.zip", "Preuve de l’événement n° 3"),
        ("quiet 20:00-08:00 --strict", "Les événements importants attendent aussi"),
        ("subscribe s3ns --channel C0OTHER", "« C0OTHER » est un canal"),
    ],
)
def test_a_line_written_for_a_terminal_is_understood(team: People, text: str, heard: str) -> None:
    assert heard in told(team, text)


def test_a_history_is_asked_from_a_day_to_a_day(team: People) -> None:
    assert "Outscale" in told(team, "historique secnumcloud depuis le 04/03/2026")
    assert "S3NS" not in told(team, "historique secnumcloud depuis le 04/03/2026")
    between = told(team, "history secnumcloud --since 2026-02-20 --until 2026-02-21")
    assert "S3NS" in between
    assert "Outscale" not in between
    assert "S3NS" in told(team, "historique depuis le 20/02/2026 jusqu’au 21/02/2026")


def test_the_reason_of_an_operator_is_taken_with_its_option_or_without() -> None:
    assert parse("retract 3 --reason page mal lue").words == ("3", "page", "mal", "lue")


def test_what_may_have_been_meant_is_offered_once_however_it_is_spelt(team: People) -> None:
    assert "Noms proches : NumSpot." in told(team, "historique numspo")


def test_an_unknown_verb_says_which_word_it_was() -> None:
    with pytest.raises(Mistyped) as refused:
        parse("zzzzzz s3ns")
    assert refused.value.gaps["verb"] == "zzzzzz"


IN_ENGLISH = ("1 March 2026", "1st Mar 2026", "1 mar 2026")


@pytest.mark.parametrize(
    "day",
    [
        "1er mars 2026",
        "1 mars 2026",
        "01/03/2026",
        "2026-03-01",
        "1ER MARS 2026",
        "1er mars 2026 ",
        *IN_ENGLISH,
    ],
)
def test_a_day_is_understood_as_people_write_it(team: People, day: str) -> None:
    assert "Outscale, SecNumCloud, 01/03/2026" in told(team, f"était outscale secnumcloud {day}")


def test_who_follows_is_told_how_long_ahead_ends_are_told_where_they_are(team: People) -> None:
    ahead = "Les échéances imprimées sont annoncées 180, 90, 30 et 7 jours avant."
    assert ahead in told(team, "suivre ovh hds")
    assert ahead in told(team, "suivre ovh échéance")
    assert ahead not in told(team, "suivre ovh perdu")
    assert ahead not in told(team, "suivre s3ns important")


def test_what_is_printed_to_begin_later_is_not_ticked_as_held(team: People, watching: Any) -> None:
    """A certificate is listed months before its first day."""
    watching.see(
        "2026-03-09",
        "secnumcloud | OVH | Pod | 2025_559 | 2025-03-24 | 2028-03-24",
        "hds | OVHcloud | - | 36741-6 | 2026-08-27 | 2029-08-27 | scope=1+2",
    )
    shown = told(team, "course ovhcloud")
    assert "✅ SecNumCloud" in shown
    assert "🗓️ HDS : à compter du 27/08/2026, jusqu’au 27/08/2029" in shown


def test_labels_together_are_never_followed_for_what_cannot_come(team: People, door: Door) -> None:
    assert "n’arriverait jamais" in told(team, "suivre secnumcloud+hds échéance")
    assert kept(door) == []


def test_labels_together_are_asked_like_one(team: People) -> None:
    assert "SecNumCloud et HDS" in told(team, "listing hds + secnumcloud")
    assert "SecNumCloud et HDS" in told(team, "was s3ns secnumcloud+hds 2026-03-04")


def test_who_asks_for_a_subscription_that_is_not_there_is_not_told_that_there_is_none(team: People) -> None:
    team.say("subscribe hds perdu")
    for text in ("list 99", "list zorglub"):
        told = said(team.say(text))
        assert "Aucun abonnement ici" not in told
        assert f"Aucun abonnement de ce canal ne répond à «\u00a0{text.split()[1]}\u00a0»" in told
    assert "hds perdu" in said(team.say("list hds"))


@pytest.mark.parametrize("text", ["course ,,,", "course ;"])
def test_commas_alone_are_no_provider(team: People, text: str) -> None:
    shown = told(team, text)
    assert "De quel prestataire s’agit-il" in shown
    assert "aucune liste" not in shown


@pytest.mark.parametrize(
    ("text", "head", "line"),
    [
        ("ovh", "# OVH", "suivre ovh"),
        ("hds ovh", "# OVH", "suivre hds ovh"),
        ("secnumcloud et hds", "# SecNumCloud et HDS", "suivre secnumcloud+hds"),
        ("OVH, HDS", "# OVH", "suivre OVH HDS"),
        ("s3ns et outscale", "# La course", "suivre s3ns outscale"),
        ("hds", "# HDS", "suivre hds"),
        ("secnumcloud le 01/03/2026", "# SecNumCloud, le 01/03/2026", "suivre secnumcloud"),
        (
            "outscale secnumcloud 1er mars 2026",
            "# Outscale, SecNumCloud, 01/03/2026",
            "suivre outscale secnumcloud",
        ),
        ("hds perdu", "# Historique : hds, perdu", "suivre hds perdu"),
        ("s3ns 01/03/2026", "# Historique : s3ns, depuis le 01/03/2026", "suivre s3ns"),
        ("/vigilabel course s3ns", "# La course", ""),
        ("2057", "# Recherche : « 2057 »", ""),
    ],
)
def test_a_question_without_a_command_is_answered_and_says_how_to_follow(
    team: People, text: str, head: str, line: str
) -> None:
    shown = told(team, text)
    assert shown.startswith(head)
    assert ("Pour être prévenu : /vigilabel " + line in shown) == bool(line)
    assert "pas compris" not in shown


@pytest.mark.parametrize("text", ["s3ns bonjour", "tout", "important", "et", "suivi s3ns hds", "=cmd"])
def test_what_is_not_understood_word_for_word_is_no_question(team: People, text: str) -> None:
    assert "pas compris" in told(team, text)
    assert "Aucun abonnement ici" in told(team, "abonnements")


def test_every_command_in_a_hint_is_of_the_readers_language_and_works(team: People) -> None:
    """Whatever is wrong with a command, what is shown instead is no word of the other language."""
    import re

    wrong = [
        *VERBS,
        *(f"{verb} zzzz" for verb in VERBS),
        *(f"{verb} 99" for verb in VERBS),
        "histoire",
        "lang de",
    ]
    for lang in ("fr", "en"):
        team.say(f"lang {lang}")
        for text in wrong:
            if text.split()[0] in ("help", "lang", "scrape") and text != "lang de":
                continue
            for shown in re.findall(r"/vigilabel ([^\s?.,]+)", said(team.say(text))):
                verb = next((verb for verb, words in VERBS.items() if words.usual(lang) == shown), None)
                assert verb, f"{text}: /vigilabel {shown} is no usual word in {lang}"
                assert parse(shown).verb == verb


def test_a_race_says_of_a_name_on_no_list_the_same_in_a_list_and_alone(team: People) -> None:
    for text in ("course numspo", "course numspo, s3ns"):
        assert "numspo\nSur aucune liste lue. Noms proches : NumSpot." in told(team, text)
        assert "Inconnu, aucun registre lu ne le dit : SecNumCloud" not in told(team, text)


def test_who_resumes_what_is_not_there_hears_so(team: People) -> None:
    assert "Aucun abonnement n° 99" in told(team, "reprendre 99")


def test_a_lock_screen_shows_what_an_answer_says_first_and_no_number_of_ours(team: People) -> None:
    shown = [
        str(team.say(text)["text"]).replace("\u00a0", " ") for text in ("course s3ns", "historique s3ns")
    ]
    assert shown == [
        "La course : S3NS · ✅ SecNumCloud : jusqu’au 17/12/2028",
        "Historique : s3ns : S3NS obtient la qualification SecNumCloud",
    ]
    assert "U123" not in str(team.say("suivre <@U123>")["text"])


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_no_day_and_no_time_breaks_on_a_line_of_a_phone(team: People, lang: str) -> None:
    import json
    import re

    team.say(f"lang {lang}")
    team.say("follow secnumcloud")
    asked = (
        "provider ovh",
        "history",
        "was s3ns secnumcloud 2026-03-04",
        "sources",
        "course a, s3ns",
        "proof 3",
    )
    seen = 0
    for text in asked:
        shown = json.dumps(team.say(text), ensure_ascii=False)
        days = re.findall(r"\d{1,2}[ \u00a0](?:Mar|Feb|Nov|Dec)[ \u00a0]20\d\d", shown)
        times = re.findall(r"20\d\d(?:[ \u00a0](?:à|at))?[ \u00a0]\d\d:\d\d", shown)
        assert not [one for one in (*days, *times) if " " in one], text
        seen += len(days) + len(times)
    assert seen > 3


def test_a_subscription_that_ended_is_said_to_have_ended(team: People) -> None:
    team.say("suivre s3ns")
    team.say("arrêter 1")
    assert "L’abonnement n° 1 est déjà arrêté." in told(team, "arrêter 1")
    assert "Aucun abonnement n° 2" in told(team, "arrêter 2")


@pytest.mark.parametrize(
    "label",
    [
        "secnumcloud+hds",
        "hds+secnumcloud",
        "HDS + SecNumCloud",
        "secnum et hds",
        "SecNumCloud and HDS",
        "hds secnumcloud",
        "cloud de confiance santé",
    ],
)
def test_both_labels_are_asked_about_however_they_are_written(team: People, label: str) -> None:
    """Where but one label can be asked about, two are both."""
    shown = told(team, f"was s3ns {label} 2026-03-04")
    assert "S3NS, SecNumCloud et HDS, 04/03/2026" in shown
    assert "vigilabel evidence --was s3ns secnumcloud+hds 2026-03-04" in shown
    assert "Prestataires qui ont les deux" in told(team, f"listing {label}")


def test_two_labels_followed_side_by_side_are_two_and_how_to_follow_both_is_said(
    team: People, door: Door
) -> None:
    shown = told(team, "suivre s3ns secnumcloud et hds")
    assert kept(door)[0].labels == ("secnumcloud", "hds")
    assert "Pour n’être prévenu que quand les deux sont réunis ou séparés : " in shown
    assert "suivre s3ns secnumcloud+hds" in shown
    assert "n’être prévenu" not in told(team, "suivre hds")


@pytest.mark.parametrize(
    "text", ["suivre secnumcloud+passi", "was s3ns passi+hds 2026-03-04", "listing PASSI + HDS"]
)
def test_labels_that_nobody_counts_together_are_refused_with_those_that_are(
    team: People, door: Door, text: str
) -> None:
    shown = told(team, text)
    assert "ne se comptent pas ensemble. Ensemble : secnumcloud+hds." in shown
    assert kept(door) == []


def test_a_provider_is_answered_for_both_and_history_says_what_both_did(team: People) -> None:
    assert "SecNumCloud et HDS : Pas les deux" in told(team, "provider s3ns")
    assert "Aucun événement" in told(team, "history secnumcloud+hds") or "Rien" in told(
        team, "history secnumcloud+hds"
    )


def test_who_asks_of_one_label_hears_of_it_first(team: People) -> None:
    def first(text: str) -> str:
        return next(
            line for line in told(team, text).splitlines()[1:] if " : " in line and "Inconnu" not in line
        )

    assert first("outscale hds").startswith("HDS")
    assert first("outscale secnumcloud").startswith("SecNumCloud")
    assert first("secnumcloud hds outscale").startswith("SecNumCloud et HDS")
