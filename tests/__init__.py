"""Tests: unit, contract (the same promises over every adapter), flow, live (real Kafka and Redis), house."""
