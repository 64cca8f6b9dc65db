"""Text messages: sends what the gate approved, and records what became of it and what consumers answered."""
