"""Worked cases of the gate: read, judged by the gate's own `decide`, and compared with what was expected."""
