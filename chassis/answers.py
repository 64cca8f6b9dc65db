"""What a server's answer says."""

from typing import Any

import httpx


def json_object(response: httpx.Response) -> dict[str, Any]:
    """The JSON object that an answer holds; empty if it holds anything else."""
    try:
        content = response.json()
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}
