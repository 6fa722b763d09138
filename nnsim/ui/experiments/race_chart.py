"""The chart of a race: every runner by epochs, the target, and where each reached it."""

from __future__ import annotations

import numpy as np

from nnsim.session.experiments.race import runner_name
from nnsim.session.experiments.report import Report
from nnsim.ui.experiments.chart import Chart, Floats, span_of, style_of
from nnsim.ui.panels.plotting.words import swatch

_WHAT = ("validation_metric", "training_metric", "validation_loss", "training_loss")
_GLYPHS = ("━━", "╍╍", "┅┅")


class RaceCurves(Chart):
    """Curves of all runners in one plot."""

    name = "race"

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self._what = self.add_chooser("what")
        self._log = self.add_check("log")
        self.add_reset()

    def say_words(self) -> None:
        metric = self.result.report.conventions["metric"] if self.result else "accuracy"
        named = self.preferences.say(f"experiment.metric.{metric}")
        self.offer(self._what, _WHAT, "what", metric=named)
        self._log.setText(self.words("log"))
        self._log.setEnabled(str(self._what.currentData()).endswith("loss"))

    def draw(self, report: Report) -> None:
        key = str(self._what.currentData())
        is_log = self._log.isChecked() and self._log.isEnabled()
        theme, target = self.preferences.theme, float(str(report.figures["target"]))

        def placed(values: Floats) -> Floats:
            return np.log10(np.where(values > 0, values, np.nan)) if is_log else values

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
        self.plot.left.setLogMode(is_log)
        self.plot.left.is_percent = self.is_percent(key)
        self.plot.bottom.is_whole = True
        self.plot.set_titles(self.words("axis.epoch"), self._what.currentText())
        self.home_of_epochs(float(epochs[-1]), span_of(*self._calm(shown)))
        self.figure.caption.set_text(f"<b>{self.title}</b>")
        self.figure.legend.set_text("&ensp; ".join(entries))

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
        epoch = min(max(round(x), 0), len(self.columns["epoch"]) - 1)
        key = str(self._what.currentData())
        told = "; ".join(
            f"{self.runner(name)} {self.figure_of(key, float(values[epoch]))}"
            for name, values in self.columns.items()
            if name != "epoch"
        )
        return self.words("readout.race", epoch=epoch, told=told)
