"""`counterpoint topics`: the topics of a broker as the contract wants them."""

import asyncio

import typer

from chassis.kafka_topics import ensure_topics
from chassis.settings import load_stack


def topics() -> None:
    """Create the topics that are missing on the broker of COUNTERPOINT_KAFKA_BOOTSTRAP, and check those it has.

    `counterpoint up` does this by itself.
    """
    created = asyncio.run(ensure_topics(load_stack()))
    typer.echo(f"topics are as they must be ({created} created)")
