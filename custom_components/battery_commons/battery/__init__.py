"""One battery: how it is read and steered, and what keeps that safe."""
