"""The player: steps at a speed, training beside the window, edits on the way."""

import gc
import itertools
import threading
import time
from dataclasses import replace

import pytest

from nnsim.core.messages import Message, NnsimError
from nnsim.document.edits import connect, move, remove, set_data, set_parameter, set_training
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.session import Level, Session
from nnsim.ui.bridge.player import FULL_SPEED, MAX_SPEED, Player
from nnsim.ui.bridge.workspace import Workspace


def restless(document, **settings):
    """The document with settings under which nothing but its limit ends its run."""
    never = {"tolerance": 0.0, "target_loss": 0.0, "limit": 10**7}
    return replace(document, training=replace(document.training, **(never | settings)))


@pytest.fixture
def make(qtbot):
    made = []

    def make(document):
        workspace = Workspace(document)
        player = Player(workspace, workspace)
        made.append((workspace, player))
        return workspace, player

    yield make
    for _, player in made:
        player.pause()


def test_one_that_is_thrown_away_in_the_middle_leaves_nothing_behind(qtbot):
    workspace = Workspace(restless(perceptron((2, 3, 1))))
    player = Player(workspace)
    player.run()
    qtbot.waitUntil(lambda: workspace.session.position.iteration > 5)
    player.deleteLater()
    del player
    qtbot.waitUntil(gc.isenabled)
    assert not [t for t in threading.enumerate() if t.name == "training"]


@pytest.fixture
def running(qtbot, make):
    """A workspace that trains, and its player."""
    workspace, player = make(restless(perceptron((2, 3, 1))))
    player.run()
    qtbot.waitUntil(lambda: workspace.session.position.iteration > 5)
    return workspace, player


def goes_on(qtbot, workspace):
    """Whether the run comes further than it is now."""
    before = workspace.session.computed
    qtbot.waitUntil(lambda: workspace.session.computed > before + 5)
    return True


def as_if_computed_at_once(session):
    other = Session(session.document)
    while other.computed < session.computed:
        other.compute()
    return all(
        session.trace.column(name).tobytes() == other.trace.column(name).tobytes()
        for name in ("loss", "wrong", "epoch")
    )


class TestARun:
    def test_goes_to_the_limit_and_stands_there(self, qtbot, make):
        workspace, player = make(restless(perceptron((2, 2, 1)), limit=500))
        with qtbot.waitSignal(player.finished, timeout=20_000):
            player.run()
        assert workspace.session.computed == 500
        assert workspace.session.position.iteration == 500
        assert workspace.frame.is_complete
        assert not player.is_running

    def test_stops_at_the_verdict(self, qtbot, make):
        workspace, player = make(gate_neuron("or"))
        with qtbot.waitSignal(player.finished):
            player.run()
        assert workspace.session.computed == workspace.session.verdict.iteration == 9

    def test_goes_so_many_epochs_further(self, qtbot, make):
        workspace, player = make(restless(perceptron((2, 2, 1))))
        for epochs in (3, 8):
            with qtbot.waitSignal(player.finished):
                player.run(epochs=epochs if epochs == 3 else 5)
            assert workspace.session.trace.epochs == epochs
            assert workspace.session.position.iteration == epochs * 4

    def test_of_iterations_goes_past_a_verdict(self, qtbot, make):
        workspace, player = make(gate_neuron("or"))
        before = workspace.session.computed
        with qtbot.waitSignal(player.finished):
            player.run(iterations=30)
        assert workspace.session.computed == before + 30

    def test_is_stopped_at_once_and_shows_where_it_stopped(self, qtbot, running):
        workspace, player = running
        player.pause()
        session = workspace.session
        assert session.trainer is None
        assert session.position.iteration == session.computed
        stopped = session.computed
        qtbot.wait(50)
        assert session.computed == stopped
        assert as_if_computed_at_once(session)

    def test_tells_how_fast_it_goes(self, qtbot, running):
        _, player = running
        qtbot.waitUntil(lambda: player.rate is not None)
        assert player.rate > 0
        assert player.goal.iterations == 10**7

    def test_stops_where_a_person_looks_elsewhere(self, qtbot, running):
        workspace, player = running
        workspace.go_to(3)
        assert not player.is_running
        qtbot.wait(50)
        assert workspace.session.position.iteration == 3


