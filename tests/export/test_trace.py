"""Traces taken home: six formats, each with the head that makes it understood."""

import html.parser
import re
from dataclasses import replace

import pytest

from nnsim import __version__
from nnsim.core.messages import NnsimError
from nnsim.document.edits import rename, set_parameter, set_texts, set_training
from nnsim.document.examples import load_example
from nnsim.document.model import Training
from nnsim.document.templates import perceptron
from nnsim.export import (
    FORMATS,
    SUFFIXES,
    ExportCancelled,
    Extent,
    Options,
    export_trace,
    exporting,
    format_of,
)
from nnsim.session.table import Group
from tests.support.documents import gate
from tests.support.exported import or_gate, printed

READ_BY_PEOPLE = ("md", "latex", "html")


class TestOptimiser:
    def adam(self):
        training = Training(rule="sgd", optimiser="adam", beta1=0.8)
        return replace(perceptron((2, 2, 1)), training=training)

    @pytest.mark.parametrize(
        ("locale", "told"),
        [
            ("en", ("Optimiser: Adam", "β₁ of the average m: 0.8", "divisor: 1e-8")),
            ("es", ("Optimizador: Adam", "β₁ de la media móvil m: 0,8", "divisor: 1e-8")),
        ],
    )
    def test_the_head_says_which_and_with_what(self, locale, told):
        text = printed(self.adam(), "md", locale=locale, iterations=1).replace("*", "")
        for words in told:
            assert words in text
        assert "ρ" not in text.split("|")[0]

    def test_plain_steps_are_said_too_and_rules_have_none(self):
        text = printed(replace(self.adam(), training=Training(rule="sgd")), "md", iterations=1)
        assert "None (plain steps)" in text
        assert "ptimiser" not in printed(or_gate(), "md")

    def test_its_numbers_are_columns_of_their_own(self):
        groups = frozenset({Group.ITERATION, Group.OPTIMISER})
        text = printed(self.adam(), "md", groups=groups, iterations=1)
        assert "corrected m of w N1 ← C1[1]" in text


class TestMarkdown:
    def test_or_is_the_table_of_the_course(self):
        text = printed(or_gate(), "md")
        table = [line for line in text.splitlines() if line.startswith("|")]
        assert table == [
            "| It | (x1, x2) | Σ | S_neu | S_real | new w | new b |",
            "|---|---|---|---|---|---|---|",
            "| 1 | (0, 0) | 1 | 1 | 0 | - | -1 |",
            "| 2 | (0, 0) | -1 | 0 | 0 | - | - |",
            "| 3 | (0, 1) | -0.5 | 0 | 1 | (0.5, 1) | - |",
            "| 4 | (0, 1) | 0 | 1 | 1 | - | - |",
            "| 5 | (1, 0) | -0.5 | 0 | 1 | (1, 1) | - |",
            "| 6 | (1, 0) | 0 | 1 | 1 | - | - |",
            "| 7 | (1, 1) | 1 | 1 | 1 | - | - |",
        ]

    def test_in_spanish_with_a_decimal_comma(self):
        text = printed(or_gate(), "md", locale="es")
        assert "| It | (x1, x2) | Σ | S_neu | S_real | nuevos w | nuevo b |" in text
        assert "| 3 | (0; 1) | -0,5 | 0 | 1 | (0,5; 1) | - |" in text
        assert "- Regla de aprendizaje: Regla del curso\n" in text
        assert "- Valores iniciales: w = (0,5; 0,5), b = 1\n" in text

    def test_the_outcome_stands_below(self):
        text = printed(load_example("xor-single-neuron"), "md", until_converged=True)
        last = text.splitlines()[-1]
        assert "row 16" in last
        assert "row 6" in last

    def test_names_are_not_taken_for_markup(self):
        document = rename(perceptron((2, 2, 1)), "n4", "a|b *c* <i> _d_ e_f")
        text = printed(document, "md")
        assert r"Σ a\|b \*c\* \<i\> \_d\_ e_f" in text
        widths = {len(re.split(r"(?<!\\)\|", row)) for row in text.splitlines() if row[:1] == "|"}
        assert len(widths) == 1

    def test_numbers_instead_of_the_columns_of_the_course(self):
        text = printed(or_gate(), "md", style="numbers")
        assert "| Iteration | Epoch | Sample | x1 | x2 | Σ N1 | a N1 |" in text


