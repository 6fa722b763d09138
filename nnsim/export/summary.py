"""The head of a trace for people: data, start values, rule, conventions, seed, in short lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from nnsim import __version__
from nnsim.core.numbers import format_number, joined
from nnsim.document.adversarial import adversaries_of
from nnsim.document.changes import ParameterChange, SettingChange, changes_of
from nnsim.document.model import (
    LAYER_RULES,
    Conventions,
    Feature,
    SplitSettings,
    Training,
)
from nnsim.document.naming import is_single_neuron, parameter_name, row_name
from nnsim.document.optimisers import clips, optimiser_settings, penalises
from nnsim.document.preparation import prepared
from nnsim.explain.wiring import Layer
from nnsim.export.job import Job
from nnsim.session.evaluation import PARTS

#: More numbers than this are counted and not listed: the machine-readable formats hold them all.
MAX_NUMBERS = 1000
_BETWEEN = " · "
# The scaling of more columns is told by its method alone: it follows from the data.
_MAX_SCALED = 20


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
        yield from self._preparation()
        yield self._line("export.start", self._start())
        yield from self._settings(document.training)
        yield from self._conventions(document.training, document.conventions)
        yield from self._changes()

    def _line(self, key: str, value: str) -> Line:
        return Line(self._say(key), value)

    def _number(self, value: float) -> str:
        return format_number(value, self._job.reading_mark)

    def _tuple(self, values: Iterator[float]) -> str:
        return joined([self._number(value) for value in values], self._job.reading_mark)

    # -- diagram and data ------------------------------------------------------------------------

    def _diagram(self) -> str:
        parts = []
        for layer in self._job.spec.learning:
            node = self._document.node(layer.node)
            sources = ", ".join(self._size(source.node) for source in layer.sources)
            function = self._say(f"activation.{node.activation.name}")
            if node.is_recurrent:
                function = self._say("export.recurrent", activation=function)
            parts.append(f"{self._size(layer.node)} ← {sources}: {function}{self._figures(layer)}")
        return _BETWEEN.join(parts)

    def _size(self, node_id: str) -> str:
        node = self._document.node(node_id)
        if node.steps > 1:
            return self._say("export.sequence", name=node.name, steps=node.steps, units=node.units)
        return node.name if node.units == 1 else f"{node.name} ({node.units})"

    def _figures(self, layer: Layer) -> str:
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

    def _preparation(self) -> Iterator[Line]:
        """How the samples were divided, scaled and made features, where anything was done."""
        document, samples = self._document, prepared(self._document)
        split = document.split
        if split != SplitSettings():
            sizes = (len(samples.rows_of(part)) for part in PARTS)
            text = self._say(
                "preparation.split",
                sizes="-".join(map(str, sizes)),
                order=self._say(f"preparation.order.{split.order}"),
                seed=split.seed,
            )
            yield self._line("preparation.parts", text)
        for part, scaling in (
            ("inputs", samples.input_scaling),
            ("targets", samples.target_scaling),
        ):
            method = getattr(document.scaling, part)
            if method == "none":
                continue
            names = getattr(document.data, f"{part.removesuffix('s')}_names")
            text = self._say(f"preparation.scaling.{method}")
            if len(names) <= _MAX_SCALED:
                pairs = zip(names, scaling.columns, strict=True)
                text += ": " + _BETWEEN.join(
                    f"({name} - {self._number(c.offset)}) / {self._number(c.factor)}"
                    for name, c in pairs
                )
            yield self._line(f"preparation.scaled_{part}", text)
        made = [
            f"{node.name} = {self._feature(node.feature)}"
            for node in document.inputs
            if node.feature is not None
        ]
        if made:
            yield self._line("preparation.features", _BETWEEN.join(made))

    def _feature(self, feature: Feature) -> str:
        names = [self._document.data.input_names[column] for column in feature.columns] or [""]
        key = f"preparation.feature.{feature.function}"
        return self._say(key, first=names[0], second=names[-1])

    def _start(self) -> str:
        document = self._document
        count = sum(node.bias.size + node.recurrent.size for node in document.nodes)
        count += sum(connection.weights.size for connection in document.connections)
        if count > MAX_NUMBERS:
            return self._say("export.parameters", n=count)
        single = is_single_neuron(self._job.spec)
        parts = []
        for layer in self._job.spec.learning:
            for row in range(layer.rows):
                arrays = (document.connection(s.connection).weights for s in layer.sources)
                weights = self._tuple(float(w) for array in arrays for w in array[row])
                node = document.node(layer.node)
                bias = self._number(float(node.bias[row]))
                name = "" if single else f"{row_name(document, layer.node, row)}: "
                own = ""
                if node.is_recurrent:
                    own = f", u = {self._tuple(map(float, node.recurrent[row]))}"
                parts.append(f"{name}w = {weights}{own}, b = {bias}")
        return _BETWEEN.join(parts)

    # -- settings --------------------------------------------------------------------------------

    def _settings(self, training: Training) -> Iterator[Line]:
        """The rule and what it goes by."""
        names = ["rule"]
        names += ["weight_step", "bias_step"] if training.rule == "course" else ["learning_rate"]
        if adversaries_of(self._document) is not None:
            names += ["generator_rate", "generator_forward"]
        if training.rule == "sgd":
            names.append("batch_size")
        if training.rule not in LAYER_RULES:
            names.append("loss")
        names += optimiser_settings(training)
        if penalises(training):
            names += ["penalty", "penalty_rate"]
        if clips(training):
            names += ["clipping", "clip_at"]
        names += ["update_biases", "order", "seed", "limit"]
        if training.has_loss:
            names += ["target_loss", "tolerance"]
            if training.patience:
                names.append("patience")
        for name in names:
            yield self._setting("training", name, getattr(training, name))

    def _conventions(self, training: Training, conventions: Conventions) -> Iterator[Line]:
        """The conventions that have a say in such a run."""
        names = []
        if any(layer.activation.name == "step" for layer in self._job.spec.learning):
            names.append("threshold")
        if training.rule not in LAYER_RULES:
            names += ["loss_reduction", "loss_half", "update_timing"]
        for name in names:
            yield self._setting("conventions", name, getattr(conventions, name))
        # What is computed with, where the convention leaves it open.
        arithmetic = self._job.spec.arithmetic
        yield self._line("convention.arithmetic", self._say(f"arithmetic.{arithmetic}"))

    def _setting(self, part: str, name: str, value: object) -> Line:
        is_shared = name == "learning_rate" and adversaries_of(self._document) is not None
        code = "discriminator_rate" if is_shared else name
        label = self._say(f"{'setting' if part == 'training' else 'convention'}.{code}")
        return Line(label, self._setting_text(name, value))

    def _setting_text(self, name: str, value: object) -> str:
        if isinstance(value, bool):
            return self._say("answer.yes" if value else "answer.no")
        if isinstance(value, float):
            return self._number(value)
        if name == "threshold":
            return self._say("threshold.ge" if value == ">=" else "threshold.gt")
        return self._say(f"{name}.{value}") if isinstance(value, str) else str(value)

    # -- changes in the middle of the run --------------------------------------------------------

    def _changes(self) -> Iterator[Line]:
        for iteration, changes in groupby(changes_of(self._document), key=attrgetter("iteration")):
            label = self._say("export.change", n=iteration)
            yield Line(label, _BETWEEN.join(map(self._change, changes)))

    def _change(self, change: SettingChange | ParameterChange) -> str:
        if isinstance(change, SettingChange):
            line = self._setting(change.part, change.name, change.after)
            return f"{line.label}: {line.text}"
        edit = change.edit
        name = parameter_name(self._document, edit.name, edit.index)
        return f"{name} = {self._number(edit.value)}"
