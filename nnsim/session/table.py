"""The trace as a table: which columns there are, and what stands in each cell.

The step table on screen and every export are made from these columns.  A row is one sample of one
iteration: an iteration over a batch has as many rows as its batch has samples.  What belongs to
the whole iteration stands once: values before the update in its first row, the loss, gradients,
changes and new values in its last.

A cell says which recorded quantities it shows, so that selecting it can select them everywhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Literal, TypeAlias

from nnsim.core.messages import Message
from nnsim.core.numbers import joined
from nnsim.document.model import LAYER_RULES, Document, Training
from nnsim.document.naming import is_single_neuron, row_name, unit_name
from nnsim.document.optimisers import (
    INTERNALS,
    PENALTY_GRADIENT,
    USED_GRADIENT,
    clips,
    optimiser_of,
    penalises,
)
from nnsim.engine.plan import PlanSpec
from nnsim.engine.record import Quantity
from nnsim.explain.names import names_of
from nnsim.session.cells import COUNTS, Cell, Column, Group, row_count
from nnsim.session.table_kinds import (
    CODES,
    KINDS,
    OF_GENERATED,
    OF_OWN_WEIGHTS,
    OF_WEIGHTS,
    STEPPED,
)

__all__ = [
    "COURSE_GROUPS",
    "Cell",
    "Column",
    "Group",
    "TableStyle",
    "available_groups",
    "columns_for",
    "default_groups",
    "quantity_column",
    "row_count",
]

#: "course": the columns of the course, parameters as tuples, "-" for unchanged (one neuron);
#: "numbers": one number a column (any network).
TableStyle: TypeAlias = Literal["course", "numbers"]

#: Iteration, (x1, x2), Σ, S_neu, S_real, new w, new b.
COURSE_GROUPS = frozenset(
    {Group.ITERATION, Group.INPUTS, Group.SUMS, Group.OUTPUTS, Group.TARGETS, Group.AFTER}
)

_PARAMETER_PREFIX = {Group.BEFORE: "", Group.GRADIENTS: "g", Group.CHANGE: "d", Group.AFTER: ""}
_NEEDS_LOSS = frozenset({Group.LOSS_TERMS, Group.LOSS})
_NEEDS_GRADIENT = frozenset({Group.ACTIVATION_GRADIENTS, Group.DELTAS, Group.GRADIENTS})


def available_groups(document: Document) -> tuple[Group, ...]:
    """The groups that some iteration of the document's run has values for, in table order."""
    rules = {training.rule for training in _settings(document)}
    missing: frozenset[Group] = frozenset()
    if not _internals(document):
        missing = frozenset({Group.OPTIMISER})
    if rules <= set(LAYER_RULES):
        missing |= _NEEDS_GRADIENT
        if "delta" not in rules:
            missing |= _NEEDS_LOSS
    return tuple(group for group in Group if group not in missing)


def _settings(document: Document) -> list[Training]:
    """All training settings that are in force at some time of the run."""
    iterations = [0, *(change.iteration for change in document.changes)]
    return [document.settings_at(iteration)[0] for iteration in iterations]


def _internals(document: Document) -> tuple[str, ...]:
    """What the optimisers of the run make their steps of, each prefix once."""
    settings = _settings(document)
    used = {optimiser_of(training) for training in settings}
    names = [f"{name}." for each in INTERNALS if each in used for name in INTERNALS[each]]
    if any(penalises(training) for training in settings):
        names.insert(0, PENALTY_GRADIENT)
    if any(penalises(training) or clips(training) for training in settings):
        names.insert(1 if PENALTY_GRADIENT in names else 0, USED_GRADIENT)
    return tuple(dict.fromkeys(names))


def default_groups(document: Document, style: TableStyle) -> frozenset[Group]:
    """What a table shows where nobody chose: the course's columns, or for a network the samples,
    Σ and a of each neuron, targets, errors, the loss if there is one, and all new parameters."""
    if style == "course":
        return COURSE_GROUPS
    wanted = {Group.ITERATION, Group.EPOCH, Group.SAMPLE, Group.INPUTS, Group.SUMS}
    wanted |= {Group.ACTIVATIONS, Group.TARGETS, Group.ERRORS, Group.LOSS, Group.AFTER}
    return frozenset(wanted & set(available_groups(document)))


