"""How articles come in: feeds, polled JSON, pushes, files. Read in this order.

base       the nouns, and what a kind of source promises        registry  every kind, one line each
settings   sources.toml, all faults at once                     feed, mapped  kinds: pure parse, thin fetch
items      raw articles to what enters: bounded, keyed          sift      what of it is new, edited, removed
writer     sift, publish, remember: the only order that loses and doubles nothing
book       what was sent, bookmarks, health; redis_book knows the Redis schema, tape the topic
web, guard, dial, unpack   fetching from strangers safely       health, watchman  when a source has died
reload, change             sources.toml written while we run    robots  whether a host lets its pages be read
"""
