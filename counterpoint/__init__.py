"""What people run: the command, the embedded stack, the simulator, the independent check."""
