"""What the commands do that is more than a call: the demo, and what people see of it."""
