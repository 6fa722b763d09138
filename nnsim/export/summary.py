"""The head of a trace for people: data, start values, rule, conventions, seed, in short lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nnsim import __version__
from nnsim.core.numbers import format_number
from nnsim.document.model import LAYER_RULES, Change, Conventions, Training
from nnsim.document.naming import row_name, unit_name
from nnsim.engine.plan import LayerSpec
from nnsim.export.job import Job
from nnsim.session.table import is_single_neuron, joined

#: More numbers than this are counted and not listed: the machine-readable formats hold them all.
MAX_NUMBERS = 1000
_BETWEEN = " · "


@dataclass(frozen=True)
class Line:
    """One line of the head."""

    label: str
    text: str


def summary(job: Job) -> list[Line]:
    """The head of a trace, in the language and with the decimal mark of the export."""
    return list(_Summary(job).lines())


class _Summary:
    def __init__(self, job: Job) -> None:
        self._job = job
        self._say = job.say
        self._document = job.document

    def lines(self) -> Iterator[Line]:
        document = self._document
        yield self._line("export.made_with", f"nnsim {__version__}")
        yield self._line("export.diagram", self._diagram())
        yield self._data()
        yield self._line("export.start", self._start())
        yield from self.settings(document.training)
        yield from self.conventions(document.training, document.conventions)
        for change in document.changes:
            label = self._say("export.change", n=change.iteration)
            yield Line(label, _BETWEEN.join(self._changed(change)))

    def _line(self, key: str, value: str) -> Line:
        return Line(self._say(key), value)

    def _number(self, value: float) -> str:
        return format_number(value, self._job.reading_mark)

    def _tuple(self, values: Iterator[float]) -> str:
        return joined([self._number(value) for value in values])

    # -- diagram and data ------------------------------------------------------------------------

    def _diagram(self) -> str:
        parts = []
        for layer in self._job.spec.layers:
            node = self._document.node(layer.node)
            sources = ", ".join(self._size(source.node) for source in layer.sources)
            function = self._say(f"activation.{node.activation.name}")
            parts.append(f"{self._size(layer.node)} ← {sources}: {function}{self._figures(layer)}")
        return _BETWEEN.join(parts)

    def _size(self, node_id: str) -> str:
        node = self._document.node(node_id)
        return node.name if node.units == 1 else f"{node.name} ({node.units})"

    def _figures(self, layer: LayerSpec) -> str:
        spec = layer.activation
        figures = {"leaky_relu": spec.slope, "elu": spec.alpha, "maxout": spec.pieces}
        return f" ({self._number(figures[spec.name])})" if spec.name in figures else ""

    def _data(self) -> Line:
        data = self._document.data
        columns = f"{joined(list(data.input_names))} → {joined(list(data.target_names))}"
        label = self._say("export.data", columns=columns)
        if data.values.size > MAX_NUMBERS:
            return Line(label, self._say("export.samples", n=len(data)))
        rows = zip(data.inputs.tolist(), data.targets.tolist(), strict=True)
        samples = (f"{self._tuple(iter(x))} → {self._tuple(iter(t))}" for x, t in rows)
        return Line(label, _BETWEEN.join(samples))

    def _start(self) -> str:
        document = self._document
        count = sum(node.bias.size for node in document.nodes)
        count += sum(connection.weights.size for connection in document.connections)
        if count > MAX_NUMBERS:
            return self._say("export.parameters", n=count)
        single = is_single_neuron(self._job.spec)
        parts = []
        for layer in self._job.spec.layers:
            for row in range(layer.rows):
                arrays = (document.connection(s.connection).weights for s in layer.sources)
                weights = self._tuple(float(w) for array in arrays for w in array[row])
                bias = self._number(float(document.node(layer.node).bias[row]))
                name = "" if single else f"{row_name(document, layer.node, row)}: "
                parts.append(f"{name}w = {weights}, b = {bias}")
        return _BETWEEN.join(parts)

    # -- settings --------------------------------------------------------------------------------

    def settings(self, training: Training) -> Iterator[Line]:
        """The rule and what it goes by."""
        yield self._line("setting.rule", self._say(f"rule.{training.rule}"))
        learns_by_gradient = training.rule not in LAYER_RULES
        is_course = training.rule == "course"
        for name in ("weight_step", "bias_step") if is_course else ("learning_rate",):
            yield self._line(f"setting.{name}", self._number(getattr(training, name)))
        if training.rule == "sgd":
            yield self._line("setting.batch_size", str(training.batch_size))
        if learns_by_gradient:
            yield self._line("setting.loss", self._say(f"loss.{training.loss}"))
        yield self._line("setting.update_biases", self._yes_no(training.update_biases))
        yield self._line("setting.order", self._say(f"order.{training.order}"))
        yield self._line("setting.seed", str(training.seed))
        yield self._line("setting.limit", str(training.limit))
        if learns_by_gradient or training.rule == "delta":
            for name in ("target_loss", "tolerance"):
                yield self._line(f"setting.{name}", self._number(getattr(training, name)))

    def conventions(self, training: Training, conventions: Conventions) -> Iterator[Line]:
        """The conventions that have a say in such a run."""
        if any(layer.activation.name == "step" for layer in self._job.spec.layers):
            threshold = "ge" if conventions.threshold == ">=" else "gt"
            yield self._line("convention.threshold", self._say(f"threshold.{threshold}"))
        if training.rule not in LAYER_RULES:
            reduction = self._say(f"loss_reduction.{conventions.loss_reduction}")
            yield self._line("convention.loss_reduction", reduction)
            yield self._line("convention.loss_half", self._yes_no(conventions.loss_half))
            timing = self._say(f"update_timing.{conventions.update_timing}")
            yield self._line("convention.update_timing", timing)
        arithmetic = self._say(f"arithmetic.{conventions.arithmetic}")
        yield self._line("convention.arithmetic", arithmetic)

    def _yes_no(self, value: bool) -> str:
        return self._say("answer.yes" if value else "answer.no")

    # -- changes in the middle of the run --------------------------------------------------------

    def _changed(self, change: Change) -> Iterator[str]:
        old_training, old_conventions = self._document.settings_at(change.iteration - 1)
        training = change.training or old_training
        conventions = change.conventions or old_conventions
        before = {*self.settings(old_training), *self.conventions(old_training, old_conventions)}
        after = [*self.settings(training), *self.conventions(training, conventions)]
        for line in after:
            if line not in before:
                yield f"{line.label}: {line.text}"
        for edit in change.parameters:
            yield f"{self._parameter(edit.name, edit.index)} = {self._number(edit.value)}"

    def _parameter(self, name: str, index: tuple[int, ...]) -> str:
        kind, _, owner = name.partition(":")
        document = self._document
        if kind == "b":
            return f"b {row_name(document, owner, index[0])}"
        connection = document.connection(owner)
        source = unit_name(document, connection.source, index[1])
        return f"w {row_name(document, connection.target, index[0])} ← {source}"
