"""Samples that a generator makes of noise, on the plane beside the real ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnsim.document.model import Document
from nnsim.document.preparation import prepared
from nnsim.session.probing import Probe
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.panels.plotting.items import Spots, pen
from nnsim.ui.panels.plotting.plot import Plot

#: How many are drawn, always of the same noise: what moves is the generator.
SHOWN = 256
_SIZE = 7.0


class Generated:
    """The generated samples on a plot, made with the parameters a probe has."""

    def __init__(self, plot: Plot, preferences: Preferences) -> None:
        self._preferences = preferences
        self._spots = Spots()
        self._spots.setZValue(20)
        self._spots.setVisible(False)
        plot.addItem(self._spots, ignoreBounds=True)
        self._document: Document | None = None
        self.points: NDArray[np.float64] = np.zeros((0, 2))

    @property
    def is_shown(self) -> bool:
        """Whether there is a generator."""
        return bool(self._spots.isVisible())

    def take(self, document: Document) -> None:
        """The document whose generator it is; its scaling puts samples back into the table."""
        self._document = document

    def draw(self, probe: Probe) -> None:
        """What the generator makes now; nothing where there is none."""
        node = next(
            (probe.spec.twins[n] for n, _ in probe.spec.inputs if n in probe.spec.twins), ""
        )
        if not node or self._document is None:
            self.hide()
            return
        made = probe.generate(node, SHOWN)
        with np.errstate(over="ignore", invalid="ignore"):
            points = prepared(self._document).input_scaling.invert(made)
        self.points = points[np.isfinite(points).all(axis=1)]
        theme, zoom = self._preferences.theme, self._preferences.zoom
        self._spots.setData(
            pos=self.points,
            size=_SIZE * zoom,
            symbol="o",
            brush=theme.color("negative"),
            pen=pen(theme.color("surface")),
        )
        self._spots.setVisible(True)

    def hide(self) -> None:
        """Take them off the plot."""
        self._spots.setVisible(False)
        self.points = np.zeros((0, 2))
