"""Writing files: whole or not at all."""

import errno
import os
import stat

import pytest

from nnsim.core.files import reason_of, replacing
from nnsim.core.messages import Message, NnsimError
from nnsim.core.texts import one_line


def refusal(path):
    with pytest.raises(NnsimError) as error, replacing(path) as temporary:
        temporary.write_text("new")
    (message,) = error.value.messages
    assert message.code == "file.cannot_write"
    return message.params["reason"].code


def test_the_new_content_takes_the_place_of_the_old(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with replacing(path) as temporary:
        temporary.write_text("new")
        assert path.read_text() == "old"
        assert temporary.suffix == ".txt"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_when_writing_fails_the_old_file_is_whole_and_nothing_is_left(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def interrupted():
        with replacing(path) as temporary:
            temporary.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        interrupted()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_folder_and_a_folder_in_the_way_are_named(tmp_path):
    assert refusal(tmp_path / "none" / "a.txt") == "reason.missing"
    assert refusal(tmp_path) == "reason.is_folder"
    (tmp_path / "file").touch()
    assert refusal(tmp_path / "file" / "a.txt") == "reason.not_folder"


@pytest.mark.skipif(not os.path.exists("/dev/null"), reason="no devices here")
def test_a_device_is_never_replaced():
    assert refusal("/dev/null") == "reason.not_a_file"
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


@pytest.mark.skipif(os.name == "nt", reason="links and permissions as on Unix")
class TestOnUnix:
    def test_a_link_is_followed(self, tmp_path):
        target = tmp_path / "target.txt"
        target.write_text("old")
        link = tmp_path / "link.txt"
        link.symlink_to(target)
        with replacing(link) as temporary:
            temporary.write_text("new")
        assert link.is_symlink()
        assert target.read_text() == "new"

    def test_links_in_a_circle_are_refused(self, tmp_path):
        (tmp_path / "a").symlink_to(tmp_path / "b")
        (tmp_path / "b").symlink_to(tmp_path / "a")
        assert refusal(tmp_path / "a") == "reason.other"

    def test_permissions_stay_and_a_new_file_has_the_usual_ones(self, tmp_path):
        path = tmp_path / "a.txt"
        before = os.umask(0o027)
        try:
            for expected in (0o640, 0o600):
                with replacing(path) as temporary:
                    temporary.write_text("x")
                assert stat.S_IMODE(path.stat().st_mode) == expected
                path.chmod(0o600)
        finally:
            os.umask(before)


def test_reasons_the_catalogue_knows_and_others():
    assert reason_of(OSError(errno.ENOSPC, "x")) == Message("reason.disk_full")
    assert reason_of(OSError(errno.EIO, "broken")) == Message("reason.other", {"text": "broken"})


def test_text_from_outside_is_shown_in_one_line_without_control_characters():
    assert one_line("a\n b\x1b[31m\tc") == "a b [31m c"
