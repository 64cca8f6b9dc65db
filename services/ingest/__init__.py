"""Turns what clients hand over into placed accounts, or into rejects with reasons; nothing vanishes."""