def columns_for(
    document: Document,
    spec: PlanSpec,
    chosen: Collection[Group] | None = None,
    style: TableStyle | None = None,
    nodes: Collection[str] | None = None,
) -> tuple[Column, ...]:
    """The columns of the chosen groups, in table order.

    ``style`` is "course" for a single neuron and "numbers" otherwise unless it is given; a network
    has no columns of the course, so there "numbers" is what it gets.  ``nodes`` limits columns
    that belong to a neuron or layer to these ids.
    """
    if style is None or not is_single_neuron(spec):
        style = "course" if is_single_neuron(spec) and style is None else "numbers"
    groups = default_groups(document, style) if chosen is None else frozenset(chosen)
    maker = _Maker(document, spec, nodes)
    columns: list[Column] = []
    for group in Group:
        if group in groups:
            columns += maker.course(group) if style == "course" else maker.numbers(group)
    return _with_unique_keys(columns)


def quantity_column(document: Document, spec: PlanSpec, quantity: Quantity) -> Column:
    """The column of one quantity, to be added to a table.  Raises KeyError for an unknown one."""
    is_input = quantity.kind == "a" and any(node == quantity.owner for node, _ in spec.inputs)
    return _Maker(document, spec, None).column(quantity, Group.INPUTS if is_input else None)


def _with_unique_keys(columns: list[Column]) -> tuple[Column, ...]:
    """Nodes may bear the same name; columns of a file may not."""
    seen: dict[str, int] = {}
    unique = []
    for column in columns:
        key = " ".join(column.key.split())
        seen[key] = times = seen.get(key, 0) + 1
        unique.append(replace(column, key=key if times == 1 else f"{key}#{times}"))
    return tuple(unique)


