# Two blocks of nodes: a job that asks for --exclusive=topo blocks the rest of its block.
$a TopologyPlugin=topology/block
