"""A project's own diagram as what an experiment trains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nnsim.core.messages import Message, NnsimError
from nnsim.data.dataset import Labels
from nnsim.data.scaling import Method
from nnsim.data.table import Table
from nnsim.document.compiling import make_learner
from nnsim.document.edits import set_activation, without_changes
from nnsim.document.model import (
    LAYER_RULES,
    LOSSES,
    Document,
    ScalingSettings,
    SplitSettings,
    Training,
)
from nnsim.document.preparation import prepared
from nnsim.document.starting import draw_parameters
from nnsim.engine.activations import ActivationSpec
from nnsim.session.evaluation import class_threshold
from nnsim.session.experiments.lesson import Begun
from nnsim.session.experiments.samples import Part, Samples


@dataclass(frozen=True, eq=False)
class Diagram:
    """A diagram as it is drawn, with its own settings, compiled anew for every training.

    ``initialiser``: None starts every training with the weights as drawn; else they are drawn anew
    from the training's seed.  ``converts``: targets are written as the loss wants them.
    """

    document: Document
    epochs: int = 40
    initialiser: str | None = None
    converts: bool = False

    def begin(self, samples: Samples, rows: Sequence[Labels], seed: int) -> Begun:
        """A training on the first of the parts, see ``Network``.

        Scaling and features are those of the document.  Raises NnsimError where it cannot run.
        """
        document = self._divided(samples, rows, seed)
        if self.initialiser is not None:
            document = draw_parameters(document, self.initialiser, seed)
        learner = make_learner(document)
        known = prepared(document)
        threshold = class_threshold(document, learner.plan.spec.loss.name)
        ends = np.cumsum([len(each) for each in rows])
        stretches = [
            slice(end - len(each), end) for each, end in zip(rows, ends.tolist(), strict=True)
        ]
        parts = (
            Part(
                known.inputs[stretch],
                known.targets[stretch],
                None if samples.labels is None else samples.labels[each],
                threshold,
            )
            for each, stretch in zip(rows, stretches, strict=True)
        )
        return Begun(learner, tuple(parts))

    def _divided(self, samples: Samples, rows: Sequence[Labels], seed: int) -> Document:
        """The document with the samples of the parts one after the other, divided into them."""
        training, *others = (len(each) for each in rows)
        table, taken = self.document.data, np.concatenate(rows)
        targets = samples.targets
        if self.converts:
            targets = samples.targets_for(self.document.training.loss)
        return replace(
            without_changes(self.document),
            data=Table(
                table.input_names, table.target_names, samples.inputs[taken], targets[taken]
            ),
            split=SplitSettings(training, 0, sum(others), "in_order"),
            training=replace(self.document.training, seed=seed),
        )

    def with_value(self, samples: Samples, varied: str, value: str | float) -> Diagram:
        """Another value of one setting; another loss comes with the output that goes with it.

        "activation" is that of all nodes but the outputs.  Raises NnsimError ``experiment.loss``,
        or ``experiment.rule_without`` for a rule that has no such setting.
        """
        if varied == "initialiser":
            return replace(self, initialiser=str(value))
        if varied == "activation":
            return replace(self, document=self._activated(str(value)))
        training = self.document.training
        if training.rule in LAYER_RULES and not (varied == "rate" and training.rule != "course"):
            rule = Message(f"rule.{training.rule}")
            raise NnsimError.of(
                "experiment.rule_without", rule=rule, what=Message(f"experiment.varied.{varied}")
            )
        if varied == "loss":
            return self._measured(samples, str(value))
        return replace(self, document=_trained(self.document, **_changed(varied, value)))

    def with_scaling(self, samples: Samples, method: Method) -> Diagram:
        """Inputs, and targets that are values, scaled in another way."""
        targets = Method.NONE if samples.has_classes else method
        scaling = ScalingSettings(str(method), str(targets))  # type: ignore[arg-type]
        return replace(self, document=replace(self.document, scaling=scaling))

    def _activated(self, activation: str) -> Document:
        document = self.document
        outputs = {node.id for node in document.outputs}
        for node in document.nodes:
            if not node.is_input and node.id not in outputs:
                document = set_activation(document, node.id, ActivationSpec(activation))
        return document

    def _measured(self, samples: Samples, loss: str) -> Diagram:
        if loss not in LOSSES:
            raise NnsimError.of("experiment.loss", loss=loss, choices=", ".join(LOSSES))
        document = _trained(self.document, loss=loss)
        for node in document.outputs:
            spec = ActivationSpec(samples.output_for(loss))
            document = set_activation(document, node.id, spec)
        return replace(self, document=document, converts=True)


def _changed(varied: str, value: str | float) -> Mapping[str, Any]:
    """Settings of training, by the name of what varies."""
    if varied == "optimiser":
        return {"optimiser": "plain" if value == "sgd" else value}
    if varied == "batch":
        return {"rule": "sgd", "batch_size": int(value)}
    return {"learning_rate": float(value)}


def _trained(document: Document, **settings: Any) -> Document:
    training: Training = replace(document.training, **settings)
    return replace(document, training=training)
