"""`/v360`: what other applications of the house read of a customer, and post."""

from __future__ import annotations

from fastapi import FastAPI


def v360_application() -> FastAPI:
    """Return the application mounted under `/v360`, which describes itself in OpenAPI."""
    return FastAPI(openapi_url="/openapi.json", docs_url=None, redoc_url=None, redirect_slashes=False)
