"""What came of an attempt: the score, what went wrong by kind, and what to practise."""

from __future__ import annotations

from collections.abc import Iterable

from nnsim.exercises.attempt import Attempt
from nnsim.exercises.prose import in_html
from nnsim.ui.bridge.preferences import Preferences

_MOST = 6


def summary_html(attempt: Attempt, preferences: Preferences) -> str:
    """The summary of an attempt in the person's language."""
    say, score = preferences.say, attempt.score

    def number(value: float) -> str:
        return preferences.number(value, 4)

    share = preferences.number(100 * score.share, 3)
    reached = say("exercise_summary.score", points=number(score.points), of=score.of)
    parts = [f"<h3>{in_html(reached)} · {share} %</h3>"]
    counted = [
        say("exercise_summary.first_try", n=score.first_try, of=score.of),
        say("exercise_summary.mastered", n=score.mastered),
    ]
    if score.hints:
        counted.append(say("exercise_summary.hints", n=score.hints))
    left = score.of - score.answered
    if left:
        counted.append(say("exercise_summary.blank", n=left))
    parts.append(f"<p>{in_html(' '.join(counted))}</p>")
    if score.mistakes:
        parts.append(f"<p><b>{in_html(say('exercise_summary.mistakes'))}</b></p>")
        parts.append(
            _list(
                f"{in_html(say(f'mistake.{code}'))} <b>× {count}</b>"
                for code, count in score.mistakes[:_MOST]
            )
        )
    if score.troubles:
        parts.append(f"<p><b>{in_html(say('exercise_summary.practise'))}</b></p>")
        told = []
        for trouble in score.troubles[:_MOST]:
            name = preferences.tell(trouble.heading.words)
            if trouble.cells > 1:
                name = say("exercise_summary.trouble", name=name, n=trouble.wrong, of=trouble.cells)
            told.append(in_html(name))
        parts.append(_list(told))
    elif score.points == score.of:
        parts.append(f"<p>{in_html(say('exercise_summary.perfect'))}</p>")
    if attempt.variant.exercise.has_variants:
        parts.append(f"<p>{in_html(say('exercise_summary.variant'))}</p>")
    return "".join(parts)


def _list(lines: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{line}</li>" for line in lines) + "</ul>"
