"""Lob, as far as letters go."""
