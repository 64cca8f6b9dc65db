"""Choices that learn: which of several ways does best for which consumers, found out while it is done."""
