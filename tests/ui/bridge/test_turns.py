"""Views draw in turns: at once at rest, one by one while a run goes on, and only where seen."""

import time

import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from nnsim.ui.bridge.drawing import Drawing
from nnsim.ui.bridge.rest import Rest
from nnsim.ui.bridge.turns import Turns


class View(QObject):
    """Notes in a list of all views that it draws."""

    def __init__(self, parent, name, done):
        super().__init__(parent)
        self.name, self.done = name, done

    def draw(self):
        self.done.append(self.name)


@pytest.fixture
def turns(qapp):
    owner = QObject()
    made = Turns(owner)
    yield made
    owner.deleteLater()


@pytest.fixture
def done():
    return []


@pytest.fixture
def views(turns, done):
    return [View(turns, name, done) for name in "abc"]


class TestTurns:
    def test_at_rest_all_draw_in_one_turn_of_the_loop(self, turns, views, done):
        for view in views:
            turns.ask(view.draw)
            turns.ask(view.draw)
        assert done == []
        QApplication.processEvents()
        assert done == ["a", "b", "c"]

    def test_while_a_run_goes_on_events_come_between_any_two(self, qtbot, turns, views, done):
        turns.one_by_one = True
        timer = QTimer(turns, interval=1)
        timer.timeout.connect(lambda: done.append("event"))
        timer.start()
        for view in views:
            turns.ask(lambda view=view: (time.sleep(0.003), view.draw()))
        qtbot.waitUntil(lambda: "c" in done)
        for first, second in ("ab", "bc"):
            assert "event" in done[done.index(first) : done.index(second)]

    def test_what_is_drawn_is_painted_before_the_next_draws(self, qtbot, turns, views, done):
        turns.one_by_one = True

        def draw():
            done.append("first")
            turns.paint(lambda: done.append("paint"))

        turns.ask(draw)
        turns.ask(views[0].draw)
        qtbot.waitUntil(lambda: len(done) == 3)
        assert done == ["first", "paint", "a"]

    def test_the_rest_of_a_view_comes_before_other_views(self, qtbot, turns, views, done):
        turns.one_by_one = True

        def draw():
            done.append("some")
            turns.ask_next(lambda: done.append("rest"))

        asked = turns.asked
        turns.ask(draw)
        turns.ask(views[0].draw)
        qtbot.waitUntil(lambda: len(done) == 3)
        assert done == ["some", "rest", "a"]
        assert (turns.asked - asked, turns.served - asked) == (2, 2)

    def test_at_rest_nobody_waits_any_longer(self, turns, views, done):
        turns.one_by_one = True
        for view in views:
            turns.ask(view.draw)
        turns.paint(lambda: done.append("paint"))
        turns.one_by_one = False
        QApplication.processEvents()
        assert done == ["a", "b", "c", "paint"]

    @pytest.mark.parametrize("one_by_one", [False, True])
    def test_one_that_fails_takes_no_turn_from_others(self, qtbot, turns, views, done, one_by_one):
        turns.one_by_one = one_by_one

        def fail():
            raise ValueError("no")

        turns.ask(fail)
        turns.ask(views[0].draw)
        with qtbot.capture_exceptions() as caught:
            qtbot.waitUntil(lambda: done == ["a"])
        assert [kind for kind, *_ in caught] == [ValueError]


@pytest.fixture
def widget(qtbot):
    made = QWidget()
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    return made


class TestDrawing:
    def test_however_often_asked_it_draws_once(self, widget, turns, done):
        drawing = Drawing(widget, turns, lambda: done.append("drawn"))
        for _ in range(3):
            drawing.ask()
        QApplication.processEvents()
        assert done == ["drawn"]
        drawing.catch_up()
        assert done == ["drawn"]

    def test_one_that_is_not_seen_is_drawn_when_it_is(self, widget, turns, done):
        drawing = Drawing(widget, turns, lambda: done.append("drawn"))
        drawing.ask()
        widget.hide()
        QApplication.processEvents()
        assert done == []
        drawing.ask()
        QApplication.processEvents()
        assert done == []
        widget.show()
        drawing.catch_up()
        assert done == ["drawn"]

    def test_a_long_one_leaves_pictures_out_and_is_there_at_rest(self, qtbot, widget, turns, done):
        def draw():
            end = time.thread_time() + 0.02
            while time.thread_time() < end:
                pass
            done.append("drawn")

        turns.one_by_one = True
        drawing = Drawing(widget, turns, draw)
        start = time.perf_counter()
        while time.perf_counter() < start + 0.4:
            drawing.ask()
            qtbot.wait(5)
        # An eighth of the time, and the first.
        assert 1 <= len(done) <= 1 + (time.perf_counter() - start) / (8 * 0.02)
        drawing.ask()
        turns.one_by_one = False
        QApplication.processEvents()
        assert not drawing.is_stale

    def test_at_rest_a_long_one_is_drawn_each_time(self, widget, turns, done):
        drawing = Drawing(widget, turns, lambda: (time.sleep(0.02), done.append("drawn")))
        for number in (1, 2, 3):
            drawing.ask()
            QApplication.processEvents()
            assert len(done) == number


class TestRest:
    def test_nothing_is_at_rest_between_the_pictures_of_a_run(self, qtbot, turns, done):
        turns.one_by_one = True
        rest = Rest(turns, turns, 10, lambda: done.append("fine"))
        rest.start()
        qtbot.wait(60)
        assert done == []
        turns.one_by_one = False
        qtbot.waitUntil(lambda: done == ["fine"])
