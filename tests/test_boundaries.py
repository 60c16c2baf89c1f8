"""Dependencies point one way: frontend → wire format ← webapp → engine; and the web process never loads torch."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
ENGINE = sorted((REPOSITORY / "engine").rglob("*.py"))
WEBAPP = sorted((REPOSITORY / "webapp").rglob("*.py"))
WEB = {"django", "celery", "channels", "webapp", "uvicorn"}
TORCH_FREE = [
    "cli.run_lock",
    "analysis.plan",
    "analysis.report",
    "storage.atomic",
    "config.catalog",
    "config.analysis",
    "config.data",
    "config.network",
    "config.parse",
    "config.recipe",
    "config.runtime",
    "config.search",
    "config.study",
    "run.control",
    "data.readers.cifar10",
    "data.readers.digits",
    "data.files.download",
    "data.events.event_set",
    "data.files.file_trees",
    "data.files.names",
    "data.events.frames",
    "data.images",
    "data.preview.check",
    "data.preview.preview",
    "data.readers.registry",
    "data.readers.recognition",
    "data.readers.formats",
    "data.splits",
    "data.files.tree",
    "analysis.findings",
    "metrics.distributions",
    "metrics.energy",
    "cost.time",
    "errors",
    "frozen",
    "cost.estimate",
    "backends.cpu.build",
    "cost.memory",
    "events",
    "figures.citations",
    "figures.front",
    "figures.genome",
    "figures.kit",
    "figures.method",
    "figures.picture",
    "figures.record",
    "figures.tables",
    "figures.text",
    "run.fork",
    "inspection.decision",
    "inspection.request",
    "cli.journal",
    "export.nir",
    "process.openmp",
    "metrics.pareto",
    "config.presets",
    "config.presets_analysis",
    "analysis.published",
    "metrics.rank_correlation",
    "analysis.seeds",
    "search.path_sampling",
    "search",
    "search.build",
    "search.interface",
    "search.nsga2",
    "seeds",
    "space.shapes",
    "space.architecture",
    "space.candidates",
    "blocks.family",
    "blocks.registry",
    "neurons.registry",
    "registered",
    "space.macro",
    "cost.space_statistics",
    "metrics.spike_map",
    "run.state",
    "cost.combination_sums",
    "run.resource_errors",
    "config.messages",
    "zoo.listing",
    "zoo.plans",
    "zoo.registry",
    "zoo.shapes",
]
WEB_MAY_IMPORT = {f"engine.{name}" for name in TORCH_FREE}


def imports(path: Path, top_level_only: bool = False) -> set[str]:
    tree = ast.parse(path.read_text())
    nodes = tree.body if top_level_only else ast.walk(tree)
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("path", ENGINE, ids=lambda p: str(p.relative_to(REPOSITORY)))
def test_the_engine_knows_nothing_of_the_web(path):
    assert not {name.split(".")[0] for name in imports(path)} & WEB


@pytest.mark.parametrize("path", WEBAPP, ids=lambda p: str(p.relative_to(REPOSITORY)))
def test_the_web_application_imports_only_torch_free_parts_of_the_engine(path):
    names = {name for name in imports(path, top_level_only=True) if name.split(".")[0] == "engine"}
    assert names <= WEB_MAY_IMPORT
    assert "torch" not in {name.split(".")[0] for name in imports(path)}


def loads_torch(statement: str) -> bool:
    code = f"import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'webapp.settings'\n{statement}\nimport sys\n"
    done = subprocess.run(
        [sys.executable, "-c", code + "print('torch' in sys.modules)"], capture_output=True, text=True, cwd=REPOSITORY
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().endswith("True")


@pytest.mark.parametrize("module", TORCH_FREE)
def test_torch_free_modules_load_no_torch(module):
    assert not loads_torch(f"import engine.{module}")


def test_the_web_process_loads_no_torch():
    assert not loads_torch("import webapp.asgi")


def test_the_worker_s_main_process_loads_no_torch():
    assert not loads_torch("import webapp.celery as c; c.app.loader.import_default_modules()")


@pytest.mark.parametrize("path", sorted((REPOSITORY / "frontend").rglob("*.js")), ids=lambda p: p.name)
def test_the_browser_imports_only_its_own_modules(path):
    for source in re.findall(r'(?:from|import) "([^"]+)"', path.read_text()):
        assert source.startswith(("./", "../"))
    assert not re.search(r"https?://", path.read_text().replace("http://www.w3.org/2000/svg", ""))


DANGEROUS = re.compile(
    r"torch\.load|pickle\.loads?\(|weights_only=False|(?<![.\w])(?:eval|exec)\(|shell=True|extractall"
)


@pytest.mark.parametrize("path", [*ENGINE, *WEBAPP], ids=lambda p: str(p.relative_to(REPOSITORY)))
def test_nothing_runs_or_unpacks_what_a_user_sent(path):
    assert not DANGEROUS.search(path.read_text())
