"""The trace exercises of the catalogue: their figures, and what closes them.

Figures are those of the sources that the files name.
"""

import pytest

from nnsim.exercises.bank import exercise_of
from nnsim.exercises.marking import Verdict, mark
from nnsim.language import message_text


def sheet_of(exercise):
    return exercise_of(exercise).variant().sheet


def number(sheet, key):
    (found,) = sheet.expected(key).numbers
    return float(found)


def test_1_a_neuron():
    sheet = sheet_of("neuron-forward")
    found = [number(sheet, cell.key) for cell in sheet.asked]
    assert found == pytest.approx([0.35, -0.4, -0.15, 0.4626], abs=5e-5)


def test_2_the_error_of_the_2_2_2_net():
    # Mazur 2015: net_h1 0.3775, out_h1 0.593269992, out_o1 0.75136507, out_o2 0.772928465
    sheet = sheet_of("net-2-2-2-forward")
    assert number(sheet, "1.loss") == pytest.approx(0.298371109, abs=5e-10)
    assert number(sheet, "1.z.h1") == pytest.approx(0.3775, abs=1e-12)
    assert number(sheet, "1.a.h1") == pytest.approx(0.593269992, abs=5e-10)
    assert number(sheet, "1.a.o1") == pytest.approx(0.75136507, abs=5e-9)
    assert number(sheet, "1.a.o2") == pytest.approx(0.772928465, abs=5e-10)


@pytest.mark.parametrize(
    ("exercise", "weights", "bias", "rows"),
    [
        ("or-course-rule", (1, 1), -1, 7),
        ("and-course-rule", (0.5, 0.5), -1, 5),
        ("nand-course-rule", (-1, -1), 1, 7),
        ("nor-course-rule", (-1.5, -1.5), 1, 12),
    ],
)
def test_3_to_6_what_the_gates_end_with(exercise, weights, bias, rows):
    sheet = sheet_of(exercise)
    assert len(sheet.rows) == rows
    assert sheet.expected(f"{rows}.w+").numbers == weights
    assert sheet.expected(f"{rows}.b+").numbers == (bias,)


def test_7_xor_comes_back_to_row_6_in_row_16():
    sheet = sheet_of("xor-course-rule")
    assert sheet.expected("16.w+").numbers == sheet.expected("6.w+").numbers
    assert sheet.expected("16.b+").numbers == sheet.expected("6.b+").numbers
    found = [number(sheet, f"cycle/{key}") for key in ("again", "first", "length")]
    assert found == [16, 6, 10]
    assert sheet.expected("cycle/why").choice == "same_state"
    table, questions = sheet.blocks
    assert (table.rows, questions.rows) == (range(16), range(16, 20))
    assert questions.title is not None


def test_7_the_length_of_the_cycle_follows_from_the_rows_that_were_named():
    sheet = sheet_of("xor-course-rule")
    entries = {"cycle/again": "16", "cycle/first": "4", "cycle/length": "12"}
    marks = mark(sheet, entries | {"cycle/why": "more_rows"})
    verdicts = [marks[f"cycle/{key}"].verdict for key in ("again", "first", "length", "why")]
    assert verdicts == [Verdict.RIGHT, Verdict.WRONG, Verdict.CONSISTENT, Verdict.WRONG]
    counted = mark(sheet, {"cycle/again": "16", "cycle/first": "6", "cycle/length": "11"})
    assert counted["cycle/length"].mistake == "one_too_many"


def test_8_the_perceptron_with_a_strict_step():
    # By hand: 0 is no 1 here, so the second row is wrong and the first is not.
    sheet = sheet_of("or-perceptron")
    assert [number(sheet, f"{row}.outputs") for row in (1, 2)] == [0, 0]
    assert sheet.expected("2.dw").numbers == (0, 1)
    assert sheet.expected("8.w+").numbers == (1, 1)
    assert sheet.expected("8.b+").numbers == (1,)


def test_9_adaline():
    # By hand: y = -0.3, e = -0.7, Δw = 0.1 · (-0.7) · (-1) = 0.07, Δb = -0.07
    sheet = sheet_of("adaline-or")
    found = [*sheet.expected("1.activations").numbers, *sheet.expected("1.errors").numbers]
    found += [*sheet.expected("1.dw").numbers, *sheet.expected("1.db").numbers]
    assert found == pytest.approx([-0.3, -0.7, 0.07, 0.07, -0.07], abs=1e-12)


def test_10_xor_by_a_net_of_relu():
    # Goodfellow, Bengio and Courville 2016, section 6.1
    sheet = sheet_of("xor-relu-net")
    names = ("z.h1", "z.h2", "a.h1", "a.h2", "y.y")
    rows = [[number(sheet, f"1:{k}.{name}") for name in names] for k in (1, 2, 3, 4)]
    assert rows == [[0, -1, 0, 0, 0], [1, 0, 1, 0, 1], [1, 0, 1, 0, 1], [2, 1, 2, 1, 0]]


