"""What the orchestrator decides: pure, total, without clock or network."""
