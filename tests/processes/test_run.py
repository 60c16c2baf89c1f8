"""bin/run: starts everything, says where, keeps it alive, stops it all, and says in a sentence why it cannot."""

import os
import signal
import socket
import stat
import subprocess
import urllib.error
import urllib.request
from http.cookiejar import CookieJar

import pytest

from tests.processes.studio import REPOSITORY, Studio, environment, studio
from tests.servers import free_port

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with studio(tmp_path_factory.mktemp("studio") / "var") as found:
        yield found


def browser():
    return urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))


def test_it_prints_the_address_and_everything_is_alive(running):
    assert running.url in running.printed()
    assert running.health() == (200, {"web": "ok", "database": "ok", "broker": "ok", "worker": "ok"})


def test_secrets_are_for_their_owner_alone(running):
    files = [path for path in (running.var / "secrets").rglob("*") if path.is_file()]
    assert files
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_the_sign_in_link_works_once(running):
    with browser().open(running.link) as answer:
        assert b"No study yet" in answer.read()
    with pytest.raises(urllib.error.HTTPError) as refused:
        browser().open(running.link)
    assert refused.value.code == 410


def test_a_killed_worker_comes_back(running):
    before = running.worker_pids()
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    running.wait_said("worker is started again")
    running.wait_health(200)
    assert running.worker_pids()
    assert not set(before) & set(running.worker_pids())


def refusal(*arguments, **changes):
    done = subprocess.run(
        [REPOSITORY / "bin" / "run", *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**environment(), **changes},
        timeout=60,
    )
    assert done.returncode != 0
    return done.stderr.strip()


def test_a_taken_port_is_one_sentence(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = refusal("--port", port, "--var", tmp_path / "var")
    assert said == f"error: port {port} is taken: choose another, as in bin/run --port {port + 1}"


def test_a_state_folder_in_use_is_one_sentence(running):
    said = refusal("--port", free_port(), "--var", running.var)
    assert said.startswith(f"error: --var {running.var} is in use by another AutoSNN Studio (process ")
    assert "\n" not in said


def test_a_state_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    said = refusal("--port", "8999", "--var", tmp_path / "file" / "var")
    assert said.startswith(f"error: --var {tmp_path / 'file' / 'var'} cannot be written: ")
    assert "\n" not in said


def test_an_old_python_is_one_sentence(tmp_path):
    for name in ("python3", "python", "python3.11", "python3.12", "python3.13"):
        shim = tmp_path / name
        shim.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2 && exit 0\nexit 1\n')
        shim.chmod(0o755)
    said = refusal(PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert said.startswith("error: Python 3.11 or newer is needed, and none was found (Python 3.9.2)")
    assert "\n" not in said


def test_two_live_side_by_side_and_sigterm_leaves_nothing_behind(running, tmp_path, capsys):
    var = tmp_path / "var"
    with studio(var) as second:
        assert second.health()[0] == running.health()[0] == 200
        pids = second.pids()
        assert len(pids) >= 4, "launcher, broker, web server, worker"
        assert second.stop() == 0
        assert second.pids() == []
    again = Studio(var, port=second.port)
    seconds = again.wait_ready()
    again.process.send_signal(signal.SIGINT)
    assert again.process.wait(40) == 0
    with capsys.disabled():
        print(f"\nsecond start: serving after {seconds:.1f} s")


def test_when_the_launcher_is_killed_its_children_end(tmp_path):
    with studio(tmp_path / "var") as doomed:
        doomed.process.kill()
        doomed.process.wait()
        for pid in doomed.pids():
            _wait_gone(pid)
        assert doomed.pids() == []


def _wait_gone(pid):
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    import select

    assert select.select([descriptor], [], [], 30)[0], f"process {pid} outlived the launcher"
    os.close(descriptor)
