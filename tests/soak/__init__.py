"""Months in minutes: steady load on real parts with shipped settings, faults by the calendar, and a judge."""
