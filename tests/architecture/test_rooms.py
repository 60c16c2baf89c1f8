"""Rules of rooms: dependencies point one way, and the web process never loads torch."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.drawing import TOPS, drawing, rooms_of
from tests.architecture.imports import REPOSITORY, files_of, module_names

WEB = {"django", "celery", "channels", "webapp", "uvicorn"}
ORDER = {
    "engine": (
        "__main__ cli sweep inspection study run result exchange export proxies evaluation training cost tabular "
        "linked sinks rows figures describe analysis backends parts metrics data search model process config zoo space "
        "neurons blocks events storage seeds schema errors"
    ),
    "webapp": (
        "urls asgi paper compare exports inspections monitoring studies datasets demo launch settings celery accounts "
        "workers broker http logs clock environment"
    ),
    "frontend": "architecture compare study configurator replay studies charts datasets paper admin domain wire lib",
}
"""From top to bottom: a room imports only rooms that stand behind it. A new room is put where it belongs."""

TORCH_FREE = [
    *("analysis", "blocks", "cli", "config", "cost", "data/events", "data/files", "data/readers", "errors", "events"),
    *("describe", "figures", "linked", "metrics", "neurons", "parts", "rows", "schema", "search", "seeds", "space"),
    *("sinks", "sweep", "tabular", "zoo"),
]
"""Rooms of the engine that load no torch: what reads, checks, describes and plans."""
TORCH_FREE_FILES = [
    *("backends/cpu/build", "data/preview/check", "data/preview/preview", "export/document", "export/members"),
    *("exchange/formats", "exchange/nir_verdict", "exchange/report", "inspection/decision", "inspection/request"),
    *("process/malloc", "process/openmp", "run/control", "run/extension", "run/fork", "run/rescoring"),
    *("run/resource_errors", "run/state", "storage/atomic", "storage/committed", "storage/files", "storage/head"),
    "training/totals",
]
"""Files of rooms that do load it."""


def name_of(room: str) -> str:
    return room.removesuffix(".py").removesuffix(".js")


@pytest.mark.parametrize("top", TOPS)
def test_every_room_has_its_place(top):
    assert sorted(name_of(room) for room in rooms_of(top)[0]) == sorted(ORDER[top].split())


@pytest.mark.parametrize("top", TOPS)
def test_a_room_imports_only_what_stands_below_it(top):
    place = {room: i for i, room in enumerate(ORDER[top].split())}
    up = [f"{a} imports {b}" for a, b in rooms_of(top)[1] if place[name_of(a)] > place[name_of(b)]]
    assert up == []


def test_a_network_does_not_know_the_back_ends_that_run_it():
    used = {b for a, b in rooms_of("engine")[1] if a == "model"}
    assert not used & {"backends", "training", "evaluation", "run"}


def test_the_engine_knows_nothing_of_the_web():
    found = {
        (file, name.split(".")[0])
        for file in files_of("engine")
        for name in module_names(REPOSITORY / file)
        if name.split(".")[0] in WEB
    }
    assert found == set()


def tops_imported(top: str) -> set[str]:
    """What the files of a top-level folder import, by its first name."""
    return {name.split(".")[0] for file in files_of(top) for name in module_names(REPOSITORY / file)}


def test_the_library_stands_on_the_engine_and_nothing_stands_on_it():
    """frontend → wire format ← webapp → engine ← autosnn."""
    assert "engine" in tops_imported("autosnn")
    assert not tops_imported("autosnn") & WEB
    assert not {"autosnn", "webapp"} & tops_imported("engine")
    assert "autosnn" not in tops_imported("webapp")


def test_importing_the_library_loads_neither_torch_nor_pandas_nor_plotly():
    asked = "import autosnn, sys; print({'torch', 'pandas', 'plotly', 'pyarrow'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, cwd=REPOSITORY, check=True)
    assert done.stdout == "set()\n"


def modules_of(room: str) -> list[str]:
    """The modules of a room or file below engine/."""
    files = [f for f in files_of("engine") if f == f"engine/{room}.py" or f.startswith(f"engine/{room}/")]
    return [file.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for file in files]


FREE_MODULES = {module for room in [*TORCH_FREE, *TORCH_FREE_FILES] for module in modules_of(room)}


def modules_imported(file: str) -> set[str]:
    """The engine's modules in a file's imports; `engine.seeds.derive` is one of `engine.seeds`."""
    known = set(files_of("engine"))
    names = {name for name in module_names(REPOSITORY / file) if name.split(".")[0] == "engine"}
    return {n if f"{n.replace('.', '/')}.py" in known else n.rpartition(".")[0] for n in names}


def test_the_web_application_imports_only_torch_free_rooms_of_the_engine():
    """Torch is loaded in the body of a task alone, through `engine.study` and the like."""
    found = {file: modules_imported(file) - FREE_MODULES for file in files_of("webapp")}
    assert {file for file, names in found.items() if names} == {"webapp/studies/tasks.py"}
    assert [f for f in files_of("webapp") if "torch" in {n.split(".")[0] for n in module_names(REPOSITORY / f)}] == []


WATCH = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "webapp.settings"
for line in sys.stdin:
    exec(line)
    if "torch" in sys.modules:
        sys.exit(line)
"""


