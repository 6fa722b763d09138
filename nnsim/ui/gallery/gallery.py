"""The gallery: the list of examples beside the page of the chosen one, solved meanwhile."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QWidget

from nnsim.document.edits import set_texts
from nnsim.document.examples import EXAMPLES, load_example
from nnsim.document.model import Document
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.slices import Slices
from nnsim.ui.gallery.listing import ExampleList
from nnsim.ui.gallery.page import ExamplePage
from nnsim.ui.gallery.solving import Solved, solving

_LAST = "gallery/last"


class Gallery(QWidget):
    """``activated()``: the chosen example is to be opened now."""

    activated = Signal()

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self.setObjectName("gallery")
        self._preferences = preferences
        self._solved: dict[str, Solved] = {}
        self._work: Slices | None = None
        self.examples = ExampleList(preferences)
        self.page = ExamplePage(preferences)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.examples)
        split.addWidget(self.page)
        split.setChildrenCollapsible(False)
        split.setStretchFactor(0, 4)
        split.setStretchFactor(1, 5)
        layout = QHBoxLayout(self)
        layout.addWidget(split)
        self.setFocusProxy(self.examples.search)
        self.examples.chosen.connect(self._show)
        self.examples.activated.connect(self.activated)
        self.examples.choose(str(preferences.settings.value(_LAST, "")))
        self._show()

    @property
    def chosen(self) -> str | None:
        """Id of the chosen example; None where the search finds none."""
        return self.examples.current

    def document(self) -> Document:
        """The chosen example, with its title in the person's language."""
        example = self.chosen
        assert example is not None
        self._preferences.settings.setValue(_LAST, example)
        title = self._preferences.say(f"example.{example}.title")
        return set_texts(load_example(example), title=title)

    def _show(self) -> None:
        example = self.chosen
        self.page.show_example(example, self._solved.get(example or ""))

    def _came(self, results: list[Solved | None]) -> None:
        for solved in results:
            if solved is not None:
                self._solved[solved.example] = solved
                self.examples.show_solved(solved)
                if solved.example == self.chosen:
                    self._show()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._work is None:
            # What is looked at comes first.
            order = sorted(EXAMPLES, key=lambda example: example != self.chosen)
            self._work = Slices(solving(order), self)
            self._work.came.connect(self._came)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        # Behind a closed dialog nothing is solved on.
        if self._work is not None:
            self._work.stop()
            self._work = None
