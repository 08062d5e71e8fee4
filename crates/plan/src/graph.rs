//! The dependency graph: nodes are numbers, edges two arrays, no recursion anywhere.

use crate::record::narrow;

/// A node: the place of an item in the plan.
pub type Node = u32;

/// Edges from each node to those it depends on, in compressed rows.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    starts: Vec<u32>,
    targets: Vec<Node>,
}

impl Graph {
    /// A graph of `nodes` nodes, whose edges come in the order of their first node.
    pub(crate) fn builder(nodes: usize, edges: usize) -> Builder {
        let mut starts = Vec::with_capacity(nodes + 1);
        starts.push(0);
        Builder {
            graph: Graph {
                starts,
                targets: Vec::with_capacity(edges),
            },
        }
    }

    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Whether there are no nodes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of edges.
    pub fn edges(&self) -> usize {
        self.targets.len()
    }

    /// The nodes that `node` depends on.
    pub fn targets(&self, node: Node) -> &[Node] {
        let at = node as usize;
        match (self.starts.get(at), self.starts.get(at + 1)) {
            (Some(start), Some(end)) => self
                .targets
                .get(*start as usize..*end as usize)
                .unwrap_or_default(),
            _ => &[],
        }
    }

    /// The same edges, turned round: from each node to those that depend on it.
    pub fn reversed(&self) -> Graph {
        let mut starts = vec![0u32; self.len() + 1];
        for target in &self.targets {
            if let Some(count) = starts.get_mut(*target as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut next = starts.clone();
        let mut targets = vec![0; self.targets.len()];
        for node in 0..narrow(self.len()) {
            for target in self.targets(node) {
                if let Some(at) = next.get_mut(*target as usize) {
                    if let Some(place) = targets.get_mut(*at as usize) {
                        *place = node;
                    }
                    *at += 1;
                }
            }
        }
        Graph { starts, targets }
    }

    /// Every set of nodes that depend on each other (Tarjan's algorithm, with a stack of its
    /// own), each in ascending order, ordered by the smallest member. A node that depends on
    /// itself is such a set.
    pub fn cycles(&self) -> Vec<Vec<Node>> {
        const UNSEEN: u32 = u32::MAX;
        let n = self.len();
        let mut index = vec![UNSEEN; n];
        let mut low = vec![0u32; n];
        let mut on_stack = vec![false; n];
        let mut stack: Vec<Node> = Vec::new();
        // (node, next edge)
        let mut work: Vec<(Node, usize)> = Vec::new();
        let mut found = Vec::new();
        let mut counter = 0;
        let get = |list: &[u32], at: Node| list.get(at as usize).copied().unwrap_or(0);
        let set = |list: &mut [u32], at: Node, value: u32| {
            if let Some(place) = list.get_mut(at as usize) {
                *place = value;
            }
        };
        let mark = |list: &mut [bool], at: Node, value: bool| {
            if let Some(place) = list.get_mut(at as usize) {
                *place = value;
            }
        };
        for root in 0..narrow(n) {
            if get(&index, root) != UNSEEN {
                continue;
            }
            work.push((root, 0));
            while let Some((node, edge)) = work.pop() {
                if edge == 0 {
                    set(&mut index, node, counter);
                    set(&mut low, node, counter);
                    counter += 1;
                    stack.push(node);
                    mark(&mut on_stack, node, true);
                } else if let Some(child) = self.targets(node).get(edge - 1) {
                    let value = get(&low, node).min(get(&low, *child));
                    // A child in a finished component has no way back to this node.
                    if on_stack.get(*child as usize) == Some(&true) {
                        set(&mut low, node, value);
                    }
                }
                let mut at = edge;
                let mut descend = None;
                while let Some(&target) = self.targets(node).get(at) {
                    at += 1;
                    if get(&index, target) == UNSEEN {
                        descend = Some(target);
                        break;
                    }
                    if on_stack.get(target as usize) == Some(&true) {
                        let value = get(&low, node).min(get(&index, target));
                        set(&mut low, node, value);
                    }
                }
                if let Some(target) = descend {
                    work.push((node, at));
                    work.push((target, 0));
                } else if get(&low, node) == get(&index, node) {
                    let mut set_of = Vec::new();
                    while let Some(member) = stack.pop() {
                        mark(&mut on_stack, member, false);
                        set_of.push(member);
                        if member == node {
                            break;
                        }
                    }
                    if set_of.len() > 1 || self.targets(node).contains(&node) {
                        set_of.sort_unstable();
                        found.push(set_of);
                    }
                }
            }
        }
        found.sort_unstable();
        found
    }

    /// One shortest way from the first member of a set of [`Graph::cycles`] back to itself,
    /// without the repetition of the first.
    pub fn cycle_path(&self, members: &[Node]) -> Vec<Node> {
        let Some(&start) = members.first() else {
            return Vec::new();
        };
        let mut before: std::collections::BTreeMap<Node, Node> = std::collections::BTreeMap::new();
        let mut queue = std::collections::VecDeque::from([start]);
        while let Some(node) = queue.pop_front() {
            for &target in self.targets(node) {
                if target == start {
                    let mut path = vec![node];
                    let mut at = node;
                    while let Some(&previous) = before.get(&at) {
                        path.push(previous);
                        at = previous;
                    }
                    path.reverse();
                    return path;
                }
                if members.binary_search(&target).is_ok() && !before.contains_key(&target) {
                    before.insert(target, node);
                    queue.push_back(target);
                }
            }
        }
        Vec::new()
    }

    /// The layer of each node: 0 without dependencies, else one more than the highest layer of
    /// what it depends on (Kahn's algorithm). `None` in a cycle and behind one.
    /// The second list is the order in which the nodes were reached: dependencies first.
    pub fn layers(&self) -> (Vec<Option<u32>>, Vec<Node>) {
        let n = self.len();
        let dependents = self.reversed();
        let mut missing: Vec<u32> = (0..narrow(n))
            .map(|node| u32::try_from(self.targets(node).len()).unwrap_or(u32::MAX))
            .collect();
        let mut layers = vec![None; n];
        let mut order: Vec<Node> = Vec::with_capacity(n);
        for (node, count) in missing.iter().enumerate() {
            if *count == 0 {
                order.push(narrow(node));
                if let Some(layer) = layers.get_mut(node) {
                    *layer = Some(0);
                }
            }
        }
        let mut at = 0;
        while let Some(&node) = order.get(at) {
            at += 1;
            let next = layers.get(node as usize).copied().flatten().unwrap_or(0) + 1;
            for &dependent in dependents.targets(node) {
                let Some(count) = missing.get_mut(dependent as usize) else {
                    continue;
                };
                *count -= 1;
                // The last dependency to be reached is one of the highest layer.
                if *count == 0 {
                    if let Some(layer) = layers.get_mut(dependent as usize) {
                        *layer = Some(next);
                    }
                    order.push(dependent);
                }
            }
        }
        (layers, order)
    }
}

/// Builds a [`Graph`] node by node.
pub(crate) struct Builder {
    graph: Graph,
}

impl Builder {
    /// Adds an edge of the present node.
    pub(crate) fn edge(&mut self, target: Node) {
        self.graph.targets.push(target);
    }

    /// Goes to the next node.
    pub(crate) fn next(&mut self) {
        self.graph.starts.push(narrow(self.graph.targets.len()));
    }

    pub(crate) fn finish(self) -> Graph {
        self.graph
    }
}

#[cfg(test)]
mod tests;
