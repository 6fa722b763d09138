"""Templates of the pages nnsim writes: ``resources/export/*.j2``."""

from __future__ import annotations

import functools

import jinja2

from nnsim.core.resources import resource_path


def template(name: str) -> jinja2.Template:
    """The template of this name; HTML is escaped by it, other formats by who fills it."""
    return _environment().get_template(name)


@functools.cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(resource_path("export")),
        autoescape=jinja2.select_autoescape(["html.j2"], default=False),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        comment_start_string="{##",
        comment_end_string="##}",
    )
