"""The gallery of examples: found by words, opened by keyboard and mouse, pictures that are true."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QLabel, QPushButton

from nnsim.data import Table
from nnsim.document.examples import EXAMPLES, GROUPS, load_example
from nnsim.language import LOCALES, has_text
from nnsim.ui.bridge.preferences import Preferences
from nnsim.ui.bridge.theme import THEMES
from nnsim.ui.gallery.dialog import GalleryDialog
from nnsim.ui.gallery.finding import groups, matches
from nnsim.ui.gallery.pictures import is_logarithmic, paint_network, paint_samples
from nnsim.ui.gallery.solving import SIDE, solving
from nnsim.ui.gallery.telling import telling_columns

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def preferences(qapp):
    preferences = Preferences()
    preferences.set_locale("en")
    return preferences


@pytest.fixture
def dialog(qtbot, preferences):
    dialog = GalleryDialog(preferences)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    return dialog


def last_of(example):
    return [solved for solved in solving([example]) if solved is not None][-1]


class TestWords:
    def test_every_group_has_a_name(self):
        for group in GROUPS:
            assert has_text(f"gallery.group.{group}")

    @pytest.mark.parametrize("locale", LOCALES)
    def test_every_example_is_listed_under_its_group_in_order(self, qtbot, preferences, locale):
        preferences.set_locale(locale)
        dialog = GalleryDialog(preferences)
        qtbot.addWidget(dialog)
        list_ = dialog.gallery.examples.list
        said = [list_.item(row).text() for row in range(list_.count())]
        expected = []
        for group, members in groups():
            expected.append(preferences.say(f"gallery.group.{group}"))
            expected += [preferences.say(f"example.{example}.title") for example in members]
        assert said == expected

    def test_case_accents_and_language_do_not_matter_to_the_search(self):
        assert matches("backprop-2-2-2", "RETROPROPAGACION sigmoides")
        assert matches("backprop-2-2-2", "backpropagation")
        assert not matches("or-gate", "backpropagation")


class TestChoosing:
    def test_typing_finds_and_enter_opens(self, qtbot, dialog):
        search = dialog.gallery.examples.search
        assert search.hasFocus() or dialog.focusWidget() is search
        qtbot.keyClicks(search, "nand")
        assert dialog.gallery.examples.shown() == ("nand-gate",)
        qtbot.keyClick(search, Qt.Key.Key_Return)
        assert dialog.result() == GalleryDialog.DialogCode.Accepted
        assert dialog.document().title == "NAND gate"

    def test_arrows_in_the_search_walk_through_the_list(self, qtbot, dialog):
        dialog.gallery.examples.choose("or-gate")
        qtbot.keyClick(dialog.gallery.examples.search, Qt.Key.Key_Down)
        assert dialog.gallery.chosen == "and-gate"

    def test_a_double_click_opens(self, qtbot, dialog):
        examples = dialog.gallery.examples
        examples.choose("nor-gate")
        place = examples.list.visualItemRect(examples.list.currentItem()).center()
        qtbot.mouseClick(examples.list.viewport(), LEFT, pos=place)
        qtbot.mouseDClick(examples.list.viewport(), LEFT, pos=place)
        assert dialog.result() == GalleryDialog.DialogCode.Accepted
        assert dialog.document().title == "NOR gate"

    def test_words_that_nothing_has_are_told_and_nothing_can_be_opened(self, qtbot, dialog):
        qtbot.keyClicks(dialog.gallery.examples.search, "zzz")
        assert dialog.gallery.chosen is None
        assert dialog.findChild(QLabel, "gallery_nothing").isVisible()
        assert not dialog.findChild(QPushButton, "gallery_open").isEnabled()
        qtbot.keyClick(dialog.gallery.examples.search, Qt.Key.Key_Return)
        assert dialog.isVisible()

    def test_the_example_opened_last_is_chosen_next_time(self, qtbot, preferences, dialog):
        dialog.gallery.examples.choose("xor-2-2-1")
        dialog.document()
        again = GalleryDialog(preferences)
        qtbot.addWidget(again)
        assert again.gallery.chosen == "xor-2-2-1"

    def test_every_example_says_what_to_look_for(self, dialog):
        for example in EXAMPLES:
            dialog.gallery.examples.choose(example)
            text = dialog.gallery.page.words.toPlainText()
            about = dialog.gallery._preferences.say(f"example.{example}.about")
            assert " ".join(about.split()) in " ".join(text.split())
            assert "What to look for" in text

    def test_what_is_shown_of_an_example_is_what_its_file_holds(self, qtbot, dialog):
        dialog.gallery.examples.choose("xor-2-2-1")
        page = dialog.gallery.page.words
        qtbot.waitUntil(lambda: "network 2" in page.toPlainText())
        assert "4 samples, 2 inputs · network 2-2-1 · SGD" in page.toPlainText()


class TestPictures:
    def test_regions_are_those_of_the_network_at_the_end_of_its_run(self):
        region = last_of("xor-2-2-1").region
        points = load_example("xor-2-2-1").data.inputs
        cells = ((points - region.low) / (region.high - region.low) * SIDE).astype(int)
        found = [region.outputs[row, column, 0] > 0.5 for column, row in cells.tolist()]
        assert found == [False, True, True, False]

    def test_a_sample_and_its_side_of_the_line_have_the_same_colour(self, qapp):
        theme = THEMES["light"]
        image = QImage(200, 200, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        paint_samples(painter, QRectF(0, 0, 200, 200), last_of("or-gate"), theme)
        painter.end()
        upper_right, lower_left = image.pixelColor(195, 5), image.pixelColor(5, 195)
        # Blue is the colour of 1, orange that of 0.
        assert upper_right.blue() > upper_right.red()
        assert lower_left.red() > lower_left.blue()

    @pytest.mark.parametrize("example", EXAMPLES)
    def test_the_network_of_every_example_is_drawn(self, qapp, example):
        """Also two networks, of which one hands its numbers on without weights."""
        image = QImage(300, 200, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        paint_network(painter, QRectF(0, 0, 300, 200), load_example(example), THEMES["light"])
        painter.end()
        empty = QImage(image.size(), image.format())
        empty.fill(Qt.GlobalColor.white)
        assert image != empty

    def test_several_values_at_a_point_are_no_picture(self):
        assert last_of("backprop-2-2-2").region.outputs is None

    def test_of_what_goes_wrong_the_loss_is_drawn_as_far_as_it_goes(self):
        losses = last_of("exploding-start").losses
        assert not np.isfinite(losses[-1])
        assert is_logarithmic(losses)
        standing = last_of("vanishing-gradient").losses
        assert np.std(standing) < 0.1
        assert not is_logarithmic(standing)

    def test_solving_leaves_the_file_and_the_document_alone(self):
        before = load_example("xor-2-2-1")
        solved = last_of("xor-2-2-1").document
        for old, new in zip(before.connections, solved.connections, strict=True):
            np.testing.assert_array_equal(old.weights, new.weights)


class TestTellingColumns:
    def test_columns_that_part_the_classes_come_before_noise(self):
        random = np.random.default_rng(0)
        labels = np.arange(60) % 2
        noise = random.standard_normal((60, 2))
        inputs = np.column_stack([noise, labels + 0.1 * noise[:, 0], 3 * labels + noise[:, 1]])
        table = Table(("a", "b", "c", "d"), ("y",), inputs, labels[:, np.newaxis])
        assert telling_columns(table) == (2, 3)

    def test_of_values_the_columns_that_go_with_them(self):
        x = np.random.default_rng(1).standard_normal((80, 3))
        values = -4 * x[:, 2] + x[:, 0]
        table = Table(("a", "b", "c"), ("y",), x, values[:, np.newaxis])
        assert telling_columns(table) == (2, 0)

    def test_a_constant_column_tells_nothing(self):
        table = Table(("a", "b"), ("y",), [[1, 0], [1, 1]], [[0], [1]])
        assert telling_columns(table) == (1, 0)
