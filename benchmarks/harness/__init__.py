"""What the benchmarks are made of: tools with fixed delays, children, the window, the heartbeat."""
