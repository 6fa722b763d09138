"""Pictures of examples that generate samples."""

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from nnsim.ui.bridge.theme import THEMES
from nnsim.ui.gallery import solving
from nnsim.ui.gallery.pictures import paint_samples


@pytest.mark.parametrize("example", ["gan-ring", "generator-collapse"])
def test_the_plane_with_real_and_generated_samples(qapp, monkeypatch, example):
    monkeypatch.setattr(solving, "_PLAYED", 24)
    last = [found for found in solving.solving([example]) if found is not None][-1]
    assert last.losses is None
    assert last.region.generated.shape == (200, 2)
    # D of real samples, with 1 as their only target, is still told in shades.
    outputs = last.region.outputs[:, :, 0]
    assert 0.0 < outputs.min() < outputs.max() < 1.0
    theme, image = THEMES["light"], QImage(120, 120, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    paint_samples(painter, QRectF(0, 0, 120, 120), last, theme)
    painter.end()
    colors = {image.pixel(x, y) for x in range(120) for y in range(120)}
    assert QColor(theme.positive).rgb() in colors
    assert QColor(theme.negative).rgb() in colors
    assert len(colors) > 20
