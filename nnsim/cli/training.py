"""``nnsim train``: one training without a screen, told epoch by epoch."""

from __future__ import annotations

import argparse
from typing import Any

from nnsim.cli.projects import open_project
from nnsim.cli.reports import command_line, progress_told, write_report
from nnsim.session.experiments.request import Source
from nnsim.session.experiments.train import Until, train


def run(arguments: argparse.Namespace, locale: str) -> int:
    """Train the project and print or write its report; returns the exit status."""
    word = arguments.project
    document = open_project(word, locale)
    until = Until(arguments.epochs, arguments.target_loss, arguments.until_verdict)
    with progress_told() as tell:
        report = train(document, until, tell)
    settings: dict[str, Any] = {}
    if until.epochs is not None:
        settings["epochs"] = until.epochs
    if until.target_loss is not None:
        settings["target-loss"] = until.target_loss
    switches = ["--until-verdict"] if until.verdict else []
    origin = {
        "command": command_line("train", word, settings, *switches),
        "data": Source(word, document).origin(0, with_diagram=True),
        "settings": {**settings, "until-verdict": until.verdict},
    }
    write_report(report, origin, arguments, locale)
    return 0
