"""Twilio, the part that sends and receives texts."""
