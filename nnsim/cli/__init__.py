"""nnsim without a screen: traces, examples, verification, pictures."""

from nnsim.cli.main import main, refuse
from nnsim.cli.screen import has_screen
from nnsim.cli.words import wants_window

__all__ = ["has_screen", "main", "refuse", "wants_window"]