def test_13_the_eight_new_weights():
    # Mazur 2015
    sheet = sheet_of("net-2-2-2-backward")
    expected = {
        "h1.x1": 0.149780716,
        "h1.x2": 0.19956143,
        "h2.x1": 0.24975114,
        "h2.x2": 0.29950229,
        "o1.h1": 0.35891648,
        "o1.h2": 0.408666186,
        "o2.h1": 0.511301270,
        "o2.h2": 0.561370121,
    }
    found = {name: number(sheet, f"1.new.w.{name}") for name in expected}
    assert found == pytest.approx(expected, abs=5e-9)
    assert number(sheet, "1.delta.o1") == pytest.approx(0.138498562, abs=5e-10)
    assert not any(".b" in cell.key for cell in sheet.cells)


def test_14_the_net_with_thresholds():
    # Negnevitsky 2005, section 6.4; his δ have the opposite sign, his thresholds are -b.
    sheet = sheet_of("xor-thresholds")
    outputs = [number(sheet, f"1.a.{name}") for name in ("N3", "N4", "N5")]
    assert outputs == pytest.approx([0.5250, 0.8808, 0.5097], abs=5e-5)
    assert number(sheet, "1.e.y") == pytest.approx(-0.5097, abs=5e-5)
    deltas = [-number(sheet, f"1.delta.{name}") for name in ("N5", "N3", "N4")]
    assert deltas == pytest.approx([-0.1274, 0.0381, -0.0147], abs=5e-5)
    weights = {
        "N3.x1": 0.5038,
        "N4.x1": 0.8985,
        "N3.x2": 0.4038,
        "N4.x2": 0.9985,
        "N5.N3": -1.2067,
        "N5.N4": 1.0888,
    }
    found = {name: number(sheet, f"1.new.w.{name}") for name in weights}
    assert found == pytest.approx(weights, abs=5e-5)
    thresholds = [-number(sheet, f"1.new.b.{name}") for name in ("N3", "N4", "N5")]
    assert thresholds == pytest.approx([0.7962, -0.0985, 0.3127], abs=5e-5)


def test_15_both_losses():
    sheet = sheet_of("old-or-updated-weights")
    assert number(sheet, "2.loss") == pytest.approx(0.291027774, abs=5e-10)
    assert number(sheet, "compared/2.loss") == pytest.approx(0.291027924, abs=5e-10)
    assert len(sheet.blocks) == 4
    # The canvas shows the run with the old weights: cells of the other run point to nothing there.
    assert sheet.quantities("2.loss")[0] == 2
    assert sheet.quantities("compared/2.loss") == (0, ())


@pytest.mark.parametrize(
    ("key", "other", "mistake"),
    [
        ("1.delta.h1", "compared/1.delta.h1", "updated_weights"),
        ("compared/1.delta.h1", "1.delta.h1", "old_weights"),
    ],
)
def test_15_each_way_in_place_of_the_other_has_its_name(key, other, mistake):
    sheet = sheet_of("old-or-updated-weights")
    found = mark(sheet, {key: sheet.expected(other).text(digits=12)})[key]
    assert (found.verdict, found.mistake) == (Verdict.WRONG, mistake)


def test_15_a_slip_is_carried_within_its_own_part():
    sheet = sheet_of("old-or-updated-weights")
    marks = mark(sheet, {"1.delta.h1": "0.0123", "1.new.w.h1.x1": "0.1496925"})
    assert marks["1.new.w.h1.x1"].verdict is Verdict.CONSISTENT
    marks = mark(sheet, {"1.delta.h1": "0.0123", "compared/1.new.w.h1.x1": "0.1496925"})
    assert marks["compared/1.new.w.h1.x1"].verdict is Verdict.WRONG
    sources = sheet.sources("compared/1.new.w.h1.x1")
    assert {"compared/1.delta.h1", "compared/1.x.x1"} <= set(sources)
    assert all(source.startswith("compared/") for source in sources)


def test_27_a_dead_relu_and_the_leaky_one():
    sheet = sheet_of("dying-relu")
    assert number(sheet, "1.sums") == -2.5
    assert number(sheet, "1.activations") == 0
    assert sheet.expected("1.gw").numbers == (0, 0)
    assert number(sheet, "compared/1.activations") == -0.25
    assert sheet.expected("compared/1.gw").numbers == pytest.approx((-0.125, -0.25))
    assert sheet.expected("learns/learns").choice == "never"


def test_a_single_iteration_is_not_named_in_every_row_of_its_samples():
    sheet = exercise_of("xor-relu-net").variant().sheet
    names = [message_text(row.words, "es") for row in sheet.rows]
    assert names == ["Muestra 1", "Muestra 2", "Muestra 3", "Muestra 4"]
