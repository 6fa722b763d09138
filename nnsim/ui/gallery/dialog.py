"""File > Examples: the gallery in a dialog of its own."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from nnsim.document.model import Document
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.gallery.gallery import Gallery

_SIZE = QSize(980, 680)
_SHARE_OF_SCREEN = 0.94


class GalleryDialog(QDialog):
    """``document()`` is the chosen example, once the dialog was accepted."""

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("gallery_dialog")
        self.setWindowTitle(preferences.say("gallery.title"))
        self.gallery = Gallery(preferences)
        self._open = QPushButton(preferences.say("gallery.open"))
        self._open.setObjectName("gallery_open")
        self._open.setDefault(True)
        cancel = QPushButton(preferences.say("gallery.cancel"))
        cancel.setObjectName("gallery_cancel")
        cancel.setAutoDefault(False)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self._open)
        layout = QVBoxLayout(self)
        layout.addWidget(self.gallery, 1)
        layout.addLayout(buttons)
        self._open.clicked.connect(self.accept)
        cancel.clicked.connect(self.reject)
        self.gallery.activated.connect(self.accept)
        self.gallery.examples.chosen.connect(self._refresh)
        self._refresh()
        self.gallery.examples.search.setFocus()
        room = self.screen().availableGeometry().size() * _SHARE_OF_SCREEN
        self.resize((_SIZE * preferences.zoom).boundedTo(room))

    def _refresh(self) -> None:
        self._open.setEnabled(self.gallery.chosen is not None)

    def document(self) -> Document:
        """The chosen example."""
        return self.gallery.document()
