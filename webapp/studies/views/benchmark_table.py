"""The page /docs/benchmark: the table that comes with the product, its report and files, and a search run on it."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from engine.config.algorithms import ALGORITHMS, BUILT_IN
from engine.config.search import SearchConfig
from engine.tabular import shipped
from engine.tabular.columns import Source, columns
from engine.tabular.pictures import map_svg, regret_svg

TABLE = "digits-125"
TITLE = "The benchmark table"
SOURCES: dict[Source, str] = {"validation": "validation results of training", "supernet": "a supernet’s estimates"}
FILES = {
    shipped.PARQUET: "application/vnd.apache.parquet",
    shipped.CROISSANT: "application/ld+json",
    shipped.CARD: "text/markdown; charset=utf-8",
    shipped.REPORT: "application/json",
}
PICTURES = ("map.svg", "regret-validation.svg", "regret-supernet.svg")
MOST_SEED = 2**31 - 1
NAMES = {name: ALGORITHMS[name].title for name in BUILT_IN}


@require_safe
def benchmark(request: HttpRequest) -> HttpResponse:
    """The page; with `algorithm`, `source` and `seed` in the query, a search is run on the table and shown."""
    report = _report()
    asked = {"algorithm": "evolution", "source": "validation", "seed": "0"} | request.GET.dict()
    run, problem = _run(asked) if report is not None and "algorithm" in request.GET else (None, "")
    context = {
        "title": TITLE, "table": TABLE, "report": report, "files": FILES, "algorithms": NAMES, "sources": SOURCES,
        "asked": asked, "run": run, "problem": problem, **({} if report is None else _facts(report)),
    }  # fmt: skip
    return render(request, "docs/benchmark.html", context)


@require_safe
def benchmark_file(request: HttpRequest, name: str) -> HttpResponse:
    """A picture of the report, or one of the table's files."""
    report = _report()
    if report is None or name not in (*FILES, *PICTURES):
        raise Http404
    if name in PICTURES:
        picture = map_svg(report) if name == "map.svg" else regret_svg(report, name[len("regret-") : -len(".svg")])
        return HttpResponse(picture, content_type="image/svg+xml")
    content = (shipped.folder_of(TABLE) / name).read_bytes()
    headers = {"Content-Disposition": f'attachment; filename="{TABLE}-{name}"'}
    return HttpResponse(content, content_type=FILES[name], headers=headers)


def _report() -> dict[str, Any] | None:
    return shipped.report(TABLE) if TABLE in shipped.names() else None


def _facts(report: dict[str, Any]) -> dict[str, Any]:
    """What the page's tables show, beside the report itself."""
    rows = [
        {
            "source": SOURCES[source],
            "name": NAMES[name],
            "evaluations": round(each["evaluations"]),
            "final": {key: curve[-1] for key, curve in each["regret"].items()},
            "middle": each["missed"]["median_run"],
        }
        for source, searches in report["searches"].items()
        for name, each in searches.items()
    ]
    evolution = report["searches"]["validation"]["evolution"]
    shares = {each["genome"]: each for each in evolution["missed"]["front"]}
    front = [
        each | {key: round(100 * shares[each["genome"]][key]) for key in ("evaluated", "kept")}
        for each in report["front"]
    ]
    agreement = [
        each | {"seed": "mean" if each["of_seed"] is None else each["of_seed"]} for each in report["agreement"]
    ]
    return {
        "searches": rows, "front": front, "agreement": agreement, "missed": evolution["missed"],
        "repetitions": evolution["repetitions"], "columns": columns(report["layers"]), "size": _size(),
    }  # fmt: skip


def _size() -> int:
    return (shipped.folder_of(TABLE) / shipped.PARQUET).stat().st_size


@cache
def _table() -> Any:
    """The table, read at the first request that needs it: pyarrow is loaded then, not when the server starts."""
    return shipped.load(TABLE)


def _run(asked: dict[str, str]) -> tuple[dict[str, Any] | None, str]:
    """The run that is asked for, or what is wrong with the request."""
    from engine.tabular import regret

    seed = asked["seed"]
    if asked["algorithm"] not in NAMES or asked["source"] not in SOURCES:
        return None, f"algorithm must be one of {', '.join(NAMES)}, and source {' or '.join(SOURCES)}."
    if not (seed.isascii() and seed.isdigit() and len(seed) < 11 and int(seed) <= MOST_SEED):
        return None, f"seed must be a whole number from 0 to {MOST_SEED:,}."
    table = _table()
    search = SearchConfig.model_validate(table.study.search.model_dump() | {"algorithm": asked["algorithm"]})
    source: Source = "supernet" if asked["source"] == "supernet" else "validation"
    [run] = regret.repetitions(table, search, source, 1, int(seed))
    return {
        "winner": run.winner,
        "regret": float(run.regret[-1]),
        "rank": table.rank(run.winner),
        "guide_seed": run.guide_seed,
        "evaluations": len(run.candidates),
        "found": sum(genome in {c.architecture for c in run.candidates} for genome in table.front()),
        "front": len(table.front()),
        "candidates": [
            {"number": c.id + 1, "genome": c.architecture, "origin": c.origin, "accuracy": c.accuracy,
             "spikes": c.spikes, "fitness": c.fitness, "regret": regret_after}
            for c, regret_after in zip(run.candidates, run.regret.tolist(), strict=True)
        ],
    }, ""  # fmt: skip
