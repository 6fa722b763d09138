"""Exercises in the real window: one that is solved, and the dialogs that lead there."""

import pytest
from PySide6.QtWidgets import QTableView

from tests.support.browsing import CATALOGUE, child
from tests.support.solver import Solver


@pytest.fixture
def solver(window, qtbot):
    return Solver(window, qtbot)


@pytest.fixture
def spanish(preferences):
    preferences.set_locale("es")


@pytest.fixture
def exercising(window):
    return window.menu_commands.exercising


@pytest.fixture
def catalogue(qtbot, window, answer, wake):
    """``catalogue(act)``: open the catalogue by its key and do something in it."""

    def catalogue(act):
        wake(window)
        answer("catalogue_dialog", act)
        qtbot.keyClick(window, *CATALOGUE)

    return catalogue


@pytest.fixture
def looking(qtbot, window, answer):
    """``looking(act)``: open the list of attempts and do something when all are read."""

    def looking(act, expected):
        def when_read(dialog):
            table = child(dialog, QTableView, "attempts_table")
            qtbot.waitUntil(lambda: table.model().rowCount() == expected)
            act(dialog, table)

        answer("attempts_dialog", when_read)
        window.commands["exercise_attempts"].trigger()

    return looking
