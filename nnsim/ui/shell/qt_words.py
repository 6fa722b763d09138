"""Qt's own words (file dialogs, context menus of text fields) in the language of the window."""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, QTranslator
from PySide6.QtWidgets import QApplication

from nnsim.ui.bridge.preferences import Preferences

# Qt's English, by context, that its own translations leave out or say in other words than the
# program does; keys of our catalogue.
_OURS = {
    ("QFileDialog", "&Look in:"): "qt.look_in",
    ("QFileDialog", "File &name:"): "qt.name",
    ("QFileDialog", "Files of &type:"): "qt.type",
    ("QAbstractFileIconProvider", "Folder"): "qt.folder",
    ("QAbstractFileIconProvider", "File"): "qt.file",
    ("QAbstractFileIconProvider", "%1 File"): "qt.some_file",
    ("QAbstractFileIconProvider", "Drive"): "qt.drive",
}


class _OurWords(QTranslator):
    """Says what Qt's own translation does not, or says otherwise."""

    def __init__(self, preferences: Preferences, parent: QObject) -> None:
        super().__init__(parent)
        self._words = {source: preferences.say(key) for source, key in _OURS.items()}

    def isEmpty(self) -> bool:
        return False

    def translate(
        self,
        context: str,
        sourceText: str,
        disambiguation: str | None = None,
        n: int = -1,
    ) -> str | None:
        # None: not translated here.
        return self._words.get((context, sourceText))


class QtWords(QObject):
    """Keeps Qt's translation in step with the preferences."""

    def __init__(self, app: QApplication, preferences: Preferences) -> None:
        super().__init__(app)
        self._app = app
        self._preferences = preferences
        self._translators: list[QTranslator] = []
        preferences.language_changed.connect(self._load)
        self._load()

    def _load(self) -> None:
        locale = self._preferences.locale
        QLocale.setDefault(QLocale(locale))
        for former in self._translators:
            self._app.removeTranslator(former)
            former.deleteLater()
        self._translators = []
        # English is what Qt speaks by itself.
        if locale == "en":
            return
        own = QTranslator(self)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if own.load(f"qtbase_{locale}", folder):
            self._translators.append(own)
        # The last one that is installed is asked first.
        self._translators.append(_OurWords(self._preferences, self))
        for translator in self._translators:
            self._app.installTranslator(translator)
