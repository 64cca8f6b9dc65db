"""What the read model keeps of each event: pure, total, without clock or network."""
