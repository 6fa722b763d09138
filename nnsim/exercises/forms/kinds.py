"""The kinds of forms: each module of this folder registers its own in ``MODULES``."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from nnsim.core.messages import Message, NnsimError
from nnsim.document.schema import Part
from nnsim.exercises.forms.base import Form

#: Kind -> the module here that has it in its ``FORMS``; a module is imported when it is needed.
KINDS: Mapping[str, str] = {
    "activations": "functions",
    "adam": "optimisers",
    "batches": "division",
    "bias_variance": "error_parts",
    "binary_cross_entropy": "losses",
    "boltzmann_machine": "boltzmann",
    "convolution": "images",
    "convolutional_network": "convolutional",
    "cross_validation": "division",
    "data_split": "division",
    "dense_parameters": "networks",
    "gradient_descent": "descending",
    "gradient_product": "depth",
    "gru_step": "recurrent",
    "image_scores": "images",
    "lstm_step": "recurrent",
    "markov_chain": "markov",
    "maxout": "functions",
    "momentum_rmsprop": "optimisers",
    "multiclass_hinge": "scores",
    "output_layer": "outputs",
    "pooling": "images",
    "rbm_cd1": "boltzmann",
    "regression_epoch": "epochs",
    "regression_losses": "losses",
    "rnn_steps": "recurrent",
    "softmax_cross_entropy": "scores",
    "svm_three_points": "support_vectors",
}


@dataclass(frozen=True)
class FormKind:
    """A kind of form: the strict schema of what is given, and what makes the form of it."""

    given: type[Part]
    build: Callable[[Any], Form]


def kind_of(name: str) -> FormKind:
    """The kind of this name.  Raises NnsimError ``exercise.unknown_form``."""
    if name not in KINDS:
        raise NnsimError.of("exercise.unknown_form", kind=name, kinds=", ".join(sorted(KINDS)))
    return _forms(KINDS[name])[name]


@functools.cache
def _forms(module: str) -> Mapping[str, FormKind]:
    forms: Mapping[str, FormKind] = importlib.import_module(f"{__package__}.{module}").FORMS
    return forms


def make_form(name: str, given: Mapping[str, Any]) -> Form:
    """The form of a kind with these numbers.

    Raises NnsimError ``exercise.unknown_form``, ``exercise.given`` with the place of a mistake, or
    what the kind itself refuses.
    """
    kind = kind_of(name)
    try:
        return kind.build(kind.given.model_validate(dict(given)))
    except ValidationError as error:
        from nnsim.document.mistakes import mistakes_in

        raise NnsimError(
            *(
                Message("exercise.given", {"place": place, "reason": reason})
                for place, reason in mistakes_in(error)
            )
        ) from error
