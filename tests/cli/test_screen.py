"""Whether there is a screen, before Qt would abort for want of one."""

import socket
import sys

import pytest

from nnsim.cli.screen import has_screen

pytestmark = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="always a screen here")


def test_nothing_set_is_no_screen():
    assert not has_screen({})


def test_a_platform_that_needs_no_server():
    assert has_screen({"QT_QPA_PLATFORM": "offscreen"})
    assert not has_screen({"QT_QPA_PLATFORM": "xcb"})


def test_a_display_that_nobody_serves_is_no_screen():
    assert not has_screen({"DISPLAY": ":4711"})
    assert not has_screen({"DISPLAY": ":4711.0"})
    assert not has_screen({"WAYLAND_DISPLAY": "wayland-9", "XDG_RUNTIME_DIR": "/nowhere"})


def test_a_display_on_another_machine_is_left_to_qt():
    assert has_screen({"DISPLAY": "host:10.0"})


def test_a_wayland_socket(tmp_path):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "wayland-0"))
        place = {"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": str(tmp_path)}
        assert has_screen(place)


@pytest.mark.skipif(sys.platform != "linux", reason="nameless sockets are Linux's")
def test_an_x_server_on_a_nameless_socket():
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("\0/tmp/.X11-unix/X4712")
        server.listen()
        assert has_screen({"DISPLAY": ":4712"})
