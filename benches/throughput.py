"""Holds the search of the frontier beside NVIDIA AIConfigurator's on the same sweeps, in one run.

The rival's CPU seconds are those of `rival.py`: imports, tables and YAML are out of its time. Ours are
seconds on the clock of one thread, the best of several runs, from chip, model and constants in memory to the
frontier; reading the model is out of our time. Both search the same accelerator, engine, format, lengths and most
accelerators; each has its own grid, so configurations are counted on both sides. The best points of both are those
with the most output tokens a second for each accelerator that reach a speed for users, and whose first token comes
within the rival's own limit.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPEATS = 50
SECONDS = 2.0
CASES = {
    "deepseek-v3-1k": "h200,deepseek_v3,tensorrt_llm,fp8,1024,1024,32",
    "deepseek-v3-8k": "h200,deepseek_v3,tensorrt_llm,fp8,8192,1024,32",
    "llama-70b-1k": "h200,llama_3_1_70b,tensorrt_llm,fp8,1024,1024,8",
}


def ours():
    cases = [f"{name},{case},{SECONDS}" for name, case in CASES.items()]
    command = [ROOT / "target/release/examples/sweep", ROOT / "model", str(REPEATS), *cases]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def theirs():
    command = [sys.executable, ROOT / "benches/rival.py", "--ttft", str(SECONDS * 1e3)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)["cases"]


def figure(point, key="tokens_s_gpu"):
    return f"{point[key]:,.0f}" if point else "·"


def main():
    mine = {case["case"]: case for case in ours()}
    for rival in theirs():
        case = mine[rival["case"]]
        counted = rival["evaluated"]
        points = counted["aggregated_points"] + counted["prefill_points"] + counted["decode_points"]
        print(f"\n{rival['case']}")
        print(f"  AIConfigurator  {rival['cpu_seconds']:>10.2f} CPU s  {points:>7,} configurations")
        print(f"  tokenomics      {case['seconds'] * 1e3:>10.3f} ms     {case['configurations']:>7,} configurations")
        each = case["seconds"] / case["configurations"] / (rival["cpu_seconds"] / points)
        print(f"  ratio           {rival['cpu_seconds'] / case['seconds']:>10,.0f}        {1 / each:>7,.0f} for each configuration")
        one, floor = case["nanoseconds_an_evaluation"], case["nanoseconds_a_roofline"]
        print(f"  one evaluation  {one:.0f} ns; a bare roofline takes {floor:.1f} ns, {floor / one:.0%} of it")
        for best in case["best"]:
            known = rival["best"][str(int(best["speed"]))]
            print(
                f"  at {best['speed']:>3.0f} tok/s/user, output tok/s/GPU: together {figure(best['together'])} here,"
                f" {figure(known['agg'])} there; apart {figure(best['apart'])} here, {figure(known['disagg'])} there"
            )


if __name__ == "__main__":
    main()
