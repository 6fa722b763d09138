"""Hand-outs: blank sheets and solutions, on paper and for learning platforms, read back."""

import re
from html import unescape
from xml.etree import ElementTree

import pytest

from nnsim.exercises import bank
from nnsim.exercises.gift import gift
from nnsim.exercises.handouts import html_page, latex_document, variants_of
from nnsim.exercises.listing import markdown_sheet
from nnsim.exercises.marking import Verdict, mark
from nnsim.exercises.moodle import moodle_xml

SHIPPED = [exercise.id for exercise in bank.exercises()]


@pytest.fixture(scope="module")
def or_variants():
    return variants_of(bank.exercise_of("or-course-rule"), 3, 5)


def text_of_html(page):
    return unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", page, flags=re.S)))


# -- on paper ------------------------------------------------------------------------------------


def test_one_variant_without_a_seed_is_the_exercise_itself():
    exercise = bank.exercise_of("or-course-rule")
    assert [v.seed for v in variants_of(exercise)] == [0]
    assert [v.seed for v in variants_of(exercise, 3)] == [1, 2, 3]
    assert [v.seed for v in variants_of(exercise, 2, 40)] == [40, 41]


def test_the_sheet_is_blank_where_the_solution_is_filled(or_variants):
    sheet = html_page(or_variants, "sheet", "es")
    solution = html_page(or_variants, "solution", "es")
    blanks = re.findall(r'<td class="asked"[^>]*>(.*?)</td>', sheet)
    filled = re.findall(r'<td class="asked"[^>]*>(.*?)</td>', solution)
    asked = [c for v in or_variants for c in v.sheet.asked]
    assert len(blanks) == len(filled) == len(asked)
    assert set(blanks) == {""}
    # The printed solution, typed in, is all right.
    texts = iter(filled)
    for variant in or_variants:
        entries = {cell.key: unescape(next(texts)) for cell in variant.sheet.asked}
        assert {m.verdict for m in mark(variant.sheet, entries).values()} == {Verdict.RIGHT}
    assert "Nombre" in text_of_html(sheet)
    assert "Nombre" not in text_of_html(solution)
    assert "Variante 2 de 3 (semilla 6)" in text_of_html(solution)


def test_names_have_their_part_below_the_line(or_variants):
    assert "<i>S</i><sub>real</sub>" in html_page(or_variants, "sheet", "en")
    assert r"$S_{\text{real}}$" in latex_document(or_variants, "sheet", "en")


def test_latex_is_balanced_and_has_no_bare_sign(or_variants):
    made = latex_document(or_variants, "solution", "es")
    body = made.split(r"\begin{document}")[1]
    assert body.count("{") == body.count("}")
    assert body.count("$") % 2 == 0
    assert not re.search(r"(?<!\\)[%#]", body)
    begun, ended = (re.findall(rf"\\{word}{{(\w+)}}", made) for word in ("begin", "end"))
    assert sorted(begun) == sorted(ended)


#: What pdflatex's text fonts have beyond ASCII, of all that our texts use.
IN_FONTS = set("áéíóúÁÉÍÓÚñÑüÜàèç¿¡«»“”‘’–—…½¹²³×·÷°ºª")


@pytest.mark.parametrize("exercise", SHIPPED)
def test_latex_has_only_signs_that_its_fonts_have(exercise):
    variants = variants_of(bank.exercise_of(exercise), 2, 3)
    for locale in ("es", "en"):
        for part in ("sheet", "solution"):
            made = latex_document(variants, part, locale)
            assert {c for c in made if not c.isascii()} <= IN_FONTS


def test_a_short_table_is_set_right_at_the_first_run_and_a_long_one_goes_over_pages():
    short = latex_document(variants_of(bank.exercise_of("or-course-rule")), "sheet", "es")
    assert r"\begin{tabular}" in short
    assert r"\begin{longtable}" not in short
    long = latex_document(variants_of(bank.exercise_of("net-2-2-2-backward")), "sheet", "es")
    assert r"\begin{longtable}" in long


def test_a_table_with_more_columns_than_a_page_has_room_for_is_set_closer():
    def page(exercise):
        return html_page(variants_of(bank.exercise_of(exercise)), "sheet", "es")

    assert 'class="crowded"' in page("or-perceptron")
    assert 'class="crowded"' not in page("or-course-rule")
    assert r"\small" in latex_document(variants_of(bank.exercise_of("adam-square")), "sheet", "es")


def test_a_letter_under_a_hat_is_slanted_so_that_the_hat_is_printed_above_it():
    page = html_page(variants_of(bank.exercise_of("adam-square")), "sheet", "es")
    assert "<i>m\u0302</i>" in page


def test_markdown_shows_dots_where_something_is_asked(or_variants):
    assert markdown_sheet(or_variants[0], "sheet", "en").count("…") == len(
        or_variants[0].sheet.asked
    )


@pytest.mark.parametrize("exercise", SHIPPED)
@pytest.mark.parametrize("locale", ["es", "en"])
def test_every_shipped_exercise_is_handed_out_in_every_way(exercise, locale):
    variants = variants_of(bank.exercise_of(exercise), 2, 1)
    for part in ("sheet", "solution"):
        page = html_page(variants, part, locale)
        assert variants[0].title(locale) in unescape(page)
        assert "{" not in re.sub(r"<style>.*?</style>", "", page, flags=re.S)
        latex_document(variants, part, locale)
        markdown_sheet(variants[0], part, locale)
    read_moodle(moodle_xml(variants, locale))
    read_gift(gift(variants, locale))


