"""The loss over two weights, all others as they stand, and the way the run walked between them.

The loss is that of the training part in evaluation mode, a mean over samples without penalties.  A
run moves in all its weights at once: its way lies in this landscape only as its shadow, and the
ground below it is the true one at the present place alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnsim.core.messages import Message, NnsimError
from nnsim.core.spacing import evenly_spaced
from nnsim.document.compiling import plan_spec
from nnsim.document.head import arrays_of, head_of
from nnsim.document.model import Document
from nnsim.document.naming import parameter_name
from nnsim.engine.plan import Plan
from nnsim.session.evaluation import Evaluator
from nnsim.session.experiments.pool import Progress, run_tasks
from nnsim.session.experiments.report import Report, Sheet
from nnsim.session.experiments.request import Result
from nnsim.session.running import Runner
from nnsim.session.session import Session

Floats = NDArray[np.float64]
COLUMNS = ("first", "second", "loss")
#: Of the sheet "path": where the run was after each of these iterations.
PATH = ("iteration", "first", "second")
#: Losses a side, and the fewest and the most.
SIDE, LEAST_SIDE, MOST_SIDE = 41, 5, 201
# People are shown so many rows of the path.
_READABLE = 25
# Points of the path; up to so many iterations are run again for them, else snapshots will do.
_MOST_POINTS, _MOST_REPLAYED = 400, 2000
# How far the landscape reaches beyond the path, in its extents, and how far at least.
_BEYOND, _LEAST = 0.6, 1.0
_PIECES = 16


class Weight(NamedTuple):
    """A weight or a bias: its array in the plan ("w:c4", "u:n2", "b:n3") and its place there."""

    name: str
    place: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.name}[{','.join(map(str, self.place))}]"


@dataclass(frozen=True, eq=False)
class Terrain:
    """What a landscape is drawn of.

    ``parameters`` are those after ``iteration`` iterations; ``path`` (places, 2) has both weights
    after each of ``iterations``, the present last; ``x`` and ``y`` are the values to be tried.
    """

    document: Document
    iteration: int
    parameters: Mapping[str, Floats]
    first: Weight
    second: Weight
    iterations: tuple[int, ...]
    path: Floats
    x: Floats
    y: Floats

    @property
    def here(self) -> tuple[float, float]:
        """Both weights at the present place."""
        x, y = self.path[-1].tolist()
        return x, y


class Ground:
    """The loss at any place of a terrain."""

    def __init__(self, terrain: Terrain) -> None:
        spec = plan_spec(terrain.document, *terrain.document.settings_at(terrain.iteration))
        if spec.arithmetic == "exact":
            # The same thresholds without fractions, as in heat maps.
            spec = replace(spec, arithmetic="settled")
        self._plan = Plan(spec, dict(terrain.parameters))
        self._judge = Evaluator(terrain.document, self._plan)
        self._first, self._second = terrain.first, terrain.second

    def loss(self, x: float, y: float) -> float:
        """With these values of the two weights.  It may be infinite or NaN."""
        views = self._plan.views
        views[self._first.name][self._first.place] = x
        views[self._second.name][self._second.place] = y
        return self._judge.figures("training").loss


def _arrays(document: Document) -> Iterator[tuple[str, Floats]]:
    """Start values of all weights and biases by their names in the plan."""
    for connection in document.connections:
        yield f"w:{connection.id}", connection.weights
    for node in document.nodes:
        if node.is_recurrent:
            yield f"u:{node.id}", node.recurrent
        yield f"b:{node.id}", node.bias


def weights_of(document: Document) -> Iterator[Weight]:
    """Every weight and bias of a diagram, connections first; U of a recurrent layer with it."""
    for name, values in _arrays(document):
        for place in np.ndindex(values.shape):
            yield Weight(name, place)


def most_moved(session: Session) -> tuple[Weight, Weight] | None:
    """The two weights that the run moved farthest up to its position; None without two.

    Of those that moved alike the first ones.
    """
    end = _parameters_after(session, session.completed)
    found: list[tuple[float, int, Weight]] = []
    for number, (name, start) in enumerate(_arrays(session.document)):
        moved = np.nan_to_num(np.abs(end[name] - start)) if start.size else start
        for _ in range(min(moved.size, 2)):
            place = np.unravel_index(int(moved.argmax()), moved.shape)
            index = tuple(int(k) for k in place)
            found.append((-float(moved[index]), number, Weight(name, index)))
            moved[index] = -1.0
    if len(found) < 2:
        return None
    found.sort(key=lambda each: each[:2])
    (_, at, first), (_, then, second) = found[:2]
    in_order = (at, first.place) <= (then, second.place)
    return (first, second) if in_order else (second, first)


def survey(
    session: Session,
    first: Weight,
    second: Weight,
    reach: float | None = None,
    side: int = SIDE,
) -> Terrain:
    """The terrain around the present position of a session, and the way the run took to it.

    ``reach``: how far from the present place, either way; None: as far as the path, and some more.
    Raises NnsimError ``experiment.same_weight``, or where the document cannot run.
    """
    if first == second:
        raise NnsimError.of("experiment.same_weight")
    end = session.completed
    session.trace  # noqa: B018 (raises where the document cannot run)
    iterations, path = _walked(session, first, second, end)
    if reach is None:
        low, high = np.nanmin(path, axis=0), np.nanmax(path, axis=0)
        half = np.maximum(_BEYOND * (high - low) + (high - low) / 2, _LEAST)
        middle = (low + high) / 2
    else:
        middle, half = path[-1], np.full(2, reach)
    x, y = (np.linspace(m - h, m + h, side) for m, h in zip(middle, half, strict=True))
    parameters = _parameters_after(session, end)
    return Terrain(session.document, end, parameters, first, second, iterations, path, x, y)


def _walked(
    session: Session, first: Weight, second: Weight, end: int
) -> tuple[tuple[int, ...], Floats]:
    """Both weights after evenly spaced iterations up to ``end``, bit for bit those of the run."""
    wanted = evenly_spaced(end + 1, _MOST_POINTS).tolist()
    if end > _MOST_REPLAYED:
        kept = {session.trace.nearest(iteration).iteration for iteration in wanted}
        wanted = sorted(kept | {end})
    runner = Runner(session.document)
    places = []
    for iteration in wanted:
        _bring(runner, session, iteration)
        views = runner.learner.params
        places.append([float(views[each.name][each.place]) for each in (first, second)])
    return tuple(wanted), np.array(places)


def _bring(runner: Runner, session: Session, iteration: int) -> None:
    snapshot = session.trace.nearest(iteration)
    if not snapshot.iteration <= runner.iteration <= iteration:
        runner.jump(snapshot)
    while runner.iteration < iteration:
        runner.iterate()


def _parameters_after(session: Session, iteration: int) -> dict[str, Floats]:
    runner = Runner(session.document)
    _bring(runner, session, iteration)
    views = runner.learner.params
    return {name: np.array(values, dtype=np.float64) for name, values in views.items()}


class _Stretch(NamedTuple):
    """Rows of the grid, as a task."""

    terrain: Terrain
    y: Floats


def losses_of(task: _Stretch) -> Floats:
    """The losses of some rows of the grid, (rows, columns)."""
    ground = Ground(task.terrain)
    return np.array([[ground.loss(x, y) for x in task.terrain.x] for y in task.y])


def landscape(
    terrain: Terrain, executor: Executor | None = None, progress: Progress | None = None
) -> Result:
    """The loss at every place of the terrain, row by row from below."""
    pieces = np.array_split(terrain.y, min(_PIECES, len(terrain.y)))
    found = run_tasks(losses_of, [_Stretch(terrain, piece) for piece in pieces], executor, progress)
    losses = np.concatenate(found)
    rows = tuple(
        (x, y, loss)
        for y, row in zip(terrain.y.tolist(), losses.tolist(), strict=True)
        for x, loss in zip(terrain.x.tolist(), row, strict=True)
    )
    path = tuple(
        (iteration, *place)
        for iteration, place in zip(terrain.iterations, terrain.path.tolist(), strict=True)
    )
    return Result(_report(terrain, losses, rows, path), _origin(terrain))


def _report(
    terrain: Terrain,
    losses: Floats,
    rows: tuple[tuple[float, float, float], ...],
    path: tuple[tuple[int, float, float], ...],
) -> Report:
    x, y = terrain.here
    here = Ground(terrain).loss(x, y)
    names = [
        parameter_name(terrain.document, each.name, each.place)
        for each in (terrain.first, terrain.second)
    ]
    finite = np.where(np.isfinite(losses), losses, np.inf)
    row, column = np.unravel_index(int(finite.argmin()), losses.shape)
    lowest = float(losses[row, column])
    told = {"first": names[0], "second": names[1], "n": terrain.iteration, "loss": here}
    low = {"x": float(terrain.x[column]), "y": float(terrain.y[row]), "loss": lowest}
    return Report(
        kind="landscape",
        conventions={
            "first": names[0],
            "second": names[1],
            "loss": "of the training part, mean of a sample, without penalties",
            "others": f"all other weights as after iteration {terrain.iteration}",
            "path": "the two weights of the run; the others moved as well",
        },
        columns=COLUMNS,
        rows=rows,
        figures={"first": x, "second": y, "loss": here, "lowest_loss": lowest},
        sentences=(
            Message("experiment.landscape_here", told),
            Message("experiment.landscape_lowest", low),
            Message("experiment.landscape_shadow"),
        ),
        summary=Sheet(PATH, tuple(path[k] for k in evenly_spaced(len(path), _READABLE))),
        sheets={"path": Sheet(PATH, path)},
    )


def _origin(terrain: Terrain) -> dict[str, object]:
    document = terrain.document
    return {
        "data": {
            "name": document.title or "nnsim",
            "kind": "project",
            "document": head_of(document),
            "arrays": {name: values.tolist() for name, values in arrays_of(document)},
        },
        "settings": {
            "iteration": terrain.iteration,
            "first": str(terrain.first),
            "second": str(terrain.second),
            "side": len(terrain.x),
        },
    }
