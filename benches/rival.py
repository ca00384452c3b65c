#!/usr/bin/env python3
"""Times NVIDIA AIConfigurator's own deployment search and prints what it finds, as JSON.

Runs in process the search that `aiconfigurator cli default` runs, aggregated and disaggregated, in
SILICON mode with its default targets unless told otherwise. For every case:

1. Untimed: the imports, and one estimate on the same chip, engine and model, which loads the tables.
   PyYAML is patched to parse each document once, as the tool otherwise reads the same ones again and again.
2. Timed, in CPU seconds of the process: building the tasks, both
   searches, and the Pareto fronts. Drawing and printing are left out.
3. Untimed: the same search again with its inner functions wrapped, to count what was evaluated. The
   CPU seconds of this warm run are shown too, counting included.

Counted: aggregated points (calls, and distinct points, as the tool asks for the same point once per
latency target and answers from its cache), disaggregated worker points, and rate-matched pairs.
The best points are the most output tokens/s per GPU whose tokens/s per user reach the floor.

Needs: pip install aiconfigurator==0.12.0 (Python 3.11 to 3.13).
"""

import argparse
import copy
import json
import logging
import os
import sys
import time
import warnings
from importlib.metadata import version

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ.setdefault(name, "1")

PIP = "python3 -m pip install aiconfigurator==0.12.0"
CASES = {
    "deepseek-v3-1k": dict(
        model_path="deepseek-ai/DeepSeek-V3", system="h200_sxm", backend="trtllm", total_gpus=32, isl=1024, osl=1024
    ),
    "deepseek-v3-8k": dict(
        model_path="deepseek-ai/DeepSeek-V3", system="h200_sxm", backend="trtllm", total_gpus=32, isl=8192, osl=1024
    ),
    "llama-70b-1k": dict(
        model_path="nvidia/Llama-3.1-70B-Instruct-FP8", system="h200_sxm", backend="trtllm", total_gpus=8,
        isl=1024, osl=1024,
    ),
}
FLOORS = [20, 50, 100]


def parse_yaml_once():
    """Makes PyYAML answer a document it has seen from memory."""
    import yaml

    plain, parsed = yaml.load, {}

    def load(stream, Loader=yaml.SafeLoader):
        text = stream.read() if hasattr(stream, "read") else stream
        key = (text, Loader)
        if key not in parsed:
            parsed[key] = plain(text, Loader=Loader)
        return copy.deepcopy(parsed[key])

    yaml.load = load
    yaml.safe_load = lambda stream: load(stream, yaml.SafeLoader)


class Counter:
    """Counts the calls of the search's inner functions while it is entered."""

    def __init__(self, sweep):
        self.sweep = sweep
        self.calls = {"aggregated": 0, "prefill": 0, "decode": 0, "pairs": 0}
        self.distinct = set()
        self.alive = []  # models kept, so that their addresses stay distinct

    def __enter__(self):
        sweep, calls = self.sweep, self.calls
        self.plain = sweep.predict_agg_worker, sweep.predict_disagg_worker, sweep._rate_match_dict
        aggregated, disaggregated, match = self.plain

        def count_aggregated(**keywords):
            calls["aggregated"] += 1
            model = keywords["model"]
            if not self.alive or self.alive[-1] is not model:
                self.alive.append(model)
            self.distinct.add((id(model), keywords["runtime_config"].batch_size, keywords["ctx_tokens"]))
            return aggregated(**keywords)

        def count_disaggregated(**keywords):
            calls[keywords["role"]] += 1
            return disaggregated(**keywords)

        def count_match(*arguments, **keywords):
            calls["pairs"] += 1
            return match(*arguments, **keywords)

        sweep.predict_agg_worker = count_aggregated
        sweep.predict_disagg_worker = count_disaggregated
        sweep._rate_match_dict = count_match
        return self

    def __exit__(self, *_):
        self.sweep.predict_agg_worker, self.sweep.predict_disagg_worker, self.sweep._rate_match_dict = self.plain


def search(tool, case, ttft):
    """The tables of candidates and the fronts of both kinds of serving."""
    tables, fronts = {}, {}
    for name, task in tool.build_default_tasks(**case, ttft=ttft, database_mode="SILICON").items():
        tables[name] = task.run()
        fronts[name] = tool.get_pareto_front(tables[name], "tokens/s/user", "tokens/s/gpu")
    return tables, fronts


