"""A diagnosis in words (HTML)."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Iterator

from nnsim.core.messages import Message
from nnsim.session.diagnosis import Cure, Diagnosis, Report, Severity, Standing, looked_at
from nnsim.ui.bridge.preferences import Preferences

#: Colours by how grave it is.
ROLES = {Severity.FAILURE: "wrong", Severity.WARNING: "warning", Severity.NOTICE: "muted"}


class DiagnosisWords:
    """Says diagnoses, cures and comparisons in the person's language."""

    def __init__(self, preferences: Preferences) -> None:
        self._preferences = preferences

    def sentence(self, key: str, **params: object) -> str:
        """A sentence of the catalogue, as HTML."""
        return html.escape(self._preferences.say(f"diagnosis.{key}", **params), quote=False)

    def tell(self, message: Message) -> str:
        """A message, as HTML."""
        return html.escape(self._preferences.tell(message), quote=False)

    # -- diagnoses -------------------------------------------------------------------------------

    def name(self, diagnosis: Diagnosis) -> str:
        """What the trouble is called."""
        return self.sentence(f"name.{diagnosis.trouble}")

    def since(self, diagnosis: Diagnosis) -> str:
        """How grave it is, and since when it has been there."""
        severity = self.sentence(diagnosis.severity.name.lower())
        if diagnosis.since == 0:
            since = self.sentence("since_start")
        else:
            since = self.sentence("since", iteration=diagnosis.since, epoch=diagnosis.epoch)
        color = getattr(self._preferences.theme, ROLES[diagnosis.severity])
        return f"<b style='color:{color}'>{severity}.</b> {since}"

    def evidence(self, diagnosis: Diagnosis) -> str:
        """What was found, one thing a line."""
        heading = self.sentence("heading_evidence")
        return f"<b>{heading}</b>{self._list(self.tell(each) for each in diagnosis.evidence)}"

    def why(self, diagnosis: Diagnosis) -> str:
        """Why this happens, in the course's words."""
        text = self.sentence(f"why.{diagnosis.trouble}.{diagnosis.reason}")
        return f"<b>{self.sentence('heading_why')}</b><br>{text}"

    def cure(self, cure: Cure) -> str:
        """What a cure is called, why it helps and what it changes."""
        helps = self.sentence(f"helps.{cure.name.code.rpartition('.')[2]}")
        changes = self._list(self.tell(each) for each in cure.changes)
        return f"<b>{self.tell(cure.name)}</b><br>{helps}{changes}"

    # -- nothing wrong ---------------------------------------------------------------------------

    def calm(self, report: Report, is_begun: bool) -> str:
        """What was looked at where nothing is wrong."""
        if report.findings is None:
            return self.sentence("no_gradient" if report.is_whole else "looking")
        if is_begun:
            about = "calm.run_about" if report.is_whole else "calm.run_about_so_far"
            opening, looking = self.sentence(about, n=report.iterations), ""
        else:
            opening = self.sentence("calm.start_about")
            looking = "" if report.is_whole else f"<p>{self.sentence('looking')}</p>"
        return f"{opening}{self._list(map(self.tell, looked_at(report.findings)))}{looking}"

    def _list(self, items: Iterable[str]) -> str:
        """One thing a paragraph, with a bullet that the further lines stand clear of."""
        indent = round(12 * self._preferences.zoom)
        style = f"margin:3px 0 0 {indent}px; text-indent:-{indent}px"
        return "".join(f"<p style='{style}'>•&nbsp;{item}</p>" for item in items)

    # -- before and after ------------------------------------------------------------------------

    def comparison(self, before: Standing, now: Standing) -> str:
        """Two runs side by side, a table."""
        cell = "<td style='padding:2px 10px 2px 0'>"
        muted = self._preferences.theme.muted
        head = "".join(
            f"<td style='padding:2px 10px 2px 0; color:{muted}'>{word}</td>"
            for word in ("", self.sentence("runs.before"), self.sentence("runs.now"))
        )
        rows = "".join(
            f"<tr>{cell}{label}</td>{cell}{old}</td>{cell}{new}</td></tr>"
            for label, old, new in self._rows(before, now)
        )
        return f"<table cellspacing='0' width='100%'><tr>{head}</tr>{rows}</table>"

    def _rows(self, before: Standing, now: Standing) -> Iterator[tuple[str, str, str]]:
        yield self.sentence("runs.iterations"), str(before.iterations), str(now.iterations)
        yield self.sentence("runs.epochs"), str(before.epoch), str(now.epoch)
        losses = (each.training.loss for each in (before, now))
        yield self.sentence("runs.loss"), *self._numbers(losses)
        for part in ("training", "test"):
            figures = [getattr(each, part).metric for each in (before, now)]
            if not all(map(math.isnan, figures)):
                is_share = now.metric == "accuracy"
                shown = map(self._preferences.percentage, figures)
                old, new = shown if is_share else self._numbers(figures)
                yield self.sentence(f"runs.{now.metric}_{part}"), old, new
        yield self.sentence("runs.diagnosis"), self._troubles(before), self._troubles(now)

    def _numbers(self, values: Iterable[float]) -> tuple[str, str]:
        old, new = (self._preferences.number(value, 4) for value in values)
        return old, new

    def _troubles(self, standing: Standing) -> str:
        names = [self.sentence(f"name.{each}") for each in standing.troubles]
        if not names:
            return self.sentence("runs.none" if standing.iterations else "runs.not_yet")
        return "<br>".join(names)
