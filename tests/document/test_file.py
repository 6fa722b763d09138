"""The .nnsim file: what is saved is what is opened, and nothing else is taken for it."""

import io
import json
import shutil
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnsim.core.messages import NnsimError
from nnsim.document.edits import set_parameter, set_texts, set_training
from nnsim.document.examples import GROUPS, example_path, load_example
from nnsim.document.file import load, save
from nnsim.document.head import VERSION, arrays_of, head_of
from nnsim.document.model import Training
from nnsim.document.templates import gate_neuron, perceptron
from nnsim.engine.record import Record
from nnsim.session.running import Runner
from tests.support.documents import same_bits, small_documents


def records(document, count):
    runner = Runner(document)
    sources = {c.id: c.source for c in document.connections}
    for _ in range(count):
        record = Record(sources=sources)
        runner.iterate(record)
        yield record


def codes(path):
    with pytest.raises(NnsimError) as error:
        load(path)
    return [message.code for message in error.value.messages]


class TestRoundTrip:
    @settings(max_examples=60)
    @given(document=small_documents())
    def test_saved_opened_and_run_gives_identical_numbers(self, tmp_path_factory, document):
        path = tmp_path_factory.getbasetemp() / "round.nnsim"
        save(document, path)
        opened = load(path)
        assert head_of(opened) == head_of(document)
        for first, second in zip(records(document, 5), records(opened, 5), strict=True):
            assert same_bits(first, second)

    def test_changes_in_the_middle_of_the_run_are_kept(self, tmp_path):
        document = gate_neuron()
        document = set_parameter(document, "b:n3", (0,), 0.25, iteration=2)
        document = set_training(document, document.training.__class__(rule="perceptron"), 4)
        save(document, tmp_path / "a.nnsim")
        assert load(tmp_path / "a.nnsim").changes == document.changes

    def test_the_same_document_makes_the_same_bytes(self, tmp_path):
        for name in ("a", "b"):
            save(gate_neuron(), tmp_path / name)
        assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()

    def test_columns_of_a_larger_array_are_saved_as_they_are(self, tmp_path):
        values = np.asfortranarray(np.arange(12.0).reshape(4, 3))
        document = perceptron((2, 1))
        data = document.data.with_values(values)
        save(perceptron((2, 1), data=data), tmp_path / "a.nnsim")
        np.testing.assert_array_equal(load(tmp_path / "a.nnsim").data.values, values)

    def test_texts_in_any_script_are_kept(self, tmp_path):
        document = set_texts(gate_neuron(), title="Puerta «OR» 或", notes="línea 1\nlínea 2")
        save(document, tmp_path / "a.nnsim")
        opened = load(tmp_path / "a.nnsim")
        assert (opened.title, opened.notes) == (document.title, document.notes)


def rewritten(path, change=lambda head: None, members=None, drop=()):
    """The or-gate example with its head changed, members replaced or left out."""
    with zipfile.ZipFile(example_path("or-gate")) as archive:
        contents = {info.filename: archive.read(info) for info in archive.infolist()}
    head = json.loads(contents["document.json"])
    change(head)
    contents["document.json"] = json.dumps(head).encode()
    contents |= members or {}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in contents.items():
            if name not in drop:
                archive.writestr(name, content)
    return path


def npy(values):
    buffer = io.BytesIO()
    np.save(buffer, values, allow_pickle=True)
    return buffer.getvalue()


def version_of(document):
    return head_of(document)["version"]


