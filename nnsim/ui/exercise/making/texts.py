"""Title and statement of an exercise, in one language or in both."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QLineEdit, QPlainTextEdit, QTabWidget, QWidget

from nnsim.ui.bridge.preferences import Preferences

#: The language of the course first.
_LOCALES = ("es", "en")


class Texts(QTabWidget):
    """A page a language; a page left empty is a language the exercise does not speak."""

    changed = Signal()

    def __init__(
        self, preferences: Preferences, titles: Mapping[str, str], statements: Mapping[str, str]
    ) -> None:
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
            statement.setToolTip(say("making_dialog.placeholders"))
            title.textChanged.connect(self.changed)
            statement.textChanged.connect(self.changed)
            page = QWidget()
            form = QFormLayout(page)
            form.addRow(_label(say("making_dialog.title_field"), title), title)
            form.addRow(_label(say("making_dialog.statement_field"), statement), statement)
            self.addTab(page, say(f"language.{locale}"))
            self._titles[locale], self._statements[locale] = title, statement
        if preferences.locale in _LOCALES:
            self.setCurrentIndex(_LOCALES.index(preferences.locale))

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
