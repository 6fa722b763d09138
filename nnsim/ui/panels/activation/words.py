"""What the activation panel says: formulas with their parameters, and the numbers of the neuron."""

from __future__ import annotations

from nnsim.engine.activations import ActivationSpec
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.panels.activation.model import Curves, Kink, Standing
from nnsim.ui.panels.plotting.words import name_html, swatch

_SEPARATOR = " &nbsp;&nbsp; "


class ActivationWords:
    """Puts an activation of a neuron into words (HTML).

    ``name`` is that of the neuron; ``column`` the input a maxout is drawn over, else empty.
    """

    def __init__(
        self, preferences: Preferences, spec: ActivationSpec, name: str, column: str
    ) -> None:
        self._preferences = preferences
        self._spec = spec
        self._name = name_html(name)
        self._column = name_html(column)

    def _say(self, key: str, **params: object) -> str:
        return self._preferences.say(f"activation_panel.{key}", **params)

    # -- axes and caption ------------------------------------------------------------------------

    def bottom(self) -> str:
        """Title of the axis below."""
        return self._column or self._say("axis_sum")

    def left(self) -> str:
        """Title of the axis on the left."""
        return self._say("axis_slope_input" if self._column else "axis_f")

    def caption(self, standing: Standing) -> str:
        """Activation and neuron, and below them where it stands."""
        activation = self._preferences.say(f"activation.{self._spec.name}")
        title = f"<b>{self._say('caption', activation=activation, name=self._name)}</b>"
        return f"{title}<br>{self._here(standing)}"

    def _here(self, standing: Standing) -> str:
        muted = self._preferences.theme.muted
        if standing.x is None:
            return f'<span style="color:{muted}">{self._say("sum_waits")}</span>'
        number = self._preferences.number
        x = f"{self._column or 'z = Σ'} = {number(standing.x)}"
        if standing.f is None or standing.slope is None:
            return f'{x} <span style="color:{muted}">{self._say("activation_waits")}</span>'
        if self._column:
            return f"{x} &nbsp;→&nbsp; a = {number(standing.f)}, ∂a/∂{self._column} = " + number(
                standing.slope
            )
        return f"{x} &nbsp;→&nbsp; f(z) = {number(standing.f)}, f′(z) = {number(standing.slope)}"

    # -- legend ----------------------------------------------------------------------------------

    def legend(self, curves: Curves, sums: str) -> str:
        """Both curves with their formulas, the point, and the convention at the kink.

        ``sums`` says what the histogram counts, where there is one.
        """
        theme = self._preferences.theme
        params = {"slope": self._spec.slope, "alpha": self._spec.alpha}
        sign = "≥" if self._spec.one_at_zero else "&gt;"
        name = self._spec.name
        parts = [
            swatch("━", theme.positive, self._say(f"f_{name}", sign=sign, **params)),
            swatch("╍", theme.negative, self._say(f"slope_{name}", **params)),
        ]
        if len(curves.pieces):
            parts.append(swatch("┈", theme.muted, self._say("pieces", n=len(curves.pieces))))
        parts.append(swatch("●", theme.accent, self._name))
        if sums:
            parts.append(sums)
        if curves.at_kink is not None:
            parts.append(self._kink(curves.at_kink))
        return _SEPARATOR.join(parts)

    def _kink(self, kink: Kink) -> str:
        number = self._preferences.number
        words = self._say("no_slope", slope=number(kink.slope[1]))
        return f"{self._say('at_jump', f=number(kink.f[1]))} {words}" if kink.jumps else words
