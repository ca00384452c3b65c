//! An architecture and the figures that describe it say the same.

use tokenomics_throughput::{Architecture, Attention, Attribute, FeedForward, Selection};

const INDEX: Selection = Selection { entries: 2048.0, heads: 64.0, head: 128.0 };
const EXPERTS: FeedForward = FeedForward::Experts {
    experts: 256.0,
    chosen: 8.0,
    intermediate: 2048.0,
    shared_intermediate: 2048.0,
    matrices: 3.0,
    width: None,
};
const DENSE: FeedForward = FeedForward::Dense { intermediate: 18_432.0, matrices: 3.0 };

fn grouped(key_value_heads: f64, head: f64, window: Option<f64>, selection: Option<Selection>) -> Attention {
    Attention::Grouped { heads: 64.0, key_value_heads, head, value_head: 128.0, gated: false, window, selection }
}

fn latent(selection: Option<Selection>) -> Attention {
    Attention::Latent {
        heads: 128.0,
        query_rank: 1536.0,
        key_value_rank: 512.0,
        plain_head: 128.0,
        rotary_head: 64.0,
        value_head: 128.0,
        gated: true,
        selection,
    }
}

fn compressed(ratio: f64, selection: Option<Selection>) -> Attention {
    Attention::Compressed {
        heads: 64.0,
        head: 512.0,
        query_rank: 1024.0,
        ratio,
        selection,
        window: 128.0,
        weights: 1e8 + ratio,
    }
}

fn model(attention: Vec<(f64, Attention)>, feed_forward: Vec<(f64, FeedForward)>) -> Architecture {
    Architecture {
        hidden: 7168.0,
        vocabulary: 129_280.0,
        tied_embeddings: true,
        attention,
        feed_forward,
        draft_layers: 1.0,
        longest_context: 163_840.0,
    }
}

fn examples() -> Vec<Architecture> {
    let shared = Selection { heads: 0.0, head: 0.0, ..INDEX };
    let linear = Attention::Linear { state: 1e6, weights: 1e8 };
    let narrow = FeedForward::Experts {
        experts: 512.0,
        chosen: 22.0,
        intermediate: 2688.0,
        shared_intermediate: 0.0,
        matrices: 2.0,
        width: Some(1024.0),
    };
    vec![
        model(vec![(32.0, grouped(8.0, 128.0, None, None))], vec![(32.0, DENSE)]),
        model(vec![(32.0, grouped(8.0, 128.0, Some(4096.0), None))], vec![(32.0, DENSE)]),
        model(
            vec![(9.0, grouped(4.0, 192.0, None, None)), (39.0, grouped(8.0, 192.0, Some(128.0), None))],
            vec![(1.0, DENSE), (47.0, EXPERTS)],
        ),
        model(
            vec![(5.0, grouped(2.0, 512.0, None, None)), (25.0, grouped(8.0, 256.0, Some(1024.0), None))],
            vec![(30.0, EXPERTS)],
        ),
        model(
            vec![(3.0, grouped(4.0, 128.0, None, None)), (57.0, grouped(4.0, 128.0, None, Some(INDEX)))],
            vec![(3.0, DENSE), (57.0, EXPERTS)],
        ),
        model(vec![(61.0, latent(None))], vec![(3.0, DENSE), (58.0, EXPERTS)]),
        model(vec![(61.0, latent(Some(INDEX)))], vec![(61.0, EXPERTS)]),
        model(
            vec![(2.0, latent(None)), (21.0, latent(Some(INDEX))), (57.0, latent(Some(shared)))],
            vec![(80.0, EXPERTS)],
        ),
        model(vec![(24.0, latent(None)), (69.0, linear)], vec![(1.0, DENSE), (92.0, narrow)]),
        model(vec![(6.0, grouped(2.0, 128.0, None, None)), (23.0, linear)], vec![(23.0, narrow)]),
        model(
            vec![(21.0, compressed(4.0, Some(INDEX))), (20.0, compressed(128.0, None)), (2.0, compressed(0.0, None))],
            vec![(43.0, EXPERTS)],
        ),
        model(vec![(12.0, grouped(8.0, 128.0, None, None)), (36.0, linear)], vec![(48.0, DENSE)]),
    ]
}

fn back(figures: &[(Attribute, f64)]) -> Result<Architecture, String> {
    Architecture::from_attributes(|wanted| {
        figures.iter().find(|(attribute, _)| *attribute == wanted).map(|&(_, figure)| figure)
    })
}

#[test]
fn every_form_comes_back_as_it_was() {
    for example in examples() {
        assert_eq!(back(&example.attributes()).as_ref(), Ok(&example));
    }
}

#[test]
fn a_figure_that_lacks_is_named_or_has_its_stated_default() {
    for example in examples() {
        let figures = example.attributes();
        for leave_out in 0..figures.len() {
            let mut fewer = figures.clone();
            let (gone, _) = fewer.remove(leave_out);
            match back(&fewer) {
                Ok(other) => assert_eq!(back(&other.attributes()), Ok(other.clone())),
                Err(message) => assert!(message.contains(&format!("`{gone}`")), "{gone}: {message}"),
            }
        }
    }
}

#[test]
fn names_are_read_back_and_stand_once() {
    for (place, attribute) in Attribute::ALL.iter().enumerate() {
        assert_eq!(Attribute::parse(attribute.name()), Some(*attribute));
        assert!(Attribute::ALL[..place].iter().all(|other| other.meaning() != attribute.meaning()), "{attribute}");
    }
    assert_eq!(Attribute::parse("head"), None);
}

#[test]
fn layers_stand_for_all_that_have_no_other_kind() {
    let few = [
        (Attribute::Layers, 24.0),
        (Attribute::Hidden, 2880.0),
        (Attribute::Vocabulary, 200_000.0),
        (Attribute::Heads, 64.0),
        (Attribute::HeadWidth, 64.0),
        (Attribute::WindowLayers, 12.0),
        (Attribute::Window, 128.0),
        (Attribute::DenseWidth, 8192.0),
    ];
    let read = back(&few).expect("complete");
    assert_eq!(read.attention.iter().map(|(layers, _)| *layers).collect::<Vec<_>>(), [12.0, 12.0]);
    assert_eq!(read.feed_forward, [(24.0, FeedForward::Dense { intermediate: 8192.0, matrices: 3.0 })]);
    let too_many = [few.as_slice(), &[(Attribute::LinearLayers, 13.0)]].concat();
    let message = back(&too_many).expect_err("25 of 24 layers");
    assert!(message.contains("`layers` is 24") && message.contains("25"), "{message}");
}
