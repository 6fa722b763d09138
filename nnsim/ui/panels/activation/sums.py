"""The sums of a neuron over all training samples, as a histogram below its curve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnsim.core.ranges import step_up
from nnsim.document.model import Document
from nnsim.session.frame import Frame
from nnsim.session.probing import layer_of
from nnsim.session.sums import SampleSums
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.panels.plotting.bundles import Bar, Bars
from nnsim.ui.panels.plotting.items import Lines, pen
from nnsim.ui.panels.plotting.plot import Plot
from nnsim.ui.panels.plotting.units import Subject
from nnsim.ui.panels.plotting.words import swatch

Floats = NDArray[np.float64]

BINS = 60
# The axis is widened so far for sums of samples; those beyond are told, not shown.
_FARTHEST = 20.0
# A plot lower than so many lines of text has no room for the histogram.
_LINES = 12
_HEADROOM = 1.08


@dataclass(frozen=True, eq=False)
class Sums:
    """z of a neuron for some training samples, (samples,), asked of ``total`` of them.

    Of a recurrent layer z holds the sums of all its ``steps``, (samples · steps,).
    """

    z: Floats
    total: int
    steps: int = 1

    @property
    def samples(self) -> int:
        """How many samples were asked."""
        return len(self.z) // self.steps

    @property
    def ends(self) -> tuple[float, ...]:
        """The least and the largest finite sum, no farther out than an axis is widened for."""
        finite = self.z[np.isfinite(self.z)]
        if not finite.size:
            return ()
        low, high = np.clip([finite.min(), finite.max()], -_FARTHEST, _FARTHEST).tolist()
        return low, high

    def counts(self, reach: float) -> NDArray[np.int64]:
        """How many lie in each of ``BINS`` equal bins from -reach to reach."""
        finite = self.z[np.isfinite(self.z)]
        return np.histogram(finite, BINS, (-reach, reach))[0]

    def outside(self, reach: float) -> int:
        """How many lie in none of those bins."""
        return len(self.z) - int(self.counts(reach).sum())


class SumsStrip:
    """The strip below the curve of an activation."""

    def __init__(self, plot: Plot, preferences: Preferences) -> None:
        self._plot = plot
        self._preferences = preferences
        self._asked: SampleSums | None = None
        self._subject: Subject | None = None
        self._key: tuple[object, ...] = ()
        self._drawn: tuple[object, ...] = ()
        self._highest = 0.0
        self.sums: Sums | None = None
        self.strip = plot.add_strip("below")
        self.strip.axis.is_whole = True
        self._bars, self._marker = Bars(), Lines()
        self.strip.add(self._bars)
        self.strip.add(self._marker)
        self.strip.show(False)
        plot.view.sigResized.connect(self._take_room)

    def _take_room(self, *_: object) -> None:
        room = _LINES * self._plot.fontMetrics().lineSpacing()
        self.strip.show(self.sums is not None and self._plot.height() >= room)

    def forget(self) -> None:
        """Another document or other colours."""
        self._asked = None
        self._key = self._drawn = ()
        self._highest = 0.0

    def find(self, document: Document, frame: Frame, subject: Subject) -> Sums | None:
        """The sums of a neuron with the parameters of this iteration; None for a maxout.

        A maxout is drawn over one of its inputs, not over its sums, of which it has several.
        """
        if layer_of(frame.spec, subject.node).activation.name == "maxout":
            self.sums, self._key = None, ()
            return None
        key = (document, frame.record, subject)
        if key != self._key:
            if subject != self._subject:
                self._highest = 0.0
            self._key, self._subject = key, subject
            if self._asked is None or self._asked.spec != frame.spec:
                self._asked = SampleSums(document, frame.spec)
            z = self._asked.of(frame.record, subject.node)[subject.node]
            steps = z.shape[1] if z.ndim == 3 else 1
            self.sums = Sums(z[..., subject.unit].ravel(), self._asked.total, steps)
        return self.sums

    def draw(self, reach: float, here: float | None) -> None:
        """Draw the histogram from -reach to reach, and a line where the neuron stands."""
        self._take_room()
        sums = self.sums
        if sums is None:
            return
        theme, zoom = self._preferences.theme, self._preferences.zoom
        if (sums, reach, theme) != self._drawn:
            self._drawn = (sums, reach, theme)
            counts = sums.counts(reach)
            self._highest = max(self._highest, step_up(max(float(counts.max()), 1.0)))
            self.strip.set_reach(0.0, _HEADROOM * self._highest)
            ends = np.linspace(-reach, reach, BINS + 1).tolist()
            color = theme.color("neutral")
            self._bars.show_bars(
                [
                    Bar(ends[k], 0.0, ends[k + 1], float(count), color)
                    for k, count in enumerate(counts.tolist())
                    if count
                ]
            )
        stands = here is not None and abs(here) <= reach
        top = _HEADROOM * self._highest
        ends_of_line = [(here, 0.0), (here, top)] if stands else []
        self._marker.set_pen(pen(theme.color("accent"), 1.5 * zoom))
        self._marker.show_lines(np.array(ends_of_line, dtype=np.float64).reshape(-1, 2))

    # -- words -----------------------------------------------------------------------------------

    def legend(self, reach: float) -> str:
        """What the bars count (HTML); nothing for a maxout."""
        sums = self.sums
        if sums is None:
            return ""
        say = self._preferences.say
        some = "sums_of" if sums.samples < sums.total else "sums"
        parts = [say(f"activation_panel.{some}", n=sums.samples, total=sums.total)]
        if sums.steps > 1:
            parts.append(say("activation_panel.sums_steps", steps=sums.steps))
        if outside := sums.outside(reach):
            parts.append(say("activation_panel.sums_outside", n=outside))
        return swatch("▮", self._preferences.theme.neutral, " ".join(parts))

    def readout(self, x: float, reach: float) -> str:
        """How many sums lie in the bin at a place."""
        sums = self.sums
        if sums is None or not -reach <= x < reach:
            return ""
        width = 2 * reach / BINS
        k = int((x + reach) // width)
        number = self._preferences.number
        return self._preferences.say(
            f"activation_panel.readout_sums{'_steps' if sums.steps > 1 else ''}",
            low=number(-reach + k * width, digits=4),
            high=number(-reach + (k + 1) * width, digits=4),
            n=int(sums.counts(reach)[min(k, BINS - 1)]),
        )
