"""The parts of the book in this process, `memory.py`; those of the Redis book lie in `lua/`."""
