"""IDX files: what is right is read, what is not is refused with its reason."""

import contextlib
import gzip
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnsim.core.messages import NnsimError
from nnsim.data.idx import read_idx, read_idx_dataset
from tests.support.data import refusal, refusals

TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
IMAGES = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)


def idx_bytes(values, code=0x08):
    sizes = struct.pack(f">{values.ndim}I", *values.shape)
    return bytes([0, 0, code, values.ndim]) + sizes + values.astype(TYPES[code]).tobytes()


@pytest.fixture
def write(tmp_path):
    def write_bytes(content, name="images-idx3-ubyte"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write_bytes


class TestReading:
    @pytest.mark.parametrize("code", TYPES)
    def test_all_types_of_numbers(self, write, code):
        values = np.array([[1, 2, 100], [3, 0, 5]])
        found = read_idx(write(idx_bytes(values, code)))
        np.testing.assert_array_equal(found, values)
        assert found.dtype == np.dtype(TYPES[code]).newbyteorder("=")

    def test_a_file_written_by_hand(self, write):
        content = bytes.fromhex("00000802 00000001 00000003 00 7f ff".replace(" ", ""))
        assert read_idx(write(content)).tolist() == [[0, 127, 255]]

    def test_packed_files_are_known_by_their_content(self, write):
        np.testing.assert_array_equal(read_idx(write(gzip.compress(idx_bytes(IMAGES)))), IMAGES)


class TestRefusals:
    @pytest.mark.parametrize(
        "content",
        [
            *(b"", b"\0\0\x08", b"PK\x03\x04....", b"\0\0\x07\x01\0\0\0\1\0", b"\0\0\x08\0"),
            b"\0\0\x08\x41" + 65 * b"\0\0\0\1" + b"\7",
        ],
        ids=["empty", "three bytes", "zip", "unknown type", "no dimensions", "65 dimensions"],
    )
    def test_foreign_files(self, write, content):
        assert refusal(read_idx, write(content)) == "idx.foreign"

    @pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "packed"])
    def test_files_cut_short_say_how_much_is_missing(self, write, pack):
        path = write(pack(idx_bytes(IMAGES)[:-5]))
        assert refusals(read_idx, path) == [
            ("idx.truncated", {"path": str(path), "found": 35, "expected": 40})
        ]

    def test_a_header_cut_short(self, write):
        path = write(idx_bytes(IMAGES)[:10])
        assert refusals(read_idx, path) == [
            ("idx.truncated", {"path": str(path), "found": 10, "expected": 16})
        ]

    def test_files_that_go_on(self, write):
        assert refusal(read_idx, write(idx_bytes(IMAGES) + b"x")) == "idx.too_long"

    def test_packed_files_cut_short_or_damaged(self, write):
        packed = gzip.compress(idx_bytes(IMAGES))
        assert refusal(read_idx, write(packed[:-9])) == "idx.damaged"
        assert refusal(read_idx, write(packed[:10] + b"\xff" * 9)) == "idx.damaged"

    @pytest.mark.parametrize("first", [b"\xff" * 4, b"\0" * 4], ids=["too many", "none of them"])
    def test_sizes_beyond_all_reason_set_nothing_aside(self, write, first):
        content = b"\0\0\x08\x03" + first + b"\xff" * 8
        assert refusal(read_idx, write(content)) == "idx.too_large"

    def test_no_file(self, tmp_path):
        ((code, params),) = refusals(read_idx, tmp_path / "none")
        assert (code, params["reason"].code) == ("idx.unreadable", "reason.missing")

    @given(content=st.binary(max_size=60), packed=st.booleans())
    def test_any_bytes_give_numbers_or_a_message(self, tmp_path_factory, content, packed):
        path = tmp_path_factory.getbasetemp() / "any-idx"
        path.write_bytes(b"\x1f\x8b" + content if packed else b"\0\0" + content)
        # Any other exception would fail the test.
        with contextlib.suppress(NnsimError):
            read_idx(path)


class TestDataset:
    def test_images_stay_bytes_and_labels_become_one_hot(self, write):
        data = read_idx_dataset(
            write(idx_bytes(IMAGES)), write(idx_bytes(np.array([2, 0])), "labels-idx1-ubyte")
        )
        assert data.input_shape == (1, 3, 4)
        assert data.inputs.dtype == np.uint8
        assert data.targets.tolist() == [[0, 0, 1], [1, 0, 0]]
        assert data.classes == ("0", "1", "2")

    @pytest.mark.parametrize(
        ("labels", "code"),
        [
            (np.array([0, 1, 2]), "idx.lengths_differ"),
            (IMAGES, "idx.not_labels"),
            (np.zeros(0), "idx.not_labels"),
        ],
    )
    def test_files_that_do_not_belong_together(self, write, labels, code):
        files = write(idx_bytes(IMAGES)), write(idx_bytes(labels), "labels")
        assert refusal(read_idx_dataset, *files) == code

    def test_labels_below_zero_or_beyond_all_classes(self, write):
        images = write(idx_bytes(IMAGES))
        for value in (-1, 1000):
            labels = write(idx_bytes(np.array([0, value]), 0x0C), "labels")
            assert refusal(read_idx_dataset, images, labels) == "idx.not_labels"

    def test_the_files_in_the_wrong_order(self, write):
        labels = write(idx_bytes(np.array([2, 0])), "labels")
        assert refusal(read_idx_dataset, labels, write(idx_bytes(IMAGES))) == "idx.not_samples"

    def test_numbers_that_are_not_finite(self, write):
        images = write(idx_bytes(np.array([[1.0, np.nan], [1, 2]]), 0x0E))
        labels = write(idx_bytes(np.array([0, 1])), "labels")
        assert refusal(read_idx_dataset, images, labels) == "idx.not_finite"
