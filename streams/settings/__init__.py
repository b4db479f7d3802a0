"""Settings: what a run is told, in `tapewire.toml` and variables; read, checked, written down as a page."""
