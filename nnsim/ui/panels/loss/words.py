"""What the loss panel plots, said exactly: which figure, with which conventions (HTML)."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from nnsim.document.comparing import differences, summary_of
from nnsim.document.model import Conventions, Document, Training
from nnsim.engine.trace import Trace
from nnsim.session.evaluation import metric_of
from nnsim.session.runs import Run
from nnsim.session.series import Per, Series
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.panels.loss.curves import circled
from nnsim.ui.panels.loss.lines import GLYPHS, ROLES, Line, Shown, judged_parts
from nnsim.ui.panels.plotting.words import swatch

_SEPARATOR = " &nbsp;&nbsp; "


class LossWords:
    """Puts what is plotted, ``what`` ``per`` iteration or epoch, into words."""

    def __init__(self, preferences: Preferences, document: Document, what: Shown, per: Per) -> None:
        self._preferences = preferences
        self._document = document
        self._what = what
        self._per = per

    def _say(self, key: str, **params: object) -> str:
        return self._preferences.say(f"loss_panel.{key}", **params)

    def _number(self, value: float) -> str:
        """A figure of what is plotted: an accuracy in percent."""
        preferences = self._preferences
        return preferences.percentage(value) if self.is_percent else preferences.number(value)

    @property
    def is_percent(self) -> bool:
        """Whether figures are shares that are shown in percent."""
        return self._what == "metric" and metric_of(self._document) == "accuracy"

    # -- axes ------------------------------------------------------------------------------------

    def bottom(self) -> str:
        """Title of the axis below."""
        return self._say(f"axis_{self._per}")

    def left(self) -> str:
        """Title of the axis on the left."""
        what = metric_of(self._document) if self._what == "metric" else self._what
        return self._say(f"axis_{what}")

    # -- caption ---------------------------------------------------------------------------------

    def caption(self, iteration: int, epoch: int, index: int | None, found: Series) -> str:
        """What is plotted, and below it the figure at the marker."""
        muted = self._preferences.theme.muted
        if self._what == "metric":
            title = f"<b>{self._say(f'title_{metric_of(self._document)}')}</b>"
        else:
            title = f"<b>{self._say(f'title_{self._what}_{self._per}')}</b>"
        if self._what == "loss":
            training, conventions = self._document.settings_at(iteration - 1)
            title += f" {self.definition(training, conventions)}"
        here = self._say(f"here_{self._per}", iteration=iteration, epoch=epoch)
        if self._what == "metric" and index is not None:
            here = self._say("judged_after", n=int(found.last[index]))
        if index is None:
            value = self._say("not_yet")
        elif self._what == "loss" and np.isnan(found.y[index]) and index not in found.broken:
            value = self._say("no_loss")
        else:
            value = self._number(float(found.y[index]))
        return f'{title}<br><span style="color:{muted}">{here}: </span>{value}'

    def definition(self, training: Training, conventions: Conventions) -> str:
        """The loss in force with its conventions: name, mean or sum, formula."""
        if not training.has_loss:
            rule = self._preferences.say(f"rule.{training.rule}")
            return self._say("rule_without_loss", rule=rule)
        if training.rule == "delta":
            return f"{self._say('delta_loss')}: 1/n Σ e²"
        name = self._preferences.say(f"loss.{training.loss}")
        reduction = self._say(f"reduction_{conventions.loss_reduction}")
        return f"{name}, {reduction}: {formula(training.loss, conventions)}"

    # -- legend ----------------------------------------------------------------------------------

    def legend(
        self, found: Series, others: Sequence[Line], is_log: bool, role: str, is_smoothed: bool
    ) -> str:
        """The lines and marks on the plot, what counts as wrong, and what cannot be shown.

        ``role`` is the colour of the run's own line.
        """
        theme = self._preferences.theme
        parts = self._lines(others, role)
        parts.append(swatch("┃", theme.accent, self._say(f"legend_marker_{self._per}")))
        if is_smoothed:
            parts.append(self._say("legend_smoothed"))
        if self._document.changes and self._per == "iteration":
            parts.append(swatch("┊", theme.muted, self._say("legend_change")))
        if len(found.broken):
            first = int(found.broken[0])
            value = self._number(float(found.y[first]))
            where = int(found.x[first])
            what = "metric" if self._what == "metric" else self._per
            words = self._say(f"broken_{what}", value=value, where=where)
            parts.append(f'<span style="color:{theme.wrong}">{words}</span>')
        if is_log and (zeros := int((found.y <= 0).sum())):
            parts.append(self._say("zeros", n=zeros))
        if self._what == "wrong":
            parts.append(self._criterion(int(found.last[-1])))
        elif self._what == "loss":
            parts += self._count(int(found.last[-1]))
        if self._per == "epoch" and self._what != "metric":
            parts.append(self._say("open_epoch"))
        return _SEPARATOR.join(parts)

    def _lines(self, others: Sequence[Line], role: str) -> list[str]:
        """The lines by name, where there is more than one."""
        theme = self._preferences.theme
        parts: list[str] = []
        if self._what == "metric":
            first = judged_parts(self._document, "metric")[0]
            parts.append(swatch(GLYPHS[first], getattr(theme, role), self._say(f"part_{first}")))
        elif others:
            parts.append(swatch("●", getattr(theme, role), self._own_name(others)))
        for line in others:
            if line.run is None and line.part:
                color = getattr(theme, ROLES[line.part])
                parts.append(swatch(GLYPHS[line.part], color, self._say(f"part_{line.part}")))
        named: dict[int, str] = {}
        for line in others:
            if line.run is not None:
                named[line.number] = name_of(line.run, self._document, self._preferences)
        for number, name in named.items():
            parts.append(swatch(circled(number), theme.neutral, escape(name)))
        return parts

    def _own_name(self, others: Sequence[Line]) -> str:
        if any(line.part == "generator" and line.run is None for line in others):
            return self._say("part_discriminator")
        has_parts = any(line.run is None for line in others)
        return self._say("legend_learning" if has_parts else "legend_this_run")

    def _count(self, iteration: int) -> list[str]:
        """What a mean divides by, where the loss in force is one."""
        training, conventions = self._document.settings_at(iteration - 1)
        if not training.has_loss:
            return []
        if training.rule != "delta" and conventions.loss_reduction == "sum":
            return []
        is_per_sample = training.rule != "delta" and training.loss == "cross_entropy"
        return [self._say("samples_counted" if is_per_sample else "outputs_counted")]

    def _criterion(self, iteration: int) -> str:
        """When an output counts as wrong, by the loss that is set."""
        loss = self._document.settings_at(iteration - 1)[0].loss
        if loss == "hinge":
            return self._say("wrong_sign")
        if loss == "cross_entropy" and len(self._document.data.target_names) > 1:
            return self._say("wrong_class")
        return self._say("wrong_half")

    # -- readout ---------------------------------------------------------------------------------

    def readout(self, found: Series, others: Sequence[Line], x: float, trace: Trace) -> str:
        """Iteration and epoch at a place, and the figure of every line there.

        Where the run itself has not come so far, only former runs have a figure.
        """
        figures = []
        if x <= found.x[-1] + 0.5:
            index = int(np.abs(found.x - x).argmin())
            last = int(found.last[index])
            place = self._place(found, index, last, trace)
            value = self._number(float(found.y[index]))
            figures.append(self._figure(value))
        else:
            place = self._say(f"place_{self._per}", n=round(x))
        for line in others:
            if not line.series.x[0] - 0.5 <= x <= line.series.x[-1] + 0.5:
                continue
            index = int(np.abs(line.series.x - x).argmin())
            value = self._number(float(line.series.y[index]))
            name = self._say(f"part_{line.part}") if line.part else ""
            if line.run is not None:
                name = f"{circled(line.number)} {name}".strip()
            figures.append(f"{name} {value}")
        return " · ".join([place, *figures])

    def _place(self, found: Series, index: int, last: int, trace: Trace) -> str:
        if self._what == "metric":
            return self._say("judged_after", n=last)
        if self._per == "iteration":
            epoch = int(trace.column("epoch")[last - 1])
            return self._say("here_iteration", iteration=last, epoch=epoch)
        return self._say("here_epoch", epoch=int(found.x[index]), iteration=last)

    def _figure(self, value: str) -> str:
        if self._what == "metric":
            first = judged_parts(self._document, "metric")[0]
            return f"{self._say(f'part_{first}')} {value}"
        return self._say(f"figure_{self._what}_{self._per}", value=value)


def name_of(run: Run, document: Document, preferences: Preferences) -> str:
    """What a former run is called: by a person, else by what makes it differ from the present."""
    if run.name:
        return run.name
    return preferences.tell(summary_of(differences(run.document, document)))


def formula(loss: str, conventions: Conventions) -> str:
    """A loss as the course writes it, with the factor of the conventions before the sum."""
    mean = conventions.loss_reduction == "mean"
    if loss == "cross_entropy":
        return "−1/N Σ t ln y" if mean else "−Σ t ln y"
    if loss == "binary_cross_entropy":
        return f"−{'1/n ' if mean else ''}Σ [t ln y + (1 − t) ln (1 − y)]"
    if loss == "mse":
        factors = {(True, False): "1/n ", (True, True): "1/(2n) ", (False, True): "½ "}
        return f"{factors.get((mean, conventions.loss_half), '')}Σ (t − y)²"
    if loss == "mape":
        return f"{'100/n' if mean else '100'} Σ |t − y| / |t|"
    body = {"mae": "|t − y|", "hinge": "max(0, 1 − t·y)"}[loss]
    return f"{'1/n ' if mean else ''}Σ {body}"
