"""Charts of a cross-validation: the runs' curves, which samples each tests, their scores."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage

from nnsim.session.experiments.report import Report
from nnsim.ui.experiments.chart import (
    DASHED,
    Chart,
    numbers_of,
    span_of,
    style_of,
)
from nnsim.ui.experiments.epoch_curves import EpochCurves
from nnsim.ui.panels.plotting.words import swatch

_PARTS = ("training", "validation", "test")
_PART_ROLES = {
    "training": ("positive", 0.30),
    "validation": ("warning", 0.75),
    "test": ("negative", 1.0),
}
# What a fold is scored by.
_SCORE = "test_metric"
# Between a name and its axis.
_TICK_ROOM = 14
_DASH, _BLOCK = "━━", "■"


class FoldCurves(EpochCurves):
    """Every run by epochs, overlaid, with their mean ± σ and the hold-out beside them."""

    name = "fold_curves"
    figures = ("test_metric", "training_metric", "test_loss", "training_loss")

    def draw(self, report: Report) -> None:
        key, placed = self.chosen, self.placing()
        curves = report.sheets["curves"]
        folds = [number for number in dict.fromkeys(curves.column("fold")) if number is not None]
        epochs = curves.where(run="holdout").values("epoch")
        runs = [curves.where(run="fold", fold=fold).values(key) for fold in folds]
        held = curves.where(run="holdout").values(key)

        together = np.array(runs)
        mean, deviation = together.mean(axis=0), together.std(axis=0)
        self.columns = {"epoch": epochs}
        self.columns |= {f"fold_{fold}": run for fold, run in zip(folds, runs, strict=True)}
        self.columns |= {"mean": mean, "sd_population": deviation, "holdout": held}
        low = mean - deviation
        if self.is_log:  # there is no place for what is not above 0
            low = np.maximum(low, together[together > 0].min(initial=np.inf))
        self.add_band(epochs, placed(low), placed(mean + deviation), "neutral")
        entries = []
        for number, (fold, run) in enumerate(zip(folds, runs, strict=True)):
            role, style = style_of(number)
            self.add_curve(epochs, placed(run), role, 1.2, style)
            color = self.preferences.theme.color(role).name()
            entries.append(swatch(_DASH, color, self.words("fold", n=fold)))
        self.add_curve(epochs, placed(mean), "text", 3.0)
        self.add_curve(epochs, placed(held), "accent", 2.2, DASHED)
        theme = self.preferences.theme
        entries.append(swatch("━━", theme.text, self.words("mean_sd")))
        entries.append(swatch("╍╍", theme.accent, self.words("holdout")))
        shown = [placed(values) for values in (*runs, held, mean + deviation, low)]
        self.set_axes(float(epochs[-1]), shown, entries)

    def readout_at(self, x: float, y: float) -> str:
        epoch, key = self.epoch_at(x), self.chosen
        at = {name: float(values[epoch]) for name, values in self.columns.items()}
        return self.words(
            "readout.folds",
            epoch=epoch,
            what=self._what.currentText(),
            mean=self.figure_of(key, at["mean"]),
            sd=self.figure_of(key, at["sd_population"]),
            holdout="–" if np.isnan(at["holdout"]) else self.figure_of(key, at["holdout"]),
        )


class FoldParts(Chart):
    """One row a run, one column a sample: which samples it learns from and which it tests."""

    name = "fold_parts"

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self._grid = np.zeros((0, 0), dtype=np.intp)
        self.add_reset()

    def fill(self, report: Report) -> None:
        parts = report.sheets["parts"]
        runs = list(dict.fromkeys(zip(parts.column("run"), parts.column("fold"), strict=True)))
        place = {run: k for k, run in enumerate(runs)}
        count = max(int(number) for number in parts.column("sample") if number is not None)
        self._grid = np.zeros((len(runs), count), dtype=np.intp)
        for run, fold, sample, part in parts.rows:
            self._grid[place[run, fold], int(str(sample)) - 1] = _PARTS.index(str(part))
        self._folds = [fold for _, fold in runs]

    def draw(self, report: Report) -> None:
        rows, count = self._grid.shape
        theme = self.preferences.theme
        # 0 for training, 1 for validation, 2 for test.
        self.columns = {"sample": np.arange(1.0, count + 1)}
        for fold, parts in zip(self._folds, self._grid, strict=True):
            name = "holdout" if fold is None else f"fold_{fold}"
            self.columns[name] = parts.astype(np.float64)
        tints = [theme.mixed(*_PART_ROLES[part]) for part in _PARTS]
        # The first fold stands at the top.
        pixels = np.array([tint.rgb() for tint in tints], dtype=np.uint32)[self._grid[::-1]]
        for row in range(rows):
            line = np.ascontiguousarray(pixels[row : row + 1])
            image = QImage(line.data, count, 1, 4 * count, QImage.Format.Format_RGB32).copy()
            self._add_row(image, QRectF(0.5, row + 0.62, count, 0.76))
        names = [
            self.words("holdout") if fold is None else self.words("fold", n=fold)
            for fold in self._folds
        ]
        pairs = [(rows - k, name) for k, name in enumerate(names)]
        self.plot.left.setTicks([pairs])
        widest = max(self.fontMetrics().horizontalAdvance(name) for name in names)
        self.plot.left.setStyle(autoExpandTextSpace=False, tickTextWidth=widest + _TICK_ROOM)
        self.plot.bottom.is_whole = True
        self.plot.set_titles(self.words("axis.sample"), "")
        self.set_home((0.5, count + 0.5), (0.4, rows + 0.6))
        self.figure.caption.set_text(f"<b>{self.title}</b>")
        shown = [part for k, part in enumerate(_PARTS) if (self._grid == k).any()]
        entries = [
            swatch(_BLOCK, theme.mixed(*_PART_ROLES[part]).name(), self.words(f"part.{part}"))
            for part in shown
        ]
        self.figure.legend.set_text("&ensp; ".join(entries))

    def _add_row(self, image: QImage, rect: QRectF) -> None:
        from nnsim.ui.panels.plane.items import Ground

        row = Ground()
        row.show_image(image, rect, smooth=False)
        self.plot.addItem(row, ignoreBounds=True)

    def readout_at(self, x: float, y: float) -> str:
        rows, count = self._grid.shape
        sample, row = round(x), rows - round(y)
        if not (1 <= sample <= count and 0 <= row < rows):
            return str(self.preferences.say("plotting.hint"))
        fold = self._folds[row]
        run = self.words("holdout") if fold is None else self.words("fold", n=fold)
        part = self.words(f"part.{_PARTS[self._grid[row, sample - 1]]}")
        return self.words("readout.part", run=run, sample=sample, part=part)


class FoldScores(Chart):
    """The score of every fold, their mean and standard deviation, and the hold-out."""

    name = "fold_scores"

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self.add_reset()

    def draw(self, report: Report) -> None:
        self.columns = numbers_of(report.table)
        scores = report.table.where(run="fold").values(_SCORE)
        held = report.table.where(run="holdout").values(_SCORE)
        count = len(scores)
        places = np.arange(1, count + 1, dtype=np.float64)
        mean, deviation = scores.mean(), scores.std()
        across = np.array([0.4, count + 1.6])
        ones = np.ones(2)
        self.add_band(across, ones * (mean - deviation), ones * (mean + deviation), "neutral")
        words = self.words("mean", value=self.figure_of(_SCORE, float(mean)))
        self.add_line(float(mean), False, "text", words, 0.5)
        self.add_spots(places, scores, "positive", 12)
        self.add_spots(np.array([count + 1.0]), held, "accent", 14, "d")
        names = [str(k) for k in range(1, count + 1)] + [self.words("holdout")]
        self.plot.bottom.setTicks([list(enumerate(names, start=1))])
        self.plot.left.is_percent = self.is_percent(_SCORE)
        metric = self.preferences.say(f"experiment.metric.{report.conventions['metric']}")
        self.plot.set_titles(self.words("axis.fold"), self.words("what.test_metric", metric=metric))
        self.set_home(
            (0.4, count + 1.6),
            span_of(scores, held, np.array([mean - deviation, mean + deviation]), least=0.005),
        )
        self.figure.caption.set_text(f"<b>{self.title}</b>")
        theme = self.preferences.theme
        self.figure.legend.set_text(
            "&ensp; ".join(
                (
                    swatch("●", theme.positive, self.words("a_fold")),
                    swatch("◆", theme.accent, self.words("holdout")),
                    swatch(
                        "▬",
                        theme.mixed("neutral", 0.4).name(),
                        self.words("band_sd", sd=self.figure_of(_SCORE, float(deviation))),
                    ),
                )
            )
        )

    def readout_at(self, x: float, y: float) -> str:
        report, place = self.report, round(x)
        table = report.table
        count = len(table.rows) - 1
        if not 1 <= place <= count + 1:
            return str(self.preferences.say("plotting.hint"))
        row = dict(zip(table.columns, table.rows[place - 1], strict=True))
        score = row[_SCORE]
        return self.words(
            "readout.score",
            run=self.words("holdout") if row["fold"] is None else self.words("fold", n=row["fold"]),
            value="–" if score is None else self.figure_of(_SCORE, float(score)),
            n=row["test_samples"],
        )
