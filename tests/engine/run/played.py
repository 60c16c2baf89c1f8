"""A study run to its end, or up to a moment of it."""

from engine.events import Commit, is_durable, to_wire
from engine.study import run


def play(config, workdir, control=None, until=lambda item: False, **options):
    """(durable events, commits) until the study ends or `until` says so; `until` may also change `control`."""
    events, commits = [], []
    for item in run(config, workdir, data_root=workdir, control=control, **options):
        if isinstance(item, Commit):
            commits.append(item)
        elif is_durable(item):
            events.append(to_wire(item))
        if until(item):
            break
    return events, commits


def more_generations(config, count=3):
    return config.model_copy(update={"search": config.search.model_copy(update={"generations": count})})
