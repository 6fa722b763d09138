"""The menu's command that opens the window of the experiments, and what becomes of it."""

from nnsim.session.experiments.landscape import weights_of
from nnsim.ui.experiments.form import LANDSCAPE


def opened(window):
    window.commands["experiments"].trigger()
    return window.menu_commands.experimenting.opened


def test_the_window_opens_beside_the_main_one(window):
    experiments = opened(window)
    assert experiments.isVisible()
    assert not experiments.isModal()
    assert window.menus["run"].actions()[-1] is window.commands["experiments"]


def test_it_is_the_same_window_again(window):
    first = opened(window)
    first.close()
    assert opened(window) is first
    assert first.isVisible()


def test_what_is_open_in_the_main_window_is_its_project(window):
    experiments = opened(window)
    experiments.form.kind_choice.choose(LANDSCAPE)
    offered = experiments.form.editor("first_weight").count()
    assert offered == len(list(weights_of(window.workspace.document)))


def test_closing_the_main_window_gives_up_what_runs(window, qtbot):
    experiments = opened(window)
    experiments.form.kind_choice.choose("bias-variance")
    experiments.run()
    job = experiments._job
    window.workspace.undo_stack.setClean()
    window.close()
    assert not job.is_running
    qtbot.waitUntil(lambda: job.has_ended, timeout=10_000)
    assert not experiments.isVisible()


def test_editing_goes_on_while_something_runs(window, qtbot):
    experiments = opened(window)
    experiments.form.kind_choice.choose("bias-variance")
    experiments.run()
    before = window.workspace.session.position
    window.running.forward()
    assert window.workspace.session.position != before
    assert experiments.is_running
    experiments.give_up()
