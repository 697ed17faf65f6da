"""The container, really built and started."""
