"""nnsim without a screen: traces, examples, verification, pictures."""

from nnsim.cli.main import main, refuse, wants_window
from nnsim.cli.screen import has_screen

__all__ = ["has_screen", "main", "refuse", "wants_window"]
