"""Layout, theme, zoom and the rest of the View and Help menus."""

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QTextBrowser, QWidget

from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.theme import DARK, LIGHT
from nnsim.ui.shell.docks import PANELS
from nnsim.ui.shell.layouts import LAYOUTS

CTRL_ALT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


def places(window):
    return {
        spec: (dock.isHidden(), dock.isFloating(), dock.geometry().getRect())
        for spec, dock in ((s, window.docks.dock(s)) for s in ("step_table", "data", "formula"))
    }


def test_docks_come_back_where_they_were(qtbot, window, open_window):
    window.docks.dock("data").setFloating(True)
    window.docks.dock("formula").hide()
    window.docks.dock("loss").raise_()
    assert window.close()
    again = open_window()
    assert again.docks.dock("data").isFloating()
    assert again.docks.dock("formula").isHidden()
    assert again.docks.panels["loss"].isVisible()
    assert not again.docks.panels["plane"].isVisible()
    # Opened again, the panel that was closed at the start is built.
    again.docks.dock("formula").toggleViewAction().trigger()
    qtbot.waitUntil(lambda: "formula" in again.docks.panels)


def test_the_default_layout_is_restored(qtbot, window):
    before = places(window)
    window.docks.dock("data").setFloating(True)
    window.docks.dock("formula").hide()
    window.removeDockWidget(window.docks.dock("step_table"))
    window.addDockWidget(Qt.DockWidgetArea.TopDockWidgetArea, window.docks.dock("step_table"))
    window.commands["layout_lesson"].trigger()
    QApplication.processEvents()
    assert {k: v[:2] for k, v in places(window).items()} == {k: v[:2] for k, v in before.items()}
    for name, (_, _, rect) in places(window).items():
        # The same place to a few pixels.
        assert rect == pytest.approx(before[name][2], abs=12), name


def test_a_layout_for_training_gives_plane_and_curves_the_room(qtbot, window):
    def sizes():
        QApplication.processEvents()
        return {name: window.docks.dock(name).widget().size() for name in ("plane", "loss")}

    def in_front():
        QApplication.processEvents()
        names = ("plane", "loss", "step_table")
        return [name for name in names if window.docks.panels[name].isVisible()]

    before = sizes()
    window.commands["layout_training"].trigger()
    assert in_front() == ["plane", "loss"]
    assert sizes()["plane"].width() > before["plane"].width()
    window.commands["layout_lesson"].trigger()
    assert in_front() == ["plane", "step_table"]


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_names_panels_that_there_are_and_each_once(name):
    layout = LAYOUTS[name]
    named = [n for side in (layout.left, layout.right, layout.below) for tabs in side for n in tabs]
    assert len(named) == len(set(named))
    assert set(named) <= {spec.name for spec in PANELS}


def test_nothing_jumps_while_the_panels_come(qtbot, preferences, dressed):
    from nnsim.app import first_document
    from nnsim.ui.shell.window import MainWindow

    window = MainWindow(first_document(), preferences)
    qtbot.addWidget(window)
    window.resize(1600, 1000)
    with qtbot.waitExposed(window):
        window.show()
    docks = window.docks
    sizes = {}
    while len(docks.panels) < 8:
        now = {
            name: docks.dock(name).geometry().getRect()
            for name in ("step_table", "data", "formula", "training")
        }
        sizes = sizes or now
        assert now == sizes, list(docks.panels)
        qtbot.wait(5)
    assert window.canvas.width() > 400


def test_a_panel_is_closed_and_opened_from_the_menu(window):
    toggle = window.docks.dock("data").toggleViewAction()
    assert toggle in window.menus["panels"].actions()
    toggle.trigger()
    assert not window.docks.panels["data"].isVisible()
    toggle.trigger()
    assert window.docks.panels["data"].isVisible()


@pytest.mark.parametrize("size", [(1024, 640), (1280, 800), (1600, 1000)])
def test_it_fits_a_small_screen(open_window, size):
    window = open_window(size=size)
    assert (window.width(), window.height()) == size
    assert window.canvas.width() >= 300
    assert window.canvas.height() >= 200
    for name, panel in window.docks.panels.items():
        if panel.isVisible():
            corner = panel.mapTo(window, QPoint(panel.width(), panel.height()))
            assert corner.x() <= window.width(), name
            assert corner.y() <= window.height(), name


def test_theme_is_switched_and_kept(window, settings):
    window.commands["theme_dark"].trigger()
    assert window.palette().window().color().name() == DARK.background
    assert Preferences(settings).theme is DARK
    window.commands["theme_light"].trigger()
    assert window.palette().window().color().name() == LIGHT.background


