"""The pages that every service serves: is it alive, is it ready, what does it measure."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

Ready = Callable[[], str | None]


class Server(uvicorn.Server):
    """A web server that leaves signals to the process."""

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        """The process has handlers of its own."""
        return nullcontext()


def application(*, service: str, ready: Ready, routes: Sequence[BaseRoute]) -> Starlette:
    """Health, metrics and the service's own pages."""

    async def alive(_: Request) -> Response:
        return JSONResponse({"service": service, "alive": True})

    async def is_ready(_: Request) -> Response:
        reason = ready()
        body = {"service": service, "ready": reason is None, "reason": reason}
        return JSONResponse(body, status_code=200 if reason is None else 503)

    async def metrics(_: Request) -> Response:
        return PlainTextResponse(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return Starlette(routes=[Route("/healthz", alive), Route("/readyz", is_ready), Route("/metrics", metrics), *routes])


def server(*, app: Starlette, host: str, port: int) -> Server:
    """A server for the application, ready to `serve()`."""
    return Server(uvicorn.Config(app, host=host, port=port, log_config=None, access_log=False, lifespan="off"))
