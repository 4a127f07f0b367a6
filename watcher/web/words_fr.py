"""French: every text of the pages. Spaces that must not break are written `NB` and `THIN`."""

from __future__ import annotations

NB = "\u00a0"  # before a colon, inside « »
THIN = "\u202f"  # before ; ! ?
C = NB + ": "

PAGE = {
    "other_lang": "English",
    "other_code": "en",
    "locale": "fr_FR",
    "tagline": "La veille des labels de confiance du cloud français",
    "moment": "{day} à {time}",
    "decimal": ",",
    "months": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "skip": "Aller au contenu",
    "menu": "Menu principal",
    "home": "Accueil",
    "providers": "Prestataires",
    "labels": "Labels",
    "history": "Historique",
    "expiries": "Échéances",
    "question": "Question",
    "sources": "Sources",
    "all_of_them": "Tout voir",
    "page_more": "Page suivante",
    "unknown": "inconnu",
    "not_printed": "non imprimé",
    "footer_about": "vigilabel lit les registres publics, garde ce qui a été lu et dit ce qui "
    "change. Les registres "
    "seuls font foi.",
    "footer_privacy": "Aucun traceur, aucune requête vers un tiers.",
    "footer_time": "Dates à l’heure de Paris.",
    "feed_atom": "Flux Atom",
    "feed_ics": "Calendrier des échéances",
    "as_csv": "CSV",
    "as_json": "JSON",
    "api": "API",
    "col_provider": "Prestataire",
    "col_label": "Label",
    "col_subject": "Objet imprimé",
    "col_told": "Ce jour-là",
    "col_scope": "Périmètre",
    "col_from": "Début imprimé",
    "col_until": "Échéance imprimée",
    "col_ref": "Décision",
    "col_holder": "Imprimé sous",
    "col_date": "Date",
    "col_holders": "Détenteurs",
    "end_of": "Échéance imprimée" + C + "{what}",
    "in_days": "dans {n} jours",
    "in_one_day": "demain",
    "in_no_days": "aujourd’hui",
    "days_ago": "échéance passée depuis {n:jour|jours}",
    "colon": C,
    "semi": THIN + "; ",
    "rereading": "relecture par nos soins",
}

HOME = {
    "home_title": "Qui détient quel label de confiance du cloud",
    "home_lede": "SecNumCloud, HDS, PASSI, eIDAS… Les registres officiels lus sans relâche, "
    "comparés, gardés. "
    "Chaque réponse avec sa preuve.",
    "ask_here": "Chercher un prestataire, un service, une décision",
    "ask_button": "Chercher",
    "race_title": "La course",
    "race_lede": "Où en sont les prestataires suivis, d’après la dernière lecture de chaque registre.",
    "race_caption": "Prestataires suivis et labels",
    "holds": "détient",
    "candidate": "candidat",
    "not_listed": "non listé",
    "state_unknown": "inconnu",
    "state_unknown_why": "Inconnu" + C + "aucun registre qui le dit n’a encore été lu.",
    "since": "depuis le {day}",
    "seen_since": "vu depuis le {day}",
    "until": "jusqu’au {day}",
    "until_span": "jusqu’au {first}, puis {last}",
    "services": "{n} services",
    "some_missing": "{n} à confirmer",
    "latest_title": "Derniers événements",
    "day_rest": "et {n:autre|autres} ce jour-là",
    "latest_none": "Aucun changement vu depuis le début de la veille.",
    "expiries_title": "Échéances des 180 prochains jours",
    "expiries_none": "Aucune échéance imprimée dans les 180 prochains jours.",
    "expiries_lede": "Dates imprimées par les registres. Une échéance passée ne dit pas que le "
    "label est perdu" + C + "elle dit que rien de plus récent n’a été publié.",
    "health_good": "Les {n} registres suivis ont été lus, le moins récemment le {when}.",
    "health_good_one": "Le registre suivi a été lu le {when}.",
    "health_none": "Aucun registre n’est suivi" + C + "la veille ne lit rien.",
    "health_unread": "Aucun registre n’a encore été lu.",
    "health_blind": "La veille ne voit pas tout" + C + "{blind}.",
    "health_one": "«" + NB + "{source}" + NB + "» {state} (bonne lecture le {when})",
    "health_never": "«" + NB + "{source}" + NB + "» {state}",
    "health_how": "Détail par source",
    "chain_title": "Empreinte de la chaîne des lectures",
}

