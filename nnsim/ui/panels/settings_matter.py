"""Which settings decide anything where a person stands."""

from __future__ import annotations

from collections.abc import Collection

from nnsim.document.adversarial import adversaries_of
from nnsim.document.model import Conventions, Document, Training
from nnsim.document.optimisers import optimiser_settings

_WITH_LOSS = ("gradient_descent", "sgd")
_WITH_RATE = ("perceptron", "delta", "gradient_descent", "sgd")


def fields_that_matter(
    document: Document, training: Training, conventions: Conventions
) -> frozenset[str]:
    """The settings that decide anything under this rule and in this diagram."""
    rule = training.rule
    names = {"rule", "update_biases", "limit", *optimiser_settings(training)}
    has_step = any(n.activation.name == "step" for n in document.nodes if not n.is_input)
    if rule in _WITH_RATE:
        names.add("learning_rate")
    if rule in _WITH_LOSS and adversaries_of(document) is not None:
        names |= {"generator_rate", "generator_forward", "seed"}
    if rule == "course":
        names |= {"weight_step", "bias_step"}
    if rule == "sgd":
        names.add("batch_size")
    if rule in _WITH_LOSS:
        names |= {"loss", "loss_reduction", "update_timing", "penalty", "clipping"}
        if training.penalty != "none":
            names.add("penalty_rate")
        if training.clipping != "none":
            names.add("clip_at")
        if training.loss == "mse":
            names.add("loss_half")
    if training.has_loss:
        names |= {"target_loss", "tolerance"}
        if document.split.validation or training.patience:
            names.add("patience")
    if rule != "gradient_descent":
        names.add("order")
        if training.order == "shuffled":
            names.add("seed")
    if has_step:
        names.add("threshold")
    if has_step or rule in ("course", "perceptron"):
        names.add("arithmetic")
    return frozenset(names)


def setting_key(name: str, matter: Collection[str]) -> str:
    """The sentence that names a setting: where two networks learn, the rate is D's."""
    if name == "learning_rate" and "generator_rate" in matter:
        return "setting.discriminator_rate"
    return f"setting.{name}"
