"""Folders of images, one folder a class."""

import numpy as np
import pytest
from PIL import Image

from nnsim.data.images import Channels, read_image_folder
from tests.support.data import refusal, refusals

GREY = np.arange(12, dtype=np.uint8).reshape(3, 4) * 20


@pytest.fixture
def folder(tmp_path):
    """Two classes; ``cat`` has two images, ``dog`` has one."""
    for name in ("cat/2.png", "cat/1.png", "dog/a.png"):
        save(GREY, tmp_path / name)
    return tmp_path


def save(values, path, **options):
    path.parent.mkdir(exist_ok=True)
    Image.fromarray(values).save(path, **options)


class TestReading:
    def test_folders_are_classes_in_the_order_of_their_names(self, folder):
        data = read_image_folder(folder)
        assert data.classes == ("cat", "dog")
        assert data.labels.tolist() == [0, 0, 1]
        assert data.targets.tolist() == [[1, 0], [1, 0], [0, 1]]

    def test_pixels_are_bytes_as_they_stand_in_the_file(self, folder):
        data = read_image_folder(folder)
        assert data.inputs.shape == (3, 1, 3, 4)
        assert data.inputs.dtype == np.uint8
        np.testing.assert_array_equal(data.inputs[0, 0], GREY)

    def test_files_come_in_the_order_of_their_names(self, folder):
        save(255 - GREY, folder / "cat" / "1.png")
        data = read_image_folder(folder)
        np.testing.assert_array_equal(data.inputs[0, 0], 255 - GREY)
        np.testing.assert_array_equal(data.inputs[1, 0], GREY)

    @pytest.mark.parametrize("ending", ["bmp", "tif", "webp", "ppm", "gif"])
    def test_formats_without_loss(self, folder, ending):
        save(np.dstack([GREY] * 3), folder / "dog" / f"b.{ending}", lossless=True)
        np.testing.assert_array_equal(read_image_folder(folder).inputs[-1, 0], GREY)

    def test_jpeg(self, folder):
        save(GREY, folder / "dog" / "b.jpg", quality=100)
        found = read_image_folder(folder).inputs[-1, 0]
        np.testing.assert_allclose(found.astype(int), GREY, atol=3)

    def test_colour_has_three_channels_and_grey_weighs_them(self, folder):
        colours = np.zeros((3, 4, 3), dtype=np.uint8)
        colours[..., 0], colours[..., 1] = 200, 100
        save(colours, folder / "dog" / "b.png")
        assert read_image_folder(folder, Channels.COLOUR).inputs[-1, :, 0, 0].tolist() == [
            200,
            100,
            0,
        ]
        assert read_image_folder(folder).inputs[-1, 0, 0, 0] == round(0.299 * 200 + 0.587 * 100)

    def test_what_is_transparent_is_laid_on_white(self, folder):
        ink = np.zeros((3, 4, 4), dtype=np.uint8)
        ink[1, 1, 3] = 255
        save(ink, folder / "dog" / "b.png")
        found = read_image_folder(folder).inputs[-1, 0]
        assert found[1, 1] == 0
        assert found.sum() == 11 * 255

    def test_black_and_white_of_one_bit(self, folder):
        save(GREY > 100, folder / "dog" / "b.png")
        np.testing.assert_array_equal(
            read_image_folder(folder).inputs[-1, 0], np.where(GREY > 100, 255, 0)
        )

    def test_a_photograph_that_is_to_be_turned_is_turned(self, folder):
        exif = Image.Exif()
        exif[0x0112] = 6  # a quarter turn clockwise
        save(np.rot90(GREY), folder / "dog" / "b.png", exif=exif)
        np.testing.assert_array_equal(read_image_folder(folder).inputs[-1, 0], GREY)

    def test_hidden_files_and_those_of_systems_are_passed_over(self, folder):
        for name in (".DS_Store", "cat/.hidden.png", "cat/Thumbs.db", "readme.txt"):
            (folder / name).write_bytes(b"?")
        assert len(read_image_folder(folder)) == 3

    def test_a_size_asked_for_is_given_to_all(self, folder):
        save(np.full((9, 9), 70, dtype=np.uint8), folder / "dog" / "large.png")
        data = read_image_folder(folder, size=(6, 8))
        assert data.input_shape == (1, 6, 8)
        assert (data.inputs[-1] == 70).all()


class TestRefusals:
    def test_images_of_other_sizes_are_named(self, folder):
        save(GREY.T, folder / "dog" / "b.png")
        ((code, params),) = refusals(read_image_folder, folder)
        assert code == "image_folder.sizes_differ"
        assert params["path"].endswith("b.png")
        assert (params["rows"], params["columns"]) == (4, 3)
        assert (params["first_rows"], params["first_columns"]) == (3, 4)

    def test_the_size_they_differ_from_is_of_an_image_that_could_be_read(self, folder):
        (folder / "cat" / "0.png").write_bytes(b"hello")
        save(GREY.T, folder / "dog" / "b.png")
        (first, _), (second, params) = refusals(read_image_folder, folder)
        assert (first, second) == ("image_folder.not_an_image", "image_folder.sizes_differ")
        assert params["first"].endswith("1.png")

    def test_files_that_are_no_images_are_named_and_at_most_five(self, folder):
        (folder / "dog" / "notes.txt").write_text("hello")
        whole = (folder / "cat" / "1.png").read_bytes()
        (folder / "cat" / "short.png").write_bytes(whole[: len(whole) // 2])
        found = refusals(read_image_folder, folder)
        assert [code for code, _ in found] == ["image_folder.not_an_image"] * 2
        assert found[0][1]["path"].endswith("short.png")
        for number in range(9):
            (folder / "dog" / f"{number}.txt").write_text("hello")
        assert len(refusals(read_image_folder, folder)) == 5

    def test_sixteen_bits_are_not_cut_to_eight(self, folder):
        save(GREY.astype(np.uint16) * 200, folder / "dog" / "deep.png")
        assert refusal(read_image_folder, folder) == "image_folder.depth"

    def test_a_class_without_images(self, folder):
        (folder / "bird").mkdir()
        assert refusal(read_image_folder, folder) == "image_folder.empty_class"

    def test_a_folder_without_folders(self, folder):
        assert refusal(read_image_folder, folder / "cat") == "image_folder.no_classes"

    def test_no_folder(self, tmp_path):
        ((code, params),) = refusals(read_image_folder, tmp_path / "none")
        assert (code, params["reason"].code) == ("image_folder.unreadable", "reason.missing")
        (tmp_path / "file").write_text("")
        ((code, params),) = refusals(read_image_folder, tmp_path / "file")
        assert params["reason"].code == "reason.not_folder"

    @pytest.mark.parametrize("size", [(0, 5), (5, -1), (5, 5000)])
    def test_a_size_that_is_none(self, folder, size):
        assert refusal(read_image_folder, folder, size=size) == "image_folder.size"

    def test_what_would_not_fit_into_memory(self, folder, monkeypatch):
        monkeypatch.setattr("nnsim.data.images.MAX_VALUES", 30)
        assert refusal(read_image_folder, folder) == "image_folder.too_large"
