"""How much nnsim reads at once: more would not fit on a screen or into memory."""

from __future__ import annotations

MAX_ROWS = 200_000
MAX_COLUMNS = 2_000
MAX_CLASSES = 1_000
MAX_PROBLEMS_SHOWN = 5
#: Numbers a set of files (IDX, images) may hold: MNIST has 47 million pixels.
MAX_VALUES = 500_000_000
#: Input values a set that is made may have; targets come on top.
MAX_MADE = 50_000_000
#: Bytes a compressed spreadsheet may unpack to.
MAX_UNPACKED = 500_000_000