def loads_torch(*statements: str) -> str:
    """The first of these statements that loads torch in a process of its own; "" where none does."""
    lines = "\n".join(statements)
    done = subprocess.run([sys.executable, "-c", WATCH], input=lines, capture_output=True, text=True, cwd=REPOSITORY)
    assert "Traceback" not in done.stderr, done.stderr
    return done.stderr.strip() if done.returncode else ""


def test_a_torch_free_room_loads_no_torch():
    assert loads_torch(*(f"import {module}" for module in sorted(FREE_MODULES))) == ""


def test_the_rule_finds_torch_where_it_is():
    assert loads_torch("import engine.errors", "import engine.model.network") == "import engine.model.network"


def test_the_web_process_loads_no_torch():
    assert loads_torch("import webapp.asgi") == ""


def test_the_worker_s_main_process_loads_no_torch():
    assert loads_torch("import webapp.celery as c; c.app.loader.import_default_modules()") == ""


@pytest.mark.parametrize("file", files_of("frontend"))
def test_the_browser_imports_only_its_own_modules(file):
    text = (REPOSITORY / file).read_text()
    for source in re.findall(r'(?:from|import) "([^"]+)"', text):
        assert source.startswith(("./", "../"))
    assert not re.search(r"https?://", text.replace("http://www.w3.org/2000/svg", ""))


DANGEROUS = re.compile(
    r"torch\.load(?!\(path, weights_only=True\))|pickle\.loads?\(|weights_only=False|(?<![.\w])(?:eval|exec)\("
    r"|shell=True|extractall"
)


@pytest.mark.parametrize("file", [*files_of("autosnn"), *files_of("engine"), *files_of("webapp")])
def test_nothing_runs_or_unpacks_what_a_user_sent(file):
    assert not DANGEROUS.search((REPOSITORY / file).read_text())


LOOSE = {
    "engine": {"__init__.py", "__main__.py", "errors.py", "events.py", "result.py", "seeds.py", "study.py"},
    "webapp": {
        "__init__.py",
        "asgi.py",
        "celery.py",
        "clock.py",
        "environment.py",
        "logs.py",
        "settings.py",
        "urls.py",
    },
    "frontend": set(),
}


@pytest.mark.parametrize("top", TOPS)
def test_a_new_file_lies_in_a_room(top):
    assert {Path(file).name for file in files_of(top) if file.count("/") == 1} == LOOSE[top]


@pytest.mark.parametrize("top", TOPS)
def test_the_drawing_shows_the_rooms_as_they_are(top):
    """`python -m tests.architecture` draws them anew."""
    assert (REPOSITORY / "docs" / f"rooms-{top}.svg").read_text() == drawing(top)
