"""Databases of their own for tests that share a server."""

import psycopg
from psycopg.conninfo import make_conninfo


def fresh_database(dsn: str, name: str) -> str:
    """An empty database on a server."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f'drop database if exists "{name}" with (force)')
        connection.execute(f'create database "{name}"')
    return make_conninfo(dsn, dbname=name)
