"""Dialogs over exercises and attempts in the window."""

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QTreeWidget,
)

from nnsim.exercises import attempts
from nnsim.exercises.bank import exercise_of
from nnsim.ui.shell.exercising import attempts_folder

KEY = Qt.Key
OR = "or-course-rule"
START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
CATALOGUE = (KEY.Key_E, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)


def begin(right=0, wrong=0, minutes=0, finish=False, exercise=OR, seed=0, folder=None, name=""):
    """An attempt in the folder of the person, with so many cells right and then wrong."""
    now = START + timedelta(minutes=minutes)
    variant = exercise_of(exercise).variant(seed)
    attempt = attempts.start(variant, folder or attempts_folder(), now, name=name)
    for number, cell in enumerate(attempt.sheet.asked[: right + wrong]):
        good = attempt.sheet.expected(cell.key).text()
        attempt.enter(cell.key, good if number < right else "77", now + timedelta(minutes=1))
    if finish:
        attempt.finish(now + timedelta(minutes=2))
    return attempt


def child(dialog, kind, name):
    found = dialog.findChild(kind, name)
    assert found is not None, name
    return found


def shown(dialog):
    """The exercises in the list of the catalogue, with their progress."""
    tree = child(dialog, QTreeWidget, "browse_list")
    found = {}
    for number in range(tree.topLevelItemCount()):
        group = tree.topLevelItem(number)
        for place in range(group.childCount()):
            item = group.child(place)
            if not item.isHidden():
                assert not group.isHidden()
                found[item.data(0, Qt.ItemDataRole.UserRole)] = item.text(1)
    return found


def choose(qtbot, combo, data):
    combo.setFocus()
    qtbot.keyClick(combo, KEY.Key_Home)
    for _ in range(combo.count()):
        if combo.currentData() == data:
            return
        qtbot.keyClick(combo, KEY.Key_Down)
    raise AssertionError(data)
