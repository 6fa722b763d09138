"""What the next step will do, in words with names and numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from nnsim.core.messages import Message
from nnsim.core.numbers import Number, joined
from nnsim.document.model import Document
from nnsim.document.naming import row_name, unit_name
from nnsim.document.preparation import prepared
from nnsim.engine.record import Quantity
from nnsim.session import Level, Moment, Phase
from nnsim.session.frame import Frame
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace

# More inputs than this are not spelled out.
_MOST_INPUTS = 4
_INDEXED = re.compile(r"([^\W\d_])([0-9]+)")
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


# Gradients at a sum: of a dense layer, and of a recurrent one at a time step.
_DELTAS = ("dz", "ds")


def next_step(workspace: Workspace, level: Level, preferences: Preferences) -> str:
    """One sentence: what a step of this level will show next, or why there is none."""
    frame = workspace.frame
    if frame is None:
        errors = [p.message for p in workspace.session.problems if p.severity == "error"]
        return preferences.say("next.cannot_run", reason=preferences.tell(errors[0]))
    return _Sentence(workspace, frame, preferences).of(level)


class _Sentence:
    """Says what the next step does from where a frame stands.

    At the end of an iteration the next step goes into the following one.  That one is not computed
    for the sake of the sentence: its samples are known, and it starts from the present parameters.
    """

    def __init__(self, workspace: Workspace, frame: Frame, preferences: Preferences) -> None:
        self._session = workspace.session
        self._document: Document = workspace.document
        self._frame = frame
        self._preferences = preferences
        self._say = preferences.say
        self._is_ahead = frame.is_complete
        self._iteration = self._session.position.iteration + (1 if self._is_ahead else 0)
        self._walk = self._session.walk_ahead() if self._is_ahead else frame.walk
        self._done = 0 if self._is_ahead else frame.done
        self._rows = self._session.samples_of(self._iteration)

    def of(self, level: Level) -> str:
        if level is Level.SAMPLE and self._walk.batch == 1:
            level = Level.ITERATION
        if level is Level.UPDATE and len(self._frame.spec.updates) < 2:
            level = Level.ITERATION
        params = {"iteration": self._iteration, "sample": self._samples()}
        if level >= Level.ITERATION:
            part = "rest_of_" if self._done else ""
            what: str = self._say(f"next.{part}{level.name.lower()}", **params)
        else:
            what = self._within(level)
            if self._is_ahead:
                return self._say("next.ahead", what=what, **params)
        return self._say("next.here", what=what)

    # -- by size of step -------------------------------------------------------------------------

    def _within(self, level: Level) -> str:
        end = self._walk.next_end(level, self._done) - 1
        moment = self._walk[end]
        if end == self._done:
            return self._number(moment)
        if level is Level.UPDATE:
            which = "second" if end == len(self._walk) - 1 else "first"
            return self._say(f"next.update.{which}")
        if level is Level.NEURON:
            return self._neuron(moment)
        if level is Level.LAYER:
            return self._layer(moment)
        if moment.phase is Phase.PREDICT and (level is Level.SAMPLE or self._walk.batch == 1):
            sample = self._sample(moment.quantity.sample)
            return self._say("next.sample", sample=sample)
        return self._say(f"next.phase.{moment.phase.value}")

    def _samples(self) -> str:
        """The inputs of the sample of the iteration, or how many there are in its batch."""
        rows = len(self._rows)
        return self._sample(0) if rows == 1 else self._say("next.samples", n=rows)

    def _sample(self, place: int) -> str:
        """The inputs of a sample as (x1, x2); of many inputs the number of its row."""
        row, data = self._rows[place], self._document.data
        if len(data.input_names) > _MOST_INPUTS:
            return self._say("next.row", row=row + 1)
        numbers = [self._preferences.number(x) for x in data.inputs[row].tolist()]
        written = joined(numbers, self._preferences.mark)
        return written if len(numbers) > 1 else f"({written})"

    def _neuron(self, moment: Moment) -> str:
        kind = moment.quantity.kind.partition("@")[0]
        node = moment.node
        named = replace(moment.quantity, kind=kind, owner=node)
        if kind in ("a", "h"):
            words = f"next.neuron.{'predict' if kind == 'a' else 'state'}"
            params = {"neuron": self._row(named), "activation": self._activation(node)}
            return self._say(words, **params)
        name = "gradient" if kind.startswith("g") else "delta" if kind in _DELTAS else "adjust"
        return self._say(f"next.neuron.{name}", neuron=self._row(named))

    def _layer(self, moment: Moment) -> str:
        kind = moment.quantity.kind.partition("@")[0]
        name = {"a": "predict", "h": "state", "e": "error", "dz": "delta", "ds": "delta"}.get(kind)
        name = name or ("gradient" if kind.startswith("g") else "adjust")
        node = self._document.node(moment.node)
        is_neuron = node.units == 1 and name != "error"
        words = f"next.neuron.{name}" if is_neuron else f"next.layer.{name}"
        named = self._at_step(node.name, moment.quantity)
        params: dict[str, object] = {"neuron" if is_neuron else "layer": named}
        if name in ("predict", "state"):
            params["activation"] = self._activation(node.id)
        return self._say(words, **params)

    def _activation(self, node: str) -> Message:
        return Message(f"next.activation.{self._document.node(node).activation.name}")

    # -- single numbers --------------------------------------------------------------------------

    def _number(self, moment: Moment) -> str:
        # Of a layer that is looked through a second time the diagram knows the first.
        kind = moment.quantity.kind.partition("@")[0]
        quantity = replace(moment.quantity, kind=kind)
        if kind in ("z", "a", "dz"):
            quantity = replace(quantity, owner=moment.node)
        makers: dict[str, Callable[[Quantity], str]] = {
            "p": self._product,
            "z": self._sum,
            "a": lambda q: self._output(q, moment.quantity),
            "e": self._error,
            "L": lambda q: self._say("next.loss"),
            "dz": lambda q: self._say("next.delta", neuron=self._row(q)),
            "ds": lambda q: self._say("next.delta", neuron=self._row(q)),
            "s": lambda q: self._state_sum(q),
            "h": lambda q: self._output(q, q),
        }
        maker = makers.get(kind)
        return maker(quantity) if maker else self._parameter(quantity)

    def _product(self, quantity: Quantity) -> str:
        connection = self._document.connection(quantity.owner)
        x = Quantity("a", connection.source, quantity.column, sample=quantity.sample)
        w = Quantity("w", quantity.owner, quantity.row, quantity.column)
        source = unit_name(self._document, connection.source, quantity.column)
        return self._say(
            "next.product",
            neuron=row_name(self._document, connection.target, quantity.row),
            source=_indexed(source),
            weight=_weight_of(source),
            x=self._value(x),
            w=self._factor(w),
        )

    def _sum(self, quantity: Quantity) -> str:
        bias = self._value(Quantity("b", quantity.owner, quantity.row))
        return self._say("next.sum", neuron=self._row(quantity), bias=bias)

    def _state_sum(self, quantity: Quantity) -> str:
        words = "next.first_state_sum" if quantity.step == 0 else "next.state_sum"
        return self._say(words, neuron=self._row(quantity))

    def _output(self, quantity: Quantity, recorded: Quantity) -> str:
        node = self._document.node(quantity.owner)
        params = {"neuron": self._row(quantity), "activation": self._activation(node.id)}
        if node.activation.name == "maxout":
            return self._say("next.output_maxout", **params)
        kind = recorded.kind.replace("a", "z", 1) if quantity.step is None else "s"
        sum_ = self._value(replace(recorded, kind=kind))
        return self._say("next.output", sum=sum_, **params)

    def _error(self, quantity: Quantity) -> str:
        name = self._document.data.target_names[quantity.row]
        target = self._value(Quantity("t", row=quantity.row, sample=quantity.sample))
        training, _ = self._document.settings_at(self._iteration - 1)
        output = self._frame.output(Quantity("y", row=quantity.row, sample=quantity.sample))
        if training.rule == "delta":
            # Adaline compares with the sum, before the activation.
            output = Quantity("z", output.owner, output.row, sample=output.sample)
        return self._say("next.error", name=name, target=target, output=self._factor(output))

    def _parameter(self, quantity: Quantity) -> str:
        kind, owner = quantity.kind, quantity.owner
        what = "gradient" if kind.startswith("g") else "new"
        before = Quantity(kind.strip("g+"), owner, quantity.row, quantity.column)
        params: dict[str, object] = {}
        if what == "new":
            params["before"] = self._value(before)
        if "b" in kind:
            return self._say(f"next.{what}_bias", neuron=self._row(quantity), **params)
        if "u" in kind:
            source = unit_name(self._document, owner, quantity.column)
            ends = {"neuron": self._row(quantity), "source": source}
            return self._say(f"next.{what}_weight", **ends, **params)
        connection = self._document.connection(owner)
        return self._say(
            f"next.{what}_weight",
            neuron=row_name(self._document, connection.target, quantity.row),
            source=unit_name(self._document, connection.source, quantity.column),
            **params,
        )

    def _row(self, quantity: Quantity) -> str:
        namer = unit_name if quantity.kind in ("a", "h") else row_name
        return self._at_step(namer(self._document, quantity.owner, quantity.row), quantity)

    def _at_step(self, name: str, quantity: Quantity) -> str:
        if quantity.step is None:
            return name
        return self._say("next.at_step", name=name, step=quantity.step + 1)

    def _number_at(self, quantity: Quantity) -> Number:
        if not self._is_ahead:
            return self._frame.record.value(quantity)
        if quantity.kind == "a":
            # Ahead, the first neurons come: what they are fed by are inputs.
            units = 0
            for node in self._document.inputs:
                if node.id == quantity.owner:
                    break
                units += node.columns
            row = self._rows[quantity.sample]
            return float(prepared(self._document).inputs[row, units + quantity.row])
        return self._frame.record.value(replace(quantity, kind=f"{quantity.kind}+"))

    def _value(self, quantity: Quantity) -> str:
        return self._preferences.number(self._number_at(quantity))

    def _factor(self, quantity: Quantity) -> str:
        """A number that comes after a sign: in brackets where it is negative."""
        value = self._number_at(quantity)
        shown = self._preferences.number(value)
        return f"({shown})" if value < 0 else shown


def _indexed(name: str) -> str:
    """A name as formulas show it: x₁ for x1."""
    found = _INDEXED.fullmatch(name)
    return found[1] + found[2].translate(_SUBSCRIPTS) if found else name


def _weight_of(source: str) -> str:
    """The weight of what comes from ``source``, of the neuron spoken of: w₁ of x1, w_N1 of N1."""
    found = _INDEXED.fullmatch(source)
    if found and found[1] == "x":
        return f"w{found[2].translate(_SUBSCRIPTS)}"
    return f"w_{source}"
