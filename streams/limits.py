"""How much of anything that comes from outside tapewire takes in. One place, so that a bound is never guessed."""

MESSAGE_BYTES = 1_048_576
HEADLINE_CHARS_REFUSED = 10_000
TITLE_CHARS = 500
TEXT_CHARS = 20_000
MARKUP_CHARS = 400_000
TAGS_PARSED = 4_000
ID_CHARS = 200
URL_CHARS = 2_000
SOURCE_CHARS = 100
GIVEN_TICKERS = 50
TICKER_CHARS = 20
EARLIEST_YEAR = 1970
LATEST_YEAR = 2100
MAX_AGE_TRUSTED_MS = 10 * 366 * 24 * 3_600_000
COMMAND_CHARS = 500  # of a slash command
COMMAND_COMPANIES = 30  # named by one command
CHANNEL_WATCHES = 50  # made in one channel
