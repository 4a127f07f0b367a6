"""Why nothing is heard: what was read and is not believed yet is said, with the way out."""

from __future__ import annotations

from typing import Any

from fake_people import People, said

MANY = [f"hds | Hébergeur {n:02} | - | {n}-1 | 2025-09-12 | 2028-09-11" for n in range(20)]


def held(watching: Any) -> int:
    watching.see("2026-03-05", *MANY)
    return int(watching.see("2026-03-06", *MANY[:3]))


def asked(team: People, text: str) -> str:
    return said(team.say(text)).replace("\u00a0", " ").replace("\u202f", " ")


def test_an_event_that_does_not_exist_is_answered_with_what_is_held(team: People, watching: Any) -> None:
    run = held(watching)
    for text in ("why 999", "why"):
        told = asked(team, text)
        assert "Lu mais pas encore cru : Catalogue de l’ANSSI, depuis le 06/03/2026 13:00" in told
        assert (
            "HDS : 17 titulaires sur 20 disparaîtraient d’un coup, la limite est 5 ; 17 disparitions" in told
        )
        assert "Absents de la dernière lecture, toujours comptés comme listés : Hébergeur 03" in told
        assert "et 9 autres" in told
        assert f"/vigilabel approuver {run} motif" in told
    assert "Aucun événement n° 999" in asked(team, "why 999")


def test_a_provider_is_told_why_nothing_is_heard_of_it(team: People, watching: Any) -> None:
    held(watching)
    told = asked(team, "why hébergeur 07")
    assert "toujours comptés comme listés : Hébergeur 07." in told
    assert "Hébergeur 08" not in told
    assert "Rien de ce qui a été lu sur S3NS n’attend d’être cru." in asked(team, "why s3ns")
    assert "ne figure sur aucune liste lue" in asked(team, "why bleurk")


def test_an_event_whose_rows_are_missing_since_says_so(team: People, watching: Any) -> None:
    watching.see("2026-03-05", *MANY)
    number = asked(team, 'history "hébergeur 07"').split("n° ")[1].split(" ")[0]
    assert "pas encore cru" not in asked(team, f"why {number}")
    watching.see("2026-03-06", *MANY[:3])
    told = asked(team, f"why {number}")
    assert "Lu mais pas encore cru" in told
    assert "listés : Hébergeur 07." in told


def test_what_was_approved_or_seen_again_waits_no_more(team: People, watching: Any) -> None:
    run = held(watching)
    team.say(f"approve {run} verified", user="UOPS")
    assert "pas encore cru" not in asked(team, "why 999")
    watching.see("2026-03-11", *MANY)
    assert "pas encore cru" not in asked(team, "why")
