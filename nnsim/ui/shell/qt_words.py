"""Qt's own words (file dialogs, context menus of text fields) in the language of the window."""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, QTranslator
from PySide6.QtWidgets import QApplication

from nnsim.ui.bridge.preferences import Preferences


class QtWords(QObject):
    """Keeps Qt's translation in step with the preferences."""

    def __init__(self, app: QApplication, preferences: Preferences) -> None:
        super().__init__(app)
        self._app = app
        self._preferences = preferences
        self._translator: QTranslator | None = None
        preferences.language_changed.connect(self._load)
        self._load()

    def _load(self) -> None:
        locale = self._preferences.locale
        QLocale.setDefault(QLocale(locale))
        if self._translator is not None:
            self._app.removeTranslator(self._translator)
            self._translator = None
        # English is what Qt speaks by itself.
        if locale == "en":
            return
        translator = QTranslator(self)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if translator.load(f"qtbase_{locale}", folder):
            self._app.installTranslator(translator)
            self._translator = translator
