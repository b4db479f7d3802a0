"""A strict Slack on 127.0.0.1: refuses what Slack refuses, and what our product must never send.

Reading order: server (what happens to a call, in order), methods (what each call does), validate and block_kit
(what may be said), lints (what we must not say), pace, faults, breakage, store, journal, socket_mode, control, client.

The rules come from Slack's public documentation and from what its clients were measured to do. The journal is the
judge: a message that is in it was accepted, a message that is not was never accepted.
"""
