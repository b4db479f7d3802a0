"""What every room stands on: times, text, bounds on what comes from outside."""
