//! The kernel against arithmetic of its own: sums written out, draws, and a simulation of every step.

use tokenomics_throughput::frontier::Search;
use tokenomics_throughput::{
    Architecture, Attention, Chip, Constant, Constants, Deployment, FeedForward, Format, Pool, Precision, Replica,
    Speculation, Unservable, Workload,
};

const EIGHT_BITS: Precision =
    Precision { experts: Format::Fp8, common: Format::Fp8, activations: Format::Fp8, cache: Format::Fp8 };

fn chip() -> Chip {
    let mut arithmetic = [None; Format::ALL.len()];
    arithmetic[Format::Bf16 as usize] = Some(1e15);
    arithmetic[Format::Fp8 as usize] = Some(2e15);
    Chip {
        arithmetic,
        memory: 200e9,
        memory_bandwidth: 5e12,
        scale_up_bandwidth: Some(450e9),
        scale_up_domain: 8.0,
        scale_out_bandwidth: Some(50e9),
        power: Some(1000.0),
    }
}

/// Every peak reached and nothing besides.
fn ideal() -> Constants {
    let mut constants = Constants([0.0; Constant::ALL.len()]);
    for constant in [
        Constant::WeightRead,
        Constant::ExpertRead,
        Constant::CacheRead,
        Constant::DecodeArithmetic,
        Constant::PrefillArithmetic,
        Constant::AttentionArithmetic,
        Constant::ExpertArithmetic,
        Constant::Diversity,
        Constant::ExchangeRate,
        Constant::Interference,
        Constant::Occupancy,
        Constant::Reached,
        Constant::StepScale,
        Constant::PrefillScale,
    ] {
        constants.0[constant as usize] = 1.0;
    }
    constants
}

fn with(changes: &[(Constant, f64)]) -> Constants {
    let mut constants = ideal();
    for (constant, value) in changes {
        constants.0[*constant as usize] = *value;
    }
    constants
}

fn grouped(window: Option<f64>) -> Attention {
    Attention::Grouped {
        heads: 32.0,
        key_value_heads: 8.0,
        head: 128.0,
        value_head: 128.0,
        gated: false,
        window,
        selection: None,
    }
}

fn model(attention: Vec<(f64, Attention)>, feed_forward: Vec<(f64, FeedForward)>) -> Architecture {
    Architecture {
        hidden: 4096.0,
        vocabulary: 100_000.0,
        tied_embeddings: false,
        attention,
        feed_forward,
        draft_layers: 0.0,
        longest_context: 0.0,
    }
}

fn dense() -> Architecture {
    model(vec![(32.0, grouped(None))], vec![(32.0, FeedForward::Dense { intermediate: 14336.0, matrices: 3.0 })])
}

const EXPERTS: FeedForward = FeedForward::Experts {
    experts: 64.0,
    chosen: 4.0,
    intermediate: 2048.0,
    shared_intermediate: 0.0,
    matrices: 3.0,
    width: None,
};

fn experts() -> Architecture {
    model(vec![(32.0, grouped(None))], vec![(32.0, EXPERTS)])
}

fn compile(architecture: &Architecture, pool: &Pool, constants: &Constants) -> Replica {
    Replica::compile(&chip(), architecture, EIGHT_BITS, pool, constants).expect("a model that fits")
}

fn close(left: f64, right: f64, within: f64) {
    assert!((left / right - 1.0).abs() <= within, "{left} and {right} differ by {:.3} %", (left / right - 1.0) * 100.0);
}

/// Random numbers between zero and one.
struct Draws(u64);

impl Draws {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    fn below(&mut self, bound: u64) -> usize {
        let _ = self.next();
        ((self.0 >> 33) % bound) as usize
    }
}

#[test]
fn a_step_of_one_answer_reads_the_weights_and_the_cache_once() {
    let replica = compile(&dense(), &Pool::tensor(1.0), &ideal());
    // A layer: queries and the way back of 4096 by 4096, keys and values of 4096 by 1024, three of 4096 by 14336.
    let layer = 2.0 * 4096.0 * 4096.0 + 2.0 * 4096.0 * 1024.0 + 3.0 * 4096.0 * 14336.0;
    let head = 100_000.0 * 4096.0;
    let read: f64 = (32.0 * layer + 2.0 * head) / 5e12;
    let work = 2.0 * (32.0 * layer + head) / 2e15;
    // Eight heads of keys and of values, 128 wide, a byte each, for 1000 tokens in 32 layers.
    let cache: f64 = 32.0 * 8.0 * 256.0 * 1000.0 / 5e12;
    let attend = 32.0 * 2.0 * 32.0 * 256.0 * 1000.0 / 1e15;
    close(replica.step(1.0, 1000.0, 1.0), read.hypot(work) + cache.hypot(attend), 1e-12);
}

