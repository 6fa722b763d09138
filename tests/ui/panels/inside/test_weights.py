"""The weights panel: every weight of every layer is in the map, and in the histogram beside it."""

import numpy as np
import pytest
from PySide6.QtWidgets import QComboBox

from nnsim.document.edits import set_parameter
from nnsim.document.templates import gate_neuron
from nnsim.engine.histograms import BINS, edges, histogram, magnitudes
from nnsim.engine.record import Quantity
from nnsim.ui.bridge.shading import share_color
from nnsim.ui.panels.weights import WeightsPanel
from nnsim.ui.panels.weights.axes import Decades, Reach
from nnsim.ui.panels.weights.spread import FULL, HeatMap, intensities
from tests.support.inside import move_in_strip, readout, said, settled, walked
from tests.support.plots import choose, click, colour_at, move

# Entries of the chooser of layers, behind that of all layers.
SELECTED, FIRST = 1, 2


@pytest.fixture
def panel(opened, net):
    return opened(WeightsPanel, net, 60)[0]


def weights(session, iteration, kind="w+", wires=None):
    wires = wires or [connection.id for connection in session.document.connections]
    record = session.record(iteration)
    return np.concatenate([record.array(f"{kind}:{wire}").ravel() for wire in wires])


class TestTheMap:
    @pytest.mark.parametrize(("what", "kind"), [(0, "w+"), (1, "dw")])
    def test_its_columns_are_the_histograms_of_the_records(self, qtbot, panel, what, kind):
        choose(qtbot, panel, "what", what)
        settled(qtbot, panel)
        found = panel.heat_map
        assert found.shares.shape == (BINS, 60)
        for iteration in (1, 17, 60):
            values = weights(panel.workspace.session, iteration, kind)
            counts, _ = np.histogram(values, edges(panel.axis.exponent))
            expected = counts / len(values)
            assert found.shares[:, iteration - 1] == pytest.approx(expected)

    def test_the_bars_are_the_histogram_of_the_iteration_shown(self, qtbot, panel):
        walked(qtbot, panel, panel.workspace, 9)
        values = weights(panel.workspace.session, 9)
        counts, ends = np.histogram(values, edges(panel.axis.exponent))
        filled = np.flatnonzero(counts)
        assert [bar.y0 for bar in panel._bars.bars] == ends[filled].tolist()
        lengths = [bar.x1 for bar in panel._bars.bars]
        assert lengths == pytest.approx(100 * counts[filled] / len(values))

    def test_it_can_follow_the_selection(self, qtbot, panel):
        choose(qtbot, panel, "layer", SELECTED)
        for layer in (2, 0):
            panel.workspace.select_nodes(panel.layers[layer].nodes)
            settled(qtbot, panel)
            assert panel.layer == layer
            wire = panel.workspace.document.connections[layer].id
            values = weights(panel.workspace.session, 60, wires=[wire])
            assert f"{len(values)} weight" in said(panel, "caption")
        panel.workspace.select_nodes(())
        panel.workspace.select(Quantity("L"))
        settled(qtbot, panel)
        assert panel.layer is None

    def test_one_layer_can_be_chosen_and_is_selected_then(self, qtbot, panel):
        choose(qtbot, panel, "layer", FIRST + 1)
        settled(qtbot, panel)
        assert panel.layer == 1
        assert panel.workspace.nodes == frozenset(panel.layers[1].nodes)
        wire = panel.workspace.document.connections[1].id
        values = weights(panel.workspace.session, 60, wires=[wire])
        assert f"{len(values)} weights" in said(panel, "caption")
        counts, _ = np.histogram(values, edges(panel.axis.exponent))
        assert panel.heat_map.shares[:, -1] == pytest.approx(counts / len(values))

    def test_columns_lie_around_their_iterations(self):
        class Point:
            def __init__(self, iteration):
                self.iteration = iteration

        found = [histogram([np.array([value])]) for value in (0.5, -0.5, 0.5)]
        axis = Reach()
        axis.take_in(found)
        made = HeatMap.of([Point(1), Point(3), Point(11)], [axis.shares(each) for each in found])
        assert made.edges.tolist() == [0.5, 2, 7, 11.5]
        even = made.evenly(11)
        where = np.argmax(even, axis=0)
        lower, upper = BINS // 4, BINS // 4 * 3
        assert where.tolist() == [upper] + 5 * [lower] + 5 * [upper]

    def test_colours_tell_the_sign_and_how_many(self, qtbot, panel):
        found, theme = panel.heat_map, panel.preferences.theme
        ends = edges(panel.axis.exponent)
        for half in (range(BINS // 2), range(BINS // 2, BINS)):
            column = 29
            row = max(half, key=lambda k: found.shares[k, column])
            share = found.shares[row, column]
            strength = np.sqrt(min(share / FULL, 1))
            expected = share_color(theme, -strength if row < BINS // 2 else strength)
            seen = colour_at(panel, column + 1, (ends[row] + ends[row + 1]) / 2)
            assert share > 0
            assert seen.name() == expected or abs(seen.red() - int(expected[1:3], 16)) < 6

    def test_intensities_are_signed_and_end_at_full_colour(self):
        strength = intensities(np.array([0.0] * 31 + [1.0, FULL / 4] + [0.0] * 31), Reach().signs())
        assert strength[31:33].tolist() == [-1, 0.5]


class TestSizes:
    """Updates by their size, on a logarithmic axis."""

    SIZES = 2

    @pytest.fixture
    def panel(self, qtbot, panel):
        choose(qtbot, panel, "what", self.SIZES)
        settled(qtbot, panel)
        return panel

    def test_columns_are_the_sizes_in_the_records_by_powers_of_ten(self, panel):
        ends = 10.0 ** panel.axis.places()
        for iteration in (1, 17, 60):
            sizes = np.abs(weights(panel.workspace.session, iteration, "dw"))
            counts, _ = np.histogram(sizes, ends)
            assert panel.heat_map.shares[:, iteration - 1] == pytest.approx(counts / len(sizes))
            zeros = int((sizes == 0).sum())
            assert counts.sum() + zeros == len(sizes)

    def test_the_axis_has_powers_of_ten(self, panel):
        assert panel.plot.left.logMode
        assert panel.plot.home.top() == panel.axis.low
        assert panel.plot.home.bottom() == panel.axis.high
        assert panel.plot.left.tickStrings([-3.0, -7.0], 1, 1) == ["0.001", "10⁻⁷"]

    def test_the_mouse_reads_a_bin(self, qtbot, panel):
        places, found = panel.axis.places(), panel.heat_map
        row = int(found.shares[:, 19].argmax())
        move(qtbot, panel, 20, (places[row] + places[row + 1]) / 2)
        sizes = np.abs(weights(panel.workspace.session, 20, "dw"))
        low, high = 10.0 ** places[row : row + 2]
        count = int(((sizes >= low) & (sizes < high)).sum())
        assert "|Δw|" in readout(panel)
        assert f"{count} update" in readout(panel)

    def test_updates_that_are_0_are_told_for_they_have_no_place(self, qtbot, opened):
        panel = opened(WeightsPanel, gate_neuron("or"), 4)[0]
        choose(qtbot, panel, "what", self.SIZES)
        walked(qtbot, panel, panel.workspace, 2)
        assert "2 weights, 2 updates are 0" in said(panel, "caption")

    def test_back_among_the_weights_the_axis_is_an_even_one(self, qtbot, panel):
        choose(qtbot, panel, "what", 0)
        settled(qtbot, panel)
        assert not panel.plot.left.logMode
        assert panel.heat_map.shares.shape == (BINS, 60)

    def test_the_axis_grows_by_powers_of_ten_and_never_shrinks(self):
        axis = Decades()
        for size, low, high in ((0.01, -4, -1), (3e-7, -7, -1), (2.0, -7, 1), (0.1, -7, 1)):
            axis.take_in([magnitudes([np.array([-size])])])
            assert (axis.low, axis.high) == (low, high)

    def test_they_can_be_chosen_before_there_is_a_run(self, qtbot, opened):
        panel = opened(WeightsPanel, gate_neuron("or"), 0)[0]
        choose(qtbot, panel, "what", self.SIZES)
        walked(qtbot, panel, panel.workspace, 2)
        assert panel.axis.is_log

    def test_the_table_tells_the_middle_of_each_bin_as_a_size(self, panel):
        middles = panel.table().inputs[:, 1]
        assert (middles > 0).all()
        assert middles.min() == pytest.approx(10 ** (panel.axis.low + 0.125))


class TestAxes:
    def test_the_axis_of_values_grows_in_steps_and_never_shrinks(self):
        reach = Reach()
        for value, exponent, end in (
            (-0.7, 0, 1),
            (0.01, 0, 1),
            (5.1, 3, 8),
            (4.2, 3, 8),
            (8.3, 4, 10),
            (0.3, 4, 10),
            (-11.0, 4, 16),
        ):
            reach.take_in([histogram([np.array([value])])])
            assert (reach.exponent, reach.value) == (exponent, end)

    def test_weights_that_are_all_0_have_an_axis_too(self):
        reach = Reach()
        reach.take_in([histogram([np.zeros(4)])])
        assert reach.exponent == 0
        assert reach.shares(histogram([np.zeros(4)]))[BINS // 2] == 1

    def test_the_map_stays_where_it_is_while_the_run_goes_on(self, qtbot, panel):
        before, exponent = panel.plot.home, panel.axis.exponent
        walked(qtbot, panel, panel.workspace, 75)
        assert panel.axis.exponent == exponent
        assert panel.plot.home == before


class TestLinks:
    def test_a_click_goes_to_the_iteration(self, qtbot, panel):
        click(qtbot, panel, 12, 0.0)
        assert panel.workspace.session.completed == 12

    def test_the_mouse_reads_a_bin(self, qtbot, panel):
        ends, found = edges(panel.axis.exponent), panel.heat_map
        row = int(found.shares[:, 19].argmax())
        move(qtbot, panel, 20, (ends[row] + ends[row + 1]) / 2)
        values = weights(panel.workspace.session, 20)
        count = int(((values >= ends[row]) & (values < ends[row + 1])).sum())
        assert "Iteration 20" in readout(panel)
        assert f"{count} weight" in readout(panel)

    def test_and_in_the_histogram_beside_it(self, qtbot, panel):
        bar = panel._bars.bars[0]
        move_in_strip(qtbot, panel, bar.x1 / 2, (bar.y0 + bar.y1) / 2)
        assert "weight" in readout(panel)
        assert "Iteration" not in readout(panel)

    def test_the_table_has_every_bin_of_every_point(self, panel):
        table = panel.table()
        assert len(table) == 60 * BINS
        last = table.inputs[:, 0] == 60
        assert table.targets[last, 0] == pytest.approx(panel.heat_map.shares[:, -1])
        assert table.targets.sum() == pytest.approx(60)

    def test_another_diagram_with_fewer_layers_has_all_of_them_shown(self, qtbot, panel):
        choose(qtbot, panel, "layer", FIRST + 2)
        panel.workspace.open(gate_neuron("or"))
        walked(qtbot, panel, panel.workspace, 3)
        assert panel.layer is None
        assert not panel.findChild(QComboBox, "layer").isEnabled()
        assert panel.heat_map.shares.shape == (BINS, 3)

    def test_a_weight_changed_in_the_middle_is_seen_from_there_on(self, qtbot, panel):
        assert "changed" not in said(panel, "legend")
        wire = panel.workspace.document.connections[0].id
        panel.workspace.edit(
            lambda document: set_parameter(document, f"w:{wire}", (0, 0), 7.5, 30), "change"
        )
        walked(qtbot, panel, panel.workspace, 60)
        assert panel.axis.exponent == 3
        row = BINS - 1 - int((8 - 7.5) * BINS / 16)
        top = panel.heat_map.shares[row - 3 :].sum(axis=0)
        assert panel._changes.getData()[0].tolist() == [30.5, 30.5]
        assert "changed" in said(panel, "legend")
        assert (top[:30] == 0).all()
        assert (top[30:] > 0).all()