class TestShowing:
    def test_no_more_than_thirty_times_a_second(self, qtbot, running):
        workspace, _ = running
        shown = []
        workspace.position_changed.connect(lambda: shown.append(time.perf_counter()))
        qtbot.wait(500)
        assert len(shown) >= 2
        gaps = [after - before for before, after in itertools.pairwise(shown)]
        assert min(gaps) > 0.030

    def test_views_that_are_slow_take_half_of_the_time_and_the_run_goes_on_meanwhile(
        self, qtbot, running
    ):
        workspace, _ = running
        shows = []

        def paint():
            start = time.perf_counter()
            time.sleep(0.08)
            shows.append((start, time.perf_counter()))

        workspace.position_changed.connect(paint)
        before = workspace.session.computed
        start = time.perf_counter()
        qtbot.waitUntil(lambda: len(shows) == 6)
        spent = shows[-1][1] - start
        assert sum(end - begin for begin, end in shows[:-1]) <= 0.6 * spent
        assert workspace.session.computed > before


class TestAnEditOnTheWay:
    def test_of_a_weight_comes_into_force_and_the_run_goes_on(self, qtbot, running):
        workspace, player = running
        name = f"w:{workspace.document.connections[0].id}"
        iteration = workspace.session.completed
        workspace.edit(lambda d: set_parameter(d, name, (0, 0), 2.0, iteration), "weight")
        assert player.is_running
        assert goes_on(qtbot, workspace)
        assert [change.iteration for change in workspace.document.changes] == [iteration]
        player.pause()
        assert workspace.session.record(iteration + 1).array(name)[0, 0] == 2.0
        assert as_if_computed_at_once(workspace.session)

    def test_of_the_learning_rate_as_a_slider_makes_them(self, qtbot, running):
        workspace, player = running
        for rate in (0.1, 0.2, 0.3):
            iteration = workspace.session.completed
            training = replace(workspace.document.training, learning_rate=rate)
            workspace.edit(lambda d, t=training, i=iteration: set_training(d, t, i), "rate", "rate")
            qtbot.wait(60)
        assert player.is_running
        player.pause()
        assert as_if_computed_at_once(workspace.session)
        workspace.undo_stack.undo()
        assert not workspace.document.changes

    def test_that_moves_a_node_does_not_even_interrupt_it(self, qtbot, running):
        workspace, player = running
        trainer = workspace.session.trainer
        node = workspace.document.nodes[0].id
        workspace.edit(lambda d: move(d, {node: (3.0, 4.0)}), "move")
        assert workspace.session.trainer is trainer
        assert player.is_running

    def test_of_the_diagram_begins_the_run_anew(self, qtbot, running):
        workspace, player = running
        source, target = workspace.document.inputs[0].id, workspace.document.outputs[0].id
        workspace.edit(lambda d: connect(d, source, target)[0], "connect")
        assert player.is_running
        assert goes_on(qtbot, workspace)
        player.pause()
        assert as_if_computed_at_once(workspace.session)

    def test_of_the_samples_begins_the_run_anew(self, qtbot, running):
        workspace, player = running
        data = gate_neuron("and").data
        workspace.edit(lambda d: set_data(d, data), "data")
        assert player.is_running
        assert goes_on(qtbot, workspace)

    def test_after_which_nothing_can_run_stops_it(self, qtbot, running):
        workspace, player = running
        output = workspace.document.outputs[0].id
        workspace.edit(lambda d: remove(d, [output]), "remove")
        assert not player.is_running
        assert not workspace.session.is_ready
        workspace.undo_stack.undo()
        assert workspace.session.is_ready

    def test_undone_and_made_again(self, qtbot, running):
        workspace, player = running
        iteration = workspace.session.completed
        training = replace(workspace.document.training, learning_rate=0.9)
        workspace.edit(lambda d: set_training(d, training, iteration), "rate")
        assert goes_on(qtbot, workspace)
        workspace.undo_stack.undo()
        assert player.is_running
        assert goes_on(qtbot, workspace)
        workspace.undo_stack.redo()
        assert goes_on(qtbot, workspace)
        player.pause()
        assert as_if_computed_at_once(workspace.session)

    def test_that_opens_another_project_ends_it(self, qtbot, running):
        workspace, player = running
        session = workspace.session
        workspace.open(gate_neuron("and"))
        assert session.trainer is None
        assert not player.is_running
        assert workspace.session.position == (1, 0)


