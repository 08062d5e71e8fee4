"""Ready items, layers, cycles and critical paths of plans, by networkx: an oracle for oracle.rs.

Reads a JSON list of plans (each a list of lines of a queue) from standard input, writes the answers.
"""

import json
import sys
from fractions import Fraction

import networkx as nx

RANK = ["todo", "doing", "review", "blocked", "done"]


def answer(lines):
    items, statuses, repeated = {}, {}, set()
    for line in lines:
        name = line["id"]
        if name in items:
            repeated.add(name)
            statuses[name] = min(statuses[name], line["status"], key=RANK.index)
        else:
            items[name] = line
            statuses[name] = line["status"]
    graph = nx.DiGraph()
    graph.add_nodes_from(items)
    dangling = set()
    for name, line in items.items():
        for other in line["dependencies"]:
            if other in items:
                graph.add_edge(other, name)
            else:
                dangling.add(name)
    cycles = [
        sorted(part)
        for part in nx.strongly_connected_components(graph)
        if len(part) > 1 or any(graph.has_edge(name, name) for name in part)
    ]
    circular = {name for cycle in cycles for name in cycle}
    ready = [
        name
        for name in items
        if statuses[name] == "todo"
        and name not in repeated
        and name not in dangling
        and name not in circular
        and all(statuses[other] == "done" for other in graph.predecessors(name))
    ]
    behind = circular.union(*(nx.descendants(graph, name) for name in circular))
    dag = graph.subgraph(set(items) - behind)
    layers = {}
    for number, names in enumerate(nx.topological_generations(dag)):
        layers.update(dict.fromkeys(names, number))

    def longest(only_open):
        def weight(name):
            if only_open and statuses[name] == "done":
                return Fraction(0)
            return Fraction(items[name]["weight"])

        paths = nx.DiGraph()
        paths.add_node("")
        paths.add_weighted_edges_from(("", name, weight(name)) for name in dag)
        paths.add_weighted_edges_from((a, b, weight(b)) for a, b in dag.edges)
        length = Fraction(nx.dag_longest_path_length(paths))
        return [str(length.numerator), str(length.denominator)]

    return {
        "ready": sorted(ready),
        "layers": layers,
        "cycles": sorted(cycles),
        "open": longest(True),
        "all": longest(False),
    }


json.dump([answer(lines) for lines in json.load(sys.stdin)], sys.stdout)
