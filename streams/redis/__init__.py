"""How Redis is reached, and how scripts run in it; who keeps what there: `stories/`, `delivery/`, `sources/`."""
