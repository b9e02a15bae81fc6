"""A trained model as one ONNX file, in fp32 or int8."""
