"""A push service (RFC 8030), and the browsers behind it that can read what comes (RFC 8291)."""
