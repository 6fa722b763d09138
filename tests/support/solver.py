"""A person who solves an exercise in the window, by keyboard."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QPushButton,
)

from nnsim.exercises.bank import exercise_of

KEY = Qt.Key
OR = "or-course-rule"
#: The seven rows of the course's table, as a person in Spain types them.
OR_ANSWERS = (
    *("1", "1", "-", "-1"),
    *("-1", "0", "-", "-"),
    *("-0,5", "0", "(0,5; 1)", "-"),
    *("0", "1", "-", "-"),
    *("-0,5", "0", "(1; 1)", "-"),
    *("0", "1", "-", "-"),
    *("1", "1", "-", "-"),
)


class Solver:
    """A person at the keyboard."""

    def __init__(self, window, qtbot):
        self.window, self.qtbot = window, qtbot
        self.commands = window.menu_commands.exercising

    def open(self, exercise=OR, seed=0, mode=None):
        variant = exercise_of(exercise).variant(seed) if isinstance(exercise, str) else exercise
        assert self.commands.open_exercise(variant, mode)
        self.qtbot.waitUntil(self.sheet.hasFocus)
        return self

    @property
    def room(self):
        return self.commands.room

    @property
    def run(self):
        return self.room.run

    @property
    def sheet(self):
        return self.room.panel.sheet.current

    @property
    def said(self):
        return self.room.panel.findChild(object, "exercise_verdict").accessibleName()

    @property
    def position(self):
        position = self.room.stage.workspace.session.position
        return position.iteration, position.done

    def button(self, name):
        return self.room.panel.findChild(QPushButton, f"exercise_{name}_button")

    def click(self, name):
        self.qtbot.mouseClick(self.button(name), Qt.MouseButton.LeftButton)
        QTest.qWait(1)

    def key(self, key, modifiers=Qt.KeyboardModifier.NoModifier):
        QTest.keyClick(QApplication.focusWidget(), key, modifiers)

    def type(self, text, end=KEY.Key_Return):
        for letter in text:
            QTest.keyClicks(QApplication.focusWidget(), letter)
        if end is not None:
            self.key(end)

    def verdict(self, key):
        return self.run.mark_of(key).verdict
