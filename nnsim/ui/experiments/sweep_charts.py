"""Charts of bias and variance: the course's definitions, the statistical parts, and the fits."""

from __future__ import annotations

import numpy as np

from nnsim.session.experiments.report import Report
from nnsim.ui.experiments.chart import DASHED, DOTTED, Chart, Floats, numbers_of, span_of
from nnsim.ui.panels.plotting.words import swatch

_DASH, _DASHES = "━━", "╍╍"
# From this ratio of the largest to the smallest value on, equal steps are equal ratios.
_WIDE = 8
_FIT_MARGIN = 0.6


def _placed(values: Floats) -> Floats:
    """Where values stand on the bottom axis: by their logarithm where they go far."""
    if len(values) > 2 and values.min() > 0 and values.max() >= _WIDE * values.min():
        return np.log2(values)
    return values


class CourseSweep(Chart):
    """Training and test error; bias is the one, variance the room between them."""

    name = "course"

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self._runs = self.add_check("runs")
        self.add_reset()

    def say_words(self) -> None:
        self._runs.setText(self.words("show_runs"))

    def draw(self, report: Report) -> None:
        table, theme = report.table, self.preferences.theme
        self.columns = numbers_of(table)
        values = table.values("value")
        x = self._x = _placed(values)
        training, test = table.values("training_error"), table.values("test_error")
        self.add_band(x, training, test, "negative")
        if self._runs.isChecked():
            runs = report.sheets["runs"]
            of_value = dict(zip(values.tolist(), x.tolist(), strict=True))
            places = np.array([of_value[value] for value in runs.values("value")])
            self.add_spots(places, runs.values("training_error"), "positive", 6, share=0.5)
            self.add_spots(places, runs.values("test_error"), "negative", 6, share=0.5)
        self.add_curve(x, training, "positive", 2.5)
        self.add_spots(x, training, "positive")
        self.add_curve(x, test, "negative", 2.5)
        self.add_spots(x, test, "negative")
        best = np.flatnonzero(table.values("sweet_spot"))
        if len(best):
            self.add_line(float(x[best[0]]), True, "right", self.words("sweet_spot"))
        self.tick_at(values.tolist(), x)
        against = self.result.run["settings"]["vary"] if self.result else ""
        is_error = report.conventions["error"] == "share of wrong classes"
        self.plot.set_titles(
            str(self.preferences.say(f"experiments.against.{against}")),
            self.words("axis.wrong_share" if is_error else "axis.squared_error"),
        )
        shown = [training, test]
        if self._runs.isChecked():
            shown += [report.sheets["runs"].values(key) for key in ("training_error", "test_error")]
        room = 0.04 * (x.max() - x.min() or 1)
        self.set_home((x.min() - room, x.max() + room), span_of(*shown, floor=0.0))
        self.figure.caption.set_text(f"<b>{self.title}</b>")
        self.figure.legend.set_text(
            "&ensp; ".join(
                (
                    swatch(_DASH, theme.positive, self.words("legend.bias")),
                    swatch(_DASH, theme.negative, self.words("legend.test")),
                    swatch("▬", theme.mixed("negative", 0.4).name(), self.words("legend.variance")),
                    swatch(_DASHES, theme.right, self.words("legend.sweet_spot")),
                )
            )
        )

    def readout_at(self, x: float, y: float) -> str:
        place = int(np.abs(self._x - x).argmin())
        row = dict(zip(self.report.columns, self.report.rows[place], strict=True))
        return self.words(
            "readout.course",
            value=row["value"],
            bias=self.number(row["bias_course"]),  # type: ignore[arg-type]
            variance=self.number(row["variance_course"]),  # type: ignore[arg-type]
            test=self.number(row["test_error"]),  # type: ignore[arg-type]
        )


