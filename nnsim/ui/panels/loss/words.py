"""What the loss panel plots, said exactly: which figure, with which conventions (HTML)."""

from __future__ import annotations

import numpy as np

from nnsim.document.model import Conventions, Document, Training
from nnsim.engine.trace import Trace
from nnsim.session.series import Per, Series, What
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.panels.plotting.words import swatch

_SEPARATOR = " &nbsp;&nbsp; "


class LossWords:
    """Puts what is plotted, ``what`` ``per`` iteration or epoch, into words."""

    def __init__(self, preferences: Preferences, document: Document, what: What, per: Per) -> None:
        self._preferences = preferences
        self._document = document
        self._what = what
        self._per = per

    def _say(self, key: str, **params: object) -> str:
        return self._preferences.say(f"loss_panel.{key}", **params)

    # -- axes ------------------------------------------------------------------------------------

    def bottom(self) -> str:
        """Title of the axis below."""
        return self._say(f"axis_{self._per}")

    def left(self) -> str:
        """Title of the axis on the left."""
        return self._say(f"axis_{self._what}")

    # -- caption ---------------------------------------------------------------------------------

    def caption(self, iteration: int, epoch: int, index: int | None, found: Series) -> str:
        """What is plotted, and below it the figure at the marker."""
        muted = self._preferences.theme.muted
        title = f"<b>{self._say(f'title_{self._what}_{self._per}')}</b>"
        if self._what == "loss":
            training, conventions = self._document.settings_at(iteration - 1)
            title += f" {self.definition(training, conventions)}"
        here = self._say(f"here_{self._per}", iteration=iteration, epoch=epoch)
        if index is None:
            value = self._say("not_yet")
        elif np.isnan(found.y[index]) and index not in found.broken:
            value = self._say("no_loss")
        else:
            value = self._preferences.number(float(found.y[index]))
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

    def legend(self, found: Series, is_log: bool) -> str:
        """Marks on the plot, what counts as wrong, and what cannot be shown."""
        theme = self._preferences.theme
        parts = [swatch("┃", theme.accent, self._say(f"legend_marker_{self._per}"))]
        if self._document.changes and self._per == "iteration":
            parts.append(swatch("┊", theme.muted, self._say("legend_change")))
        if len(found.broken):
            first = int(found.broken[0])
            value = self._preferences.number(float(found.y[first]))
            where = int(found.x[first])
            words = self._say(f"broken_{self._per}", value=value, where=where)
            parts.append(f'<span style="color:{theme.wrong}">{words}</span>')
        if is_log and (zeros := int((found.y <= 0).sum())):
            parts.append(self._say("zeros", n=zeros))
        if self._what == "wrong":
            parts.append(self._criterion(int(found.last[-1])))
        else:
            parts += self._count(int(found.last[-1]))
        if self._per == "epoch":
            parts.append(self._say("open_epoch"))
        return _SEPARATOR.join(parts)

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

    def readout(self, found: Series, index: int, trace: Trace) -> str:
        """Iteration, epoch and figure of a point."""
        number = self._preferences.number
        last = int(found.last[index])
        if self._per == "iteration":
            epoch = int(trace.column("epoch")[last - 1])
            place = self._say("here_iteration", iteration=last, epoch=epoch)
        else:
            place = self._say("here_epoch", epoch=int(found.x[index]), iteration=last)
        figure = self._say(f"figure_{self._what}_{self._per}", value=number(float(found.y[index])))
        return f"{place} · {figure}"


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
