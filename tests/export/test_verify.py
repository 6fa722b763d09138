"""Verifying: the run again from the head, every number compared, every tampering noticed."""

import contextlib
import json
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnsim.core.messages import NnsimError
from nnsim.document.edits import rename, set_parameter, set_training
from nnsim.document.examples import GROUPS, load_example
from nnsim.document.model import OPTIMISERS, Training
from nnsim.document.templates import perceptron
from nnsim.export import Extent, Options, export_trace, verify
from nnsim.export.heads import VERSION
from nnsim.session.table import Group
from tests.support.documents import gate, small_documents
from tests.support.sequences import sequence_documents

FORMATS = ("csv", "jsonl")


def exported(folder, format="csv", document=None, **options):
    path = folder / f"trace.{format}"
    extent = {k: options.pop(k) for k in ("iterations", "until_converged") if k in options}
    options = Options(extent=Extent(**extent), **options)
    export_trace(gate() if document is None else document, path, format, options)
    return path


def difference(path):
    return verify(path).difference.code


def refusal(path):
    with pytest.raises(NnsimError) as error:
        verify(path)
    return error.value.messages[0].code


class TestAgrees:
    @pytest.mark.parametrize("example", GROUPS["gates"])
    @pytest.mark.parametrize("format", FORMATS)
    def test_every_example_to_its_end(self, tmp_path, format, example):
        path = exported(tmp_path, format, load_example(example), until_converged=True)
        assert verify(path).ok

    def test_counts_rows_and_numbers(self, tmp_path):
        result = verify(exported(tmp_path))
        assert (result.ok, result.rows, result.numbers) == (True, 7, 7 * 12)

    @settings(max_examples=40)
    @given(
        document=small_documents() | sequence_documents(),
        format=st.sampled_from(FORMATS),
        mark=st.sampled_from(".,"),
    )
    def test_any_document_any_columns(self, tmp_path_factory, document, format, mark):
        path = exported(
            tmp_path_factory.getbasetemp(),
            format,
            document,
            iterations=5,
            groups=frozenset(Group),
            mark=mark,
        )
        assert verify(path).ok

    @pytest.mark.parametrize("format", FORMATS)
    def test_with_changes_in_the_middle_of_the_run(self, tmp_path, format):
        document = set_parameter(gate(), "w:c4", (0, 0), 0.1 + 0.2, iteration=2)
        document = set_training(document, Training(rule="sgd", learning_rate=1 / 3), iteration=4)
        assert verify(exported(tmp_path, format, document, iterations=20)).ok

    @pytest.mark.parametrize("format", FORMATS)
    @pytest.mark.parametrize("optimiser", OPTIMISERS)
    def test_with_every_number_of_an_optimiser(self, tmp_path, format, optimiser):
        training = Training(rule="sgd", optimiser=optimiser, learning_rate=0.1, momentum=0.75)
        document = replace(perceptron((2, 2, 1)), training=training)
        changed = replace(training, beta1=0.75, decay=0.75, momentum=0.5, epsilon=0.01)
        document = set_training(document, changed, iteration=6)
        path = exported(tmp_path, format, document, iterations=12, groups=frozenset(Group))
        result = verify(path)
        assert result.ok
        assert result.rows == 12

    def test_a_number_of_an_optimiser_that_was_changed_is_noticed(self, tmp_path):
        training = Training(rule="sgd", optimiser="adam")
        document = replace(perceptron((2, 2, 1)), training=training)
        groups = frozenset({Group.ITERATION, Group.OPTIMISER})
        path = exported(tmp_path, document=document, iterations=3, groups=groups)
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        lines[-2] = re.sub(r"^3,([^,]+),", "3,0.125,", lines[-2])
        path.write_text("".join(lines), encoding="utf-8")
        message = verify(path).difference
        assert (message.code, message.params["column"]) == ("verify.value", "m.w.C1[1].x1")

    def test_with_batches_and_a_short_last_one(self, tmp_path):
        training = Training(rule="sgd", batch_size=3, order="shuffled", seed=7)
        document = replace(perceptron((2, 2, 1)), training=training)
        assert verify(exported(tmp_path, document=document, iterations=5)).rows == 3 + 1 + 3 + 1 + 3

    @pytest.mark.parametrize("format", FORMATS)
    def test_with_numbers_that_are_not_finite(self, tmp_path, format):
        document = perceptron((2, 2, 1), "identity", "identity")
        document = replace(document, training=replace(document.training, learning_rate=1e6))
        path = exported(tmp_path, format, document, iterations=60)
        assert "nan" in path.read_text(encoding="utf-8")
        assert verify(path).ok

    @pytest.mark.parametrize("format", FORMATS)
    def test_with_odd_names(self, tmp_path, format):
        document = rename(gate(), "n3", 'a "b", # ; ñ 或')
        assert verify(exported(tmp_path, format, document)).ok

    def test_with_line_ends_of_another_system(self, tmp_path):
        path = exported(tmp_path)
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
        assert verify(path).ok

    def test_a_number_written_in_another_way_is_the_same_number(self, tmp_path):
        path = exported(tmp_path)
        edit(path, "3,1,2,0,1,-0.5,", "3,1,2,0,1,-5e-1,")
        assert verify(path).ok

    def test_tells_how_far_it_is(self, tmp_path):
        told = []
        verify(exported(tmp_path, iterations=600), told.append)
        assert told == [256, 512]


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


