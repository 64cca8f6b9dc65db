"""Strategies of a running system: which are published, who stands where in them, and what people say about them."""
