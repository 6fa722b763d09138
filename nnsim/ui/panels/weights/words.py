"""What the weights panel says (HTML): which weights, their colours, what a bin holds."""

from __future__ import annotations

import math
from collections.abc import Sequence

from nnsim.engine.histograms import Magnitudes
from nnsim.session.history import Inside
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.shading import share_color
from nnsim.ui.panels.plotting.words import name_html, swatch
from nnsim.ui.panels.weights.axes import Spread, ValueAxis
from nnsim.ui.panels.weights.spread import FULL, What

_SEPARATOR = " &nbsp;&nbsp; "
# Shares of the weights whose colours the legend shows.
_TOLD = (0.01, 0.05, FULL)


class WeightsWords:
    """Puts weights or updates of the layer of this name into words; no name means all layers."""

    def __init__(self, preferences: Preferences, what: What, layer: str | None) -> None:
        self._preferences = preferences
        self._what = what
        self._layer = layer

    def _say(self, key: str, **params: object) -> str:
        return self._preferences.say(f"weights.{key}", **params)

    def axis(self) -> str:
        """Title of the axis of values."""
        return self._say(f"axis_{self._what}")

    def caption(self, present: Inside | None, found: Spread | None) -> str:
        """What is plotted, and below it how many values the iteration shown has."""
        muted = self._preferences.theme.muted
        layer = self._say("all_layers") if self._layer is None else name_html(self._layer)
        title = f"<b>{self._say(f'title_{self._what}', layer=layer)}</b>"
        if present is None or found is None:
            return f'{title}<br><span style="color:{muted}">{self._say("at_start")}</span>'
        here = self._preferences.say("inside.here", iteration=present.iteration)
        told = self._say("count", n=found.total)
        if isinstance(found, Magnitudes) and found.zeros:
            told += f", {self._say('zeros', n=found.zeros)}"
        if found.astray:
            words = self._say("astray", n=found.astray)
            told += f', <span style="color:{self._preferences.theme.wrong}">{words}</span>'
        return f'{title}<br><span style="color:{muted}">{here}: </span>{told}'

    def legend(self, marks: Sequence[str]) -> str:
        """The colours with the shares they stand for, ``marks`` over the run, the strip."""
        theme = self._preferences.theme
        number = self._preferences.number
        parts = []
        for share in _TOLD:
            strength = math.sqrt(share / FULL)
            below, above = share_color(theme, -strength), share_color(theme, strength)
            sign = "≥ " if share == FULL else ""
            glyphs = "" if self._what == "sizes" else f'<span style="color:{below}">■</span>'
            parts.append(glyphs + swatch("■", above, f"{sign}{number(100 * share)} %"))
        scale = f"{self._say(f'colours_{self._what}')} {' '.join(parts)}"
        return _SEPARATOR.join([scale, *marks, self._say("bars")])

    def readout(self, iteration: int, found: Spread, axis: ValueAxis, row: int) -> str:
        """How many values of an iteration lie in a bin."""
        here = self._preferences.say("inside.here", iteration=iteration)
        return f"{here} · {self.bin(found, axis, row)}"

    def bin(self, found: Spread, axis: ValueAxis, row: int) -> str:
        """How many values lie in a bin."""
        low, high = axis.values(axis.places()[row : row + 2]).tolist()
        number, count = self._preferences.number, int(axis.counts(found)[row])
        return self._say(
            f"bin_{self._what}",
            low=number(low, digits=4),
            high=number(high, digits=4),
            n=count,
            share=number(100 * count / max(found.total, 1), digits=3),
        )
