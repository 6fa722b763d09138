"""Preferences of their own for the tests of plots."""

import pytest

from tests.support.plots import preferences_in


@pytest.fixture
def preferences(qapp, tmp_path):
    return preferences_in(tmp_path)
