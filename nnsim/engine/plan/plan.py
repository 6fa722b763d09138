"""The parameters of a spec and the arrays it runs in, for any batch size."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nnsim.core.numbers import Number, exact
from nnsim.core.randoms import generator
from nnsim.engine.layout import Array, Layout, Views, parameter_layout
from nnsim.engine.plan.arrays import Parts
from nnsim.engine.plan.grouping import grouped, laid_out, values_of
from nnsim.engine.plan.spec import PlanSpec
from nnsim.engine.plan.workspace import Workspace
from nnsim.engine.record import Recorder

_DTYPES = {"exact": np.dtype(object), "float32": np.dtype(np.float32)}


class Plan:
    """Parameters, their gradient, and the operations of a spec.

    ``parameters`` and ``gradient`` are flat vectors; ``views`` and ``gradient_views`` give each
    parameter by name ("w:c1", "b:n3") as a view into them.  ``state`` is what is kept from one
    iteration to the next and not learnt (running means, carried states), flat, with
    ``state_views``.
    """

    def __init__(
        self, spec: PlanSpec, start: Mapping[str, Array], random: np.random.Generator | None = None
    ) -> None:
        """``start`` holds the start value of every parameter by name, and of any of the state.

        Raises KeyError for a missing parameter and ValueError for one of another shape.
        """
        self.spec = spec
        self.is_exact = spec.arithmetic == "exact"
        self.dtype: np.dtype[Any] = _DTYPES.get(spec.arithmetic, np.dtype(np.float64))
        self._random = random
        groups = grouped(spec)
        places = laid_out(spec, groups)
        self.parameters: Array = np.zeros(places.size, self.dtype)
        self.gradient: Array = np.zeros(places.size, self.dtype)
        state_places = parameter_layout(spec.state_shapes())
        size = sum(place.stop - place.start for place in state_places.values())
        self.state: Array = np.zeros(size, self.dtype)
        self._parts = Parts(
            spec=spec,
            groups=groups,
            places=places,
            values=values_of(spec, groups),
            dtype=self.dtype,
            parameters=self.parameters,
            gradient=self.gradient,
            state_places=state_places,
            state=self.state,
            random=lambda: self.random,
        )
        self.views = self.views_of(self.parameters)
        self.gradient_views = self.views_of(self.gradient)
        self.state_views = Views(state_places, self.state)
        # A start beyond what float32 can hold is infinite, and the first iteration says so.
        with np.errstate(over="ignore"):
            # Not by the views, made when asked for: a diagram may have thousands of wires.
            for name, place in places.places.items():
                self._put(name, place.view(self.parameters), start[name])
        for node in spec.nodes:
            for name, value in ({} if node.tied_to else node.starting_state()).items():
                self.state_views[name].fill(value)
        for name in self.state_views:
            if name in start:
                self._put(name, self.state_views[name], start[name])
        self._workspaces: dict[tuple[int, bool], Workspace] = {}

    @property
    def random(self) -> np.random.Generator:
        """Where masks and noise are drawn from while training; most networks never ask."""
        if self._random is None:
            self._random = generator(0)
        return self._random

    @contextmanager
    def drawing_from(self, random: np.random.Generator) -> Iterator[None]:
        """Draw from another generator for a while: who looks leaves the run's own as it is."""
        kept, self._random = self._random, random
        try:
            yield
        finally:
            self._random = kept

    def _put(self, name: str, view: Array, start: ArrayLike) -> None:
        values = np.asarray(start)
        if values.shape != view.shape:
            raise ValueError(f"{name} has shape {values.shape}, the plan needs {view.shape}")
        view[...] = self.numbers(values) if self.is_exact else values

    def numbers(self, values: ArrayLike) -> Array:
        """The values in the arithmetic of this plan: fractions where it is exact.

        NaN and infinities are no fractions and stay floats, as a run gone astray left them.
        """
        if not self.is_exact:
            return np.asarray(values, dtype=self.dtype)
        numbers = np.empty(np.size(values), dtype=object)
        numbers[:] = [_exact_or_astray(value) for value in np.ravel(values).tolist()]
        return numbers.reshape(np.shape(values))

    def workspace(self, batch: int, training: bool = True) -> Workspace:
        """The arrays and bound operations for a batch of this size; made once a size and mode."""
        found = self._workspaces.get((batch, training))
        if found is None:
            found = self._workspaces[batch, training] = self.make_workspace(batch, training)
        return found

    def make_workspace(
        self, batch: int, training: bool = True, input_gradients: bool = False
    ) -> Workspace:
        """Arrays of the caller's own; ``input_gradients``: the backward run reaches the inputs."""
        return Workspace(self._parts, batch, training, input_gradients)

    @property
    def layout(self) -> Layout:
        """Where each parameter lies in the flat vectors."""
        return self._parts.places.places

    def views_of(self, flat: Array) -> Views:
        """Named views into a vector laid out as ``parameters``."""
        return Views(self.layout, flat)

    def predict(self, inputs: ArrayLike) -> Array:
        """What the network makes of inputs (batch, input columns): y, (batch, outputs), a copy.

        Runs in evaluation mode: no masks, no noise, nothing learnt, drawn or kept.
        """
        rows = self.numbers(inputs)
        workspace = self.make_workspace(len(rows), training=False)
        workspace.load(rows)
        with np.errstate(over="ignore", invalid="ignore"):
            return np.array(workspace.forward())

    def begin_epoch(self) -> None:
        """States that are carried through an epoch, and no further, are 0 again."""
        for node in self.spec.nodes:
            for name in node.restarting():
                if name in self.state_views:
                    self.state_views[name][...] = 0

    def put_parameters(self, recorder: Recorder, suffix: str = "") -> None:
        """Tell the recorder every parameter; "w:c1" becomes "w+:c1" with the suffix "+"."""
        recorder.put_all(self.layout, self.parameters, after=suffix)
        self.put_state(recorder, suffix)

    def put_state(self, recorder: Recorder, suffix: str = "") -> None:
        """Tell the recorder what is kept and not learnt, likewise."""
        if len(self.state):
            recorder.put_all(self._parts.state_places, self.state, after=suffix)


def _exact_or_astray(value: Number) -> Number:
    """The fraction meant, a whole number as an int: as exact, and many times faster."""
    if isinstance(value, float) and not math.isfinite(value):
        return value
    fraction = exact(value)
    return fraction.numerator if fraction.denominator == 1 else fraction