class TestPlaying:
    def test_whole_iterations_are_shown_one_by_one(self, qtbot, make):
        workspace, player = make(restless(perceptron((2, 2, 1))))
        player.level = Level.ITERATION
        player.set_speed(20)
        shown = []
        workspace.position_changed.connect(lambda: shown.append(workspace.session.position))
        player.play()
        qtbot.waitUntil(lambda: len(shown) >= 4)
        player.pause()
        assert [position.iteration for position in shown[:4]] == [1, 2, 3, 4]

    def test_epochs_too(self, qtbot, make):
        workspace, player = make(restless(perceptron((2, 2, 1))))
        player.level = Level.EPOCH
        player.set_speed(20)
        shown = []
        workspace.position_changed.connect(lambda: shown.append(workspace.session.position))
        player.play()
        qtbot.waitUntil(lambda: len(shown) >= 3)
        player.pause()
        assert [position.iteration for position in shown[:3]] == [4, 8, 12]

    @pytest.mark.parametrize("level", [Level.PRODUCT, Level.ITERATION])
    def test_more_steps_a_second_than_pictures_are_made_several_at_a_time(self, qtbot, make, level):
        workspace, player = make(restless(perceptron((2, 2, 1))))
        player.level = level
        player.set_speed(MAX_SPEED)
        start = time.perf_counter()
        player.play()
        qtbot.wait(400)
        seconds = time.perf_counter() - start
        player.pause()
        session = workspace.session
        steps = session.position.iteration
        if level is Level.PRODUCT:
            steps = steps * len(session.walk) + session.position.done
        assert 40 < steps <= MAX_SPEED * (seconds + 0.2)

    def test_at_full_speed_it_trains(self, qtbot, make):
        workspace, player = make(restless(perceptron((2, 2, 1))))
        player.level = Level.ITERATION
        player.set_speed(2 * MAX_SPEED)
        assert player.speed == FULL_SPEED
        player.play()
        assert player.is_playing
        qtbot.waitUntil(lambda: workspace.session.trainer is not None)
        player.set_speed(2.0)
        assert workspace.session.trainer is None
        assert player.is_playing

    def test_it_goes_no_further_than_the_verdict(self, qtbot, make):
        workspace, player = make(gate_neuron("or"))
        player.level = Level.ITERATION
        for speed in (30, 60, 1000, FULL_SPEED):
            workspace.session.reset()
            player.set_speed(speed)
            with qtbot.waitSignal(player.finished):
                player.play()
            assert workspace.session.position.iteration == 9

    @pytest.mark.parametrize("level", [Level.PRODUCT, Level.ITERATION])
    @pytest.mark.parametrize("speed", [30, 1000, FULL_SPEED])
    def test_nor_than_the_limit(self, qtbot, make, level, speed):
        workspace, player = make(restless(perceptron((2, 2, 1)), limit=5))
        workspace.go_to(4)
        player.level = level
        player.set_speed(speed)
        with qtbot.waitSignal(player.finished):
            player.play()
        session = workspace.session
        assert (session.completed, session.computed) == (5, 5)

    @pytest.mark.parametrize("level", [Level.NEURON, Level.ITERATION, Level.EPOCH])
    @pytest.mark.parametrize("speed", [2.0, FULL_SPEED])
    def test_at_its_end_it_says_so_and_computes_nothing(self, qtbot, make, level, speed):
        for document in (gate_neuron("or"), restless(perceptron((2, 2, 1)), limit=9)):
            workspace, player = make(document)
            with qtbot.waitSignal(player.finished):
                player.run()
            assert workspace.session.computed == 9
            player.level = level
            player.set_speed(speed)
            for _ in range(3):
                with qtbot.waitSignal(player.finished):
                    player.play()
                assert not player.is_playing
            assert workspace.session.computed == 9
            assert workspace.session.completed == 9

    def test_an_edit_lets_it_go_on(self, qtbot, make):
        workspace, player = make(restless(perceptron((2, 2, 1))))
        player.set_speed(30)
        player.play()
        training = replace(workspace.document.training, learning_rate=0.9)
        workspace.edit(lambda d: set_training(d, training), "rate")
        assert player.is_playing


class TestWhatGoesWrong:
    def fail(self, monkeypatch, session, error):
        learner = type(session._front._runner.learner)
        adjust = learner.adjust

        def failing(self, recorder):
            if threading.current_thread().name == "training" and self.iteration == 10:
                raise error
            adjust(self, recorder)

        monkeypatch.setattr(learner, "adjust", failing)

    def test_is_told_as_a_message(self, qtbot, make, monkeypatch):
        workspace, player = make(restless(perceptron((2, 2, 1))))
        self.fail(monkeypatch, workspace.session, NnsimError(Message("some.trouble")))
        with qtbot.waitSignal(workspace.refused) as refused:
            player.run()
        assert refused.args == [(Message("some.trouble"),)]
        assert not player.is_running
        assert workspace.session.computed == 10

    def test_that_nobody_foresaw_comes_to_whoever_looks_after_mishaps(
        self, qtbot, make, monkeypatch
    ):
        workspace, player = make(restless(perceptron((2, 2, 1))))
        self.fail(monkeypatch, workspace.session, MemoryError("no room"))
        with qtbot.capture_exceptions() as caught:
            player.run()
            qtbot.waitUntil(lambda: not player.is_running)
        assert [kind for kind, *_ in caught] == [MemoryError]
        assert workspace.session.computed == 10
