"""The player: runs share the time between computing and showing."""

import time
from dataclasses import replace

from nnsim.document.templates import perceptron
from nnsim.ui.bridge.player import Player
from nnsim.ui.bridge.workspace import Workspace


def test_views_that_are_slow_to_paint_leave_a_run_half_of_the_time(qtbot, monkeypatch):
    document = perceptron((2, 2, 1))
    training = replace(document.training, learning_rate=1e-6, limit=1500)
    workspace = Workspace(replace(document, training=training))
    player = Player(workspace)
    session, spent = workspace.session, {"computing": 0.0, "showing": 0.0}
    compute = session.compute

    def computed():
        start = time.perf_counter()
        compute()
        spent["computing"] += time.perf_counter() - start

    def painted():
        time.sleep(0.05)
        spent["showing"] += 0.05

    monkeypatch.setattr(session, "compute", computed)
    workspace.position_changed.connect(painted)
    with qtbot.waitSignal(player.finished, timeout=60_000):
        player.run()
    assert session.computed == 1500
    # The last show comes whatever was computed since the one before.  Shown every 33 ms as it
    # was, a run in slices of 8 ms spent six times as long on showing.
    assert spent["showing"] <= 2 * spent["computing"] + 0.05
