"""Choosing what the plane shows: the output, the selected neuron, or any neuron by name."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QComboBox

from nnsim.document.model import Document
from nnsim.engine.plan import PlanSpec
from nnsim.session.frame import Frame
from nnsim.ui.panels.plane.model import WINNER, default_subject, has_winner, hidden_nodes
from nnsim.ui.panels.plotting.panel import fill_chooser
from nnsim.ui.panels.plotting.units import Subject, subject_name

# What the chooser holds beside units.
_DEFAULT, _FOLLOW = "default", "follow"
_MOST_UNITS = 64


class SubjectChooser:
    """Fills a combo box and knows what is chosen."""

    def __init__(self, box: QComboBox, words: Callable[[str], str]) -> None:
        self.box = box
        self._words = words
        self._choice: object = _DEFAULT
        self._entries: list[tuple[str, object]] = []
        self._is_offered = False
        box.activated.connect(self._choose)

    def _choose(self, index: int) -> None:
        self._choice = self.box.itemData(index)

    def forget(self) -> None:
        """Another document or language: its entries are other ones."""
        self._entries = []

    def fill(self, document: Document, frame: Frame | None, has_plane: bool) -> None:
        """Offer what can be shown now."""
        if self._entries and self._is_offered == (frame is not None):
            return
        self._is_offered = frame is not None
        entries: list[tuple[str, object]] = [
            (self._words("plane.choose_output"), _DEFAULT),
            (self._words("plane.choose_follow"), _FOLLOW),
        ]
        if frame is not None:
            entries += self._units(document, frame.spec, has_plane)
        if entries != self._entries:
            self._entries = entries
            if self._choice not in [value for _, value in entries]:
                self._choice = _DEFAULT
            fill_chooser(self.box, entries, self._choice)

    def _units(
        self, document: Document, spec: PlanSpec, has_plane: bool
    ) -> list[tuple[str, object]]:
        entries: list[tuple[str, object]] = []
        if has_winner(spec) and has_plane:
            entries.append((self._words("plane.choose_winner"), WINNER))
        units = [
            Subject(node, unit)
            for node in (*spec.outputs, *(n.id for n in hidden_nodes(document, spec)))
            for unit in range(min(spec.units[node], _MOST_UNITS))
        ]
        return entries + [(subject_name(u, document, spec), u) for u in units[:_MOST_UNITS]]

    def subject(
        self, spec: PlanSpec, selected: Subject | None, pointed: Subject | None, has_plane: bool
    ) -> Subject:
        """What is to be shown: what is pointed at for as long as it is, else what is chosen."""
        if pointed is not None and exists(pointed, spec):
            return pointed
        choice = self._choice
        if choice == _FOLLOW:
            choice = selected or _DEFAULT
        if not isinstance(choice, Subject) or not exists(choice, spec):
            choice = default_subject(spec)
        # Over one input there are curves and no regions.
        return Subject(spec.outputs[0]) if choice.is_winner and not has_plane else choice


def exists(subject: Subject, spec: PlanSpec) -> bool:
    """Whether the network has this unit, or, for the winner, several outputs to compare."""
    if subject.is_winner:
        return has_winner(spec)
    return subject.unit < spec.units.get(subject.node, 0)
