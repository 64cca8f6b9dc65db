"""The gate: judges every contact before it may leave, and lets none go that the law forbids."""