#[test]
fn chips_that_share_matrices_read_their_parts_and_exchange_activations() {
    let alone = compile(&dense(), &Pool::tensor(1.0), &ideal()).step(64.0, 0.0, 1.0);
    let shared = compile(&dense(), &Pool::tensor(8.0), &ideal()).step(64.0, 0.0, 1.0);
    // Two all-reduces a layer, each moving every activation of 4096 numbers of two bytes twice, but an eighth.
    let exchange = 2.0 * 32.0 * 64.0 * 4096.0 * 2.0 * 2.0 * 7.0 / 8.0 / 450e9;
    close(shared, alone / 8.0 + exchange, 1e-12);
}

#[test]
fn more_chips_than_the_fast_links_join_exchange_over_the_slow_ones() {
    let within = compile(&experts(), &Pool::data(8.0), &ideal());
    let beyond = compile(&experts(), &Pool::data(16.0), &ideal());
    let tokens = 4096.0;
    // Each token goes to its four experts in a byte and comes back in two; half of sixteen chips are away.
    let inner = |group: f64| 32.0 * 3.0 * 4096.0 * 4.0 / group * tokens / 450e9;
    let outer = 32.0 * 3.0 * 4096.0 * 4.0 / 16.0 * tokens / 50e9;
    let others = |replica: &Replica, exchange: f64| replica.step(tokens, 0.0, 1.0) - exchange;
    close(others(&beyond, 0.5 * inner(16.0) + 0.5 * outer) * 2.0, others(&within, inner(8.0)), 0.2);
    let mut alone = chip();
    alone.scale_out_bandwidth = None;
    let fault = Replica::compile(&alone, &experts(), EIGHT_BITS, &Pool::data(16.0), &ideal());
    assert_eq!(fault.unwrap_err(), Unservable::Links { chips: 16.0, domain: 8.0 });
}

#[test]
fn experts_are_read_where_some_token_chose_them() {
    let replica = compile(&experts(), &Pool::tensor(1.0), &with(&[(Constant::DecodeArithmetic, 1e9)]));
    let common = replica.step(1e-9, 0.0, 1.0);
    let expert = 3.0 * 4096.0 * 2048.0 / 5e12;
    let mut draws = Draws(7);
    for batch in [1usize, 8, 40] {
        // Experts that some token chose, drawn ten thousand times.
        let mut touched = 0usize;
        for _ in 0..10_000 {
            let mut chosen = [false; 64];
            for _ in 0..batch {
                let mut own = 0;
                let mut mine = [false; 64];
                while own < 4 {
                    let pick = draws.below(64);
                    if !mine[pick] {
                        mine[pick] = true;
                        chosen[pick] = true;
                        own += 1;
                    }
                }
            }
            touched += chosen.iter().filter(|chosen| **chosen).count();
        }
        let read = 32.0 * expert * touched as f64 / 10_000.0;
        let step = replica.step(batch as f64, 0.0, 1.0);
        close(step - common, read, 0.01);
    }
}

#[test]
fn attention_over_a_prompt_is_the_sum_over_its_tokens() {
    for window in [None, Some(500.0)] {
        let architecture = model(vec![(32.0, grouped(window))], vec![]);
        let replica = compile(&architecture, &Pool::tensor(1.0), &ideal());
        let at = |input: f64, cached: f64| replica.prompt(&Workload { input, output: 1.0, cached });
        let pairs: f64 =
            (1000..4000).map(|seen| window.map_or(f64::from(seen), |window: f64| window.min(f64::from(seen)))).sum();
        let attend = 32.0 * 2.0 * 32.0 * 256.0 * pairs / 1e15;
        let weights = 32.0 * (2.0 * 4096.0 * 4096.0 + 2.0 * 4096.0 * 1024.0);
        close(at(4000.0, 1000.0), 2.0 * weights * 3000.0 / 2e15 + attend, 2e-3);
    }
}