def best(table, floor):
    """The point with the most output tokens/s per GPU among those fast enough for each user."""
    fast = table[table["tokens/s/user"] >= floor]
    if fast.empty:
        return None
    row = fast.loc[fast["tokens/s/gpu"].idxmax()]
    shown = ["parallel", "bs", "(p)workers", "(p)parallel", "(p)bs", "(d)workers", "(d)parallel", "(d)bs"]
    point = {"tokens_s_gpu": float(row["tokens/s/gpu"]), "tokens_s_user": float(row["tokens/s/user"])}
    point["tpot_ms"], point["ttft_ms"] = float(row["tpot"]), float(row["ttft"])
    point["gpus"] = int(row["num_total_gpus"])
    point["deployment"] = {key: str(row[key]) for key in shown if key in row}
    return point


def run(tool, name, ttft, count):
    case = CASES[name]
    widths = dict(tp_size=8, moe_tp_size=1, moe_ep_size=8) if "DeepSeek" in case["model_path"] else dict(tp_size=4)
    for mode in ("agg", "static"):
        tool.cli_estimate(
            case["model_path"], case["system"], backend_name=case["backend"], mode=mode, isl=case["isl"],
            osl=case["osl"], batch_size=8, database_mode="SILICON", **widths,
        )
    started, wall = time.process_time(), time.perf_counter()
    tables, fronts = search(tool, case, ttft)
    result = {
        "case": name,
        **case,
        "ttft_ms": ttft,
        "cpu_seconds": round(time.process_time() - started, 2),
        "wall_seconds": round(time.perf_counter() - wall, 2),
        "candidates": {kind: len(table) for kind, table in tables.items()},
        "front": {kind: len(front) for kind, front in fronts.items()},
        "best": {
            str(floor): {kind: best(table, floor) for kind, table in tables.items()} for floor in FLOORS
        },
    }
    if count:
        started = time.process_time()
        with Counter(tool.sweep) as counter:
            search(tool, case, ttft)
        result["evaluated"] = {
            "aggregated_points": len(counter.distinct),
            "aggregated_calls": counter.calls["aggregated"],
            "prefill_points": counter.calls["prefill"],
            "decode_points": counter.calls["decode"],
            "rate_matched_pairs": counter.calls["pairs"],
        }
        result["cpu_seconds_again_counting"] = round(time.process_time() - started, 2)
    return result


class Tool:
    """The parts of AIConfigurator used here."""

    def __init__(self):
        try:
            parse_yaml_once()
            from aiconfigurator.cli.api import cli_estimate
            from aiconfigurator.cli.main import build_default_tasks
            from aiconfigurator.sdk import sweep
            from aiconfigurator.sdk.pareto_analysis import get_pareto_front
        except ImportError as error:
            sys.exit(f"AIConfigurator is not installed ({error}). Install it with: {PIP}")
        self.cli_estimate, self.build_default_tasks = cli_estimate, build_default_tasks
        self.sweep, self.get_pareto_front = sweep, get_pareto_front


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", default=list(CASES), metavar="case", help=f"from: {', '.join(CASES)}")
    parser.add_argument("--ttft", type=float, default=2000.0, help="target of the search, ms (default: the tool's)")
    parser.add_argument("--no-count", dest="count", action="store_false", help="skip the counting run")
    parser.add_argument("--out", help="write the JSON here too")
    options = parser.parse_args()
    unknown = [name for name in options.cases if name not in CASES]
    if unknown:
        parser.error(f"no case {', '.join(unknown)}; there are {', '.join(CASES)}")

    warnings.filterwarnings("ignore")
    logging.disable(logging.ERROR)
    tool = Tool()
    results = []
    for name in options.cases:
        results.append(run(tool, name, options.ttft, options.count))
        print(f"{name}: {results[-1]['cpu_seconds']} CPU s", file=sys.stderr)
    text = json.dumps({"aiconfigurator": version("aiconfigurator"), "cases": results}, indent=2)
    print(text)
    if options.out:
        with open(options.out, "w", encoding="utf-8") as file:
            file.write(text + "\n")


if __name__ == "__main__":
    main()
