"""The heat map under the pointer, enlarged in its tip where nothing else shows it enlarged."""

from __future__ import annotations

import html

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QImage, QImageWriter

from nnsim.ui.canvas.hits import Hit
from nnsim.ui.canvas.stage import Stage

_SIDE = 168


def with_map(stage: Stage, hit: Hit, tip: str) -> str:
    """The tip (plain text), as HTML with the map above it where there is one to be enlarged."""
    item = None if hit.node is None else stage.diagram.nodes.get(hit.node)
    pointed = stage.workspace.pointed
    if item is None or pointed is None or pointed.owner != hit.node or stage.shows_enlarged():
        return tip
    side = round(_SIDE * stage.preferences.zoom)
    smooth = Qt.TransformationMode.SmoothTransformation
    ratio = Qt.AspectRatioMode.IgnoreAspectRatio
    image = item.maps[pointed.row].scaled(side, side, ratio, smooth)
    words = html.escape(tip).replace("\n", "<br>")
    return f'<img src="data:image/png;base64,{_png(image)}" width="{side}"><br>{words}'


def _png(image: QImage) -> str:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(buffer.data().toBase64().data()).decode("ascii")
