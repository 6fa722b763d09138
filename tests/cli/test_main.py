"""nnsim without a screen: what it prints, and how it refuses."""

import argparse
import re
from pathlib import Path

import pytest

import nnsim.__main__ as program
from nnsim import __version__
from nnsim.cli import main, wants_window
from nnsim.cli.arguments import parser_for
from nnsim.cli.words import COMMANDS
from nnsim.document.edits import remove
from nnsim.document.examples import EXAMPLES, example_path
from nnsim.document.file import save
from nnsim.document.templates import gate_neuron
from nnsim.language import LOCALES, text
from nnsim.session.table import Group

COURSE = """\
| It | (x1, x2) | Σ | S_neu | S_real | new w | new b |
|---|---|---|---|---|---|---|
| 1 | (0, 0) | 1 | 1 | 0 | - | -1 |
| 2 | (0, 0) | -1 | 0 | 0 | - | - |
| 3 | (0, 1) | -0.5 | 0 | 1 | (0.5, 1) | - |
| 4 | (0, 1) | 0 | 1 | 1 | - | - |
| 5 | (1, 0) | -0.5 | 0 | 1 | (1, 1) | - |
| 6 | (1, 0) | 0 | 1 | 1 | - | - |
| 7 | (1, 1) | 1 | 1 | 1 | - | - |
"""


class TestTrace:
    def test_the_or_exercise_is_the_table_of_the_course(self, run):
        status, output, errors = run("trace", "or-gate")
        assert (status, errors) == (0, "")
        assert f"\n\n{COURSE}\n" in output
        assert output.startswith("# OR gate\n")

    def test_in_spanish(self, run):
        _, output, _ = run("trace", "or-gate", "--locale", "es")
        assert output.startswith("# Puerta OR\n")
        assert "| It | (x1, x2) | Σ | S_neu | S_real | nuevos w | nuevo b |" in output

    def test_the_language_may_come_first(self, run):
        assert run("--locale", "es", "trace", "or-gate") == run("trace", "--locale=es", "or-gate")

    def test_in_the_language_of_the_system(self, run, monkeypatch):
        monkeypatch.setenv("LC_ALL", "es_ES.UTF-8")
        assert "nuevos w" in run("trace", "or-gate")[1]

    def test_xor_is_proved_never_to_end(self, run):
        output = run("trace", "xor-single-neuron", "--until-converged")[1]
        assert "after row 16 equals the state after row 6" in output.splitlines()[-1]

    def test_so_many_iterations(self, run):
        output = run("trace", "or-gate", "--iterations", "3")[1]
        assert len(re.findall(r"^\| \d", output, re.MULTILINE)) == 3

    def test_a_project_file(self, run, tmp_path):
        save(gate_neuron("and"), tmp_path / "mine.nnsim")
        assert "| 2 | (0, 0) | -1 | 0 | 0 | - | - |" in run("trace", "mine.nnsim")[1]

    def test_a_file_goes_before_an_example_of_the_same_name(self, run, tmp_path):
        save(gate_neuron("and"), tmp_path / "or-gate")
        assert "(1, 1) → 1" in run("trace", "or-gate")[1]
        assert "OR gate" not in run("trace", "or-gate")[1]

    @pytest.mark.parametrize(
        ("file", "begins"),
        [
            ("a.csv", b"# {"),
            ("a.jsonl", b"{"),
            ("a.tex", b"\\documentclass"),
            ("a.html", b"<!DOCTYPE"),
            ("a.md", b"# OR gate"),
            ("a.xlsx", b"PK"),
            ("a", b"# OR gate"),
        ],
    )
    def test_the_ending_of_the_file_decides_the_format(self, run, tmp_path, file, begins):
        status, output, _ = run("trace", "or-gate", "-o", file)
        assert status == 0
        assert output.startswith(f"{file}: 7 rows.")
        assert (tmp_path / file).read_bytes().startswith(begins)

    def test_the_format_that_is_named_counts_more(self, run, tmp_path):
        run("trace", "or-gate", "--format", "csv", "--output", "a.txt")
        assert (tmp_path / "a.txt").read_bytes().startswith(b"# {")

    def test_chosen_columns_table_and_decimal_mark(self, run):
        output = run(
            *("trace", "or-gate", "--format", "csv", "--decimal", "comma"),
            *("--columns", "iteration,sums", "--iterations", "3"),
        )[1]
        assert [line for line in output.splitlines() if line[0] != "#"] == [
            '"iteration";"z.N1"',
            *("1;1", "2;-1", "3;-0,5"),
        ]
        assert "| Σ N1 |" in run("trace", "or-gate", "--table", "numbers")[1]
        assert '"change.w.N1.x1"' in run("trace", "or-gate", "--format=csv", "--columns=all")[1]

    def test_the_same_words_give_the_same_bytes(self, run):
        assert run("trace", "xor-2-2-1", "--format", "jsonl") == run(
            "trace", "xor-2-2-1", "--format", "jsonl"
        )