class TestHead:
    """What has to be known to understand a trace stands above it, in every format for people."""

    @pytest.mark.parametrize("format", READ_BY_PEOPLE)
    def test_says_data_start_rule_conventions_seed_and_version(self, format):
        text = plain(printed(or_gate(), format), format)
        for said in (
            f"nnsim {__version__}",
            "(0, 0) → 0 · (0, 1) → 1 · (1, 0) → 1 · (1, 1) → 1",
            "w = (0.5, 0.5), b = 1",
            "Course rule",
            "1 if Σ ≥ 0",
            "Exact fractions",
            "Seed",
        ):
            assert said in text

    def test_a_net_says_its_loss_and_its_conventions(self):
        text = printed(load_example("backprop-2-2-2"), "md")
        for line in (
            "- Diagram: C1 (2) ← E1 (2): Sigmoid · C2 (2) ← C1 (2): Sigmoid",
            "- Data, (x1, x2) → (y1, y2): (0.05, 0.1) → (0.01, 0.99)",
            "- Biases learn: No",
            "- Loss over the samples: Sum",
            "- 1/2 before the squared error: Yes",
            "- Updates: After all gradients",
            "- Arithmetic: Floating point (float64), sums of nothing but rounding error are 0",
        ):
            assert line in text.splitlines()
        assert "C2[2]: w = (0.5, 0.55), b = 0.6" in text

    @pytest.mark.parametrize("format", READ_BY_PEOPLE)
    def test_changes_in_the_middle_of_the_run_are_said(self, format):
        document = set_parameter(or_gate(), "w:c4", (0, 0), 0.25, iteration=2)
        perceptron_rule = replace(document.training, rule="perceptron", learning_rate=0.1)
        document = set_training(document, perceptron_rule, iteration=3)
        text = plain(printed(document, format, locale="es"), format)
        assert "w N1 ← x1 = 0,25" in text
        assert "Regla de aprendizaje: Perceptrón (Rosenblatt)" in text
        assert "Tras la iteración 3" in text

    def test_what_is_too_long_is_counted(self):
        data = perceptron((30, 2, 1)).data
        data = data.with_values(data.values.repeat(50, axis=0))
        text = printed(perceptron((30, 40, 1), data=data), "md", iterations=1)
        assert "200 samples" in text
        assert "1281 parameters" in text

    def test_notes_come_with_it(self):
        assert "\nRemember the bias\n" in printed(
            set_texts(gate(), notes="Remember the bias"), "md"
        )


def plain(text, format):
    """The words of a page or LaTeX document, markup gone."""
    if format == "html":
        words = []
        parser = html.parser.HTMLParser()
        parser.handle_data = words.append
        parser.feed(text)
        return "".join(words)
    if format == "latex":
        for command, symbol in (
            (r"$\rightarrow$", "→"),
            (r"$\leftarrow$", "←"),
            (r"$\cdot$", "·"),
            (r"$\Sigma$", "Σ"),
            (r"$\ge$", "≥"),
        ):
            text = text.replace(command, symbol)
    return text


