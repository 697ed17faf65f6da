"""What was delivered of what a grid operator asked. Pure; docs/proof.md has the formulas."""