#[test]
fn the_memory_of_a_replica_holds_as_many_contexts_as_it_says() {
    let pool = Pool::tensor(8.0);
    let replica = compile(&dense(), &pool, &ideal());
    let workload = Workload { input: 3000.0, output: 1000.0, cached: 0.0 };
    // One head of keys and one of values on each chip.
    let context = 32.0 * 256.0 * 4000.0;
    let weights = dense().total_weights() / 8.0 + 2.0 * 100_000.0 * 4096.0 / 8.0;
    let left = 200e9 * 0.97 - 2e9 - weights;
    close(replica.capacity(&workload), left / context, 1e-3);
    let windowed = model(
        vec![(32.0, grouped(Some(400.0)))],
        vec![(32.0, FeedForward::Dense { intermediate: 14336.0, matrices: 3.0 })],
    );
    close(compile(&windowed, &pool, &ideal()).capacity(&workload), left / context * 10.0, 1e-3);
    let mut small = chip();
    small.memory = 8e9;
    let fault = Replica::compile(&small, &dense(), EIGHT_BITS, &Pool::tensor(1.0), &ideal()).unwrap_err();
    assert!(matches!(fault, Unservable::Memory { needed, usable } if needed > usable), "{fault}");
}

#[test]
fn a_chain_of_guesses_is_accepted_as_often_as_draws_say() {
    let mut draws = Draws(3);
    for (guessed, chance) in [(1u32, 0.7), (3, 0.8), (7, 0.5)] {
        let accepted: u32 =
            (0..100_000).map(|_| (0..guessed).take_while(|_| draws.next() < chance).count() as u32).sum();
        let expected = Speculation::chain(f64::from(guessed), chance);
        close(expected.accepted, f64::from(accepted) / 1e5, 0.01);
        close(expected.progress(), 1.0 + f64::from(accepted) / 1e5, 0.01);
    }
    close(Speculation::chain(4.0, 1.0).accepted, 4.0, 1e-12);
}

/// Steps one after the other: answers that end are replaced at once, and the prompt of the new one is read
/// before the next step, on the same chips. Returns seconds from one token to the next and to the first, on
/// average, and requests a second.
fn simulate(replica: &Replica, workload: &Workload, concurrency: usize) -> (f64, f64, f64) {
    let mut draws = Draws(11);
    let mut left: Vec<f64> = (0..concurrency).map(|_| (workload.output * draws.next()).ceil().max(1.0)).collect();
    let (mut clock, mut finished, mut tokens, mut waiting) = (0.0, 0.0, 0.0, 0.0);
    let prompt = replica.prompt(workload);
    for _ in 0..60_000 {
        clock += replica.step(concurrency as f64, workload.context(), 1.0);
        let mut ended = 0.0;
        for tokens_left in &mut left {
            *tokens_left -= 1.0;
            if *tokens_left <= 0.0 {
                ended += 1.0;
                *tokens_left = workload.output;
                waiting += ended * prompt;
            }
        }
        tokens += concurrency as f64;
        clock += ended * prompt;
        finished += ended;
    }
    (clock * concurrency as f64 / tokens, waiting / finished, finished / clock)
}

#[test]
fn what_prompts_cost_answers_is_what_a_simulation_of_every_step_says() {
    let replica = compile(&dense(), &Pool::tensor(4.0), &with(&[(Constant::LayerTime, 30e-6)]));
    let deployment = Deployment::together(replica, 1.0, &ideal());
    for (input, concurrency) in [(1000.0, 16usize), (8000.0, 16), (8000.0, 64)] {
        let workload = Workload { input, output: 500.0, cached: 0.0 };
        let (interval, _, requests) = simulate(&replica, &workload, concurrency);
        let predicted = deployment.at(concurrency as f64, &workload);
        close(predicted.interval, interval, 0.01);
        close(predicted.requests, requests, 0.01);
    }
}

#[test]
fn requests_in_progress_are_rate_times_time() {
    let constants = with(&[(Constant::Queue, 1.0), (Constant::FirstTokenTime, 0.05), (Constant::LayerTime, 30e-6)]);
    let replica = compile(&dense(), &Pool::tensor(2.0), &constants);
    let together = Deployment::together(replica, 2.0, &constants);
    let apart = Deployment::apart((replica, 1.0), (replica, 3.0), &constants);
    let workload = Workload { input: 4000.0, output: 800.0, cached: 0.0 };
    for deployment in [together, apart] {
        for concurrency in [1.0, 30.0, 500.0, 20_000.0] {
            let at = deployment.with_concurrency(concurrency, &workload);
            close(at.requests * (at.first_token + workload.output * at.interval), concurrency, 2e-3);
            assert!(at.batch <= deployment.answering.capacity(&workload) * (1.0 + 1e-9));
            assert!(at.reading_load <= 1.0 + 1e-9);
        }
    }
    // One replica that reads for three: prompts, not memory, bound the rate.
    let bound = apart.with_concurrency(20_000.0, &workload);
    close(bound.requests, 1.0 / replica.prompt(&workload), 0.01);
}

