"""What charts of figures by epochs share: which figure, on which axis, and where an epoch is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from nnsim.ui.experiments.chart import Chart, Floats, span_of


class EpochCurves(Chart):
    """Curves of one figure, which a person chooses; losses also on a logarithmic axis.

    ``figures`` are the columns that can be chosen.
    """

    figures: Sequence[str] = ()

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self._what = self.add_chooser("what")
        self._log = self.add_check("log")
        self.add_reset()

    def say_words(self) -> None:
        metric = self.result.report.conventions["metric"] if self.result else "accuracy"
        named = self.preferences.say(f"experiment.metric.{metric}")
        self.offer(self._what, self.figures, "what", metric=named)
        self._log.setText(self.words("log"))
        self._log.setEnabled(self.chosen.endswith("loss"))

    @property
    def chosen(self) -> str:
        """The column that is shown."""
        return str(self._what.currentData())

    @property
    def is_log(self) -> bool:
        """Whether the figure stands on a logarithmic axis."""
        return self._log.isChecked() and self._log.isEnabled()

    def placing(self) -> Callable[[Floats], Floats]:
        """Where values of the figure stand on the left axis; NaN for what has no place there."""
        if not self.is_log:
            return lambda values: values
        return lambda values: np.log10(np.where(values > 0, values, np.nan))

    def set_axes(self, last: float, shown: Iterable[Floats], entries: Sequence[str]) -> None:
        """Axes for the placed curves up to the last epoch, the title, and the legend."""
        self.plot.left.setLogMode(self.is_log)
        self.plot.left.is_percent = self.is_percent(self.chosen)
        self.plot.bottom.is_whole = True
        self.plot.set_titles(self.words("axis.epoch"), self._what.currentText())
        self.home_of_epochs(last, span_of(*shown))
        self.figure.caption.set_text(f"<b>{self.title}</b>")
        self.figure.legend.set_text("&ensp; ".join(entries))

    def epoch_at(self, x: float) -> int:
        """The epoch nearest to a place of the bottom axis."""
        return min(max(round(x), 0), len(self.columns["epoch"]) - 1)
