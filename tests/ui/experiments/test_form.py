"""The form: what it asks for each kind, its defaults, and what it cannot read."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from nnsim.core.messages import NnsimError
from nnsim.core.randoms import generator
from nnsim.data.sets import make_data_set
from nnsim.data.splitting import Order
from nnsim.document.model import Document
from nnsim.document.templates import perceptron
from nnsim.language import LOCALES
from nnsim.session.experiments.request import KINDS, Choices, perform
from nnsim.ui.experiments.editors import PROJECT
from nnsim.ui.experiments.window import ExperimentsWindow


def visible(window):
    form = window.form
    return {name for name, editor in form._editors.items() if not editor.isHidden()}


class TestATarget:
    """People tell accuracy in percent as they read it; a share is for programs."""

    def target(self, window, typed):
        window.form.kind_choice.choose("race")
        window.form.editor("target").setText(typed)
        return window.form.request(Document(), "own").choices.target

    def label(self, window):
        return window.form._labels["target"].text()

    def test_of_classes_is_an_accuracy_in_percent(self, window):
        assert self.target(window, "92,5") == 0.925
        assert self.label(window) == "Target accuracy, %"

    def test_of_values_is_an_r2_as_it_is(self, window):
        window.form.kind_choice.choose("race")
        window.form.editor("data").choose("diabetes")
        assert self.target(window, "0.4") == 0.4
        assert self.label(window) == "Target R²"

    def test_of_the_open_project_is_that_of_its_samples(self, window):
        values = make_data_set("plane", generator(0), count=60).as_table()
        for table, label in ((values, "Target R²"), (None, "Target accuracy, %")):
            table = table or make_data_set("iris", generator(0)).as_table()
            window.form.see_project(replace(perceptron((2, 3, 1)), data=table), can_run=True)
            window.form.kind_choice.choose("race")
            window.form.editor("data").choose(PROJECT)
            assert self.label(window) == label

    def test_no_target_stays_none_and_more_than_all_is_refused(self, window):
        assert self.target(window, "") is None
        with pytest.raises(NnsimError) as refused:
            self.target(window, "101")
        assert refused.value.messages[0].params["field"] == "Target accuracy, %"


class TestWhatIsAsked:
    def test_folds_only_of_folds(self, window):
        assert "folds" in visible(window)
        window.form.kind_choice.choose("race")
        assert "folds" not in visible(window)

    def test_the_statistical_one_draws_its_own_samples(self, window):
        window.form.kind_choice.choose("statistical")
        assert visible(window) == {
            *("degrees", "points", "deviation", "resamples"),
            *("seed", "processes"),
        }

    @pytest.mark.parametrize(
        ("against", "asked_for", "fixed"),
        [
            ("hidden_units", "hidden_units", None),
            ("epochs", "epochs_list", "epochs"),
            ("training_size", "training_size", "samples"),
        ],
    )
    def test_what_varies_is_not_asked_for_twice(self, window, against, asked_for, fixed):
        window.form.kind_choice.choose("bias-variance")
        window.form.editor("against").choose(against)
        shown = visible(window)
        lists = {"hidden_units", "epochs_list", "training_size"}
        assert shown & lists == {asked_for}
        assert fixed not in shown

    def test_where_units_vary_only_the_count_of_layers_is_left_to_ask(self, window):
        window.form.kind_choice.choose("bias-variance")
        for against, asked_for in (("hidden_units", "depth"), ("epochs", "hidden")):
            window.form.editor("against").choose(against)
            assert visible(window) & {"hidden", "depth"} == {asked_for}

    @pytest.mark.parametrize("varied", ["optimiser", "rate", "loss"])
    def test_a_race_asks_for_the_values_of_what_varies(self, window, varied):
        window.form.kind_choice.choose("race")
        window.form.editor("varied").choose(varied)
        shown = visible(window)
        assert {name for name in shown if name.startswith("race_")} == {f"race_{varied}"}
        assert varied not in shown


class TestTheOpenProject:
    """Its diagram is trained as it is drawn and set, unless a perceptron by layers is chosen."""

    SETTINGS = frozenset(
        ("hidden", "activation", "initialiser", "loss", "optimiser", "rate", "batch", "scaling")
    )

    def test_has_settings_of_its_own(self, window, asked):
        request = asked("kfold", PROJECT)
        assert not visible(window) & self.SETTINGS
        assert request.choices == Choices()

    def test_or_a_perceptron_by_layers_on_its_samples(self, window, asked):
        request = asked("kfold", PROJECT, network="layers")
        assert visible(window) >= self.SETTINGS
        assert request.choices.hidden == (8,)

    def test_units_vary_in_a_perceptron_alone(self, window, asked):
        asked("bias-variance", PROJECT, against="hidden_units")
        assert "network" not in visible(window)
        asked("bias-variance", PROJECT, against="epochs")
        assert "network" in visible(window)

    @pytest.mark.parametrize(
        ("locale", "words"), [("en", "early stopping"), ("es", "parada temprana")]
    )
    @pytest.mark.parametrize("kind", ["kfold", "race"])
    def test_its_own_ends_are_told_not_to_count(
        self, window, asked, preferences, kind, locale, words
    ):
        preferences.set_locale(locale)
        asked(kind, PROJECT)
        assert words in window.form._about.text()
        for data, network in ((PROJECT, "layers"), ("wine", "drawn")):
            asked(kind, data, network=network)
            assert words not in window.form._about.text()

    def test_a_set_has_no_diagram(self, window, asked):
        asked("kfold", "wine")
        assert "network" not in visible(window)


class TestDataToBeginWith:
    """The open project where it can run and has data to experiment on, until a person chooses."""

    @pytest.fixture
    def project(self, workspace):
        """``project(count)`` opens one with so many samples."""

        def project(count):
            table = make_data_set("circle", generator(1), count=count).as_table()
            workspace.open(perceptron((2, 3, 1), hidden="tanh", data=table))

        return project

    @pytest.fixture
    def data(self, window):
        return window.form.editor("data")

    def test_is_the_project(self, window, project, data):
        assert data.value == "wine"
        project(40)
        for kind in ("kfold", "bias-variance", "race"):
            window.form.kind_choice.choose(kind)
            assert data.value == PROJECT

    def test_also_of_a_window_that_opens_beside_it(self, qtbot, workspace, preferences, project):
        project(40)
        window = ExperimentsWindow(workspace, preferences)
        qtbot.addWidget(window)
        with qtbot.waitExposed(window):
            window.show()
        assert window.form.editor("data").value == PROJECT

    def test_is_a_set_beside_the_table_of_a_gate(self, project, data):
        project(40)
        project(16)
        assert data.value == "wine"

    def test_is_a_set_beside_a_project_that_cannot_run(self, workspace, project, data):
        project(40)
        workspace.open(Document(data=workspace.document.data))
        assert data.value == "wine"

    def test_the_form_is_never_cut_off_whatever_rows_it_has(
        self, qtbot, workspace, preferences, project
    ):
        """A diagram has settings of its own, so that few rows are there at first."""
        project(40)
        preferences.set_locale("es")
        window = ExperimentsWindow(workspace, preferences)
        qtbot.addWidget(window)
        window.resize(300, 600)
        with qtbot.waitExposed(window):
            window.show()
        few = window.form.minimumSizeHint().width()
        qtbot.waitUntil(lambda: window._scroll.minimumWidth() > few)
        window.form.kind_choice.choose("bias-variance")
        wanted = window.form.minimumSizeHint().width()
        assert wanted > few + 20
        qtbot.waitUntil(lambda: window._scroll.viewport().width() >= wanted, timeout=2000)

    def test_stays_as_a_person_chose_it(self, window, project, data):
        data.choose("moons")
        data.activated.emit(0)
        project(40)
        assert data.value == "moons"


class TestRequests:
    def test_what_is_left_empty_is_left_to_the_defaults(self, asked):
        request = asked("kfold", "wine")
        assert request.source.name == "wine"
        assert request.choices == Choices(activation="relu", optimiser="adam")

    def test_what_is_typed(self, asked):
        typed = {"folds": "3", "hidden": "16 8", "rate": "0,5", "order": Order.SHUFFLED}
        choices = asked("kfold", "wine", **typed).choices
        assert (choices.folds, choices.hidden, choices.rate) == (3, (16, 8), 0.5)
        assert choices.order is Order.SHUFFLED

    def test_no_hidden_layer_is_0(self, asked):
        assert asked("kfold", "wine", hidden="0").choices.hidden == ()

    @pytest.mark.parametrize(("typed", "layers"), [("", "4-2-3"), ("2", "4-2-2-3")])
    def test_so_many_layers_have_the_units_that_vary(self, asked, typed, layers, monkeypatch):
        trained = []
        monkeypatch.setattr(
            "nnsim.session.experiments.complexity.run_tasks",
            lambda work, lessons, *_: (
                trained.extend(each.network for each in lessons) or map(work, lessons)
            ),
        )
        given = {"hidden_units": "2", "epochs": "1", "repeats": "1", "depth": typed}
        perform(asked("bias-variance", "iris", **given))
        assert ["-".join(map(str, each.layers)) for each in trained] == [layers]

    def test_lists_with_commas_or_spaces(self, asked):
        assert asked("bias-variance", hidden_units="1,2, 4 8").choices.values == (1, 2, 4, 8)

    def test_rates_may_have_a_decimal_comma(self, asked):
        request = asked("race", varied="rate", race_rate="0,001 0,1")
        assert request.choices.values == (0.001, 0.1)

    def test_a_race_between_the_checked_ones(self, window, asked):
        picks = window.form.editor("race_optimiser")
        for row in range(picks.count()):
            picks.item(row).setCheckState(Qt.CheckState.Unchecked)
        picks.item(0).setCheckState(Qt.CheckState.Checked)
        assert asked("race", varied="optimiser").choices.values == ("sgd",)

    def test_the_open_project(self, asked, workspace):
        request = asked("kfold", PROJECT)
        assert request.source.document is workspace.document
        assert request.source.name == "mine"

    def test_data_that_suit_until_a_person_chooses(self, window, asked):
        assert asked("bias-variance").source.name == "digits"
        window.form.editor("data").choose("moons")
        window.form.editor("data").activated.emit(0)
        assert asked("race").source.name == "moons"

    @pytest.mark.parametrize(
        ("name", "typed"),
        [("folds", "1"), ("folds", "two"), ("rate", "0"), ("epochs", "1.5"), ("seed", "-1")],
    )
    def test_what_cannot_be_is_told_with_the_name_of_the_field(self, window, asked, name, typed):
        with pytest.raises(NnsimError) as caught:
            asked("kfold", "wine", **{name: typed})
        (message,) = caught.value.messages
        assert message.params["field"] == window._preferences.say(f"experiments.field.{name}")


@pytest.mark.parametrize("locale", LOCALES)
def test_every_field_has_a_name_in_both_languages(window, preferences, locale):
    preferences.set_locale(locale)
    for kind in KINDS:
        window.form.kind_choice.choose(kind)
        for name in visible(window):
            assert window.form.editor(name).accessibleName()
