"""The docks around the canvas."""

from __future__ import annotations

import importlib

import shiboken6
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QPushButton, QTabBar, QWidget

from nnsim.app import first_document
from nnsim.document.examples import load_example
from nnsim.ui.shell import docks as module
from nnsim.ui.shell.docks import PANELS
from nnsim.ui.shell.window import MainWindow


def test_a_window_may_be_destroyed_without_being_closed(qtbot, preferences, dressed):
    # An exception in a slot fails the test.
    window = MainWindow(first_document(), preferences)
    window.resize(1600, 1000)
    with qtbot.waitExposed(window):
        window.show()
    docks = window.docks
    expected = {s.name for s in PANELS if not docks.dock(s.name).isHidden()}
    qtbot.waitUntil(lambda: set(docks.panels) >= expected, timeout=20_000)
    shiboken6.delete(window)
    QApplication.processEvents()
    assert not shiboken6.isValid(window)


def test_names_on_tabs_are_scrolled_through_and_not_cut(open_window):
    window = open_window(size=(800, 500))
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    bars = [bar for bar in window.findChildren(QTabBar, options=direct) if bar.isVisible()]
    assert bars
    for bar in bars:
        assert bar.usesScrollButtons()
        for index in range(bar.count()):
            words = bar.fontMetrics().horizontalAdvance(bar.tabText(index))
            assert bar.tabRect(index).width() >= words


def test_a_panel_that_a_layout_leaves_closed_is_opened_beside_others(qtbot, open_window):
    window = open_window()
    docks = window.docks
    dock = docks.dock("gradients")
    assert dock.isHidden()
    dock.toggleViewAction().trigger()
    qtbot.waitUntil(lambda: "gradients" in docks.panels)
    assert not dock.isFloating()
    assert window.dockWidgetArea(dock) == Qt.DockWidgetArea.RightDockWidgetArea
    assert docks.dock("plane") in window.tabifiedDockWidgets(dock)


def test_a_step_of_the_data_leads_to_where_it_is_set_in_the_lab(qtbot, open_window):
    window = open_window()
    window.docks.show_panel("data")
    lab = window.docks.panels["lab"]
    assert not lab.isVisible()
    lab.steps["scaling"].set_open(False)
    scaling = window.docks.panels["data"].findChild(QPushButton, "flow_scaling")
    qtbot.mouseClick(scaling, Qt.MouseButton.LeftButton)
    assert lab.isVisible()
    assert lab.steps["scaling"].is_open
    heading = lab.steps["scaling"].heading
    qtbot.waitUntil(lambda: not heading.visibleRegion().isEmpty())


def test_while_a_run_goes_on_only_panels_in_sight_are_built(qtbot, open_window):
    window = open_window()
    docks, turns = window.docks, window.workspace.turns
    qtbot.waitUntil(lambda: "lab" in docks.panels)
    hidden = [name for name in docks.panels if not docks.panels[name].isVisible()]
    assert "lab" in hidden
    window.docks._panels.pop("lab")
    turns.one_by_one = True
    docks.build()
    qtbot.wait(50)
    assert "lab" not in docks.panels
    turns.one_by_one = False
    qtbot.waitUntil(lambda: "lab" in docks.panels)


def test_a_panel_is_built_while_nothing_trains_and_the_run_goes_on_after_it(
    qtbot, open_window, monkeypatch
):
    window = open_window(load_example("gan-ring"))
    session, seen, real = window.workspace.session, [], importlib.import_module
    monkeypatch.setattr(
        module.importlib,
        "import_module",
        lambda name: (seen.append(session.trainer), real(name))[1],
    )
    window.player.run()
    qtbot.waitUntil(lambda: session.trainer is not None)
    window.docks.show_panel("gradients")
    assert seen == [None]
    before = session.computed
    qtbot.waitUntil(lambda: session.computed > before)
    window.player.pause()


def test_a_frame_says_that_its_panel_is_being_prepared(qtbot, preferences):
    frame = module._Frame(QSize(220, 140), preferences)
    qtbot.addWidget(frame)
    frame.resize(220, 140)
    ground = frame.palette().color(QPalette.ColorRole.Window)
    assert colours(frame) - {ground.name()}
    frame.hold(QWidget())
    assert colours(frame) == {ground.name()}


def colours(widget):
    image = widget.grab().toImage()
    places = [(x, y) for x in range(image.width()) for y in range(image.height())]
    return {image.pixelColor(x, y).name() for x, y in places}
