"""How the installation stands, in HTTP answers."""

from pydantic import BaseModel, Field


class ServerOut(BaseModel):
    name: str = Field(examples=["nats"])
    down: str | None = Field(description="Why; null: it answers.", examples=[None])


class ServiceOut(BaseModel):
    """The workers of one service, and what waits for them, of all workspaces."""

    name: str = Field(examples=["psd"])
    workers: int = Field(
        description="Processes that have said something within ten seconds.",
        examples=[2],
    )
    slots_high: int = Field(
        description="Tasks that they carry out at the same time, of what somebody waits "
        "for.",
        examples=[4],
    )
    slots_low: int = Field(description="The same, of all else.", examples=[3])
    waiting: int = Field(
        description="Tasks that wait for their turn; 5,000 are counted of a queue.",
        examples=[12],
    )
    oldest_seconds: float | None = Field(
        description="Since the oldest was accepted that has not started, of what "
        "somebody has asked for; null: there is none.",
        examples=[3.2],
    )
    lane_high: int = Field(description="Messages that lie before them.", examples=[0])
    lane_low: int = Field(examples=[2])
    at_work: int = Field(description="That they have taken.", examples=[3])


class StreamOut(BaseModel):
    name: str = Field(examples=["EVENTS"])
    messages: int = Field(examples=[5131])
    size: int = Field(description="Bytes.", examples=[4_194_304])


class HandlerOut(BaseModel):
    name: str = Field(
        examples=["preview_on_psd_parse_export_completed_publish_preview"]
    )
    behind: int = Field(description="Events that it has not been given.", examples=[0])
    at_work: int = Field(description="That it has not settled.", examples=[0])


class SystemOut(BaseModel):
    """How the installation stands."""

    servers: list[ServerOut]
    trouble: str | None = Field(
        description="What an operator is to set right.", examples=[None]
    )
    services: list[ServiceOut]
    streams: list[StreamOut]
    handlers: list[HandlerOut]
