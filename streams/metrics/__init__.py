"""What a worker says of itself in numbers: the names, the port, and the Prometheus side of it."""
