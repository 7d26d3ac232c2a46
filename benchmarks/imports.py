"""What an import costs a program: of the package, and of the four dependencies that it imports (Alembic is none)."""

from __future__ import annotations

import json
import subprocess
import sys

from measure import Cost
from tasks import IMPORT, Measured, Results

DEPENDENCIES = "attrs, cattrs, rfc8785, sqlalchemy"
TIMED = """
import json, time
cpu, wall = time.process_time(), time.perf_counter()
import {modules}
print(json.dumps([time.process_time() - cpu, time.perf_counter() - wall]))
"""


def imported(modules: str) -> Results:
    command = [sys.executable, "-c", TIMED.format(modules=modules)]
    printed = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    cost = Cost(*json.loads(printed))
    return {IMPORT: Measured(cost, cost)}
