"""The map in every neuron: what the unit makes of the plane, with the parameters that are shown."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, QSettings
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from nnsim.data import Table
from nnsim.document.edits import remove, set_parameter, set_scaling, set_training
from nnsim.document.model import ScalingSettings
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.session import Level
from nnsim.session.maps import UnitMaps
from nnsim.session.probing import parameters_at
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.shading import shades
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.canvas import heat_maps
from nnsim.ui.canvas.map_images import SIDE, map_images
from nnsim.ui.canvas.parts import Part
from nnsim.ui.exercise.still_canvas import StillCanvas


def two_clouds(columns: int = 2, rows: int = 40) -> Table:
    random = np.random.default_rng(5)
    labels = np.repeat([-1.0, 1.0], rows // 2)[:, np.newaxis]
    names = tuple(f"x{k + 1}" for k in range(columns))
    return Table(names, ("y",), random.normal(2 * labels, 0.5, (rows, columns)), labels)


def network(*sizes: int):
    made = perceptron(sizes, "tanh", "tanh", two_clouds(sizes[0]))
    return set_training(made, replace(made.training, learning_rate=0.1))


def maps(hand, name: str):
    return hand.item(name).maps


def is_bluish(colour) -> bool:
    return colour.blue() > colour.red() + 10


def is_orangish(colour) -> bool:
    return colour.red() > colour.blue() + 10


class TestWhereTheyAre:
    def test_every_unit_and_every_input_has_its_own(self, hand):
        person = hand(network(2, 3, 1))
        assert [len(maps(person, name)) for name in ("E1", "C1", "N1")] == [2, 3, 1]

    def test_a_truth_table_keeps_the_plain_picture(self, hand):
        person = hand(gate_neuron("or"))
        assert not any(item.maps for item in person.canvas.diagram.nodes.values())

    def test_they_can_be_wished_for_and_away_at_any_time(self, hand, preferences):
        person = hand(gate_neuron("or"))
        preferences.set_maps("always")
        assert all(item.maps for item in person.canvas.diagram.nodes.values())
        preferences.set_maps("never")
        assert not any(item.maps for item in person.canvas.diagram.nodes.values())

    def test_the_wish_is_remembered(self, preferences, tmp_path):
        preferences.set_maps("never")
        preferences.settings.sync()
        settings = QSettings(preferences.settings.fileName(), QSettings.Format.IniFormat)
        assert Preferences(settings).maps == "never"

    def test_an_unreadable_wish_is_the_automatic_one(self, tmp_path):
        settings = QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat)
        settings.setValue("maps", "sometimes")
        assert Preferences(settings).maps == "auto"

    def test_with_three_inputs_there_is_no_plane_and_no_map(self, hand, preferences):
        preferences.set_maps("always")
        person = hand(network(3, 2, 1))
        assert not any(item.maps for item in person.canvas.diagram.nodes.values())

    def test_with_one_input_they_show_the_function(self, hand):
        line = np.linspace(-2, 2, 30)[:, np.newaxis]
        document = perceptron((1, 1), output="identity", data=Table(("x",), ("y",), line, line))
        document = set_parameter(document, f"w:{document.connections[0].id}", (0, 0), 1.0)
        person = hand(document)
        (drawn,) = maps(person, "N1")
        left, middle, right = 0.2 * SIDE, 0.5 * SIDE, 0.8 * SIDE
        # y = x: below the middle on the left, above it on the right.
        assert is_orangish(drawn.pixelColor(round(left), round(middle + 0.1 * SIDE)))
        assert is_bluish(drawn.pixelColor(round(right), round(middle - 0.1 * SIDE)))
        assert not is_bluish(drawn.pixelColor(round(right), round(middle + 0.1 * SIDE)))

    def test_a_diagram_that_cannot_run_loses_them_and_gets_them_back(self, hand):
        person = hand(network(2, 3, 1))
        connection = person.document.connections[1].id
        person.workspace.edit(lambda d: remove(d, (connection,)), "")
        assert not maps(person, "C1")
        person.workspace.undo_stack.undo()
        assert len(maps(person, "C1")) == 3

    def test_a_large_layer_has_tiles_up_to_64_units(self, hand):
        person = hand(network(2, 64, 65, 1))
        assert len(maps(person, "C1")) == 64
        assert not maps(person, "C2")

    def test_a_tile_is_the_map_of_a_neuron_in_fewer_pixels(self, hand):
        person = hand(network(2, 9, 1))
        QTest.qWait(300)
        (tile, *others) = maps(person, "C1")
        assert len(others) == 8
        assert tile.width() == SIDE // 2
        large = UnitMaps(person.workspace.frame.spec, person.document)
        large.put(parameters_at(person.workspace.frame))
        shares = large.shares(SIDE)[person.node("C1").id][:1]
        (drawn,) = map_images(shares, shades(person.canvas.preferences.theme), is_disc=False)
        middle = SIDE // 2
        assert tile.pixel(middle // 2, middle // 2 - 1) == drawn.pixel(middle, middle - 1)

    def test_the_diagram_of_an_exercise_has_none(self, qtbot, preferences):
        preferences.set_maps("always")
        canvas = StillCanvas(Workspace(network(2, 2, 1)), preferences)
        qtbot.addWidget(canvas)
        canvas.show()
        qtbot.waitExposed(canvas)
        assert not any(item.maps for item in canvas.diagram.nodes.values())


class TestWhatTheyShow:
    def test_blue_is_where_the_unit_is_positive(self, hand):
        document = network(2, 1)
        for column, weight in ((0, 2.0), (1, 0.0)):
            name = f"w:{document.connections[0].id}"
            document = set_parameter(document, name, (0, column), weight)
        document = set_parameter(document, f"b:{document.outputs[0].id}", (0,), 0.0)
        (drawn,) = maps(hand(document), "N1")
        assert is_orangish(drawn.pixelColor(round(0.3 * SIDE), SIDE // 2))
        assert is_bluish(drawn.pixelColor(round(0.7 * SIDE), SIDE // 2))

    def test_the_second_input_grows_upwards(self, hand):
        drawn = maps(hand(network(2, 1)), "E1")[1]
        assert is_bluish(drawn.pixelColor(SIDE // 2, 2))
        assert is_orangish(drawn.pixelColor(SIDE // 2, SIDE - 3))

    def test_corners_outside_a_neuron_are_transparent(self, hand):
        (drawn,) = maps(hand(network(2, 1)), "N1")
        assert drawn.pixelColor(0, 0).alpha() == 0
        assert drawn.pixelColor(SIDE // 2, SIDE // 2).alpha() == 255

    def test_they_go_back_with_the_position(self, hand):
        person = hand(network(2, 3, 1))
        QTest.qWait(300)
        before = maps(person, "N1")[0].copy()
        for _ in range(3):
            person.workspace.step(Level.EPOCH)
        QTest.qWait(300)
        assert maps(person, "N1")[0] != before
        person.workspace.go_to(1, 0)
        QTest.qWait(300)
        assert maps(person, "N1")[0] == before

    def test_they_follow_scaling_and_features(self, hand):
        person = hand(network(2, 1))
        before = maps(person, "N1")[0].copy()
        person.workspace.edit(lambda d: set_scaling(d, ScalingSettings("min_max")), "")
        scaled = maps(person, "N1")[0].copy()
        assert scaled != before
        person.workspace.undo_stack.undo()
        assert maps(person, "N1")[0] == before

    def test_an_edited_weight_is_seen_at_once(self, hand):
        person = hand(network(2, 1))
        before = maps(person, "N1")[0].copy()
        name = f"w:{person.document.connections[0].id}"
        person.workspace.edit(lambda d: set_parameter(d, name, (0, 0), 5.0), "")
        assert maps(person, "N1")[0] != before

    def test_both_themes_colour_them(self, hand, preferences):
        person = hand(network(2, 1))
        before = maps(person, "N1")[0].copy()
        preferences.set_theme("dark")
        assert maps(person, "N1")[0] != before

    def test_looking_changes_nothing_that_is_shown(self, hand, preferences):
        losses = []
        for wish in ("always", "never"):
            preferences.set_maps(wish)
            person = hand(network(2, 3, 1))
            for _ in range(20):
                person.workspace.step(Level.ITERATION)
            losses.append(person.workspace.session.trace.column("loss").tolist())
        assert losses[0] == losses[1]


class TestTheirCost:
    def draws(self, monkeypatch) -> list[int]:
        """The sides of the grids that are computed."""
        sides: list[int] = []
        shares = UnitMaps.shares

        def counted(maps, side):
            sides.append(side)
            return shares(maps, side)

        monkeypatch.setattr(UnitMaps, "shares", counted)
        return sides

    def test_while_things_move_they_are_coarse_and_at_rest_fine(self, hand, monkeypatch):
        sides = self.draws(monkeypatch)
        person = hand(network(2, 3, 1))
        QTest.qWait(300)
        person.workspace.step(Level.EPOCH)
        QTest.qWait(300)
        assert sides[-2:] == [28, 84]

    def test_however_fast_the_steps_they_are_drawn_at_most_thirty_times_a_second(
        self, hand, monkeypatch
    ):
        clock = [100.0]
        monkeypatch.setattr(heat_maps.time, "perf_counter", lambda: clock[0])
        person = hand(network(2, 3, 1))
        sides = self.draws(monkeypatch)
        for _ in range(40):
            clock[0] += 0.005
            person.workspace.step(Level.ITERATION)
        # 0.2 seconds: the first is drawn at once, the others wait for their turn.
        assert len(sides) <= 0.2 * 30 + 1
        # And the last of them all is not left out.
        QTest.qWait(300)
        shown = maps(person, "N1")[0].copy()
        for wish in ("never", "always"):
            person.canvas.preferences.set_maps(wish)
        QTest.qWait(300)
        assert maps(person, "N1")[0] == shown

    def test_a_moment_that_changes_no_parameter_draws_nothing(self, hand, monkeypatch):
        person = hand(network(2, 3, 1))
        QTest.qWait(300)
        sides = self.draws(monkeypatch)
        for _ in range(3):
            person.workspace.step(Level.NEURON)
        assert sides == []

    def test_a_hidden_canvas_computes_none_and_makes_up_for_it(self, hand, monkeypatch):
        person = hand(network(2, 3, 1))
        person.canvas.hide()
        sides = self.draws(monkeypatch)
        person.workspace.step(Level.EPOCH)
        assert sides == []
        person.canvas.show()
        person.canvas.diagram.set_active(True)
        assert sides


class TestTheNode:
    @pytest.mark.parametrize("sizes", [(2, 3, 1), (2, 20, 1)])
    def test_its_outline_and_its_lines_stay_where_they_are(self, hand, preferences, sizes):
        preferences.set_maps("never")
        person = hand(network(*sizes))
        diagram = person.canvas.diagram

        def outlines():
            return [
                (item.geometry.body, item.geometry.ins.tolist(), item.geometry.outs.tolist())
                for item in diagram.nodes.values()
            ] + [item.boundingRect() for item in diagram.connections.values()]

        plain = outlines()
        preferences.set_maps("always")
        assert outlines() == plain

    def test_a_click_on_a_tile_selects_its_unit(self, hand):
        person = hand(network(2, 20, 1))
        item = person.item("C1")
        where = item.pos() + item.geometry.unit_rect(7).center()
        assert item.part_at(where) == Part("value", 7)
        person.click(QPointF(where))
        assert person.workspace.selection.row == 7

    def test_the_numbers_of_a_neuron_stand_on_it_and_below_its_middle(self, hand):
        item = hand(network(2, 1)).item("N1")
        for part in (Part("sum"), Part("value")):
            place = item.layout.rect(part)
            assert place.top() > 10
            assert place.bottom() < item.layout.bias(0).top()


class TestEnlargedInItsTip:
    def tip(self, person, place) -> str:
        person.hover(place)
        event = QHelpEvent(
            QEvent.Type.ToolTip,
            person.pixel(place),
            person.viewport.mapToGlobal(person.pixel(place)),
        )
        QApplication.sendEvent(person.viewport, event)
        return QToolTip.text()

    def test_it_is_there_where_nothing_else_shows_it(self, hand):
        person = hand(network(2, 1))
        tip = self.tip(person, person.middle("N1"))
        assert tip.startswith("<img")
        assert "N1" in tip

    def test_it_is_left_to_the_plane_where_that_is_in_sight(self, hand):
        person = hand(network(2, 1))
        person.canvas.stage.shows_enlarged = lambda: True
        tip = self.tip(person, person.middle("N1"))
        assert "<img" not in tip
        assert "N1" in tip

    def test_a_plain_neuron_has_a_plain_tip(self, hand):
        person = hand(gate_neuron("or"))
        assert "<img" not in self.tip(person, person.middle("N1"))
