"""When a battery is written to, and that an order of ours never goes on unanswered for."""
