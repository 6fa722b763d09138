"""What a run has come to, as a message: converged, never ends, limit reached, still open."""

from __future__ import annotations

from nnsim.core.messages import Message
from nnsim.document.model import LAYER_RULES, Document
from nnsim.engine.learners import Verdict, VerdictKind


def outcome_message(document: Document, verdict: Verdict | None, iterations: int) -> Message:
    """What can be said after ``iterations`` iterations of the document's run.

    ``verdict`` is what its watch found, if anything; one found later than ``iterations`` is not
    told yet.
    """
    if verdict is None or verdict.iteration > iterations:
        return _undecided(document, iterations)
    training, _ = document.settings_at(verdict.iteration - 1)
    params: dict[str, object] = {"iteration": verdict.iteration}
    if verdict.kind in (VerdictKind.REPEATS, VerdictKind.EARLY_STOPPING):
        params["same_as"] = verdict.same_as
    elif verdict.kind is VerdictKind.LOSS_REACHED:
        params["target"] = training.target_loss
    elif verdict.kind is VerdictKind.STATIONARY:
        params["tolerance"] = training.tolerance
    elif verdict.kind is VerdictKind.NOT_FINITE and training.rule in LAYER_RULES:
        # Without a gradient nobody examines the run, and steps are all that can be too large.
        return Message("verdict.not_finite_rule", params)
    return Message(f"verdict.{verdict.kind.value}", params)


def not_finite_since(verdict: Verdict | None) -> int | None:
    """The iteration that left a loss or a parameter that is no number, where that is the verdict.

    A run that goes on past another verdict has none of this kind.
    """
    if verdict is None or verdict.kind is not VerdictKind.NOT_FINITE:
        return None
    return verdict.iteration


def decided_message(document: Document, verdict: Verdict | None, iterations: int) -> Message | None:
    """The same where the run has come to something, or met its limit; None while it is open."""
    message = outcome_message(document, verdict, iterations)
    return None if message.code.startswith("verdict.open") else message


def _undecided(document: Document, iterations: int) -> Message:
    training, _ = document.settings_at(max(iterations - 1, 0))
    if iterations >= training.limit:
        if training.has_loss:
            return Message("verdict.limit_loss", {"n": iterations, "target": training.target_loss})
        return Message("verdict.limit", {"n": iterations})
    needs_clean_pass = training.rule in LAYER_RULES and training.rule != "delta"
    return Message("verdict.open_rule" if needs_clean_pass else "verdict.open", {"n": iterations})
