"""What panels are shown with."""

import pytest
from PySide6.QtCore import QSettings

from nnsim.ui.bridge.preferences import Preferences


@pytest.fixture
def preferences(qapp, tmp_path):
    """Fresh preferences, in English."""
    preferences = Preferences(QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat))
    preferences.set_locale("en")
    return preferences
