"""The chart of a loss landscape: heat map, contour lines, the way walked, the present place."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF

from nnsim.session.experiments.landscape import Ground as Losses
from nnsim.session.experiments.landscape import Terrain
from nnsim.session.experiments.report import Report
from nnsim.session.experiments.request import Result
from nnsim.ui.bridge.shading import image_of
from nnsim.ui.experiments.chart import Chart, Floats, numbers_of
from nnsim.ui.panels.plane.items import Ground
from nnsim.ui.panels.plotting.words import swatch

# Shades from the valley, which has the full colour, to the top.
_SHADES, _DEEPEST = 128, 0.85
# Shares of the places that lie below a contour line.
_LEVELS = (0.02, 0.06, 0.12, 0.2, 0.3, 0.42, 0.55, 0.7, 0.85)
# From this ratio of the highest to the lowest loss on, equal shades are equal ratios.
_STEEP = 20.0


class LandscapeChart(Chart):
    """The picture; a click on a place tells the very loss there."""

    name = "landscape"

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        #: What the landscape was drawn of; without it clicks tell nothing.
        self.terrain: Terrain | None = None
        self._losses: Losses | None = None
        self._picked: tuple[float, float, float] | None = None
        self._lines = self.add_check("lines", is_checked=True)
        self._path = self.add_check("path", is_checked=True)
        self.add_reset()
        self.plot.clicked.connect(self._pick)

    def say_words(self) -> None:
        self._lines.setText(self.words("contours"))
        self._path.setText(self.words("show_path"))

    def show_result(self, result: Result) -> None:
        self._picked = self._losses = None
        super().show_result(result)

    def fill(self, report: Report) -> None:
        self._xs = np.unique(report.table.values("first"))
        self._ys = np.unique(report.table.values("second"))
        self.losses = report.table.values("loss").reshape(len(self._ys), len(self._xs))

    # -- drawing ---------------------------------------------------------------------------------

    def draw(self, report: Report) -> None:
        self.columns = numbers_of(report.table)
        step_x, step_y = self._xs[1] - self._xs[0], self._ys[1] - self._ys[0]
        left, bottom = self._xs[0] - step_x / 2, self._ys[0] - step_y / 2
        rect = QRectF(left, bottom, step_x * len(self._xs), step_y * len(self._ys))
        ground = Ground()
        ground.show_image(image_of(self._pixels()), rect, smooth=True)
        self.plot.addItem(ground, ignoreBounds=True)
        if self._lines.isChecked():
            self._draw_lines(left, bottom, step_x, step_y)
        path = report.sheets["path"]
        x, y = path.values("first"), path.values("second")
        if self._path.isChecked():
            self.add_curve(x, y, "text", 1.8)
            self.add_spots(x[:1], y[:1], "text", 9, "s")
        self.add_spots(x[-1:], y[-1:], "accent", 13)
        if self._picked is not None:
            place = np.array(self._picked)
            self.add_spots(place[:1], place[1:2], "warning", 12, "x")
            words = self.words("loss_here", loss=self.number(self._picked[2]))
            self.add_label(self._picked[0], self._picked[1], words)
        first, second = (report.conventions[key] for key in ("first", "second"))
        self.plot.set_titles(first, second)
        self.plot.set_home(rect)
        self.figure.caption.set_text(f"<b>{self.title}</b>")
        self.figure.legend.set_text(self._legend())

    def _pixels(self) -> np.ndarray[tuple[int, ...], np.dtype[np.uint32]]:
        theme = self.preferences.theme
        shares = np.linspace(_DEEPEST, 0.0, _SHADES).tolist()
        table = [theme.mixed("positive", share).rgb() for share in shares]
        colors = np.array([*table, theme.color("border").rgb()], dtype=np.uint32)
        heights = self._heights()
        shade = np.where(
            np.isnan(heights), _SHADES, np.clip(heights * (_SHADES - 1), 0, _SHADES - 1)
        )
        return colors[shade.astype(np.intp)]

    def _heights(self) -> Floats:
        """Losses from 0 to 1, by their logarithm where they go far; NaN where there is none."""
        losses = np.where(np.isfinite(self.losses), self.losses, np.nan)
        if np.isnan(losses).all():
            return losses
        low, high = np.nanmin(losses), np.nanmax(losses)
        if low > 0 and high > _STEEP * low:
            losses, low, high = np.log(losses), np.log(low), np.log(high)
        return (losses - low) / (high - low or 1.0)

    def _draw_lines(self, left: float, bottom: float, step_x: float, step_y: float) -> None:
        losses = np.where(np.isfinite(self.losses), self.losses, np.nan)
        if np.isnan(losses).all() or np.nanmin(losses) == np.nanmax(losses):
            return
        filled = np.nan_to_num(losses, nan=float(np.nanmax(losses)))
        for level in np.unique(np.nanquantile(losses, _LEVELS)):
            lines = pg.isocurve(filled.T, level, connected=True)
            for line in lines:
                places = np.array(line, dtype=np.float64)
                self.add_curve(
                    left + step_x * places[:, 0], bottom + step_y * places[:, 1], "muted", 0.9
                )

    def _legend(self) -> str:
        theme = self.preferences.theme
        low, high = theme.mixed("positive", _DEEPEST).name(), theme.mixed("positive", 0.15).name()
        entries = [
            swatch("■", low, self.words("legend.low")),
            swatch("■", high, self.words("legend.high")),
            swatch("●", theme.accent, self.words("legend.present")),
        ]
        if self._path.isChecked():
            entries.insert(2, swatch("■━", theme.text, self.words("legend.path")))
        if self._picked is not None:
            entries.append(swatch("✕", theme.warning, self.words("legend.picked")))
        return "&ensp; ".join(entries)

    # -- asking ----------------------------------------------------------------------------------

    def _pick(self, place: QPointF) -> None:
        if self.result is None or self.terrain is None:
            return
        if self._losses is None:
            self._losses = Losses(self.terrain)
        x, y = place.x(), place.y()
        self._picked = (x, y, self._losses.loss(x, y))
        self.redraw()
        self._hover(place)

    def readout_at(self, x: float, y: float) -> str:
        column, row = int(np.abs(self._xs - x).argmin()), int(np.abs(self._ys - y).argmin())
        return self.words(
            "readout.landscape",
            x=self.number(float(self._xs[column])),
            y=self.number(float(self._ys[row])),
            loss=self.number(float(self.losses[row, column])),
        )
