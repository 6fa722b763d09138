"""Pictures to take home: SVG, PDF or PNG from one paint function, to a file or the clipboard.

What only writes pictures is named where it is used, so that a start does not wait for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6 import QtGui, QtSvg
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QMimeData, QRectF, QSizeF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter

from nnsim.core.files import replacing
from nnsim.core.messages import NnsimError

#: What a picture can be saved as, by the ending of the file.
PICTURE_SUFFIXES = (".svg", ".pdf", ".png")

# One unit of a picture is a CSS pixel, 1/96 inch; text is laid out for it in every format.
_DPI = 96
_PNG_SCALE = 2.0
_MAX_PIXELS = 8192


@dataclass(frozen=True)
class Picture:
    """Something that can be painted at any time and size.

    ``size`` is in CSS pixels; ``paint`` fills the rectangle from (0, 0) to it, ground included;
    ``name`` is a file name without ending to suggest.
    """

    size: QSizeF
    paint: Callable[[QPainter], None]
    name: str


def save_picture(picture: Picture, path: Path) -> None:
    """Write the picture in the format of the path's ending; an existing file is replaced whole.

    Raises NnsimError ``picture.format`` for another ending and ``file.cannot_write``.
    """
    path = Path(path)
    makers = {".svg": _svg, ".pdf": _pdf, ".png": _png}
    make = makers.get(path.suffix.lower())
    if make is None:
        raise NnsimError.of("picture.format", path=path.name)
    content = make(picture)
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def copy_picture(picture: Picture) -> None:
    """Put the picture on the clipboard, as pixels and as SVG: each program takes what it can."""
    data = QMimeData()
    data.setImageData(picture_image(picture))
    data.setData("image/svg+xml", QByteArray(_svg(picture)))
    QGuiApplication.clipboard().setMimeData(data)


def picture_image(picture: Picture) -> QImage:
    """The picture as pixels, two for each unit so that it stays sharp, fewer for a huge one."""
    longest = max(picture.size.width(), picture.size.height(), 1.0)
    scale = min(_PNG_SCALE, _MAX_PIXELS / longest)
    image = QImage(
        max(round(picture.size.width() * scale), 1),
        max(round(picture.size.height() * scale), 1),
        QImage.Format.Format_RGB32,
    )
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.scale(scale, scale)
    picture.paint(painter)
    painter.end()
    per_meter = round(_DPI * scale / 0.0254)
    image.setDotsPerMeterX(per_meter)
    image.setDotsPerMeterY(per_meter)
    return image


def _png(picture: Picture) -> bytes:
    buffer = _buffer()
    QtGui.QImageWriter(buffer, QByteArray(b"png")).write(picture_image(picture))
    return bytes(buffer.data().data())


def _svg(picture: Picture) -> bytes:
    buffer = _buffer()
    # SVG Tiny, the default, has no clipping: curves would run on beyond the frame of their plot.
    generator = QtSvg.QSvgGenerator(QtSvg.QSvgGenerator.SvgVersion.Svg11)
    generator.setOutputDevice(buffer)
    generator.setResolution(_DPI)
    generator.setTitle(picture.name)
    generator.setSize(picture.size.toSize())
    generator.setViewBox(QRectF(0, 0, picture.size.width(), picture.size.height()))
    painter = QPainter(generator)
    picture.paint(painter)
    painter.end()
    return bytes(buffer.data().data())


def _pdf(picture: Picture) -> bytes:
    buffer = _buffer()
    writer = QtGui.QPdfWriter(buffer)
    writer.setResolution(_DPI)
    writer.setTitle(picture.name)
    page = QtGui.QPageSize(
        picture.size * (72 / _DPI),
        QtGui.QPageSize.Unit.Point,
        "",
        QtGui.QPageSize.SizeMatchPolicy.ExactMatch,
    )
    writer.setPageLayout(
        QtGui.QPageLayout(page, QtGui.QPageLayout.Orientation.Portrait, QMarginsF())
    )
    painter = QPainter(writer)
    picture.paint(painter)
    painter.end()
    return bytes(buffer.data().data())


def _buffer() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer
