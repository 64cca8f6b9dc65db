"""Contacts in numbers under every fault at once, workers killed every ten seconds; then an independent recount."""