class StatisticalParts(Chart):
    """bias², variance and noise by degree, their sum, and the test error measured on its own."""

    name = "statistical"
    _CURVES = (
        ("bias_squared_statistical", "positive"),
        ("variance_statistical", "negative"),
        ("noise", "muted"),
        ("sum", "text"),
    )

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self.add_reset()

    def draw(self, report: Report) -> None:
        table, theme = report.table, self.preferences.theme
        self.columns = numbers_of(table)
        x = table.values("degree")
        entries = []
        for key, role in self._CURVES:
            style = DOTTED if key == "noise" else DASHED if key == "sum" else None
            if style is None:
                self.add_curve(x, table.values(key), role, 2.5)
                self.add_spots(x, table.values(key), role, 7)
            else:
                self.add_curve(x, table.values(key), role, 2.0, style)
            entries.append(
                swatch(
                    _DASH if style is None else _DASHES,
                    theme.color(role).name(),
                    self.words(f"legend.{key}"),
                )
            )
        self.add_spots(x, table.values("test_error"), "accent", 11, "d")
        entries.append(swatch("◆", theme.accent, self.words("legend.measured")))
        best = np.flatnonzero(table.values("sweet_spot"))
        if len(best):
            self.add_line(float(x[best[0]]), True, "right", self.words("sweet_spot"))
        self.tick_at(x.tolist(), x)
        self.plot.set_titles(self.words("axis.degree"), self.words("axis.squared_error"))
        room = 0.04 * (x.max() - x.min() or 1)
        keys = [key for key, _ in self._CURVES] + ["test_error"]
        shown = [table.values(key) for key in keys]
        self.set_home((x.min() - room, x.max() + room), span_of(*shown, floor=0.0))
        self.figure.caption.set_text(f"<b>{self.title}</b>")
        self.figure.legend.set_text("&ensp; ".join(entries))

    def readout_at(self, x: float, y: float) -> str:
        table = self.report.table
        place = int(np.abs(table.values("degree") - x).argmin())
        row = dict(zip(table.columns, table.rows[place], strict=True))
        numbers = {
            key: self.number(row[column])  # type: ignore[arg-type]
            for key, column in (
                ("bias", "bias_squared_statistical"),
                ("variance", "variance_statistical"),
                ("noise", "noise"),
                ("sum", "sum"),
                ("test", "test_error"),
            )
        }
        return self.words("readout.statistical", degree=row["degree"], **numbers)


class Fits(Chart):
    """Polynomials of one degree, each fitted to a sample of its own, over the data."""

    name = "fits"

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self._degree = self.add_chooser("degree")
        self.add_reset()
        self._degrees: list[int] = []

    def fill(self, report: Report) -> None:
        self._degrees = [int(str(degree)) for degree in report.column("degree")]
        best = report.figures["sweet_spot"]
        self._say_degrees()
        self._degree.setCurrentIndex(self._degrees.index(int(str(best))))

    def say_words(self) -> None:
        self._say_degrees()

    def _say_degrees(self) -> None:
        chosen = self._degree.currentIndex()
        if self._degree.count() != len(self._degrees):
            self._degree.clear()
            self._degree.addItems([str(degree) for degree in self._degrees])
        for place, degree in enumerate(self._degrees):
            self._degree.setItemText(place, self.words("of_degree", degree=degree))
            self._degree.setItemData(place, degree)
        if chosen >= 0:
            self._degree.setCurrentIndex(chosen)

    def draw(self, report: Report) -> None:
        degree, theme = self._degree.currentData(), self.preferences.theme
        fits, points = report.sheets["fits"], report.sheets["points"]
        x = fits.where(curve="true").values("x")
        of_degree = fits.where(degree=degree, curve="fit").values("y").reshape(-1, len(x))
        true = fits.where(curve="true").values("y")
        mean = fits.where(degree=degree, curve="mean").values("y")
        self.columns = {"x": x, "true": true, "mean": mean}
        self.columns |= {f"fit_{k}": fit for k, fit in enumerate(of_degree, start=1)}
        for fit in of_degree[1:]:
            self.add_curve(x, fit, "negative", 1.0, share=0.4)
        first = points.where(resample=1)
        self.add_curve(x, of_degree[0], "negative", 2.2)
        self.add_curve(x, true, "text", 2.0, DASHED)
        self.add_curve(x, mean, "positive", 3.0)
        self.add_spots(first.values("x"), first.values("y"), "text", 7)
        self.plot.set_titles("x", "y")
        y = points.values("y")
        # Steep ends of high degrees would squeeze all the rest.
        self.set_home((-0.03, 1.03), (y.min() - _FIT_MARGIN, y.max() + _FIT_MARGIN))
        self.figure.caption.set_text(
            f"<b>{self.title}</b> " + self.words("fits_of", degree=degree, n=len(of_degree))
        )
        faint = theme.mixed("negative", 0.5).name()
        self.figure.legend.set_text(
            "&ensp; ".join(
                (
                    swatch("●", theme.text, self.words("legend.points")),
                    swatch(_DASH, theme.negative, self.words("legend.fit")),
                    swatch("──", faint, self.words("legend.fits")),
                    swatch(_DASH, theme.positive, self.words("legend.mean_fit")),
                    swatch(_DASHES, theme.text, self.words("legend.true")),
                )
            )
        )

    def readout_at(self, x: float, y: float) -> str:
        place = int(np.abs(self.columns["x"] - x).argmin())
        at, true, mean = (float(self.columns[key][place]) for key in ("x", "true", "mean"))
        return self.words(
            "readout.fits",
            x=self.number(at),
            true=self.number(true),
            mean=self.number(mean),
            bias=self.number(mean - true),
        )
