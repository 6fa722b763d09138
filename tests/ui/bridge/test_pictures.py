"""Pictures: one paint function, three formats."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtSvg import QSvgRenderer

from nnsim.core.messages import NnsimError
from nnsim.ui.bridge.pictures import Picture, copy_picture, picture_image, save_picture


@pytest.fixture
def picture(qapp):
    def paint(painter):
        painter.fillRect(QRectF(0, 0, 120, 80), QColor("#ffffff"))
        painter.fillRect(QRectF(60, 0, 60, 80), QColor("#1a67c4"))
        painter.setPen(Qt.GlobalColor.black)
        painter.drawText(QRectF(0, 0, 60, 80), Qt.AlignmentFlag.AlignCenter, "w = 0,5")

    return Picture(QSizeF(120, 80), paint, "drawing")


def test_a_png_has_two_pixels_a_unit(picture, tmp_path):
    save_picture(picture, tmp_path / "a.png")
    image = QImage(str(tmp_path / "a.png"))
    assert (image.width(), image.height()) == (240, 160)
    assert image.pixelColor(200, 80) == QColor("#1a67c4")
    assert image.pixelColor(4, 4) == QColor("#ffffff")


def test_an_svg_has_the_size_and_the_text(picture, tmp_path):
    save_picture(picture, tmp_path / "a.svg")
    text = (tmp_path / "a.svg").read_text()
    assert 'viewBox="0 0 120 80"' in text
    assert "w = 0,5" in text
    renderer = QSvgRenderer(str(tmp_path / "a.svg"))
    assert renderer.isValid()
    assert renderer.viewBoxF().width() == 120


def test_what_is_clipped_stays_clipped_in_an_svg(qapp, tmp_path):
    def paint(painter):
        painter.setClipRect(QRectF(20, 20, 40, 40))
        painter.drawLine(0, 0, 120, 80)

    save_picture(Picture(QSizeF(120, 80), paint, "clipped"), tmp_path / "a.svg")
    text = (tmp_path / "a.svg").read_text()
    assert "M20,20 L60,20 L60,60 L20,60" in text
    assert 'clip-path="url(#' in text


def test_a_pdf_is_one_page_of_the_size(picture, tmp_path):
    save_picture(picture, tmp_path / "a.pdf")
    content = (tmp_path / "a.pdf").read_bytes()
    assert content.startswith(b"%PDF")
    # 120 CSS pixels are 90 points, 80 are 60.
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", content)
    assert [float(n) for n in box.groups()] == pytest.approx([90, 60], abs=1)
    assert len(re.findall(rb"/Type /Page\b", content)) == 1


def test_the_ending_may_be_in_capitals(picture, tmp_path):
    save_picture(picture, tmp_path / "A.SVG")
    assert QSvgRenderer(str(tmp_path / "A.SVG")).isValid()


def test_another_ending_is_refused_and_nothing_is_written(picture, tmp_path):
    with pytest.raises(NnsimError) as refused:
        save_picture(picture, tmp_path / "a.gif")
    assert refused.value.messages[0].code == "picture.format"
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_said(picture, tmp_path):
    with pytest.raises(NnsimError) as refused:
        save_picture(picture, tmp_path / "no" / "a.png")
    assert refused.value.messages[0].code == "file.cannot_write"


def test_a_huge_picture_is_scaled_down(qapp):
    image = picture_image(Picture(QSizeF(20_000, 10), lambda painter: None, "wide"))
    assert image.width() == 8192


def test_the_clipboard_gets_pixels_and_svg(picture):
    copy_picture(picture)
    data = QGuiApplication.clipboard().mimeData()
    assert data.hasImage()
    assert b"w = 0,5" in bytes(data.data("image/svg+xml").data())
