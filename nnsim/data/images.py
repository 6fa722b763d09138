"""Folders of images: one folder a class, its name the name of the class.

Read with Pillow, which knows the formats people have; Qt could too, but stays in the window.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nnsim.core.files import reason_of
from nnsim.core.messages import Message, NnsimError
from nnsim.data.dataset import OWN_FILE, Dataset, one_hot
from nnsim.data.limits import MAX_CLASSES, MAX_PROBLEMS_SHOWN, MAX_VALUES

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_SIDE = 4096
_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM")
# What systems leave in folders of images; it is no image and nobody put it there.
_LEFT_BY_SYSTEMS = {"thumbs.db", "desktop.ini"}
# Modes with eight bits a channel, or fewer.
_EIGHT_BIT_MODES = {"1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr"}


class Channels(StrEnum):
    """What an image becomes: one channel of grey, or red, green and blue."""

    GREY = "grey"
    COLOUR = "colour"


def read_image_folder(
    folder: Path, channels: Channels = Channels.GREY, size: tuple[int, int] | None = None
) -> Dataset:
    """The images in the folders of a folder; classes in the order of their names, files too.

    Inputs have shape (samples, channels, rows, columns), bytes from 0 (black) to 255; grey is
    0.299 R + 0.587 G + 0.114 B.  What is transparent is laid on white; a photograph that is to be
    turned is turned, as viewers show it; of an animation the first picture counts.  All images must
    be of one size, unless a ``size`` (rows, columns) is given, to which each is then resampled
    (bilinear, over the whole area of a pixel).  Hidden files, and what lies beside the folders, do
    not count.  Raises NnsimError ``image_folder.size``, ``image_folder.unreadable``,
    ``image_folder.no_classes``, ``image_folder.too_many_classes``, ``image_folder.too_large``, or
    one ``image_folder.empty_class``, ``image_folder.not_an_image``, ``image_folder.depth`` or
    ``image_folder.sizes_differ`` for each of the first files at fault.
    """
    if size is not None and not 1 <= min(size) <= max(size) <= MAX_SIDE:
        raise NnsimError.of("image_folder.size", rows=size[0], columns=size[1], n=MAX_SIDE)
    try:
        classes = [entry for entry in _entries(folder) if entry.is_dir()]
        files = [(k, path) for k, place in enumerate(classes) for path in _entries(place)]
    except OSError as error:
        raise NnsimError.of(
            "image_folder.unreadable", path=str(folder), reason=reason_of(error)
        ) from error
    if not classes:
        raise NnsimError.of("image_folder.no_classes", path=str(folder))
    if len(classes) > MAX_CLASSES:
        raise NnsimError.of("image_folder.too_many_classes", path=str(folder), n=MAX_CLASSES)
    filled = {k for k, _ in files}
    problems = [
        Message("image_folder.empty_class", {"path": str(place)})
        for k, place in enumerate(classes)
        if k not in filled
    ]
    pixels: list[NDArray[np.uint8]] = []
    first: Path | None = None  # the one whose size the others must have
    for _, path in files:
        if len(problems) >= MAX_PROBLEMS_SHOWN:
            break
        try:
            image = _pixels(path, channels, size)
            if first is not None and image.shape != pixels[0].shape:
                raise _sizes_differ(path, image, first, pixels[0])
        except NnsimError as error:
            problems += error.messages
            continue
        pixels.append(image)
        first = first or path
        if image.size * len(files) > MAX_VALUES:
            raise NnsimError.of("image_folder.too_large", path=str(folder), n=MAX_VALUES)
    if problems:
        raise NnsimError(*problems[:MAX_PROBLEMS_SHOWN])
    names = tuple(place.name for place in classes)
    labels = np.array([k for k, _ in files], dtype=np.int64)
    return Dataset(
        folder.name,
        np.stack(pixels),
        one_hot(labels, len(names)),
        target_names=names,
        classes=names,
        labels=labels,
        source=folder.name,
        licence=OWN_FILE,
    )


def _entries(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir(), key=lambda path: (path.name.casefold(), path.name)):
        if not path.name.startswith(".") and path.name.lower() not in _LEFT_BY_SYSTEMS:
            yield path


def _pixels(path: Path, channels: Channels, size: tuple[int, int] | None) -> NDArray[np.uint8]:
    """The image as (channels, rows, columns)."""
    from PIL import Image, ImageOps

    try:
        with warnings.catch_warnings():
            # Pillow warns of images that are very large, or whose notes are damaged.
            warnings.simplefilter("ignore")
            with Image.open(path, formats=_FORMATS) as opened:
                if opened.mode not in _EIGHT_BIT_MODES:
                    raise NnsimError.of("image_folder.depth", path=str(path))
                image = _flat(ImageOps.exif_transpose(opened))
    except NnsimError:
        raise
    except Exception as error:  # a foreign file can break Pillow in any of its readers
        raise NnsimError.of("image_folder.not_an_image", path=str(path)) from error
    image = image.convert("L" if channels is Channels.GREY else "RGB")
    if size is not None:
        rows, columns = size
        image = image.resize((columns, rows), Image.Resampling.BILINEAR)
    array = np.asarray(image, dtype=np.uint8)
    return array[np.newaxis] if array.ndim == 2 else array.transpose(2, 0, 1)


def _flat(image: Image) -> Image:
    """The image without transparency, laid on white."""
    from PIL import Image as Images

    if not image.has_transparency_data:
        return image.convert("RGB") if image.mode in ("P", "CMYK", "YCbCr", "RGBX") else image
    above = image.convert("RGBA")
    white = Images.new("RGBA", above.size, (255, 255, 255, 255))
    return Images.alpha_composite(white, above).convert("RGB")


def _sizes_differ(
    path: Path, image: NDArray[np.uint8], first: Path, expected: NDArray[np.uint8]
) -> NnsimError:
    return NnsimError.of(
        "image_folder.sizes_differ",
        path=str(path),
        rows=image.shape[1],
        columns=image.shape[2],
        first=str(first),
        first_rows=expected.shape[1],
        first_columns=expected.shape[2],
    )
