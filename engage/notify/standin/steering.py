"""How a test or a demonstration steers a running stand-in: faults, time, a fresh start."""

from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from engage.notify.standin.faults import FaultKind, Requests
from engage.notify.standin.service import standin

steering = Blueprint("steering", __name__)


class FaultRequest(BaseModel):
    """A fault as JSON: a kind with a count or a probability (once if neither), and for how long it hangs."""

    model_config = ConfigDict(extra="forbid")

    kind: FaultKind
    count: int | None = Field(default=None, ge=1)
    probability: float | None = Field(default=None, ge=0, le=1)
    seconds: float = Field(default=35.0, ge=0)
    on: Requests = Requests.SEND

    @model_validator(mode="after")
    def _one_of_both(self) -> "FaultRequest":
        if self.count is not None and self.probability is not None:
            raise ValueError("Give a count or a probability, not both")
        return self


class AdvanceRequest(BaseModel):
    """How far to turn time; without seconds, every waiting message comes to its final status."""

    model_config = ConfigDict(extra="forbid")

    seconds: float | None = Field(default=None, ge=0)


@steering.get("/standin/faults")
def list_faults() -> ResponseReturnValue:
    """The faults in force."""
    return jsonify(faults=standin().faults.listed())


@steering.post("/standin/faults")
def add_fault() -> ResponseReturnValue:
    """Ask for a fault."""
    try:
        fault = FaultRequest.model_validate(request.get_json())
    except ValidationError as error:
        return _faulty(error)
    standin().faults.add(
        fault.kind,
        count=fault.count,
        probability=fault.probability,
        seconds=fault.seconds,
        on=fault.on,
    )
    return jsonify(faults=standin().faults.listed()), 201


@steering.post("/standin/advance")
def advance() -> ResponseReturnValue:
    """Turn time forward, or bring waiting messages to their end."""
    try:
        asked = AdvanceRequest.model_validate(request.get_json(silent=True) or {})
    except ValidationError as error:
        return _faulty(error)
    if asked.seconds is None:
        return jsonify(finished=standin().delivery.advance())
    standin().advance(asked.seconds)
    return jsonify(seconds=asked.seconds)


@steering.post("/standin/reset")
def reset() -> ResponseReturnValue:
    """Forget all messages, faults and limits used."""
    standin().reset()
    return "", 204


@steering.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Up, and how many messages it holds."""
    return jsonify(status="ok", messages=len(standin().messages))


def _faulty(error: ValidationError) -> ResponseReturnValue:
    answer: list[dict[str, Any]] = [
        {"field": ".".join(map(str, fault["loc"])), "message": fault["msg"]} for fault in error.errors()
    ]
    return jsonify(errors=answer), 400
