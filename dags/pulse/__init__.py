"""What the DAGs of Global Sales Pulse share: when they run, how a step runs, what happens when one fails."""
