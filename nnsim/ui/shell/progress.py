"""How far a training has come, how fast it goes and how long it still takes, in words."""

from __future__ import annotations

from nnsim.ui.bridge.player import Player
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.workspace import Workspace

_GROUPED_FROM = 10_000
_MINUTE, _HOUR = 60, 3600


def grouped(number: int) -> str:
    """A whole number as people read it: 12 340, with a narrow space; 9999 without."""
    return str(number) if number < _GROUPED_FROM else f"{number:,}".replace(",", "\u202f")


def progress_words(workspace: Workspace, player: Player, preferences: Preferences) -> str:
    """What the status line says while a training goes on."""
    session, goal, say = workspace.session, player.goal, preferences.say
    if goal.epochs is None:
        done, total = session.computed, goal.iterations
        words = say("progress.iterations", done=grouped(done), total=grouped(total))
    else:
        done, total = session.trace.epochs, goal.epochs
        words = say("progress.epochs", done=grouped(done), total=grouped(total))
    parts = [str(words)]
    rate = player.rate
    if rate is not None:
        # Epochs go by as fast as they have so far.
        per_second = rate * done / max(session.computed, 1)
        if per_second > 0:
            parts.append(_left(max(total - done, 0) / per_second, goal.past_verdict, preferences))
        # Last, for it is what is missed least where the line is cut.
        parts.append(str(say("progress.rate", rate=_about(rate, preferences))))
    return " · ".join(parts)


def _about(rate: float, preferences: Preferences) -> str:
    """Two digits of a rate: the rest of them flickers."""
    if rate < 10:
        return preferences.number(rate, 2)
    digits = len(str(int(rate))) - 2
    return grouped(round(rate / 10**digits) * 10**digits)


def _left(seconds: float, is_certain: bool, preferences: Preferences) -> str:
    """Time left; where a verdict may end the run before, that is the most it can take."""
    if seconds < _MINUTE:
        time = preferences.say("progress.seconds", n=max(round(seconds), 1))
    elif seconds < _HOUR:
        time = preferences.say("progress.minutes", n=round(seconds / _MINUTE))
    else:
        time = preferences.say("progress.hours", n=round(seconds / _HOUR))
    return str(
        preferences.say("progress.left" if is_certain else "progress.left_at_most", time=time)
    )
