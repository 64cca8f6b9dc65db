"""Texts that consumers might write, labelled by hand, and what the rules make of them."""
