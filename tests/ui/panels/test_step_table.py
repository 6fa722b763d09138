"""The step table: the course's rows on screen, scrolled, clicked, chosen, copied."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolButton,
    QTreeWidget,
    QWidget,
)

from nnsim.document import edits
from nnsim.document.templates import empty, gate_neuron, perceptron
from nnsim.engine.record import Quantity
from nnsim.session import Level
from nnsim.session.cells import Group
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.step_table import StepTablePanel
from nnsim.ui.panels.step_table_header import GROUP_ROLE, LATEX_ROLE
from nnsim.ui.panels.step_table_view import StepTableView

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
HORIZONTAL = Qt.Orientation.Horizontal
# Section 3 of the course.
OR_ROWS = [
    ["(0, 0)", "1", "1", "0", "-", "-1"],
    ["(0, 0)", "-1", "0", "0", "-", "-"],
    ["(0, 1)", "-0.5", "0", "1", "(0.5, 1)", "-"],
    ["(0, 1)", "0", "1", "1", "-", "-"],
    ["(1, 0)", "-0.5", "0", "1", "(1, 1)", "-"],
    ["(1, 0)", "0", "1", "1", "-", "-"],
    ["(1, 1)", "1", "1", "1", "-", "-"],
]


@pytest.fixture
def preferences(qapp, tmp_path):
    preferences = Preferences(QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat))
    preferences.set_locale("en")
    return preferences


@pytest.fixture
def make(qtbot, preferences):
    """A shown panel on a document, and its workspace."""

    def make(document, size=(760, 300)):
        workspace = Workspace(document)
        panel = StepTablePanel(workspace, preferences)
        qtbot.addWidget(panel)
        panel.resize(*size)
        with qtbot.waitExposed(panel):
            panel.show()
        return panel, workspace

    return make


def view(panel):
    return panel.findChild(StepTableView)


def texts(panel, row):
    """The cells of a row, once its record has come."""
    model = view(panel).model()
    for _ in range(500):
        if model.row(row).record is not None:
            break
        view(panel).viewport().update()
        QTest.qWait(10)
    return [model.index(row, column).data() for column in range(model.columnCount())]


def headings(panel, role=Qt.ItemDataRole.DisplayRole):
    model = view(panel).model()
    return [model.headerData(k, HORIZONTAL, role) for k in range(model.columnCount())]


def cell(panel, row, column):
    return view(panel).visualRect(view(panel).model().index(row, column))


def click(qtbot, panel, row, column, modifier=Qt.KeyboardModifier.NoModifier, share=0.5):
    rect = cell(panel, row, column)
    where = QPoint(round(rect.left() + rect.width() * share), rect.center().y())
    qtbot.mouseClick(view(panel).viewport(), LEFT, modifier, where)


def sentence(panel):
    label = panel.findChild(QLabel, "step_table_sentence")
    return label.text() if label.isVisible() else ""


def color_at(panel, row, column, dx=4, dy=4):
    """The colour a little inside the upper left corner of a cell."""
    image = view(panel).viewport().grab().toImage()
    corner = cell(panel, row, column).topLeft()
    return image.pixelColor(corner.x() + dx, corner.y() + dy).name()


def is_in_sight(panel, row):
    return view(panel).viewport().rect().contains(cell(panel, row, 0))


class TestTheCourse:
    def test_the_seven_rows(self, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(7)
        assert [texts(panel, row) for row in range(7)] == OR_ROWS

    def test_its_headings_are_typeset_as_in_the_course(self, make):
        panel, _ = make(gate_neuron("or"))
        assert headings(panel, LATEX_ROLE) == [
            "(x_{1}, x_{2})",
            r"\Sigma",
            r"S_{\mathrm{neu}}",
            r"S_{\mathrm{real}}",
            None,
            None,
        ]
        assert headings(panel)[-2:] == ["new w", "new b"]
        assert [view(panel).model().headerData(k, Qt.Orientation.Vertical) for k in (0,)] == ["1"]

    def test_numbers_come_about_one_by_one(self, make):
        panel, workspace = make(gate_neuron("or"))
        assert texts(panel, 0) == ["(0, 0)", "", "", "0", "", ""]
        assert sentence(panel).startswith("Take a step (F8)")
        for _ in range(3):
            workspace.step(Level.PRODUCT)
        # The products have no column of their own: the last of them stands in an extra one.
        assert texts(panel, 0) == ["(0, 0)", "1", "", "0", "", "", "0"]
        assert sentence(panel) == ""
        workspace.step(Level.ITERATION)
        assert texts(panel, 0)[:6] == OR_ROWS[0]

    def test_a_tuple_is_shown_when_all_of_it_has_come_about(self, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(3)
        workspace.step_back(Level.PRODUCT)
        workspace.step_back(Level.PRODUCT)
        assert texts(panel, 2)[4:] == ["", ""]
        workspace.step(Level.PRODUCT)
        assert texts(panel, 2)[4:] == ["(0.5, 1)", ""]

    def test_going_back_leaves_the_later_rows_but_tells_nothing_new(self, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(3)
        workspace.step(Level.LAYER)
        assert texts(panel, 3) == ["(0, 1)", "0", "1", "1", "", ""]
        workspace.go_to(1)
        assert texts(panel, 2) == OR_ROWS[2]
        assert texts(panel, 3) == ["(0, 1)", "0", "1", "1", "", ""]

    def test_in_spanish_with_decimal_commas(self, make, preferences):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(7)
        preferences.set_locale("es")
        assert texts(panel, 2) == ["(0; 1)", "-0,5", "0", "1", "(0,5; 1)", "-"]
        assert headings(panel)[-2:] == ["nuevos w", "nuevo b"]

    def test_convergence_is_told_below_the_table(self, make):
        panel, workspace = make(gate_neuron("or"))
        # The rows of the course end at 7; a whole pass without a mistake or change ends at 9.
        workspace.go_to(8)
        assert sentence(panel) == ""
        workspace.go_to(9)
        assert sentence(panel).startswith("Converged at iteration 9")

    def test_on_xor_it_says_which_rows_repeat_and_leads_to_them(self, qtbot, make):
        panel, workspace = make(gate_neuron("xor"))
        workspace.go_to(16)
        assert "the state after row 16 equals the state after row 6" in sentence(panel)
        first, second = (panel.findChild(QPushButton, f"step_table_row_{k}") for k in (0, 1))
        assert (first.text(), second.text()) == ("Row 6", "Row 16")
        qtbot.mouseClick(first, LEFT)
        assert workspace.session.position.iteration == 6
        assert is_in_sight(panel, 5)
        assert view(panel).cells.marked_rows == {5, 15}

    def test_an_edited_start_empties_the_table(self, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(7)
        workspace.edit(lambda d: edits.set_parameter(d, "b:n3", (0,), 5.0), "bias")
        assert view(panel).model().rowCount() == 1
        workspace.step(Level.ITERATION)
        assert texts(panel, 0) == ["(0, 0)", "5", "1", "0", "-", "3"]
        workspace.undo_stack.undo()
        workspace.go_to(7)
        assert [texts(panel, row) for row in range(7)] == OR_ROWS

    def test_a_change_in_the_middle_keeps_the_rows_before_it(self, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(7)
        workspace.go_to(3)
        workspace.edit(lambda d: edits.set_parameter(d, "b:n3", (0,), 9.0, 3), "bias")
        workspace.step(Level.ITERATION)
        assert texts(panel, 2) == OR_ROWS[2]
        assert texts(panel, 3)[1] == "10"

    def test_a_moved_neuron_changes_nothing(self, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(7)
        workspace.edit(lambda d: edits.move(d, {"n3": (5.0, 5.0)}), "move")
        assert [texts(panel, row) for row in range(7)] == OR_ROWS


class TestNetworks:
    def test_one_number_a_column_under_what_they_are(self, make):
        panel, workspace = make(perceptron((2, 2, 1)))
        workspace.go_to(1)
        groups = headings(panel, GROUP_ROLE)
        assert groups[2:4] == ["Inputs", "Inputs"]
        assert groups[-1] == "After: new w, new b"
        record = workspace.session.record(1)
        shown = dict(zip(headings(panel, LATEX_ROLE), texts(panel, 0), strict=True))
        assert shown["y"] == f"{record.arrays['y'][0, 0]:.6g}"

    def test_a_batch_has_a_row_for_each_sample(self, make):
        document = perceptron((2, 2, 1))
        training = replace(document.training, rule="sgd", batch_size=3)
        panel, workspace = make(edits.set_training(document, training))
        workspace.go_to(2)
        model = view(panel).model()
        numbers = [model.headerData(k, Qt.Orientation.Vertical) for k in range(4)]
        assert numbers == ["1", "·", "·", "2"]
        samples = headings(panel).index("Sample")
        assert [texts(panel, row)[samples] for row in range(4)] == ["1", "2", "3", "4"]
        # New weights stand once, in the last row of their iteration.
        assert [bool(texts(panel, row)[-1]) for row in range(4)] == [False, False, True, True]

    def test_the_current_sample_of_a_batch_has_the_bar(self, make):
        document = perceptron((2, 2, 1))
        training = replace(document.training, rule="gradient_descent")
        panel, workspace = make(edits.set_training(document, training))
        workspace.step(Level.SAMPLE)
        workspace.step(Level.SAMPLE)
        assert view(panel).model().current_row == 1

    def test_unchanged_parameters_are_dashes_here_too(self, qtbot, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(3)
        qtbot.mouseClick(panel.findChild(QToolButton, "step_table_style"), LEFT)
        assert texts(panel, 2)[-3:] == ["-", "1", "-"]


class TestSelecting:
    def test_a_click_goes_there_and_selects_the_number(self, qtbot, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(7)
        click(qtbot, panel, 2, 1)
        assert workspace.session.position.iteration == 3
        assert workspace.selection == Quantity("z", "n3")

    @pytest.mark.parametrize(("share", "owner"), [(0.3, "c4"), (0.65, "c5")])
    def test_each_part_of_a_tuple_is_a_number_of_its_own(self, qtbot, make, share, owner):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(7)
        click(qtbot, panel, 2, 4, share=share)
        assert workspace.selection == Quantity("w+", owner)

    def test_a_number_still_to_come_comes_about_when_it_is_clicked(self, qtbot, make):
        panel, workspace = make(gate_neuron("or"))
        click(qtbot, panel, 0, 5)
        assert workspace.selection == Quantity("b+", "n3")
        assert texts(panel, 0) == OR_ROWS[0]

    def test_a_click_beside_the_row_goes_to_its_iteration(self, qtbot, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(7)
        header = view(panel).verticalHeader()
        where = QPoint(header.width() // 2, header.sectionViewportPosition(3) + 5)
        qtbot.mouseClick(header.viewport(), LEFT, pos=where)
        assert workspace.session.position.iteration == 4

    def test_with_the_keyboard(self, qtbot, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(7)
        click(qtbot, panel, 0, 0)
        for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Return):
            qtbot.keyClick(view(panel), key)
        assert workspace.session.position.iteration == 2
        assert workspace.selection == Quantity("z", "n3")

    def test_what_is_selected_elsewhere_is_marked_here(self, make, preferences):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(3)
        workspace.select(Quantity("z", "n3"))
        image = view(panel).viewport().grab(cell(panel, 2, 1)).toImage()
        accent = preferences.theme.accent
        shades = {image.pixelColor(x, image.height() // 2).name() for x in range(image.width())}
        assert accent in shades
        workspace.select(Quantity("a", "n3"))
        image = view(panel).viewport().grab(cell(panel, 2, 1)).toImage()
        shades = {image.pixelColor(x, image.height() // 2).name() for x in range(image.width())}
        assert accent not in shades

    def test_a_prediction_is_the_output_of_its_neuron(self, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(1)
        workspace.select(Quantity("y"))
        assert view(panel).model().selected_cell() == (0, [(2, 0)])

    def test_the_current_row_is_tinted_and_the_others_are_not(self, make, preferences):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(3)
        assert color_at(panel, 2, 1) == preferences.theme.accent_soft
        assert color_at(panel, 1, 1) == preferences.theme.surface
        workspace.step_back(Level.ITERATION)
        assert color_at(panel, 1, 1) == preferences.theme.accent_soft
        assert color_at(panel, 2, 1) == preferences.theme.surface


class TestColumns:
    def tick(self, qtbot, panel, *names):
        """Tick boxes of the column menu with the mouse."""
        button = panel.findChild(QToolButton, "step_table_columns_button")

        def act():
            menu = QApplication.activePopupWidget()
            if not isinstance(menu, QMenu):
                QTimer.singleShot(10, act)
                return
            tree = menu.findChild(QTreeWidget)
            for name in names:
                item = next(
                    parent.child(k)
                    for parent in map(tree.topLevelItem, range(tree.topLevelItemCount()))
                    for k in range(parent.childCount())
                    if parent.child(k).text(0) == name
                )
                tree.scrollToItem(item)
                rect = tree.visualItemRect(item)
                where = QPoint(rect.left() + 8, rect.center().y())
                qtbot.mouseClick(tree.viewport(), LEFT, pos=where)
            qtbot.keyClick(menu, Qt.Key.Key_Escape)

        QTimer.singleShot(0, act)
        qtbot.mouseClick(button, LEFT)

    def test_before_change_and_after_are_chosen(self, qtbot, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(3)
        self.tick(qtbot, panel, "Before: w, b", "Change: Δw, Δb")
        assert texts(panel, 2) == [
            "(0, 1)",
            "(0.5, 0.5)",
            "-1",
            "-0.5",
            "0",
            "1",
            "(0, 0.5)",
            "0",
            "(0.5, 1)",
            "-",
        ]

    def test_a_choice_is_remembered_for_documents_of_the_same_shape(self, qtbot, make):
        panel, _ = make(gate_neuron("or"))
        self.tick(qtbot, panel, "Errors e")
        other, _ = make(gate_neuron("and"))
        assert Group.ERRORS in {column.group for column in view(other).model().columns}
        network, _ = make(perceptron((2, 2, 1)))
        assert headings(network)[0] == "Epoch"

    def test_neurons_are_chosen_in_a_network(self, qtbot, make):
        panel, _ = make(perceptron((2, 2, 1)))
        self.tick(qtbot, panel, "C1")
        owners = {q.owner for c in view(panel).model().columns for q in c.quantities}
        assert "n2" not in owners
        assert "n4" in owners or "n3" in owners

    def test_one_neuron_in_one_number_a_column_and_back(self, qtbot, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(1)
        style = panel.findChild(QToolButton, "step_table_style")
        qtbot.mouseClick(style, LEFT)
        assert headings(panel, GROUP_ROLE)[2] == "Inputs"
        qtbot.mouseClick(style, LEFT)
        assert texts(panel, 0) == OR_ROWS[0]

    def test_broken_settings_are_no_obstacle(self, make, preferences):
        make(gate_neuron("or"))
        from nnsim.ui.panels.step_table_chooser import _key

        preferences.settings.setValue(
            _key(gate_neuron("or")), '{"course": ["what"], "hidden": [9]}'
        )
        panel, _ = make(gate_neuron("or"))
        assert len(headings(panel)) == 6


class TestASelectedNumberWithoutAColumn:
    """It gets the extra column at the right end, which stays and says what it shows."""

    def widths(self, panel, count):
        return [view(panel).columnWidth(k) for k in range(count)]

    def has_accent(self, panel, row, column, preferences):
        image = view(panel).viewport().grab(cell(panel, row, column)).toImage()
        shades = {image.pixelColor(x, image.height() // 2).name() for x in range(image.width())}
        return preferences.theme.accent in shades

    def test_it_comes_is_marked_and_stays(self, make, preferences):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(3)
        workspace.select(Quantity("z", "n3"))
        before = self.widths(panel, 6)
        workspace.select(Quantity("p", "c5"))
        assert len(headings(panel)) == 7
        assert headings(panel, LATEX_ROLE)[6] is not None
        assert [texts(panel, row)[6] for row in range(3)] == ["0", "0", "0.5"]
        assert self.has_accent(panel, 2, 6, preferences)
        assert not self.has_accent(panel, 1, 6, preferences)
        assert self.widths(panel, 6) == before
        said, all_widths = headings(panel)[6], self.widths(panel, 7)
        workspace.select(Quantity("z", "n3"))
        assert headings(panel)[6] == said
        assert [texts(panel, row)[6] for row in range(3)] == ["0", "0", "0.5"]
        assert view(panel).model().selected_cell() == (2, [(1, 0)])
        assert not self.has_accent(panel, 2, 6, preferences)
        assert self.widths(panel, 7) == all_widths

    @pytest.mark.parametrize(
        ("quantity", "shown"),
        [
            (Quantity("w", "c5"), "0.5"),
            (Quantity("b", "n3"), "-1"),
            (Quantity("p", "c5"), "0.5"),
            (Quantity("e"), "1"),
            (Quantity("dw", "c5"), "0.5"),
            (Quantity("db", "n3"), "1"),
        ],
    )
    def test_every_kind_of_number_of_the_course(self, make, quantity, shown):
        document = edits.set_parameter(gate_neuron("or"), "b:n3", (0,), 0.0)
        panel, workspace = make(document)
        workspace.go_to(3)
        workspace.select(quantity)
        record = workspace.session.record(3)
        number = float(record.value(quantity))
        assert texts(panel, 2)[6] == f"{number:g}"
        assert view(panel).model().selected_cell() == (2, [(6, 0)])

    def test_another_takes_its_place(self, qtbot, make, preferences):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(3)
        workspace.select(Quantity("w", "c5"))
        assert texts(panel, 2)[6] == "0.5"
        first = headings(panel)[6]
        workspace.select(Quantity("e"))
        assert texts(panel, 2)[6] == "1"
        assert headings(panel)[6] != first
        # What was painted of the former one is forgotten.
        assert self.has_accent(panel, 2, 6, preferences)
        assert len(headings(panel)) == 7

    def test_stepping_number_by_number(self, make):
        panel, workspace = make(gate_neuron("or"))
        # Columns have grown to what stands in them.
        workspace.go_to(9)
        QApplication.processEvents()
        workspace.go_to(2)
        before = self.widths(panel, 6)
        seen, extra_widths = [], []
        for _ in range(14):
            workspace.step(Level.PRODUCT)
            QApplication.processEvents()
            row, cells = view(panel).model().selected_cell()
            assert row == view(panel).model().current_row
            (column, _), *_ = cells
            # A tuple of the course waits for all of its parts.
            assert texts(panel, row)[column] != "" or workspace.selection.kind == "w+"
            assert self.widths(panel, 6) == before
            assert view(panel).horizontalScrollBar().value() == 0
            assert len(headings(panel)) == 7
            seen.append((workspace.selection.kind, column))
            extra_widths.append(view(panel).columnWidth(6))
        assert ("p", 6) in seen
        assert ("z", 1) in seen
        assert ("w+", 4) in seen
        assert extra_widths == sorted(extra_widths)

    def test_it_is_scrolled_to_when_it_is_chosen_and_left_alone_when_stepped_to(self, make):
        panel, workspace = make(gate_neuron("or"), size=(320, 300))
        workspace.go_to(3)
        bar = view(panel).horizontalScrollBar()
        workspace.select(Quantity("t"))
        bar.setValue(10)
        workspace.go_to(3, 0)
        bar.setValue(10)
        workspace.step(Level.PRODUCT)
        assert workspace.selection.kind == "p"
        assert len(headings(panel)) == 7
        assert bar.value() == 10
        workspace.select(Quantity("dw", "c5"))
        QApplication.processEvents()
        assert view(panel).viewport().rect().contains(cell(panel, 2, 6))

    def test_its_heading_is_tinted_and_says_what_it_is(self, make, preferences):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(1)
        workspace.select(Quantity("w", "c4"))
        header = view(panel).horizontalHeader()
        image = header.viewport().grab().toImage()

        def ground(column):
            return image.pixelColor(header.sectionViewportPosition(column) + 3, 3).name()

        assert ground(6) != ground(5) == preferences.theme.raised
        tip = headings(panel, Qt.ItemDataRole.ToolTipRole)[6]
        assert tip.startswith(f"{headings(panel)[6]}: the number selected last")
        preferences.set_locale("es")
        tip = headings(panel, Qt.ItemDataRole.ToolTipRole)[6]
        assert tip.startswith(f"{headings(panel)[6]}: el último número seleccionado")

    def test_a_network_captions_it_and_its_header_stays_as_high(self, make):
        panel, workspace = make(perceptron((2, 2, 1)))
        workspace.go_to(1)
        owner = next(q.owner for c in view(panel).model().columns for q in c.quantities if q.owner)
        workspace.select(Quantity("a", owner))
        high, count = view(panel).horizontalHeader().height(), len(headings(panel))
        before = self.widths(panel, count)
        workspace.select(Quantity("dz", workspace.frame.spec.layers[0].node))
        assert headings(panel, GROUP_ROLE)[-2:] == ["After: new w, new b", "Other"]
        assert view(panel).horizontalHeader().height() == high
        assert self.widths(panel, count) == before

    def test_in_a_batch_it_stands_in_the_row_of_its_sample(self, make):
        document = perceptron((2, 2, 1))
        training = replace(document.training, rule="gradient_descent")
        panel, workspace = make(edits.set_training(document, training))
        workspace.go_to(1)
        layer = workspace.frame.spec.layers[0]
        workspace.select(Quantity("dz", layer.node, 1, sample=2))
        last = len(headings(panel)) - 1
        assert view(panel).model().selected_cell() == (2, [(last, 0)])
        deltas = workspace.session.record(1).arrays[f"dz:{layer.node}"][:, 1]
        assert [texts(panel, row)[last] for row in range(4)] == [f"{d:.6g}" for d in deltas]
        # A gradient is of the whole batch: it stands once, in the last row.
        workspace.select(Quantity("gw", layer.sources[0].connection))
        assert len(headings(panel)) == last + 1
        assert view(panel).model().selected_cell() == (3, [(last, 0)])
        assert [bool(texts(panel, row)[last]) for row in range(4)] == [False] * 3 + [True]

    def test_a_click_on_it_in_another_row_goes_there(self, qtbot, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(5)
        workspace.select(Quantity("w", "c5"))
        click(qtbot, panel, 2, 6)
        assert workspace.session.position.iteration == 3
        assert workspace.selection == Quantity("w", "c5")
        click(qtbot, panel, 2, 1)
        assert workspace.selection == Quantity("z", "n3")
        assert len(headings(panel)) == 7

    def test_it_is_copied_like_any_column(self, qtbot, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(3)
        workspace.select(Quantity("w", "c5"))
        heading = headings(panel)[6]
        view(panel).setFocus()
        qtbot.keyClick(view(panel), Qt.Key.Key_C, CONTROL)
        qtbot.waitUntil(lambda: sentence(panel) == "1 row copied.")
        first, second = QGuiApplication.clipboard().text().splitlines()
        assert first.split("\t")[-1] == heading
        assert second == "3\t(0, 1)\t-0.5\t0\t1\t(0.5, 1)\t-\t0.5"

    def test_choosing_its_kind_of_column_makes_it_superfluous(self, qtbot, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(3)
        workspace.select(Quantity("dw", "c5"))
        assert headings(panel)[-1] != "new b"
        TestColumns().tick(qtbot, panel, "Change: Δw, Δb")
        assert len(headings(panel)) == 8
        assert headings(panel)[-1] == "new b"

    def test_an_input_whose_column_is_hidden_is_called_by_its_name(self, qtbot, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(3)
        TestColumns().tick(qtbot, panel, "Inputs")
        workspace.select(Quantity("a", "n2"))
        assert headings(panel)[-1] == "x2"
        assert texts(panel, 2)[-1] == "1"

    def test_it_goes_with_the_neuron_that_it_belongs_to_and_comes_back(self, make):
        panel, workspace = make(perceptron((2, 2, 1)))
        workspace.go_to(1)
        hidden = workspace.frame.spec.layers[0].node
        workspace.select(Quantity("dz", hidden))
        assert headings(panel, GROUP_ROLE)[-1] == "Other"
        workspace.edit(lambda d: edits.remove(d, [hidden]), "remove")
        assert headings(panel) == []
        workspace.undo_stack.undo()
        assert headings(panel, GROUP_ROLE)[-1] == "Other"

    def test_it_goes_when_other_columns_are_chosen_unless_it_is_selected(self, qtbot, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(3)
        workspace.select(Quantity("p", "c5"))
        TestColumns().tick(qtbot, panel, "Errors e")
        assert len(headings(panel)) == 8
        assert view(panel).model().selected_cell() == (2, [(7, 0)])
        workspace.select(Quantity("z", "n3"))
        TestColumns().tick(qtbot, panel, "Errors e")
        assert len(headings(panel)) == 6

    def test_a_renamed_neuron_is_named_so_in_its_heading(self, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(3)
        workspace.select(Quantity("w", "c5"))
        before = headings(panel)[6]
        workspace.select(Quantity("z", "n3"))
        workspace.edit(lambda d: edits.rename(d, "n2", "Q7"), "rename")
        assert headings(panel)[0] == "(x1, Q7)"
        workspace.select(Quantity("w", "c5"))
        assert "Q7" in headings(panel)[6] != before

    def test_an_iteration_whose_rule_has_none_such_leaves_it_blank(self, make):
        document = perceptron((2, 1))
        training = replace(document.training, rule="sgd")
        document = edits.set_training(document, training)
        document = edits.set_training(document, replace(training, rule="delta"), 2)
        panel, workspace = make(document)
        workspace.go_to(2)
        quantity = Quantity("da", workspace.frame.spec.layers[0].node)
        workspace.select(quantity)
        last = len(headings(panel)) - 1
        said = headings(panel)[last]
        assert texts(panel, 1)[last] != ""
        workspace.go_to(3)
        assert not workspace.frame.has(quantity)
        assert headings(panel)[last] == said
        assert texts(panel, 2)[last] == ""
        assert texts(panel, 1)[last] != ""

    def test_another_project_has_none(self, make):
        panel, workspace = make(gate_neuron("or"))
        workspace.go_to(1)
        workspace.select(Quantity("w", "c5"))
        workspace.open(gate_neuron("and"))
        assert len(headings(panel)) == 6


class TestScrolling:
    def test_a_long_trace_is_scrolled_to_any_place(self, qtbot, make):
        panel, workspace = make(gate_neuron("xor"))
        while workspace.session.computed < 5000:
            workspace.session.compute()
        workspace.go_to(5000)
        assert view(panel).model().rowCount() == 5000
        assert is_in_sight(panel, 4999)

        view(panel).verticalScrollBar().setValue(view(panel).rowHeight(0) * 2500)
        model = view(panel).model()
        qtbot.waitUntil(lambda: model.index(2505, 1).data() != "")
        expected = workspace.session.record(2506).arrays["z:n3"][0, 0]
        assert model.index(2505, 1).data() == f"{float(expected):g}"
        # Only what is in sight was fetched, and a little around it.
        assert model.store.get(1000) is None

    def test_stepping_scrolls_only_when_the_row_leaves_the_sight(self, make):
        panel, workspace = make(gate_neuron("xor"))
        bar = view(panel).verticalScrollBar()
        seen = []
        for _ in range(30):
            workspace.step(Level.ITERATION)
            QApplication.processEvents()
            seen.append((is_in_sight(panel, view(panel).model().current_row), bar.value()))
        assert all(sight for sight, _ in seen)
        assert seen[3][1] == 0
        assert seen[-1][1] > 0
        before = bar.value()
        workspace.step_back(Level.ITERATION)
        assert bar.value() == before

    def test_a_fast_run_is_followed_now_and_then_and_at_its_end(self, qtbot, make):
        panel, workspace = make(gate_neuron("xor"))
        seen = []
        for iteration in range(100, 2100, 100):
            workspace.go_to(iteration)
            seen.append(view(panel).model().rowCount())
        # Not at every leap, for each would cost a screenful of replay.
        assert len(set(seen)) < len(seen)
        qtbot.waitUntil(lambda: view(panel).model().rowCount() == 2000)
        assert is_in_sight(panel, 1999)

    def test_column_widths_only_grow(self, make):
        panel, workspace = make(perceptron((2, 2, 1)))
        before = [view(panel).columnWidth(k) for k in range(view(panel).model().columnCount())]
        for _ in range(20):
            workspace.step(Level.ITERATION)
            QApplication.processEvents()
        after = [view(panel).columnWidth(k) for k in range(view(panel).model().columnCount())]
        assert all(now >= then for now, then in zip(after, before, strict=True))
        workspace.go_to(1)
        QApplication.processEvents()
        assert [view(panel).columnWidth(k) for k in range(len(after))] == after

    def test_a_number_wider_than_its_column_gets_room(self, qtbot, make):
        panel, workspace = make(gate_neuron("or"))
        before = view(panel).columnWidth(5)
        workspace.edit(lambda d: edits.set_parameter(d, "b:n3", (0,), -12345.75), "bias")
        workspace.go_to(1)
        qtbot.waitUntil(lambda: view(panel).columnWidth(5) > before or texts(panel, 0)[5] == "-")
        workspace.edit(lambda d: edits.set_parameter(d, "b:n3", (0,), 12345.75), "bias")
        workspace.go_to(1)
        qtbot.waitUntil(lambda: view(panel).columnWidth(5) > before)

    def test_epochs_are_parted_by_a_line(self, make):
        panel, workspace = make(perceptron((2, 2, 1)))
        workspace.go_to(9)
        model = view(panel).model()
        assert [row for row in range(9) if model.ends_epoch(row)] == [3, 7]

    def test_a_hidden_panel_catches_up_when_it_is_shown(self, make):
        panel, workspace = make(gate_neuron("or"))
        panel.hide()
        workspace.edit(lambda d: edits.set_parameter(d, "b:n3", (0,), -1.0), "bias")
        workspace.go_to(2)
        panel.show()
        assert texts(panel, 0) == ["(0, 0)", "-1", "0", "0", "-", "-"]
        assert view(panel).model().rowCount() == 2


@pytest.mark.parametrize("width", [220, 760])
def test_a_narrow_panel_keeps_all_its_buttons(make, width):
    panel, _ = make(gate_neuron("or"), (width, 200))
    assert panel.width() == width
    for name in ("step_table_style", "step_table_columns_button", "step_table_goto"):
        widget = panel.findChild(QWidget, name)
        right = widget.mapTo(panel, widget.rect().topRight()).x()
        assert widget.isVisible()
        assert right < width
        assert widget.accessibleName()


class TestGoingTo:
    def go(self, qtbot, panel, text):
        qtbot.keyClick(view(panel), Qt.Key.Key_G, CONTROL)
        field = panel.findChild(QLineEdit, "step_table_goto")
        assert field.hasFocus()
        qtbot.keyClicks(field, text)
        qtbot.keyClick(field, Qt.Key.Key_Return)

    def test_an_iteration_is_typed(self, qtbot, make):
        panel, workspace = make(gate_neuron("or"))
        view(panel).setFocus()
        self.go(qtbot, panel, "5")
        assert workspace.session.position.iteration == 5
        self.go(qtbot, panel, "2")
        assert workspace.session.position.iteration == 2

    @pytest.mark.parametrize("text", ["0", "x", "-3", "1.5"])
    def test_what_is_no_iteration_is_told(self, qtbot, make, text):
        panel, _ = make(gate_neuron("or"))
        view(panel).setFocus()
        self.go(qtbot, panel, text)
        assert sentence(panel).startswith(f"“{text}” is not the number of an iteration.")

    def test_what_is_too_far_is_left_to_a_run(self, qtbot, make):
        panel, workspace = make(gate_neuron("or"))
        view(panel).setFocus()
        self.go(qtbot, panel, "900000000")
        assert workspace.session.position.iteration == 1
        assert "Run on (F6)" in sentence(panel)


class TestCopying:
    def test_selected_rows_go_to_a_spreadsheet(self, qtbot, make, preferences):
        panel, workspace = make(gate_neuron("or"))
        preferences.set_locale("es")
        workspace.go_to(7)
        click(qtbot, panel, 2, 0)
        click(qtbot, panel, 4, 1, Qt.KeyboardModifier.ShiftModifier)
        qtbot.keyClick(view(panel), Qt.Key.Key_C, CONTROL)
        qtbot.waitUntil(lambda: sentence(panel) == "3 filas copiadas.")
        data = QGuiApplication.clipboard().mimeData()
        assert data.text().splitlines() == [
            "It\t(x1, x2)\tΣ\tS_neu\tS_real\tnuevos w\tnuevo b",
            "3\t(0; 1)\t-0,5\t0\t1\t(0,5; 1)\t-",
            "4\t(0; 1)\t0\t1\t1\t-\t-",
            "5\t(1; 0)\t-0,5\t0\t1\t(1; 1)\t-",
        ]
        assert "<td>(0,5; 1)</td>" in data.html()

    def test_many_rows_are_copied_while_the_window_lives(self, qtbot, make):
        panel, workspace = make(gate_neuron("xor"))
        while workspace.session.computed < 1500:
            workspace.session.compute()
        workspace.go_to(1500)
        view(panel).setFocus()
        qtbot.keyClick(view(panel), Qt.Key.Key_A, CONTROL)
        qtbot.keyClick(view(panel), Qt.Key.Key_C, CONTROL)
        assert sentence(panel).startswith("Copying…")
        qtbot.waitUntil(lambda: sentence(panel) == "1500 rows copied.", timeout=20_000)
        lines = QGuiApplication.clipboard().text().splitlines()
        assert len(lines) == 1501
        assert lines[-1].startswith("1500\t")

    def test_what_has_not_come_about_is_not_copied_either(self, qtbot, make):
        panel, _ = make(gate_neuron("or"))
        view(panel).setFocus()
        qtbot.keyClick(view(panel), Qt.Key.Key_C, CONTROL)
        qtbot.waitUntil(lambda: sentence(panel) == "1 row copied.")
        assert QGuiApplication.clipboard().text().splitlines()[1] == "1\t(0, 0)\t\t\t0\t\t"


class TestWithoutATable:
    def test_a_diagram_that_cannot_run_says_why(self, make):
        panel, _ = make(empty())
        message = panel.findChild(QLabel, "step_table_message")
        assert message.isVisible()
        assert "There is no input." in message.text()

    def test_it_comes_when_the_diagram_can_run(self, make):
        panel, workspace = make(empty())
        whole = gate_neuron("or")
        workspace.edit(
            lambda d: replace(
                d, nodes=whole.nodes, connections=whole.connections, next_id=whole.next_id
            ),
            "draw",
        )
        workspace.go_to(1)
        assert not panel.findChild(QLabel, "step_table_message").isVisible()
        assert texts(panel, 0) == OR_ROWS[0]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_follow_the_theme(make, preferences, theme):
    panel, workspace = make(gate_neuron("or"))
    workspace.go_to(2)
    preferences.set_theme("dark" if theme == "light" else "light")
    preferences.set_theme(theme)
    assert color_at(panel, 1, 1) == preferences.theme.accent_soft
    assert color_at(panel, 0, 1) == preferences.theme.surface


def test_another_project_takes_the_place_of_the_former(make):
    panel, workspace = make(gate_neuron("or"))
    workspace.go_to(7)
    workspace.open(gate_neuron("and"))
    workspace.go_to(2)
    assert view(panel).model().rowCount() == 2
    workspace.open(perceptron((2, 2, 1)))
    workspace.go_to(1)
    assert headings(panel)[0] == "Epoch"


def test_the_same_project_opened_again_starts_anew(make):
    document = gate_neuron("or")
    panel, workspace = make(document)
    workspace.go_to(9)
    workspace.open(document)
    assert texts(panel, 0) == ["(0, 0)", "", "", "0", "", ""]
    assert sentence(panel).startswith("Take a step (F8)")