PROVIDER = {
    "providers_title": "Prestataires",
    "providers_lede": "{n} organisations détiennent au moins un label dans les registres lus.",
    "provider_desc": "Labels détenus par {who}, depuis quand, jusqu’à quand, et tout ce qui est arrivé.",
    "provider_holds": "{who} détient {labels}.",
    "provider_unsure": "À confirmer, faute de figurer dans la dernière lecture" + C + "{labels}.",
    "timeline_unread": "pas encore lu",
    "timeline_already": "déjà listé à la première lecture, le {day}",
    "timeline_listed": "listé depuis le {day}",
    "tile_state": "source {state}",
    "provider_holds_none": "{who} ne figure sur aucun des registres lus comme détenteur d’un label.",
    "candidates": "Candidatures",
    "timeline": "Chronologie",
    "timeline_title": "Chronologie des labels de {who}",
    "timeline_desc": "Une ligne par label. En plein"
    + C
    + "listé dans les éditions lues. En clair"
    + C
    + "période imprimée par les décisions. Les points sont des événements, repris dans la liste "
    "ci-dessous.",
    "timeline_seen": "listé, vu",
    "timeline_printed": "imprimé par les décisions",
    "timeline_event": "événement",
    "timeline_today": "aujourd’hui",
    "services_title": "Services et décisions",
    "aside_title": "Lignes hors vigueur",
    "aside_lede": "Archivées, retirées, suspendues, non maintenues ou à venir" + C + "{n}",
    "rows_cut": "Les {n} premières lignes sont montrées. La suite est dans l’API.",
    "names_title": "Noms imprimés",
    "names_lede": "Comment les registres écrivent ce prestataire, et les noms que nous lui connaissons.",
    "what_happened": "Ce qui est arrivé",
    "nothing_happened": "Rien n’a changé depuis le début de la veille.",
    "recommendation": "Recommandation",
    "recommendation_is": "Recommandation" + C + "{level}",
    "recommendation_how": "La recommandation de l’ANSSI est «" + NB + "optimal" + NB + "» (sans réserve), "
    "sauf mention contraire ici. «" + NB + "Modéré" + NB + "»" + C + "acceptable là où c’est déjà en place, "
    "pas pour un nouveau projet. «" + NB + "Critique" + NB + "»" + C + "n’est plus recommandé, retrait "
    "conseillé.",
    "decision_link": "Décision",
    "ask_was": "Détenait-il un label à une date donnée" + THIN + "?",
}

LABEL = {
    "labels_title": "Labels",
    "labels_lede": "Les labels que les registres lus attestent, et combien d’organisations les détiennent.",
    "holder_one": "détenteur",
    "family_cloud": "Cloud et santé",
    "family_services": "Prestataires de services qualifiés",
    "family_eidas": "Services de confiance eIDAS",
    "family_products": "Produits, profils et sites",
    "label_desc": "Qui détient {label}" + C + "{n} prestataires, échéances, changements et preuves.",
    "label_count": "{providers} prestataires, {rows} lignes au registre",
    "label_count_one": "1 prestataire, {rows} lignes au registre",
    "label_unread": "Aucun registre qui le dit n’a été lu" + C + "on ne sait pas qui le détient.",
    "who_now": "Qui le détient",
    "who_on": "Qui le détenait le {day}",
    "on_day": "Le jour",
    "on_button": "Voir ce jour",
    "back_now": "Revenir à aujourd’hui",
    "by_edition": "D’après l’édition du {edition} {of}, vue le {seen}.",
    "by_look": "D’après la lecture {of} le {seen}.",
    "stale_for": "La lecture suivante est éloignée de ce jour"
    + C
    + "ce qui est venu et reparti entre-temps n’a pas été vu.",
    "to_come": "Ce jour n’est pas encore venu" + C + "ce qui est imprimé pour lui peut encore changer.",
    "nobody": "Personne n’y figure.",
    "chart": "Nombre de détenteurs",
    "chart_title": "Nombre de prestataires détenant {label}",
    "chart_desc": "De {first} le {start} à {last} le {end}. Les chiffres sont dans le tableau qui suit.",
    "chart_table": "Les chiffres",
    "next_expiries": "Prochaines échéances",
    "no_expiry": "Aucune échéance imprimée à venir.",
    "latest_changes": "Derniers changements",
    "no_change": "Aucun changement vu.",
    "candidates_title": "Candidats",
    "candidates_unread": "Aucune page de candidats n’a encore été lue" + C + "on ne sait pas qui attend.",
    "candidates_none": "Aucun candidat dans les pages lues.",
    "candidates_lede": "D’après la page des candidats, qui peut retarder sur le catalogue.",
}

