"""What accepting could cost: a FastAPI route that inserts a row by asyncpg, and no more.

Run by uvicorn beside the gateway, with DATABASE_URL.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import asyncpg
from fastapi import FastAPI, Request
from pydantic import BaseModel

TABLE = """
CREATE TABLE bare_orders (
    id text PRIMARY KEY, workspace_id text NOT NULL, body text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
)
"""
_INSERT = "INSERT INTO bare_orders (id, workspace_id, body) VALUES ($1, $2, $3)"


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], max_size=10) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=lifespan)


class Order(BaseModel):
    file_id: str


class Ordered(BaseModel):
    id: str
    state: str


@app.post("/orders", status_code=202)
async def order(order: Order, request: Request) -> Ordered:
    made = f"tsk_{uuid4().hex}"
    await request.app.state.pool.execute(_INSERT, made, "wsp_1", order.file_id)
    return Ordered(id=made, state="queued")


@app.get("/ready")
async def ready() -> str:
    return "ready"