class TestDiffers:
    def test_row_column_and_both_values_are_named(self, tmp_path):
        path = exported(tmp_path)
        edit(path, "\n5,1,3,1,0,-0.5,", "\n5,1,3,1,0,-0.25,")
        message = verify(path).difference
        assert message.code == "verify.value"
        expected = {
            "row": 5,
            "iteration": 5,
            "column": "z.N1",
            "found": "-0.25",
            "expected": "-0.5",
        }
        assert {name: message.params[name] for name in expected} == expected

    def test_a_difference_in_the_last_digits_is_told_as_such(self, tmp_path):
        path = exported(tmp_path, document=load_example("backprop-2-2-2"))
        number = re.search(r"0\.3917\d+|0\.3775", path.read_text())[0]
        place = path.read_text().rindex(number)
        text = path.read_text()
        changed = repr(float(number) * (1 + 1e-15))
        path.write_text(text[:place] + changed + text[place + len(number) :])
        assert difference(path) == "verify.last_digits"

    @pytest.mark.parametrize(
        ("old", "new", "code"),
        [
            ("\n7,1,4,1,1,1,1,1,0,1,1,-1", "", "verify.end_line"),
            ("\n7,1,4,1,1,1,1,1,0,1,1,-1", "\n7,1,4,1,1,1,1,1,0,1,1", "verify.cells"),
            ("\n7,1,4,1,1,1,1,1,0,1,1,-1", "\n7,1,4,1,1,1,1,1,0,1,1,-1,", "verify.cells"),
            ("\n7,1,4,1,1,1,1,1,0,1,1,-1", "\n7,1,4,1,1,1,1,1,0,1,1,", "verify.value"),
            ("\n7,1,4,1,1,1,1,1,0,1,1,-1", "\n7,1,4,1,1,1,1,1,0,1,1,-1_0", "verify.value"),
            ("\n7,1,4,1,1,1,1,1,0,1,1,-1", "\n7,1,4,1,1,1,1,1,0,1,1,=-1", "verify.value"),
            ("\n6,1,3,1,0,0,", "\n\n6,1,3,1,0,0,", "verify.cells"),
            ('"t.y","e.y"', '"e.y","t.y"', "verify.headings"),
            ('"rows": 7', '"rows": 8', "verify.end_line"),
            ('"kind": "open"', '"kind": "clean_pass", "iteration": 7', "verify.end_line"),
            ('"biases/n3": [1.0]', '"biases/n3": [1.5]', "verify.value"),
            ('"threshold": ">="', '"threshold": ">"', "verify.value"),
            ('"weight_step": 0.5', '"weight_step": 0.25', "verify.value"),
        ],
    )
    def test_what_was_edited_by_hand(self, tmp_path, old, new, code):
        path = exported(tmp_path)
        edit(path, old, new)
        assert difference(path) == code

    def test_a_row_more_or_a_row_twice(self, tmp_path):
        path = exported(tmp_path)
        edit(path, "\n2,1,1,0,0,-1,", "\n2,1,1,0,0,-1,0,0,0,0.5,0.5,-1\n2,1,1,0,0,-1,")
        assert difference(path) == "verify.value"

    @pytest.mark.parametrize("format", FORMATS)
    def test_something_after_the_closing_line(self, tmp_path, format):
        path = exported(tmp_path, format)
        whole = path.read_text()
        path.write_text(whole + "\n \n")
        assert verify(path).ok
        path.write_text(whole + "8\n")
        assert difference(path) == "verify.after_end"

    @pytest.mark.parametrize("format", FORMATS)
    def test_cut_off_anywhere_it_is_not_the_whole_trace(self, tmp_path, format):
        path = exported(tmp_path, format)
        whole = path.read_bytes()
        for length in range(0, len(whole) - 1, 13):
            path.write_bytes(whole[:length])
            # Where even the head is cut, it is refused as no trace at all.
            with contextlib.suppress(NnsimError):
                assert not verify(path).ok

    def test_cut_off_between_rows_it_says_after_which(self, tmp_path):
        path = exported(tmp_path)
        path.write_text("".join(path.read_text().splitlines(keepends=True)[:-2]))
        message = verify(path).difference
        assert (message.code, message.params["row"]) == ("verify.ends_early", 6)

    def test_cut_off_in_the_middle_of_a_batch(self, tmp_path):
        training = Training(rule="gradient_descent")
        document = replace(perceptron((2, 2, 1)), training=training)
        path = exported(tmp_path, document=document, iterations=2)
        lines = path.read_text().splitlines(keepends=True)
        path.write_text("".join([*lines[:-2], lines[-1]]))
        message = verify(path).difference
        assert (message.code, message.params["iteration"]) == ("verify.middle_of_iteration", 2)

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            (lambda row: row.update({"z.N1": "-0.5"}), "verify.value"),
            (lambda row: row.update({"z.N1": None}), "verify.value"),
            (lambda row: row.update({"z.N1": True}), "verify.value"),
            (lambda row: row.update({"z.N1": [1]}), "verify.value"),
            (lambda row: row.update({"z.N1": 10**400}), "verify.value"),
            (lambda row: row.update({"more": 1}), "verify.cells"),
            (lambda row: row.pop("z.N1"), "verify.cells"),
        ],
    )
    def test_json_rows_edited_by_hand(self, tmp_path, change, code):
        path = exported(tmp_path, "jsonl")
        lines = path.read_text().splitlines()
        row = json.loads(lines[3])
        change(row)
        lines[3] = json.dumps(row)
        path.write_text("\n".join(lines))
        assert difference(path) == code

    def test_a_key_twice_in_a_json_row(self, tmp_path):
        path = exported(tmp_path, "jsonl")
        edit(path, '{"iteration": 3, ', '{"iteration": 3, "iteration": 3, ')
        assert difference(path) == "verify.cells"

    @settings(max_examples=200)
    @given(data=st.data(), format=st.sampled_from(FORMATS))
    def test_any_flipped_byte_agrees_differs_or_is_refused(self, tmp_path_factory, data, format):
        path = exported(tmp_path_factory.getbasetemp(), format)
        whole = bytearray(path.read_bytes())
        place = data.draw(st.integers(0, len(whole) - 1))
        whole[place] ^= data.draw(st.integers(1, 255))
        path.write_bytes(whole)
        try:
            result = verify(path)
        except NnsimError:
            return
        assert result.rows <= 7


