"""What is done finely when things have come to rest."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from nnsim.ui.bridge.turns import Turns


class Rest(QTimer):
    """Calls ``refine`` so many milliseconds after the last ``start``.

    Between the pictures of a run nothing is at rest, however far they are apart.
    """

    def __init__(
        self, parent: QObject, turns: Turns, milliseconds: int, refine: Callable[[], None]
    ) -> None:
        super().__init__(parent, singleShot=True, interval=milliseconds)
        self._turns = turns
        self._refine = refine
        self.timeout.connect(self._come)

    def _come(self) -> None:
        if self._turns.one_by_one:
            self.start()
        else:
            self._refine()
