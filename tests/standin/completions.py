"""A model on loopback that answers as OpenAI-compatible servers do, with what the test gives it to say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.standin.hub import serving


class Model:
    """Answers every question with `statements`, or with `raw` or `status` where a test sets them."""

    def __init__(self, statements: list[dict[str, str]]) -> None:
        self.statements = statements
        self.asked: list[tuple[dict[str, Any], dict[str, str]]] = []
        self.raw: bytes | None = None
        self.status = 200

    async def complete(self, request: Request) -> Response:
        self.asked.append((json.loads(await request.body()), dict(request.headers)))
        if self.raw is not None or self.status != 200:
            return Response(self.raw or b"", self.status, {"content-type": "application/json"})
        content = json.dumps({"statements": self.statements})
        return JSONResponse(
            {"choices": [{"message": {"role": "assistant", "content": f"```json\n{content}\n```"}}]}
        )


@contextmanager
def completing(model: Model) -> Iterator[str]:
    """Serve the model; the address to give to `--with-model`."""
    app = Starlette(routes=[Route("/v1/chat/completions", model.complete, methods=["POST"])])
    with serving(app) as address:
        yield f"{address}/v1"
