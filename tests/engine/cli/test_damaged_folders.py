"""Whatever happens to a file of a run's folder: every command ends as it should, or says what is wrong with which file.

`run` ends with the events and the package of the undisturbed run, or refuses. Nothing hangs, nothing is a traceback.
"""

from __future__ import annotations

import shutil

import pytest

from tests.engine.cli.damage import DAMAGES, Ended, command, contents, files_of

CHECKPOINT = "checkpoints/{}.safetensors"
PAUSED = ["control.json", "events.jsonl", "head.json", "run.lock", "study.json", "supernet-0000.safetensors"]
PAUSED += ["checkpoints/head.json", *(CHECKPOINT.format(f"0000-00000{n}") for n in (2, 3, 4))]
FILES = ("README.md", "SHA256SUMS", "config.json", "model.py", "model.safetensors", "samples.safetensors")
RESULT = [f"result/{name}" for name in FILES]
FINISHED = [name for name in PAUSED if not name.startswith("checkpoints/0000")] + RESULT
FINISHED += [CHECKPOINT.format(f"0000-00000{n}") for n in (6, 7, 8)]
FOLDERS = {"paused": PAUSED, "finished": FINISHED}
"""The files of each folder. The paused one has evaluated its first generation."""
INSTEAD = ["a folder", "a named pipe", "a link to nothing", "an endless device"]
UNREAD = ["control.json", "run.lock"]
"""Files that may hold anything."""
CASES = [
    (folder, name, damage)
    for folder, names in FOLDERS.items()
    for name in names
    for damage in (INSTEAD if name in UNREAD else DAMAGES)
]


@pytest.fixture
def damaged(made, tmp_path, request):
    """(the damaged folder, the damaged file) of a case."""
    folder, name, damage = request.param
    shutil.copytree(made / folder, tmp_path / "w")
    DAMAGES[damage](tmp_path / "w" / name, made / f"{folder} other" / name)
    return tmp_path / "w", tmp_path / "w" / name


every_case = pytest.mark.parametrize("damaged", CASES, indirect=True, ids=[", ".join(case) for case in CASES])


def test_the_finished_folder_is_one(made):
    told = command("run", made / "study.json", "--workdir", made / "finished").told
    assert told.startswith(f"{made / 'finished'}: already finished, see {made / 'finished' / 'result'}\n")


def assert_told(ended: Ended) -> None:
    """A refusal is one line, the last one; nothing else is told as an error."""
    assert ended.status in (0, 2)
    lines = ended.told.splitlines()
    assert [line.startswith("error: ") for line in lines if "rror" in line] == [True] * (ended.status == 2)
    assert ended.status == 0 or lines[-1].startswith("error: ")


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_cases_name_every_file(made, folder):
    assert files_of(made / folder) == sorted(FOLDERS[folder])


@every_case
def test_a_run_ends_as_the_undisturbed_one_or_refuses_the_file_by_name(made, damaged):
    folder, file = damaged
    ended = command("run", made / "study.json", "--workdir", folder)
    assert_told(ended)
    if ended.status == 0:
        assert contents(folder) == contents(made / "finished")
    else:
        assert file.name in ended.told.splitlines()[-1]


@every_case
def test_commands_that_load_no_torch_answer_or_refuse(damaged, tmp_path):
    folder, _ = damaged
    for arguments in (
        ("figures", folder, "--out", tmp_path / "kit"),
        ("directions", folder),
        ("fork", folder, "--generation", 1, "--to", tmp_path / "fork"),
        ("stop", folder),
    ):
        assert_told(command(*arguments))
    refused = command("pause", folder)
    assert_told(refused)
    assert refused.status == 2
    assert (tmp_path / "fork").exists() == (tmp_path / "fork" / "head.json").exists()
    assert not list(tmp_path.glob(".*"))


OF_A_PACKAGE = [case for case in CASES if case[1].startswith("result/")]


@pytest.mark.parametrize("damaged", OF_A_PACKAGE, indirect=True, ids=[", ".join(case) for case in OF_A_PACKAGE])
def test_a_package_that_is_not_whole_is_refused_by_every_command(damaged):
    folder, file = damaged
    for command_name in ("show", "evaluate", "energy"):
        ended = command(command_name, folder / "result")
        assert_told(ended)
        assert ended.status == 2
        assert file.name in ended.told or "SHA256SUMS" in ended.told
    ended = command("inspect", folder, "--architecture", "C3-C3", "--weights", "retrained")
    assert_told(ended)


OF_A_SEARCH = [
    case for case in CASES if case[0] == "paused" and case[1].startswith(("check", "study", "super", "head"))
]


@pytest.mark.parametrize("damaged", OF_A_SEARCH, indirect=True, ids=[", ".join(case) for case in OF_A_SEARCH])
def test_an_inspection_answers_as_ever_or_refuses(damaged, made):
    folder, _ = damaged
    ask = ("--architecture", "C3-R3")
    ended, undisturbed = (command("inspect", place, *ask) for place in (folder, made / "paused"))
    assert_told(ended)
    assert ended.status == 2 or ended.printed == undisturbed.printed
