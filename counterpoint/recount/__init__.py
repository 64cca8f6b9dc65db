"""The independent check: recounts from the log and from what phones received, and shares no code with the gate."""