class TestVerify:
    def test_what_was_exported_agrees(self, run):
        run("trace", "or-gate", "-o", "a.csv")
        status, output, errors = run("verify", "a.csv")
        assert (status, errors) == (0, "")
        assert "7 rows and 84 numbers" in output

    def test_a_difference_is_status_1(self, run, refused, tmp_path):
        run("trace", "or-gate", "-o", "a.csv")
        path = tmp_path / "a.csv"
        path.write_text(path.read_text().replace("3,1,2,0,1,-0.5", "3,1,2,0,1,0.5"))
        said = refused("verify", "a.csv", status=1)
        for part in ("row 3", "z.N1", "0.5", "-0.5"):
            assert part in said

    def test_what_is_no_trace_is_status_2(self, refused, tmp_path):
        (tmp_path / "a.csv").write_text("x,y\n1,2\n")
        assert "a.csv" in refused("verify", "a.csv")


class TestPicture:
    @pytest.mark.parametrize(
        ("file", "begins"), [("a.svg", b"<?xml"), ("a.pdf", b"%PDF"), ("a.png", b"\x89PNG")]
    )
    def test_the_ending_decides_the_format(self, run, tmp_path, file, begins, qapp):
        status, output, errors = run("picture", "or-gate", "-o", file)
        assert (status, output, errors) == (0, f"{file} written.\n", "")
        assert (tmp_path / file).read_bytes().startswith(begins)

    def test_at_an_iteration_and_in_dark(self, run, tmp_path, qapp):
        for number, words in enumerate([(), ("--iteration", "5"), ("--theme", "dark")]):
            assert run("picture", "or-gate", "-o", f"{number}.svg", *words)[0] == 0
        assert len({path.read_bytes() for path in tmp_path.iterdir()}) == 3

    def test_another_ending_is_refused(self, refused, tmp_path, qapp):
        refused("picture", "or-gate", "-o", "a.gif")
        assert list(tmp_path.iterdir()) == []


class TestLists:
    @pytest.mark.parametrize("locale", LOCALES)
    def test_examples_with_their_titles(self, run, locale):
        output = run("examples", "--locale", locale)[1]
        for example in EXAMPLES:
            title = text(f"example.{example}.title", locale)
            assert re.search(rf"^{example} +{re.escape(title)}$", output, re.MULTILINE)

    def test_version(self, run):
        assert run("--version")[1] == f"nnsim {__version__}\n"


class TestHelp:
    @pytest.mark.parametrize("locale", LOCALES)
    @pytest.mark.parametrize("command", COMMANDS)
    def test_tells_every_option(self, run, command, locale):
        output = run(command, "--help", "--locale", locale)[1]
        for action in parser_for(command)._actions:
            assert isinstance(action, argparse.Action)
            for option in action.option_strings:
                assert re.search(rf"(^|[ \[]){re.escape(option)}\b", output, re.MULTILINE)

    @pytest.mark.parametrize("locale", LOCALES)
    def test_tells_every_command_and_group_of_columns(self, run, locale):
        output = run("--help", "--locale", locale)[1]
        assert all(f"nnsim {command}" in output for command in COMMANDS)
        output = run("trace", "-h", "--locale", locale)[1]
        assert all(re.search(rf"\b{group}\b", output) for group in Group)

    @pytest.mark.parametrize("locale", LOCALES)
    @pytest.mark.parametrize("command", [None, *COMMANDS])
    def test_fits_a_terminal(self, run, command, locale):
        words = [command] if command else []
        lines = run(*words, "--help", "--locale", locale)[1].splitlines()
        assert max(map(len, lines)) <= 80


