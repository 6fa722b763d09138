"""Hand-outs as PDF: a page a variant, the text of the sheet in it."""

from nnsim.exercises.bank import exercise_of
from nnsim.exercises.handouts import html_page, variants_of
from nnsim.ui.handout import save_pdf


def test_each_variant_has_a_page_of_its_own(qapp, tmp_path):
    variants = variants_of(exercise_of("or-course-rule"), 3, 1)
    path = tmp_path / "sheet.pdf"
    save_pdf(html_page(variants, "sheet", "es"), path, "OR")
    content = path.read_bytes()
    assert content.startswith(b"%PDF-")
    assert b"/Count 3" in content
    assert list(tmp_path.iterdir()) == [path]