EVENT = {
    "event_n": "Événement n°" + NB + "{n}, vu le {when}",
    "dates_printed": "Dates imprimées",
    "before": "Avant",
    "after": "Après",
    "field": "Mention",
    "not_yet_read": "pas encore lu",
    "not_there": "ne figurait pas",
    "no_longer_there": "ne figure plus",
    "comparison": "Avant et après",
    "proof": "La preuve",
    "proof_document": "Document",
    "proof_place": "Endroit",
    "proof_hash": "SHA-256 des octets reçus",
    "proof_fetched": "Reçu le",
    "proof_edition": "Édition",
    "proof_bytes": "Le document seul, tel que reçu",
    "evidence_title": "Le dossier de preuve",
    "evidence_lede": "Le document tel que reçu, ce que nous y avons lu, la chaîne qui scelle les deux, et un "
    "mode d’emploi pour tout vérifier sans nous.",
    "evidence_file": "Télécharger le dossier (ZIP)",
    "evidence_how": "Le même, depuis la ligne de commande, et sa vérification hors ligne" + C,
    "evidence_name": "preuve",
    "retracted": "rétracté",
    "feed_retracted": "Rétracté" + C + "{title}",
    "retracted_on": "Rétracté le {day}.",
    "retracted_why": "Cet événement n’aurait pas dû être annoncé. Motif" + C + "{reason}",
    "retracted_kept": "Il reste au journal, où rien ne s’efface. Qui en avait été averti est averti de la "
    "rétractation.",
    "told": "Qui a été averti",
    "told_none": "Personne n’était abonné à cet événement.",
    "told_nobody_cause": "Cet événement n’est annoncé à personne" + C + "{cause}.",
    "told_sent": "{n} canaux avertis",
    "told_sent_one": "1 canal averti",
    "told_waiting": "{n} en attente",
    "told_lost": "{n:envoi abandonné, avec sa raison|envois abandonnés, avec leur raison}",
    "corrections": "Corrections et suite",
    "corrections_none": "Aucune correction, et rien de plus récent sur ces lignes.",
    "weight": "Importance",
    "weight_high": "importante",
    "weight_normal": "normale",
    "weight_low": "de détail",
    "at_a_glance": "En bref",
    "cause": "Origine",
    "cause_register": "le registre a changé",
    "cause_baseline": "première lecture, rien n’a changé",
    "cause_rereading": "notre lecteur s’est amélioré, le registre n’a pas changé",
    "cause_calendar": "le calendrier a avancé",
    "cite": "Adresse à citer",
}

HISTORY = {
    "history_title": "Historique",
    "history_desc": "Tout ce qui a changé dans les registres lus, avec la preuve de chaque changement.",
    "f_q": "Chercher",
    "f_q_hint": "nom, service, décision",
    "f_provider": "Prestataire (identifiant)",
    "f_label": "Label",
    "f_kind": "Nature",
    "f_source": "Source",
    "f_since": "Du",
    "f_until": "Au",
    "f_all": "Avec les premières lectures et les relectures",
    "f_any": "Tous",
    "f_any_f": "Toutes",
    "f_button": "Filtrer",
    "f_clear": "Tout effacer",
    "first_look": "Première lecture de «"
    + NB
    + "{source}"
    + NB
    + "»"
    + C
    + "{n:événement enregistré|événements enregistrés} (n°"
    + NB
    + "{first} à {last}), sans annonce. Un label, un prestataire ou une nature les montre.",
    "results": "{n} événements",
    "results_title": "Événements trouvés",
    "results_one": "1 événement",
    "results_more": "Les {n} plus récents",
    "results_none": "Aucun événement ne répond à ce filtre.",
    "export": "Exporter",
    "eidas_all": "eIDAS (tous)",
}

