"""Calls: places what the gate approved, talks to who answers and who calls, and records what became of it."""
