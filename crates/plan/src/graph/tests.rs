use super::*;
use proptest::prelude::*;

fn graph(edges: &[&[Node]]) -> Graph {
    let mut builder = Graph::builder(edges.len(), 0);
    for targets in edges {
        for target in *targets {
            builder.edge(*target);
        }
        builder.next();
    }
    builder.finish()
}

#[test]
fn cycles_and_one_path() {
    let g = graph(&[&[1], &[2, 3], &[0], &[], &[4], &[3]]);
    assert_eq!(g.cycles(), [vec![0, 1, 2], vec![4]]);
    assert_eq!(g.cycle_path(&[0, 1, 2]), [0, 1, 2]);
    assert_eq!(g.cycle_path(&[4]), [4]);
    assert!(graph(&[]).cycles().is_empty());
}

#[test]
fn layers_are_the_longest_way_down() {
    let g = graph(&[&[], &[0], &[0, 1], &[2], &[5], &[4], &[5]]);
    let (layers, order) = g.layers();
    assert_eq!(
        layers,
        [Some(0), Some(1), Some(2), Some(3), None, None, None]
    );
    assert_eq!(order, [0, 1, 2, 3]);
}

#[test]
fn a_chain_of_a_million_is_no_recursion() {
    let n: Node = 1_000_000;
    let mut builder = Graph::builder(n as usize, n as usize);
    for node in 0..n {
        builder.edge((node + 1) % n);
        builder.next();
    }
    let g = builder.finish();
    assert_eq!(g.cycles().len(), 1);
    assert_eq!(g.cycle_path(&g.cycles()[0]).len(), n as usize);
}

/// Reachability by brute force.
fn reaches(g: &Graph, from: Node, to: Node) -> bool {
    let mut seen = vec![false; g.len()];
    let mut work = g.targets(from).to_vec();
    while let Some(node) = work.pop() {
        if node == to {
            return true;
        }
        if !std::mem::replace(&mut seen[node as usize], true) {
            work.extend(g.targets(node));
        }
    }
    false
}

proptest! {
    #[test]
    fn cycles_are_mutual_reachability(edges in proptest::collection::vec(proptest::collection::vec(0u32..12, 0..4), 12)) {
        let rows: Vec<&[Node]> = edges.iter().map(Vec::as_slice).collect();
        let g = graph(&rows);
        let cycles = g.cycles();
        let set_of = |node| cycles.iter().position(|c| c.contains(&node));
        for a in 0..12 {
            prop_assert_eq!(set_of(a).is_some(), reaches(&g, a, a));
            for b in 0..12 {
                let mutual = a != b && reaches(&g, a, b) && reaches(&g, b, a);
                prop_assert_eq!(a != b && set_of(a).is_some() && set_of(a) == set_of(b), mutual);
            }
        }
        for members in &cycles {
            let path = g.cycle_path(members);
            prop_assert!(!path.is_empty());
            for (i, node) in path.iter().enumerate() {
                let next = path[(i + 1) % path.len()];
                prop_assert!(g.targets(*node).contains(&next));
            }
        }
        let (layers, order) = g.layers();
        for node in 0..12u32 {
            let blocked = reaches_cycle(&g, node, &cycles);
            prop_assert_eq!(layers[node as usize].is_none(), blocked);
            if let Some(layer) = layers[node as usize] {
                let deepest = g.targets(node).iter().map(|t| layers[*t as usize].unwrap() + 1).max();
                prop_assert_eq!(layer, deepest.unwrap_or(0));
            }
        }
        prop_assert_eq!(order.len(), layers.iter().flatten().count());
    }
}

fn reaches_cycle(g: &Graph, node: Node, cycles: &[Vec<Node>]) -> bool {
    cycles
        .iter()
        .flatten()
        .any(|member| *member == node || reaches(g, node, *member))
}