SOURCES = {
    "sources_title": "Sources",
    "sources_lede": "Ce que la veille lit, quand elle l’a lu pour la dernière fois, et quand elle "
    "n’a rien vu.",
    "state_never": "jamais lue",
    "last_good": "Dernière bonne lecture",
    "last_look": "Dernier regard",
    "edition": "Édition",
    "undated": "non datée",
    "rows": "Lignes lues",
    "coverage": "Couverture",
    "coverage_how": "part du temps couverte par de bonnes lectures depuis la première",
    "blind": "Intervalles aveugles",
    "blind_none": "aucun",
    "blind_from_to": "du {start} au {end}",
    "blind_from": "depuis le {start}",
    "held_readings": "Retenu",
    "held_none": "rien",
    "politeness": "Politesse",
    "polite": "une requête à la fois, {pace}" + NB + "s au moins entre deux",
    "rhythm": "Rythme",
    "a_day": "{n} lectures par jour",
    "once_a_day": "1 lecture par jour",
    "a_week": "{n} lectures par semaine",
    "once_a_week": "1 lecture par semaine",
    "a_year": "{n} lectures par an",
    "once_a_year": "1 lecture par an",
    "next_look": "prochaine prévue le {when}",
    "per_cent": "{n}" + NB + "%",
    "register_link": "Registre",
    "key_title": "Signature des preuves",
    "key_lede": "Chaque dossier de preuve est signé (Ed25519). Notez cette clé ailleurs, aujourd’hui"
    + C
    + "elle "
    "dira plus tard qu’un dossier vient bien d’ici.",
    "key_public": "Clé publique",
    "key_fingerprint": "Empreinte SHA-256 de la clé",
    "key_file": "Fichier",
    "key_name": "public-key.pem",
    "key_how": "Pour vérifier un dossier, avec vigilabel ou sans (les fichiers sont dans l’archive), et "
    "l’empreinte de la clé" + C,
    "key_none": "Les dossiers de preuve ne sont pas signés ici. Chacun est scellé par la chaîne des "
    "lectures, dont l’empreinte est imprimée à l’accueil"
    + C
    + "notée ailleurs, elle montre que rien n’a été récrit depuis.",
    "trouble_text": "Ce qui a été dit",
}

QUESTION = {
    "question_title": "Qui détenait quoi, à quelle date",
    "question_lede": "La réponse est oui, non ou inconnu, avec ce qui la borne et sa preuve. Elle "
    "s’imprime sur une "
    "page.",
    "q_who": "Prestataire",
    "q_label": "Label",
    "q_day": "Date",
    "q_button": "Répondre",
    "q_title": "{who} détenait-il {label} le {day}" + THIN + "?",
    "yes": "Oui",
    "no": "Non",
    "unknown_answer": "Inconnu",
    "statement": "Relevé de lecture",
    "statement_says": "D’après les registres lus par vigilabel, au {now}" + C,
    "basis": "Fondement",
    "basis_observed": "observé dans le registre",
    "basis_history": "historique imprimé au registre",
    "basis_decision": "dates imprimées par la décision",
    "basis_absent": "absence observée",
    "basis_printed": "dates imprimées au registre",
    "basis_printed_end": "échéance imprimée",
    "basis_unconfirmed": "une absence à confirmer",
    "basis_unknown_name": "un nom qui n’est sur aucune liste",
    "basis_not_watched": "période que personne n’a vue",
    "last_without": "Dernière lecture sans",
    "first_with": "Première lecture avec",
    "last_with": "Dernière lecture avec",
    "first_without": "Première lecture de nouveau sans",
    "voices": "Ce que dit chaque registre",
    "contradicted": "Les registres se contredisent.",
    "contradicted_why": "L’un répond oui, un autre non. La réponse ci-dessus suit celui qui répond oui"
    + C
    + "comparez les deux avant de vous y fier.",
    "rows_it_rests_on": "Lignes sur lesquelles elle repose",
    "proofs": "Preuves",
    "proof_absent": "n’y figure pas",
    "print_how": "Imprimez cette page (Ctrl+P)" + C + "elle tient sur une feuille.",
    "which_one": "Plusieurs prestataires portent ce nom",
    "no_such": "Ce nom ne figure sur aucune liste lue",
    "no_such_more": "Vérifiez l’orthographe, ou cherchez dans l’historique.",
    "limits": "Cette page dit ce qui a été lu, et quand. Elle ne remplace pas le registre, qui seul "
    "fait foi.",
}

