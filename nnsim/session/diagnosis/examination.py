"""Examining a network at a moment of its run: every layer, over all samples it learns from.

An examination has a plan of its own and takes only the values of the parameters: the run goes on
as if nobody had looked.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from nnsim.core.randoms import generator
from nnsim.core.spacing import evenly_spaced
from nnsim.document.adversarial import Adversaries, adversaries_of
from nnsim.document.compiling import plan_spec, start_values
from nnsim.document.model import Document
from nnsim.document.preparation import prepared
from nnsim.engine.layout import Array
from nnsim.engine.learners import Snapshot
from nnsim.engine.plan import Plan, PlanSpec, Workspace
from nnsim.engine.probes import (
    PlanLayer,
    coverage,
    dead_shares,
    layers_of,
    norm,
    norms_in_time,
)
from nnsim.session.diagnosis.guessing import Guess, guess_of
from nnsim.session.diagnosis.modes import MOST_GENERATED, modes_of

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

# Samples that are run forward and back; the others are run forward where units seem to be off.
_MOST_BACK = 256
# A unit that is on for one sample is not off: with fewer suspects than this nobody asks further.
_SUSPECTED_SHARE = 0.5
# What is run at once, in multiplications, and what a unit costs besides: larger portions would need
# much memory, and of smaller ones each call may have to wait for a thread that trains.
_WORK_AT_ONCE = 50_000_000
_FUNCTION_WORK = 10


@dataclass(frozen=True, eq=False)
class Examination:
    """What was found in the state after ``iteration`` iterations.

    ``loss`` is that of some hundred samples, evenly spaced, without penalties.  Of every layer that
    learns, the one nearest to the inputs first: ``gradients`` ‖∂L/∂W‖, ``sizes`` the root mean
    square of its sums z, both over the same samples; ``dead`` the share of its ReLU units that are
    off on every one of ``samples`` samples (NaN without ReLU).  These are all there are to learn
    from where the share is a half or more in some layer.  ``input_size`` is that of the inputs.
    ``in_time``: ‖∂L/∂h_t‖ of every time step of each recurrent layer, first step first, by node.
    ``coverage`` is the share of the real samples that generated ones come near to, ``modes`` around
    how many centres of the data set they lie: NaN and None without a generator, or such centres.
    """

    iteration: int
    samples: int
    loss: float
    gradients: Floats
    dead: Floats
    sizes: Floats
    input_size: float
    in_time: Mapping[str, Floats] = field(default_factory=dict)
    coverage: float = math.nan
    modes: int | None = None

    @property
    def ratio(self) -> float:
        """‖∂L/∂W‖ of the first layer over that of the last; NaN with one layer and for 0 / 0."""
        if len(self.gradients) < 2 or not self.gradients[-1] > 0:
            return float("nan")
        return float(self.gradients[0] / self.gradients[-1])

    @property
    def growth(self) -> float:
        """How many times larger the sums of the last layer are than the inputs; NaN for inputs 0.

        With start values as He or Glorot draw them it is about 1.
        """
        return float(self.sizes[-1] / self.input_size) if self.input_size > 0 else float("nan")


class Examiner:
    """Examines the states of a document's run under the settings that hold after ``iteration``."""

    def __init__(self, document: Document, iteration: int = 0) -> None:
        self.settings = document.settings_at(iteration)
        spec = plan_spec(document, *self.settings)
        self.spec: PlanSpec = replace(spec, arithmetic="float64")
        self.layers: tuple[PlanLayer, ...] = layers_of(self.spec)
        self._plan = Plan(self.spec, start_values(document))
        self._inputs, self._targets = training_samples(document)
        self._document = document
        self._sides = adversaries_of(document)
        is_alone = self._sides is None
        self.guess: Guess | None = guess_of(self.spec, self._targets) if is_alone else None
        count = len(self._inputs)
        back = evenly_spaced(count, _MOST_BACK)
        self._back, self._rest = back, np.setdiff1d(np.arange(count), back)
        self._at_once = max(_WORK_AT_ONCE // _work(self.spec), 1)

    def examine(self, snapshot: Snapshot) -> Examination:
        """Run the network with the parameters of a snapshot.

        Numbers that overflow come out as infinities and NaN.
        """
        self._plan.parameters[...] = snapshot.parameters.astype(np.float64)
        tally = _Tally(self)
        for rows in self._portions(self._back):
            self._run(rows, tally, backward=True)
        for rows in self._portions(self._rest):
            if not (tally.dead_shares() >= _SUSPECTED_SHARE).any():
                break
            self._run(rows, tally, backward=False)
        found = tally.examination(snapshot.iteration)
        return found if self._sides is None else self._with_generated(found, self._sides)

    def _with_generated(self, found: Examination, sides: Adversaries) -> Examination:
        """What the generator makes of noise of the examiner's own, beside as many real samples."""
        real = self._inputs[evenly_spaced(len(self._inputs), MOST_GENERATED)]
        workspace = self._plan.workspace(MOST_GENERATED, training=False)
        with self._plan.drawing_from(generator(0)), np.errstate(over="ignore", invalid="ignore"):
            workspace.forward_to([sides.sample])
        made = np.array(workspace.a[sides.sample])
        return replace(found, coverage=coverage(real, made), modes=modes_of(self._document, made))

    def _portions(self, rows: Rows) -> Iterator[Rows]:
        for start in range(0, len(rows), self._at_once):
            yield rows[start : start + self._at_once]

    def _run(self, rows: Rows, tally: _Tally, backward: bool) -> None:
        workspace = self._plan.workspace(len(rows), training=False)
        with (
            np.errstate(over="ignore", invalid="ignore", divide="ignore"),
            self._plan.drawing_from(generator(0)),
        ):
            workspace.load(self._inputs[rows], self._targets[rows])
            workspace.forward()
            sums = {
                layer.node: workspace.told(f"s:{layer.node}").copy()
                if layer.node in self.spec.recurrent
                else workspace.z[layer.node]
                for layer in self.spec.learning
            }
            tally.see_units(sums, len(rows))
            if backward:
                loss = workspace.loss(objectives=self.spec.judged)
                # A mean over all samples is made of the means over a few of them.
                is_sum = self.spec.loss.reduction == "sum"
                share = 1.0 if is_sum else len(rows) / len(self._back)
                gradient = self._gradient(workspace)
                tally.see_gradient(share, loss, gradient, sums, self._inputs[rows])
                tally.see_time(share, {n: workspace.told(f"dh:{n}") for n in self.spec.recurrent})

    def _gradient(self, workspace: Workspace) -> Array:
        """That of the loss, or of several updates for each parameter that of its own."""
        plan, spec = self._plan, self.spec
        workspace.backward(objectives=spec.judged)
        if not spec.updates:
            return plan.gradient
        whole = plan.gradient.copy()
        views = plan.views_of(whole)
        for update in spec.updates[1:]:
            workspace.backward(objectives=[each.name for each in spec.objectives_of(update)])
            for name in views:
                if spec.update_of(name) == update:
                    views[name][...] = plan.gradient_views[name]
        return whole

    @property
    def plan(self) -> Plan:
        """The plan that is run; its parameters are those that were examined last."""
        return self._plan

    def relu_units(self, layer: PlanLayer) -> int:
        """How many units of a layer are ReLU."""
        return sum(
            node.units
            for node in self.spec.learning
            if node.node in layer.nodes and node.activation.name == "relu"
        )


def training_samples(document: Document) -> tuple[Array, Array]:
    """Inputs and targets that the document's network learns from, as the plan gets them."""
    samples = prepared(document)
    rows = samples.training_rows
    return samples.inputs[rows], samples.targets[rows]


class _Tally:
    """What is known while some samples have been run and others have not."""

    def __init__(self, examiner: Examiner) -> None:
        self._layers, self._spec, self._plan = examiner.layers, examiner.spec, examiner.plan
        self._samples = 0
        self._loss = 0.0
        self._gradient = np.zeros_like(self._plan.gradient)
        self._squares = np.zeros(len(self._layers))
        self._counts = np.zeros(len(self._layers))
        self._input_squares = self._input_count = 0.0
        self._largest: dict[str, Floats] = {}
        self._in_time: dict[str, Floats] = {}

    def see_units(self, sums: Mapping[str, Array], samples: int) -> None:
        """Of every unit the largest sum so far: it is off on every sample where that is <= 0."""
        self._samples += samples
        for node, z in sums.items():
            # Of a recurrent layer at every time step.
            largest = z.reshape(-1, z.shape[-1]).max(axis=0, keepdims=True)
            known = self._largest.get(node)
            self._largest[node] = largest if known is None else np.maximum(known, largest)

    def see_gradient(
        self, share: float, loss: float, gradient: Array, sums: Mapping[str, Array], inputs: Array
    ) -> None:
        """Add the part of some samples to loss and gradient, and to the sizes."""
        self._loss += share * loss
        self._gradient += share * gradient
        for k, layer in enumerate(self._layers):
            for node in layer.nodes:
                self._squares[k] += float(np.square(sums[node]).sum())
                self._counts[k] += sums[node].size
        self._input_squares += float(np.square(inputs).sum())
        self._input_count += inputs.size

    def see_time(self, share: float, gradients: Mapping[str, Array]) -> None:
        """Add what ∂L/∂h_t of some samples, (samples, steps, units), has to the norms, by node."""
        for node, gradient in gradients.items():
            norms = share * norms_in_time(gradient)
            self._in_time[node] = np.hypot(self._in_time.get(node, 0.0), norms)

    def dead_shares(self) -> Floats:
        """Share of the ReLU units of every layer that have been off on every sample so far."""
        return dead_shares(self._spec, self._layers, self._largest)

    def examination(self, iteration: int) -> Examination:
        """What has been found."""
        gradients = self._plan.views_of(self._gradient)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            return Examination(
                iteration,
                self._samples,
                self._loss,
                np.array([norm(gradients[name] for name in e.weights) for e in self._layers]),
                self.dead_shares(),
                np.sqrt(self._squares / self._counts),
                float(np.sqrt(self._input_squares / max(self._input_count, 1))),
                self._in_time,
            )


def _work(spec: PlanSpec) -> int:
    """Multiplications that one sample takes, forward and back."""
    units = spec.units
    return sum(
        3
        * layer.rows
        * spec.steps(layer.node)
        * (_FUNCTION_WORK + sum(units[source.node] for source in layer.sources))
        for layer in spec.learning
    )