class TestVersions:
    def adam(self, **training):
        document = perceptron((2, 2, 1))
        return replace(document, training=Training(rule="sgd", optimiser="adam", **training))

    def test_a_file_without_optimisers_opens_as_before_with_plain_steps(self):
        opened = load_example("xor-2-2-1")
        assert opened.training.optimiser == "plain"
        assert "optimiser" not in head_of(opened)["training"]

    @pytest.mark.parametrize("example", GROUPS["gates"])
    def test_what_needs_no_optimiser_is_still_written_as_version_1(self, example):
        assert version_of(load_example(example)) == 1

    def test_an_optimiser_makes_it_version_2(self, tmp_path):
        document = self.adam(beta1=0.8, epsilon=1e-6)
        assert version_of(document) == 2
        save(document, tmp_path / "a.nnsim")
        assert load(tmp_path / "a.nnsim").training == document.training

    def test_so_does_one_that_is_only_chosen_in_the_middle_of_the_run(self, tmp_path):
        document = perceptron((2, 2, 1))
        document = set_training(document, replace(document.training, optimiser="adam"), 3)
        assert version_of(document) == 2
        save(document, tmp_path / "a.nnsim")
        opened = load(tmp_path / "a.nnsim")
        assert (opened.training, opened.changes) == (document.training, document.changes)

    def test_a_setting_of_an_optimiser_is_kept_though_none_uses_it_now(self, tmp_path):
        document = gate_neuron()
        training = replace(document.training, momentum=0.5)
        save(replace(document, training=training), tmp_path / "a.nnsim")
        assert load(tmp_path / "a.nnsim").training == training

    @pytest.mark.parametrize(
        ("change", "place", "reason"),
        [
            (lambda training: training.update(optimiser="adam"), "optimiser", "field.unknown"),
            (lambda training: training.update(momentum=0.5), "momentum", "field.unknown"),
        ],
    )
    def test_version_1_knows_no_optimisers(self, tmp_path, change, place, reason):
        path = rewritten(tmp_path / "a", lambda head: change(head["training"]))
        assert mistake_in(path) == (f"training.{place}", reason)

    @pytest.mark.parametrize(
        ("field", "value", "reason"),
        [
            ("optimiser", "magic", "field.choice"),
            ("beta1", 1.0, "field.less_than"),
            ("beta2", -0.1, "field.at_least"),
            ("momentum", "0.9", "field.number"),
            ("decay", 2, "field.less_than"),
            ("epsilon", 0.0, "field.more_than"),
            ("weight_decay", -1.0, "field.at_least"),
        ],
    )
    def test_version_2_is_strict_about_them(self, tmp_path, field, value, reason):
        def change(head):
            made = head_of(self.adam())
            head.update(version=2, training=made["training"] | {field: value})

        assert mistake_in(rewritten(tmp_path / "a", change)) == (f"training.{field}", reason)

    def test_version_2_needs_them_all(self, tmp_path):
        path = rewritten(tmp_path / "a", lambda head: head.update(version=2))
        assert mistake_in(path) == ("training.optimiser", "field.missing")


def mistake_in(path):
    with pytest.raises(NnsimError) as error:
        load(path)
    message = error.value.messages[0]
    return message.params["place"], message.params["reason"].code


class TestForeignFiles:
    def test_what_is_no_project(self, tmp_path):
        path = tmp_path / "a.nnsim"
        assert codes(path) == ["file.not_found"]
        path.write_bytes(b"hello")
        assert codes(path) == ["file.not_nnsim"]
        path.write_bytes(b"")
        assert codes(path) == ["file.not_nnsim"]
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a.txt", "x")
        assert codes(path) == ["file.not_nnsim"]
        assert codes(tmp_path) == ["file.cannot_read"]

    def test_an_archive_of_another_program(self, tmp_path):
        path = tmp_path / "a.odt"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        assert codes(path) == ["file.not_nnsim"]

    def test_a_newer_format_is_named(self, tmp_path):
        path = rewritten(tmp_path / "a", lambda head: head.update(version=VERSION + 1))
        with pytest.raises(NnsimError) as error:
            load(path)
        (message,) = error.value.messages
        assert message.code == "file.newer"
        assert (message.params["version"], message.params["known"]) == (VERSION + 1, VERSION)


class TestDamage:
    @pytest.mark.parametrize("example", GROUPS["gates"])
    def test_a_file_cut_anywhere_is_refused(self, tmp_path, example):
        whole = example_path(example).read_bytes()
        path = tmp_path / "cut.nnsim"
        for length in range(0, len(whole), 37):
            path.write_bytes(whole[:length])
            assert codes(path)[0] in ("file.damaged", "file.not_nnsim")

    @settings(max_examples=400)
    @given(data=st.data())
    def test_flipped_bytes_give_the_same_document_or_a_message(self, tmp_path_factory, data):
        whole = bytearray(example_path("backprop-2-2-2").read_bytes())
        for _ in range(data.draw(st.integers(1, 4))):
            place = data.draw(st.integers(0, len(whole) - 1))
            whole[place] ^= data.draw(st.integers(1, 255))
        path = tmp_path_factory.getbasetemp() / "flipped.nnsim"
        path.write_bytes(whole)
        try:
            opened = load(path)
        except NnsimError:
            assert path.read_bytes() == bytes(whole)
            return
        # Flips that nothing reads, such as dates in the archive.
        shipped = load_example("backprop-2-2-2")
        assert head_of(opened) == head_of(shipped)
        for (_, a), (_, b) in zip(arrays_of(opened), arrays_of(shipped), strict=True):
            np.testing.assert_array_equal(a, b)

    @settings(max_examples=200)
    @given(content=st.binary(max_size=300))
    def test_any_array_member_gives_a_document_or_a_message(self, tmp_path_factory, content):
        start = npy(np.zeros(1))[: len(content) % 128]
        path = tmp_path_factory.getbasetemp() / "array.nnsim"
        rewritten(path, members={"biases/n3.npy": start + content})
        with pytest.raises(NnsimError) as error:
            load(path)
        assert error.value.messages[0].code == "file.array"

    @pytest.mark.parametrize(
        "values",
        [
            np.zeros(2),
            np.zeros((1, 1)),
            np.zeros(1, dtype=np.float32),
            np.zeros(1, dtype=np.int64),
            np.array([np.nan]),
            np.array([np.inf]),
            np.array([{}], dtype=object),
        ],
        ids=["long", "2-d", "float32", "int", "NaN", "infinity", "pickled"],
    )
    def test_arrays_of_another_shape_or_kind(self, tmp_path, values):
        path = rewritten(tmp_path / "a", members={"biases/n3.npy": npy(values)})
        assert codes(path) == ["file.array"]

    def test_an_array_that_claims_to_be_huge_is_not_allocated(self, tmp_path):
        header = npy(np.zeros(1)).replace(b"(1,), }  ", b"(9999999,), }")[:128]
        path = rewritten(tmp_path / "a", members={"biases/n3.npy": header})
        assert codes(path) == ["file.array"]

    @pytest.mark.parametrize(
        "name", ["document.json", "data/inputs.npy", "biases/n3.npy", "weights/c4.npy"]
    )
    def test_a_missing_member(self, tmp_path, name):
        path = rewritten(tmp_path / "a", drop=(name,))
        assert codes(path)[0] in ("file.damaged", "file.array")


