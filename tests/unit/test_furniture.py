"""Of a page's words those that are the article's: other headlines, sign-ups, disclaimers and tables are none of it."""

from __future__ import annotations

import pytest

from streams.basics.furniture import is_background, is_round_up, own_words
from streams.basics.text import plain
from streams.records import Article, evolve
from streams.stages.normalise import Normalise
from tests.build import arrival

NEWS = "Brightmere Chips will build a plant in Dresden, the company said on Tuesday."
MORE = "Work begins in the spring. Some 400 people will be employed there."


async def normalised(text: str) -> Article:
    """An article with such a text, after the stage."""
    (outcome,) = await Normalise()([evolve(arrival(b""), title="Brightmere builds", text=text)])
    assert isinstance(outcome, Article)
    return outcome


@pytest.mark.parametrize(
    "aside",
    [
        "Sign up for our newsletter. By signing up you agree to our terms of use.",
        "Melden Sie sich jetzt für unseren Newsletter an. Mit der Anmeldung stimmen Sie den Bedingungen zu.",
        "Disclosure: The author holds shares of Nvidia and Broadcom. This article is not investment advice.",
        "Hinweis: Der Autor hält Aktien von Nvidia. Dieser Artikel stellt keine Anlageberatung dar.",
        "At the time of publication, the author was long TSM and ASML.",
        "The Motley Owl has positions in and recommends Intel and Tesla. The Motley Owl has a disclosure policy.",
        "We and our 834 partners store information on your device.\nAccept all",
        "Wir und unsere 834 Partner speichern Informationen.\nAlle akzeptieren",
        "(Reporting by A. Marlow in New York; Editing by C. Dorn)\nOur Standards: the Harbour Wire principles.",
        "© 2026 Harbour Wire. All rights reserved.",
        "The author has no position in any of the stocks mentioned. The author did not own shares of Intel.",
        "Past performance is no guarantee of future results. Investing involves risk.",
        "Jetzt kostenlos für den Newsletter anmelden. Folgen Sie uns.",
        "Continue reading with a subscription. Already a subscriber? Log in.",
        "Weiterlesen mit Plus. Bereits Abonnent? Hier anmelden.",
        "The post Brightmere builds appeared first on Harbour Wire.",
        "Der Beitrag Brightmere baut erschien zuerst auf Hafenbote.",
        "Read more: US tightens export controls on chip tools",
        "ALSO READ: Databricks closes $1 billion funding round",
        "Lesen Sie auch: USA verschärfen Exportkontrollen für Chipmaschinen",
        "Topics: Nvidia, China, export controls",
        "A plant of Nvidia. Photo: Harbour Wire/J. Marlow",
        "Ein Werk von Nvidia (Foto: hw)",
        "Mehr zum Thema\nMeta investiert in Rechenzentrum\nDatabricks sammelt eine Milliarde ein",
        "Most read\nIntel to build chip plant in Ohio\nWho wins? A guide to the season",
        "AAPL -1.2 % 101.50 $\nNVDA +2.3 % 126.50 $\nAMD -0.9 % 139.50 $",
        "13.01.2026 CET/CEST Veröffentlichung einer Corporate News, übermittelt durch einen Dienst.",
    ],
)
def test_what_a_page_sets_around_is_none_of_the_article(aside: str) -> None:
    """Before the news, within it, or behind it."""
    assert own_words(f"{NEWS}\n{MORE}\n{aside}") == f"{NEWS}\n{MORE}"
    assert own_words(f"{NEWS}\n{aside}\n{MORE}") == f"{NEWS}\n{MORE}"
    assert own_words(f"{aside}\n{NEWS}\n{MORE}") == f"{NEWS}\n{MORE}"


@pytest.mark.parametrize(
    "behind",
    [
        "About Brightmere Chips\nBrightmere Chips AG earned 78.9 billion euros and invested 2.4 billion euros.",
        "Über Brightmere\nDie Brightmere AG erzielte einen Umsatz von 78,9 Milliarden Euro.",
        "About Brightmere Chips: Brightmere Chips AG invested 2.4 billion euros in new plants.",
        "ABOUT BRIGHTMERE CHIPS, INC.\nWe are a leader in chips.",
        "Forward-Looking Statements: this release speaks of export controls and funding rounds.\nIt will not be updated.",
        "Zukunftsgerichtete Aussagen\nExportkontrollen können das Ergebnis belasten.",
        "Comments (3)\notto77: I would rather buy Intel, they raised $2 billion!",
        "Kommentare\nmia: überall Exportkontrollen.",
    ],
)
def test_an_article_ends_where_others_begin_to_speak(behind: str) -> None:
    """Lawyers, readers, and what each press release says of its company; but a page does not begin with its end."""
    assert own_words(f"{NEWS}\n{MORE}\n{behind}") == f"{NEWS}\n{MORE}"
    assert NEWS in own_words(f"{behind}\n{NEWS}\n{MORE}")