#[test]
fn stages_read_prompts_at_once_and_pass_answers_on() {
    let one = compile(&dense(), &Pool::tensor(2.0), &ideal());
    let staged = compile(&dense(), &Pool { pipeline: 4.0, ..Pool::tensor(2.0) }, &ideal());
    let workload = Workload { input: 4000.0, output: 800.0, cached: 0.0 };
    close(staged.prompt(&workload) * 4.0, one.prompt(&workload), 1e-12);
    close(staged.step(64.0, 1000.0, 1.0), one.step(16.0, 1000.0, 1.0), 1e-12);
    close(staged.step(1.0, 1000.0, 1.0), one.step(1.0, 1000.0, 1.0), 1e-12);
    close(staged.chips(), 8.0, 1e-12);
}

fn search<'a>(chip: &'a Chip, architecture: &'a Architecture, constants: &'a Constants, apart: bool) -> Search<'a> {
    Search {
        chip,
        architecture,
        precision: EIGHT_BITS,
        constants,
        workload: Workload { input: 4000.0, output: 800.0, cached: 0.0 },
        most_chips: 16.0,
        apart,
        speculation: Speculation::default(),
    }
}

#[test]
fn no_point_of_a_frontier_betters_another_in_both() {
    let (chip, architecture, constants) =
        (chip(), experts(), with(&[(Constant::LayerTime, 30e-6), (Constant::ExchangeTime, 3e-6)]));
    for apart in [false, true] {
        let search = search(&chip, &architecture, &constants, apart);
        let points = search.frontier();
        assert!(points.len() > 10);
        for pair in points.windows(2) {
            assert!(pair[0].interactivity() > pair[1].interactivity());
            assert!(pair[0].requests_per_chip() < pair[1].requests_per_chip());
        }
        for point in &points {
            assert!(point.deployment.chips() <= 16.0 + 1e-9);
            assert!(point.operation.reading_load <= 1.0);
            // The best at the speed of a point is no worse than the point, but for the width of its search.
            let best = search.best_at(point.interactivity() * 0.999).expect("a deployment at a speed that is reached");
            assert!(best.interactivity() >= point.interactivity() * 0.99);
            assert!(best.requests_per_chip() >= point.requests_per_chip() * 0.97, "{best:?}\n{point:?}");
        }
        assert!(search.best_at(points[0].interactivity() * 1.5).is_none());
    }
}

#[test]
fn whole_replicas_apart_are_the_best_of_all_that_fit() {
    let (chip, architecture, constants) = (chip(), dense(), with(&[(Constant::LayerTime, 30e-6)]));
    let search = search(&chip, &architecture, &constants, true);
    let workload = search.workload;
    for point in search.frontier() {
        let (reading, readers) = point.deployment.reading.expect("a deployment apart");
        let size = point.deployment.answering.chips();
        let per_replica = point.operation.batch / (workload.output * point.operation.interval);
        let mut most = 0.0_f64;
        for replicas in 1..=16 {
            for others in 1..=16 {
                let (replicas, others) = (f64::from(replicas), f64::from(others));
                let chips = replicas * size + others * reading.chips();
                let enough = others * 0.9 / reading.prompt(&workload) >= replicas * per_replica;
                if chips <= 16.0 && enough {
                    most = most.max(replicas * per_replica / chips);
                }
            }
        }
        assert!(point.requests_per_chip() >= most * 0.99, "{} of {readers} and {most}", point.requests_per_chip());
    }
}

#[test]
fn power_lies_between_idle_and_nameplate_and_energy_is_power_over_tokens() {
    let constants = with(&[(Constant::IdlePower, 0.3), (Constant::MemoryPower, 0.4), (Constant::ArithmeticPower, 0.6)]);
    let deployment = Deployment::together(compile(&dense(), &Pool::tensor(4.0), &constants), 1.0, &constants);
    let workload = Workload { input: 1000.0, output: 1000.0, cached: 0.0 };
    // A lone answer keeps the memory reading all the time.
    let lone = deployment.at(1e-6, &workload);
    close(deployment.chip_power(&lone, &workload, 1000.0, &constants), 700.0, 0.01);
    for batch in [1.0, 16.0, 256.0] {
        let at = deployment.at(batch, &workload);
        let power = deployment.chip_power(&at, &workload, 1000.0, &constants);
        assert!((300.0..=1000.0).contains(&power), "{power} W");
        let tokens = at.requests * workload.output;
        close(deployment.output_energy(&at, &workload, 1000.0, &constants), power * 4.0 / tokens, 1e-12);
    }
}