class TestLatex:
    def test_the_table_of_the_course(self):
        text = printed(or_gate(), "latex", locale="es")
        assert (
            r"It & $(x_{1}, x_{2})$ & $\Sigma$ & $S_{\mathrm{neu}}$ & $S_{\mathrm{real}}$"
            r" & nuevos w & nuevo b \\"
        ) in text
        assert r"$3$ & $(0; 1)$ & $-0{,}5$ & $0$ & $1$ & $(0{,}5; 1)$ & - \\" in text
        assert text.endswith("\\end{document}\n")

    def test_names_are_not_taken_for_commands(self):
        document = rename(set_texts(gate(), title=r"50 % \input{x} & #1"), "n3", "a_b^c~$")
        text = printed(document, "latex")
        assert r"50 \% \textbackslash{}input\{x\} \& \#1" in text
        assert r"a\_b\textasciicircum{}c\textasciitilde{}\$" in text

    def test_braces_and_environments_are_closed(self):
        text = printed(load_example("xor-2-2-1"), "latex")
        begun, ended = re.findall(r"\\begin{(\w+)}", text), re.findall(r"\\end{(\w+)}", text)
        assert sorted(begun) == sorted(ended)
        bare = re.sub(r"\\[{}]", "", text)
        assert bare.count("{") == bare.count("}")
        assert text.count("$") % 2 == 0

    def test_every_row_has_as_many_cells_as_the_page_has_columns(self):
        text = printed(load_example("xor-2-2-1"), "latex")
        (columns,) = re.findall(r"begin{longtable}{([rc]+)}", text)
        rows = [line for line in text.splitlines() if line.endswith(r"\\")]
        assert {row.count(" & ") + 1 for row in rows} == {len(columns)} == {23}
        assert f"paperwidth={23 * 22 + 50}mm" in text

    def test_more_columns_than_a_page_can_have_are_refused(self):
        with pytest.raises(NnsimError) as error:
            printed(perceptron((2, 90, 1)), "latex")
        assert error.value.messages[0].code == "export.too_many_columns"


class TestHtml:
    def test_is_a_page_with_a_table(self):
        text = printed(or_gate(), "html")
        headings = re.findall(r'<th scope="col">(.*?)</th>', text)
        assert headings == ["It", "(x1, x2)", "Σ", "S_neu", "S_real", "new w", "new b"]
        rows = [re.findall(r"<td>(.*?)</td>", row) for row in re.findall(r"<tr>(<td.*)</tr>", text)]
        assert [row[5] for row in rows] == ["-", "-", "(0.5, 1)", "-", "(1, 1)", "-", "-"]

    def test_names_are_not_taken_for_markup(self):
        document = set_texts(gate(), title="<script>alert(1)</script>", notes="a & b")
        text = printed(document, "html")
        assert "<script>" not in text
        assert "&lt;script&gt;" in text
        assert "a &amp; b" in text

    def test_says_its_language(self):
        assert '<html lang="es">' in printed(gate(), "html", locale="es")


class TestWriting:
    @pytest.mark.parametrize("format", FORMATS)
    def test_every_format_is_written_whole(self, tmp_path, format):
        path = tmp_path / f"trace{SUFFIXES[format]}"
        result = export_trace(gate(), path, format, Options(extent=Extent(until_converged=True)))
        assert (result.iterations, result.rows, result.outcome.code) == (9, 9, "verdict.clean_pass")
        assert list(tmp_path.iterdir()) == [path]
        assert format_of(path) == format

    @pytest.mark.parametrize("format", FORMATS)
    def test_cancelled_it_leaves_the_old_file(self, tmp_path, format):
        path = tmp_path / "trace"
        path.write_text("old")
        reports = []

        def second_time(progress):
            reports.append((progress.done, progress.total))
            return len(reports) < 2

        with pytest.raises(ExportCancelled):
            export_trace(gate(), path, format, Options(Extent(5000)), second_time)
        assert path.read_text() == "old"
        assert list(tmp_path.iterdir()) == [path]
        assert reports[0][0] < reports[1][0] < 5000
        assert reports[0][1] == 5000

    def test_in_steps_it_can_be_closed_at_any_time(self, tmp_path):
        steps = exporting(gate(), tmp_path / "a.csv", "csv", Options(Extent(5000)))
        next(steps)
        steps.close()
        assert list(tmp_path.iterdir()) == []

    def test_a_missing_folder_is_named(self, tmp_path):
        with pytest.raises(NnsimError) as error:
            export_trace(gate(), tmp_path / "none" / "a.md")
        assert error.value.messages[0].code == "file.cannot_write"

    def test_a_long_trace_is_never_held_in_memory(self, tmp_path):
        import tracemalloc

        sizes = []
        for iterations in (500, 2000):
            tracemalloc.start()
            export_trace(gate(), tmp_path / "a.csv", "csv", Options(Extent(iterations)))
            sizes.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        assert sizes[1] < sizes[0] * 1.5