def ink_height(picture):
    """Rows of a picture between the first and the last that is not of its ground."""
    image = picture.toImage()
    ground = image.pixelColor(0, 0)
    rows = [
        y
        for y in range(image.height())
        if any(image.pixelColor(x, y) != ground for x in range(image.width()))
    ]
    return rows[-1] - rows[0] + 1 if rows else 0


def test_titles_and_the_counter_follow_the_zoom_both_ways(qtbot, window):
    dock = window.docks.dock("formula")

    def title():
        return ink_height(dock.grab(QRect(0, 0, 120, dock.widget().y())))

    def counter():
        return window.transport.findChild(QWidget, "transport_counter").fontInfo().pixelSize()

    before = title(), counter()
    window.preferences.set_zoom(2.0)
    qtbot.waitUntil(lambda: title() > 1.6 * before[0])
    assert counter() > 1.8 * before[1]
    window.preferences.set_zoom(1.0)
    qtbot.waitUntil(lambda: (title(), counter()) == before)


def test_presentation_zoom_by_key(qtbot, window, settings):
    size = QApplication.font().pointSizeF()
    qtbot.keyClick(window, Qt.Key.Key_Plus, CTRL_ALT)
    assert QApplication.font().pointSizeF() == pytest.approx(size * 1.1, rel=0.02)
    assert window.transport.iconSize().width() == round(26 * 1.1)
    assert Preferences(settings).zoom == pytest.approx(1.1)
    qtbot.keyClick(window, Qt.Key.Key_Minus, CTRL_ALT)
    qtbot.keyClick(window, Qt.Key.Key_Minus, CTRL_ALT)
    assert QApplication.font().pointSizeF() < size
    qtbot.keyClick(window, Qt.Key.Key_0, CTRL_ALT)
    assert QApplication.font().pointSizeF() == pytest.approx(size)


def test_digits_are_chosen(window):
    window.commands["digits_3"].trigger()
    assert window.preferences.digits == 3
    assert window.commands["digits_3"].isChecked()
    assert not window.commands["digits_6"].isChecked()


def test_the_sheet_of_keys_names_every_key(qtbot, window, answer):
    shown = []

    def act(dialog):
        shown.append(dialog.findChild(QTextBrowser).toPlainText())
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)

    answer("keys_dialog", act)
    qtbot.keyClick(window, Qt.Key.Key_F1)
    qtbot.waitUntil(lambda: bool(shown))
    native = QKeySequence.SequenceFormat.NativeText
    for name in window.commands:
        for keys in window.commands.keys(name):
            assert keys.toString(native) in shown[0], name


def test_no_key_means_two_things(window):
    from PySide6.QtGui import QAction

    seen = {}
    in_window = Qt.ShortcutContext.WindowShortcut
    for action in window.findChildren(QAction):
        # What only one panel listens to, while it has the focus, is its own affair.
        if action.shortcutContext() is not in_window:
            continue
        for keys in action.shortcuts():
            other = seen.setdefault(keys.toString(), action)
            assert other is action, (keys.toString(), other.text(), action.text())


def test_every_command_of_the_menus_says_what_it_does(window):
    for name in window.commands:
        action = window.commands[name]
        assert action.text(), name


def test_dialogs_show_the_version(qtbot, window, answer):
    from PySide6.QtWidgets import QLabel

    from nnsim import __version__

    shown = []

    def act(dialog):
        shown.append(dialog.findChild(QLabel, "about_text").text())
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)

    answer("about_dialog", act)
    window.commands["about"].trigger()
    qtbot.waitUntil(lambda: bool(shown))
    assert __version__ in shown[0]


def test_heat_maps_in_the_neurons_are_wished_for_and_away(window, settings):
    assert window.commands["maps_auto"].isChecked()
    window.commands["maps_always"].trigger()
    assert all(item.maps for item in window.canvas.diagram.nodes.values())
    window.commands["maps_never"].trigger()
    assert not any(item.maps for item in window.canvas.diagram.nodes.values())
    assert Preferences(settings).maps == "never"


def test_enlarging_a_map_by_key_brings_the_plane_to_the_front(qtbot, window):
    window.docks.show_panel("loss")
    window.workspace.select_nodes((window.workspace.document.outputs[0].id,))
    qtbot.keyClick(window.canvas, Qt.Key.Key_M)
    qtbot.waitUntil(lambda: window.docks.panel("plane").isVisible())


def test_the_canvas_knows_whether_the_plane_is_in_sight(qtbot, window):
    window.docks.show_panel("loss")
    qtbot.waitUntil(lambda: not window.canvas.stage.shows_enlarged())
    window.docks.show_panel("plane")
    qtbot.waitUntil(window.canvas.stage.shows_enlarged)
