"""What units and parameters are called: one way on screen, in tables and in exports."""

from nnsim.document.edits import rename
from nnsim.document.naming import parameter_name, row_name, unit_name
from nnsim.document.templates import gate_neuron, perceptron


def test_a_single_neuron_has_the_name_of_its_node():
    document = rename(gate_neuron(), "n3", "salida")
    assert unit_name(document, "n3", 0) == "salida"
    assert unit_name(document, "n1", 0) == "x1"


def test_units_of_an_input_layer_are_called_as_their_columns():
    document = perceptron((2, 2, 1))
    assert [unit_name(document, "n1", unit) for unit in range(2)] == ["x1", "x2"]


def test_input_units_without_a_column_are_numbered():
    document = perceptron((3, 2, 1), data=perceptron((2, 1)).data)
    assert [unit_name(document, "n1", unit) for unit in range(3)] == ["x1", "x2", "E1[3]"]


def test_other_units_are_numbered_from_one():
    document = perceptron((2, 2, 1))
    assert [unit_name(document, "n2", unit) for unit in range(2)] == ["C1[1]", "C1[2]"]


def test_maxout_names_the_piece():
    document = perceptron((2, 2, 1), hidden="maxout")
    assert [row_name(document, "n2", row) for row in range(4)] == [
        *("C1[1]/1", "C1[1]/2"),
        *("C1[2]/1", "C1[2]/2"),
    ]


def test_parameters():
    document = gate_neuron()
    assert parameter_name(document, "w:c5", (0, 0)) == "w N1 ← x2"
    assert parameter_name(document, "b:n3", (0,)) == "b N1"
