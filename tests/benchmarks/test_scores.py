"""What judging a network costs, against the network itself and against fewer samples.

All take turns in one run and are compared by their medians, so a busy machine slows all.
"""

from __future__ import annotations

import statistics
import time

import pytest
from PySide6.QtWidgets import QApplication

from nnsim.document.preparation import prepared
from nnsim.session import Session
from nnsim.session.predictions import Examiner, class_scores
from nnsim.session.probing import Probe, parameters_at
from nnsim.ui.panels.predictions import PredictionsPanel
from tests.support.judged import classifier
from tests.support.plots import open_panel, preferences_in

TURNS = 30
ROWS = 10_000
#: times what the bare forward pass takes
MOST_TO_EXAMINE = 3.0
#: times what a table of a hundred rows takes to paint
MOST_TO_PAINT = 1.5


def by_turns(*jobs):
    """Median seconds of each job."""
    taken = [[] for _ in jobs]
    for _ in range(TURNS):
        for job, times in zip(jobs, taken, strict=True):
            start = time.perf_counter()
            job()
            times.append(time.perf_counter() - start)
    return [statistics.median(times) for times in taken]


def test_examining_costs_little_more_than_the_network_itself():
    session = Session(classifier(samples=ROWS))
    document, frame = session.document, session.frame
    probe, examiner = Probe(frame.spec), Examiner()
    inputs, output = prepared(document).inputs, frame.spec.outputs[0]

    def bare():
        probe.put(parameters_at(frame))
        probe.respond(inputs, output)

    def examine():
        # In turns, so that there is always something to do.
        for part in ("training", "all"):
            examiner.take(document, frame, part)
            class_scores(examiner.predictions)

    alone, whole = by_turns(bare, examine)
    print(f"\nbare {1000 * alone:.2f} ms, examined {500 * whole:.2f} ms")
    assert whole / 2 <= MOST_TO_EXAMINE * alone


def test_ten_thousand_rows_are_painted_as_fast_as_a_hundred(qtbot, qapp, tmp_path):
    preferences = preferences_in(tmp_path)
    few, many = (
        open_panel(qtbot, PredictionsPanel, classifier(samples=rows), preferences)[0]
        for rows in (100, ROWS)
    )

    def paint(panel):
        panel.view.viewport().repaint()
        QApplication.processEvents()

    few_take, many_take = by_turns(lambda: paint(few), lambda: paint(many))
    print(f"\na hundred {1000 * few_take:.1f} ms, ten thousand {1000 * many_take:.1f} ms")
    assert many_take <= MOST_TO_PAINT * few_take


@pytest.mark.parametrize("rows", [100, ROWS])
def test_sorting_leaves_the_rest_of_the_time_to_the_run(qtbot, qapp, tmp_path, rows):
    panel, workspace = open_panel(
        qtbot, PredictionsPanel, classifier(samples=rows), preferences_in(tmp_path)
    )
    panel.view._sort([column.kind for column in panel.model.columns].index("error"))
    end = time.perf_counter() + 1.0
    busy = 0.0
    draw = panel._pace._draw

    def timed():
        nonlocal busy
        start = time.perf_counter()
        draw()
        busy += time.perf_counter() - start

    panel._pace._draw = timed
    iteration = 1
    while time.perf_counter() < end:
        # A run tells of another position all the time.
        iteration += 1
        blocked = workspace.blockSignals(True)
        workspace.go_to(iteration % 50 + 1)
        workspace.blockSignals(blocked)
        panel._pace.ask()
        QApplication.processEvents()
    print(f"\n{rows} rows: {100 * busy:.1f} % of the time")
    assert busy <= 0.25
