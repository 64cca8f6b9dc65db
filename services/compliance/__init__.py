"""The gate: no contact leaves that the law forbids."""
