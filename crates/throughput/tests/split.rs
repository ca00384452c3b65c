//! Attention and networks on different chips.

use tokenomics_throughput::split::{Side, Split};
use tokenomics_throughput::{
    Architecture, Attention, Chip, Constant, Constants, FeedForward, Format, Pool, Precision, Speculation, Workload,
};

const PRECISION: Precision =
    Precision { experts: Format::Fp8, common: Format::Fp8, activations: Format::Fp8, cache: Format::Fp8 };

fn chip(memory: f64, bandwidth: f64) -> Chip {
    let mut arithmetic = [None; Format::ALL.len()];
    arithmetic[Format::Fp8 as usize] = Some(2e15);
    arithmetic[Format::Bf16 as usize] = Some(1e15);
    Chip {
        arithmetic,
        memory,
        memory_bandwidth: bandwidth,
        scale_up_bandwidth: Some(1e12),
        scale_up_domain: 1024.0,
        ..Chip::default()
    }
}

fn constants() -> Constants {
    let mut constants = Constants([0.0; Constant::ALL.len()]);
    for constant in Constant::ALL {
        if matches!(constant.link(), tokenomics_throughput::Link::Fraction) {
            constants.0[constant as usize] = 1.0;
        }
    }
    constants.0[Constant::StepScale as usize] = 1.0;
    constants.0[Constant::PrefillScale as usize] = 1.0;
    constants
}

fn model() -> Architecture {
    Architecture {
        hidden: 4096.0,
        vocabulary: 100_000.0,
        tied_embeddings: false,
        attention: vec![(
            32.0,
            Attention::Grouped {
                heads: 32.0,
                key_value_heads: 8.0,
                head: 128.0,
                value_head: 128.0,
                gated: false,
                window: None,
                selection: None,
            },
        )],
        feed_forward: vec![(32.0, FeedForward::Dense { intermediate: 14336.0, matrices: 3.0 })],
        draft_layers: 0.0,
        longest_context: 0.0,
    }
}

#[test]
fn weights_in_fast_memory_make_answers_fast() {
    let (model, constants) = (model(), constants());
    let large = chip(200e9, 5e12);
    let fast = chip(0.5e9, 150e12);
    let attention = Side { chip: &large, pool: Pool::tensor(1.0), constants: &constants };
    // Five and a half gigabytes of networks need sixteen chips of half a gigabyte.
    let network = Side { chip: &fast, pool: Pool::tensor(16.0), constants: &constants };
    let split = Split::compile(&model, PRECISION, &attention, &network, 1e12, 0.0).expect("weights that fit");
    assert_eq!(split.chips(), (1.0, 16.0));
    let workload = Workload { input: 1000.0, output: 200.0, cached: 0.0 };
    let at = split.at(1.0, &workload, Speculation::default());
    let whole = tokenomics_throughput::Replica::compile(&large, &model, PRECISION, &Pool::tensor(1.0), &constants)
        .expect("a model that fits");
    let alone = whole.step(1.0, workload.context(), 1.0);
    // What is left is attention: its weights, the tables of tokens and the cache.
    let networks = 32.0 * 3.0 * 4096.0 * 14336.0 / 5e12;
    assert!(at.interval < alone - 0.9 * networks, "{} and {alone}", at.interval);
    assert!(at.interval > alone - networks - 1e-5);
    assert!((at.output * at.interval - 1.0).abs() < 1e-9);
}

#[test]
fn two_halves_of_a_batch_alternate_where_that_is_faster() {
    let (model, constants) = (model(), constants());
    let both = chip(200e9, 5e12);
    let side = Side { chip: &both, pool: Pool::tensor(1.0), constants: &constants };
    let split = Split::compile(&model, PRECISION, &side, &side, 1e13, 0.0).expect("weights that fit");
    let workload = Workload { input: 1000.0, output: 200.0, cached: 0.0 };
    for batch in [1.0, 64.0, 4096.0] {
        let at = split.at(batch, &workload, Speculation::default());
        assert!(at.attention_load <= 1.0 + 1e-9 && at.network_load <= 1.0 + 1e-9);
        assert!((at.output - batch / at.interval).abs() < 1e-6 * at.output);
    }
    let large = split.at(4096.0, &workload, Speculation::default());
    assert!(large.attention_load.max(large.network_load) > 0.99, "{large:?}");
}

#[test]
fn a_side_that_has_no_room_says_so() {
    let (model, constants) = (model(), constants());
    let (large, small) = (chip(200e9, 5e12), chip(0.5e9, 150e12));
    let attention = Side { chip: &large, pool: Pool::tensor(1.0), constants: &constants };
    let network = Side { chip: &small, pool: Pool::tensor(8.0), constants: &constants };
    let fault = Split::compile(&model, PRECISION, &attention, &network, 1e12, 0.0).unwrap_err();
    assert!(fault.to_string().contains("spread the model over more chips"), "{fault}");
}
