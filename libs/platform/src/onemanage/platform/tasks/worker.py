"""Starting a worker process: TaskIQ's own command line, with our receiver."""

import sys

from taskiq.cli.worker.args import WorkerArgs
from taskiq.cli.worker.run import run_worker as run_many
from taskiq.cli.worker.run import start_listen


def run_worker(broker: str, tasks: str, *, max_async_tasks: int) -> None:
    """Parse TaskIQ's worker options, and work until SIGTERM.

    ``broker`` names the factory as ``module:function``, ``tasks`` the module with the
    tasks. One worker runs in this very process, so that it gets the signals itself;
    ``--workers N`` forks as TaskIQ does.
    """
    defaults = {
        "workers": 1,
        "max_async_tasks": max_async_tasks,
        "receiver": "onemanage.platform.tasks:Receiver",
        "configure_logging": False,
    }
    args = WorkerArgs.from_cli([broker, tasks, *sys.argv[1:]], defaults)
    args.configure_logging = False
    if args.workers > 1:
        raise SystemExit(run_many(args))
    start_listen(args)
