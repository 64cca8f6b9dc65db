"""Decides what to try next with each consumer: one conversation, one record, one strategy at a time."""
