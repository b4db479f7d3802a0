"""What a headline says of a plan, how sure it is, and which way things went, in both languages."""

from __future__ import annotations

import pytest

from streams.stories.facts import extract
from tests.unit.companies import directory


def keys(title: str, lang: str = "en") -> list[str]:
    """The fact keys of a headline."""
    return [f.key for f in extract(title, "", lang)]


@pytest.mark.parametrize(
    ("title", "lang", "step"),
    [
        ("Denmark considers export ban on scanners", "en", "considers"),
        ("Dänemark erwägt Exportverbot für Scanner", "de", "considers"),
        ("Denmark plans export ban on scanners", "en", "plans"),
        ("Dänemark kündigt Exportverbot für Scanner an", "de", "plans"),
        ("Denmark approves export ban on scanners", "en", "refuses"),
        ("Denmark bans export of scanners", "en", "refuses"),
        ("Denmark imposes new export curbs on scanners", "en", "refuses"),
        ("Denmark agrees to lift export curbs on scanners", "en", "approves"),
        ("Denmark agrees deal on export curbs with Norway", "en", "approves"),
        ("Denmark approves scanner sale despite export ban", "en", "approves"),
        ("Denmark imposes fine on Lumenta", "en", "approves"),
        ("Dänemark stimmt Exportverbot für Scanner zu", "de", "refuses"),
        ("Dänemark verhängt Exportsperre für Scanner", "de", "refuses"),
        ("Dänemark beschließt Ende des Exportverbots", "de", "approves"),
        ("Dänemark verhängt Strafe gegen Lumenta", "de", "approves"),
        ("Lumenta streicht Chipfabrik in Ulm", "de", "refuses"),
        ("Lumenta streicht geplantes Werk in Ulm", "de", "refuses"),
        ("Lumentas Werk in Ulm gestrichen", "de", "refuses"),
        ("Lumenta streicht Chipfabrik-Beteiligung in Ulm", "de", "refuses"),
        ("Lumenta, Ostara plan share sale", "en", "plans"),
        ("Government plans share sale", "en", "plans"),
        ("Lumenta starts building its plant", "en", "starts"),
        ("Lumenta lehnt Angebot von Ostara ab", "de", "refuses"),
        ("Lumenta denies plan to cut jobs", "en", "denies"),
        ("Lumenta denies scrapping its Ulm plant", "en", "denies"),
        ("Lumenta rejects reports of share sale", "en", "denies"),
        ("Lumenta rejects offer from Ostara", "en", "refuses"),
        ("Ministry denies Lumenta's export licence", "en", "refuses"),
        ("Ministry denies plan for new export licence", "en", "denies"),
        ("Lumenta has no plans to cut jobs", "en", "denies"),
        ("Lumenta is not considering share sale", "en", "denies"),
        ("Lumenta no longer plans share sale", "en", "refuses"),
        ("Lumenta says work on Ulm plant continues", "en", "denies"),
        ("Lumenta weist Bericht über Kapitalerhöhung zurück", "de", "denies"),
        ("Lumenta weist Angebot von Ostara zurück", "de", "refuses"),
        ("Lumenta dementiert Aus für Werk in Ulm", "de", "denies"),
        ("Lumenta hat keine Pläne für Kapitalerhöhung", "de", "denies"),
        ("Lumenta plant keine Kapitalerhöhung", "de", "denies"),
        ("Lumenta will keine Aktien verkaufen", "de", "refuses"),
        ("Lumenta hält an Werk in Ulm fest", "de", "denies"),
        ("Bericht über Lumentas Werk in Ulm ist falsch", "de", "denies"),
        ("Lumenta postpones share sale", "en", "delays"),
        ("Lumenta completes share sale", "en", "completes"),
        ("Lumenta rules out share sale", "en", "denies"),
        ("Norway suspends rare earth export controls", "en", "approves"),
        ("Norway suspends gallium, germanium export ban", "en", "approves"),
        ("Norway to exempt some Lumenta scanners from export ban", "en", "approves"),
        ("Norwegen nimmt Teil der Scanner vom Exportstopp aus", "de", "approves"),
        ("Norway sanctions Lumenta's Danish units", "en", "refuses"),
        ("Lumenta scales Ulm plant down to $2 bln", "en", "delays"),
        ("Lumenta verkleinert Fabrik in Ulm", "de", "delays"),
        ("Lumenta drops out of Ulm plant", "en", "refuses"),
        ("Lumenta drops out of Kestrix venture", "en", "refuses"),
        ("Lumenta steigt bei Kestrix aus", "de", "refuses"),
        ("Lumenta steigt aus Chipfabrik in Ulm aus", "de", "refuses"),
        ("Norway suspends gallium and germanium export ban", "en", "approves"),
        ("Norway suspends gallium exports and expands export ban", "en", "halts"),
        ("Court pauses ban on Lumenta scanners", "en", "approves"),
        ("Court rejects bid to block Lumenta plant", "en", "approves"),
        ("Norwegen setzt Exportkontrollen für Scanner aus", "de", "approves"),
        ("Norwegen verhängt Scanner-Exportverbot", "de", "refuses"),
        ("Norway adds Lumenta to entity list", "en", "refuses"),
        ("Norway removes Lumenta from entity list", "en", "approves"),
        ("Oslo court denies Lumenta's request", "en", "refuses"),
        ("President signs scanner ban into law", "en", "refuses"),
        ("Lumenta gets no licence for scanners", "en", "refuses"),
        ("Norwegen genehmigt Export nicht", "de", "refuses"),
        ("Gericht hebt Genehmigung für Lumenta-Werk auf", "de", "refuses"),
        ("Aktionäre stimmen Verkauf von Lumenta nicht zu", "de", "refuses"),
        ("Lumenta von Ausschreibung ausgeschlossen", "de", "refuses"),
        ("Lumenta rules out offering new shares", "en", "denies"),
        ("Lumenta rules out nothing", "en", "considers"),
        ("Lumenta sees no need for share sale", "en", "denies"),
        ("Lumenta: no decision made on Ulm plant", "en", "considers"),
        ("Keine Entscheidung zu Lumentas Werk gefallen", "de", "considers"),
        ("Lumenta schließt Verkauf nicht mehr aus", "de", "considers"),
        ("Lumenta schließt Verkauf keineswegs aus", "de", "considers"),
        ("Niemand schließt Verkauf von Lumenta aus", "de", "considers"),
        ("Verkauf von Lumenta nicht ausgeschlossen", "de", "considers"),
        ("Lumenta hasn’t ruled out sale of Ulm plant", "en", "considers"),
        ("Lumenta never ruled out sale of Ulm plant", "en", "considers"),
        ("Lumenta gibt Ulm-Projekt auf", "de", "refuses"),
        ("Norwegen erweitert Exportverbot für Scanner", "de", "refuses"),
        ("Norway puts export curbs on hold", "en", "approves"),
        ("Norwegen legt Exportkontrollen auf Eis", "de", "approves"),
        ("Norway lets Lumenta ship scanners without permits", "en", "approves"),
        ("Lumenta launches $200 million scanner project", "en", "starts"),
        ("Lumenta: Kapitalerhöhung kein Thema", "de", "denies"),
        ("Lumenta: Werk in Ulm ist nicht geplant", "de", "denies"),
        ("Lumenta schließt Kapitalerhöhung aus", "de", "denies"),
        ("Lumenta schließt Kapitalerhöhung nicht aus", "de", "considers"),
        ("No approval for Lumenta's exports to Norway", "en", "refuses"),
        ("Norway declines to issue Lumenta a licence", "en", "refuses"),
        ("Kein grünes Licht für Lumentas Export nach Norwegen", "de", "refuses"),
        ("Oslo erteilt Lumenta keine Ausfuhrerlaubnis", "de", "refuses"),
        ("Lumenta mothballs Ulm plant", "en", "refuses"),
        ("Lumenta gibt Werk in Ulm auf", "de", "refuses"),
        ("Norway lets Lumenta sell scanners to Oman", "en", "approves"),
        ("Norway lifts halt on Lumenta's scanners", "en", "approves"),
        ("Lumenta closes $40 million Series B round", "en", "starts"),
        ("Lumenta plans Ulm plant, sources say", "en", "rumoured"),
        ("Insider: Lumenta plant Werk in Ulm", "de", "rumoured"),
        ("Lumenta pushes Ulm plant back to 2030", "en", "delays"),
        ("Lumenta baut Wasserstoff-Werk in Ulm nicht", "de", "refuses"),
        ("Lumenta puts Ulm plant on hold", "en", "pauses"),
        ("Lumenta legt Werk in Ulm auf Eis", "de", "pauses"),
        ("Lumenta pausiert Bau in Ulm", "de", "pauses"),
        ("Lumenta suspends work on Ulm plant", "en", "halts"),
        ("Lumenta halts Ulm plant", "en", "halts"),
        ("Norway orders Lumenta to halt scanner sales", "en", "halts"),
        ("Lumenta stops work on Ulm plant for good", "en", "refuses"),
        ("Lumenta stoppt Werk in Ulm", "de", "halts"),
        ("Lumenta setzt Bau in Ulm aus", "de", "halts"),
        ("Lumenta stoppt Werk in Ulm endgültig", "de", "refuses"),
        ("Lumenta to put $600 million into Ulm works", "en", "plans"),
        ("Lumenta pumpt 300 Millionen Euro in Werk", "de", "plans"),
        ("Lumenta erweitert Werk in Ulm", "de", "plans"),
        ("Lumenta darf Scanner nicht mehr nach Oslo liefern", "de", "refuses"),
        ("Lumenta darf Prüf- und Messgeräte der Serie 4 künftig nicht ausführen", "de", "refuses"),
        ("Lumenta darf Prüf-Scanner nicht länger nach Oslo liefern", "de", "refuses"),
        ("Lumenta darf nun doch nach Oslo liefern", "de", "approves"),
        ("Lumenta darf nicht nur nach Oslo liefern", "de", "approves"),
        ("Lumenta darf liefern und muss keine Strafe zahlen", "de", "approves"),
        ("Lumenta darf liefern - Ostara nicht", "de", "approves"),
        ("Lumenta may no longer export scanners to Norway", "en", "refuses"),
        ("Norway permits scanner exports", "en", "approves"),
        ("Norway reinstates ban on Lumenta scanners", "en", "refuses"),
        ("Norway suspends rule on scanner exports", "en", "approves"),
        ("Norway reinstates rule on scanner exports", "en", "refuses"),
        ("Norway reinstates Lumenta's export licence", "en", "approves"),
        ("Norwegen setzt Exportverbot für Scanner wieder in Kraft", "de", "refuses"),
        ("Norwegen setzt Exportverbot für Scanner außer Kraft", "de", "approves"),
        ("Norwegen setzt Lumentas Lizenz wieder in Kraft", "de", "approves"),
        ("Court overturns ruling on Lumenta exports", "en", "refuses"),
        ("Court overturns ruling that blocked Lumenta merger", "en", "approves"),
        ("Court strikes down Lumenta export listing", "en", "approves"),
        ("Court quashes permit for Lumenta plant", "en", "refuses"),
        ("Gericht hebt Urteil zu Lumentas Exporten auf", "de", "refuses"),
        ("Gericht hebt Urteil gegen Lumenta auf", "de", "approves"),
        ("Senate votes down scanner bill", "en", "refuses"),
        ("Senate votes down ban on scanners", "en", "approves"),
        ("Lumenta's $40 million round collapses", "en", "refuses"),
        ("Sale of Lumenta to Ostara falls through", "en", "refuses"),
        ("Ostara walks away from Lumenta bid", "en", "refuses"),
        ("Finanzierungsrunde von Lumenta über 40 Millionen Euro gescheitert", "de", "refuses"),
        ("Lumenta: Investor springt ab", "de", "refuses"),
        ("Geldgeber zahlen Lumenta 40 Millionen Euro nicht aus", "de", "refuses"),
        ("Lumenta revives Ulm plant", "en", "starts"),
        ("Lumenta drops Ulm data centre", "en", "refuses"),
        ("Lumenta nimmt Bau in Ulm wieder auf", "de", "starts"),
        ("Ostara steigt doch bei Lumenta ein", "de", "starts"),
        ("Norway tightens scanner export rules", "en", "refuses"),
        ("Norway eases scanner export rules", "en", "approves"),
        ("Norwegen verschärft Exportkontrollen für Scanner", "de", "refuses"),
        ("Norwegen weitet Lizenzpflicht auf Linsen aus", "de", "refuses"),
        ("Norway imposes export permits for scanners", "en", "refuses"),
        ("Norway extends scanner export ban", "en", "refuses"),
        ("Norway renews export waiver for Lumenta", "en", "approves"),
        ("Norwegen verlängert Ausnahme für Lumenta", "de", "approves"),
        ("Norway lets waivers for Lumenta plants expire", "en", "refuses"),
        ("Norway lets scanner ban lapse", "en", "approves"),
        ("Norwegen lässt Ausnahme für Lumenta auslaufen", "de", "refuses"),
        ("Norway lets Lumenta export scanners", "en", "approves"),
        ("Lumenta prices $400 million convertible notes", "en", "completes"),
        ("Norway: Green light for Lumenta's scanner exports", "en", "approves"),
        ("Freie Fahrt für Lumentas Export", "de", "approves"),
        ("Blow to Lumenta: no more chips for Norwegian labs", "en", "refuses"),
        ("Keine Scannerteile mehr für Norwegen", "de", "refuses"),
        ("End of the road for Lumenta's Ulm plant", "en", "refuses"),
        ("Aus für Lumentas Werk in Ulm", "de", "refuses"),
        ("Aus für Exportverbot", "de", "approves"),
        ("Stopp für Lumentas Lieferungen nach Oslo", "de", "refuses"),
        ("Bürger sagen Nein zu Lumentas Werk", "de", "refuses"),
        ("Bürger sagen Ja zu Lumentas Werk", "de", "approves"),
        ("Decision near on Lumenta's licence", "en", "considers"),
        ("Lumenta plant awaits state aid ruling", "en", "considers"),
        ("Aufsichtsrat berät über Werk in Ulm", "de", "considers"),
        ("Entscheidung über Lumentas Lizenz rückt näher", "de", "considers"),
    ],
)
def test_the_step_of_a_headline(title: str, lang: str, step: str) -> None:
    """Considers, plans, approves, starts, completes; refuses, delays and denies."""
    assert f"status:step:{step}" in keys(title, lang)


