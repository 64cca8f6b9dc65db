"""Synthetic portfolios and people: nobody here exists, and no number, address or SSN can be anybody's."""
