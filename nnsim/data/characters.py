"""Text as samples: characters as numbers or one-hot rows, and windows that foretell the next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from nnsim.core.files import reason_of
from nnsim.core.messages import Message, NnsimError
from nnsim.core.resources import resource_path
from nnsim.data.dataset import OWN_FILE, PUBLIC_DOMAIN, Dataset, Labels, Values, one_hot
from nnsim.data.limits import MAX_MADE
from nnsim.data.options import Option, SetSpec, Task
from nnsim.data.table import Floats

MAX_CHARACTERS = 5_000_000
_MAX_STEPS = 1000


@dataclass(frozen=True)
class Alphabet:
    """The characters of a text, each with its number: the place in ``symbols``."""

    symbols: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Alphabet:
        """The characters that occur in a text, in the order of Unicode."""
        return cls(tuple(sorted(set(text))))

    def __len__(self) -> int:
        return len(self.symbols)

    def indices(self, text: str) -> Labels:
        """The numbers of the characters, (characters,).

        Raises NnsimError ``text_data.unknown_character`` for the first that is not in the alphabet,
        with its line and column.
        """
        number_of = {symbol: number for number, symbol in enumerate(self.symbols)}
        for place, character in enumerate(text):
            if character not in number_of:
                before = text[:place]
                raise NnsimError.of(
                    "text_data.unknown_character",
                    character=character,
                    line=before.count("\n") + 1,
                    column=place - before.rfind("\n"),
                )
        return np.array([number_of[character] for character in text], dtype=np.int64)

    def one_hot(self, text: str) -> Floats:
        """One row a character, (characters, size of the alphabet), with a one at its number."""
        return one_hot(self.indices(text), len(self))

    def text(self, numbers: Iterable[int] | Values) -> str:
        """The characters of these numbers, the inverse of ``indices``."""
        return "".join(self.symbols[int(number)] for number in numbers)

    def text_of_one_hot(self, rows: Values) -> str:
        """The character of the largest value of each row (characters, size of the alphabet)."""
        return self.text(np.argmax(rows, axis=1))


def read_text(path: Path) -> str:
    """A text file in UTF-8, line ends as "\\n".

    Raises NnsimError ``text_data.unreadable``, ``text_data.empty`` or ``text_data.too_long``.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise NnsimError.of(
            "text_data.unreadable", path=str(path), reason=reason_of(error)
        ) from error
    except UnicodeDecodeError as error:
        raise NnsimError.of(
            "text_data.unreadable", path=str(path), reason=Message("reason.not_utf8")
        ) from error
    if not text.strip():
        raise NnsimError.of("text_data.empty", path=str(path))
    if len(text) > MAX_CHARACTERS:
        raise NnsimError.of("text_data.too_long", path=str(path), n=MAX_CHARACTERS)
    return text


def spanish_text() -> str:
    """The first chapter of Don Quijote (1605), which is in the public domain."""
    return read_text(resource_path("datasets", "quijote-1605-capitulo-1.txt"))


def windows(
    text: str, alphabet: Alphabet, steps: int, stride: int, name: str, one_hot_inputs: bool = True
) -> Dataset:
    """Stretches of ``steps`` characters, each with the characters that come one place later.

    Inputs are (samples, steps, size of the alphabet) as one-hot rows, or the numbers of the
    characters, (samples, steps, 1), for an embedding; targets are one-hot rows.  A stretch begins
    every ``stride`` characters; what is left at the end and is shorter is left out.  Raises
    NnsimError ``text_data.too_short``, ``text_data.too_many`` or ``text_data.unknown_character``.
    """
    indices = alphabet.indices(text)
    starts = np.arange(0, len(indices) - steps, stride)
    if not len(starts):
        raise NnsimError.of("text_data.too_short", n=len(text), steps=steps)
    if len(starts) * steps * len(alphabet) > MAX_MADE:
        raise NnsimError.of("text_data.too_many", n=MAX_MADE)
    places = starts[:, np.newaxis] + np.arange(steps)
    seen, following = indices[places], indices[places + 1]
    return Dataset(
        name,
        one_hot(seen, len(alphabet)) if one_hot_inputs else seen[:, :, np.newaxis],
        one_hot(following, len(alphabet)),
        licence=OWN_FILE,
    )


def _quijote(_random: np.random.Generator, steps: int, stride: int, encoding: str) -> Dataset:
    text = spanish_text()
    samples = windows(text, Alphabet.of(text), steps, stride, "quijote", encoding == "one_hot")
    return replace(
        samples,
        source="Miguel de Cervantes, El ingenioso hidalgo don Quijote de la Mancha, 1605, cap. I",
        licence=PUBLIC_DOMAIN,
    )


SETS = (
    SetSpec(
        "quijote",
        Task.SEQUENCES,
        _quijote,
        (
            Option("steps", 50, 1, _MAX_STEPS),
            Option("stride", 25, 1, _MAX_STEPS),
            Option("encoding", "one_hot", choices=("one_hot", "index")),
        ),
    ),
)
