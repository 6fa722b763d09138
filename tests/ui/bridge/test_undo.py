"""Undo and redo give back what was there: the same documents, which run to the same numbers."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from nnsim.core.messages import NnsimError
from nnsim.document.edits import set_training
from nnsim.document.examples import load_example
from nnsim.session import Session
from nnsim.ui.bridge.workspace import Workspace
from tests.support.documents import examples, same_bits, small_documents
from tests.support.edits import drawn_edit, everything


def run(session):
    """What three iterations recorded, or why nothing can run."""
    try:
        return [session.record(iteration) for iteration in range(1, 4)]
    except NnsimError as error:
        return [message.code for message in error.messages]


def same(first, second):
    return len(first) == len(second) and all(
        one == other if isinstance(one, str) else same_bits(one, other)
        for one, other in zip(first, second, strict=True)
    )


@examples(25)
@given(data=st.data())
def test_undone_and_done_again_every_version_runs_to_the_numbers_it_had(qapp, data):
    workspace = Workspace(data.draw(small_documents()))
    versions = [(everything(workspace.document), run(workspace.session))]
    for _ in range(data.draw(st.integers(1, 4))):
        try:
            after = drawn_edit(data.draw, workspace.document)()
        except NnsimError:
            continue
        workspace.edit(lambda _, after=after: after, "")
        if workspace.undo_stack.index() == len(versions):
            versions.append((everything(workspace.document), run(workspace.session)))
    last = len(versions) - 1
    for place in [*range(last - 1, -1, -1), *range(1, last + 1)]:
        stack = workspace.undo_stack
        stack.undo() if stack.index() > place else stack.redo()
        content, records = versions[place]
        assert everything(workspace.document) == content
        assert same(run(workspace.session), records)
        # Nothing is left over of other versions: a new run of this one says the same.
        assert same(run(Session(workspace.document)), records)


def test_a_reset_that_takes_changes_of_the_run_back_says_so(qapp):
    workspace = Workspace(load_example("or-gate"))
    told = []
    workspace.told.connect(lambda message: told.append(message.code))
    workspace.reset("")
    assert told == []
    slower = replace(workspace.document.training, learning_rate=0.25)
    workspace.edit(lambda document: set_training(document, slower, iteration=2), "")
    workspace.reset("")
    assert told == ["action.reset.told"]
    assert workspace.document.changes == ()
