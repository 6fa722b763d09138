"""Switching the language changes every visible text, and nothing else."""

import re

import pyqtgraph
import pytest
from PySide6.QtCore import QAbstractListModel, QSettings, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QDockWidget,
    QGraphicsSimpleTextItem,
    QGraphicsTextItem,
    QGraphicsView,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTabBar,
    QTabWidget,
    QTextEdit,
    QWidget,
)

from nnsim.document.edits import set_training
from nnsim.document.examples import load_example
from nnsim.language.catalogue import catalogue
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.shell.line import Line

_PLACEHOLDER = re.compile(r"\{[^}]*\}")
_TAGS = re.compile(r"<[^>]+>")
_OTHER = {"en": "es", "es": "en"}


def only_in(locale):
    """A pattern for each sentence of one language that is none of the other's."""
    others = set(catalogue(_OTHER[locale]).values())
    patterns = {}
    for key, sentence in catalogue(locale).items():
        plain = sentence.replace("&", "").rstrip("…")
        letters = re.sub(r"[^A-Za-zÁ-ú]", "", _PLACEHOLDER.sub("", plain))
        # What has hardly a letter of its own (formulas, "{n} × {m}") is the same in both.
        if len(letters) < 3 or sentence in others:
            continue
        pieces = [re.escape(piece) for piece in _PLACEHOLDER.split(plain)]
        patterns[key] = re.compile(".*?".join(pieces) + "…?", re.DOTALL)
    return patterns


def texts_of(widget):
    """Every text a widget shows, says in its tip, or tells a screen reader."""
    yield from (widget.toolTip(), widget.statusTip(), widget.accessibleName(), widget.windowTitle())
    if isinstance(widget, QLabel | QAbstractButton | QLineEdit):
        yield widget.text()
    if isinstance(widget, QLineEdit | QPlainTextEdit | QTextEdit):
        yield widget.placeholderText()
    if isinstance(widget, QTextEdit):
        yield widget.toPlainText()
    if isinstance(widget, QGroupBox | QMenu):
        yield widget.title()
    if isinstance(widget, QComboBox):
        yield widget.placeholderText()
        yield from (widget.itemText(row) for row in range(widget.count()))
    if isinstance(widget, QTabBar):
        for tab in range(widget.count()):
            yield from (widget.tabText(tab), widget.tabToolTip(tab))
    if isinstance(widget, QTabWidget):
        yield from (widget.tabText(tab) for tab in range(widget.count()))
    if isinstance(widget, QAbstractItemView) and widget.model() is not None:
        yield from texts_of_model(widget.model())
    if isinstance(widget, QGraphicsView) and widget.scene() is not None:
        for item in widget.scene().items():
            if isinstance(item, QGraphicsTextItem):
                yield item.toPlainText()
            elif isinstance(item, QGraphicsSimpleTextItem):
                yield item.text()
            elif isinstance(item, pyqtgraph.AxisItem):
                yield item.label.toPlainText()
            yield item.toolTip()


def texts_of_model(model):
    role, tip = Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole
    # Qt keeps the one column of a list to itself.
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount()
    for column in range(min(columns, 40)):
        for which in (role, tip):
            yield model.headerData(column, Qt.Orientation.Horizontal, which)
        for row in range(min(model.rowCount(), 30)):
            yield from (model.index(row, column).data(role), model.index(row, column).data(tip))


def visible_texts(window):
    for widget in [window, *window.findChildren(QWidget)]:
        if isinstance(widget, QDockWidget) or widget.isVisibleTo(window):
            for text in texts_of(widget):
                yield widget, text
    for menu in window.findChildren(QMenu):
        yield menu, menu.title()
    for action in window.findChildren(QAction):
        if not action.associatedObjects():
            continue  # in no menu, toolbar or widget: nobody ever sees it
        for text in (action.text(), action.toolTip(), action.statusTip()):
            yield action, text


