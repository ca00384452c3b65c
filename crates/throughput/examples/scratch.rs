#![allow(missing_docs, clippy::pedantic)]
use std::collections::BTreeMap;
use tokenomics_throughput::calibration::fit::{MEASURES, Observation, fit};
use tokenomics_throughput::calibration::prior::Priors;
use tokenomics_throughput::row::{self, Row};
use tokenomics_throughput::setting::{REAL_LENGTH, Setting};
use tokenomics_throughput::*;

fn chip(
    bf: f64,
    f8: f64,
    f4: Option<f64>,
    mem: f64,
    bw: f64,
    up: f64,
    dom: f64,
    tdp: f64,
    gen_: &str,
    ven: &str,
    rel: f64,
) -> KnownChip {
    let mut a = [None; 5];
    a[0] = Some(bf * 1e12);
    a[1] = Some(f8 * 1e12);
    a[2] = f4.map(|x| x * 1e12);
    KnownChip {
        chip: Chip {
            arithmetic: a,
            memory: mem * 1e9,
            memory_bandwidth: bw * 1e12,
            scale_up_bandwidth: Some(up * 1e9),
            scale_up_domain: dom,
            scale_out_bandwidth: Some(50e9),
            power: Some(tdp),
        },
        generation: gen_.into(),
        vendor: ven.into(),
        released: Some(rel),
    }
}
fn mla(h: f64, q: f64, sel: bool, nope: f64, v: f64) -> Attention {
    Attention::Latent {
        heads: h,
        query_rank: q,
        key_value_rank: 512.,
        plain_head: nope,
        rotary_head: 64.,
        value_head: v,
        gated: false,
        selection: sel.then_some(Selection { entries: 2048., heads: 32., head: 128. }),
    }
}
fn gqa(h: f64, kv: f64, d: f64, w: Option<f64>) -> Attention {
    Attention::Grouped {
        heads: h,
        key_value_heads: kv,
        head: d,
        value_head: d,
        gated: false,
        window: w,
        selection: None,
    }
}
fn moe(e: f64, k: f64, i: f64, s: f64) -> FeedForward {
    FeedForward::Experts { experts: e, chosen: k, intermediate: i, shared_intermediate: s, matrices: 3., width: None }
}
fn dense(i: f64) -> FeedForward {
    FeedForward::Dense { intermediate: i, matrices: 3. }
}
fn model(hidden: f64, vocab: f64, att: Vec<(f64, Attention)>, ff: Vec<(f64, FeedForward)>, rel: f64) -> KnownModel {
    KnownModel {
        architecture: Architecture {
            hidden,
            vocabulary: vocab,
            tied_embeddings: false,
            attention: att,
            feed_forward: ff,
            draft_layers: 1.,
            longest_context: 0.,
        },
        released: Some(rel),
    }
}
pub fn catalogue() -> Catalogue {
    let mut c = Catalogue::default();
    for (n, k) in [
        ("h100", chip(989., 1979., None, 80., 3.35, 450., 8., 700., "Hopper", "nvidia", 2022.72)),
        ("h200", chip(989., 1979., None, 141., 4.8, 450., 8., 700., "Hopper", "nvidia", 2024.88)),
        ("b200", chip(2250., 4500., Some(9000.), 180., 8., 900., 8., 1000., "Blackwell", "nvidia", 2024.87)),
        ("gb200", chip(2500., 5000., Some(10000.), 186., 8., 900., 72., 1200., "Blackwell", "nvidia", 2025.12)),
        ("mi300x", chip(1307., 2615., None, 192., 5.3, 448., 8., 750., "CDNA 3", "amd", 2023.93)),
        ("mi355x", chip(2516., 5033., Some(10066.), 288., 8., 576., 8., 1400., "CDNA 4", "amd", 2025.45)),
    ] {
        c.chips.insert(n.into(), k);
    }
    c.models.insert(
        "dsr1".into(),
        model(
            7168.,
            129280.,
            vec![(61., mla(128., 1536., false, 128., 128.))],
            vec![(3., dense(18432.)), (58., moe(256., 8., 2048., 2048.))],
            2025.05,
        ),
    );
    for n in ["glm5", "glm5.1"] {
        c.models.insert(
            n.into(),
            model(
                6144.,
                154880.,
                vec![(78., mla(64., 2048., true, 192., 256.))],
                vec![(3., dense(12288.)), (75., moe(256., 8., 2048., 2048.))],
                if n == "glm5" { 2026.12 } else { 2026.27 },
            ),
        );
    }
    c.models.insert(
        "llama70b".into(),
        model(8192., 128256., vec![(80., gqa(64., 8., 128., None))], vec![(80., dense(28672.))], 2024.55),
    );
    c.models.insert(
        "gptoss120b".into(),
        model(
            2880.,
            201088.,
            vec![(18., gqa(64., 8., 64., None)), (18., gqa(64., 8., 64., Some(128.)))],
            vec![(36., moe(128., 4., 2880., 0.))],
            2025.6,
        ),
    );
    c.models.insert(
        "minimaxm2.5".into(),
        model(3072., 200064., vec![(62., gqa(48., 8., 128., None))], vec![(62., moe(256., 8., 1536., 0.))], 2026.12),
    );
    c.models.insert(
        "qwen3.5".into(),
        model(
            4096.,
            248320.,
            vec![
                (15., gqa(32., 2., 256., None)),
                (
                    45.,
                    Attention::Linear {
                        state: 64. * 128. * 128.,
                        weights: 4096. * (2. * 2048. + 2. * 8192.) + 8192. * 4096.,
                    },
                ),
            ],
            vec![(60., moe(512., 10., 1024., 1024.))],
            2026.12,
        ),
    );
    for (n, f) in [("trt", Format::Fp8), ("vllm", Format::Fp8), ("sglang", Format::Bf16), ("atom", Format::Fp8)] {
        c.engines.insert(n.into(), Engine { cache: f, vendors: vec![] });
    }
    c
}
pub struct Obs<'a> {
    pub set: Setting<'a>,
    pub tpot: f64,
    pub tput: f64,
    pub ttft: Option<f64>,
    pub joules: Option<f64>,
    pub raw: &'a Row,
    pub out: f64,
}
impl Obs<'_> {
    pub fn predict(&self, c: &Constants) -> Option<(f64, f64, f64)> {
        let d = self.set.deployment(c).ok()?;
        let o = d.with_concurrency(self.set.concurrency, &self.set.workload);
        Some((o.interval, o.requests * self.set.workload.output / d.chips(), o.first_token))
    }
}
impl Observation for Obs<'_> {
    fn identity(&self) -> &Identity {
        &self.set.identity
    }
    fn depends_on(&self, c: Constant) -> bool {
        match c {
            Constant::Accepted | Constant::Guessed => self.set.identity.speculation,
            Constant::Interference => self.set.reading.is_none(),
            Constant::IdlePower | Constant::MemoryPower | Constant::ArithmeticPower => false,
            Constant::LatentTime => self.set.identity.attention.starts_with("latent"),
            Constant::LinearTime => self.set.identity.attention.contains("linear"),
            Constant::SelectionTime => self.set.identity.attention.contains("sparse"),
            Constant::Skew | Constant::ExpertRead | Constant::ExpertTime => {
                self.set.model.architecture.expert_layers() > 0.
            }
            _ => true,
        }
    }
    fn residuals(&self, c: &Constants) -> [Option<f64>; MEASURES] {
        match self.predict(c) {
            None => [None; MEASURES],
            Some((i, x, f)) => {
                [Some((i / self.tpot).ln()), Some((x / self.tput).ln()), self.ttft.map(|t| (f / t).ln()), None]
            }
        }
    }
}
fn q(v: &mut Vec<f64>, p: f64) -> f64 {
    if v.is_empty() {
        return f64::NAN;
    }
    v.sort_by(f64::total_cmp);
    v[((v.len() - 1) as f64 * p) as usize]
}
pub fn report(name: &str, obs: &[Obs], e: &Effects, keys: &[&str]) {
    let mut g: BTreeMap<String, [Vec<f64>; 4]> = BTreeMap::new();
    for o in obs {
        let c = e.constants(&o.set.identity);
        let Some((i, x, f)) = o.predict(&c) else { continue };
        let t = (i / o.tpot - 1.).abs();
        let h = (x / o.tput - 1.).abs();
        let id = &o.set.identity;
        for k in keys {
            let key = match *k {
                "all" => "all".to_string(),
                "chip" => format!("chip {}", id.chip),
                "model" => format!("model {}", id.model),
                "fw" => format!("fw {}", id.framework),
                "fmt" => format!("fmt {}", id.format),
                "mode" => format!(
                    "mode {} {}",
                    if o.set.reading.is_some() { "apart" } else { "together" },
                    if id.speculation { "spec" } else { "plain" }
                ),
                "len" => format!("isl {}", o.set.workload.input),
                "kind" => format!("kind {}", o.raw.text("record_kind").unwrap()),
                "conc" => {
                    let b = o.set.concurrency / o.set.answering.replicas;
                    format!("conc {:05}", 4f64.powf(b.log(4.).floor()))
                }
                "cell" => format!("cell {} {} {} {} {}", id.chip, id.framework, id.model, id.format, id.speculation),
                _ => unreachable!(),
            };
            let s = g.entry(key).or_default();
            s[0].push(t);
            s[1].push(h);
            s[3].push((i / o.tpot).ln());
            if let Some(tt) = o.ttft {
                s[2].push((f / tt - 1.).abs())
            }
        }
    }
    for (k, mut v) in g {
        let n = v[0].len();
        println!(
            "{name:18} {k:44} n {n:5} tpot {:5.1} {:5.1}  tput {:5.1} {:5.1}  ttft {:5.1} bias {:5.2}",
            100. * q(&mut v[0], 0.5),
            100. * q(&mut v[0], 0.9),
            100. * q(&mut v[1], 0.5),
            100. * q(&mut v[1], 0.9),
            100. * q(&mut v[2], 0.5),
            q(&mut v[3], 0.5)
        );
    }
}
fn main() {
    let path = std::env::args().nth(1).unwrap();
    let mode = std::env::args().nth(2).unwrap_or_default();
    let text = std::fs::read_to_string(path).unwrap();
    let (_, rows) = row::read(&text).unwrap();
    let cat = catalogue();
    let priors = Priors::read(
        &std::fs::read_to_string(std::env::args().nth(3).unwrap_or("model/calibration/priors.csv".into())).unwrap(),
    )
    .unwrap();
    let mut refused: BTreeMap<String, usize> = BTreeMap::new();
    let mut obs = vec![];
    for r in &rows {
        match Setting::place(r, &cat, REAL_LENGTH) {
            Err(e) => *refused.entry(e).or_default() += 1,
            Ok(set) => {
                let gpus = r.positive("gpus").unwrap();
                let have = set.answering.chips() + set.reading.map_or(0., |p| p.chips());
                if (gpus - have).abs() > 0.01 * gpus {
                    *refused.entry(format!("gpus differ")).or_default() += 1;
                    continue;
                }
                let o = Obs {
                    tpot: r.positive("median_tpot_ms").unwrap() / 1e3,
                    tput: r.positive("throughput_output_per_total_gpu").unwrap(),
                    ttft: r.number("median_ttft_ms").unwrap().map(|t| t / 1e3),
                    joules: r.number("joules_per_output_token").unwrap(),
                    raw: r,
                    out: 0.,
                    set,
                };
                let pr = priors.constants();
                if let Err(e) = o.set.deployment(&pr) {
                    *refused
                        .entry(
                            e.split(':').next().unwrap().to_string()
                                + &format!(
                                    " {} {} {}",
                                    o.set.identity.chip, o.set.identity.model, o.set.identity.format
                                ),
                        )
                        .or_default() += 1;
                    continue;
                }
                obs.push(o);
            }
        }
    }
    println!("{} rows, {} used", rows.len(), obs.len());
    if mode == "tune" {
        tune(obs, priors);
        return;
    }
    for (e, n) in &refused {
        println!("  {n} {e}");
    }
    let t = std::time::Instant::now();
    let e = fit(&obs, &priors, &Effects::default(), 25, |i, l| eprintln!("{i} {l:.1} {:?}", t.elapsed()));
    let keys: &[&str] = match mode.as_str() {
        "cell" => &["cell"],
        _ => &["all", "chip", "model", "fw", "fmt", "mode", "len", "kind", "conc"],
    };
    report("in", &obs, &e, keys);
    if mode != "loo" {
        for (k, v) in &e.effects {
            if matches!(k.1, Level::All)
                || (matches!(k.1, Level::Engine | Level::Vendor | Level::Generation) && v.abs() > 0.1)
            {
                println!(
                    "{:22} {:12} {:20} {:8.3} {}",
                    k.0.name(),
                    k.1.name(),
                    k.2,
                    v,
                    if k.1 == Level::All {
                        format!("{:.3e}", k.0.link().natural(*v + e.medians[k.0 as usize]))
                    } else {
                        String::new()
                    }
                );
            }
        }
        return;
    }
    let which: Vec<(&str, fn(&Identity) -> String)> =
        vec![("model", |i| i.model.clone()), ("chip", |i| i.chip.clone()), ("format", |i| i.format.clone())];
    let mut pooled: BTreeMap<&str, (Vec<f64>, Vec<f64>)> = BTreeMap::new();
    for (what, f) in which {
        let mut names: Vec<String> = obs.iter().map(|o| f(&o.set.identity)).collect();
        names.sort();
        names.dedup();
        for n in names {
            if what == "format" && n == "bf16" {
                continue;
            }
            let (out, inn): (Vec<&Obs>, Vec<&Obs>) = obs.iter().partition(|o| f(&o.set.identity) == n);
            struct R<'b, 'c>(&'b Obs<'c>);
            impl Observation for R<'_, '_> {
                fn identity(&self) -> &Identity {
                    self.0.identity()
                }
                fn depends_on(&self, c: Constant) -> bool {
                    self.0.depends_on(c)
                }
                fn residuals(&self, c: &Constants) -> [Option<f64>; MEASURES] {
                    self.0.residuals(c)
                }
            }
            let inn: Vec<R> = inn.into_iter().map(R).collect();
            let e2 = fit(&inn, &priors, &e, 6, |_, _| ());
            let own: Vec<Obs> = out.iter().map(|o| Obs { set: o.set.clone(), ..**o }).collect();
            report(&format!("without {n}"), &own, &e2, &["all"]);
            if std::env::args().nth(4).is_some_and(|w| w == n) {
                report(&format!("without {n}"), &own, &e2, &["chip", "fw", "fmt", "model", "conc", "mode"]);
            }
            for o in &own {
                let Some((i, x, _)) = o.predict(&e2.constants(&o.set.identity)) else { continue };
                pooled.entry(what).or_insert_with(|| (vec![], vec![])).0.push((i / o.tpot - 1.).abs());
                pooled.get_mut(what).unwrap().1.push((x / o.tput - 1.).abs());
            }
        }
    }
    for (w, (mut a, mut b)) in pooled {
        println!(
            "POOLED {w:8} tpot {:5.1} {:5.1} tput {:5.1} {:5.1}",
            100. * q(&mut a, 0.5),
            100. * q(&mut a, 0.9),
            100. * q(&mut b, 0.5),
            100. * q(&mut b, 0.9)
        );
    }
}

