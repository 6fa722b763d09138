"""What can be set about the chosen nodes: name, units, activation and its parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QWidget

from nnsim.core.messages import NnsimError
from nnsim.document.adversarial import is_noise
from nnsim.document.edits import MAX_NAME_LENGTH, rename, set_activation, set_feature, set_units
from nnsim.document.model import MAX_STEPS, MAX_UNITS, Document, Feature, Node
from nnsim.document.sequences import (
    RECURRENT_ACTIVATIONS,
    RECURRENT_STARTS,
    divided_into_steps,
    draw_recurrent,
)
from nnsim.engine.activations import ACTIVATIONS, ActivationSpec
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.settings_fields import (
    Field,
    number_reader,
    whole_reader,
    write_number,
    write_plain,
)
from nnsim.ui.panels.wrapped_check import WrappedCheckBox

_MAX_PIECES = 16
#: The parameter that each activation has, where it has one.
_PARAMETERS: Mapping[str, str] = {"leaky_relu": "slope", "elu": "alpha", "maxout": "pieces"}


def _read_name(text: str) -> str:
    name = " ".join(text.split())
    if not 0 < len(name) <= MAX_NAME_LENGTH:
        raise NnsimError.of("edit.name", n=MAX_NAME_LENGTH)
    return name


class NodeForm(QWidget):
    """One form for one node or several; what differs among them is left blank."""

    def __init__(
        self, workspace: Workspace, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._preferences = preferences
        self._nodes: Sequence[Node] = ()
        self._labels: dict[str, QLabel] = {}
        self._fields = {
            "name": Field(preferences, _read_name, write_plain),
            "units": Field(preferences, whole_reader(1, MAX_UNITS), write_plain),
            "steps": Field(preferences, whole_reader(1, MAX_STEPS), write_plain),
            "slope": Field(preferences, number_reader(), write_number),
            "alpha": Field(preferences, number_reader(), write_number),
            "pieces": Field(preferences, whole_reader(1, _MAX_PIECES), write_plain),
        }
        self._activation = QComboBox()
        self._activation.setObjectName("inspector_activation")
        for name in ACTIVATIONS:
            self._activation.addItem("", name)
        self._activation.activated.connect(self._choose_activation)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(6)
        grid.setHorizontalSpacing(10)
        grid.setColumnStretch(1, 1)
        self._own = QComboBox()
        self._own.setObjectName("inspector_own")
        for start in RECURRENT_STARTS:
            self._own.addItem("", start)
        self._own.activated.connect(self._draw_own)
        boxes = {"activation": self._activation, "own": self._own}
        rows = ("name", "units", "steps", "activation", "slope", "alpha", "pieces", "own")
        for row, name in enumerate(rows):
            self._labels[name] = label = QLabel()
            editor = self._fields[name] if name in self._fields else boxes[name]
            if isinstance(editor, Field):
                editor.setObjectName(f"inspector_{name}")
                editor.edited.connect(lambda value, name=name: self._set(name, value))
                label.setBuddy(editor.line)
            else:
                label.setBuddy(editor)
            grid.addWidget(label, row, 0)
            grid.addWidget(editor, row, 1)
        self._noise = WrappedCheckBox()
        self._noise.setObjectName("inspector_noise")
        self._noise.clicked.connect(self._set_noise)
        grid.addWidget(self._noise, len(rows), 0, 1, 2)
        self.say()

    def show_nodes(self, nodes: Sequence[Node]) -> None:
        """Show what these nodes have in common."""
        self._nodes = nodes
        dense = [node for node in nodes if not node.is_input]
        self._put("name", nodes[0].name if len(nodes) == 1 else None, len(nodes) == 1)
        self._put("units", _common(node.units for node in nodes), True)
        are_inputs = all(node.is_input for node in nodes)
        self._put("steps", _common(node.steps for node in nodes), are_inputs)
        self._own.setCurrentIndex(-1)
        for widget in (self._labels["own"], self._own):
            widget.setVisible(all(node.is_recurrent for node in nodes))
        self._offer_activations(any(node.is_recurrent for node in nodes))
        # What is fed with a column or a feature of one is set in the lab.
        inputs = [node for node in nodes if node.is_input]
        can_be_noise = all(node.feature is None or is_noise(node) for node in inputs)
        self._noise.setVisible(bool(inputs) and not dense and can_be_noise)
        self._noise.setChecked(bool(inputs) and all(map(is_noise, inputs)))
        names = [node.activation.name for node in dense]
        common = _common(names)
        self._labels["activation"].setVisible(bool(dense))
        self._activation.setVisible(bool(dense))
        self._activation.setCurrentIndex(self._activation.findData(common) if common else -1)
        for name in ("slope", "alpha", "pieces"):
            shown = common is not None and _PARAMETERS.get(common) == name
            value = _common(getattr(node.activation, name) for node in dense) if shown else None
            self._put(name, value, shown)

    def _put(self, name: str, value: Any, visible: bool) -> None:
        self._fields[name].set_value(value)
        self._fields[name].setVisible(visible)
        self._labels[name].setVisible(visible)

    # -- changing --------------------------------------------------------------------------------

    def _set(self, name: str, value: Any) -> None:
        edits: dict[str, Callable[[Document, Node], Document]] = {
            "name": lambda document, node: rename(document, node.id, value),
            "units": lambda document, node: set_units(document, node.id, value),
            "steps": lambda document, node: divided_into_steps(document, node.id, value),
        }
        if name in edits:
            self._edit(self._nodes, edits[name], name)
            return
        self._set_activation(lambda spec: replace(spec, **{name: value}), name)

    def _offer_activations(self, of_each_unit: bool) -> None:
        """Only those of each unit alone where a recurrent layer is chosen."""
        known = {self._activation.itemData(k) for k in range(self._activation.count())}
        offered = RECURRENT_ACTIVATIONS if of_each_unit else ACTIVATIONS
        if known == set(offered):
            return
        self._activation.clear()
        for name in offered:
            self._activation.addItem(self._preferences.say(f"activation.{name}"), name)

    def _draw_own(self, row: int) -> None:
        start = self._own.itemData(row)
        seed = self._workspace.document.training.seed
        ids = [node.id for node in self._nodes]
        label = self._preferences.say("inspector.draw_undo", seed=seed)
        self._workspace.edit(lambda d: draw_recurrent(d, ids, start, seed), label)
        self._own.setCurrentIndex(-1)

    def _set_noise(self, is_on: bool) -> None:
        feature = Feature("noise", ()) if is_on else None
        self._edit(self._nodes, lambda d, node: set_feature(d, node.id, feature), "noise")

    def _choose_activation(self, row: int) -> None:
        name = self._activation.itemData(row)
        self._set_activation(lambda spec: replace(spec, name=name), "activation")

    def _set_activation(
        self, change: Callable[[ActivationSpec], ActivationSpec], label: str
    ) -> None:
        dense = [node for node in self._nodes if not node.is_input]
        self._edit(
            dense,
            lambda document, node: set_activation(document, node.id, change(node.activation)),
            label,
        )

    def _edit(
        self, nodes: Sequence[Node], edit: Callable[[Document, Node], Document], label: str
    ) -> None:
        def edit_all(document: Document) -> Document:
            for node in nodes:
                document = edit(document, node)
            return document

        self._workspace.edit(edit_all, self._preferences.say(f"inspector.{label}"))

    # -- words -----------------------------------------------------------------------------------

    def say(self) -> None:
        """Say the words again."""
        say = self._preferences.say
        for name, label in self._labels.items():
            label.setText(say(f"inspector.{name}"))
            if name in self._fields:
                self._fields[name].line.setAccessibleName(say(f"inspector.{name}"))
                self._fields[name].line.setPlaceholderText(
                    say("inspector.differs") if len(self._nodes) > 1 else ""
                )
        self._noise.setText(say("inspector.noise"))
        self._noise.setToolTip(say("inspector.noise_tip"))
        self._activation.setAccessibleName(say("inspector.activation"))
        self._activation.setPlaceholderText(say("inspector.differs"))
        for index in range(self._activation.count()):
            name = self._activation.itemData(index)
            self._activation.setItemText(index, say(f"activation.{name}"))
        self._own.setAccessibleName(say("inspector.own"))
        self._own.setToolTip(say("inspector.own_tip"))
        self._own.setPlaceholderText(say("inspector.own_choose"))
        for index, start in enumerate(RECURRENT_STARTS):
            self._own.setItemText(index, say(f"inspector.own_start.{start}"))


def _common(values: Any) -> Any:
    """The value all have; None where they differ or there is none."""
    different = set(values)
    return different.pop() if len(different) == 1 else None
