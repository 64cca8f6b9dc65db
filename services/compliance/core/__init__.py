"""What the gate decides and remembers; pure."""
