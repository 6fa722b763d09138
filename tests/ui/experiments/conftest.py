"""The window of the experiments, with an open project beside it."""

import pytest
from PySide6.QtCore import QObject, QSettings

from nnsim.document.templates import gate_neuron
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.experiments.window import ExperimentsWindow


@pytest.fixture
def preferences(qapp, tmp_path):
    preferences = Preferences(QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat))
    preferences.set_locale("en")
    return preferences


@pytest.fixture
def workspace(qapp):
    owner = QObject()
    yield Workspace(gate_neuron("or"), owner)
    owner.deleteLater()


@pytest.fixture
def window(qtbot, workspace, preferences):
    window = ExperimentsWindow(workspace, preferences)
    qtbot.addWidget(window)
    window.resize(1100, 800)
    with qtbot.waitExposed(window):
        window.show()
    return window


@pytest.fixture
def run(qtbot, window):
    """``run(kind, data, **typed)`` asks for an experiment, and waits until it has ended."""

    def run(kind, data=None, **typed):
        ask(window, kind, data, **typed)
        window.run()
        qtbot.waitUntil(lambda: not window.is_running, timeout=60_000)
        return window.results.result

    return run


def ask(window, kind, data=None, **typed):
    form = window.form
    form.kind_choice.choose(kind)
    if data is not None:
        form.editor("data").choose(data)
    for name, value in typed.items():
        editor = form.editor(name)
        editor.setText(value) if hasattr(editor, "setText") else editor.choose(value)


@pytest.fixture
def asked(window):
    """``asked(kind, data, **typed)``: the request that the form makes of it."""

    def asked(kind, data=None, **typed):
        ask(window, kind, data, **typed)
        return window.form.request(window._workspace.document, "mine")

    return asked