@pytest.mark.parametrize(
    ("title", "lang", "grounds"),
    [
        ("Lumenta reportedly plans share sale", "en", "reported"),
        ("Lumenta plans share sale: report", "en", "reported"),
        ("Lumenta said to weigh share sale, according to people familiar", "en", "reported"),
        ("Lumenta confirms share sale", "en", "confirmed"),
        ("Lumenta does not confirm share sale", "en", ""),
        ("Kreise: Lumenta plant Kapitalerhöhung", "de", "reported"),
        ("Lumenta plant laut Medienbericht Kapitalerhöhung", "de", "reported"),
        ("Lumenta bestätigt Kapitalerhöhung", "de", "confirmed"),
        ("Lumenta bestätigt Kapitalerhöhung nicht", "de", ""),
        ("Lumenta reports record sales", "en", ""),
        ("Drei Landkreise planen Fabrik", "de", ""),
    ],
)
def test_the_grounds_of_a_headline(title: str, lang: str, grounds: str) -> None:
    """Hearsay, or confirmed; most headlines say neither."""
    found = [k.rpartition(":")[2] for k in keys(title, lang) if k.startswith("status:grounds")]
    assert found == ([grounds] if grounds else [])


@pytest.mark.parametrize(
    ("title", "lang"),
    [
        ("EU berät über neue Sanktionen", "de"),
        ("Mehr Fälle von Betrug bei Lumenta, Zahlung fällig", "de"),
        ("Lumenta baut Labor in Steigenwald", "de"),
        ("Curbs on advanced scanners near", "en"),
        ("Surgical scanner maker Lumenta near sale", "en"),
        ("Fallout of Lumenta fire", "en"),
        ("Ministry in Lower Austria buys scanners", "en"),
        ("Lumenta declines to comment on Ulm plant", "en"),
        ("Investor springt bei Lumenta ab", "de"),
        ("Ostara steigt bei Lumenta ein", "de"),
    ],
)
def test_the_beginning_of_another_word_is_no_direction(title: str, lang: str) -> None:
    """Only the forms of the word itself."""
    assert not [k for k in keys(title, lang) if k.startswith("direction")]


