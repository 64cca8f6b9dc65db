"""What the services agree on: the Python twin of `schemas/`; imports nothing of ours."""
