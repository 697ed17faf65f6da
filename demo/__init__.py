"""A village on one machine: real batteries' protocols, a real Home Assistant, a real coordinator.

For development only: nothing here is shipped. The processes and sockets are real; only the batteries'
chemistry, the houses and the transformers' meters are simulated.
"""