@pytest.mark.parametrize(
    "own",
    [
        "Citigroup Inc.\n(C) , the third-largest U.S. bank, opens an office.",
        "By subscribing to a capital increase the investor gets a seat on the board.",
        "The bank put its\ncapital at risk, according to a prospectus.",
        "About 1,900 people will work there.\nAbout Nvidia nothing was said.",
        "Sign up or leave: the union gives its members a week.",
        "Image: Brightmere Online shopping house Brightmere will spend $15 million on plants. Wages will rise, too.",
        "• 400 jobs by 2029\n• 7.2 billion euros\n• 2 plants in 2 states",
        "Revenue 2,345 2,100\nProfit 120 90",
        "Related costs fell by 3 percent.\nThe plant was paid for.",
        "Read more books, the minister tells schools.",
        "Already a major shareholder, Harbour Capital will invest $4 billion in Brightmere.",
        "Activist fund Harbour holds a position in Brightmere worth $2 billion.",
        "The report said Brightmere had not received an offer for the unit.",
        "The author of the bill has said chip shares would fall.",
        "We and our partners will build two plants in Ohio.",
        "This content requires licences for exports to China.",
        "Jetzt will der Konzern in Dresden ein Chipwerk eröffnen.",
        "Der Autor des Gesetzes hält Exportkontrollen für nötig.",
        "Wir und unsere Partner investieren zwei Milliarden Euro in Ulm.",
    ],
)
def test_the_articles_own_words_stay(own: str) -> None:
    """What only looks like it: tickers in brackets, hard-wrapped lines, lists of facts, paragraphs glued to a credit."""
    assert own_words(own) == own
    assert own_words(f"{NEWS}\n{own}") == f"{NEWS}\n{own}"


def test_html_says_itself_what_is_none_of_the_article() -> None:
    """Captions, navigation, and blocks that hold but a link to another headline; a linked sentence may be the lead."""
    around = (
        "<figure><figcaption>A sign of Nvidia</figcaption></figure><nav>Home</nav>"
        "<p>→ <a href='#'>China lifts its export ban on chips</a></p>"
        "<p><b>Background: <a href='#'>How the US restricts chip exports</a></b></p>"
        "<aside><h3>Intel raises money</h3></aside><footer>Imprint</footer>"
    )
    lead = f"<p><a href='#'>{NEWS}</a></p><p>Brightmere <a href='#'>makes chips for cars and trains</a>.</p>"
    read = plain(f"{around}{lead}{around}", pruned=True)
    assert read == f"{NEWS}\nBrightmere makes chips for cars and trains."


async def test_a_text_that_is_but_a_link_is_kept() -> None:
    """Some feeds send no more than the headline of the page, linked."""
    article = await normalised("<p><a href='#'>Brightmere builds a plant in Dresden</a></p>")
    assert article.text == "Brightmere builds a plant in Dresden"


async def test_other_headlines_make_no_other_revision() -> None:
    """The words that are judged are the article's own; what was sent still tells one record from another."""
    one = await normalised(f"<p>{NEWS}</p><h3>Most read</h3><ul><li>Intel to build in Ohio</li></ul>")
    two = await normalised(f"<p>{NEWS}</p><h3>Most read</h3><ul><li>Storm at the coast</li></ul>")
    assert one.text == two.text == NEWS
    assert one.revision != two.revision


def test_cells_of_a_table_are_words_of_their_own() -> None:
    """A ticker does not grow into the figure beside it."""
    assert plain("<table><tr><td>ADI</td><td>101.50</td></tr></table>") == "ADI 101.50"


def test_long_texts_take_no_longer_for_each_character() -> None:
    """Nothing goes back over what was read: a line without end, a thousand links."""
    assert len(own_words("About " + "Harbour Chips, " * 20_000)) > 100_000
    many = "<p>" + "<a href='#'>headline of another article</a> " * 1_900 + "</p>"
    assert "headline" in plain(many, pruned=True)


@pytest.mark.parametrize(
    "title",
    [
        "Before the bell: Micron, Amazon, Lilly", "WRAPUP 2-Chip makers lift spending, shares swing", "Stocks to watch: Orsted, Rio Tinto",
        "Week ahead: rate decisions and chip results", "Wall Street ends higher as chip makers gain", "FTSE 100 ends lower as miners slip",
        "Premarket movers: Lumenta, Brightmere", "Biggest stock movers Monday: Lumenta and more", "Morning Bid: chips and rates",
    ],
)  # fmt: skip
def test_what_heads_a_round_up(title: str) -> None:
    """Each of its pieces is told for itself."""
    assert is_round_up(title)


@pytest.mark.parametrize(
    "title",
    [
        "Micron to report before the bell", "Wall Street bank to build data centre", "Brightmere wraps up sale of shares",
        "Nasdaq opens data centre in Dallas", "Nikkei publisher to build data centre", "Brightmere to price notes in the week ahead", "Chip stocks fall as US bans sales",
    ],
)  # fmt: skip
def test_what_only_sounds_like_one(title: str) -> None:
    """Words of the market, in one piece of news."""
    assert not is_round_up(title)


@pytest.mark.parametrize(
    "title",
    [
        "Factbox: Who needs a licence to ship chips", "FACTBOX-Who needs a licence to ship chips", "Timeline: chip export curbs since 2022",
        "Explainer: what a new fab costs", "Opinion | Export controls do not work", "Q&A: the new licence rules",
        "Why export controls do not work - Opinion", "Breakingviews - Chip spending has a flaw", "Kommentar: Warum Exportkontrollen nicht wirken",
        "Fragen und Antworten: Was die Lizenzpflicht bedeutet",
    ],
)  # fmt: skip
def test_background_says_so(title: str) -> None:
    """Before or behind the headline."""
    assert is_background(title)


@pytest.mark.parametrize(
    "title",
    [
        "Brightmere delays timeline: plant to open in 2029", "Opinion-poll firm to raise $40 million", "Column of tanks leaves the border",
        "Podcast maker Lumenta raises $40 million", "Brightmere gives timeline for Dresden plant", "Kommentar der Firma zum Werk steht aus",
    ],
)  # fmt: skip
def test_news_of_opinions_and_timelines_is_news(title: str) -> None:
    """The word alone makes no background."""
    assert not is_background(title)
