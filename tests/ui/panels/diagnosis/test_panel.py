"""The diagnosis panel: calm while all is well, else trouble, evidence and cures by a click."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from nnsim.document import failing
from nnsim.document.templates import empty, gate_neuron
from nnsim.engine.initialisers import InitialiserSpec
from nnsim.language import LOCALES
from nnsim.ui.bridge.calm_label import CalmLabel
from nnsim.ui.bridge.watcher import watcher_of
from nnsim.ui.bridge.workspace import Workspace
from nnsim.ui.panels.diagnosis import DiagnosisPanel

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def show(qtbot, preferences):
    """``show(document, iterations)``: a panel over a run that has come so far."""

    def show(document, iterations=0, size=(420, 900)):
        workspace = Workspace(document)
        panel = DiagnosisPanel(workspace, preferences)
        qtbot.addWidget(panel)
        # The panel must not outlive what it watches.
        panel.workspace = workspace
        panel.resize(*size)
        with qtbot.waitExposed(panel):
            panel.show()
        advance(panel, iterations)
        return panel

    return show


def advance(panel, iterations):
    workspace = panel.workspace
    if iterations:
        workspace.go_to(iterations)
    watcher_of(workspace).look_now()


def words(panel):
    """All that is to be read, from top to bottom."""
    # What was put into a layout is shown in the next turn of the event loop.
    QApplication.processEvents()
    labels = [each for each in panel.findChildren(CalmLabel) if each.isVisible()]
    return "\n".join(each.accessibleName() for each in labels)


def button(panel, name):
    found = panel.findChild(QAbstractButton, name)
    assert found is not None, name
    return found


def test_a_healthy_start_says_what_was_looked_at(show):
    panel = show(failing.digits((32,), "relu", InitialiserSpec("he_normal"), 0.1))
    text = words(panel)
    assert "Nothing wrong with the start values" in text
    assert "2.302 = ln 10" in text
    assert "Alarm from 50 %" in text


def test_after_a_step_it_speaks_of_the_run(show):
    panel = show(failing.digits((32,), "relu", InitialiserSpec("he_normal"), 0.1), 20)
    assert "Looked at after 20 iterations" in words(panel)


class TestUntilAllIsExamined:
    def test_what_is_in_order_is_so_only_so_far(self, show):
        panel = show(failing.digits((32,), "relu", InitialiserSpec("he_normal"), 0.1), 20)
        watcher = advance_unexamined(panel, 60)
        assert not watcher.report.is_whole
        assert "Still looking, at 60 iterations; so far:" in words(panel)
        watcher.look_now()
        assert "Looked at after 60 iterations:" in words(panel)
        assert "Still looking" not in words(panel)

    def test_a_line_below_the_trouble_says_that_it_goes_on(self, show):
        panel = show(failing.vanishing(), 60)
        line = panel._words.sentence("looking")
        assert line not in words(panel)
        card = button(panel, "cure_relu_he").mapTo(panel.widget(), QPoint())
        watcher = advance_unexamined(panel, 100)
        assert line in words(panel)
        assert button(panel, "cure_relu_he").mapTo(panel.widget(), QPoint()) == card
        watcher.look_now()
        assert line not in words(panel)


def advance_unexamined(panel, iterations):
    """Go on, and tell of it before the states that are new have been examined."""
    panel.workspace.go_to(iterations)
    watcher = watcher_of(panel.workspace)
    watcher._timer.stop()
    watcher._tell()
    return watcher


def test_what_cannot_run_says_where_to_look(show):
    assert "The marks on its nodes say what is missing" in words(show(empty()))


def test_a_rule_without_a_gradient_says_what_to_choose(show):
    assert "Choose SGD or gradient descent" in words(show(gate_neuron("or")))


def test_trouble_is_told_with_evidence_and_reason(show):
    text = words(show(failing.dying_relu(), 100))
    assert "Dying ReLU" in text
    assert "C3: 64 of 64 ReLU units give 0 on all 1348 training samples." in text
    assert "they let no gradient through" in text
    assert "Activation of C1, C2, C3: ReLU → Leaky ReLU, slope 0.1" in text


def test_a_click_selects_the_layer_at_fault(show, qtbot):
    panel = show(failing.vanishing(), 60)
    qtbot.mouseClick(button(panel, "diagnosis_nodes"), LEFT)
    assert panel.workspace.nodes == {"n2"}


def test_a_click_goes_to_where_it_began(show, qtbot):
    panel = show(failing.exploding_step(), 60)
    qtbot.mouseClick(button(panel, "diagnosis_moment"), LEFT)
    assert panel.workspace.session.position.iteration < 10


class TestCure:
    @pytest.fixture
    def panel(self, show):
        return show(failing.vanishing(), 60)

    def test_it_is_one_undoable_edit(self, panel, qtbot):
        before = panel.workspace.document
        qtbot.mouseClick(button(panel, "cure_relu_he"), LEFT)
        assert panel.workspace.document.nodes[1].activation.name == "relu"
        assert panel.workspace.undo_stack.undoText() == "Cure: ReLU with He's start values"
        panel.workspace.undo_stack.undo()
        assert panel.workspace.document is before

    def test_it_asks_for_the_run_to_compare(self, panel, qtbot):
        with qtbot.waitSignal(panel.train_wanted) as wanted:
            button(panel, "cure_relu_he").click()
        assert wanted.args == [430]

    def test_both_runs_stand_side_by_side(self, panel, qtbot):
        button(panel, "cure_relu_he_adam").click()
        advance(panel, 220)
        table = panel.findChild(QWidget, "comparison_table").accessibleName()
        assert "Vanishing gradient" in table
        assert "nothing wrong" in table
        judged = panel.workspace.session.evaluations.latest(220).test
        assert "Test accuracy" in table
        assert f"{panel._preferences.percentage(judged.metric)}" in table
        assert "%" in table
        assert "Nothing wrong so far" in words(panel)

    def test_the_former_run_is_kept_for_the_curves(self, panel):
        button(panel, "cure_relu_he").click()
        (run,) = panel.workspace.session.runs
        assert run.iterations == 60

    def test_undo_takes_the_comparison_away_and_redo_brings_it_back(self, panel):
        button(panel, "cure_relu_he").click()
        comparison = panel.findChild(QWidget, "diagnosis_comparison")
        assert comparison.isVisible()
        panel.workspace.undo_stack.undo()
        watcher_of(panel.workspace).look_now()
        assert not comparison.isVisible()
        panel.workspace.undo_stack.redo()
        watcher_of(panel.workspace).look_now()
        assert comparison.isVisible()
        button(panel, "comparison_close").click()
        assert not comparison.isVisible()

    def test_the_keyboard_reaches_and_presses_it(self, panel, qtbot):
        panel.activateWindow()
        panel.setFocus()
        target = button(panel, "cure_relu_he_adam")
        for _ in range(10):
            if target.hasFocus():
                break
            panel.focusNextPrevChild(True)
        assert target.hasFocus()
        qtbot.keyClick(target, Qt.Key.Key_Space)
        assert panel.workspace.document.training.optimiser == "adam"


def test_before_anything_was_trained_there_is_nothing_to_compare(show, qtbot):
    panel = show(failing.dying_relu())
    cure = button(panel, "cure_draw")
    assert cure.text() == "Apply"
    with qtbot.assertNotEmitted(panel.train_wanted):
        cure.click()
    assert not panel.findChild(QWidget, "diagnosis_comparison").isVisible()


def test_while_it_trains_numbers_change_and_buttons_stay(show):
    panel = show(failing.exploding_step(), 100)
    cure, text = button(panel, "cure_rate_below_limit"), words(panel)
    advance(panel, 110)
    assert button(panel, "cure_rate_below_limit") is cure
    assert words(panel) != text


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("zoom", [1.0, 2.0])
@pytest.mark.parametrize("make", failing.FAILING.values(), ids=failing.FAILING)
def test_nothing_is_cut_off(show, preferences, make, zoom, locale, qapp):
    panel = show(make(), 60, size=(300, 700))
    preferences.set_locale(locale)
    preferences.set_zoom(zoom)
    qapp.processEvents()
    page = panel.widget()
    assert page.width() <= panel.viewport().width()
    for each in page.findChildren(QAbstractButton):
        if each.isVisible():
            assert each.width() >= each.sizeHint().width()


def test_a_watch_is_shared_and_waits_only_for_moments(qtbot):
    workspace = Workspace(failing.vanishing())
    watcher = watcher_of(workspace)
    assert watcher_of(workspace) is watcher
    # However much there is to do, it comes in turns of the event loop.
    qtbot.waitUntil(lambda: watcher.report is not None and watcher.report.is_whole)
    workspace.go_to(60)
    qtbot.waitUntil(lambda: watcher.report.iterations == 60 and watcher.report.is_whole)
    assert [each.trouble for each in watcher.report.alarms] == ["vanishing"]


def test_another_project_is_watched_from_its_start(qtbot):
    workspace = Workspace(failing.vanishing())
    watcher = watcher_of(workspace)
    workspace.open(gate_neuron("or"))
    watcher.look_now()
    assert watcher.report.findings is None
