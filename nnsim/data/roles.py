"""What each column of a table file is for, and the data set that comes of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum

import numpy as np

from nnsim.core.messages import Message, NnsimError
from nnsim.core.numbers import parse_number
from nnsim.data.dataset import OWN_FILE, Dataset, Labels, one_hot
from nnsim.data.limits import MAX_CLASSES, MAX_PROBLEMS_SHOWN
from nnsim.data.sheets import Sheet
from nnsim.data.table import Floats

_LOOKED_AT = 1000
# What programs and people write where a number is missing, or is none; spreadsheets also write
# #DIV/0! and the like, in Spanish with ¡ and ¿.
_NO_NUMBER = re.compile(
    r"n/?a|n/?d|nan|null|none|nil|-{1,2}|\?|\.|[+-]?inf(inity)?|#n/?[ad]|#\S*[!?]", re.IGNORECASE
)


class Role(StrEnum):
    """What a column is for."""

    INPUT = "input"
    TARGET = "target"
    CLASS = "class"
    IGNORE = "ignore"


def suggested_roles(sheet: Sheet) -> tuple[Role, ...]:
    """Roles to start from: numbers are inputs, the last column the target, or the class if it has
    words; other columns with words are ignored.

    The first rows decide: a word further down is more likely a mistake, and will be named as one.
    So will what stands for a number that is missing ("NA", "NaN"), which makes no column one of
    words.
    """
    looked_at = sheet.rows[:_LOOKED_AT]
    wordy = [has_words(row[k] for row in looked_at) for k in range(len(sheet.names))]
    roles = [Role.IGNORE if words else Role.INPUT for words in wordy]
    roles[-1] = Role.CLASS if wordy[-1] else Role.TARGET
    return tuple(roles)


def dataset_of(sheet: Sheet, roles: Sequence[Role]) -> Dataset:
    """The samples of a table file.

    Inputs and targets are numbers, with either decimal mark.  A class column becomes one target
    column a class, 1 where the sample belongs to it; its classes keep their names and stand in the
    order of their numbers or, where they are words, of the alphabet.  Raises NnsimError
    ``sheet.no_input``, ``sheet.no_target``, ``sheet.one_class_column``,
    ``sheet.class_or_targets``, ``sheet.too_many_classes``, or one ``csv.missing`` or ``csv.cell``
    for each of the first cells that are missing or no numbers, with row and column.
    """
    if len(roles) != len(sheet.names):
        raise ValueError("there must be one role for each column")
    places = {role: [k for k, given in enumerate(roles) if given == role] for role in Role}
    _require_roles(places[Role.INPUT], places[Role.TARGET], places[Role.CLASS])
    problems: list[Message] = []
    inputs = _numbers(sheet, places[Role.INPUT], problems)
    targets = _numbers(sheet, places[Role.TARGET], problems)
    for place in places[Role.CLASS]:
        _find_gaps(sheet, place, problems)
    if problems:
        problems.sort(key=lambda problem: int(str(problem.params["row"])))
        raise NnsimError(*problems[:MAX_PROBLEMS_SHOWN])
    names = _names(sheet, places[Role.INPUT])
    if not places[Role.CLASS]:
        target_names = _names(sheet, places[Role.TARGET])
        return Dataset(
            sheet.name,
            inputs,
            targets,
            names,
            target_names,
            source=sheet.name,
            licence=OWN_FILE,
        )
    classes, labels = _classes(sheet, places[Role.CLASS][0])
    return Dataset(
        sheet.name,
        inputs,
        one_hot(labels, len(classes)),
        names,
        classes,
        classes,
        labels,
        source=sheet.name,
        licence=OWN_FILE,
    )


def _require_roles(inputs: list[int], targets: list[int], classes: list[int]) -> None:
    if not inputs:
        raise NnsimError.of("sheet.no_input")
    if not targets and not classes:
        raise NnsimError.of("sheet.no_target")
    if len(classes) > 1:
        raise NnsimError.of("sheet.one_class_column", n=len(classes))
    if targets and classes:
        raise NnsimError.of("sheet.class_or_targets")


def _names(sheet: Sheet, places: Sequence[int]) -> tuple[str, ...]:
    return tuple(sheet.names[place] for place in places)


def _numbers(sheet: Sheet, places: Sequence[int], problems: list[Message]) -> Floats:
    """The columns at these places, (rows, columns); what cannot be read goes to ``problems``."""
    values = np.zeros((len(sheet), len(places)))
    found = 0
    for row, (number, cells) in enumerate(zip(sheet.numbers, sheet.rows, strict=True)):
        for column, place in enumerate(places):
            try:
                values[row, column] = parse_number(cells[place])
            except NnsimError:
                code = "csv.cell" if cells[place] else "csv.missing"
                problems.append(Message(code, _place(sheet, number, place, cells[place])))
                found += 1
        if found >= MAX_PROBLEMS_SHOWN:
            break
    return values


def _find_gaps(sheet: Sheet, place: int, problems: list[Message]) -> None:
    gaps = [n for n, cells in zip(sheet.numbers, sheet.rows, strict=True) if not cells[place]]
    problems += [
        Message("sheet.class_missing", _place(sheet, number, place, ""))
        for number in gaps[:MAX_PROBLEMS_SHOWN]
    ]


def _place(sheet: Sheet, number: int, place: int, text: str) -> dict[str, object]:
    return {"row": number, "column": sheet.names[place], "text": text}


def _classes(sheet: Sheet, place: int) -> tuple[tuple[str, ...], Labels]:
    cells = sheet.column(place)
    found = set(cells)
    if len(found) > MAX_CLASSES:
        raise NnsimError.of("sheet.too_many_classes", column=sheet.names[place], n=MAX_CLASSES)
    if any(map(is_word, found)):
        classes = sorted(found, key=lambda name: (name.casefold(), name))
    else:
        classes = sorted(found, key=lambda name: (parse_number(name), name))
    number_of = {name: number for number, name in enumerate(classes)}
    return tuple(classes), np.array([number_of[cell] for cell in cells], dtype=np.int64)


def has_words(cells: Iterable[str]) -> bool:
    """Whether a column is one of words: more than numbers and marks of missing ones."""
    return any(is_word(cell) and not _NO_NUMBER.fullmatch(cell) for cell in cells)


def is_word(cell: str) -> bool:
    """Whether something stands in a cell that is no number."""
    if not cell:
        return False
    try:
        parse_number(cell)
    except NnsimError:
        return True
    return False
