"""What tests of data share."""

import pytest

from nnsim.core.messages import NnsimError
from nnsim.data.roles import Role, dataset_of
from nnsim.data.sheets import read_sheet


def refusals(function, *arguments, **options):
    """The messages a call is refused with, as (code, parameters)."""
    with pytest.raises(NnsimError) as caught:
        function(*arguments, **options)
    return [(message.code, dict(message.params)) for message in caught.value.messages]


def refusal(function, *arguments, **options):
    """The code of the single message a call is refused with."""
    ((code, _),) = refusals(function, *arguments, **options)
    return code


def read_table(path, targets):
    """A table file whose last columns are targets and all others inputs."""
    sheet = read_sheet(path)
    inputs = max(len(sheet.names) - targets, 0)
    roles = (Role.INPUT,) * inputs + (Role.TARGET,) * (len(sheet.names) - inputs)
    return dataset_of(sheet, roles).as_table()
