"""Measurements: ``python -m benchmarks speed``, ``charts``, ``growth``, ``scale`` or ``peers``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from analysis import load
from analysis.errors import PlanError
from analysis.study import current


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one measurement as a table; 1 where its input is at fault."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("measurement", choices=("speed", "charts", "growth", "scale", "peers"))
    parser.add_argument(
        "--repeats", type=int, default=5, help="runs of a stage; the fastest counts"
    )
    options = parser.parse_args(arguments)
    try:
        if options.measurement == "speed":
            from benchmarks import speed

            measured = speed.measure(current().raw, repeats=options.repeats)
        elif options.measurement == "charts":
            from benchmarks import charts

            measured = charts.measure()
        elif options.measurement == "growth":
            from benchmarks import growth

            tables = dict(zip(growth.TABLES, load.tables(*growth.TABLES), strict=True))
            measured = growth.measure_growth(tables)
        elif options.measurement == "scale":
            from benchmarks import scale

            measured = scale.measure_scale(current().raw, repeats=min(options.repeats, 3))
            print(scale.describe_scale(measured))
            return 0
        else:
            from benchmarks import peers

            measured = peers.measure()
    except PlanError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(measured.to_string(index=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
