"""Compares the engine with numpy at equal work and equal results.

One generator writes a model twice: as a sheet for the engine, and as numpy code. The engine draws the
inputs and writes them to a file, from which numpy reads them.

Timed in CPU seconds (load, compile and one evaluation on the clock), on one thread, the best of several runs:
- engine: drawing the inputs, evaluating every formula in every draw, and the percentiles (p5, p50,
  p95) and mean of the wanted outputs. Loading and compiling the sheet is shown apart.
- numpy: evaluating every formula in every draw, and the same percentiles and means. Its inputs are
  ready in memory: drawing is not counted. The best of several sizes of block is taken.
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

QUARTERS = 32
PARTS = 8
GROUPS = [0, 0, 0, 1, 1, 2, 2, 2]
FORMULAS = 500
OUTPUTS = 20
DRAWS = 10_000
KNOWN = 12  # quarters of history
BLOCKS = [256, 512, 1024, 2048, 10_000]
REPEATS = 5


class Generator:
    """Writes the sheet and the numpy code line by line."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.sheet = []
        self.code = []
        self.inputs = []  # (name, cells) of uncertain inputs, in the order of the sheet
        self.scalars = []
        self.quarterly = []
        self.by_part = []
        self.unread = []
        self.count = 0

    def header(self):
        members = ", ".join(f"p{part}" for part in range(PARTS))
        pairs = ", ".join(f"p{part}: g{group}" for part, group in enumerate(GROUPS))
        last = 2022 + QUARTERS // 4 - 1
        self.sheet += [
            f"quarters 2022Q1 to {last}Q4",
            f"dim part = {members}",
            "dim group = g0, g1, g2",
            f"map part to group = {pairs}",
        ]

    def uncertain(self, index):
        name, value = f"input_{index}", round(self.random.uniform(0.8, 1.2), 3)
        low, high = round(self.random.uniform(0.7, 0.95), 3), round(self.random.uniform(1.05, 1.4), 3)
        self.sheet.append(f'input {name} : 1 = {value} ~ times {low} to {high} assume "synthetic"')
        self.inputs.append((name, 1))
        self.scalars.append(name)

    def uncertain_parts(self, index):
        name = f"part_{index}"
        values = ", ".join(f"p{part}: {round(self.random.uniform(0.8, 1.2), 3)}" for part in range(PARTS))
        self.sheet.append(f'input {name}[part] : 1 = {values} ~ times 0.8 to 1.3 each part assume "synthetic"')
        self.inputs.append((name, PARTS))
        return name

    def uncertain_quarters(self, index):
        name = f"path_{index}"
        values = ", ".join(
            f"{2022 + quarter // 4}Q{quarter % 4 + 1}: {round(self.random.uniform(0.8, 1.2), 3)}"
            for quarter in range(QUARTERS)
        )
        self.sheet.append(f'input {name}[quarter] : 1 = {values} ~ times 0.8 to 1.3 assume "synthetic"')
        self.inputs.append((name, QUARTERS))
        self.quarterly.append(name)

    def history(self, index):
        name = f"reported_{index}"
        values = [round(self.random.uniform(0.8, 1.2), 3) for _ in range(KNOWN)]
        pairs = ", ".join(f"{2022 + quarter // 4}Q{quarter % 4 + 1}: {value}" for quarter, value in enumerate(values))
        self.sheet.append(f'partial input {name}[quarter] : 1 = {pairs} assume "synthetic"')
        self.code.append(f"{name} = np.array({values})[:, None]")
        return name

    def read(self, names):
        """A quantity to read: often one that nothing reads yet."""
        waiting = [name for name in self.unread if name in names]
        if waiting and self.random.random() < 0.6:
            name = waiting[0]
        else:
            name = self.random.choice(names[-60:])
        if name in self.unread:
            self.unread.remove(name)
        return name

    def quarter(self):
        return self.read(self.quarterly)

    def part(self):
        return self.read(self.by_part)

    def scalar(self):
        return self.random.choice(self.scalars)

    def number(self):
        return round(self.random.uniform(0.1, 0.6), 3)

    def formula(self, name, dimensions, sheet, code):
        self.sheet.append(f"{name}[{dimensions}] : 1 = {sheet}")
        self.code.append(code if isinstance(code, str) and "\n" in code else f"{name} = {code}")
        self.unread.append(name)
        self.count += 1

    def quarterly_formula(self):
        name = f"f{self.count}"
        kind = self.random.choices(
            ["product", "ratio", "mix", "scaled", "recursion", "stock", "sum", "choice", "history", "exp", "ln", "bounds"],
            [20, 12, 16, 10, 9, 3, 9, 7, 4, 4, 3, 3],
        )[0]
        a, b, c, s = self.quarter(), self.quarter(), self.quarter(), self.scalar()
        k, m = self.number(), self.number()
        if kind == "product":
            text = f"{k} * {a} * {s} + {1 - k:.3f} * {b} * {self.scalar()}"
        elif kind == "ratio":
            text = f"{a} * {b} / ({a} + {c})"
        elif kind == "mix":
            text = f"{s} * {a} * {k} + {b} * {m} + {c} * {round(max(0.05, 1 - k - m), 3)}"
        elif kind == "scaled":
            text = f"({a} - {b}) * 0.1 + {c} / {s}"
        elif kind == "recursion":
            text = f"prev({name}, {s}) * {1 - k:.3f} + {k} * {a}"
            loop = f"{name} = np.empty(({QUARTERS}, B)); last = {s}; step = {k} * {a}\n"
            loop += f"for q in range({QUARTERS}):\n    last = np.add(last * {1 - k:.3f}, step[q], out={name}[q])"
            self.formula(name, "quarter", text, loop)
            self.quarterly.append(name)
            return
        elif kind == "stock":
            other = f"f{self.count + 1}"
            loop = f"{name} = np.empty(({QUARTERS}, B)); {other} = np.empty(({QUARTERS}, B)); before = {s}\n"
            loop += f"flow = {k} * {b}; inflow = {a} * {m} + {b} * {k}\n"
            loop += f"for q in range({QUARTERS}):\n"
            loop += f"    np.add(before * {m}, flow[q], out={other}[q])\n"
            loop += f"    before = np.add(before - {other}[q], inflow[q], out={name}[q])"
            self.formula(name, "quarter", f"prev({name}, {s}) - {other} + ({a} * {m} + {b} * {k})", loop)
            self.formula(other, "quarter", f"prev({name}, {s}) * {m} + {k} * {b}", "pass\n")
            self.quarterly += [name, other]
            return
        elif kind == "sum":
            p = self.part()
            if self.random.random() < 0.5:
                self.formula(name, "quarter", f"sum({p} over part) * {k / 4:.4f} + {a} * {m}",
                             f"{p}.sum(axis=0) * {k / 4:.4f} + {a} * {m}")
            else:
                self.formula(name, "quarter", f"sum({p} * {a} over part) * {k / 4:.4f}",
                             f"({p} * {a}).sum(axis=0) * {k / 4:.4f}")
            self.quarterly.append(name)
            return
        elif kind == "choice":
            self.formula(name, "quarter", f"if {a} > {b} * {s} then {c} * {1 + k:.3f} else {b} + {m}",
                         f"np.where({a} > {b} * {s}, {c} * {1 + k:.3f}, {b} + {m})")
            self.quarterly.append(name)
            return
        elif kind == "history":
            known = self.history(self.count)
            code = f"{name} = np.empty(({QUARTERS}, B)); {name}[:{KNOWN}] = {known}\n"
            code += f"{name}[{KNOWN}:] = {a}[{KNOWN}:] * {s} + {k} * {b}[{KNOWN}:]"
            self.formula(name, "quarter", f"{known} otherwise {a} * {s} + {k} * {b}", code)
            self.quarterly.append(name)
            return
        elif kind == "exp":
            self.formula(name, "quarter", f"exp(-{k} * {a}) * {b}", f"np.exp(-{k} * {a}) * {b}")
            self.quarterly.append(name)
            return
        elif kind == "ln":
            self.formula(name, "quarter", f"ln(1 + {a}) * {k} + {b} * {m}", f"np.log(1 + {a}) * {k} + {b} * {m}")
            self.quarterly.append(name)
            return
        else:
            self.formula(name, "quarter", f"min(max({a}, {k}), {b} + {c})", f"np.minimum(np.maximum({a}, {k}), {b} + {c})")
            self.quarterly.append(name)
            return
        self.formula(name, "quarter", text, text)
        self.quarterly.append(name)

    def part_formula(self):
        name = f"f{self.count}"
        kind = self.random.choice(["input", "product", "share", "group"])
        a, k, m = self.quarter(), self.number(), self.number()
        if kind == "input" or len(self.by_part) < 3:
            p = self.random.choice(self.part_inputs)
            self.formula(name, "part, quarter", f"{p} * {a}", f"{p}[:, None, :] * {a}")
        elif kind == "product":
            p = self.part()
            self.formula(name, "part, quarter", f"{p} * {k} + {a} * {m}", f"{p} * {k} + {a} * {m}")
        elif kind == "share":
            p = self.part()
            self.formula(name, "part, quarter", f"{p} / sum({p} over part) + {k}", f"{p} / {p}.sum(axis=0) + {k}")
        else:
            p = self.part()
            grouped = f"g{name}"
            self.sheet.append(f"{grouped}[group, quarter] : 1 = sum({p} over part by group)")
            slices = ", ".join(
                f"{p}[{GROUPS.index(group)}:{len(GROUPS) - GROUPS[::-1].index(group)}].sum(axis=0)" for group in range(3)
            )
            self.code.append(f"{grouped} = ({slices})")
            self.count += 1
            name = f"f{self.count}"
            rows = ", ".join(f"{grouped}[{group}]" for group in GROUPS)
            self.formula(name, "part, quarter", f"{grouped}[group = part] * {k / 3:.4f} + {p} * {m}",
                         f"np.stack(({rows})) * {k / 3:.4f} + {p} * {m}")
        self.by_part.append(name)

    def write(self):
        self.header()
        for index in range(60):
            self.uncertain(index)
        for index in range(10):
            self.uncertain_quarters(index)
        self.part_inputs = [self.uncertain_parts(index) for index in range(6)]
        while self.count < FORMULAS - OUTPUTS:
            if self.random.random() < 0.07 or len(self.by_part) < 2:
                self.part_formula()
            else:
                self.quarterly_formula()
        outputs = []
        for index in range(OUTPUTS):
            share = self.unread[: -(-len(self.unread) // (OUTPUTS - index))]
            del self.unread[: len(share)]
            terms = [(f"sum({n} over part)", f"{n}.sum(axis=0)") if n in self.by_part else (n, n) for n in share]
            terms.append((self.scalar(),) * 2)
            name = f"out_{index}"
            self.sheet.append(f"{name}[quarter] : 1 = " + " + ".join(sheet for sheet, _ in terms) + f" + 0 * {self.quarterly[0]}")
            self.code.append(f"{name} = " + " + ".join(code for _, code in terms) + f" + 0 * {self.quarterly[0]}")
            self.count += 1
            outputs.append(name)
        return outputs


def twin(generator, outputs):
    """The numpy code as a function of a dictionary of inputs and the size of a block."""
    lines = ["def evaluate(inputs, B):"]
    for name, _ in generator.inputs:
        lines.append(f"    {name} = inputs['{name}']")
    for code in generator.code:
        lines += ["    " + line for line in code.strip().split("\n")]
    lines.append(f"    return ({', '.join(outputs)})")
    space = {"np": np}
    exec("\n".join(lines), space)
    return space["evaluate"]


def numpy_seconds(evaluate, inputs, block):
    started = time.process_time()
    results = np.empty((OUTPUTS, QUARTERS, DRAWS))
    for first in range(0, DRAWS, block):
        part = {name: values[..., first : first + block] for name, values in inputs.items()}
        for index, output in enumerate(evaluate(part, min(block, DRAWS - first))):
            results[index, :, first : first + block] = output
    quantiles = np.percentile(results, [5, 50, 95], axis=2, overwrite_input=True)
    mean = results.mean(axis=2)
    return time.process_time() - started, np.concatenate([quantiles, mean[None]])


def main():
    root = Path(__file__).resolve().parent.parent
    generator = Generator(seed=1)
    outputs = generator.write()
    evaluate = twin(generator, outputs)
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        (folder / "synthetic.tok").write_text("\n".join(generator.sheet) + "\n")
        if "--keep" in sys.argv:
            (root / "target/synthetic.tok").write_text("\n".join(generator.sheet) + "\n")
        program = root / "target/release/examples/synthetic"
        report = json.loads(
            subprocess.run([program, folder, str(DRAWS), str(REPEATS)], check=True, capture_output=True, text=True).stdout
        )
        drawn = np.fromfile(folder / "inputs.f64").reshape(-1, DRAWS)
        found = np.fromfile(folder / "outputs.f64").reshape(4, OUTPUTS, QUARTERS)
    inputs, row = {}, 0
    for name, cells in generator.inputs:
        values = drawn[row : row + cells].copy()
        inputs[name] = values[0] if cells == 1 else values
        row += cells
    best = min((min(numpy_seconds(evaluate, inputs, block)[0] for _ in range(REPEATS)), block) for block in BLOCKS)
    expected = numpy_seconds(evaluate, inputs, best[1])[1]
    difference = np.max(np.abs(found - expected) / np.abs(expected))
    engine = report["run"] + report["summarise"]
    print(f"model     {generator.count} formulas, {QUARTERS} quarters, {DRAWS} draws, {row} uncertain cells, {OUTPUTS} outputs")
    print(f"load      {report['load']:.4f} s, compile {report['compile']:.4f} s, one evaluation {report['evaluate']:.4f} s")
    print(f"engine    {engine:.3f} CPU s: draw and evaluate {report['run']:.3f}, percentiles {report['summarise']:.3f}")
    print(f"numpy     {best[0]:.3f} CPU s: evaluate and percentiles, blocks of {best[1]} draws (drawing not counted)")
    print(f"ratio     {engine / best[0]:.2f}")
    print(f"difference {difference:.1e} at most, relative")
    if difference > 1e-9:
        sys.exit("the results differ")


if __name__ == "__main__":
    main()