TROUBLE = {
    "not_found": "Rien à cette adresse",
    "not_found_text": "{what} ne figure sur aucune liste lue.",
    "no_page": "Rien à cette adresse",
    "no_page_text": "Il n’y a pas de page à l’adresse {path}.",
    "method": "Cette adresse ne se lit pas ainsi",
    "method_text": "La méthode {method} n’y est pas admise.",
    "bad_question": "Question incomprise",
    "bad_question_text": "«"
    + NB
    + "{field}"
    + NB
    + "»"
    + C
    + "«"
    + NB
    + "{found}"
    + NB
    + "» n’est pas compris. "
    "Attendu" + C + "{expected}.",
    "expected_text": "un texte de {most} caractères au plus",
    "expected_one_of": "l’un de {known}",
    "expected_day": "un jour, comme 2026-03-04",
    "expected_number": "un nombre entier de 1 à {most}",
    "expected_value": "une valeur, ou cette condition de moins",
    "expected_providers": "{most} prestataires au plus",
    "did_you_mean": "Peut-être cherchiez-vous",
    "no_memory": "La veille n’a encore rien lu",
    "no_memory_text": "La mémoire ne répond pas pour le moment. Réessayez dans une minute.",
    "too_many": "Trop de demandes",
    "too_many_text": "Réessayez dans {seconds:seconde|secondes}.",
    "busy": "Trop de dossiers en préparation",
    "busy_text": "Réessayez dans {seconds:seconde|secondes}.",
    "no_proof": "La preuve ne peut être donnée",
    "no_proof_text": "La mémoire et la chaîne qui la scelle ne s’accordent pas"
    + C
    + "aucune preuve n’en sort tant qu’un opérateur ne l’a pas rétablie.",
    "fault": "Une panne de notre côté",
    "fault_text": "Elle a été notée. Réessayez plus tard.",
    "no_token": "Il faut un jeton",
    "no_token_text": "Envoyez «" + NB + "Authorization: Bearer JETON" + NB + "».",
    "too_long": "Trop long",
    "too_long_text": "Attendu" + C + "{most} octets au plus.",
    "bad_wish": "Demande incomprise",
    "bad_wish_text": "Attendu" + C + "«" + NB + '{{"source": NOM}}' + NB + "» en JSON.",
    "no_source": "Source inconnue",
    "no_source_text": "«" + NB + "{name}" + NB + "» n’est pas suivie. Le sont" + C + "{known}.",
    "under_way": "Une lecture est en cours",
    "under_way_text": "«" + NB + "{name}" + NB + "» est en train d’être lue. Redemandez plus tard.",
    "too_early": "Trop tôt",
    "too_early_text": "«" + NB + "{name}" + NB + "» vient d’être lue. Redemandez dans "
    "{seconds:seconde|secondes}.",
    "overtaken": "Dépassée",
    "overtaken_text": "Une lecture plus récente a été enregistrée entre-temps"
    + C
    + "celle-ci ne compte pas.",
    "back_home": "Retour à l’accueil",
}

EXPLAINED = {
    "hds": "Hébergeur de données de santé"
    + C
    + "certification exigée par le code de la santé publique pour héberger "
    "des données de santé.",
    "secnumcloud": "Qualification de l’ANSSI pour les services d’informatique en nuage, selon le "
    "référentiel "
    "SecNumCloud.",
    "pams": "Prestataires d’administration et de maintenance sécurisées, qualifiés par l’ANSSI.",
    "passi": "Prestataires d’audit de la sécurité des systèmes d’information, qualifiés par l’ANSSI.",
    "pacs": "Prestataires d’accompagnement et de conseil en sécurité, qualifiés par l’ANSSI.",
    "pris": "Prestataires de réponse aux incidents de sécurité, qualifiés par l’ANSSI.",
    "pdis": "Prestataires de détection des incidents de sécurité, qualifiés par l’ANSSI.",
    "pvid": "Prestataires de vérification d’identité à distance, certifiés par l’ANSSI.",
    "mie": "Moyens d’identification électronique, certifiés par l’ANSSI.",
    "eidas-esign-cert": "Délivrance de certificats qualifiés de signature électronique (règlement eIDAS).",
    "eidas-eseal-cert": "Délivrance de certificats qualifiés de cachet électronique (règlement eIDAS).",
    "eidas-web-cert": "Délivrance de certificats qualifiés d’authentification de site web (règlement eIDAS).",
    "eidas-timestamp": "Horodatage électronique qualifié (règlement eIDAS).",
    "eidas-esign-validation": "Validation qualifiée de signatures électroniques (règlement eIDAS).",
    "eidas-eseal-validation": "Validation qualifiée de cachets électroniques (règlement eIDAS).",
    "eidas-esign-preservation": "Conservation qualifiée de signatures électroniques (règlement eIDAS).",
    "eidas-eseal-preservation": "Conservation qualifiée de cachets électroniques (règlement eIDAS).",
    "eidas-registered-delivery": "Envoi recommandé électronique qualifié (règlement eIDAS).",
    "qualified-product": "Produits de sécurité qualifiés par l’ANSSI.",
    "cc": "Produits certifiés selon les Critères communs, norme internationale d’évaluation de la sécurité.",
    "cspn": "Certification de sécurité de premier niveau" + C + "produits évalués en temps contraint.",
    "protection-profile": "Profils de protection certifiés"
    + C
    + "exigences de sécurité pour un type de produit.",
    "site": "Sites de développement ou de production certifiés selon les Critères communs.",
}

FRENCH = {
    **PAGE, **HOME, **PROVIDER, **LABEL, **EVENT, **HISTORY, **SOURCES, **QUESTION, **TROUBLE
}  # fmt: skip
