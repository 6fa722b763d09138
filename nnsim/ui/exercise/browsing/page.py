"""What an exercise is about: its statement, how it is marked, and what comes before it."""

from __future__ import annotations

import html
from collections.abc import Sequence

from PySide6.QtCore import QUrl, Signal
from PySide6.QtWidgets import QTextBrowser

from nnsim.core.messages import NnsimError
from nnsim.exercises.browsing import Progress, prerequisites
from nnsim.exercises.exercise import Exercise, in_language
from nnsim.exercises.prose import in_html, paragraphs
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.scroll_bars import use_flat_bars


class ExercisePage(QTextBrowser):
    """``wanted(id)``: a person followed the link to a prerequisite."""

    wanted = Signal(str)

    def __init__(self, exercises: Sequence[Exercise], preferences: Preferences) -> None:
        super().__init__()
        self.setObjectName("browse_page")
        self._exercises = exercises
        self._preferences = preferences
        self.setOpenLinks(False)
        self.setAccessibleName(preferences.say("exercise_browse.about"))
        self.anchorClicked.connect(self._follow)
        self.document().setDocumentMargin(12)
        use_flat_bars(self, preferences)

    def _follow(self, link: QUrl) -> None:
        self.wanted.emit(link.toString())

    def show_exercise(self, exercise: Exercise | None, seed: int, progress: Progress) -> bool:
        """Tell of a variant; False where there is none with this seed, and it is told why."""
        if exercise is None:
            self.clear()
            return False
        is_possible = True
        try:
            variant = exercise.variant(seed)
            text = variant.statement(self._preferences.locale)
            body = "".join(f"<p>{in_html(part)}</p>" for part in paragraphs(text))
            cells = len(variant.sheet.asked)
        except NnsimError as error:
            is_possible, cells = False, 0
            body = f"<p>{html.escape(self._preferences.tell(error.messages[0]))}</p>"
        title = in_language(exercise.title, self._preferences.locale)
        parts = [f"<h3>{html.escape(title)}</h3>", body, self._facts(exercise, cells, progress)]
        self.document().setDefaultStyleSheet(
            f"h3 {{ margin: 0 0 8px 0; }} p {{ margin: 0 0 7px 0; }}"
            f" .facts {{ color: {self._preferences.theme.muted}; }}"
        )
        self.setHtml("".join(parts))
        return is_possible

    def _facts(self, exercise: Exercise, cells: int, progress: Progress) -> str:
        say = self._preferences.say
        facts = [say("exercise_browse.cells", n=cells)] if cells else []
        facts.append(say(f"exercise_browse.hints.{'yes' if exercise.hints else 'no'}"))
        facts.append(say(f"exercise_browse.variants.{'yes' if exercise.has_variants else 'no'}"))
        if progress.attempts:
            facts.append(say("exercise_browse.attempts_made", n=progress.attempts))
        if progress.unfinished is not None:
            facts.append(say("exercise_browse.unfinished"))
        if progress.best is not None:
            facts.append(say("exercise_browse.best", best=round(100 * progress.best)))
        lines = [html.escape(" · ".join(facts))]
        before = prerequisites(exercise, self._exercises)
        if before:
            lines.append(
                say("exercise_browse.before", exercises=", ".join(map(self._link, before)))
            )
        if exercise.source:
            lines.append(in_html(exercise.source))
        return "".join(f"<p class='facts'>{line}</p>" for line in lines)

    def _link(self, exercise: Exercise) -> str:
        title = html.escape(in_language(exercise.title, self._preferences.locale))
        return f"<a href='{html.escape(exercise.id)}'>{title}</a>"
