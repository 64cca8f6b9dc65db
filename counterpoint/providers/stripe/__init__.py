"""Stripe, as far as payments of debts go."""
