"""What colours and words of the plane say."""

from nnsim.ui.bridge.calm_label import CalmLabel


def is_bluish(colour):
    return colour.blue() > colour.red() + 10


def is_orangish(colour):
    return colour.red() > colour.blue() + 10


def readout(panel):
    return panel.findChild(CalmLabel, "readout").text()
