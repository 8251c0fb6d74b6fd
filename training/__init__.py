"""Training of the Waywarden model: shards in, PyTorch, ONNX out. Computes no geometry."""
