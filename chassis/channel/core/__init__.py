"""What every channel decides: pure, total, without clock or network."""
