"""The name a person goes by in their attempts; kept with the preferences."""

from __future__ import annotations

from nnsim.ui.bridge.preferences import Preferences

_NAME = "exercise/name"
LONGEST = 200


def name_of(preferences: Preferences) -> str:
    """The name; "" where none was given."""
    return str(preferences.settings.value(_NAME, ""))[:LONGEST]


def set_name(preferences: Preferences, name: str) -> None:
    """Keep another name."""
    preferences.settings.setValue(_NAME, name.strip()[:LONGEST])
