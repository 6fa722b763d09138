"""Traces as they are printed."""

import io

from nnsim.document.edits import set_texts
from nnsim.export import (
    Extent,
    Options,
    printing,
)
from tests.support.documents import gate


def printed(document, format, **options):
    file = io.StringIO()
    extent = {k: options.pop(k) for k in ("iterations", "until_converged") if k in options}
    printing(document, file, format, Options(extent=Extent(**extent), **options))
    return file.getvalue()


def or_gate():
    return set_texts(gate(), title="OR")
