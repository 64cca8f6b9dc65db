"""The text channel's schema in PostgreSQL."""

from pathlib import Path

from chassis import database


class Database(database.Database):
    """PostgreSQL as the text channel uses it."""

    def __init__(self, dsn: str, *, connections: int, patience: float = 30.0) -> None:
        migrations = Path(__file__).resolve().parent / "migrations"
        super().__init__(dsn, schema="sms", migrations=migrations, connections=connections, patience=patience)
