"""Whether a worker lives and is ready, why not, and who may ask."""
