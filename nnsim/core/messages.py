"""A message is a code with parameters and no words.

Rooms below the window and the command line never speak a language: they say *what* happened,
*where*, and with which values.  ``nnsim.language`` turns the code into a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Message:
    """One thing to tell a person.

    ``code`` is a key of the catalogue in ``resources/i18n`` (for instance
    ``"document.sizes_differ"``); ``params`` fills the placeholders of its sentence; ``node`` is
    the id of the node at fault, if there is one.
    """

    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    node: str | None = None

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{self.code}({shown})"


class NnsimError(Exception):
    """Something a person can put right.  Carries one or more messages, never words."""

    def __init__(self, *messages: Message) -> None:
        super().__init__("; ".join(str(message) for message in messages))
        self.messages = messages

    def __reduce__(self) -> tuple[type[NnsimError], tuple[Message, ...]]:
        # Errors come back from worker processes; by default only the joined text would.
        return type(self), self.messages

    @classmethod
    def of(cls, code: str, node: str | None = None, **params: object) -> NnsimError:
        """An error with a single message."""
        return cls(Message(code, params, node))