def left_over(window, locale):
    """Texts of a window in the other language, with the key they come from."""
    patterns = only_in(_OTHER[locale])
    own = {sentence.replace("&", "") for sentence in catalogue(locale).values()}
    found = []
    for widget, text in visible_texts(window):
        if not isinstance(text, str) or not text.strip():
            continue
        for line in _TAGS.sub("", text).replace("&", "").splitlines():
            if line.strip() in own:
                continue
            for key, pattern in patterns.items():
                if pattern.fullmatch(line.strip()):
                    found.append((widget.objectName() or type(widget).__name__, key, line))
    return sorted(set(found))


def test_no_visible_text_stays_in_the_other_language(qtbot, window, preferences):
    for name in ("inspector", "activation", "loss", "plane", "training", "lab"):
        window.docks.show_panel(name)
    window.workspace.select_nodes(["n3"])
    for _ in range(5):
        qtbot.keyClick(window, Qt.Key.Key_F8)
    training = window.workspace.document.training
    changed = training.__class__(**{**training.__dict__, "weight_step": 0.25})
    label = preferences.say("setting.weight_step")
    window.workspace.edit(lambda d: set_training(d, changed, 1), label)
    window.running.toggle_run()
    qtbot.waitUntil(lambda: not window.player.is_running, timeout=10_000)
    assert left_over(window, "en") == []
    window.commands["language_es"].trigger()
    for name in ("inspector", "activation", "loss", "plane", "training", "lab"):
        window.docks.show_panel(name)
        assert left_over(window, "es") == []
    assert window.commands["undo"].text() == "&Deshacer: Paso de los pesos"
    window.commands["language_en"].trigger()
    for name in ("inspector", "activation", "loss", "plane", "training", "lab"):
        window.docks.show_panel(name)
        assert left_over(window, "en") == []


@pytest.mark.parametrize("example", ["xor-2-2-1", "backprop-2-2-2"])
def test_networks_too(qtbot, open_window, preferences, example):
    window = open_window(load_example(example))
    for _ in range(12):
        qtbot.keyClick(window, Qt.Key.Key_F8)
    window.docks.show_panel("loss")
    window.commands["language_es"].trigger()
    assert left_over(window, "es") == []


@pytest.mark.parametrize("name", ["keys", "what_is", "about", "new", "examples", "export_trace"])
def test_dialogs_speak_the_language(qtbot, window, preferences, answer, name):
    window.commands["language_es"].trigger()
    names = {
        "new": "new_dialog",
        "examples": "gallery_dialog",
        "export_trace": "export_dialog",
    }
    found = []

    def act(dialog):
        found.extend(left_over(dialog, "es"))
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)

    answer(names.get(name, f"{name}_dialog"), act)
    window.commands[name].trigger()
    qtbot.waitUntil(lambda: window.isActiveWindow() or True)
    qtbot.wait(50)
    assert found == []


def test_numbers_take_the_decimal_mark_of_the_language(qtbot, window):

    qtbot.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    told = window.findChild(Line, "status_next")
    assert "0 · 0.5" in told.text()
    window.commands["language_es"].trigger()
    assert "0 · 0,5" in told.text()


def test_the_language_is_the_systems_until_one_is_chosen(tmp_path, monkeypatch):
    for system, expected in (("es_ES.UTF-8", "es"), ("de_DE.UTF-8", "en"), ("en_US.UTF-8", "en")):
        monkeypatch.setenv("LC_ALL", system)
        path = str(tmp_path / f"{system}.ini")
        assert Preferences(QSettings(path, QSettings.Format.IniFormat)).locale == expected


def test_the_chosen_language_is_kept(window, settings):
    window.commands["language_es"].trigger()
    assert Preferences(settings).locale == "es"


def test_qts_own_words_follow(qtbot, window, qapp):
    from PySide6.QtCore import QCoreApplication

    def cancel():
        return QCoreApplication.translate("QPlatformTheme", "Cancel")

    assert cancel() == "Cancel"
    window.commands["language_es"].trigger()
    assert cancel() == "Cancelar"
    window.commands["language_en"].trigger()
    assert cancel() == "Cancel"


def test_both_catalogues_have_the_same_keys_and_placeholders():
    english, spanish = catalogue("en"), catalogue("es")
    assert english.keys() == spanish.keys()
    for key, sentence in english.items():
        found = [sorted(set(_PLACEHOLDER.findall(s))) for s in (sentence, spanish[key])]
        assert found[0] == found[1], key
