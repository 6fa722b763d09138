"""Hand-outs as PDF: a page a variant, the text of the sheet in it, nothing beyond the paper."""

import pytest
from PySide6.QtGui import QTextFormat, QTextTable

from nnsim.exercises.bank import exercise_of, exercises
from nnsim.exercises.handouts import html_page, variants_of
from nnsim.ui.handout import a4_writer, laid_out, save_pdf


@pytest.fixture(scope="module")
def writer(qapp, tmp_path_factory):
    return a4_writer(tmp_path_factory.mktemp("paper") / "sheet.pdf")


def test_each_variant_has_a_page_of_its_own(qapp, tmp_path):
    variants = variants_of(exercise_of("or-course-rule"), 3, 1)
    path = tmp_path / "sheet.pdf"
    save_pdf(html_page(variants, "sheet", "es"), path, "OR")
    content = path.read_bytes()
    assert content.startswith(b"%PDF-")
    assert b"/Count 3" in content
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("exercise", exercises(), ids=lambda exercise: exercise.id)
@pytest.mark.parametrize("part", ["sheet", "solution"])
def test_no_table_is_wider_than_the_paper(writer, exercise, part):
    for locale in ("es", "en"):
        document = laid_out(html_page([exercise.variant()], part, locale), writer)
        # Qt rounds the width of each column.
        assert document.size().width() <= document.pageSize().width() + 2


def is_moved(lines, rows, writer):
    """Whether a title below so many lines, above a table of so many rows, begins a page."""
    table = "<table>" + "<tr><td>1</td></tr>" * rows + "</table>"
    page = "<p>text</p>" * lines + f"<h2>Title</h2>{table}"
    document = laid_out(page, writer)
    table = next(t for t in document.rootFrame().childFrames() if isinstance(t, QTextTable))
    title = document.findBlock(table.firstPosition() - 1)
    assert title.text() == "Title"
    always = QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore
    return title.blockFormat().pageBreakPolicy() == always


def test_a_title_goes_on_the_next_page_with_its_table(writer):
    assert is_moved(24, 20, writer)
    # It fits; it begins high on the page; no page has room for it.
    assert not is_moved(3, 10, writer)
    assert not is_moved(3, 45, writer)
    assert not is_moved(24, 100, writer)
