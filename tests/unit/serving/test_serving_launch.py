"""What is refused before a server starts, and what the apps learn of how it was started."""

import logging
import os
import socket
from pathlib import Path

import pytest

from workbench.serving import context, launch, process
from workbench.values import UsageError


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"ip": "0.0.0.0"}, "allow_network=True"),
        ({"token": "short"}, "token is too short"),
        ({"roots": [Path("/nowhere")]}, "not a folder"),
        ({"user_header": "X-User"}, "secret"),
        ({"base_url": "/a/../b"}, "path"),
        ({}, "no dashboard"),
    ],
)
def test_what_cannot_be_served_is_refused_in_one_sentence(tmp_path, options, sentence):
    with pytest.raises(UsageError, match=sentence):
        launch.start(tmp_path, **options)


def test_a_root_that_would_be_read_as_two_is_refused(tmp_path):
    odd = tmp_path / f"a{os.pathsep}b"
    odd.mkdir()
    with pytest.raises(UsageError, match="cannot be browsed"):
        launch.start(tmp_path, roots=[odd])


def test_a_taken_port_is_named(tmp_path):
    (tmp_path / "a.ipynb").write_text("{}")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(UsageError, match=f"Port {port} is taken"):
            launch.start(tmp_path, port=port)


def test_the_private_folder_is_private_and_its_sockets_fit(tmp_path, monkeypatch):
    deep = tmp_path / ("d" * 60)
    deep.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    folder = process.private_folder()
    assert Path(folder.name).stat().st_mode & 0o077 == 0
    assert len(f"{folder.name}/voila_12345678/kernel-{'0' * 36}-ipc-5") < 104
    folder.cleanup()


@pytest.mark.parametrize("case", [None, Path("/cases/one")])
def test_the_apps_read_what_the_server_was_started_with(case):
    told = context.variables(case, (Path("/a"), Path("/b c")), "clerk")
    assert context.context(told) == context.Context(case, (Path("/a"), Path("/b c")), "clerk")


def test_outside_of_a_server_there_is_no_case_and_home_is_the_root():
    alone = context.context({})
    assert (alone.case, alone.roots) == (None, (Path.home(),))
    assert alone.user == context.account()
    assert context.context({"JUPYTERHUB_USER": "clerk"}).user == "clerk"


def test_the_log_is_written_once_and_for_its_owner_alone(tmp_path):
    folder = tmp_path / "logs"
    logger = logging.getLogger("workbench")
    before = list(logger.handlers)
    try:
        target = context.start_log(folder)
        assert context.start_log(folder) == target
        assert len(logger.handlers) == len(before) + 1
        logging.getLogger("workbench.somewhere").error("it broke")
        assert target.read_text().count("it broke") == 1
        assert target.stat().st_mode & 0o077 == 0 and folder.stat().st_mode & 0o077 == 0
    finally:
        for handler in set(logger.handlers) - set(before):
            handler.close()
            logger.removeHandler(handler)
