"""What the gradients panel says (HTML): figures of the layers, and what they mean."""

from __future__ import annotations

import math
from collections.abc import Sequence

from nnsim.engine.probes import first_to_last
from nnsim.session.history import Inside
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.panels.gradients.in_time import TimeCourses
from nnsim.ui.panels.gradients.measures import Astray, Courses, Measure
from nnsim.ui.panels.inside.layers import layer_color
from nnsim.ui.panels.plotting.words import name_html, swatch

_SEPARATOR = " &nbsp;&nbsp; "
# Layers that are named in the caption and in the legend.
_MOST_TOLD, _MOST_SWATCHES = 4, 10
#: Ratios of the first layer's norm to the last one's, from which on they are called so.
MEANINGS = ((1e-3, "vanishes"), (0.1, "shrinks"), (10.0, "alike"), (1e3, "grows"))


def meaning(ratio: float) -> str:
    """What a ratio of first to last layer means: the key of its words."""
    if math.isnan(ratio):
        return "none"
    return next((name for limit, name in MEANINGS if ratio < limit), "explodes")


class GradientsWords:
    """Puts a measure of the layers with these names into words."""

    def __init__(self, preferences: Preferences, measure: Measure, names: Sequence[str]) -> None:
        self._preferences = preferences
        self._measure = measure
        self._names = names

    def _say(self, key: str, **params: object) -> str:
        return self._preferences.say(f"gradients.{key}", **params)

    def figure(self, value: float) -> str:
        """A figure as it is read: a share in percent."""
        if math.isnan(value):
            return self._say("no_figure")
        text = self._preferences.number(value, digits=4)
        return f"{text} %" if self._measure.is_share else text

    # -- caption ---------------------------------------------------------------------------------

    def caption(self, present: Inside | None) -> str:
        """What is plotted, and below it the figures of the iteration shown."""
        muted = self._preferences.theme.muted
        title = f"<b>{self._say(f'title_{self._measure.name}')}</b>"
        if present is None:
            return f'{title}<br><span style="color:{muted}">{self._say("at_start")}</span>'
        here = self._preferences.say("inside.here", iteration=present.iteration)
        told = self._told(present)
        return f'{title}<br><span style="color:{muted}">{here}: </span>{told}'

    def _told(self, present: Inside) -> str:
        values = self._measure.of(present)
        if self._measure.name in ("gradient", "delta") and len(values) > 1:
            ratio = first_to_last(values)
            name = meaning(ratio)
            number = self._preferences.number(ratio, digits=3)
            color = self._preferences.theme.wrong
            words = self._say(f"ratio_{name}")
            if name in ("vanishes", "explodes"):
                words = f'<span style="color:{color}">{words}</span>'
            return words if name == "none" else f"{self._say('ratio', ratio=number)}, {words}"
        told = [
            f"{name_html(name)} {self.figure(float(value))}"
            for name, value in zip(self._names, values, strict=True)
            if not math.isnan(value)
        ]
        if len(told) > _MOST_TOLD:
            told = [*told[: _MOST_TOLD - 1], "…", told[-1]]
        return ", ".join(told) if told else self._say("no_figure")

    # -- legend ----------------------------------------------------------------------------------

    def legend(
        self,
        courses: Courses,
        samples: tuple[int, int],
        marks: Sequence[str],
        astray: Astray | None,
    ) -> str:
        """Colours of the layers, ``marks`` over the run, what cannot be drawn and since when.

        ``samples``: with how many units were looked at, and of how many training samples.
        """
        theme, count = self._preferences.theme, len(self._names)
        shown = [k for k in range(count) if k < _MOST_SWATCHES - 1 or k == count - 1]
        parts = [
            swatch("━", layer_color(theme, k, count).name(), name_html(self._names[k]))
            for k in shown
        ]
        if len(shown) < count:
            parts.insert(-1, "…")
        parts += [*marks, self._say("bars")]
        if not self._measure.is_share and courses.zeros:
            parts.append(self._say("zeros"))
        if self._measure.is_share:
            parts.append(self._say(f"meaning_{self._measure.name}"))
            asked, total = samples
            if asked < total:
                parts.append(self._say("asked", n=asked, total=total))
        if astray is not None:
            key = "astray" if astray.is_first else "astray_by"
            words = self._say(key, iteration=astray.iteration)
            parts.append(f'<span style="color:{theme.wrong}">{words}</span>')
        return _SEPARATOR.join(parts)

    # -- readout ---------------------------------------------------------------------------------

    def readout(self, iteration: int, layer: int, value: float) -> str:
        """The figure of a layer at an iteration."""
        here = self._preferences.say("inside.here", iteration=iteration)
        return f"{here} · {self.layer(layer, value)}"

    def layer(self, layer: int, value: float) -> str:
        """The figure of a layer."""
        name = self._say("layer", number=layer + 1, name=name_html(self._names[layer]))
        return f"{name}: {self.figure(value)}"


class InTimeWords:
    """Puts ‖∂L/∂h_t‖ of the recurrent layer of this name into words."""

    def __init__(self, preferences: Preferences, name: str, courses: TimeCourses) -> None:
        self._preferences = preferences
        self._name, self._courses = name_html(name), courses

    def _say(self, key: str, **params: object) -> str:
        return self._preferences.say(f"gradients.{key}", **params)

    def caption(self) -> str:
        """What is plotted, and how the gradient changes on its way back through time."""
        theme, courses = self._preferences.theme, self._courses
        title = f"<b>{self._say('title_in_time', layer=self._name)}</b>"
        if not courses.has_present:
            return f'{title}<br><span style="color:{theme.muted}">{self._say("at_start")}</span>'
        here = self._preferences.say("inside.here", iteration=courses.iterations[-1])
        name = meaning(courses.growth)
        words = self._say(f"time_{name}")
        if name in ("vanishes", "explodes"):
            words = f'<span style="color:{theme.wrong}">{words}</span>'
        if name != "none":
            number = self._preferences.number(courses.growth, digits=3)
            words = f"{self._say('time_ratio', ratio=number)}, {words}"
        return f'{title}<br><span style="color:{theme.muted}">{here}: </span>{words}'

    def legend(self) -> str:
        """Which curve is of which iteration."""
        theme, courses = self._preferences.theme, self._courses
        parts = []
        if courses.has_present:
            here = self._preferences.say("inside.here", iteration=courses.iterations[-1])
            parts.append(swatch("━", theme.accent, here))
        earlier = courses.iterations[: len(courses.iterations) - courses.has_present]
        if earlier:
            told = ", ".join(map(str, earlier))
            parts.append(swatch("━", theme.muted, self._say("others_in_time", iterations=told)))
        if (courses.y == 0).any():
            parts.append(self._say("zeros"))
        return _SEPARATOR.join(parts)

    def readout(self, x: float) -> str:
        """The norm at the time step nearest to a place, at the iteration shown."""
        step = round(x)
        if not 1 <= step <= len(self._courses.x):
            return self._preferences.say("plotting.hint")
        value = self._preferences.number(float(self._courses.y[-1, step - 1]), digits=4)
        iteration = self._courses.iterations[-1]
        here = self._preferences.say("inside.here", iteration=iteration)
        return f"{here} · {self._say('step_in_time', step=step, value=value)}"
