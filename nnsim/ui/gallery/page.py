"""One example at large: its pictures, what it is about, what to look for, its numbers."""

from __future__ import annotations

import html

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QTextBrowser, QVBoxLayout, QWidget

from nnsim.document.lab import layer_sizes
from nnsim.document.optimisers import optimiser_of
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.scroll_bars import use_flat_bars
from nnsim.ui.gallery.pictures import (
    is_images,
    is_logarithmic,
    paint_network,
    paint_samples,
    shown_columns,
)
from nnsim.ui.gallery.solving import Solved

# Height at 100 %, and the share of the page it may take.
_PICTURES, _MOST_OF_PAGE = 216, 0.42


class ExamplePage(QWidget):
    """Shows the example it is given, as far as it is solved."""

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self._preferences = preferences
        self._example = ""
        self._facts: tuple[str, ...] = ()
        self.pictures = _Pictures(preferences)
        self.words = QTextBrowser()
        self.words.setObjectName("gallery_page")
        self.words.setAccessibleName(preferences.say("gallery.about"))
        self.words.setOpenExternalLinks(False)
        self.words.document().setDocumentMargin(4)
        self.words.setFrameShape(QTextBrowser.Shape.NoFrame)
        use_flat_bars(self.words, preferences)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.pictures)
        layout.addWidget(self.words, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # However large the letters are, most of a low page is for words.
        height = min(_PICTURES * self._preferences.zoom, _MOST_OF_PAGE * self.height())
        self.pictures.setFixedHeight(round(height))

    def show_example(self, example: str | None, solved: Solved | None) -> None:
        """Show another example; its pictures and numbers come when it is opened."""
        self.pictures.show_solved(solved)
        facts = () if solved is None else tuple(self._numbers(solved))
        if example != self._example or facts != self._facts:
            self._example, self._facts = example or "", facts
            self.words.setHtml(self._html() if example else "")

    def _html(self) -> str:
        say, theme = self._preferences.say, self._preferences.theme
        name = f"example.{self._example}"
        style = (
            "<style>h3 { margin: 0 0 6px 0; } p { margin: 0 0 7px 0; } li { margin: 0 0 4px 0; }"
            f" .facts {{ color: {theme.muted}; }}</style>"
        )
        looks = [line for line in say(f"{name}.look").split("\n") if line.strip()]
        parts = [
            f"<h3>{html.escape(say(f'{name}.title'))}</h3>",
            f"<p>{html.escape(say(f'{name}.about'))}</p>",
            f"<p><b>{html.escape(say('gallery.look'))}</b></p>",
            "<ul>" + "".join(f"<li>{html.escape(line)}</li>" for line in looks) + "</ul>",
            *(f"<p class='facts'>{html.escape(fact)}</p>" for fact in self._facts),
        ]
        return style + "".join(parts)

    def _numbers(self, solved: Solved) -> list[str]:
        """What the file itself says: samples, network, learning, where the data is from; and what
        is drawn."""
        say, document = self._preferences.say, solved.document
        data = document.data
        training = document.training
        rule: str = say(f"rule.{training.rule}")
        if optimiser_of(training) != "plain":
            rule = f"{rule}, {say(f'optimiser.{training.optimiser}')}"
        facts = [
            say(
                "gallery.facts",
                rows=say("gallery.samples", n=len(data)),
                columns=say("gallery.inputs", n=len(data.input_names)),
                layers=layer_sizes(document),
                rule=rule,
            )
        ]
        if solved.losses is not None:
            key = "gallery.losses_log" if is_logarithmic(solved.losses) else "gallery.losses"
            facts.append(say(key, n=len(solved.losses)))
        elif len(data.input_names) > 2 and not is_images(data):
            across, upwards = (data.input_names[k] for k in shown_columns(data))
            facts.append(say("gallery.axes", across=across, upwards=upwards))
        return facts + ([document.notes] if document.notes else [])


class _Pictures(QWidget):
    """The samples and the network, side by side."""

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self.setObjectName("gallery_pictures")
        self._preferences = preferences
        self._solved: Solved | None = None
        self.setMinimumWidth(160)

    def show_solved(self, solved: Solved | None) -> None:
        """Draw this."""
        if solved is not self._solved:
            self._solved = solved
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._solved is None:
            return
        theme, painter = self._preferences.theme, QPainter(self)
        painter.setFont(self.font())
        side = min(self.height(), self.width() / 2)
        samples = QRectF(1, 1, side - 2, side - 2)
        paint_samples(painter, samples, self._solved, theme)
        painter.setPen(QPen(theme.color("border"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(samples)
        network = QRectF(side, 6, self.width() - side, side - 12)
        paint_network(painter, network, self._solved.document, theme)
