"""Caption, legend and readout of the plane: what is drawn, said with its numbers (HTML)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnsim.document.model import Document
from nnsim.document.naming import unit_name
from nnsim.engine.activations import make_activation
from nnsim.engine.plan import PlanSpec
from nnsim.session.probing import Probe, layer_of
from nnsim.session.scales import is_input, output_column
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.shading import share_color
from nnsim.ui.panels.plane.cloud import MOST_SAMPLES
from nnsim.ui.panels.plane.curve import CurveView, crossing
from nnsim.ui.panels.plane.generated import SHOWN
from nnsim.ui.panels.plane.model import Marks
from nnsim.ui.panels.plane.regions import SIDE_TINT, STEPS, WINNER_LEVELS, has_shares
from nnsim.ui.panels.plane.separating import Boundary
from nnsim.ui.panels.plane.view import PlaneView
from nnsim.ui.panels.plane.words import (
    class_role,
    equation,
    group_legend,
    scale_legend,
)
from nnsim.ui.panels.plotting.units import Subject
from nnsim.ui.panels.plotting.words import name_html, swatch

_SEPARATOR = " &nbsp;&nbsp; "
_MOST_IN_LEGEND = 10
# How samples are told apart that are not for training.
_PART_GLYPHS = {"validation": "+", "test": "×"}


class PlaneWords:
    """Puts what a view shows into words."""

    def __init__(self, preferences: Preferences, document: Document, spec: PlanSpec) -> None:
        self._preferences = preferences
        self._document = document
        self._spec = spec

    def _say(self, key: str, **params: object) -> str:
        return self._preferences.say(f"plane.{key}", **params)

    def _name(self, subject: Subject) -> str:
        name = name_html(unit_name(self._document, subject.node, subject.unit))
        column = output_column(self._spec, subject.node, subject.unit)
        if column is None:
            return name
        return f"{name} ({name_html(self._document.data.target_names[column])})"

    # -- caption ---------------------------------------------------------------------------------

    def caption(self, view: PlaneView | CurveView, subject: Subject) -> str:
        """What is drawn, with the equation of the line where there is one."""
        if subject.is_winner:
            return f"<b>{self._say('caption_winner')}</b>"
        name = self._name(subject)
        boundary = view.boundary
        if boundary is None:
            return f"<b>{self._without_line(view, name)}</b>"
        if not boundary.line.weights.any():
            return f"<b>{self._degenerate(boundary, name, subject)}</b>"
        written = f"<b>{name}: {self._equation(boundary)}</b>"
        if isinstance(view, CurveView):
            place = crossing(boundary.zero)
            if place is not None:
                x = name_html(self._document.data.input_names[0])
                written += f" &nbsp;→&nbsp; {x} = {self._preferences.number(place)}"
            return written
        # Always a second line, so that the plot below does not move when there is something in it.
        return f"{written}<br>{self._second_line(view, boundary)}"

    def _second_line(self, view: PlaneView, boundary: Boundary) -> str:
        muted = self._preferences.theme.muted
        parts = []
        if view.lines.ghost is not None and view.lines.ghost.line.weights.any():
            parts.append(self._say("caption_before", equation=self._equation(view.lines.ghost)))
        if not view.lines.is_line_visible:
            parts.append(self._say("caption_outside"))
        words = " · ".join(parts) or "&nbsp;"
        return f'<span style="color:{muted}">{words}</span>'

    def _without_line(self, view: PlaneView | CurveView, name: str) -> str:
        if isinstance(view, CurveView) or view.level is None or view.wishes.discrete:
            return self._say("caption_output", name=name)
        return self._say("caption_contour", name=name, level=view.level)

    def _degenerate(self, boundary: Boundary, name: str, subject: Subject) -> str:
        """All weights 0: the sum is the bias everywhere, and there is no line."""
        activation = make_activation(layer_of(self._spec, subject.node).activation)
        output = float(activation.forward(np.array([boundary.line.bias]))[0])
        return self._say("caption_no_line", name=name, sum=boundary.line.bias, output=output)

    def _equation(self, boundary: Boundary) -> str:
        names = self._document.data.input_names
        return equation(boundary.line, names, boundary.equals, self._preferences)

    # -- legend ----------------------------------------------------------------------------------

    def legend(self, view: PlaneView | CurveView, subject: Subject, marks: Marks) -> str:
        """Colours, markers and lines, and what each stands for."""
        parts = []
        if isinstance(view, PlaneView):
            parts += self._ground(view, subject)
        else:
            parts += self._bands(view)
        parts += markers(self._preferences, self._document, view)
        accent, muted = self._preferences.theme.accent, self._preferences.theme.muted
        ring = "legend_current" if marks.is_current else "legend_selected_sample"
        ring = "legend_chosen_sample" if marks.is_chosen else ring
        parts.append(swatch("◯", accent, self._say(ring)))
        if view.is_accented:
            words = self._say("legend_selected", name=self._name(subject))
            parts.append(swatch("━", accent, words))
        if isinstance(view, PlaneView) and view.lines.has_selected and marks.unit is not None:
            words = self._say("legend_selected_line", name=self._name(marks.unit))
            parts.append(swatch("━", accent, words))
        if isinstance(view, PlaneView) and view.boundary is not None:
            parts.append(swatch("╌╌", muted, self._say("legend_before")))
            scale = "legend_weights" if view.lines.is_to_scale else "legend_weights_scaled"
            parts.append(f"<b>→</b>&nbsp;{self._say(scale)}")
        if isinstance(view, CurveView) and view.has_ghost:
            parts.append(swatch("╌╌", muted, self._say("legend_before_curve")))
        if isinstance(view, PlaneView) and view.lines.has_lines:
            parts.append(swatch("┄┄", muted, self._say("legend_lines")))
        return _SEPARATOR.join(parts)

    def _ground(self, view: PlaneView, subject: Subject) -> list[str]:
        if subject.is_winner:
            return self._winner_ground(view)
        if view.boundary is not None and view.is_split:
            high, low = view.regions.side_colors()
            at_zero = self._preferences.number(1 if self._one_at_zero(subject) else 0)
            return [
                swatch("■", high, self._say("legend_side", output=1)),
                swatch("■", low, self._say("legend_side", output=0)),
                self._say("legend_on_line", output=at_zero),
            ]
        assert view.scale is not None
        if view.wishes.discrete and view.level is not None:
            theme = self._preferences.theme
            return [
                swatch("■", share_color(theme, 1.0), self._say("legend_above", level=view.level)),
                swatch("■", share_color(theme, -1.0), self._say("legend_below", level=view.level)),
            ]
        parts = [scale_legend(view.scale, self._preferences)]
        if view.wishes.discrete:
            parts.append(self._say("legend_steps", n=STEPS))
        return parts + self._levels(view, (view.scale.high - view.scale.low) / STEPS)

    def _bands(self, view: CurveView) -> list[str]:
        theme = self._preferences.theme
        if view.bands == "side":
            return [
                swatch("■", theme.mixed(role, SIDE_TINT).name(), self._say(key, level=view.level))
                for role, key in (("positive", "legend_above"), ("negative", "legend_below"))
            ]
        if not view.bands:
            return []
        names = self._document.data.target_names[:_MOST_IN_LEGEND]
        classes = [
            swatch("■", getattr(theme, class_role(k)), name_html(name))
            for k, name in enumerate(names)
        ]
        return [self._say("legend_winner", classes=" ".join(classes))]

    def _winner_ground(self, view: PlaneView) -> list[str]:
        if not has_shares(self._spec):
            return []
        shaded = [] if view.wishes.discrete else [self._say("legend_certainty")]
        return shaded + self._levels(view, WINNER_LEVELS[1] - WINNER_LEVELS[0])

    def _levels(self, view: PlaneView, step: float) -> list[str]:
        if not view.wishes.levels:
            return []
        every = self._preferences.number(step, digits=4)
        return [swatch("─", self._preferences.theme.muted, self._say("legend_levels", step=every))]

    def _one_at_zero(self, subject: Subject) -> bool:
        return layer_of(self._spec, subject.node).activation.one_at_zero

    # -- readout ---------------------------------------------------------------------------------

    def readout(
        self, probe: Probe, subject: Subject, inputs: NDArray[np.float64], row: int | None
    ) -> str:
        """Inputs, sum and output at a point; for a sample its number and targets too."""
        number = self._preferences.number
        data = self._document.data
        parts = [] if row is None else [self._say("readout_sample", n=row + 1)]
        parts += [
            f"{name_html(name)} = {number(value, digits=4)}"
            for name, value in zip(data.input_names, inputs.tolist(), strict=True)
        ]
        if subject.is_winner:
            parts += self._winner(probe, inputs)
        else:
            found = probe.respond(inputs, subject.node)[subject.node]
            if found.z.shape == found.a.shape and not is_input(self._spec, subject.node):
                parts.append(f"Σ = {number(float(found.z[0, subject.unit]))}")
            parts.append(f"{self._name(subject)} = {number(float(found.a[0, subject.unit]))}")
        if row is not None:
            wanted = ", ".join(
                f"{name_html(name)} = {number(value)}"
                for name, value in zip(data.target_names, data.targets[row].tolist(), strict=True)
            )
            parts.append(self._say("readout_wanted", targets=wanted))
        return " · ".join(parts)

    def _winner(self, probe: Probe, inputs: NDArray[np.float64]) -> list[str]:
        found = probe.respond(inputs, *self._spec.outputs)
        outputs = np.concatenate([found[node].a[0] for node in self._spec.outputs])
        winner = int(np.nan_to_num(outputs, nan=-np.inf).argmax())
        name = name_html(self._document.data.target_names[winner])
        color = getattr(self._preferences.theme, class_role(winner))
        value = self._preferences.number(float(outputs[winner]))
        return [swatch("■", color, self._say("readout_winner", name=name, value=value))]


def samples_legend(
    preferences: Preferences, document: Document, view: PlaneView | CurveView
) -> str:
    """The legend of samples without a network."""
    return _SEPARATOR.join(markers(preferences, document, view))


def markers(preferences: Preferences, document: Document, view: PlaneView | CurveView) -> list[str]:
    """The markers of the samples, and what each stands for."""
    names, theme, say = document.data.target_names, preferences.theme, preferences.say
    parts = [group_legend(group, names, preferences) for group in view.groups[:_MOST_IN_LEGEND]]
    if not view.groups and len(view.rows):
        parts.append(swatch("●", theme.text, say("plane.legend_measured")))
    if isinstance(view, PlaneView) and view.generated.is_shown:
        parts.append(swatch("●", theme.negative, say("plane.legend_generated", n=SHOWN)))
    if len(view.parts) > 1:
        parts += [
            swatch(shape, theme.text, say(f"plane.legend_{part}"))
            for part, shape in _PART_GLYPHS.items()
            if part in view.parts
        ]
    count = len(view.rows)
    if count > MOST_SAMPLES:
        parts.append(say("plane.legend_thinned", shown=MOST_SAMPLES, n=count))
    return parts
