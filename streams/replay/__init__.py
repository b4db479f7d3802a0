"""The wire read again: by the same flow with parts that cannot speak; to find an article; to fill a memory anew."""
