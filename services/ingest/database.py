"""Ingest's schema in PostgreSQL."""

from pathlib import Path

from chassis import database

MIGRATIONS = Path(__file__).resolve().parent / "migrations"


class Database(database.Database):
    """PostgreSQL as ingest uses it."""

    def __init__(self, dsn: str, *, connections: int, patience: float = 30.0) -> None:
        super().__init__(dsn, schema="ingest", migrations=MIGRATIONS, connections=connections, patience=patience)
