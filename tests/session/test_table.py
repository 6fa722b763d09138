"""The trace as a table: the columns of the course and of networks, and what each cell says."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from nnsim.document.edits import add_node, connect, rename, set_training
from nnsim.document.examples import load_example
from nnsim.document.model import OPTIMISERS, Training
from nnsim.document.naming import is_single_neuron
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.engine.activations import ActivationSpec
from nnsim.language import message_text
from nnsim.session import Session
from nnsim.session.table import (
    Cell,
    Group,
    available_groups,
    columns_for,
    default_groups,
    quantity_column,
    row_count,
)
from tests.support.documents import gate, quantities_of, small_documents
from tests.support.sequences import sequence_documents

COURSE = """
1 | (0, 0) | 1    | 1 | 0 | -        | -1
2 | (0, 0) | -1   | 0 | 0 | -        | -
3 | (0, 1) | -0.5 | 0 | 1 | (0.5, 1) | -
4 | (0, 1) | 0    | 1 | 1 | -        | -
5 | (1, 0) | -0.5 | 0 | 1 | (1, 1)   | -
6 | (1, 0) | 0    | 1 | 1 | -        | -
7 | (1, 1) | 1    | 1 | 1 | -        | -
"""


def table(document, chosen=None, style=None, iterations=7):
    session = Session(document)
    columns = columns_for(document, session.spec_at(1), chosen, style)
    rows = [
        [column.cell(record, sample) for column in columns]
        for record in session.records(1, iterations)
        for sample in range(row_count(record.metrics))
    ]
    return columns, rows


def texts(rows, mark="."):
    return [[cell.text(mark) for cell in row] for row in rows]


class TestCourse:
    def test_the_seven_rows_of_the_or_exercise(self):
        _, rows = table(gate())
        expected = [[cell.strip() for cell in line.split("|")] for line in COURSE.split("\n")[1:-1]]
        assert texts(rows) == expected

    @pytest.mark.parametrize(
        ("locale", "headings"),
        [
            ("en", ["It", "(x1, x2)", "Σ", "S_neu", "S_real", "new w", "new b"]),
            ("es", ["It", "(x1, x2)", "Σ", "S_neu", "S_real", "nuevos w", "nuevo b"]),
        ],
    )
    def test_its_seven_headings(self, locale, headings):
        columns, _ = table(gate())
        assert [message_text(column.heading, locale) for column in columns] == headings

    def test_a_decimal_comma_parts_pairs_by_a_semicolon(self):
        _, rows = table(gate())
        assert rows[2][5].text(",") == "(0,5; 1)"
        assert rows[4][5].text(",") == "(1; 1)"

    def test_before_change_and_after(self):
        chosen = {Group.ITERATION, Group.BEFORE, Group.CHANGE, Group.AFTER}
        columns, rows = table(gate(), chosen)
        assert [column.key for column in columns] == ["iteration", "w", "b", "dw", "db", "w+", "b+"]
        assert texts(rows)[2] == ["3", "(0.5, 0.5)", "-1", "(0, 0.5)", "0", "(0.5, 1)", "-"]

    def test_a_cell_selects_the_numbers_it_shows(self):
        columns, rows = table(gate())
        session = Session(gate())
        for number, row in enumerate(rows, start=1):
            for cell in row[1:]:
                values = [session.record(number).value(q) for q in cell.quantities]
                assert tuple(values) == cell.numbers
        kinds = [[q.kind for q in column.quantities] for column in columns]
        assert kinds == [[], ["a", "a"], ["z"], ["a"], ["t"], ["w+", "w+"], ["b+"]]

    def test_one_input_needs_no_brackets(self):
        _, rows = table(perceptron((1, 1)), iterations=1)
        assert not rows[0][1].text().startswith("(")

    def test_fixed_biases_are_unchanged(self):
        _, rows = table(gate(update_biases=False), iterations=3)
        assert [row[6].text() for row in rows] == ["-", "-", "-"]


class TestNetwork:
    def test_one_number_a_column_in_the_order_of_the_computation(self):
        columns, _ = table(load_example("xor-2-2-1"), iterations=1)
        assert [column.key for column in columns] == [
            *("iteration", "epoch", "sample", "x.x1", "x.x2"),
            *("z.C1[1]", "z.C1[2]", "z.N1", "a.C1[1]", "a.C1[2]", "a.N1", "t.y", "e.y", "loss"),
            *("new.w.C1[1].x1", "new.w.C1[1].x2", "new.w.C1[2].x1", "new.w.C1[2].x2"),
            *("new.b.C1[1]", "new.b.C1[2]", "new.w.N1.C1[1]", "new.w.N1.C1[2]", "new.b.N1"),
        ]

    def test_a_batch_has_a_row_a_sample_and_what_is_of_the_batch_stands_once(self):
        document = perceptron((2, 2, 1))
        document = replace(document, training=Training(rule="gradient_descent"))
        chosen = {Group.SAMPLE, Group.BEFORE, Group.SUMS, Group.LOSS, Group.AFTER}
        columns, rows = table(document, chosen, iterations=1)
        filled = {
            column.group: [bool(row[k].numbers) for row in rows] for k, column in enumerate(columns)
        }
        assert texts(rows)[0][0] == "1"
        assert filled[Group.SUMS] == [True] * 4
        assert filled[Group.BEFORE] == [True, False, False, False]
        assert filled[Group.LOSS] == filled[Group.AFTER] == [False, False, False, True]

    def test_only_some_nodes(self):
        document = load_example("xor-2-2-1")
        spec = Session(document).spec_at(1)
        columns = columns_for(document, spec, {Group.SUMS, Group.AFTER}, nodes={"n4"})
        assert [c.key for c in columns] == ["z.N1", "new.w.N1.C1[1]", "new.w.N1.C1[2]", "new.b.N1"]

    def test_the_column_of_any_quantity(self):
        document = load_example("xor-2-2-1")
        session = Session(document)
        (wanted,) = [
            c for c in columns_for(document, session.spec_at(1), set(Group)) if c.key == "delta.N1"
        ]
        column = quantity_column(document, session.spec_at(1), wanted.quantities[0])
        assert column == wanted
        assert column.numbers(session.record(1)) == wanted.numbers(session.record(1))

    def test_maxout_has_a_sum_for_each_piece(self):
        document = perceptron((2, 1, 1), hidden="maxout")
        spec = Session(document).spec_at(1)
        keys = [column.key for column in columns_for(document, spec, {Group.SUMS})]
        assert keys == ["z.N1/1", "z.N1/2", "z.N2"]

    def test_neurons_of_one_name_have_columns_of_different_keys(self):
        document = gate_neuron()
        document, other = add_node(document, "dense", activation=ActivationSpec("step"))
        document, _ = connect(document, "n1", other)
        document = rename(document, other, document.node("n3").name)
        data = document.data
        document = replace(
            document,
            data=type(data)(
                data.input_names, ("y", "y"), data.inputs, np.hstack([data.targets] * 2)
            ),
        )
        keys = [c.key for c in columns_for(document, Session(document).spec_at(1))]
        assert len(set(keys)) == len(keys)
        assert {"z.N1", "z.N1#2", "t.y", "t.y#2"} <= set(keys)


class TestGroups:
    def test_a_rule_without_a_loss_offers_no_loss_and_no_gradients(self):
        offered = set(available_groups(gate()))
        assert not offered & {Group.LOSS, Group.DELTAS, Group.GRADIENTS}
        assert Group.LOSS in available_groups(gate(rule="delta"))
        plain = perceptron((2, 2, 1))
        assert set(available_groups(plain)) == set(Group) - {Group.OPTIMISER}
        adam = replace(plain, training=Training(rule="sgd", optimiser="adam"))
        assert set(available_groups(adam)) == set(Group)
        # A rule that takes no notice of the optimiser has no columns of one.
        assert Group.OPTIMISER not in available_groups(gate(optimiser="adam"))

    def test_an_optimiser_has_a_column_for_all_it_makes_of_each_parameter(self):
        document = replace(perceptron((1, 1)), training=Training(rule="sgd", optimiser="adam"))
        columns, rows = table(document, {Group.OPTIMISER}, iterations=2)
        session = Session(document)
        assert [column.key for column in columns] == [
            f"{name}.{parameter}"
            for name in ("m", "v", "m^", "v^")
            for parameter in ("w.N1.x1", "b.N1")
        ]
        for iteration, row in enumerate(rows, start=1):
            arrays = session.record(iteration).arrays
            assert [cell.numbers for cell in row[:2]] == [
                (arrays["m.w:c3"][0, 0],),
                (arrays["m.b:n2"][0],),
            ]

    def test_columns_of_an_optimiser_are_blank_while_another_is_in_force(self):
        document = replace(perceptron((1, 1)), training=Training(rule="sgd", optimiser="adam"))
        other = replace(document.training, optimiser="momentum")
        document = set_training(document, other, iteration=1)
        columns, rows = table(document, {Group.OPTIMISER}, iterations=2)
        filled = [
            [c.key[0] for c, cell in zip(columns, row, strict=True) if cell.numbers] for row in rows
        ]
        assert filled == [list("mmvvmmvv"), list("uu")]

    @pytest.mark.parametrize("locale", ["en", "es"])
    @pytest.mark.parametrize("optimiser", OPTIMISERS)
    def test_every_number_of_an_optimiser_has_a_column_with_words(self, optimiser, locale):
        document = replace(perceptron((1, 1)), training=Training(rule="sgd", optimiser=optimiser))
        session = Session(document)
        for quantity in quantities_of(session.record(1)):
            if "." in quantity.kind or quantity.kind == "step":
                column = quantity_column(document, session.spec_at(1), quantity)
                assert column.numbers(session.record(1)) == (session.record(1).value(quantity),)
                assert "{" not in message_text(column.heading, locale)

    def test_a_change_in_the_middle_of_the_run_brings_its_columns(self):
        document = set_training(gate(), Training(rule="sgd"), iteration=2)
        _, rows = table(document, {Group.LOSS}, iterations=3)
        assert Group.LOSS in available_groups(document)
        assert [bool(row[0].numbers) for row in rows] == [False, False, True]

    def test_course_columns_are_for_one_neuron_only(self):
        document = perceptron((2, 2, 1))
        spec = Session(document).spec_at(1)
        assert not is_single_neuron(spec)
        assert columns_for(document, spec, style="course") == columns_for(document, spec)

    @settings(max_examples=60)
    @given(document=small_documents() | sequence_documents())
    def test_every_cell_of_every_document_is_the_recorded_number(self, document):
        session = Session(document)
        columns = columns_for(document, session.spec_at(1), set(Group), "numbers")
        for record in session.records(1, 2):
            for sample in range(row_count(record.metrics)):
                for column in columns:
                    cell = column.cell(record, sample)
                    assert cell.numbers == column.numbers(record, sample) or has_nan(cell)
                    for quantity, number in zip(cell.quantities, cell.numbers, strict=False):
                        recorded = record.value(quantity)
                        assert recorded == number or (recorded != recorded and number != number)

    @settings(max_examples=40)
    @given(document=small_documents() | sequence_documents())
    def test_what_is_shown_by_default_is_there_to_be_shown(self, document):
        for style in ("course", "numbers"):
            assert default_groups(document, style) <= set(available_groups(document))


def has_nan(cell):
    return any(number != number for number in cell.numbers)


def test_an_empty_cell_is_empty():
    assert Cell().text() == ""
    assert Cell((0.1 + 0.2,)).exact() == "0.30000000000000004"
