"""nnsim exercise: list, show, solve, mark, export, results."""

import os
import re
import subprocess
import sys

import pytest

from nnsim.cli.main import main
from nnsim.exercises import attempts, bank


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    def run(words, locale="en"):
        status = main(["exercise", *words.split(), "--locale", locale])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


def test_every_shipped_exercise_is_listed(run):
    status, out, _ = run("list", "es")
    assert status == 0
    for exercise in bank.exercises():
        assert exercise.id in out
        assert exercise.title["es"] in out


def test_the_or_exercise_solved_is_the_table_of_the_course(run):
    _, out, _ = run("solve or-course-rule")
    table = [line for line in out.splitlines() if line.startswith("|")][2:]
    assert table[0] == "| 1 | (0, 0) | 1 | 1 | 0 | - | -1 |"
    assert table[2] == "| 3 | (0, 1) | -0.5 | 0 | 1 | (0.5, 1) | - |"
    assert len(table) == 7


def test_a_blank_sheet_shows_no_answer(run):
    _, out, _ = run("show or-course-rule --format csv")
    lines = out.splitlines()
    assert lines[0] == "cell,answer"
    assert all(re.fullmatch(r"\d\.[\w+]+,", line) for line in lines[1:])


@pytest.mark.parametrize("seed", ["0", "17"])
def test_what_solve_writes_mark_finds_right(run, tmp_path, seed):
    _, out, _ = run(f"solve or-course-rule --seed {seed} --format csv")
    (tmp_path / "answers.csv").write_text(out, encoding="utf-8")
    status, out, _ = run(f"mark or-course-rule answers.csv --seed {seed}")
    assert status == 0
    n = out.count("right")
    assert out.splitlines()[-1] == f"{n} points of {n}."


def test_marking_names_the_mistake_and_ends_with_1(run, tmp_path):
    _, out, _ = run("solve or-course-rule --format csv")
    wrong = out.replace("1.b+,-1", '1.b+,"-2"').replace("2.sums,-1", "2.sums,-2")
    (tmp_path / "answers.csv").write_text(wrong, encoding="utf-8")
    status, out, _ = run("mark or-course-rule answers.csv", "es")
    assert status == 1
    assert re.search(r"1\.b\+ +-2 +incorrecto +Es solo el cambio", out)
    assert re.search(r"2\.sums +-2 +coherente", out)
    assert out.splitlines()[-1] == "27 puntos de 28."


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("a,b\n", "first line must be"),
        ("cell,answer\n1.sums,0,5\n", "line 2: it must have two fields"),
        ("cell,answer\n9.sums,1\n", "line 2: there is no cell “9.sums”"),
        ("cell;answer\n1.sums;1\n1.sums;1\n", "line 3: cell “1.sums” has an answer"),
    ],
)
def test_a_file_of_answers_that_is_none_is_told_by_its_line(run, tmp_path, content, says):
    (tmp_path / "answers.csv").write_text(content, encoding="utf-8")
    status, _, err = run("mark or-course-rule answers.csv")
    assert status == 2
    assert says in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("to", "files"),
    [
        ("html", ["made.html", "made-solution.html"]),
        ("latex", ["made.tex", "made-solution.tex"]),
        ("moodle", ["made.xml"]),
        ("gift", ["made.txt"]),
    ],
)
def test_exports_are_written(run, tmp_path, to, files):
    status, out, _ = run(f"export or-course-rule --to {to} --variants 3 --seed 2 -o {files[0]}")
    assert status == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(files)
    assert all(name in out for name in files)


def test_a_class_is_collected(run, tmp_path):
    from datetime import UTC, datetime

    variant = bank.exercise_of("or-course-rule").variant()
    now = datetime(2026, 3, 2, tzinfo=UTC)
    attempts.start(variant, tmp_path / "class", now, name="Ana").enter("1.sums", "0", now)
    status, out, _ = run("results class -o class.csv")
    assert status == 0
    assert {p.name for p in tmp_path.glob("*.csv")} == {
        "class.csv",
        "class-mistakes.csv",
        "class-log.csv",
    }
    assert out.count("written") == 3


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("", "Name list, show"),
        ("frobnicate", "no “frobnicate”"),
        ("show", "Which exercise?"),
        ("show nothing-like-it", "no exercise “nothing-like-it”"),
        ("show or-course-rule --seed -1", "--seed"),
        ("mark or-course-rule", "Which answers?"),
        ("export or-course-rule -o x", "To which format?"),
        ("export or-course-rule --to docx -o x", "pdf, html, latex, moodle, gift"),
        ("export or-course-rule --to html", "Where to? Give a file after -o."),
        ("export or-course-rule --to html --variants 0 -o x", "from 1 to 200"),
        ("results no-such-folder -o x.csv", "no-such-folder"),
    ],
)
def test_errors_are_one_line_and_status_2(run, words, says):
    status, out, err = run(words)
    assert (status, out) == (2, "")
    assert says in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("platform", ["", "xcb"])
def test_a_pdf_needs_no_screen_whatever_is_set_for_windows(tmp_path, platform):
    hidden = ("DISPLAY", "WAYLAND_DISPLAY")
    environment = {key: value for key, value in os.environ.items() if key not in hidden}
    words = ["exercise", "export", "neuron-forward", "--to", "pdf", "-o", "one.pdf"]
    done = subprocess.run(
        [sys.executable, "-m", "nnsim", *words],
        env=environment | {"QT_QPA_PLATFORM": platform},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "one.pdf").exists()