# -- Moodle --------------------------------------------------------------------------------------

GAP = re.compile(r"\{(\d+):(NUMERICAL|SHORTANSWER|MULTICHOICE):((?:\\.|[^}\\])*)\}")


def read_moodle(content):
    """Gaps of each question as the cloze format has them: (kind, [(share, text, tolerance)])."""
    quiz = ElementTree.fromstring(content)
    assert quiz.tag == "quiz"
    questions = []
    for question in quiz.iter("question"):
        if question.get("type") == "category":
            continue
        assert question.get("type") == "cloze"
        assert question.findtext("name/text")
        body = question.findtext("questiontext/text")
        outside = GAP.sub("", body)
        assert "{" not in outside
        assert "}" not in outside
        questions.append([_gap(kind, inside) for _, kind, inside in GAP.findall(body)])
    return questions


def _gap(kind, inside):
    answers = []
    for answer in re.split(r"(?<!\\)~", inside):
        answer = re.split(r"(?<!\\)#", answer)[0]
        share = re.match(r"%(\d+)%", answer)
        right = 100 if answer.startswith("=") else int(share[1]) if share else 0
        text = re.sub(r"^(=|%\d+%)", "", answer)
        text = re.sub(r"\\(.)", r"\1", text)
        if kind == "NUMERICAL":
            number, tolerance = text.split(":")
            answers.append((right, float(number), float(tolerance)))
        else:
            answers.append((right, unescape(text), None))
    assert any(share == 100 for share, *_ in answers)
    return kind, answers


def test_moodle_accepts_what_is_right_and_nothing_else(or_variants):
    for variant, gaps in zip(or_variants, read_moodle(moodle_xml(or_variants, "es")), strict=True):
        asked = variant.sheet.asked
        assert len(gaps) == len(asked)
        for cell, (kind, answers) in zip(asked, gaps, strict=True):
            expected = variant.sheet.expected(cell.key)
            if cell.dashes:
                assert kind == "SHORTANSWER"
                accepted = {text for _, text, _ in answers}
                assert ("-" in accepted) == expected.unchanged
                for text in accepted:
                    found = mark(variant.sheet, {cell.key: text})[cell.key]
                    assert (text, found.verdict) == (text, Verdict.RIGHT)
            else:
                ((share, number, tolerance),) = answers
                assert (kind, share, number) == ("NUMERICAL", 100, float(expected.numbers[0]))
                assert tolerance <= 1e-9


def test_rounded_numbers_have_a_tolerance_and_a_coarser_one_for_half():
    from nnsim.document.examples import load_example
    from nnsim.exercises.gaps import gaps_of
    from nnsim.exercises.question import TraceQuestion
    from nnsim.exercises.tracing import TraceSheet
    from nnsim.session.cells import Group

    loss = frozenset({Group.LOSS})
    question = TraceQuestion(last=1, shown=loss, asked=loss, layout="list", decimals=4)
    sheet = TraceSheet(load_example("backprop-2-2-2"), question)
    (gap,) = gaps_of(sheet, sheet.asked[0], "en")
    assert float(gap.number) == pytest.approx(0.298371108760, abs=1e-12)
    assert (float(gap.within), float(gap.coarse)) == (5e-5, 5e-4)


def test_a_platform_says_with_how_many_decimals_and_shows_no_dust():
    variants = variants_of(bank.exercise_of("net-2-2-2-forward"))
    for content in (moodle_xml(variants, "es"), gift(variants, "es")):
        assert "Valores con 4 decimales." in content
        assert not re.search(r"\d\.\d{16}", content)


# -- GIFT ----------------------------------------------------------------------------------------


def read_gift(content):
    """Title, text and answers of each question, after the rules of the format."""
    questions = []
    for block in re.split(r"\n\s*\n", content.strip()):
        if block.startswith("$CATEGORY:"):
            continue
        assert "\n" not in block
        title, rest = re.match(r"::((?:\\.|[^:\\])*)::(.*)", block).groups()
        text, answers = re.match(r"((?:\\.|[^{\\])*)\{((?:\\.|[^}\\])*)\}$", rest).groups()
        assert not re.search(r"(?<!\\)[~=#{}]", text.replace("\\\\", ""))
        questions.append((re.sub(r"\\(.)", r"\1", title), text, answers))
    return questions


def test_gift_has_a_question_for_each_number(or_variants):
    questions = read_gift(gift(or_variants, "en"))
    assert len(questions) == sum(len(v.sheet.asked) for v in or_variants)
    titles = [title for title, *_ in questions[: len(or_variants[0].sheet.asked)]]
    assert titles[0] == "OR gate with the course rule 1.sums"
    sums = questions[0]
    assert sums[2] == "#-1:0"
    # Each question says what its row gives.
    assert r"(x1, x2) \= (0, 0)" in sums[1]


def test_gift_says_which_table_a_question_is_of_and_what_the_table_gives():
    dying = gift(variants_of(bank.exercise_of("dying-relu")), "es")
    assert "\\n\\nReLU. ¿Σ? {" in dying
    assert "\\n\\nLeaky ReLU. ¿Σ? {" in dying
    # A question in words has its marks already.
    assert "¿¿" not in dying
    markov = gift(variants_of(bank.exercise_of("markov-three-states")), "es")
    row = r"Desde el estado 1\: Estado 1 \= 0,9, Estado 2 \= 0,075, Estado 3 \= 0,025"
    assert markov.count(row) == len(bank.exercise_of("markov-three-states").variant().sheet.asked)
