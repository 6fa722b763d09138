"""The optimisers of gradient learning: which settings and internals each has."""

from __future__ import annotations

from collections.abc import Mapping

from nnsim.document.model import LAYER_RULES, Document, OptimiserName, Training

#: Settings that belong to an optimiser beside the learning rate, in the order they are shown.
PARAMETERS: Mapping[OptimiserName, tuple[str, ...]] = {
    "plain": (),
    "momentum": ("momentum",),
    "nesterov": ("momentum",),
    "adagrad": ("epsilon",),
    "rmsprop": ("decay", "epsilon"),
    "adam": ("beta1", "beta2", "epsilon"),
    "adamw": ("beta1", "beta2", "epsilon", "weight_decay"),
}
#: All of them, those first that say how past gradients are kept.
ALL_PARAMETERS = ("momentum", "decay", "beta1", "beta2", "epsilon", "weight_decay")
#: What an optimiser's step is made of for each parameter: prefixes of recorded names, each before
#: those that are made of it.
INTERNALS: Mapping[OptimiserName, tuple[str, ...]] = {
    "plain": (),
    "momentum": ("u",),
    "nesterov": ("u",),
    "adagrad": ("s",),
    "rmsprop": ("v",),
    "adam": ("m", "v", "m^", "v^"),
    "adamw": ("m", "v", "m^", "v^", "decay"),
}
#: Internals that are kept from step to step; what a step finds of them has "-" behind the prefix.
KEPT = ("u", "s", "m", "v")
#: What a penalty adds to the gradient, and what is left of it for the optimiser: prefixes as well.
PENALTY_GRADIENT, USED_GRADIENT = "penalty.g", "used.g"
# Settings that say how past gradients are kept: with others the optimiser begins anew.
_KEEPING = ALL_PARAMETERS[:4]


def optimiser_of(training: Training) -> OptimiserName:
    """The optimiser in force; rules of a single layer take plain steps."""
    return "plain" if training.rule in LAYER_RULES else training.optimiser


def optimiser_settings(training: Training) -> tuple[str, ...]:
    """The settings of the optimiser in force: none where the rule has none."""
    if training.rule in LAYER_RULES:
        return ()
    return ("optimiser", *PARAMETERS[training.optimiser])


def penalises(training: Training) -> bool:
    """Whether large weights are made to cost something."""
    is_chosen = training.penalty != "none" and training.penalty_rate > 0
    return is_chosen and training.rule not in LAYER_RULES


def clips(training: Training) -> bool:
    """Whether gradients are kept within limits."""
    return training.clipping != "none" and training.rule not in LAYER_RULES


def begins_anew(document: Document, iteration: int) -> bool:
    """Whether in this iteration (from 1) the optimiser has no earlier steps to go by.

    So it is in the first one, and after a change of rule, optimiser or momentum, ρ, β₁, β₂ in the
    middle of the run; another learning rate, ε or weight decay leaves what it kept as it is.
    """
    if iteration <= 1:
        return True
    now, before = (document.settings_at(done)[0] for done in (iteration - 1, iteration - 2))
    return _keeping(now) != _keeping(before)


def _keeping(training: Training) -> tuple[object, ...]:
    name = optimiser_of(training)
    kept = (getattr(training, each) for each in PARAMETERS[name] if each in _KEEPING)
    return (name, *kept)
