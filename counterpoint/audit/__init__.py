"""What the log tells of our own decisions: each can be made again from it."""