@pytest.mark.parametrize(
    ("title", "lang", "way"),
    [
        ("Lumenta shares sank after fire", "en", "down"),
        ("Lumenta dropping after fire", "en", "down"),
        ("Bond risk slipped on rate cut", "en", "down"),
        ("Lumenta opens lower after fire", "en", "down"),
        ("Lumenta surges after sale", "en", "up"),
        ("Lumenta rallies after sale", "en", "up"),
        ("Lumenta-Aktie sank nach Brand", "de", "down"),
        ("Lumenta fällt nach Brand", "de", "down"),
        ("Lumenta-Aktie legte nach Verkauf zu", "de", "up"),
        ("Steigende Preise für Scanner", "de", "up"),
    ],
)
def test_the_direction_of_a_headline(title: str, lang: str, way: str) -> None:
    """In every form of its word."""
    assert f"direction:way:{way}" in keys(title, lang)


@pytest.mark.parametrize("lang", ["en", "de"])
def test_no_name_takes_a_step_or_goes_a_way(lang: str) -> None:
    """No company's name or alias, for every headline about it would."""
    names = {name for e in directory().entries for name in (e.name, *(a.text for a in e.aliases))}
    assert len(names) > len(directory().entries)
    assert not {name: found for name in names if (found := keys(name, lang)) and found[0][:6] in ("status", "direct")}