struct R<'b, 'c>(&'b Obs<'c>);
impl Observation for R<'_, '_> {
    fn identity(&self) -> &Identity {
        self.0.identity()
    }
    fn depends_on(&self, c: Constant) -> bool {
        self.0.depends_on(c)
    }
    fn residuals(&self, c: &Constants) -> [Option<f64>; MEASURES] {
        self.0.residuals(c)
    }
}
fn score(obs: &[Obs], pri: &Priors, warm: &Effects) -> (f64, Effects) {
    let refs: Vec<R> = obs.iter().map(R).collect();
    let e = fit(&refs, pri, warm, 6, |_, _| ());
    let which: Vec<(f64, fn(&Identity) -> String)> =
        vec![(1.5, |i| i.model.clone()), (1.0, |i| i.chip.clone()), (0.3, |i| i.format.clone())];
    let mut total = 0.;
    let mut w = 0.;
    for (weight, f) in which {
        let mut names: Vec<String> = obs.iter().map(|o| f(&o.set.identity)).collect();
        names.sort();
        names.dedup();
        for n in names {
            if n == "bf16" {
                continue;
            }
            let (out, inn): (Vec<&Obs>, Vec<&Obs>) = obs.iter().partition(|o| f(&o.set.identity) == n);
            let inn: Vec<R> = inn.into_iter().map(R).collect();
            let e2 = fit(&inn, pri, &e, 3, |_, _| ());
            let mut a = vec![];
            let mut b = vec![];
            for o in &out {
                if let Some((i, x, _)) = o.predict(&e2.constants(&o.set.identity)) {
                    a.push((i / o.tpot).ln().abs());
                    b.push((x / o.tput).ln().abs());
                }
            }
            let m = (out.len() as f64).powf(0.7) * weight;
            total += m * (q(&mut a, 0.5) + q(&mut b, 0.5) + 0.2 * (q(&mut a, 0.9) + q(&mut b, 0.9)));
            w += m;
        }
    }
    (total / w, e)
}
fn tune(obs: Vec<Obs>, mut pri: Priors) {
    let keep: Vec<Obs> = obs.into_iter().enumerate().filter(|(i, _)| i % 4 == 0).map(|(_, o)| o).collect();
    let t = std::time::Instant::now();
    let (mut best, mut warm) = score(&keep, &pri, &Effects::default());
    (best, warm) = score(&keep, &pri, &warm);
    println!("start {best:.4} {:?}", t.elapsed());
    let mut seed: u64 = 12345;
    let mut rnd = |n: usize| {
        seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((seed >> 33) as usize) % n
    };
    loop {
        let mut trial = pri.clone();
        let c = Constant::ALL[rnd(27)];
        let what = rnd(4);
        let f = [0.4, 0.6, 1.6, 2.5][rnd(4)];
        let desc;
        if what == 0 && trial.spreads.contains_key(&(c, Level::All)) && c.link() != Link::Plain {
            let m = trial.medians.get_mut(&c).unwrap();
            let l = c.link();
            *m = l.natural(l.linked(*m) + f64::ln(f) * 0.5);
            desc = format!("{} median {}", c.name(), m);
        } else {
            let keys: Vec<_> = trial.spreads.keys().filter(|k| k.0 == c).copied().collect();
            if keys.is_empty() {
                continue;
            }
            let k = keys[rnd(keys.len())];
            let s = trial.spreads.get_mut(&k).unwrap();
            *s *= f;
            desc = format!("{} {} {}", k.0.name(), k.1.name(), s);
        }
        let (got, e) = score(&keep, &trial, &warm);
        if got < best - 1e-5 {
            best = got;
            pri = trial;
            warm = e;
            println!("{best:.4} {desc} {:?}", t.elapsed());
            let mut out = String::from("constant,level,member,median,spread\n");
            for ((c, l), s) in &pri.spreads {
                out += &format!(
                    "{},{},,{},{}\n",
                    c.name(),
                    l.name(),
                    if *l == Level::All { pri.medians[c].to_string() } else { String::new() },
                    s
                );
            }
            for ((c, l, m), sh) in &pri.shifts {
                let k = c.link();
                out += &format!("{},{},{},{},\n", c.name(), l.name(), m, k.natural(k.linked(pri.medians[c]) + sh));
            }
            std::fs::write("/tmp/tuned.csv", out).unwrap();
        }
    }
}
