"""What the telephone channel decides: pure, total, without clock or network."""
