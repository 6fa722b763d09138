"""Title and statement of an exercise, in one language or in both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from nnsim.ui.bridge.preferences import Preferences

#: The language of the course first.
_LOCALES = ("es", "en")


class Texts(QTabWidget):
    """A page a language; a page left empty is a language the exercise does not speak."""

    changed = Signal()

    def __init__(
        self,
        preferences: Preferences,
        titles: Mapping[str, str],
        statements: Mapping[str, str],
        names: Sequence[str],
    ) -> None:
        """``names`` are the numbers that can be put into a statement."""
        super().__init__()
        self.setObjectName("making_texts")
        say = preferences.say
        self._titles: dict[str, QLineEdit] = {}
        self._statements: dict[str, QPlainTextEdit] = {}
        for locale in _LOCALES:
            title = QLineEdit(titles.get(locale, ""))
            title.setObjectName(f"making_title_{locale}")
            title.setMaxLength(200)
            statement = QPlainTextEdit(statements.get(locale, ""))
            statement.setObjectName(f"making_statement_{locale}")
            statement.setTabChangesFocus(True)
            numbers = self._links(preferences, names, statement)
            title.textChanged.connect(self.changed)
            statement.textChanged.connect(self.changed)
            page = QWidget()
            form = QFormLayout(page)
            form.addRow(_label(say("making_dialog.title_field"), title), title)
            below = QVBoxLayout()
            below.addWidget(statement)
            below.addWidget(numbers)
            form.addRow(_label(say("making_dialog.statement_field"), statement), below)
            self.addTab(page, say(f"language.{locale}"))
            self._titles[locale], self._statements[locale] = title, statement
        if preferences.locale in _LOCALES:
            self.setCurrentIndex(_LOCALES.index(preferences.locale))

    def _links(
        self, preferences: Preferences, names: Sequence[str], statement: QPlainTextEdit
    ) -> QLabel:
        """The names of numbers; a click on one writes it where the cursor stands."""

        def insert(name: str) -> None:
            statement.insertPlainText(f"{{{name}}}")
            statement.setFocus()

        links = " ".join(f"<a href='{name}'>{{{name}}}</a>" for name in names)
        label = QLabel(preferences.say("making_dialog.placeholders", links=links))
        label.setObjectName("making_names")
        label.setWordWrap(True)
        label.setToolTip(preferences.say("making_dialog.placeholders_tip"))
        label.linkActivated.connect(insert)
        return label

    @property
    def titles(self) -> dict[str, str]:
        """Titles by locale, "" for those left out."""
        return {locale: field.text() for locale, field in self._titles.items()}

    @property
    def statements(self) -> dict[str, str]:
        """Statements by locale, "" for those left out."""
        return {locale: field.toPlainText() for locale, field in self._statements.items()}


def _label(words: str, buddy: QWidget) -> QLabel:
    label = QLabel(words)
    label.setBuddy(buddy)
    return label
