"""What the text channel decides: pure, total, without clock or network."""
