//! Longest ways through the graph: the critical path, and how much work hangs on an item.

use num_bigint::BigUint;

use crate::graph::{Graph, Node};
use crate::weights::Values;

/// A heaviest chain of items, each depending on the one before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// The items, first to be done first.
    pub nodes: Vec<Node>,
    /// Sum of their weights, in the plan's units.
    pub(crate) units: BigUint,
}

/// For each node the weight of the heaviest chain that begins with it and goes on through what
/// depends on it; with the next node of that chain. Nodes that `counts` refuses weigh nothing.
/// Nodes in a cycle or behind one have none.
pub(crate) fn tails(
    graph: &Graph,
    order: &[Node],
    weights: &Values,
    counts: impl Fn(Node) -> bool,
) -> Tails {
    let dependents = graph.reversed();
    match weights {
        Values::Small(weights) => Tails::Small(longest(&dependents, order, |node| {
            let weight = weights.get(node as usize).copied().unwrap_or(0);
            if counts(node) { weight } else { 0 }
        })),
        Values::Large(weights) => Tails::Large(longest(&dependents, order, |node| {
            let weight = weights.get(node as usize).filter(|_| counts(node));
            weight.cloned().unwrap_or_default()
        })),
    }
}

/// Result of [`tails`].
pub(crate) enum Tails {
    Small(Vec<(u128, Node)>),
    Large(Vec<(BigUint, Node)>),
}

/// No node: the chain ends.
const END: Node = Node::MAX;

impl Tails {
    /// Compares by weight.
    pub(crate) fn cmp(&self, a: Node, b: Node) -> std::cmp::Ordering {
        fn of<T: Ord>(list: &[(T, Node)], a: Node, b: Node) -> std::cmp::Ordering {
            let weight = |node: Node| list.get(node as usize).map(|(weight, _)| weight);
            weight(a).cmp(&weight(b))
        }
        match self {
            Tails::Small(list) => of(list, a, b),
            Tails::Large(list) => of(list, a, b),
        }
    }

    fn next(&self, node: Node) -> Node {
        match self {
            Tails::Small(list) => list.get(node as usize).map_or(END, |(_, next)| *next),
            Tails::Large(list) => list.get(node as usize).map_or(END, |(_, next)| *next),
        }
    }

    fn units(&self, node: Node) -> BigUint {
        match self {
            Tails::Small(list) => list
                .get(node as usize)
                .map_or(0, |(units, _)| *units)
                .into(),
            Tails::Large(list) => list
                .get(node as usize)
                .map(|(units, _)| units.clone())
                .unwrap_or_default(),
        }
    }

    /// The heaviest chain; of equal ones that of the smallest nodes. Nodes that do not count are
    /// left out.
    pub(crate) fn heaviest(&self, order: &[Node], counts: impl Fn(Node) -> bool) -> Path {
        let best = order
            .iter()
            .copied()
            .max_by(|a, b| self.cmp(*a, *b).then(b.cmp(a)));
        let mut nodes = Vec::new();
        let mut at = best.unwrap_or(END);
        while at != END {
            if counts(at) {
                nodes.push(at);
            }
            at = self.next(at);
        }
        Path {
            nodes,
            units: best.map(|node| self.units(node)).unwrap_or_default(),
        }
    }
}

fn longest<T>(dependents: &Graph, order: &[Node], weight: impl Fn(Node) -> T) -> Vec<(T, Node)>
where
    T: Ord + Clone + Default + for<'x> std::ops::AddAssign<&'x T>,
{
    let mut list: Vec<(T, Node)> = vec![(T::default(), END); dependents.len()];
    let mut reached = vec![false; dependents.len()];
    for node in order {
        if let Some(place) = reached.get_mut(*node as usize) {
            *place = true;
        }
    }
    for &node in order.iter().rev() {
        let best = dependents
            .targets(node)
            .iter()
            .filter(|next| reached.get(**next as usize) == Some(&true))
            .max_by(|a, b| {
                let of = |n: Node| list.get(n as usize).map(|(weight, _)| weight);
                of(**a).cmp(&of(**b)).then(b.cmp(a))
            })
            .copied();
        let mut total = weight(node);
        if let Some((rest, _)) = best.and_then(|next| list.get(next as usize)) {
            total += rest;
        }
        if let Some(place) = list.get_mut(node as usize) {
            *place = (total, best.unwrap_or(END));
        }
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_traits::ToPrimitive;
    use proptest::prelude::*;

    fn graph(edges: &[Vec<Node>]) -> Graph {
        let mut builder = Graph::builder(edges.len(), 0);
        for targets in edges {
            targets.iter().for_each(|target| builder.edge(*target));
            builder.next();
        }
        builder.finish()
    }

    #[test]
    fn the_heaviest_chain_wins() {
        // 0 <- 1 <- 3, 0 <- 2 <- 3, 2 is heavier than 1.
        let g = graph(&[vec![], vec![0], vec![0], vec![1, 2]]);
        let (_, order) = g.layers();
        let weights = Values::Small(vec![1, 2, 5, 1]);
        let tails = tails(&g, &order, &weights, |_| true);
        let path = tails.heaviest(&order, |_| true);
        assert_eq!(path.nodes, [0, 2, 3]);
        assert_eq!(path.units, BigUint::from(7u32));
    }

    proptest! {
        #[test]
        fn small_large_and_brute_force_agree(
            edges in proptest::collection::vec(proptest::collection::vec(0u32..9, 0..4), 9),
            weights in proptest::collection::vec(0u128..20, 9),
        ) {
            let edges: Vec<Vec<Node>> = edges
                .into_iter()
                .enumerate()
                .map(|(node, list)| list.into_iter().filter(|t| (*t as usize) < node).collect())
                .collect();
            let g = graph(&edges);
            let (_, order) = g.layers();
            let mut best = [0u128; 9];
            for node in 0..9 {
                let below = edges[node].iter().map(|t| best[*t as usize]).max().unwrap_or(0);
                best[node] = below + weights[node];
            }
            let large = Values::Large(weights.iter().map(|w| BigUint::from(*w)).collect());
            for values in [Values::Small(weights.clone()), large] {
                let path = tails(&g, &order, &values, |_| true).heaviest(&order, |_| true);
                prop_assert_eq!(path.units.to_u128(), best.iter().max().copied());
                let sum: u128 = path.nodes.iter().map(|n| weights[*n as usize]).sum();
                prop_assert_eq!(path.units.to_u128(), Some(sum));
                for pair in path.nodes.windows(2) {
                    prop_assert!(g.targets(pair[1]).contains(&pair[0]));
                }
            }
        }
    }
}
