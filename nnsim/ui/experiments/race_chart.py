"""The chart of a race: every runner by epochs, the target, and where each reached it."""

from __future__ import annotations

import numpy as np

from nnsim.session.experiments.race import runner_name
from nnsim.session.experiments.report import Report
from nnsim.ui.experiments.chart import Floats, style_of
from nnsim.ui.experiments.epoch_curves import EpochCurves
from nnsim.ui.panels.plotting.words import swatch

_GLYPHS = ("━━", "╍╍", "┅┅")


class RaceCurves(EpochCurves):
    """Curves of all runners in one plot."""

    name = "race"
    figures = ("validation_metric", "training_metric", "validation_loss", "training_loss")

    def draw(self, report: Report) -> None:
        key, placed = self.chosen, self.placing()
        theme, target = self.preferences.theme, float(str(report.figures["target"]))

        entries, shown = [], []
        epochs = np.zeros(1)
        self.columns = {}
        for number, runner in enumerate(self._runners(report)):
            curve = report.table.where(value=runner)
            epochs, y = curve.values("epoch"), placed(curve.values(key))
            self.columns |= {"epoch": epochs, runner: curve.values(key)}
            role, style = style_of(number)
            self.add_curve(epochs, y, role, 2.0, style)
            reached = report.figures[f"reached.{runner}"]
            if reached is not None and key == "validation_metric":
                self.add_spots(np.array([float(reached)]), y[[int(reached)]], role, 13, "star")
            shown.append(y)
            glyph = _GLYPHS[number // 7 % 3]
            entries.append(swatch(glyph, theme.color(role).name(), self.runner(runner)))
        if key == "validation_metric" and np.isfinite(target):
            words = self.words("target", value=self.figure_of(key, target))
            self.add_line(target, False, "muted", words, 0.9)
            shown.append(np.array([target]))
            entries.append(swatch("★", theme.muted, self.words("legend.reached")))
        self.set_axes(float(epochs[-1]), self._calm(shown), entries)

    def _calm(self, curves: list[Floats]) -> list[Floats]:
        """Without runners that fly off where there are others: they would flatten all the rest."""
        ends = [np.nanmax(np.abs(y)) for y in curves if np.isfinite(y).any()]
        if not ends:
            return curves
        most = 50 * float(np.median(ends)) + 1e-12
        return [y for y in curves if np.isfinite(y).any() and np.nanmax(np.abs(y)) <= most]

    def _runners(self, report: Report) -> list[str]:
        return [str(value) for value in dict.fromkeys(report.column("value"))]

    def runner(self, value: str) -> str:
        """A runner's name as the form, the sentences and the table have it."""
        return self.preferences.tell(runner_name(self.report.conventions["varied"], value))

    def readout_at(self, x: float, y: float) -> str:
        epoch, key = self.epoch_at(x), self.chosen
        told = "; ".join(
            f"{self.runner(name)} {self.figure_of(key, float(values[epoch]))}"
            for name, values in self.columns.items()
            if name != "epoch"
        )
        return self.words("readout.race", epoch=epoch, told=told)
