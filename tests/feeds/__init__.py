"""Feeds for the tests of ingest: golden pairs, a wire of two hundred feeds, an in-process and a real server."""
