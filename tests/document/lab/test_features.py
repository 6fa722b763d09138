"""Features of the data switched on and off as nodes of the diagram."""

import numpy as np
import pytest

from nnsim.core.messages import NnsimError
from nnsim.data import Table
from nnsim.document.checks import check
from nnsim.document.edits import rename
from nnsim.document.lab import (
    features_offered,
    has_feature,
    with_feature,
    with_set,
    with_table,
    without_feature,
)
from nnsim.document.model import Feature
from nnsim.document.preparation import input_features, prepared
from nnsim.document.templates import gate_neuron, perceptron

X1, X2, X1_SQUARED, X2_SQUARED, PRODUCT, SIN_X1, SIN_X2 = features_offered((0, 1))


@pytest.fixture(params=["single", "layer"])
def document(request):
    """A network on a circle whose inputs are two nodes, or one of two units."""
    if request.param == "layer":
        return with_set(perceptron((2, 4, 1)), "circle", {"count": 40}, 0)
    from nnsim.document.lab import add_hidden

    return with_set(add_hidden(gate_neuron()), "circle", {"count": 40}, 0)


def test_seven_features_are_offered_as_in_the_playground():
    functions = [feature.function for feature in features_offered((0, 1))]
    assert functions == ["column"] * 2 + ["square"] * 2 + ["product"] + ["sine"] * 2
    assert len(features_offered((0, 0))) == 3


def test_a_feature_switched_on_is_a_node_wired_to_the_first_layer(document):
    after = with_feature(document, X1_SQUARED)
    node = after.inputs[-1]
    assert (node.name, node.feature) == ("x1²", X1_SQUARED)
    first = after.outgoing(after.inputs[0].id)[0].target
    assert [c.target for c in after.outgoing(node.id)] == [first]
    assert check(after) == ()
    squares = document.data.inputs[:, 0] ** 2
    np.testing.assert_array_equal(prepared(after).inputs[:, 2], squares)


def test_all_seven_together_give_the_network_what_they_say(document):
    for feature in features_offered((0, 1)):
        document = with_feature(document, feature)
    x1, x2 = document.data.inputs.T
    expected = np.column_stack([x1, x2, x1**2, x2**2, x1 * x2, np.sin(x1), np.sin(x2)])
    np.testing.assert_array_equal(prepared(document).inputs, expected)
    assert check(document) == ()


def test_switched_on_twice_it_is_there_once(document):
    once = with_feature(document, PRODUCT)
    assert with_feature(once, PRODUCT) is once


def test_switched_off_it_is_gone_and_the_rest_keeps_its_weights(document):
    on = with_feature(document, SIN_X2)
    off = without_feature(on, SIN_X2)
    assert not has_feature(off, SIN_X2)
    for old, new in zip(document.connections, off.connections, strict=True):
        np.testing.assert_array_equal(old.weights, new.weights)


def test_without_x1_the_network_sees_x2_alone_with_the_weights_it_had(document):
    before = np.hstack([c.weights for n in document.inputs for c in document.outgoing(n.id)])
    after = without_feature(document, X1)
    assert input_features(after) == (X2,)
    (link,) = after.outgoing(after.inputs[0].id)
    np.testing.assert_array_equal(link.weights, before[:, [1]])
    np.testing.assert_array_equal(prepared(after).inputs, document.data.inputs[:, [1]])
    assert check(after) == ()


def test_back_again_the_columns_stand_in_their_order_and_need_no_features(document):
    after = with_feature(without_feature(document, X1), X1)
    assert input_features(after) == (X1, X2)
    assert [node.feature for node in after.inputs] == [None, None]


def test_a_column_that_comes_back_stands_before_what_is_made_of_columns(document):
    after = with_feature(without_feature(with_feature(document, PRODUCT), X1), X1)
    assert input_features(after) == (X1, X2, PRODUCT)
    assert check(after) == ()


def test_the_last_input_stays(document):
    only = without_feature(document, X1)
    with pytest.raises(NnsimError) as refused:
        without_feature(only, X2)
    assert refused.value.messages[0].code == "lab.last_input"


def test_a_layer_of_many_inputs_is_not_taken_apart():
    document = with_set(perceptron((2, 4, 1)), "digits", {}, 0)
    with pytest.raises(NnsimError) as refused:
        without_feature(document, Feature("column", (3,)))
    assert refused.value.messages[0].code == "lab.too_many_inputs"


def test_a_node_is_called_shortly_where_the_column_is_not():
    document = with_set(perceptron((2, 4, 1)), "iris", {}, 0)
    document = with_feature(document, Feature("product", (2, 3)))
    assert document.inputs[-1].name == "x3·x4"


def test_names_made_of_columns_follow_other_samples_and_given_ones_stay(document):
    table = Table(("u", "v"), ("y",), document.data.inputs, document.data.targets)
    document = with_feature(with_feature(document, X1_SQUARED), PRODUCT)
    document = rename(document, document.inputs[-1].id, "mine")
    after = with_table(document, table, None)
    assert [node.name for node in after.inputs][-2:] == ["u²", "mine"]
