"""Worker processes of a run: how many there are, and how each begins and ends. Without Prefect, which not every run has."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.process import BaseProcess


def processes() -> int:
    """How many processes share the work: one a core, and two at least."""
    return max(2, len(os.sched_getaffinity(0)))


def worker_pool() -> ProcessPoolExecutor:
    """The processes, each begun when there is work for it. They are no forks, for a fork of threads may hang."""
    return ProcessPoolExecutor(processes(), multiprocessing.get_context("spawn"), initializer=begin_worker)


def begin_worker() -> None:
    """Leave Ctrl-C to the process above, which ends its workers in order, and end with it when it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    above = multiprocessing.parent_process()
    if above is not None:
        threading.Thread(target=_end_after, args=(above,), daemon=True, name="parent").start()


def _end_after(above: BaseProcess) -> None:
    above.join()
    os._exit(1)  # nobody is left to be told
