"""What a graph costs: operations, bytes and parameters, node by node and as formulas of its dimensions."""
