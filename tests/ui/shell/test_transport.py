"""The transport bar in little room: it says less, and hides nothing that is needed."""

import pytest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QSlider, QToolButton

from nnsim.document.templates import gate_neuron
from nnsim.ui.bridge.player import Player
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.shell.actions import Actions
from nnsim.ui.shell.line import Line
from nnsim.ui.shell.running import RunCommands
from nnsim.ui.shell.transport import TransportBar


@pytest.fixture
def bar(qtbot, preferences, dressed, qapp):
    from PySide6.QtWidgets import QMainWindow

    window = QMainWindow()
    qtbot.addWidget(window)
    workspace = Workspace(gate_neuron("or"))
    player = Player(workspace)
    actions = Actions(preferences, window)
    commands = RunCommands(workspace, player, preferences, actions, window)
    bar = TransportBar(workspace, player, commands, actions, preferences)
    window.addToolBar(bar)
    window.resize(1400, 200)
    with qtbot.waitExposed(window):
        window.show()
    bar.commands = commands
    yield bar
    player.pause()


def widen(bar, width):
    bar.window().resize(width, 200)
    QApplication.processEvents()


def counter(bar):
    return bar.findChild(Line, "transport_counter")


def words_before(bar):
    level = bar.findChild(QComboBox, "transport_level")
    return next(w for w in bar.findChildren(QLabel) if w.buddy() is level)


def fits(bar):
    """Nothing is behind the arrow, and the position is not cut."""
    label = counter(bar)
    text = label.fontMetrics().horizontalAdvance(label.text())
    return (
        not bar.findChild(QToolButton, "qt_toolbar_ext_button").isVisible()
        and label.isVisible()
        and bar.findChild(QComboBox, "transport_level").isVisible()
        and bar.findChild(QSlider, "transport_speed").isVisible()
        and text <= label.width()
    )


@pytest.mark.parametrize("locale", ["en", "es"])
@pytest.mark.parametrize("width", [1400, 1024, 800, 640])
def test_step_and_position_are_there_at_every_width(bar, preferences, locale, width):
    preferences.set_locale(locale)
    widen(bar, width)
    for _ in range(6):
        assert fits(bar), counter(bar).text()
        bar.commands.forward()
        QApplication.processEvents()


def test_the_words_go_first_and_come_back(bar, preferences):
    preferences.set_locale("es")
    widen(bar, 1400)
    whole = counter(bar).text()
    assert whole.startswith("Iteración 1")
    assert words_before(bar).isVisible()
    widen(bar, 640)
    assert not words_before(bar).isVisible()
    assert counter(bar).text() == "It. 1 · inicio"
    # What is said short is said whole in the tip, and to a screen reader.
    assert counter(bar).toolTip() == counter(bar).accessibleName() == whole
    widen(bar, 1400)
    assert counter(bar).text() == whole
    assert words_before(bar).isVisible()


def test_the_form_stays_while_a_run_goes_on(bar, preferences):
    for width in range(560, 1000, 20):
        widen(bar, width)
        forms = set()
        for _ in range(5):
            slider = bar.findChild(QSlider, "transport_speed")
            forms.add((words_before(bar).isVisible(), slider.width()))
            bar.commands.forward()
        assert len(forms) == 1, width


def test_it_grows_with_the_zoom_and_still_fits(bar, preferences):
    preferences.set_zoom(1.5)
    QApplication.processEvents()
    widen(bar, 800)
    assert fits(bar)
