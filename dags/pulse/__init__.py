"""Code that all DAGs of Global Sales Pulse use: when they run, how a step runs, what happens when one fails."""
