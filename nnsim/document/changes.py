"""The changes made in the middle of a run, one by one: what each changed, and taking one back."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

from nnsim.document.model import Change, Conventions, Document, ParameterEdit, Training

Settings = TypeVar("Settings", Training, Conventions)


@dataclass(frozen=True)
class SettingChange:
    """A field of the training settings or the conventions that changed."""

    iteration: int
    part: Literal["training", "conventions"]
    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class ParameterChange:
    """A weight or bias that was set; what it was before only the run knows."""

    iteration: int
    edit: ParameterEdit


def changes_of(document: Document) -> Iterator[SettingChange | ParameterChange]:
    """Everything that was changed in the middle of the run, in order.

    A change that sets what was in force already has no effect and is left out.
    """
    training, conventions = document.training, document.conventions
    for change in document.changes:
        if change.training is not None:
            for name, before, after in changed_fields(training, change.training):
                yield SettingChange(change.iteration, "training", name, before, after)
            training = change.training
        if change.conventions is not None:
            for name, before, after in changed_fields(conventions, change.conventions):
                yield SettingChange(change.iteration, "conventions", name, before, after)
            conventions = change.conventions
        for edit in change.parameters:
            yield ParameterChange(change.iteration, edit)


def changed_fields(before: Settings, after: Settings) -> Iterator[tuple[str, Any, Any]]:
    """Name of each field in which two settings differ, with both values."""
    for field in dataclasses.fields(before):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if old != new:
            yield field.name, old, new


def without_change(document: Document, change: SettingChange | ParameterChange) -> Document:
    """The document as if this had not been changed; the other changes stay as they were made.

    Settings are kept whole at each iteration, so those of later ones are made again from what was
    changed there.  Returns the same document where there is no such change.
    """
    kept: list[Change] = []
    old = (document.training, document.conventions)
    new = old
    found = False
    for at in document.changes:
        after = (at.training or old[0], at.conventions or old[1])
        training, conventions = _again(old[0], after[0], new[0]), _again(old[1], after[1], new[1])
        parameters = at.parameters
        if at.iteration == change.iteration:
            if isinstance(change, ParameterChange):
                parameters = tuple(edit for edit in parameters if edit != change.edit)
                found = found or parameters != at.parameters
            elif change.part == "training":
                training, taken = _with_former(training, new[0], change.name)
                found = found or taken
            else:
                conventions, taken = _with_former(conventions, new[1], change.name)
                found = found or taken
        made = Change(
            at.iteration,
            None if training == new[0] else training,
            None if conventions == new[1] else conventions,
            parameters,
        )
        if made.training or made.conventions or made.parameters:
            kept.append(made)
        old, new = after, (training, conventions)
    return replace(document, changes=tuple(kept)) if found else document


def _again(before: Settings, after: Settings, base: Settings) -> Settings:
    """What changed from ``before`` to ``after``, changed in ``base``."""
    return replace(base, **{name: new for name, _, new in changed_fields(before, after)})


def _with_former(settings: Settings, former: Settings, name: str) -> tuple[Settings, bool]:
    value = getattr(former, name)
    return replace(settings, **{name: value}), value != getattr(settings, name)
