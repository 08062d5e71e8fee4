//! Circles in a directed graph: Tarjan's components, without recursion.

/// One circle for each component that has any: places along its edges, beginning with the
/// smallest. Linear in nodes and edges.
pub fn cycles(edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut out: Vec<Vec<usize>> = components(edges)
        .into_iter()
        .filter_map(|component| circle(edges, &component))
        .collect();
    out.sort_unstable();
    out
}

/// Strongly connected components, each after those that it leads to; members in natural order.
pub fn components(edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
    const NEW: usize = usize::MAX;
    let count = edges.len();
    let mut order = vec![NEW; count];
    let mut low = vec![0; count];
    let mut on_stack = vec![false; count];
    let mut stack = Vec::new();
    let mut next = 0;
    let mut out = Vec::new();
    let of = |list: &[usize], at: usize| list.get(at).copied().unwrap_or(NEW);
    for root in 0..count {
        if of(&order, root) != NEW {
            continue;
        }
        let mut calls: Vec<(usize, usize)> = vec![(root, 0)];
        while let Some((node, edge)) = calls.pop() {
            if edge == 0 {
                set(&mut order, node, next);
                set(&mut low, node, next);
                next += 1;
                stack.push(node);
                if let Some(flag) = on_stack.get_mut(node) {
                    *flag = true;
                }
            }
            match edges.get(node).and_then(|list| list.get(edge)) {
                Some(&to) if to < count => {
                    calls.push((node, edge + 1));
                    if of(&order, to) == NEW {
                        calls.push((to, 0));
                    } else if on_stack.get(to) == Some(&true) {
                        let least = of(&low, node).min(of(&order, to));
                        set(&mut low, node, least);
                    }
                }
                Some(_) => calls.push((node, edge + 1)),
                None => {
                    if of(&low, node) == of(&order, node) {
                        let mut component = Vec::new();
                        while let Some(top) = stack.pop() {
                            if let Some(flag) = on_stack.get_mut(top) {
                                *flag = false;
                            }
                            component.push(top);
                            if top == node {
                                break;
                            }
                        }
                        component.sort_unstable();
                        out.push(component);
                    }
                    if let Some(&(above, _)) = calls.last() {
                        let least = of(&low, above).min(of(&low, node));
                        set(&mut low, above, least);
                    }
                }
            }
        }
    }
    out
}

fn set(list: &mut [usize], at: usize, value: usize) {
    if let Some(place) = list.get_mut(at) {
        *place = value;
    }
}

/// The shortest circle through the smallest member of a component.
fn circle(edges: &[Vec<usize>], component: &[usize]) -> Option<Vec<usize>> {
    let start = *component.first()?;
    let mut from: std::collections::HashMap<usize, usize> = std::collections::HashMap::new();
    let mut queue = std::collections::VecDeque::from([start]);
    while let Some(node) = queue.pop_front() {
        for &to in edges.get(node)? {
            if to == start {
                let mut path = vec![node];
                let mut at = node;
                while at != start {
                    at = *from.get(&at)?;
                    path.push(at);
                }
                path.reverse();
                return Some(path);
            }
            if component.binary_search(&to).is_ok() && !from.contains_key(&to) {
                from.insert(to, node);
                queue.push_back(to);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn circles() {
        assert_eq!(
            cycles(&[vec![1], vec![2], vec![0], vec![0]]),
            [vec![0, 1, 2]]
        );
        assert_eq!(cycles(&[vec![0]]), [vec![0]]);
        assert_eq!(cycles(&[vec![1, 9], vec![]]), Vec::<Vec<usize>>::new());
        let deep: Vec<Vec<usize>> = (1..=200_000).map(|n| vec![n]).collect();
        assert_eq!(components(&deep).len(), 200_000);
    }

    proptest! {
        #[test]
        fn a_graph_has_a_circle_or_an_order(edges in prop::collection::vec(prop::collection::vec(0_usize..8, 0..4), 8)) {
            let found = cycles(&edges);
            for circle in &found {
                for (at, node) in circle.iter().enumerate() {
                    let next = circle[(at + 1) % circle.len()];
                    prop_assert!(edges[*node].contains(&next));
                }
            }
            let mut done = [false; 8];
            let all = components(&edges);
            prop_assert_eq!(all.iter().map(Vec::len).sum::<usize>(), 8);
            for component in &all {
                for node in component {
                    let ahead = |to: &usize| !done[*to] && !component.contains(to);
                    prop_assert!(!edges[*node].iter().any(ahead), "components come after what they lead to");
                }
                component.iter().for_each(|node| done[*node] = true);
                let is_circle = component.len() > 1 || edges[component[0]].contains(&component[0]);
                prop_assert_eq!(is_circle, found.iter().any(|c| c.contains(&component[0])));
            }
        }
    }
}
