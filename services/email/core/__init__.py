"""What the e-mail channel decides: pure, total, without clock or network."""
