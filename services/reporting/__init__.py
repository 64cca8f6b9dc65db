"""The read model: every event of every topic in PostgreSQL, for people who ask and for dashboards."""
