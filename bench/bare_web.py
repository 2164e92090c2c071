"""The floor of a web application: FastAPI with a page from a template, and a form that commits one durable row.

Run as a program: the port, then the path of the database.
"""

from __future__ import annotations

import sys
from typing import Annotated

import uvicorn
from fastapi import FastAPI, Form
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment

from bench.floor import floor

PAGE = Environment(autoescape=True).from_string(
    "<!doctype html><title>{{ title }}</title><h1>{{ title }}</h1>"
    "<form method=post><label>Answer <input name=said></label><button>Send</button></form>"
)


def main() -> None:
    """Serve on loopback until terminated."""
    port, path = int(sys.argv[1]), sys.argv[2]
    app = FastAPI()
    with floor(f"sqlite:///{path}") as commit:

        @app.get("/", response_class=HTMLResponse)
        def page() -> str:
            return PAGE.render(title="A question")

        @app.post("/")
        def submit(said: Annotated[str, Form()]) -> RedirectResponse:
            assert said
            commit()
            return RedirectResponse("/", 303)

        uvicorn.run(app, host="127.0.0.1", port=port, log_level="error")


if __name__ == "__main__":
    main()
