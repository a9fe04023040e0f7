"""What runs the workloads: declarations, the process of a peer, the driver, the table, the picture."""
