"""What tests of data share."""

import pytest

from nnsim.core.messages import NnsimError


def refusals(function, *arguments, **options):
    """The messages a call is refused with, as (code, parameters)."""
    with pytest.raises(NnsimError) as caught:
        function(*arguments, **options)
    return [(message.code, dict(message.params)) for message in caught.value.messages]


def refusal(function, *arguments, **options):
    """The code of the single message a call is refused with."""
    ((code, _),) = refusals(function, *arguments, **options)
    return code
