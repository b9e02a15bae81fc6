"""Pages and marks made for training: ink, stamps, bars, boxes, and the paper they are on."""
