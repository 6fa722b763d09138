"""The window: experiments run beside it, are shown, refused, given up."""

import csv
import json
import time

import pytest
from PySide6.QtCore import Qt

from nnsim.ui.experiments.editors import PROJECT
from nnsim.ui.experiments.window import shown_time

KFOLD = {"epochs": "3", "folds": "3"}
#: Soon done, for what could be any experiment.
FITS = {"resamples": "50", "degrees": "0 3"}


def titles(window):
    tabs = window.results._tabs
    return [tabs.tabText(k) for k in range(tabs.count())]


class TestRunning:
    def test_folds(self, window, run):
        result = run("kfold", "wine", **KFOLD)
        assert result.report.kind == "kfold"
        assert titles(window) == ["Curves of the folds", "Samples by fold", "Scores", "Table"]
        assert "Mean accuracy over 3 folds" in window.results._sentences.text()

    def test_what_is_shown_is_what_the_command_line_finds(self, run):
        from nnsim.session.experiments.request import Choices, Request, Source, perform

        choices = Choices(folds=3, epochs=3, activation="relu", optimiser="adam")
        expected = perform(Request("kfold", Source("wine"), choices))
        assert run("kfold", "wine", **KFOLD) == expected

    def test_two_processes_find_the_same(self, run):
        one = run("statistical", processes="1", **FITS)
        assert run("statistical", processes="2", **FITS) == one

    def test_meanwhile_the_window_lives(self, window, qtbot, run):
        window.form.kind_choice.choose("bias-variance")
        window.run()
        slowest = 0.0
        for _ in range(30):
            begun = time.monotonic()
            qtbot.wait(5)
            slowest = max(slowest, time.monotonic() - begun)
        assert window.is_running
        window.give_up()
        assert slowest < 0.5

    def test_the_button_gives_up_and_nothing_is_shown(self, window, qtbot):
        window.form.kind_choice.choose("bias-variance")
        qtbot.mouseClick(window._button, Qt.MouseButton.LeftButton)
        assert window.is_running
        assert window._button.text() == "&Cancel"
        begun = time.monotonic()
        qtbot.mouseClick(window._button, Qt.MouseButton.LeftButton)
        assert time.monotonic() - begun < 1.0
        assert not window.is_running
        assert window.results.result is None
        assert [m.code for m in window.messages.messages] == ["experiments.given_up"]

    def test_escape_gives_up_first_and_closes_then(self, window, qtbot):
        window.run()
        qtbot.keyClick(window, Qt.Key.Key_Escape)
        assert not window.is_running
        assert window.isVisible()
        qtbot.keyClick(window, Qt.Key.Key_Escape)
        assert not window.isVisible()

    def test_closing_it_while_something_runs_is_safe(self, window):
        window.form.kind_choice.choose("bias-variance")
        window.run()
        job = window._job
        window.close()
        assert not job.is_running
        assert not window.is_running


class TestRefusals:
    def test_what_cannot_be_read_is_told_and_nothing_runs(self, window, run):
        window.form.editor("folds").setText("many")
        window.run()
        assert not window.is_running
        assert [m.code for m in window.messages.messages] == ["experiments.at_field"]

    def test_what_the_experiment_refuses(self, window, run):
        run("statistical", degrees="25")
        assert window.results.result is None
        assert window.messages.messages[0].code == "experiment.degree"

    def test_the_next_change_takes_the_message_away(self, window, run):
        run("statistical", degrees="25")
        window.form.kind_choice.choose("race")
        assert window.messages.messages == ()


class TestFiles:
    def test_the_report_by_the_ending(self, window, run, tmp_path):
        run("statistical", **FITS)
        for ending in ("csv", "jsonl", "md"):
            window.results.write(tmp_path / f"fits.{ending}")
        lines = (tmp_path / "fits.csv").read_text(encoding="utf-8").splitlines()
        rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
        assert [row["degree"] for row in rows] == ["0", "3"]
        head = json.loads((tmp_path / "fits.jsonl").read_text(encoding="utf-8").splitlines()[0])
        assert head["command"].startswith("nnsim bias-variance --statistical ")
        assert head["conventions"]["noise"] == "sigma^2"
        assert (tmp_path / "fits.md").read_text(encoding="utf-8").startswith("# Bias² + variance")
        assert [m.code for m in window.messages.messages] == ["projects.saved"]

    def test_where_nothing_can_be_written_it_is_told(self, window, run, tmp_path):
        run("statistical", **FITS)
        window.results.write(tmp_path / "none" / "fits.csv")
        assert window.messages.messages[0].code == "file.cannot_write"


@pytest.mark.parametrize(
    ("locale", "title", "tab", "heading"),
    [("en", "Experiments", "Table", "Variance"), ("es", "Experimentos", "Tabla", "Varianza")],
)
def test_another_language_is_spoken_at_once(window, run, preferences, locale, title, tab, heading):
    run("statistical", **FITS)
    preferences.set_locale(locale)
    assert window.windowTitle() == title
    assert titles(window)[-1] == tab
    table = window.results.table
    assert heading in [table.horizontalHeaderItem(k).text() for k in range(table.columnCount())]


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "1 s"), (59.0, "59 s"), (59.5, "1 min 00 s"), (150, "2 min 30 s")]
)
def test_time_is_rounded_up(seconds, words):
    assert shown_time(seconds) == words


def test_the_project_has_too_few_samples_for_as_many_folds(window, run):
    run("kfold", PROJECT)
    assert window.messages.messages[0].code.startswith("fold.")