class TestRefusals:
    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (("trace",), "project"),
            (("trace", "nothing"), "or-gate, and-gate"),
            (("trace", "none.nnsim"), "none.nnsim"),
            (("trace", "or-gate", "and-gate"), "and-gate"),
            (("trace", "or-gate", "--format", "doc"), "csv, jsonl, xlsx, md, latex, html"),
            (("trace", "or-gate", "--format"), "--format"),
            (("trace", "or-gate", "--form", "md"), "--form"),
            (("trace", "or-gate", "--iterations", "0"), "--iterations"),
            (("trace", "or-gate", "--iterations", "-3"), "--iterations"),
            (("trace", "or-gate", "--iterations", "1e3"), "--iterations"),
            (("trace", "or-gate", "--iterations", "9" * 99), "--iterations"),
            (("trace", "or-gate", "--until-converged=3"), "trace --help"),
            (("trace", "or-gate", "--columns", "sums,sum"), "“sum”"),
            (("trace", "or-gate", "--locale", "fr"), "en, es"),
            (("trace", "or-gate", "--format", "xlsx"), "-o"),
            (("trace", "or-gate", "-o"), "-o"),
            (("trace", "or-gate", "-o", "none/a.md"), "none/a.md"),
            (("verify",), "trace.csv"),
            (("verify", "none.csv"), "none.csv"),
            (("examples", "all"), "all"),
            (("picture", "or-gate"), "-o"),
            (("picture", "or-gate", "-o", "a.svg", "--iteration", "x"), "--iteration"),
            (("picture", "or-gate", "-o", "a.svg", "--theme", "blue"), "light, dark"),
            (("trase", "or-gate"), "trace, train, examples, verify"),
            (("--bogus",), "--bogus"),
        ],
    )
    def test_one_line_that_says_what_and_status_2(self, refused, words, said):
        assert said in refused(*words)

    def test_in_the_language_asked_for(self, refused):
        assert "«doc» no vale para --format" in refused(
            "trace", "or-gate", "--format", "doc", "--locale", "es"
        )

    def test_a_project_that_cannot_run(self, refused, tmp_path):
        save(remove(gate_neuron(), ["n3", "n1"]), tmp_path / "a.nnsim")
        assert "There is no neuron" in refused("trace", "a.nnsim")

    def test_a_damaged_project(self, refused, tmp_path):
        (tmp_path / "a.nnsim").write_bytes(example_path("or-gate").read_bytes()[:500])
        assert "damaged" in refused("trace", "a.nnsim")

    def test_line_breaks_in_names_do_not_break_the_line(self, refused):
        assert "a b" in refused("trace", "a\nb.nnsim")

    @pytest.mark.parametrize("format", ["csv", "md", "xlsx"])
    def test_nothing_is_left_of_what_failed(self, refused, tmp_path, format):
        save(remove(gate_neuron(), ["n3"]), tmp_path / "a.nnsim")
        refused("trace", "a.nnsim", "-o", f"out.{format}")
        assert [path.name for path in tmp_path.iterdir()] == ["a.nnsim"]


class TestWindow:
    def test_no_words_a_file_or_options_of_qt_are_for_the_window(self, monkeypatch, tmp_path):
        monkeypatch.chdir(tmp_path)
        Path("a.nnsim").touch()
        assert wants_window([])
        assert wants_window(["a.nnsim"])
        assert wants_window(["-platform", "xcb"])
        for words in (["trace", "a"], ["--help"], ["-h"], ["a.nnsim", "b"], ["none"], ["--bogus"]):
            assert not wants_window(words)

    def test_without_a_screen_it_says_so_and_how_to_work_without(self, monkeypatch, capsys):
        for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setattr("sys.platform", "linux")
        assert program.main([]) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.count("\n") == 1
        assert "nnsim trace or-gate" in captured.err

    def test_the_words_are_handed_to_the_window(self, monkeypatch, tmp_path):
        import nnsim.app

        given = []
        monkeypatch.setattr("nnsim.cli.has_screen", lambda: True)
        monkeypatch.setattr(nnsim.app, "main", lambda words: given.append(words) or 0)
        monkeypatch.chdir(tmp_path)
        Path("a.nnsim").touch()
        assert program.main(["a.nnsim"]) == 0
        assert given == [["a.nnsim"]]


def test_a_bug_is_no_refusal(monkeypatch):
    """Only what a person can put right becomes one line; a bug shows where it is."""
    monkeypatch.setattr("nnsim.cli.arguments.read", lambda words: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        main(["trace", "or-gate"])