class _Maker:
    """Makes the columns of a document."""

    def __init__(self, document: Document, spec: PlanSpec, nodes: Collection[str] | None) -> None:
        self._document = document
        self._spec = spec
        self._nodes = nodes
        self._symbols = names_of(document, spec)[1]
        self._sources = {s.connection: s.node for layer in spec.learning for s in layer.sources}
        self._targets = {s.connection: layer.node for layer in spec.learning for s in layer.sources}

    # -- one number a column ---------------------------------------------------------------------

    def numbers(self, group: Group) -> list[Column]:
        """The columns of a group, one number each."""
        if group in COUNTS:
            return [Column(str(group), group, Message(f"column.{group}"))]
        return [self.column(quantity, group) for quantity in self._quantities(group)]

    def column(self, quantity: Quantity, group: Group | None = None) -> Column:
        """The column of one quantity."""
        quantity = replace(quantity, sample=0)
        kind, _, update = quantity.kind.partition("@")
        if kind == "L":
            return self._loss(quantity, update)
        if kind == "step":
            return Column("step", Group.OPTIMISER, Message("column.step"), "t", (quantity,))
        if "." in kind:
            return self._internal(quantity)
        own, key = KINDS[kind]
        group = group or own
        names = self._names(quantity)
        code = CODES.get(kind, kind)
        if group is Group.INPUTS:
            key, code = "x", "name"
        elif group is Group.OUTPUTS:
            key, code, names = "y", "y", (self._output_name(quantity),)
        heading = Message(f"column.{code}", dict(zip(("name", "source"), names, strict=False)))
        latex = self._symbols.symbol(quantity)
        return Column(".".join((key, *names)), group, heading, latex, (quantity,))

    def _loss(self, quantity: Quantity, update: str) -> Column:
        """The loss; of two networks that learn in turn each has one, that of D in two parts."""
        part = "fooling" if update else quantity.owner
        if not part:
            return Column("loss", Group.LOSS, Message("column.loss"), "L", (quantity,))
        latex = self._symbols.symbol(quantity)
        heading = Message(f"column.loss_{part}")
        return Column(f"loss.{part}", Group.LOSS, heading, latex, (quantity,))

    def _internal(self, quantity: Quantity) -> Column:
        """The column of what an optimiser makes for a parameter: "m.w.N1.x1"."""
        parameter = quantity.parameter
        if parameter is None:
            raise KeyError(quantity)
        names, latex = self._names(parameter), self._symbols.symbol(quantity)
        prefix = quantity.kind.partition(".")[0].partition("@")[0]
        code = f"{prefix.replace('-', '_before').replace('^', '_hat')}_{parameter.kind}"
        heading = Message(
            f"column.optimiser.{code}", dict(zip(("name", "source"), names, strict=False))
        )
        key = ".".join((quantity.kind.partition("@")[0], *names))
        return Column(key, Group.OPTIMISER, heading, latex, (quantity,))

    def _names(self, quantity: Quantity) -> tuple[str, ...]:
        document, kind = self._document, quantity.kind.partition("@")[0]
        twin = self._spec.tied.get(quantity.owner)
        if twin is not None:
            names = self._names(replace(quantity, kind=kind, owner=twin.tied_to))
            return (f"{names[0]} {OF_GENERATED}", *names[1:])
        if kind in ("y", "t", "e", "l"):
            name = document.data.target_names[quantity.row]
            return (f"{name} {OF_GENERATED}" if quantity.owner == "generated" else name,)
        if kind in OF_OWN_WEIGHTS:
            owner = quantity.owner
            before = unit_name(document, owner, quantity.column)
            return row_name(document, owner, quantity.row), before
        if kind in OF_WEIGHTS:
            source = unit_name(document, self._sources[quantity.owner], quantity.column)
            return row_name(document, self._targets[quantity.owner], quantity.row), source
        named = unit_name if kind in ("a", "da") else row_name
        name = named(document, quantity.owner, quantity.row)
        # One way in every language: it is part of the keys of files.
        return (name if quantity.step is None else f"{name}(t={quantity.step + 1})",)

    def _output_name(self, quantity: Quantity) -> str:
        before = 0
        for node in self._spec.outputs:
            if node == quantity.owner:
                return self._document.data.target_names[before + quantity.row]
            before += self._spec.units[node]
        return self._names(quantity)[0]

    # -- which quantities ------------------------------------------------------------------------

    def _quantities(self, group: Group) -> Iterator[Quantity]:
        spec = self._spec
        if group in _PARAMETER_PREFIX:
            suffix = "+" if group is Group.AFTER else ""
            yield from self._parameters(_PARAMETER_PREFIX[group], suffix)
        elif group is Group.OPTIMISER:
            for prefix in _internals(self._document):
                yield from self._parameters(prefix, is_made=True)
        elif group is Group.LOSS:
            yield Quantity("L")
            if spec.updates:
                yield from (Quantity("L", name) for name in spec.judged)
                yield Quantity(f"L@{spec.updates[1]}")
        elif group is Group.INPUTS:
            for node, _ in spec.inputs:
                yield from self._of_input(node)
            for node in (each.node for each in spec.nodes if not each.sources):
                yield from self._units("a", node, spec.units[node])
        elif group is Group.OUTPUTS:
            # The same numbers as the activations of the output neurons: that is their address.
            for node in spec.outputs:
                yield from (Quantity("a", node, unit) for unit in range(spec.units[node]))
                if node in spec.twins:
                    yield from self._units("a", spec.twins[node], spec.units[node])
        elif group is Group.LOSS_TERMS and spec.updates:
            for name in spec.judged:
                yield from (Quantity("l", name, row) for row in range(spec.output_count))
        elif group in (Group.TARGETS, Group.ERRORS, Group.LOSS_TERMS):
            kind = {Group.TARGETS: "t", Group.ERRORS: "e", Group.LOSS_TERMS: "l"}[group]
            yield from (Quantity(kind, row=row) for row in range(spec.output_count))
        else:
            yield from self._of_layers(group)

    def _of_input(self, node: str) -> Iterator[Quantity]:
        *steps, units = self._spec.shapes[node]
        for step in range(steps[0]) if steps else (None,):
            yield from (Quantity("a", node, unit, step=step) for unit in range(units))

    def _of_layers(self, group: Group) -> Iterator[Quantity]:
        for layer in self._spec.learning:
            if self._nodes is not None and layer.node not in self._nodes:
                continue
            if layer.node in self._spec.recurrent:
                yield from self._of_steps(group, layer.node, layer.units)
                continue
            if group is Group.PRODUCTS:
                yield from self._weights(layer.node, "p")
                continue
            if group in (Group.ACTIVATIONS, Group.ACTIVATION_GRADIENTS):
                kind, count = "a" if group is Group.ACTIVATIONS else "da", layer.units
            else:
                kind, count = "z" if group is Group.SUMS else "dz", layer.rows
            if kind in ("da", "dz"):
                kind += self._mark(layer.node)
            yield from self._units(kind, layer.node, count)
            twin = self._spec.twins.get(layer.node)
            if twin is not None:
                # What the same layer makes of a generated sample.
                yield from self._units(kind, twin, count)

    def _of_steps(self, group: Group, node: str, units: int) -> Iterator[Quantity]:
        """What a recurrent layer has of each time step; its products are not told one by one."""
        kind = STEPPED.get(group)
        if kind is None:
            return
        for step in range(self._spec.steps(node)):
            yield from (Quantity(kind, node, unit, step=step) for unit in range(units))

    def _units(self, kind: str, node: str, count: int) -> Iterator[Quantity]:
        return (Quantity(kind, node, row) for row in range(count))

    def _mark(self, node: str) -> str:
        """The update that a node learns by, where there are several."""
        update = self._spec.update_of(f"b:{node}")
        return f"@{update}" if update else ""

    def _parameters(
        self, prefix: str, suffix: str = "", is_made: bool = False
    ) -> Iterator[Quantity]:
        for layer in self._spec.learning:
            if self._nodes is None or layer.node in self._nodes:
                mark = self._mark(layer.node) if is_made else ""
                yield from self._weights(layer.node, f"{prefix}w{suffix}{mark}")
                for row in range(layer.rows):
                    yield Quantity(f"{prefix}b{suffix}{mark}", layer.node, row)

    def _weights(self, node: str, kind: str) -> Iterator[Quantity]:
        layer = next(layer for layer in self._spec.learning if layer.node == node)
        shapes = self._spec.shapes
        own = kind.replace("w", "u") if node in self._spec.recurrent else ""
        for row in range(layer.rows):
            for source in layer.sources:
                for column in range(shapes[source.node][-1]):
                    yield Quantity(kind, source.connection, row, column)
            if own:
                yield from (Quantity(own, node, row, column) for column in range(layer.units))

    # -- the columns of the course ---------------------------------------------------------------

    def course(self, group: Group) -> list[Column]:
        """The columns of a group for a single neuron, parameters together as tuples."""
        quantities = tuple(self._quantities(group)) if group not in COUNTS else ()
        if group is Group.INPUTS:
            names = [self._names(quantity)[0] for quantity in quantities]
            heading = Message("column.course.inputs", {"names": joined(names)})
            latex = joined([self._symbols.symbol(quantity) for quantity in quantities])
            return [Column("x", group, heading, latex, quantities)]
        if group in _PARAMETER_PREFIX:
            split = len(quantities) - 1
            parts = (("w", quantities[:split]), ("b", quantities[split:]))
            return [self._course_parameter(group, letter, part) for letter, part in parts]
        code = _COURSE_HEADINGS.get(group)
        if code is None:
            return self.numbers(group)
        word, symbol = code
        return [Column(str(group), group, Message(f"column.course.{word}"), symbol, quantities)]

    def _course_parameter(
        self, group: Group, letter: str, quantities: tuple[Quantity, ...]
    ) -> Column:
        kind = quantities[0].kind
        formulas = {Group.BEFORE: "{}", Group.GRADIENTS: "\\nabla_{{{}}} L"}
        formula = formulas.get(group, "\\Delta {}")
        latex = None if group is Group.AFTER else formula.format(letter)
        heading = Message(f"column.course.{CODES.get(kind, kind)}")
        dashes = group is Group.AFTER
        return Column(kind, group, heading, latex, quantities, dashes)


_COURSE_HEADINGS: dict[Group, tuple[str, str | None]] = {
    Group.ITERATION: ("iteration", None),
    Group.SUMS: ("sum", "\\Sigma"),
    Group.OUTPUTS: ("output", "S_{\\mathrm{neu}}"),
    Group.TARGETS: ("target", "S_{\\mathrm{real}}"),
    Group.ERRORS: ("error", "e"),
    Group.ACTIVATIONS: ("activation", "a"),
    Group.DELTAS: ("delta", "\\delta"),
}
