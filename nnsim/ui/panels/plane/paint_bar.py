"""The bar of the plane for painting: with which class or value, or the eraser."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QToolButton, QWidget
from superqt import QFlowLayout

from nnsim.core.messages import Message, NnsimError
from nnsim.core.numbers import parse_number
from nnsim.document.model import Document
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.panels.plane.model import Group
from nnsim.ui.panels.plane.paints import Paint, paints_of
from nnsim.ui.panels.plane.words import glyph
from nnsim.ui.panels.plotting.panel import fill_chooser

_SPACING = 6
_VALUE_LETTERS = 8


class PaintBar(QWidget):
    """Choosing a paint.  ``refused(messages)``: the value is no number.

    ``eraser_changed(on)``: the left button wipes away, or puts down again.
    """

    refused = Signal(object)
    eraser_changed = Signal(bool)

    def __init__(self, preferences: Preferences, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("paint_bar")
        self._preferences = preferences
        self._paints: list[Paint] = []
        self._chooser = QComboBox(self)
        self._chooser.setObjectName("paint_with")
        self._value = QLineEdit("0", self)
        self._value.setObjectName("paint_value")
        self._eraser = QToolButton(self)
        self._eraser.setObjectName("eraser")
        self._eraser.setCheckable(True)
        layout = QFlowLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(_SPACING)
        layout.setVerticalSpacing(_SPACING)
        for widget in (self._chooser, self._value, self._eraser):
            layout.addWidget(widget)
        self._chooser.activated.connect(self._offer_value)
        self._eraser.toggled.connect(self.eraser_changed)

    def fill(self, document: Document) -> None:
        """Offer what the samples of a document can be painted with."""
        self._paints = paints_of(document)
        entries: list[tuple[str, object]] = [
            (self._name(paint, document), k) for k, paint in enumerate(self._paints)
        ]
        fill_chooser(self._chooser, entries, self._chooser.currentData())
        self._offer_value()

    def _name(self, paint: Paint, document: Document) -> str:
        say = self._preferences.say
        if paint.group is None:
            return say("painting.height" if paint.is_height else "painting.value")
        name = document.data.target_names[paint.group.column]
        words = name
        if paint.group.value is not None:
            words = f"{name} = {self._preferences.number(paint.group.value)}"
        return f"{glyph(paint.group)} {words}"

    def _paint(self) -> Paint | None:
        chosen = self._chooser.currentIndex()
        return self._paints[chosen] if 0 <= chosen < len(self._paints) else None

    def _offer_value(self) -> None:
        paint = self._paint()
        is_typed = paint is not None and paint.targets is None and not paint.is_height
        self._value.setVisible(is_typed)
        self._value.setMaximumWidth(_VALUE_LETTERS * self.fontMetrics().averageCharWidth() + 24)

    @property
    def group(self) -> Group | None:
        """The class that is chosen, None for measurements."""
        paint = self._paint()
        return None if paint is None else paint.group

    def targets(self, height: float) -> tuple[float, ...] | None:
        """The targets of a sample put at this height; None, and told, where they are no numbers."""
        paint = self._paint()
        if paint is None:
            return None
        if paint.targets is not None:
            return paint.targets
        if paint.is_height:
            return (height,)
        try:
            return (parse_number(self._value.text()),)
        except NnsimError as error:
            self._value.setFocus()
            self._value.selectAll()
            self.refused.emit((Message("painting.no_value"), *error.messages))
            return None

    def say(self) -> None:
        """Words of the bar."""
        say = self._preferences.say
        self._chooser.setAccessibleName(say("painting.with"))
        self._chooser.setToolTip(say("painting.with_tip"))
        self._value.setToolTip(say("painting.value_tip"))
        self._value.setAccessibleName(say("painting.value"))
        self._eraser.setText(say("painting.eraser"))
        self._eraser.setToolTip(say("painting.eraser_tip"))
