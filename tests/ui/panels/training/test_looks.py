"""The training panel in little room: nothing is cut."""

import dataclasses

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QScrollArea,
    QWidget,
)

from nnsim.document.edits import set_training
from nnsim.document.model import OPTIMISERS, RULES
from nnsim.document.templates import gate_neuron, perceptron
from tests.support.training_panel import line, workspace_of

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def zoomed(qapp, preferences):
    """``zoomed(factor)``: the presentation zoom as the shell sets it; put back after the test."""
    font = qapp.font()

    def zoomed(factor):
        larger = qapp.font()
        larger.setPointSizeF(font.pointSizeF() * factor)
        qapp.setFont(larger)
        preferences.set_zoom(factor)

    yield zoomed
    qapp.setFont(font)


@pytest.mark.parametrize("locale", ["en", "es"])
@pytest.mark.parametrize("zoom", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("rule", RULES)
def test_nothing_is_cut_in_a_narrow_panel(make, qapp, preferences, zoomed, locale, zoom, rule):
    preferences.set_locale(locale)
    zoomed(zoom)
    document = gate_neuron("or")
    training = dataclasses.replace(document.training, rule=rule, order="shuffled")
    require_uncut(make(set_training(document, training, 0)), qapp, zoom)


def require_uncut(panel, qapp, zoom):
    """Everything stands within a panel as narrow as it gets, and has the height that it needs."""
    panel.resize(round(190 * zoom), 700)
    # Once for the new width, once for labels that moved above their fields.
    qapp.processEvents()
    qapp.processEvents()
    scroll = panel.findChild(QScrollArea, "training_scroll")
    bar = scroll.horizontalScrollBar()
    assert (bar.isVisible(), bar.maximum()) == (False, 0)
    for widget in scroll.widget().findChildren(QWidget):
        if widget.isVisible() and isinstance(widget, QLabel | QCheckBox | QLineEdit | QComboBox):
            right = widget.mapTo(scroll.widget(), QPoint(widget.width(), 0)).x()
            assert right <= scroll.viewport().width(), widget.objectName()
            if isinstance(widget, QLabel | QCheckBox):
                assert widget.height() >= widget.heightForWidth(widget.width()), widget.text()
            if isinstance(widget, QLineEdit):
                assert widget.width() >= 70 * zoom


def test_a_number_stands_below_its_label_only_while_the_panel_is_narrow(panel, qapp):
    def is_below():
        field = line(panel, "weight_step")
        label = next(w for w in panel.findChildren(QLabel) if w.buddy() is field)
        return field.mapTo(panel, QPoint()).y() >= label.mapTo(panel, QPoint()).y() + label.height()

    for width, expected in ((400, False), (150, True), (400, False)):
        panel.resize(width, 700)
        qapp.processEvents()
        assert is_below() is expected, width


def test_a_wrapped_box_is_ticked_by_its_words(qtbot, panel, qapp):
    panel.resize(150, 900)
    qapp.processEvents()
    box = panel.findChild(QCheckBox, "training_update_biases")
    was = box.isChecked()
    qtbot.mouseClick(box, LEFT, pos=QPoint(box.width() - 12, box.height() - 5))
    assert box.isChecked() is not was
    assert workspace_of(panel).document.settings_at(0)[0].update_biases is not was


def test_names_that_have_no_room_end_in_dots_and_the_list_has_them_whole(qtbot, make, preferences):
    preferences.set_locale("es")
    panel = make(perceptron((2, 2, 1)))
    panel.resize(190, 900)
    combo = panel.findChild(QComboBox, "training_loss")
    qtbot.waitUntil(lambda: combo.width() < 190)
    assert combo.shown_text().endswith("…")
    assert combo.currentText().startswith(combo.shown_text()[:-1])
    assert combo.toolTip() == combo.currentText()
    qtbot.mouseClick(combo, LEFT)
    qtbot.waitUntil(lambda: combo.view().isVisible())
    assert combo.view().viewport().width() >= combo.view().sizeHintForColumn(0)
    combo.hidePopup()
    panel.resize(500, 900)
    qtbot.waitUntil(lambda: combo.shown_text() == combo.currentText())


@pytest.mark.parametrize("locale", ["en", "es"])
@pytest.mark.parametrize("zoom", [1.0, 2.0])
@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_nothing_of_an_optimiser_is_cut_in_a_narrow_panel(
    make, qapp, preferences, zoomed, locale, zoom, optimiser
):
    preferences.set_locale(locale)
    zoomed(zoom)
    document = perceptron((2, 2, 1))
    training = dataclasses.replace(document.training, optimiser=optimiser)
    require_uncut(make(set_training(document, training, 0)), qapp, zoom)