class TestHeads:
    """A head is untrusted: everything in it is checked before it is used."""

    @pytest.fixture
    def with_head(self, tmp_path):
        def write(change):
            head, *rest = exported(tmp_path, "jsonl").read_text().splitlines()
            head = json.loads(head)
            change(head)
            path = tmp_path / "changed.jsonl"
            path.write_text("\n".join([json.dumps(head), *rest]))
            return path

        return write

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            (lambda head: head.pop("nnsim_trace"), "verify.no_head"),
            (lambda head: head.update(nnsim_trace=VERSION + 1), "verify.newer"),
            (lambda head: head.update(nnsim_trace="1"), "file.field"),
            (lambda head: head.update(extra=1), "file.field"),
            (lambda head: head.update(decimal=";"), "file.field"),
            (lambda head: head.update(columns=[]), "file.field"),
            (lambda head: head.update(columns=["nonsense"]), "file.field"),
            (lambda head: head.update(document=[]), "file.field"),
            (lambda head: head["document"].update(version=99), "file.field"),
            (lambda head: head["document"]["nodes"][2].update(units=10**9), "file.field"),
            (lambda head: head["document"]["nodes"][2].update(units=4096), "file.array"),
            (lambda head: head["document"]["connections"].clear(), "file.array"),
            (lambda head: head["arrays"].pop("biases/n3"), "file.array"),
            (lambda head: head["arrays"].update(more=[1]), "file.array"),
            (lambda head: head["arrays"].update({"biases/n3": ["1.0"]}), "file.array"),
            (lambda head: head["arrays"].update({"biases/n3": [True]}), "file.array"),
            (lambda head: head["arrays"].update({"biases/n3": [float("nan")]}), "file.array"),
            (lambda head: head["arrays"].update({"biases/n3": [10**400]}), "file.array"),
            (lambda head: head["arrays"].update({"biases/n3": 1.0}), "file.array"),
            (lambda head: head["arrays"].update({"weights/c4": [[0.5, 1]]}), "file.array"),
            (lambda head: head["arrays"].update({"weights/c4": [0.5]}), "file.array"),
            (lambda head: head["arrays"].update({"data/inputs": [[0, 0], [1]]}), "file.array"),
            (lambda head: head["arrays"].update({"data/inputs": []}), "check.no_samples"),
        ],
    )
    def test_what_is_wrong_in_it_makes_the_file_unusable(self, with_head, change, code):
        path = with_head(change)
        if code == "check.no_samples":
            document_change = json.loads(path.read_text().splitlines()[0])
            document_change["arrays"]["data/targets"] = []
            lines = path.read_text().splitlines()
            path.write_text("\n".join([json.dumps(document_change), *lines[1:]]))
        assert refusal(path) == code

    def test_whole_numbers_are_numbers(self, with_head):
        assert verify(with_head(lambda head: head["arrays"].update({"biases/n3": [1]}))).ok

    @pytest.mark.parametrize("content", ["", "hello", "# not json\n1,2\n", "{}", "[1]", "{" * 9999])
    def test_other_files(self, tmp_path, content):
        path = tmp_path / "a.csv"
        path.write_text(content)
        assert refusal(path) == "verify.no_head"

    def test_other_bytes_folders_and_nothing(self, tmp_path):
        path = tmp_path / "a.csv"
        path.write_bytes(b"#\xff\xfe\n")
        assert refusal(path) == "verify.not_utf8"
        assert refusal(tmp_path) == "file.cannot_read"
        assert refusal(tmp_path / "none") == "file.not_found"

    def test_a_line_without_end_is_not_read_to_its_end(self, tmp_path, monkeypatch):
        monkeypatch.setattr("nnsim.export.reader.MAX_LINE_MB", 1)
        path = tmp_path / "a.csv"
        path.write_text("# " + " " * 2**21)
        assert refusal(path) == "verify.too_large"
