"""The Reber grammar, plain and embedded: strings that end as they began only if one remembers.

Source: Reber 1967 for the grammar; Cleeremans, Servan-Schreiber & McClelland 1989 and Hochreiter &
Schmidhuber 1997 (section 5.1) for the two tasks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from nnsim.core.messages import NnsimError
from nnsim.data.dataset import Dataset
from nnsim.data.options import Option, SetSpec, Task, count_option

SYMBOLS = "BTPSXVE"
#: For each state the symbols that may come and the states they lead to; state 7 is the end.
_GRAMMAR: tuple[Mapping[str, int], ...] = (
    {"B": 1},
    {"T": 2, "P": 3},
    {"S": 2, "X": 4},
    {"T": 3, "V": 5},
    {"X": 3, "S": 6},
    {"P": 4, "V": 6},
    {"E": 7},
)
_END = 7
_SHORTEST = {False: 5, True: 9}


def is_valid(text: str, embedded: bool = False) -> bool:
    """Whether the grammar can make this string from its first symbol to its last."""
    try:
        return not possible_next(text, embedded)
    except ValueError:
        return False


def possible_next(prefix: str, embedded: bool = False) -> frozenset[str]:
    """The symbols that may follow the beginning of a string; none after its end.

    Raises ValueError where no string of the grammar begins so.
    """
    if embedded:
        return _embedded_next(prefix)
    following, read = _plain_next(prefix)
    if read < len(prefix):
        raise ValueError(f"{prefix!r} goes on after its end")
    return following


def _plain_next(prefix: str) -> tuple[frozenset[str], int]:
    """What may follow, and how many symbols were read until the end of a string."""
    state = 0
    for place, symbol in enumerate(prefix):
        if state == _END:
            return frozenset(), place
        if symbol not in _GRAMMAR[state]:
            raise ValueError(f"{prefix!r} is not in the grammar from {symbol!r} at {place} on")
        state = _GRAMMAR[state][symbol]
    return frozenset() if state == _END else frozenset(_GRAMMAR[state]), len(prefix)


def _embedded_next(prefix: str) -> frozenset[str]:
    # B, T or P, a plain string, the same T or P, E.
    if not prefix:
        return frozenset("B")
    if prefix[0] != "B" or prefix[1:2] not in ("", "T", "P"):
        raise ValueError(f"{prefix!r} does not begin with BT or BP")
    if len(prefix) == 1:
        return frozenset("TP")
    following, read = _plain_next(prefix[2:])
    if following:
        return following
    ending, rest = prefix[1] + "E", prefix[2 + read :]
    if not ending.startswith(rest):
        raise ValueError(f"{prefix!r} does not end as it began")
    return frozenset(ending[len(rest) : len(rest) + 1])


def reber_string(random: np.random.Generator, embedded: bool = False) -> str:
    """A string of the grammar; at every fork both ways are equally likely."""
    state, text = 0, ""
    while state != _END:
        symbols = sorted(_GRAMMAR[state])
        symbol = symbols[int(random.integers(len(symbols)))]
        text, state = text + symbol, _GRAMMAR[state][symbol]
    if not embedded:
        return text
    frame = "TP"[int(random.integers(2))]
    return f"B{frame}{text}{frame}E"


def reber(
    random: np.random.Generator, count: int, embedded: bool, longest: int, targets: str
) -> Dataset:
    """Strings of the grammar, to be predicted symbol by symbol.

    Inputs (samples, steps, 7) are the symbols B T P S X V E as one-hot rows, all but the last of a
    string; targets (samples, steps, 7) are the symbol that came next (``targets`` "next") or all
    that may come (``targets`` "possible").  Steps after the end of a string are zeros, for which
    a cross-entropy has neither loss nor gradient; ``lengths`` says how many count.  Strings of more
    than ``longest`` symbols are drawn again.  Raises NnsimError ``data_set.reber_longest``.
    """
    if longest < _SHORTEST[embedded]:
        raise NnsimError.of("data_set.reber_longest", n=_SHORTEST[embedded], longest=longest)
    strings: list[str] = []
    while len(strings) < count:
        text = reber_string(random, embedded)
        if len(text) <= longest:
            strings.append(text)
    steps = max(map(len, strings)) - 1
    inputs = np.zeros((count, steps, len(SYMBOLS)))
    wanted = np.zeros_like(inputs)
    for sample, text in enumerate(strings):
        for step, symbols in enumerate(_wanted(text, embedded, targets == "possible")):
            inputs[sample, step, SYMBOLS.index(text[step])] = 1
            for symbol in symbols:
                wanted[sample, step, SYMBOLS.index(symbol)] = 1
    return Dataset(
        "reber",
        inputs,
        wanted,
        lengths=np.array([len(text) - 1 for text in strings]),
        source="Reber 1967; Hochreiter & Schmidhuber 1997, section 5.1",
    )


def _wanted(text: str, embedded: bool, all_possible: bool) -> Iterator[frozenset[str]]:
    for place in range(1, len(text)):
        yield possible_next(text[:place], embedded) if all_possible else frozenset(text[place])


def reber_text(dataset: Dataset, sample: int) -> str:
    """The string of a sample, without its last symbol."""
    if dataset.lengths is None:
        raise ValueError("these samples are no strings")
    rows = dataset.inputs[sample, : dataset.lengths[sample]]
    return "".join(SYMBOLS[place] for place in rows.argmax(axis=1))


SETS = (
    SetSpec(
        "reber",
        Task.SEQUENCES,
        reber,
        (
            count_option(500),
            Option("embedded", True),
            Option("longest", 30, 5, 200),
            Option("targets", "next", choices=("next", "possible")),
        ),
    ),
)