def node(**fields):
    return lambda head: head["nodes"][2].update(fields)


def training(**fields):
    return lambda head: head["training"].update(fields)


class TestFields:
    @pytest.mark.parametrize(
        ("change", "place", "reason"),
        [
            (lambda head: head.pop("notes"), "notes", "field.missing"),
            (lambda head: head.update(extra=1), "extra", "field.unknown"),
            (node(units="3"), "nodes.2.units", "field.whole"),
            (node(units=0), "nodes.2.units", "field.at_least"),
            (node(units=10**6), "nodes.2.units", "field.at_most"),
            (node(x=float("nan")), "nodes.2.x", "field.finite"),
            (node(name=""), "nodes.2.name", "field.too_short"),
            (node(name="a" * 41), "nodes.2.name", "field.too_long"),
            (node(id="n03"), "nodes.2.id", "field.pattern"),
            (node(activation="step"), "nodes.2.activation", "field.table"),
            (training(rule="magic"), "training.rule", "field.choice"),
            (training(learning_rate=0), "training.learning_rate", "field.more_than"),
            (training(learning_rate="0.5"), "training.learning_rate", "field.number"),
            (training(update_biases=1), "training.update_biases", "field.boolean"),
            (training(seed=2**63), "training.seed", "field.less_than"),
            (lambda head: head.update(nodes={}), "nodes", "field.list"),
            (lambda head: head.update(title=3), "title", "field.text"),
        ],
    )
    def test_a_wrong_field_is_named_with_what_is_wrong(self, tmp_path, change, place, reason):
        with pytest.raises(NnsimError) as error:
            load(rewritten(tmp_path / "a", change))
        message = error.value.messages[0]
        assert message.code == "file.field"
        assert message.params["place"] == place
        assert message.params["reason"].code == reason

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            (lambda head: head["nodes"][0].update(id="n2"), "file.ids"),
            (lambda head: head.update(next_id=3), "file.ids"),
            (lambda head: head["connections"][0].update(target="n9"), "file.connection"),
            (lambda head: head["connections"][0].update(target="n1"), "file.connection"),
            (lambda head: head["connections"][0].update(source="n3"), "file.connection"),
            (lambda head: head["connections"][1].update(source="n1"), "file.connection"),
            (lambda head: head.update(changes=[edit("b:n3", [1])]), "file.changes"),
            (lambda head: head.update(changes=[edit("w:c4", [0])]), "file.changes"),
            (lambda head: head.update(changes=[edit("w:c9", [0, 0])]), "file.changes"),
            (lambda head: head.update(changes=[edit("b:n3", [0])] * 2), "file.changes"),
        ],
    )
    def test_parts_that_do_not_fit_together(self, tmp_path, change, code):
        assert codes(rewritten(tmp_path / "a", change)) == [code]

    def test_at_most_five_mistakes_are_told_at_once(self, tmp_path):
        path = rewritten(tmp_path / "a", lambda head: head["training"].clear())
        assert len(codes(path)) == 5


def edit(name, index):
    return {"iteration": 1, "parameters": [{"name": name, "index": index, "value": 0.5}]}


def test_opening_changes_nothing(tmp_path):
    path = tmp_path / "a.nnsim"
    shutil.copy(example_path("or-gate"), path)
    before = path.read_bytes()
    load(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
