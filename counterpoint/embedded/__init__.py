"""A real broker, registry and database without containers, on free loopback ports."""
