"""Events on the wire: the recorded stream reads back unchanged."""

import pytest
from pydantic import ValidationError

from engine.events import EpochFinished, PhaseStarted, from_wire, is_durable, to_wire


def test_an_event_reads_back_unchanged():
    event = PhaseStarted(phase="retrain", architecture="R5-S-C3")
    assert to_wire(event)["kind"] == "phase_started"
    assert from_wire(to_wire(event)) == event
    assert is_durable(event)


def test_an_unknown_kind_or_key_is_refused():
    with pytest.raises(ValidationError):
        from_wire({"kind": "surprise"})
    with pytest.raises(ValidationError):
        from_wire({**to_wire(PhaseStarted(phase="search")), "extra": 1})


def test_not_a_number_never_reaches_the_wire():
    with pytest.raises(ValidationError, match="finite"):
        EpochFinished.model_validate({"phase": "supernet", "epoch": 1, "epochs": 1, "loss": float("nan")})
