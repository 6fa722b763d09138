"""What undo says follows the language, for edits made before it was changed too."""

from PySide6.QtCore import QSettings

from nnsim.document.edits import set_texts
from nnsim.document.templates import gate_neuron
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace


def test_undo_is_said_again_in_another_language(qapp, tmp_path):
    preferences = Preferences(QSettings(str(tmp_path / "a.ini"), QSettings.Format.IniFormat))
    preferences.set_locale("en")
    workspace = Workspace(gate_neuron())
    label = preferences.say("verdict.open", n=3)
    workspace.edit(lambda document: set_texts(document, title="OR"), label)

    preferences.set_locale("es")
    workspace.say_again(preferences.say)

    assert workspace.undo_stack.undoText() == preferences.say("verdict.open", n=3)
    assert workspace.undo_stack.undoText() != label
