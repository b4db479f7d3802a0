"""When two articles are one story, and how much is remembered; with the files each number was chosen on.

What a word weighs is said in `prepare`, when a figure is news in `news`.

Chosen on the development files only: `LINK`, `SHORT` and `LEAD_CHARS` on pairs.finance, pairs.german and
stream.olympics together, `LINK_ACROSS` on pairs.german-english, bounds, `PRIOR` and ageing on stream.olympics; each is
a round number on a plateau, where a step either way costs about a point. Companies and categories come from the
directory and the model, as in the flow. A raised bar for other subjects or categories cost 0.013 of AUC on
pairs.finance, whose leads tell more than who is named: so `LINK_APART` is for bare headlines. `BESIDE`, `BESIDE_MEANT`
and `BESIDE_ACROSS` were chosen on tests/golden/one_company.jsonl, our own headlines; tellings of `LONG` words they
would spoil: right pairs of pairs.finance were parted as often as wrong ones. `LINK_ANCHORED` is judgement.
The sealed hold-out was not looked at.
Times are milliseconds of event time.
"""

from __future__ import annotations

from typing import Final

from streams.basics.times import DAY, HOUR, MINUTE

# Exact keys: the same headline within 18 hours was one event in 9 of 9 cases, after 20 hours in 1 of 49.
EXACT_WINDOW: Final = 18 * HOUR

# How long an article can attract others, and how long it is remembered after that.
WINDOW: Final = 48 * HOUR
KEPT: Final = WINDOW + HOUR

# Similarity, 0 to 1: at and above the bar an article joins a story (`similarity.bar`).
LINK: Final = 0.31  # for tellings of up to `SHORT` words, as bare headlines are
SHORT: Final = 25  # at 50 words, which a headline with a lead has, the bar is 0.16
LINK_ACROSS: Final = 0.28  # between languages the bar is at least this
LINK_APART: Final = 3.0  # times as high between headlines that other companies part, as daily templates are
BESIDE: Final = 0.20  # likeness of the words beside those that say whom tellings are about
BESIDE_MEANT: Final = 0.40  # ... or of what they mean; one of the two is enough
BESIDE_ACROSS: Final = 0.44  # ... which between languages says most, and must say more
LONG: Final = 50  # ... of fewer words than this
LINK_ANCHORED: Final = 0.08  # between languages, with the same company, category and figure, or subject and sum
SAME_PAGE: Final = 0.30  # same url or id: the headlines must still be about the same thing
COPY: Final = 0.90  # at and above: the same words
RETOLD: Final = 2 * HOUR  # within them most outlets retell what one has told: four of five copies come within one
FIGURE_AGREES: Final = 1.4  # times as alike with an equal figure or date, but at most `AGREED`
AGREED: Final = COPY - 0.01
HALF_LIFE: Final = 24 * HOUR  # similarity fades with the time between two articles, to half at most
CENTROID_SHARE: Final = 0.5  # weight of the story's centroid beside the nearest article

# Bounds: they cost under half a point of BCubed F1 and keep one article's cost flat.
TERMS: Final = 64  # kept per article, the heaviest
LEAD_CHARS: Final = 600  # of the text that are read for words
POSTED: Final = 8  # of an article's rarest terms that lead to it
POSTINGS: Final = 24  # articles per term, the newest
CANDIDATES: Final = 8  # articles compared in full
ANCHOR_WEIGHT: Final = 40  # of a company with a category, beside a term's 1 to 255, when candidates are ranked
CENTROID_TERMS: Final = 64
FACTS_PER_STORY: Final = 60
FACTS_PER_ARTICLE: Final = 30

# Document frequencies: counters per language and epoch; the current and the previous epoch count.
EPOCH: Final = 3 * DAY
PRIOR: Final = 400  # articles assumed before the first, so that a young stream does not find every word common
DF_SLOTS: Final = 1 << 18
SCALE: Final = 255  # a term's weight is a whole number up to this, so that every memory computes the same sums

# Memory.
IDLE: Final = 10 * MINUTE  # of wall clock without an article, and a partition no longer holds back the sweep
SWEPT_PER_CALL: Final = 8
MOST_ARTICLES: Final = 500_000
BACKSTOP: Final = 5 * DAY  # wall clock after which Redis forgets what nobody touched
